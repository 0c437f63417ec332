"""The fenced blocks of a page: what is shown to be typed, written or read, and what the tests do with it.

The info string of a block says it to both, as in ```` ```yaml mine.yaml ```` or ```` ```text output ````:

- a word with a point is a file's name: the block is that file; the site shows the name above it;
- ``output`` is what the block before it prints, with ``…`` for what differs from machine to machine;
- ``fails`` says that a command ends with another status than 0, ``slow`` that it takes more than a second or two.

A block that no test can run has a comment above it that says why: ``<!-- not run: … -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_FENCE = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]+?) -->\n+)?^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    flags=re.DOTALL | re.MULTILINE,
)
_FLAGS = frozenset({"output", "fails", "slow"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, its flags, the file it is, why it is not run, and its line."""

    language: str
    body: str
    flags: frozenset[str] = frozenset()
    name: str | None = None
    reason: str | None = None
    line: int = 0


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order; directives of the site are none."""
    found = [_block(match, page) for match in _FENCE.finditer(page)]
    return [block for block in found if not block.language.startswith("{")]


def rewritten(page: str, rewrite: Callable[[Block], str | None]) -> str:
    """A page with other text in place of some blocks."""

    def one(match: re.Match[str]) -> str:
        return rewrite(_block(match, page)) or match[0]

    return _FENCE.sub(one, page)


def _block(match: re.Match[str], page: str) -> Block:
    language, *words = match["info"].split() or [""]
    line = page.count("\n", 0, match.start("fence")) + 1
    names = [word for word in words if "." in word]
    strange = [word for word in words if word not in _FLAGS and word not in names]
    if not language.startswith("{") and (strange or len(names) > 1):
        raise ValueError(f"line {line}: expected a file's name or one of {sorted(_FLAGS)}; got {match['info']!r}")
    return Block(
        language, match["body"], _FLAGS.intersection(words), names[0] if names else None, match["reason"], line
    )
