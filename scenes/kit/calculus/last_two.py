"""The last two neurons with the target beside them: what the cost of an example compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, DoubleArrow, VGroup

from bp_core.costs import cost_formula
from bp_core.nodes import SumOver
from bp_core.quantities import C, Variable
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import STYLES
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.diagram import Neuron, brightest, connection
from scenes.kit.pictures.rows import Reach, arranged, below, stand_at
from scenes.kit.stage import Region, Stage
from scenes.kit.view import View

_LARGEST = 0.72
_COST_EM, _SMALLER = 0.78, 0.9


class LastTwo(VGroup):
    """The chain's neurons of the last two layers, as large as the region lets them be, and the target."""

    def __init__(self, view: View, chain: Chain, region: Region) -> None:
        super().__init__()
        self.view, self.chain = view, chain
        theme, L = view.theme, chain.L
        radius = min(_LARGEST, region.width * 0.085, region.height * 0.23)
        self.em = radius * 0.78
        gap = min(region.width * 0.34, radius * 6)
        brightness = brightest(view)
        self.neurons = VGroup(
            *(
                Neuron(view, variable, radius, brightness, ring).move_to(region.point(0.5, 0.52) + side * gap)
                for variable, ring, side in (
                    (chain.a(L - 1), theme.activation, LEFT),
                    (chain.a(L), theme.activation, ORIGIN),
                    (chain.y, theme.target, RIGHT),
                )
            )
        )
        self.before, self.last, self.target = self.neurons
        self.names = VGroup(*(self._symbol(n.variable).next_to(n, UP, buff=self.em * 0.35) for n in self.neurons))
        self.edge = connection(view, chain.w(L), self.before, self.last)
        self.arrow = DoubleArrow(
            self.last.get_right(),
            self.target.get_left(),
            buff=radius * 0.35,
            stroke_width=3,
            tip_length=radius * 0.28,
            max_tip_length_to_length_ratio=1,
            color=theme.cost,
        )
        self.cost = self._symbol(C).next_to(self.arrow, UP, buff=radius * 0.2)
        self.add(self.edge, self.neurons, self.names, self.arrow, self.cost)

    def parameters(self) -> tuple[Typeset, Typeset]:
        """The symbols of the weight, above its edge, and of the bias, below its neuron."""
        weight, bias = (self._symbol(p) for p in (self.chain.w(self.chain.L), self.chain.b(self.chain.L)))
        return weight.next_to(self.edge, UP, buff=self.em * 0.3), bias.next_to(self.last, DOWN, buff=self.em * 0.3)

    def _symbol(self, variable: Variable) -> Typeset:
        view = self.view
        return Typeset(f"${view.notation.variable(variable, view.net)}$", em=self.em, colour=view.colour(variable))


def cost_in_symbols(view: View, stage: Stage) -> Formula:
    """The cost of an example as a formula, under the two neurons."""
    return _cost_rows(view, stage)[0]


def cost_in_numbers(view: View, stage: Stage) -> Formula:
    """The same with the example's numbers, its signs of equality below those of the symbols."""
    return _cost_rows(view, stage)[1]


def _cost_rows(view: View, stage: Stage) -> tuple[Formula, Formula]:
    """Both rows, as large as the room under the neurons lets them be."""
    cost = cost_formula(view.trace.cost, view.trace.network.sizes)
    summed = any(isinstance(node, SumOver) for node in cost.walk())
    room = stage["body"].band(0.0, 0.42)
    sides = () if summed else (Side.numbers(cost),)
    for style in STYLES:
        em = _COST_EM
        while em >= READABLE_EM:
            symbols = Formula(view, C, cost, em=em, style=style)
            rows = symbols, Formula(view, C, *sides, Side.value(C), em=em, style=style)
            reaches = [Reach.of(row) for row in rows]
            points = arranged(reaches, room) if em >= style.least(symbols.sides) else None
            if points is not None:
                return _standing(rows, points)
            em *= _SMALLER
    return _standing(rows, below(reaches, room))


def _standing(rows: tuple[Formula, Formula], points: Sequence[np.ndarray]) -> tuple[Formula, Formula]:
    for row, point in zip(rows, points, strict=True):
        stand_at(row, point)
    return rows
