"""The index of the films: what a lesson's film amounts to, counted from its record."""

from __future__ import annotations

from pathlib import Path

import pytest

from bp_script.lesson import Lesson, load
from bp_script.shipped import lesson_names
from bp_studio.errors import Troubles
from bp_studio.film_index import Figures, figures, index
from bp_studio.lessons import with_cards
from tests.bp_command import ROOT, SMALL
from tests.rehearsals import rehearsed, shipped
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


PAGE = (ROOT / "docs" / "films.md").read_text(encoding="utf-8")


def section(film: str) -> list[str]:
    """The rows of a lesson's table in the index, without its head."""
    (part,) = [part for part in PAGE.split("\n## ")[1:] if f"`lessons/{film}.yaml`" in part]
    return [line for line in part.splitlines() if line.startswith("| ")][1:]


def calls(film: str) -> list[tuple[str, int]]:
    """The clips of a lesson's film: which chapter, and for how many times it was there before."""
    names = [call.name for call in with_cards(shipped(film))]
    return [(name, names[:position].count(name)) for position, name in enumerate(names)]


CLIPS = [
    pytest.param(film, position, marks=pytest.mark.xdist_group(name), id=f"{film}-{name}")
    for film in lesson_names()
    for position, (name, _) in enumerate(calls(film))
]


@pytest.mark.parametrize(("film", "position"), CLIPS)
def test_the_index_of_the_shipped_films_is_up_to_date(film: str, position: int) -> None:
    """``scripts/gallery --figures`` writes it anew."""
    name, again = calls(film)[position]
    assert section(film)[position] == Figures.of(rehearsed(film, name, again)).line()


@pytest.mark.parametrize("film", lesson_names())
def test_the_index_adds_up(film: str) -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section(film)]
    assert [row[0] for row in rows] == [name for name, _ in calls(film)]
    counted = [
        Figures(row[0], row[1], float(row[2].removesuffix(" s")), *(int(count) for count in row[3:])) for row in rows
    ]
    (total,) = index([(shipped(film), counted)], ROOT / "docs").split("|---|---|---|---|---|---|\n")[1].splitlines()[:1]
    assert total in PAGE.splitlines()
