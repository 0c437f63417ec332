"""The equations that the factors come from, beside the tree: all below each other, or in turn."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, LEFT, RIGHT, UP, VGroup

from bp_core.equations import Equation
from scenes.kit.calculus.factors import EQUATION_EM, Factors
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.style import STYLES, Style
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Room between two equations, and between two that stand beside each other.
_BUFF, _CLOSE, _ASIDE = 0.18, 0.1, 0.5
#: How much smaller they become at a time.
_SMALLER = 0.93


class Sources(VGroup):
    """The equations of z, a and the cost, and σ′ by the activation's own value, in the upper part of a room.

    ``together`` tells whether they all stand there, σ′ below its σ or beside it; else each is shown in its turn.
    ``low`` is where their part of the room ends.
    """

    def __init__(self, view: View, factors: Factors, room: Region, share: float) -> None:
        super().__init__()
        self._view = view
        self._stated = list(factors.definitions)
        self._slope = factors.slope
        upper = room.band(share, 1.0)
        for style, em in _sizes():
            self._write(view, style, em)
            if self._stack(upper) and em >= style.least(side for f in self for side in f.sides):
                self.together, self.low = True, upper.bottom
                return
        self.alone(upper, upper.height)

    def alone(self, room: Region, height: float) -> Sources:
        """The same, each in its turn at the top of a room, not higher than this if possible."""
        self.together = False
        lowest = []
        for style, em in _sizes():
            self._write(self._view, style, em)
            if self._in_turn(room) and em >= style.least(side for f in self for side in f.sides):
                if self.height <= height:
                    break
                lowest.append((float(self.height), style, em))
        else:
            _, style, em = min(lowest, key=lambda each: each[0], default=(0.0, STYLES[-1], READABLE_EM))
            self._write(self._view, style, em)
            self._in_turn(room)
        self.low = float(self.get_bottom()[1])
        return self

    def _write(self, view: View, style: Style, em: float) -> None:
        def formula(equation: Equation) -> Formula:
            return Formula(view, equation.left, equation.right, em=em, style=style)

        self.each = [formula(equation) for equation in self._stated]
        self.shorter = None if self._slope is None else formula(self._slope)
        self.submobjects = self._in_order()

    def _in_order(self) -> list[Formula]:
        after = [] if self.shorter is None else [self.shorter]
        return [*self.each[:2], *after, *self.each[2:]]

    def _stack(self, room: Region) -> bool:
        """Below each other from the top of the room, σ′ beside its σ where that saves the room."""
        self.arrange(DOWN, buff=_BUFF, aligned_edge=LEFT)
        if self.shorter is not None and self.height > room.height:
            VGroup(*self.each).arrange(DOWN, buff=_CLOSE, aligned_edge=LEFT)
            self.shorter.next_to(self.each[1], RIGHT, buff=_ASIDE)
        self._begin(self, room)
        return bool(self.width <= room.width and self.height <= room.height)

    def _in_turn(self, room: Region) -> bool:
        """Each at the top of the room, σ′ beside its σ or below it."""
        for formula in self.each:
            self._begin(formula, room)
        if self.shorter is not None:
            self.shorter.next_to(self.each[1], RIGHT, buff=_ASIDE * 0.7)
            if self.shorter.get_right()[0] > room.right:
                self.shorter.next_to(self.each[1], DOWN, buff=_CLOSE, aligned_edge=LEFT)
        return bool(self.width <= room.width)

    @staticmethod
    def _begin(group: VGroup, room: Region) -> None:
        group.shift((room.left - group.get_left()[0]) * RIGHT + (room.top - group.get_top()[1]) * UP)


def _sizes() -> Sequence[tuple[Style, float]]:
    """The styles, each from the largest letters to the smallest that can be read."""
    found = []
    for style in STYLES:
        em = EQUATION_EM
        while em >= READABLE_EM:
            found.append((style, em))
            em *= _SMALLER
    return found
