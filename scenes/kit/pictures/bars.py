"""Signed bars: one line's value as a length to the left or the right of a common zero."""

from __future__ import annotations

from collections.abc import Mapping

from manim import RIGHT, UP, Line, Rectangle, VGroup

from bp_core.nodes import Expression
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: Thickness of a bar as a share of the distance between two lines.
_THICK = 0.36
#: The shortest bar, for values that are zero or next to it.
_SHORTEST = 0.02


class SignedBars(VGroup):
    """A bar at each height for an expression's value, all to the same scale; the axis is their zero."""

    def __init__(
        self, view: View, bars: Mapping[Expression, float], room: Region, *, pitch: float, colour: Colour
    ) -> None:
        super().__init__()
        values = {expression: view.value(expression) for expression in bars}
        low, high = min(0.0, *values.values()), max(0.0, *values.values())
        scale = room.width / ((high - low) or 1.0)
        zero = room.left - low * scale
        heights = list(bars.values())
        self.axis = Line(
            (max(heights) + pitch / 2) * UP, (min(heights) - pitch / 2) * UP, color=view.theme.faint, stroke_width=2
        ).shift(zero * RIGHT)
        self._of = {}
        for expression, height in bars.items():
            length = values[expression] * scale
            bar = Rectangle(width=max(abs(length), _SHORTEST), height=pitch * _THICK)
            bar.set_stroke(width=0).set_fill(colour, opacity=1)
            bar.move_to((zero + length / 2) * RIGHT + height * UP)
            self._of[expression] = bar
        self.add(self.axis, *self._of.values())

    def bar(self, expression: Expression) -> Rectangle:
        """The bar of an expression."""
        return self._of[expression]
