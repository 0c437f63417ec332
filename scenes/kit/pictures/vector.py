"""The gradient as a column: a component for each weight and bias, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import LEFT, PI, RIGHT, UP, AnimationGroup, Arrow, Transform, VGroup, VMobject

from bp_core.quantities import J, Variable, d
from bp_script.numerals import relation
from scenes.kit.letters.inline import inline
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.pictures.chain import Chain
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

#: Letters of a component at most, as a multiple of the least; of its value, as a share of them.
_MOST, _SMALLER = 1.4, 0.84
#: The fewest decimals of a value.
_FEWEST = 2
#: From one component to the next, in heights of the tallest; and what a gap takes, as a share of that.
_CLOSE, _LOOSE, _GAP = 1.12, 1.75, 0.9
#: The length of an arrow, as a share of the distance between two components, and its tip.
_SHORTEST, _LONGEST, _TIP = 0.42, 0.92, 0.24
_SIGNS = {"=": "=", "≈": "approx"}


class GradientColumn(VGroup):
    """∇C = a column of components ≈ a column of their values, ⋮ where some are left out."""

    def __init__(self, view: View, region: Region, *, least: float, follow: Variable, decimals: int) -> None:
        super().__init__()
        everything = list(view.trace.network.parameters())
        tallest = max(inline(view, d(J, p), 1.0).height for p in _kinds(everything))
        self.rows = _chosen(view, everything, follow, region.height / (least * _CLOSE * tallest))
        gaps = [b for a, b in pairwise(self.rows) if everything.index(b) - everything.index(a) > 1]
        lines = len(self.rows) + _GAP * len(gaps)
        self.em = float(np.clip(region.height / lines / (_CLOSE * tallest), least, least * _MOST))
        pitch = min(region.height / lines, self.em * tallest * _LOOSE)
        # Powers of ten can make it so wide that its letters could not be read: then with fewer decimals.
        for fewer in range(decimals, _FEWEST - 1, -1):
            self._write(view, gaps, pitch, fewer)
            share = min(1.0, region.width / self.width)
            if self.em * share >= READABLE_EM:
                break
        self.scale(share)
        self.move_to(region.centre)

    def _write(self, view: View, gaps: Sequence[Variable], pitch: float, decimals: int) -> None:
        """All of it in letters of this size, a component a line."""
        heights, at = {}, 0.0
        self.skipped: list[float] = []
        for row in self.rows:
            if row in gaps:
                self.skipped.append(at + pitch * (1 - _GAP) / 2)
                at -= pitch * _GAP
            heights[row], at = at, at - pitch
        self.components = {row: inline(view, d(J, row), self.em) for row in self.rows}
        small = self.em * _SMALLER
        numbers = [view.value(d(J, row)) for row in self.rows]
        usual = decimals_for(numbers, decimals)
        self.values = {
            row: Value(view, d(J, row), em=small, decimals=enough_digits(value, usual), signed=True, anchor="point")
            for row, value in zip(self.rows, numbers, strict=True)
        }
        for row, height in heights.items():
            self.components[row].set_baseline(height)
            self.values[row].set_baseline(height)
            self.components[row].shift(self.components[row].get_left()[0] * LEFT)
            self.values[row].shift(self.values[row].point * LEFT)
        exact = all(relation(v.shown.value, v.shown.text) == "=" for v in self.values.values())
        symbol = view.notation.variable(J, view.net)
        ink = view.theme.ink
        self.name = Typeset(f"$nabla {symbol}$", em=self.em * 1.25, colour=view.theme.cost)
        self.equals = Typeset("$=$", em=self.em * 1.25, colour=ink)
        self.sign = Typeset(f"${_SIGNS['=' if exact else '≈']}$", em=self.em * 1.25, colour=ink)
        columns = [VGroup(*self.components.values()), VGroup(*self.values.values())]
        top, bottom = VGroup(*columns).get_top()[1], VGroup(*columns).get_bottom()[1]
        self.left, self.right = (Bracketed(column, self._dots(view), top, bottom, ink) for column in columns)
        line = VGroup(self.name, self.equals, self.left, self.sign, self.right).arrange(RIGHT, buff=0.4 * self.em)
        for sign in (self.equals, self.sign):
            sign.set_y(self.left.get_y())
        self.submobjects = [line]

    def _dots(self, view: View) -> list[Typeset]:
        drawn = []
        for height in self.skipped:
            dots = Typeset("$dots.v$", em=self.em, colour=view.theme.quiet)
            drawn.append(dots.move_to(height * UP))
        return drawn


class Steps(VGroup):
    """An arrow beside each value, up where it is positive, as long as it is large."""

    def __init__(self, vector: GradientColumn, room: Region, colour: str) -> None:
        super().__init__()
        largest = max(abs(value.shown.value) for value in vector.values.values()) or 1.0
        heights = [value.get_y() for value in vector.values.values()]
        apart = min((a - b for a, b in pairwise(heights)), default=room.height / 2)
        for value, height in zip(vector.values.values(), heights, strict=True):
            share = abs(value.shown.value) / largest
            reach = apart * (_SHORTEST + (_LONGEST - _SHORTEST) * share) / 2 * (1 if value.shown.value > 0 else -1)
            middle = np.array([room.centre[0], height, 0.0])
            arrow = Arrow(
                middle - reach * UP, middle + reach * UP, buff=0, color=colour, stroke_width=8, tip_length=_TIP
            )
            if value.shown.value:
                self.add(arrow)

    def turned(self, colour: str) -> AnimationGroup:
        """All arrows turn round."""
        return AnimationGroup(
            *(Transform(arrow, arrow.copy().rotate(PI).set_color(colour), path_arc=PI) for arrow in self)
        )


class Bracketed(VGroup):
    """A column between brackets from ``top`` to ``bottom``; ``dots`` are moved to its middle."""

    def __init__(self, column: VGroup, dots: Sequence[Typeset], top: float, bottom: float, colour: str) -> None:
        super().__init__()
        self.column = column
        self.dots = VGroup(*(mark.set_x(column.get_x()) for mark in dots))
        whole = VGroup(column, *self.dots)
        hook, room = 0.15, 0.16
        top, bottom = top + room, bottom - room
        edges = whole.get_left()[0] - room, whole.get_right()[0] + room
        self.brackets = bracket_pair(*edges, top, bottom, hook=hook, colour=colour)
        self.add(self.brackets, column, self.dots)


def bracket_pair(left: float, right: float, top: float, bottom: float, *, hook: float, colour: str) -> VGroup:
    """Square brackets at these edges; ``hook`` is how far they reach inwards."""
    brackets = VGroup()
    for edge, inward in ((left, hook), (right, -hook)):
        corners = [(edge + inward, top), (edge, top), (edge, bottom), (edge + inward, bottom)]
        bracket = VMobject(stroke_color=colour, stroke_width=2.6)
        bracket.set_points_as_corners(np.array([[x, y, 0.0] for x, y in corners]))
        brackets.add(bracket)
    return brackets


def _kinds(parameters: Sequence[Variable]) -> list[Variable]:
    """One weight and one bias of each layer."""
    return list({(p.symbol, p.layer): p for p in parameters}.values())


def _chosen(view: View, everything: list[Variable], follow: Variable, room: float) -> list[Variable]:
    """All components, or those of one chain with the first and the last, as long as there is room."""
    if len(everything) <= room:
        return everything
    chain = Chain.through(view.trace.network.sizes, follow)
    layers = sorted({1, chain.L, *range(1, chain.L + 1)}, key=lambda layer: (layer not in {1, chain.L}, layer))
    wanted = [follow, everything[0], everything[-1]]
    wanted += [parameter for layer in layers for parameter in (chain.w(layer), chain.b(layer))]
    chosen: list[Variable] = []
    for parameter in dict.fromkeys([*wanted, *everything]):
        longer = sorted([*chosen, parameter], key=everything.index)
        gaps = sum(everything.index(b) - everything.index(a) > 1 for a, b in pairwise(longer))
        if len(longer) + _GAP * gaps > room:
            break
        chosen = longer
    return chosen
