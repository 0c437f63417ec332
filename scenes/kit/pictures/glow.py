"""How much each weight and bias counts, laid over a network's diagram."""

from __future__ import annotations

from collections.abc import Mapping

from manim import Circle, Line, VGroup, VMobject

from bp_core.quantities import Variable
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.theme import Colour

_THICKEST, _THINNEST = 14.0, 0.8
#: How much wider than what it lies behind a halo is, at least and at most.
_BEYOND, _FAR = 4.0, 11.0


class Glow(VGroup):
    """Edges and rings as thick as their parameter's number is large, whatever its sign.

    ``behind`` the diagram they are halos, as much wider than what they lie behind, so that its lines can be read.
    """

    def __init__(
        self, diagram: NetworkDiagram, strengths: Mapping[Variable, float], colour: Colour, *, behind: bool = False
    ) -> None:
        super().__init__()
        largest = max(map(abs, strengths.values()), default=0.0) or 1.0
        self._of: dict[Variable, VMobject] = {}
        for parameter, strength in strengths.items():
            share = abs(strength) / largest
            width = _THINNEST + (_THICKEST - _THINNEST) * share
            if behind and strength:
                width = _width(diagram, parameter) + _BEYOND + (_FAR - _BEYOND) * share
            self._of[parameter] = _drawn(diagram, parameter).set_stroke(colour, width=width, opacity=0.85)
        self.add(*self._of.values())
        if behind:
            self.set_z_index(-1)

    def part(self, parameter: Variable) -> VMobject:
        """What is laid over one parameter."""
        return self._of[parameter]


def _width(diagram: NetworkDiagram, parameter: Variable) -> float:
    """How thick the line is that is drawn for a parameter."""
    drawn = diagram.edge(parameter) if parameter.symbol == "w" else diagram.neuron(parameter).ring
    lines = [member for member in drawn.get_family() if len(member.points)]
    return float(lines[0].get_stroke_width())


def _drawn(diagram: NetworkDiagram, parameter: Variable) -> VMobject:
    if parameter.symbol == "b":
        return Circle(radius=diagram.radius).move_to(diagram.neuron(parameter))
    one, other = (neuron.ring.get_center() for neuron in diagram.ends(parameter))
    return Line(one, other, buff=diagram.radius)
