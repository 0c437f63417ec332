"""What a nudge becomes on its way: a bar for each quantity, as long as that quantity moves with the source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import mul

import numpy as np
from manim import LEFT, RIGHT, Arrow, Line, VGroup

from bp_core.nodes import Expression
from bp_core.quantities import Variable
from scenes.kit.letters.coming_out import short_decimals
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.stage import Region
from scenes.kit.view import View

_EM, _FACTOR_EM = 0.52, 0.44
#: Room between symbols and bars, and for an arrow; the least of a bar that is drawn.
_BESIDE, _ARROW, _SHORTEST = 0.3, 0.4, 0.05


class Ladder(VGroup):
    """Bars under each other from a common zero, and between them the factor that turns one into the next."""

    def __init__(
        self, view: View, way: Sequence[Variable], factors: Sequence[Expression], region: Region, *, decimals: int
    ) -> None:
        super().__init__()
        theme = view.theme
        lengths = list(accumulate((view.value(f) for f in factors), mul, initial=1.0))
        low, high = min(0.0, *lengths), max(0.0, *lengths)
        signs, values = self._scales(view, factors, decimals)
        self.symbols = VGroup(*(self._symbol(view, variable) for variable in way))
        names = region.left + max(symbol.width for symbol in self.symbols)
        left = names + _BESIDE
        right = region.right - max(VGroup(*pair).width for pair in zip(signs, values, strict=True)) - 2 * _ARROW
        unit = (right - left) / (high - low)
        zero = left - low * unit
        heights = [region.point(0, 1 - (row + 0.5) / len(way))[1] for row in range(len(way))]
        reach = region.height / len(way) * 0.42
        self.zero = Line([zero, heights[0] + reach, 0], [zero, heights[-1] - reach, 0], color=theme.faint)
        self.zero.set_stroke(width=2)
        self.bars = VGroup()
        for symbol, variable, length, height in zip(self.symbols, way, lengths, heights, strict=True):
            symbol.move_to([names - symbol.width / 2, height, 0])
            ends = np.array([[zero, height, 0], [zero + length * unit, height, 0]])
            if abs(length * unit) < _SHORTEST:
                ends[1, 0] = zero + _SHORTEST
            self.bars.add(Line(*ends, color=view.colour(variable), stroke_width=20))
        self.arrows = VGroup()
        for (upper, lower), *pair in zip(pairwise(heights), signs, values, strict=True):
            tail, head = ([right + _ARROW, height, 0] for height in (upper - 0.1, lower + 0.1))
            arrow = Arrow(tail, head, buff=0, stroke_width=2.5, tip_length=0.13, color=theme.quiet)
            VGroup(*pair).next_to(arrow, RIGHT, buff=0.16)
            self.arrows.add(arrow)
        self.signs, self.values = VGroup(*signs), VGroup(*values)
        self.add(self.zero, self.bars, self.symbols, self.arrows, self.signs, self.values)

    @staticmethod
    def _symbol(view: View, variable: Variable) -> Typeset:
        """Δ (part 0) and the quantity (part 1)."""
        written, colour = view.notation.variable(variable, view.net), view.colour(variable)
        symbol = Typeset(f"$part(#0, Delta) part(#1, {written})$", em=_EM, colour=colour)
        symbol.set_fill(colour)
        return symbol

    @staticmethod
    def _scales(view: View, factors: Sequence[Expression], decimals: int) -> tuple[list[VGroup], list[Value]]:
        """Each factor's value, and what stands around it: ×, and brackets where it is negative."""
        digits = [short_decimals(view, factor, decimals) for factor in factors]
        values = [Value(view, f, em=_FACTOR_EM, decimals=d) for f, d in zip(factors, digits, strict=True)]
        signs = []
        for value in values:
            times = Typeset("$times$", em=_FACTOR_EM, colour=view.theme.quiet)
            if view.value(value.expression) >= 0:
                signs.append(VGroup(times.next_to(value, LEFT, buff=0.16)))
                continue
            left, right = (Words(side, em=_FACTOR_EM, colour=value.ink) for side in "()")
            left.next_to(value, LEFT, buff=0.04)
            right.next_to(value, RIGHT, buff=0.04)
            signs.append(VGroup(times.next_to(left, LEFT, buff=0.1), left, right))
        return signs, values
