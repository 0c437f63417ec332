"""From the command line's words to lessons, chapters and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from bp_studio.errors import UsageError
from bp_studio.lessons import chosen, folder_for, folder_name, load_for_pictures, load_lessons
from tests.bp_command import FLAGSHIP, SMALL


def test_a_shipped_lesson_needs_no_path() -> None:
    (lesson,) = load_lessons(["backpropagation_calculus"])
    assert lesson.path == FLAGSHIP


def test_chapters_keep_the_lessons_order() -> None:
    (lesson,) = load_lessons([str(FLAGSHIP)])
    own = [call.name for call in lesson.chapters]
    assert [call.name for call in chosen(lesson, ["nudge", "cost_tree", "nudge"])] == ["cost_tree", "nudge"]
    assert [call.name for call in chosen(lesson, [])] == own


def test_a_chapter_that_comes_twice_is_taken_twice(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("- nudge", "- nudge\n  - update\n  - nudge"), encoding="utf-8")
    (lesson,) = load_for_pictures([str(tmp_path / "small.yaml")])
    assert [call.name for call in chosen(lesson, ["nudge"])] == ["nudge", "nudge"]


def test_films_of_one_name_are_not_made_together(tmp_path: Path) -> None:
    (tmp_path / "backpropagation_calculus.yaml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(UsageError, match="two lessons are called backpropagation_calculus"):
        load_for_pictures([str(FLAGSHIP), str(tmp_path / "backpropagation_calculus.yaml")])


def test_out_is_the_folder_of_one_lesson_and_holds_those_of_several() -> None:
    (lesson,) = load_lessons([str(FLAGSHIP)])
    default = Path("media/films/backpropagation_calculus")
    assert folder_for(lesson, None, default, one=True) == default
    assert folder_for(lesson, None, default, one=False) == default
    assert folder_for(lesson, Path("here"), default, one=True) == Path("here")
    assert folder_for(lesson, Path("here"), default, one=False) == Path("here/backpropagation_calculus")


def test_the_command_line_may_say_how_a_film_looks() -> None:
    (lesson,) = load_for_pictures([str(FLAGSHIP)], look={"language": "de", "aspect": "9:16"})
    assert (lesson.look.language, lesson.look.aspect, lesson.look.theme) == ("de", "9:16", "dark")
    assert folder_name(lesson, {"aspect": "9:16"}) == "backpropagation_calculus-9x16"
    assert folder_name(lesson, {}) == "backpropagation_calculus"
