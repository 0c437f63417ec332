"""How much each weight and bias counts, laid over a network's diagram."""

from __future__ import annotations

from collections.abc import Mapping

from manim import Circle, Line, VGroup, VMobject

from bp_core.quantities import Variable
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.theme import Colour

_THICKEST, _THINNEST = 14.0, 0.8


class Glow(VGroup):
    """Edges and rings as thick as their parameter's number is large, whatever its sign."""

    def __init__(self, diagram: NetworkDiagram, strengths: Mapping[Variable, float], colour: Colour) -> None:
        super().__init__()
        largest = max(map(abs, strengths.values()), default=0.0) or 1.0
        self._of: dict[Variable, VMobject] = {}
        for parameter, strength in strengths.items():
            width = _THINNEST + (_THICKEST - _THINNEST) * abs(strength) / largest
            self._of[parameter] = _drawn(diagram, parameter).set_stroke(colour, width=width, opacity=0.85)
        self.add(*self._of.values())

    def part(self, parameter: Variable) -> VMobject:
        """What is laid over one parameter."""
        return self._of[parameter]


def _drawn(diagram: NetworkDiagram, parameter: Variable) -> VMobject:
    if parameter.symbol == "b":
        return Circle(radius=diagram.radius).move_to(diagram.neuron(parameter))
    one, other = (neuron.ring.get_center() for neuron in diagram.ends(parameter))
    return Line(one, other, buff=diagram.radius)
