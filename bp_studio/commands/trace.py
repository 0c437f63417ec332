"""``bp trace``: every number of a lesson. Loads no manim."""

from __future__ import annotations

import json
import sys

import click

from bp_core.errors import QuantityError
from bp_core.trace import Trace
from bp_core.trace_json import trace_json
from bp_script.language.caller import tr, whole
from bp_script.language.mathematics import in_words
from bp_script.limits import limits, option
from bp_studio import options
from bp_studio.errors import UsageError
from bp_studio.lessons import load_lessons, numbers_of

#: How wide tables are where no terminal says.
_WIDE = 160
#: No table is wider.
_WIDEST = 1000


def _check_size(trace: Trace) -> None:
    numbers = (len(trace.steps) + len(trace.data)) * trace.network.parameter_count
    if not limits().allows("numbers", numbers):
        told = tr(
            "expected at most %(most)s numbers as JSON; got %(numbers)s, for %(steps)s steps and %(examples)s examples",
            most=limits().most("numbers"),
            numbers=whole(numbers),
            steps=whole(len(trace.steps)),
            examples=whole(len(trace.data)),
        )
        raise UsageError(told + option("numbers"))


@click.command("trace")
@click.argument("lesson", metavar="LESSON")
@click.option("--json", "as_json", is_flag=True, help="As JSON, every example and step.")
@click.option("--example", type=click.IntRange(min=0), metavar="NUMBER", help="This example, not the lesson's focus.")
@click.option("--step", type=click.IntRange(min=0), metavar="NUMBER", help="After so many updates.")
@options.limit
@options.verbose
def command(*, lesson: str, as_json: bool, example: int | None, step: int | None) -> None:
    """Show every number of a lesson: values, local derivatives, gradients and updates."""
    if as_json and (example is not None or step is not None):
        raise UsageError(tr("--json writes every example and every step: leave out --example and --step"))
    (loaded,) = load_lessons([lesson])
    with numbers_of(loaded):
        trace = loaded.trace()
        if as_json:
            _check_size(trace)
            sys.stdout.write(json.dumps(trace_json(trace), allow_nan=False) + "\n")
            return
        from rich.console import Console  # noqa: PLC0415 -- JSON needs neither

        from bp_studio.tables import lesson_tables  # noqa: PLC0415

        try:
            shown = trace if example is None else trace.with_focus(example)
            shown.at_step(step or 0)
        except QuantityError as error:
            raise UsageError(in_words(error)) from error
        console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
        heading, *tables = lesson_tables(loaded.title, shown, step or 0)
        free = console.options.update(max_width=_WIDEST, width=_WIDEST)
        # a line that the terminal wraps can be read; a number that is cut to fit would be another number
        console.width = max(console.width, *(console.measure(table, options=free).maximum for table in tables))
        console.print(heading, *tables, sep="\n")
