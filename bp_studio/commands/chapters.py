"""``bp chapters``: what there is to put into a lesson."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bp_studio import options
from bp_studio.lessons import chapter_schemas
from scenes.kit.parameters import BaseParameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDE = 140


@click.command("chapters")
@options.verbose
def command() -> None:
    """List the chapters with their parameters, in a lesson written as ``chapter: {parameter: value}``."""
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    schemas = chapter_schemas()
    for name, schema in schemas.items():
        console.print(Text.assemble((name, "bold"), "  ", schema["description"]))
        if own := [row for row in _rows(schema) if row[0] not in BaseParameters.model_fields]:
            console.print(_table(own))
    console.print("Every chapter takes", style="bold")
    console.print(_table(list(_rows(BaseParameters.model_json_schema()))))


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _rows(schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """For each parameter its name, kind, default and description."""
    for name, parameter in schema["properties"].items():
        required = name in schema.get("required", ())
        default = "required" if required else f"default {_value(parameter.get('default'))}"
        yield name, _kind(parameter, schema), default, parameter.get("description", "")


def _kind(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in parameter:
        return _kind(schema["$defs"][parameter["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in parameter:
        return " or ".join(_kind(one, schema) for one in parameter["anyOf"] if one.get("type") != "null")
    if "enum" in parameter:
        return " | ".join(map(str, parameter["enum"]))
    words = {"string": "text", "integer": "whole number", "boolean": "true | false", "array": "list"}
    kind = str(parameter.get("type", "any"))
    low, high = (parameter.get(key) for key in ("minimum", "maximum"))
    span = f" from {low}" * (low is not None) + f" to {high}" * (high is not None)
    return words.get(kind, kind) + span


def _value(default: object) -> str:
    return "none" if default is None else str(default)
