"""``bp check``: is everything true that a lesson's film would show?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_core.gradient_check import check_gradients
from bp_studio import options
from bp_studio.clips import ClipTask
from bp_studio.errors import Exit, Troubles, of_chapter
from bp_studio.lessons import load_for_pictures, numbers_of
from bp_studio.workers import Done, Failed, Job, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bp_script.lesson import Lesson
    from bp_studio.errors import Trouble
    from scenes.kit.record import ClipRecord

#: How far backpropagation and finite differences may be apart, relative to the larger.
TOLERANCE = 1e-6


@dataclass
class _Report:
    """What was looked at in a lesson, and what is wrong with it."""

    lesson: Lesson
    gradients: int = 0
    equations: int = 0
    numbers: int = 0
    findings: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """One line for each finding, else one that says what holds."""
        counts = [f"{self.gradients:,} gradients", f"{self.equations:,} equations"]
        counts += [f"{self.numbers:,} numbers on screen"] if self.numbers else []
        chapters = len(self.lesson.chapters)
        return self.findings or [f"{self.lesson.path}: {', '.join(counts)} in {chapters} chapters: all right"]

    def add(self, place: str, what: str) -> None:
        """Note a finding."""
        self.findings.append(f"{self.lesson.path}: {place}: {what}")

    def check_gradients(self) -> None:
        """Backpropagation against finite differences."""
        with numbers_of(self.lesson):
            checks = check_gradients(self.lesson.trace())
        self.gradients = len(checks)
        for check in checks:
            if check.error > TOLERANCE:
                found = f"backpropagation says {check.analytic:.9g}, finite differences {check.numeric:.9g}"
                self.add(str(check.quantity), found)

    def take_equations(self, chapter: str, count: int, faults: list[str]) -> None:
        """What a worker found about a chapter's equations."""
        self.equations += count
        for fault in faults:
            self.add(chapter, fault)

    def take_layout(self, record: ClipRecord) -> None:
        """Where a chapter's numbers stand."""
        self.numbers += len(record.shown)
        for number in record.shown:
            left, top, width, height = number.box
            if left < 0 or top < 0 or left + width > record.width or top + height > record.height:
                self.add(record.chapter, f"{number.text} ({number.quantity}) leaves the frame at {number.at:.1f} s")


@click.command("check")
@options.lessons
@click.option("--layout/--no-layout", default=True, help="Also walk through each chapter and see where things stand.")
@options.jobs
@options.verbose
@click.pass_context
def command(context: click.Context, *, lessons: tuple[str, ...], layout: bool, jobs: int) -> None:
    """Hold every gradient against finite differences and every equation against the numbers; nothing is drawn.

    Exit status 1 if there are findings.
    """
    reports = [_Report(lesson) for lesson in load_for_pictures(lessons)]
    kinds = ("hold_equations", "rehearse") if layout else ("hold_equations",)
    with tempfile.TemporaryDirectory() as scratch, Workers(jobs, Path(scratch)) as workers:
        workers.add(
            Job(
                (kind, number, call.name), f"bp_studio.rendering:{kind}", (task, Path(scratch) / f"{number}-{position}")
            )
            for kind in kinds
            for number, report in enumerate(reports)
            for position, call in enumerate(report.lesson.chapters)
            for task in [ClipTask(report.lesson, call, "l")]
        )
        workers.begin()
        for report in reports:
            report.check_gradients()
        troubles = list(_take_all(workers, reports))
    if troubles:
        raise Troubles(troubles)
    click.echo("\n".join(line for report in reports for line in report.lines()))
    context.exit(Exit.FAILED if any(report.findings for report in reports) else Exit.DONE)


def _take_all(workers: Workers, reports: Sequence[_Report]) -> Iterator[Trouble]:
    """Fill the reports with what the workers find; yields what could not be looked at."""
    for event in workers.events():
        match event:
            case Done(key=("hold_equations", int(number), str(chapter)), result=(count, faults)):
                reports[number].take_equations(chapter, count, faults)
            case Done(key=("rehearse", int(number), str()), result=record):
                reports[number].take_layout(record)
            case Failed(key=(str(), int(number), str(chapter)), trouble=trouble):
                yield of_chapter(str(reports[number].lesson.path), chapter, trouble)
