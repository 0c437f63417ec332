"""The one class that draws digits.

Every number on screen is one of these, or a part of a formula, and carries the quantity it stands for.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, VMobject

from bp_core.nodes import Expression
from bp_script.numerals import MOST_DECIMALS, numeral, plain_numeral
from scenes.kit.door.glyph import filled, redraw
from scenes.kit.letters.lined import Lined
from scenes.kit.letters.typesetting import numeral_glyphs, numeral_outlines
from scenes.kit.theme import Colour
from scenes.kit.view import Shown, View

#: What stays in place when a number changes: an edge, its centre or its decimal point.
Anchor = Literal["left", "centre", "right", "point"]
#: How many digits more a small value may have before it is written with a power of ten.
_MORE_DIGITS = 4
#: The digits of a number that count, at least.
_COUNTING = 2
_EDGE = {"left": LEFT, "centre": ORIGIN, "right": RIGHT, "point": ORIGIN}


class Value(Lined):
    """A quantity's value. :meth:`show` makes it follow another view in place, so that it can run."""

    def __init__(
        self,
        view: View,
        expression: Expression,
        *,
        em: float = 0.38,
        colour: Colour | None = None,
        decimals: int | None = None,
        signed: bool = False,
        anchor: Anchor = "centre",
    ) -> None:
        #: Which of its glyphs is a decimal comma; copies that stand for nothing any more have it, too.
        self._comma: int | None = None
        super().__init__()
        self.expression = expression
        self.em = em
        self.ink = view.colour(expression) if colour is None else colour
        self.decimals = decimals
        self.signed = signed
        self.anchor = anchor
        self.shown: Shown = view.shown(expression, decimals=decimals, signed=signed)
        self._comma = _comma(self.shown.text)
        self.add(*numeral_glyphs(self.shown.text, em, self.ink))
        self._natural = self.height

    @property
    def baseline(self) -> float:
        """The height of the line the digits stand on: a plus sign and a decimal comma hang below it."""
        mantissa = plain_numeral(self.shown.text.partition("e")[0])
        digits = [glyph for sign, glyph in zip(mantissa, self.submobjects, strict=False) if sign.isdigit()]
        return float(min((glyph.get_bottom()[1] for glyph in digits), default=self.get_bottom()[1]))

    def get_points_defining_boundary(self) -> np.ndarray:
        """What its edges and its centre are told by: all but a decimal comma, so that it stands as with a point."""
        if self._comma is None or not self.submobjects:
            return super().get_points_defining_boundary()
        return np.concatenate(
            [g.get_points_defining_boundary() for at, g in enumerate(self.submobjects) if at != self._comma]
        )

    @property
    def point(self) -> float:
        """Where its decimal point stands, from left to right; a whole number's comes after its last digit."""
        mantissa = self.shown.text.partition("e")[0]
        at = plain_numeral(mantissa).find(".")
        return float(self.submobjects[at].get_x() if at >= 0 else self.submobjects[len(mantissa) - 1].get_right()[0])

    @property
    def em_now(self) -> float:
        """The font size as it stands, after scaling, in units of the frame."""
        return self.em * float(self.height) / self._natural

    def show(self, view: View, expression: Expression | None = None) -> Value:
        """Show the value in another view (or of another expression) at the same place and size."""
        self.expression = self.expression if expression is None else expression
        shown = view.shown(self.expression, decimals=self.decimals, signed=self.signed)
        if not self.submobjects:
            self.shown = shown
            self._comma = _comma(shown.text)
            self.add(*numeral_glyphs(self.shown.text, self.em, self.ink))
            self._natural = self.height
            return self
        size, point, corner = self.em_now, self.point, DOWN + _EDGE[self.anchor]
        corner_before = self.get_critical_point(corner)
        self.shown = shown
        self._comma = comma = _comma(shown.text)
        opacity = max((glyph.get_fill_opacity() for glyph in self.submobjects), default=1.0)
        outlines = numeral_outlines(shown.text, size)
        self._natural = float(np.ptp(np.concatenate(outlines)[:, 1])) * self.em / size
        standing = np.concatenate([outline for at, outline in enumerate(outlines) if at != comma])
        move = corner_before - _corner(standing, corner)
        # The glyphs that are there become the new ones: a number that runs makes none anew.
        kept = [glyph for glyph in self.submobjects if type(glyph) is VMobject and not glyph.submobjects]
        for glyph, outline in zip(kept, outlines, strict=False):
            redraw(glyph, outline + move, self.ink, opacity)
        more = [filled(outline + move, self.ink).set_fill(opacity=opacity) for outline in outlines[len(kept) :]]
        self.submobjects: list[VMobject] = [*kept[: len(outlines)], *more]
        if self.anchor == "point":
            self.shift((point - self.point) * RIGHT)
        return self

    def blank(self) -> Value:
        """Show nothing, until the value is shown again; its place is forgotten."""
        self.submobjects = []
        return self


def _comma(text: str) -> int | None:
    """Which of a written number's glyphs is its decimal comma."""
    at = text.find(",")
    return at if at >= 0 else None


def _corner(points: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """The critical point of curves: manim measures them by their ends."""
    ends = points.reshape(-1, 4, 3)[:, ::3].reshape(-1, 3)
    low, high = ends.min(axis=0), ends.max(axis=0)
    return np.where(towards < 0, low, np.where(towards > 0, high, (low + high) / 2))


def enough_digits(value: float, decimals: int) -> int:
    """Digits that keep a small value from needing a power of ten, whose exponent would be hard to read."""
    for more in range(_MORE_DIGITS + 1):
        if "e" not in numeral(value, decimals + more):
            return decimals + more + (more > 0)
    return decimals


def significant(value: float, digits: int) -> int:
    """The decimals that show so many digits of a value, and as many of one that is larger than one.

    So small a value that it would be a row of zeros is to have a power of ten.

    >>> significant(0.000074, 2), significant(0.021, 2), significant(3.2, 2), significant(7e-13, 2)
    (6, 3, 2, 2)
    """
    needed = _decimals_for(value, digits)
    return needed if needed <= digits + _MORE_DIGITS + 1 else digits


def reduced(value: float, decimals: int, fewer: int) -> int:
    """The decimals of a value that is to have so many digits less, two of them that count at least.

    >>> reduced(1.23456, 4, 2), reduced(0.0437, 4, 2), reduced(5.46e-13, 4, 1)
    (2, 3, 3)
    """
    if not fewer:
        return decimals
    needed = _COUNTING if "e" in numeral(value, decimals) else _decimals_for(value, _COUNTING)
    return max(decimals - fewer, min(decimals, needed))


def _decimals_for(value: float, digits: int) -> int:
    if not value or abs(value) >= 1:
        return digits
    return min(MOST_DECIMALS, digits - 1 - math.floor(math.log10(abs(value))))
