"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of these cells, each in Markdown; a column whose head ends with a colon is flush right."""
    rule = "|".join("--:" if cell.endswith(":") else "---" for cell in head)
    head = [cell.removesuffix(":") for cell in head]
    return "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(map(_cell, row))} |" for row in lines)])


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
