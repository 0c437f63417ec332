"""A quantity on its own line: a dot that slides where the forward pass puts it."""

from __future__ import annotations

import math

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, Line, VGroup

from bp_core.quantities import Variable
from scenes.kit.letters.typesetting import Typeset, mantissa_source
from scenes.kit.view import View

_TICKS = 10
#: How far the values at the ends reach beyond the axis.
_BEYOND = 0.4
#: Values that differ by less than this, or by this share of them, are as good as one: no axis could tell them apart.
_FLAT = 1e-7


class Tick(Typeset):
    """A value of an axis: it says where things lie, not what anything is."""


class QuantityLine(VGroup):
    """The line of one quantity: symbol, axis with its ends named, a dot for now and a ghost for before.

    ``span`` are the values at its ends.
    """

    def __init__(
        self, view: View, variable: Variable, span: tuple[float, float], *, length: float, em: float = 0.55
    ) -> None:
        super().__init__()
        self.variable, self.span, self.length = variable, span, length
        self.colour = view.colour(variable)
        theme = view.theme
        self.axis = Line(LEFT * length / 2, RIGHT * length / 2, color=theme.quiet, stroke_width=2)
        ticks = VGroup()
        for i in range(_TICKS + 1):
            at = self.axis.point_from_proportion(i / _TICKS)
            tall = 0.1 if i in {0, _TICKS} else 0.065
            ticks.add(Line(at + DOWN * tall, at + UP * tall, color=theme.quiet, stroke_width=2))
        self.ruler = VGroup(self.axis, ticks)
        self.ends = VGroup(
            *(
                self._end(Tick(f"${self._written(view, value)}$", em=0.33, colour=theme.quiet), side)
                for value, side in zip(span, (LEFT, RIGHT), strict=True)
            )
        )
        self.symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=self.colour)
        self.symbol.next_to(self.axis, LEFT, buff=0.45)
        at = self.point(view.value(variable))
        self.ghost = Dot(at, radius=0.075, color=self.colour).set_opacity(0.45)
        self.trail = Line(at, at + RIGHT * 1e-4, color=self.colour, stroke_width=8)
        self.dot = Dot(at, radius=0.12, color=self.colour)
        self.start = view.value(variable)
        self.add(self.ruler, self.ends, self.symbol, self.ghost, self.trail, self.dot)

    def _written(self, view: View, value: float) -> str:
        return mantissa_source(view.language.numeral(tick_text(value, self.span)))

    def _end(self, tick: Tick, side: np.ndarray) -> Tick:
        """A tick below an end of the axis; a long one reaches inwards, not out of the frame."""
        inwards = max(tick.width / 2 - _BEYOND, 0.0)
        return tick.move_to(self.axis.get_center() + side * (self.length / 2 - inwards) + DOWN * 0.33)

    def point(self, value: float) -> np.ndarray:
        """Where a value lies on the line; beyond its ends, at the end."""
        lo, hi = self.span
        share = min(1.0, max(0.0, (value - lo) / (hi - lo)))
        point: np.ndarray = self.axis.point_from_proportion(share)
        return point

    def follow(self, view: View) -> QuantityLine:
        """Slide the dot to another view's value; the trail reaches back to where it started."""
        at = self.point(view.value(self.variable))
        self.dot.move_to(at)
        origin = self.point(self.start)
        self.trail.put_start_and_end_on(origin, at if np.linalg.norm(at - origin) > 1e-4 else origin + RIGHT * 1e-4)
        return self


def span_of(values: np.ndarray) -> tuple[float, float]:
    """Round ends for a line that holds all these values with some room."""
    lo, hi = float(np.min(values)), float(np.max(values))
    flat = hi - lo < _FLAT * max(1.0, abs(lo), abs(hi))
    room = max(abs(lo), 1.0) * 0.1 if flat else (hi - lo) * 0.12
    lo, hi = (lo if lo == 0 else lo - room), hi + room
    if np.min(values) >= 0:
        lo = max(lo, 0.0)
    step = 10.0 ** math.floor(math.log10(hi - lo))
    for part in (0.5, 0.25, 0.2, 0.1, 0.05):
        unit = step * part
        a, b = math.floor(lo / unit + 1e-9) * unit, math.ceil(hi / unit - 1e-9) * unit
        if (b - a) <= 1.35 * (hi - lo):
            return round(a, 12), round(b, 12)
    return round(a, 12), round(b, 12)


def tick_text(value: float, span: tuple[float, float]) -> str:
    """An axis value with as many decimals as its span needs."""
    decimals = max(0, 2 - math.floor(math.log10(max(span[1] - span[0], 1e-12))) - 1)
    text = f"{value:.{min(decimals, 10)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
