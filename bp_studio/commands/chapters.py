"""``bp chapters``: what there is to put into a lesson."""

from __future__ import annotations

import sys

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bp_script.language.caller import callers_language, tr
from bp_studio import options
from bp_studio.lessons import chapter_schemas
from bp_studio.schema_words import Row, rows
from scenes.kit.parameters import BaseParameters

_WIDE = 140


@click.command("chapters")
@options.verbose
def command() -> None:
    """List the chapters with their parameters, in a lesson written as ``chapter: {parameter: value}``."""
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    schemas, language = chapter_schemas(), callers_language()
    for name, schema in schemas.items():
        console.print(Text.assemble((name, "bold"), "  ", tr(schema["description"])))
        if own := [row for row in rows(schema, language) if row.key not in BaseParameters.model_fields]:
            console.print(_table(own))
    console.print(tr("Every chapter takes"), style="bold")
    console.print(_table(list(rows(BaseParameters.model_json_schema(), language))))


def _table(found: list[Row]) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=True)
    for row in found:
        default = tr("required") if row.required else tr("default %(value)s", value=row.default)
        table.add_row(*map(Text, (row.key, row.kind, default, row.meaning)))
    return table
