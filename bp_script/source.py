"""The text of a lesson's file, and where in it a thing stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: What may stand before a scalar: an anchor or a tag.
_PROPERTY = re.compile(r"[&!]\S*\s+")
_BLOCK_HEADER = re.compile(r"[|>][^\r\n]*(?:\r\n|\r|\n)")
#: A line that is joined to the next one in double quotes: neither its end nor the next one's indentation counts.
_JOINT = re.compile(r"(?:\\(?:\r\n|\r|\n)[ \t]*)+")
#: Lengths of YAML's escapes in double quotes, backslash and letter included; all others have two characters.
_ESCAPES = {"x": 4, "u": 6, "U": 10}


@dataclass(frozen=True)
class Source:
    """A file as it was read; ``file`` as messages name it."""

    file: str
    text: str

    @cached_property
    def _line_starts(self) -> np.ndarray:
        """Where lines start, after any of the three line ends; a file can hold ten million of them."""
        signs = np.frombuffer(f"{self.text}\0".encode("utf-32-le"), dtype="<u4")
        ends = (signs[:-1] == ord("\n")) | ((signs[:-1] == ord("\r")) & (signs[1:] != ord("\n")))
        return np.concatenate([[0], np.flatnonzero(ends) + 1])

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character of the text."""
        line = int(np.searchsorted(self._line_starts, index, side="right"))
        return line, index - int(self._line_starts[line - 1]) + 1

    def inside(self, start: int, value: str, offset: int) -> int:
        """Where character ``offset`` of a scalar's ``value`` stands, if the scalar begins at ``start``.

        Follows quotes, escapes, indentation and folded lines: what is not white space in the value stands in the
        file in the same order.
        """
        while found := _PROPERTY.match(self.text, start):
            start = found.end()
        quote = self.text[start : start + 1]
        if header := _BLOCK_HEADER.match(self.text, start):
            start = header.end()
        elif quote in {"'", '"'}:
            start += 1
        else:
            quote = ""
        position = start
        for character in value[:offset]:
            position = self._after(position, character, quote)
        if offset < len(value) and not value[offset].isspace():
            position = self._skip_space(position, quote)
        return min(position, len(self.text))

    def _after(self, position: int, character: str, quote: str) -> int:
        """The position behind one character of the value."""
        if quote == '"' and (joint := _JOINT.match(self.text, position)):
            position = joint.end()
        if not character.isspace():
            position = self._skip_space(position, quote)
        elif self.text[position : position + 1] in {"\r", "\n"}:
            return position  # a folded line; its end and indentation are skipped before the next word
        here = self.text[position : position + 1]
        if quote == '"' and here == "\\":
            return position + _ESCAPES.get(self.text[position + 1 : position + 2], 2)
        return position + (2 if quote == here == "'" else 1)

    def _skip_space(self, position: int, quote: str) -> int:
        while True:
            if self.text[position : position + 1].isspace():
                position += 1
            elif quote == '"' and self.text[position : position + 2] in {"\\\n", "\\\r"}:
                position += 2
            else:
                return position
