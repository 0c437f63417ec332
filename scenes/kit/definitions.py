"""What each quantity of the last layer is made of: z, a and C, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from manim import VGroup

from bp_core.costs import cost_formula
from bp_core.nodes import Apply, Expression, SumOver
from bp_core.quantities import C, Index, Variable, z
from scenes.kit.chain import Chain
from scenes.kit.formula import Formula, Side
from scenes.kit.view import View

_LEAST, _SMALLER = 0.4, 0.95


@dataclass(frozen=True, slots=True)
class Definition:
    """A quantity's equation, first in symbols, then with the values of the example in their places."""

    variable: Variable
    symbols: Formula
    numbers: Formula

    @property
    def result(self) -> VGroup:
        """The number that comes out."""
        return self.numbers.leaf(self.variable, len(self.numbers.sides) - 1)

    def stand_at(self, x: float, y: float) -> None:
        """Put the sign of equality there."""
        for row in (self.symbols, self.numbers):
            row.shift(np.array([x, y, 0.0]) - row.relation(1).get_center())

    def reach(self) -> tuple[float, float]:
        """How far the equation reaches to the left and to the right of its sign, whichever row is longer."""
        signs = [(row, row.relation(1).get_x()) for row in (self.symbols, self.numbers)]
        return max(x - row.get_left()[0] for row, x in signs), max(row.get_right()[0] - x for row, x in signs)


def made_of(view: View, chain: Chain) -> Mapping[Variable, Expression]:
    """The last layer's equations: the weighted sum, the activation and the cost."""
    network = view.trace.network
    L = chain.L
    activated = chain.activated(L)
    if network.activations[L - 1] == "softmax":
        activated = Apply("exp", chain.z(L)) / SumOver("i", Apply("exp", z(L, Index("i"))))
    return {
        chain.z(L): chain.weighted_sum(L),
        chain.a(L): activated,
        C: cost_formula(view.trace.cost, network.sizes),
    }


def definitions(view: View, chain: Chain, width: float, em: float = 0.6) -> tuple[Definition, ...]:
    """The equations with letters of one size, ``em`` or as large as the width allows, sign under sign at the origin."""
    while True:
        found = tuple(_definition(view, variable, made, em) for variable, made in made_of(view, chain).items())
        left, right = (max(sides) for sides in zip(*(d.reach() for d in found), strict=True))
        if left + right <= width or em <= _LEAST:
            return found
        em *= _SMALLER


def _definition(view: View, variable: Variable, made: Expression, em: float) -> Definition:
    summed = any(isinstance(node, SumOver) for node in made.walk())
    numbers = () if summed else (Side.numbers(made),)
    return Definition(
        variable,
        Formula(view, variable, made, em=em),
        Formula(view, variable, *numbers, Side.value(variable), em=em),
    )
