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
    from collections.abc import Iterable, Iterator, Sequence

    from bp_script.lesson import Lesson
    from bp_studio.errors import Trouble

#: How far backpropagation and finite differences may be apart, relative to the larger.
TOLERANCE = 1e-6


@dataclass
class _Report:
    """What was looked at in a lesson, and what is wrong with it."""

    lesson: Lesson
    gradients: int = 0
    equations: int = 0
    layout: bool = False
    findings: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """One line for each finding, else one that says what holds."""
        counts = [f"{self.gradients:,} gradients", f"{self.equations:,} equations"]
        counts.append(f"{'layout' if self.layout else 'no layout'} of {len(self.lesson.chapters)} chapters")
        return self.findings or [f"{self.lesson.path}: {', '.join(counts)}: all right"]

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

    def take(self, chapter: str, found: Iterable[str]) -> None:
        """What a worker found in a chapter."""
        for what in found:
            self.add(chapter, what)


@click.command("check")
@options.lessons
@click.option("--layout/--no-layout", default=True, help="Also walk through each chapter and audit what stands where.")
@options.jobs
@options.verbose
@click.pass_context
def command(context: click.Context, *, lessons: tuple[str, ...], layout: bool, jobs: int) -> None:
    """Hold every gradient against finite differences and every equation against the numbers; nothing is drawn.

    Exit status 1 if there are findings.
    """
    reports = [_Report(lesson, layout=layout) for lesson in load_for_pictures(lessons)]
    kinds = ("hold_equations", "audit") if layout else ("hold_equations",)
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
                reports[number].equations += count
                reports[number].take(chapter, faults)
            case Done(key=("audit", int(number), str(chapter)), result=findings):
                reports[number].take(chapter, findings)
            case Failed(key=(str(), int(number), str(chapter)), trouble=trouble):
                yield of_chapter(str(reports[number].lesson.path), chapter, trouble)
