"""The shipped lessons in German: every word comes from the catalogues, and all of it can be read in its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bp_script.lesson import Lesson
from bp_script.shipped import lesson_names
from scenes.kit.film.record import END_CARD, TITLE_CARD
from scenes.kit.letters.text import Words
from scenes.kit.manim_door import audit_clip, quality
from scenes.registry import chapter_class
from tests.pseudo import words_past_the_catalogues
from tests.rehearsals import shipped

#: Looked at in every run; all others with ``--long``.
ALWAYS = {"simplest_network", "cost_tree", "which_loss", "final_equations", "curves", "dependencies"}


def _cases(always: set[str]) -> list[object]:
    """Every chapter of every shipped lesson, and the cards."""
    found = []
    for film in lesson_names():
        lesson = shipped(film)
        for position, call in enumerate(lesson.chapters):
            marks = [] if call.name in always else [pytest.mark.long]
            found.append(pytest.param(film, position, marks=marks, id=f"{film}-{call.name}"))
    return found


def german(film: str) -> Lesson:
    lesson = shipped(film)
    return replace(lesson, look=lesson.look.model_copy(update={"language": "de"}))


@pytest.mark.parametrize(("film", "position"), _cases(ALWAYS))
def test_no_word_of_a_chapter_comes_past_the_catalogues(film: str, position: int, tmp_path: Path) -> None:
    call = shipped(film).chapters[position]
    assert words_past_the_catalogues(shipped(film), call, tmp_path) == set()


def test_no_word_of_the_cards_comes_past_the_catalogues(tmp_path: Path) -> None:
    lesson = shipped("backpropagation_calculus")
    for name in (TITLE_CARD, END_CARD):
        assert words_past_the_catalogues(lesson, lesson.plain_call(name), tmp_path) == set()


@pytest.mark.parametrize(("film", "position"), _cases(ALWAYS))
def test_a_german_chapter_passes_the_layout_audit(film: str, position: int, tmp_path: Path) -> None:
    lesson = german(film)
    call = lesson.chapters[position]
    found = audit_clip(chapter_class(call.name), lesson, call, quality("m", lesson.look.aspect), tmp_path)
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("aspect", ["9:16", "1:1"])
@pytest.mark.parametrize(("film", "position"), _cases(set()))
def test_a_german_chapter_passes_in_other_shapes_of_the_frame(
    film: str, position: int, aspect: str, tmp_path: Path
) -> None:
    lesson = german(film)
    lesson = replace(lesson, look=lesson.look.model_copy(update={"aspect": aspect}))
    call = lesson.chapters[position]
    assert audit_clip(chapter_class(call.name), lesson, call, quality("m", aspect), tmp_path) == []


def test_words_past_the_catalogues_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = shipped("backpropagation_calculus")
    call = next(call for call in lesson.chapters if call.name == "simplest_network")
    chapter = chapter_class(call.name)
    spoken, heading = chapter.narration, chapter.heading

    def narration(self: object) -> dict[str, str]:
        words = dict(spoken(self))
        first = next(iter(words))
        return {**words, first: f"{words[first]} A slip."}

    def labelled(self: object) -> Words:
        Words("hidden", em=0.4, colour="#ffffff")
        return heading(self)

    monkeypatch.setattr(chapter, "narration", narration)
    monkeypatch.setattr(chapter, "heading", labelled)
    found = words_past_the_catalogues(lesson, call, tmp_path)
    assert "hidden" in found
    assert any("slip" in text for text in found)
