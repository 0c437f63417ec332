"""Names and values of all weights and biases in a network's diagram, where there is room for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from manim import UP, Circle, VGroup

from bp_core.quantities import Variable
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How far a weight's label stands off its edge, in radii of a neuron; and the least room between two labels.
_OFF, _BETWEEN = 0.35, 0.12


class ParameterLabels(VGroup):
    """Weights above their edges, biases below their neurons; empty where that would be crowded."""

    def __init__(self, diagram: NetworkDiagram, region: Region, *, em: float) -> None:
        super().__init__()
        self._of: dict[Variable, VGroup] = {}
        sizes = diagram.view.trace.network.sizes
        if max(sizes) > 1:
            return
        for parameter in diagram.view.trace.network.parameters():
            label = diagram.parameter_label(parameter, em=em)
            if parameter.symbol == "w":
                label.shift(UP * _OFF * diagram.radius)
            self._of[parameter] = label
        weights = {w: label for w, label in self._of.items() if w.symbol == "w"}
        # All of them alike, so that they stay in a row.
        higher = max(_over(label[1], neuron.ring) for w, label in weights.items() for neuron in diagram.ends(w))
        VGroup(*weights.values()).shift(higher * UP)
        apart = diagram.layers[1][0].get_x() - diagram.layers[0][0].get_x()
        widest = max(label.width for label in self._of.values())
        if widest + _BETWEEN > apart or VGroup(diagram, *self._of.values()).height > region.height:
            self._of = {}
        self.add(*self._of.values())

    def items(self) -> Iterable[tuple[Variable, VGroup]]:
        """Each parameter that has a label, with it."""
        return self._of.items()

    def symbol(self, parameter: Variable) -> Typeset | None:
        """A parameter's symbol, if it is there."""
        return self._of[parameter][0] if parameter in self._of else None

    def value(self, parameter: Variable) -> Value | None:
        """A parameter's value, if it is there."""
        return self._of[parameter][1] if parameter in self._of else None

    def rewritten(self, view: View) -> list[Rewrite]:
        """All values as they are in another view."""
        return [Rewrite(label[1], view) for label in self._of.values()]


def _over(value: Value, ring: Circle) -> float:
    """How much higher a value has to stand to keep clear of a ring."""
    centre, radius = ring.get_center(), ring.width / 2
    aside = max(0.0, abs(value.get_x() - centre[0]) - value.width / 2)
    if aside >= radius:
        return 0.0
    return max(0.0, float(centre[1] + np.sqrt(radius**2 - aside**2) - value.get_bottom()[1]))
