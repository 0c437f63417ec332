"""Which characters the film's fonts have: a text with others would show empty boxes."""

from __future__ import annotations

import re
from functools import cache

from scenes.kit.letters.compiler import PREAMBLE, compiled, escape

#: A character that no font has.
_NOWHERE = "\\u{10fffd}"


def lacking(text: str) -> list[str]:
    """The characters of a text that no font of the film has.

    >>> lacking("Größe, вес, βάρος"), lacking("น้ำหนัก w")[:2]
    ([], ['น', '้'])
    """
    return [c for c in dict.fromkeys(text) if c.isprintable() and not c.isspace() and not _is_there(c)]


@cache
def _is_there(character: str) -> bool:
    return character.isascii() or _outlines(escape(character)) != _outlines(f'"{_NOWHERE}"')


@cache
def _outlines(literal: str) -> tuple[str, ...]:
    """What is drawn for a text."""
    (svg,) = compiled(f"{PREAMBLE}#{literal}", "svg")
    return tuple(re.findall(r'<path[^>]* d="([^"]+)"', svg.decode()))
