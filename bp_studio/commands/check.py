"""``bp check``: is everything true that a lesson's film would show?"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bp_core.gradient_check import check_gradients
from bp_script.language.caller import callers_language, tr
from bp_studio import options
from bp_studio.clips import ClipTask
from bp_studio.errors import Exit, Troubles, of_chapter
from bp_studio.lessons import load_for_pictures, numbers_of
from bp_studio.workers import Done, Failed, Job, Workers
from scenes.kit.sight import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    findings: dict[int, list[str]] = field(default_factory=dict)

    def check_gradients(self) -> None:
        """Hold backpropagation against finite differences."""
        with numbers_of(self.lesson):
            checks = check_gradients(self.lesson.trace())
        self.gradients = len(checks)
        self.findings[-1] = [
            f"{self.lesson.path}: {check.quantity}: "
            + tr(
                "backpropagation says %(one)s, finite differences %(other)s",
                one=callers_language().numeral(f"{check.analytic:.9g}"),
                other=callers_language().numeral(f"{check.numeric:.9g}"),
            )
            for check in checks
            if check.error > TOLERANCE
        ]

    def check_colours(self) -> None:
        """Hold the lesson's own colours to what people can read and tell apart."""
        found = faults(self.lesson.look)
        self.findings[-2] = [f"{self.lesson.path}: look.colours.{role}: {message}" for role, message in found]

    def take(self, position: int, found: Sequence[str]) -> None:
        """What a worker found in a chapter."""
        name = self.lesson.chapters[position].called
        self.findings.setdefault(position, []).extend(f"{self.lesson.path}: {name}: {what}" for what in found)

    def lines(self) -> list[str]:
        """The findings in the lesson's order."""
        return [line for _, lines in sorted(self.findings.items()) for line in lines]

    def all_right(self, *, layout: bool) -> str:
        """What was looked at."""
        whole = callers_language().whole
        looked = tr("layout") if layout else tr("no layout")
        told = tr(
            "%(gradients)s gradients, %(equations)s equations, %(layout)s of %(n)s chapters: all right",
            gradients=whole(self.gradients),
            equations=whole(self.equations),
            layout=looked,
            n=len(self.lesson.chapters),
        )
        return f"{self.lesson.path}: {told}"


@click.command("check")
@options.lessons
@options.look()
@click.option("--layout/--no-layout", default=True, help="Also walk through each chapter and audit what stands where.")
@options.jobs
@options.allow_python
@options.limit
@options.verbose
@click.pass_context
def command(
    context: click.Context,
    *,
    lessons: tuple[str, ...],
    look: Mapping[str, str],
    layout: bool,
    jobs: int,
    allow_python: bool,
) -> None:
    """Hold every gradient against finite differences and every equation against the numbers; nothing is drawn.

    A lesson's own colours are held to what can be read and told apart, also by those who see no red or no green.
    Exit status 1 if there are findings.
    """
    loaded = load_for_pictures(lessons, allow_python=allow_python, look=look, strict=True)
    reports = [_Report(lesson) for lesson in loaded]
    with tempfile.TemporaryDirectory() as scratch, Workers(jobs, Path(scratch)) as workers:
        for kind in ("hold_equations", "audit") if layout else ("hold_equations",):
            workers.add(_jobs(kind, reports, Path(scratch)))
        workers.begin()
        for report in reports:
            report.check_colours()
            report.check_gradients()
        _take_all(workers, reports)
    for report in reports:
        click.echo("\n".join(report.lines() or [report.all_right(layout=layout)]))
    context.exit(Exit.FAILED if any(report.lines() for report in reports) else Exit.DONE)


def _jobs(kind: str, reports: Sequence[_Report], scratch: Path) -> Iterator[Job]:
    for number, report in enumerate(reports):
        for position, call in enumerate(report.lesson.chapters):
            task, folder = ClipTask(report.lesson, call, "l"), scratch / f"{number}-{position}"
            yield Job((kind, number, position), f"bp_studio.rendering:{kind}", (task, folder))


def _take_all(workers: Workers, reports: Sequence[_Report]) -> None:
    """Fill the reports with what the workers find. Layouts are not waited for where a chapter cannot be made at all.

    Raises:
        Troubles: a chapter could not be looked at.
    """
    troubles: dict[tuple[int, int], Trouble] = {}
    to_hold = sum(len(report.lesson.chapters) for report in reports)
    for event in workers.events():
        kind, number, position = cast("tuple[str, int, int]", event.key)
        report = reports[number]
        match event:
            case Done(result=(count, faults)) if kind == "hold_equations":
                report.equations += count
                report.take(position, faults)
            case Done(result=findings):
                report.take(position, findings)
            case Failed(trouble=trouble):
                lesson = report.lesson
                troubles[number, position] = of_chapter(str(lesson.path), lesson.chapters[position].called, trouble)
        to_hold -= kind == "hold_equations" and isinstance(event, Done | Failed)
        if troubles and not to_hold:
            break
    if troubles:
        raise Troubles([troubles[key] for key in sorted(troubles)])
