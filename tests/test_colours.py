"""A lecturer's own colours: ``look.colours`` in the lesson."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bp_script.entries.look import Colours
from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from
from bp_studio.clips import ClipTask
from bp_studio.keys import picture_key
from scenes.kit.manim_door import audit_clip, clip_ends, quality
from scenes.kit.theme import THEMES, theme_of
from scenes.registry import chapter_class

LESSON = {
    "title": "Mine",
    "network": {"sizes": [1, 1], "activations": "sigmoid", "weights": [[[0.7]]], "biases": [[0.1]]},
    "cost": "squared_error",
    "examples": [{"x": [0.6], "y": [1.0]}],
    "chapters": ["last_two_neurons"],
}


def lesson(**colours: str) -> Lesson:
    return lesson_from({**LESSON, "look": {"theme": "dark", "colours": colours}})


def test_they_take_the_place_of_the_themes() -> None:
    theme = theme_of(lesson(weight="#FF8800", ground="#202020").look)
    assert theme == replace(THEMES["dark"], weight="#ff8800", ground="#202020")
    assert theme_of(lesson().look) == THEMES["dark"]


def test_there_is_one_for_everything_that_a_theme_colours() -> None:
    assert set(Colours.model_fields) == set(THEMES["dark"].__dataclass_fields__) - {"name", "dim"}


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        ({"weight": "blue"}, r"look\.colours\.weight: expected a colour such as \"#5cb3f2\"; got 'blue'"),
        ({"wieght": "#5cb3f2"}, r"look\.colours\.wieght: .*did you mean 'weight'\?"),
        ({"weight": 12}, r"look\.colours\.weight: expected a text; got 12"),
    ],
)
def test_mistakes(colours: dict[str, str], message: str) -> None:
    with pytest.raises(LessonErrors, match=message):
        lesson(**colours)


def test_the_film_is_drawn_in_them(tmp_path: Path) -> None:
    """The ground is that of the lesson, and no clip in other colours is taken for it."""
    mine, plain = lesson(ground="#203040"), lesson()
    chapter = chapter_class("last_two_neurons")
    first, _ = clip_ends(chapter, mine, mine.chapters[0], quality("l", "16:9"), tmp_path)
    assert tuple(first[0, 0][:3]) == (0x20, 0x30, 0x40)
    keys = {picture_key(ClipTask(each, each.chapters[0], "l"), "shows the same") for each in (mine, plain)}
    assert len(keys) == 2


def test_one_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    mine = lesson(cost="#151a22")
    found = audit_clip(chapter_class("last_two_neurons"), mine, mine.chapters[0], quality("m", "16:9"), tmp_path)
    assert any("has too little contrast" in finding.message and "C_(0)" in finding.what for finding in found)
    plain = lesson()
    assert audit_clip(chapter_class("last_two_neurons"), plain, plain.chapters[0], quality("m", "16:9"), tmp_path) == []
