"""How much each weight and bias counts: a glow along a network's edges and around its rings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from manim import Circle, Line, VGroup, VMobject

from bp_core.quantities import Variable
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.theme import Colour

#: How wide a glow is on either side of what it goes along, at least and at most, where rings are that wide.
_NARROW, _WIDE, _RING = 1.0, 6.0, 3.0
#: Strokes are measured in hundredths of the frame's unit.
_STROKE = 0.01


class Glow(VGroup):
    """On both sides of edges and around rings, as wide as their parameter's number is large, whatever its sign.

    It lies beside the lines and beneath all else: a dashed edge stays dashed, dimmed or not, and a ring its own colour.
    """

    def __init__(self, diagram: NetworkDiagram, strengths: Mapping[Variable, float], colour: Colour) -> None:
        super().__init__()
        largest = max(map(abs, strengths.values()), default=0.0) or 1.0
        self._of: dict[Variable, VMobject] = {}
        for parameter, strength in strengths.items():
            share = abs(strength) / largest
            width = (_NARROW + (_WIDE - _NARROW) * share) * _slender(diagram) if strength else 0.0
            along = _around if parameter.symbol == "b" else _beside
            self._of[parameter] = along(diagram, parameter, width).set_stroke(colour, width=width, opacity=0.85)
        self.add(*self._of.values())
        self.set_z_index(-1)

    def part(self, parameter: Variable) -> VMobject:
        """What glows of one parameter."""
        return self._of[parameter]


def _slender(diagram: NetworkDiagram) -> float:
    """How much narrower lines are where a network has many."""
    return min(float(ring.get_stroke_width()) for ring in (n.ring for n in diagram.neurons())) / _RING


def _around(diagram: NetworkDiagram, bias: Variable, width: float) -> VMobject:
    ring = diagram.neuron(bias).ring
    clear = (float(ring.get_stroke_width()) + width) / 2 * _STROKE
    return Circle(radius=diagram.radius + clear).move_to(ring)


def _beside(diagram: NetworkDiagram, weight: Variable, width: float) -> VMobject:
    one, other = (neuron.ring.get_center() for neuron in diagram.ends(weight))
    drawn = next(line for line in diagram.edge(weight).get_family() if len(line.points))
    way = (other - one) / np.linalg.norm(other - one)
    aside = np.array([-way[1], way[0], 0.0]) * (float(drawn.get_stroke_width()) + width) / 2 * _STROKE
    return VGroup(*(Line(one + side * aside, other + side * aside, buff=diagram.radius) for side in (1, -1)))
