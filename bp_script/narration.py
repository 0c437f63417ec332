"""What is said over a picture: plain text with quantities in braces.

``"z is {z[L][0]:.2f}"`` holds a quantity and how it is written: ``.2f`` (decimals), ``+.2f`` (with its sign),
``.1e`` (power form), ``d`` (no decimals); without a colon the lesson's ``decimals``. ``{{`` and ``}}`` are braces.
``{@turn}`` is a bookmark: nobody says or reads it, but what moves can wait for the word after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bp_core.equations import evaluate
from bp_script.equation_language import parse_expression
from bp_script.errors import TextError, mismatch, shown
from bp_script.language.caller import tr
from bp_script.names import Scope, refuse_free_indices
from bp_script.numerals import MOST_DECIMALS, numeral, plain_numeral, power_numeral

if TYPE_CHECKING:
    from bp_core.nodes import Expression
    from bp_core.trace import Trace

_FORMAT = re.compile(r"(?P<sign>\+)?(?:\.(?P<decimals>[0-9]{1,9})(?P<form>[fe])|(?P<whole>d))")
_BRACES = {"left": "'{'", "right": "'}'"}


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is written; ``decimals`` None leaves them to the lesson."""

    decimals: int | None = None
    signed: bool = False
    power: bool = False

    @classmethod
    def of(cls, numeral: str) -> Format:
        """The format that a written number has.

        >>> Format.of("+0,470").spelled, Format.of("1.2e-4").spelled, Format.of("12").spelled
        (':+.3f', ':.1e', ':.0f')
        """
        mantissa, power, _ = plain_numeral(numeral).partition("e")
        return cls(len(mantissa.partition(".")[2]), mantissa.startswith("+"), bool(power))

    def __call__(self, value: float, decimals: int) -> str:
        """The number as text; ``decimals`` where this format says none."""
        places = decimals if self.decimals is None else self.decimals
        return (power_numeral if self.power else numeral)(value, places, signed=self.signed)

    @property
    def spelled(self) -> str:
        """As it is written behind a quantity; ``:.0f`` for ``:d``."""
        if self.decimals is None:
            return ""
        return f":{'+' * self.signed}.{self.decimals}{'e' if self.power else 'f'}"


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text between two quantities."""

    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A quantity, or an expression of several, to be said as a number."""

    expression: Expression
    format: Format


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in the words that what moves can wait for."""

    name: str


Piece: TypeAlias = Words | Spoken | Bookmark


@dataclass(frozen=True, slots=True)
class Narration:
    """A narration's pieces in order."""

    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, text: str, L: int | None = None, *, scope: Scope | None = None) -> Narration:
        """Read a narration; with ``L`` given, ``L`` and ``L-1`` become that layer's number.

        With a ``scope`` every index is held to its range, too.

        Raises:
            TextError: a brace is left open, or what is inside is no quantity or no format; says line and column.
        """
        return cls(tuple(_pieces(text, scope or Scope(L))))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What is said as numbers, in order."""
        return tuple(piece.expression for piece in self.pieces if isinstance(piece, Spoken))

    def render(self, trace: Trace, decimals: int, step: int = 0) -> str:
        """The words with their numbers, from the trace's network after ``step`` updates."""
        return "".join(self._written(piece, trace, decimals, step) for piece in self.pieces)

    @staticmethod
    def _written(piece: Piece, trace: Trace, decimals: int, step: int) -> str:
        if isinstance(piece, Spoken):
            return piece.format(evaluate(piece.expression, trace, step=step), decimals)
        return piece.text if isinstance(piece, Words) else ""

    @property
    def bookmarks(self) -> tuple[str, ...]:
        """The names of the bookmarks, in order."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Bookmark))


def _pieces(text: str, scope: Scope) -> list[Piece]:
    pieces: list[Piece] = []
    words = ""
    position = 0
    while position < len(text):
        character = text[position]
        if text[position : position + 2] in {"{{", "}}"}:
            words += character
            position += 2
        elif character == "}":
            message = tr(
                "expected %(left)s before %(right)s; a brace itself is written %(twice)s", **_BRACES, twice="'}}'"
            )
            raise TextError(text, position, message)
        elif character == "{":
            end = text.find("}", position)
            if end < 0 or "{" in text[position + 1 : end]:
                message = tr(
                    "expected %(right)s after %(left)s; a brace itself is written %(twice)s", **_BRACES, twice="'{{'"
                )
                raise TextError(text, position, message)
            if words:
                pieces.append(Words(words))
                words = ""
            if text[position + 1] == "@":
                end = _bookmark(text, position + 2, end, pieces)
            else:
                pieces.append(_spoken(text, position + 1, end, scope))
            position = end + 1
        else:
            words += character
            position += 1
    if words:
        pieces.append(Words(words))
    return pieces


def _bookmark(text: str, start: int, end: int, pieces: list[Piece]) -> int:
    """Note a bookmark; returns where it ends: of the spaces around it one stays."""
    name = text[start:end]
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name):
        raise TextError(text, start, tr("expected a bookmark's name, such as {@turn}; got %(got)s", got=shown(name)))
    if any(isinstance(piece, Bookmark) and piece.name == name for piece in pieces):
        raise TextError(text, start, tr("expected each bookmark once; got %(got)s again", got=shown(name)))
    if not text[end + 1 :].strip():
        raise TextError(text, start, tr("expected words after the bookmark; got the end of the text"))
    before = pieces[-1] if pieces else None
    parted = before is None or (isinstance(before, Words) and before.text[-1].isspace())
    pieces.append(Bookmark(name))
    return end + (parted and text[end + 1 : end + 2] == " ")


def _spoken(text: str, start: int, end: int, scope: Scope) -> Spoken:
    inside, colon, form = text[start:end].partition(":")
    if not inside.strip():
        raise TextError(text, start, tr("expected a quantity between the braces; got nothing"))
    try:
        expression = parse_expression(inside, scope=scope)
        refuse_free_indices(expression, inside)
    except TextError as error:
        raise TextError(text, start + error.offset, error.message) from None
    return Spoken(expression, _format(text, end - len(form), form) if colon else Format())


def _format(text: str, start: int, form: str) -> Format:
    found = _FORMAT.fullmatch(form)
    if not found:
        raise TextError(text, start, mismatch(tr("a format such as .2f, +.2f, .1e or d"), shown(form)))
    decimals = int(found["decimals"] or 0)
    if decimals > MOST_DECIMALS:
        raise TextError(text, start, mismatch(tr("at most %(most)s decimals", most=MOST_DECIMALS), decimals))
    return Format(decimals, found["sign"] is not None, found["form"] == "e")
