"""The index of the films: what a lesson's film amounts to, counted from its record."""

from __future__ import annotations

from pathlib import Path

import pytest

from bp_script.lesson import Lesson, load
from bp_studio.errors import Troubles
from bp_studio.film_index import Figures, figures, index
from tests.bp_command import SMALL
from tests.test_transcript import CLIP


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load(path)


def test_a_chapter_is_counted_from_its_record() -> None:
    counted = Figures.of(CLIP)
    assert counted == Figures("cost_tree", "What the cost is made of", 70.0, 3, 1, 2)
    assert counted.line() == "| cost_tree | What the cost is made of | 70.0 s | 3 | 1 | 2 |"


def test_a_lesson_is_the_sum_of_its_clips(tmp_path: Path, lesson: Lesson) -> None:
    rows = [Figures.of(CLIP), Figures("end_card", "", 9.6, 1, 1, 1)]
    page = index([(lesson, rows)], tmp_path)
    assert "| Small | 1:20 | 1 | 4 | 2 | 3 |" in page.splitlines()
    assert [line for line in page.splitlines() if line.startswith(("| cost_tree", "| end_card"))] == [
        row.line() for row in rows
    ]


def test_reviews_are_linked_when_there_are_any(tmp_path: Path, lesson: Lesson) -> None:
    link = "(films/small.md)"
    assert link not in index([(lesson, [Figures.of(CLIP)])], tmp_path)
    (tmp_path / "films").mkdir()
    (tmp_path / "films/small.md").touch()
    assert link in index([(lesson, [Figures.of(CLIP)])], tmp_path)


def test_the_cards_are_counted_with_the_chapters(lesson: Lesson) -> None:
    ((first, nudge, last),) = figures([lesson])
    assert [first.name, nudge.name, last.name] == ["title_card", "nudge", "end_card"]
    assert nudge.seconds > 15
    assert nudge.numbers > 10
    assert nudge.captions > 5


def test_a_chapter_that_cannot_be_played_is_told(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("- nudge", "- nudge: {parameter: 'w[9][0][0]'}"), encoding="utf-8")
    with pytest.raises(Troubles, match="nudge"):
        figures([load(path)])
