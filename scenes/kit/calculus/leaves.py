"""The derivatives of all weights and biases, each at its place in the cost tree."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manim import DOWN, UP, VGroup

from bp_core.quantities import C, Variable, d
from scenes.kit.letters.inline import inline
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.pictures.clearance import Obstacles, pushed
from scenes.kit.pictures.tree import CostTree
from scenes.kit.view import View

_BUFF = 0.16
#: The longest value written without a power of ten, and how many digits fewer one with it has.
_LONGEST, _FEWER = 8, 2


class LeafDerivatives(VGroup):
    """∂C/∂w below each weight and ∂C/∂b above each bias: symbol and value, or the value where there is less room."""

    def __init__(self, view: View, tree: CostTree, *, em: float, decimals: int) -> None:
        super().__init__()
        parameters = [variable for variable in tree.nodes if variable.symbol in "wb"]
        places = {p: tree.node(p).get_center() for p in parameters}
        apart = [np.abs(places[a] - places[b]) for a, b in pairwise(p for p in parameters if p.symbol == "w")]
        self._of: dict[Variable, VGroup] = {}
        labels = {p: _label(view, p, em, decimals) for p in parameters}
        beside = min((float(room[0]) for room in apart), default=np.inf)
        named = max(label.width for label in labels.values()) + _BUFF < beside
        around = Obstacles([*tree.edges.values(), *tree.nodes.values()])
        for parameter, label in labels.items():
            shown = label if named else VGroup(label[1])
            side = DOWN if parameter.symbol == "w" else UP
            self._of[parameter] = shown.next_to(tree.node(parameter), side, buff=_BUFF)
            pushed(shown, side, around, tree.region)
        self.add(*self._of.values())

    def of(self, parameter: Variable) -> VGroup:
        """A parameter's derivative."""
        return self._of[parameter]


def _label(view: View, parameter: Variable, em: float, decimals: int) -> VGroup:
    slope = d(C, parameter)
    symbol = inline(view, slope, em)
    digits = enough_digits(view.value(slope), decimals)
    if len(view.shown(slope, decimals=digits, signed=True).text) > _LONGEST:
        digits = decimals - _FEWER
    value = Value(view, slope, em=0.8 * em, decimals=max(1, digits), signed=True)
    return VGroup(symbol, value.next_to(symbol, DOWN, buff=0.2 * em))
