"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bp_studio.schema_words import Row

#: What a key is when it is left out, where that is no value of the language.
_NO_VALUES = {"none", "none of them", "those below"}


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of these cells, each in Markdown; a column whose head ends with a colon is flush right."""
    rule = "|".join("--:" if cell.endswith(":") else "---" for cell in head)
    head = [cell.removesuffix(":") for cell in head]
    return "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(map(_cell, row))} |" for row in lines)])


def key_table(found: Iterable[Row]) -> str:
    """The keys of a mapping; on a narrow screen each is a paragraph."""
    lines = ([f"`{row.key}`", escaped(row.kind), _left_out(row), escaped(row.meaning)] for row in found)
    return f":::{{container}} keys\n{table(('key', 'takes', 'left out', 'means'), lines)}\n:::"


def _left_out(row: Row) -> str:
    if row.required:
        return "required"
    return row.default if row.default in _NO_VALUES else f"`{row.default}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def escaped(text: str) -> str:
    """Words as they are, whatever Markdown would make of them; what stands in backticks stays code."""
    parts = text.replace("``", "`").split("`")
    return "`".join(part if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    for mark in "\\*_<>[]#":
        text = text.replace(mark, f"\\{mark}")
    return text
