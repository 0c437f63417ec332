"""Stills of chapters, drawn by workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_studio.errors import Trouble, of_chapter
from bp_studio.work import WORKSHOP
from bp_studio.workers import Job, Workers, results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bp_studio.clips import ClipTask
    from scenes.kit.film.record import Moment


def stills_of(tasks: Sequence[ClipTask], workers: Workers) -> Iterator[tuple[int, list[tuple[Moment, Path]]]]:
    """The settled moments of these chapters, in a folder for each; yields each with its number when it is there.

    Raises:
        Troubles: in the end, why some could not be drawn.
    """

    def told(number: int, trouble: Trouble) -> Trouble:
        task = tasks[number]
        return of_chapter(str(task.lesson.path), task.call.called, trouble)

    workers.add(
        Job(number, f"{WORKSHOP}:take_stills", (task, workers.scratch / f"stills-{number}"))
        for number, task in enumerate(tasks)
    )
    return results(workers, told)
