"""The index of the films for the documentation: how long each is and what it shows, counted without drawing a pixel.

``python -m bp_studio.film_index DOCS`` rehearses the shipped lessons and writes ``films.md`` there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bp_script.shipped import lesson_names
from bp_studio.clips import ClipTask
from bp_studio.errors import Troubles, of_chapter
from bp_studio.lessons import load_for_pictures, with_cards
from bp_studio.workers import Done, Failed, Job, Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.lesson import Lesson
    from scenes.kit.film.record import ClipRecord

#: The quality whose frames the lengths are counted in.
QUALITY = "m"
_INTRODUCTION = """\
# The films

The lessons that come with the program, counted from their films' records by `scripts/gallery --figures`: how long a
film is, how many numbers come to stand on screen, how many equations are shown and checked, and how many captions there
are. The reviews tell what three people – a first-year student, a lecturer, a motion designer – found in each chapter
and what became of it; the [gallery](gallery/README.md) has a still of each.
"""
_FIGURES = "numbers | equations | captions"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a chapter, or a card around the chapters, amounts to."""

    name: str
    title: str
    seconds: float
    numbers: int
    equations: int
    captions: int

    @classmethod
    def of(cls, clip: ClipRecord) -> Self:
        """Counted from a chapter's record."""
        counts = len(clip.shown), len(clip.equations), len(clip.captions)
        return cls(clip.chapter, clip.title, round(clip.duration, 1), *counts)

    def line(self) -> str:
        """Its row of a lesson's table."""
        counts = f"{self.numbers} | {self.equations} | {self.captions}"
        return f"| {self.name} | {self.title} | {self.seconds:.1f} s | {counts} |"


def index(films: Sequence[tuple[Lesson, Sequence[Figures]]], docs: Path) -> str:
    """The page: all lessons in a table, then each with its chapters and the way to its reviews, if there are any."""
    head = f"| lesson | length | chapters | {_FIGURES} |\n|---|---|---|---|---|---|\n"
    table = head + "".join(f"{_total(lesson, rows)}\n" for lesson, rows in films)
    return "\n".join([_INTRODUCTION, table, *(_of(lesson, rows, docs) for lesson, rows in films)])


def _total(lesson: Lesson, rows: Sequence[Figures]) -> str:
    minutes, seconds = divmod(round(sum(row.seconds for row in rows)), 60)
    counts = (sum(row.numbers for row in rows), sum(row.equations for row in rows), sum(row.captions for row in rows))
    length = f"{minutes}:{seconds:02}"
    return f"| {lesson.title} | {length} | {len(lesson.chapters)} | {' | '.join(map(str, counts))} |"


def _of(lesson: Lesson, rows: Sequence[Figures], docs: Path) -> str:
    reviews = docs / "films" / f"{lesson.name}.md"
    link = f" · [reviews](films/{reviews.name})" if reviews.exists() else ""
    lines = [
        f"## {lesson.title}\n",
        f"`lessons/{lesson.name}.yaml`{link}\n",
        f"| chapter | title | length | {_FIGURES} |\n|---|---|---|---|---|---|",
        *(row.line() for row in rows),
    ]
    return "\n".join(lines) + "\n"


def figures(lessons: Sequence[Lesson]) -> list[list[Figures]]:
    """Those of each lesson's clips, in the order of its film.

    Raises:
        Troubles: a chapter could not be rehearsed.
    """
    calls = {(n, c): call for n, lesson in enumerate(lessons) for c, call in enumerate(with_cards(lesson))}
    found: dict[tuple[int, int], Figures] = {}
    troubles = []
    with tempfile.TemporaryDirectory() as name, Workers(os.cpu_count() or 1, Path(name)) as workers:
        workers.add(
            Job(key, "bp_studio.rendering:rehearse", (ClipTask(lessons[key[0]], call, QUALITY), workers.scratch))
            for key, call in calls.items()
        )
        for event in workers.events():
            match event:
                case Done(key=(int(n), int(c)), result=rehearsal):
                    found[n, c] = Figures.of(rehearsal.record)
                case Failed(key=(int(n), int(c)), trouble=trouble):
                    troubles.append(of_chapter(str(lessons[n].path), calls[n, c].name, trouble))
    if troubles:
        raise Troubles(troubles)
    return [[found[key] for key in calls if key[0] == n] for n, _ in enumerate(lessons)]


def main(docs: Path) -> None:
    """Write the index of the shipped lessons."""
    lessons = load_for_pictures(lesson_names())
    page = index(list(zip(lessons, figures(lessons), strict=True)), docs)
    (docs / "films.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
