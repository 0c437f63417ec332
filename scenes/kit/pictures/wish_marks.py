"""What an example wants, drawn on a network: arrows at neurons, and edges as thick as their nudges are large."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from manim import (
    RIGHT,
    UP,
    Animation,
    Arrow,
    Circle,
    DashedLine,
    DashedVMobject,
    GrowArrow,
    LaggedStart,
    Line,
    VGroup,
    VMobject,
    Wait,
)

from bp_core.nodes import Expression
from bp_core.quantities import Variable
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: The shortest and the longest arrow in radii of a neuron, its tip at most, and how far beside the neuron it stands.
_SHORT, _LONG, _TIP, _BESIDE = 0.6, 2.1, 0.18, 0.2
#: The thinnest and the thickest edge.
_THIN, _THICK = 1.0, 7.0
#: How visible an edge is under its nudge.
FAINT = 0.12
_DASH, _DASHES = 0.12, 14


class NeuronWishes(VGroup):
    """An arrow at the right of each neuron: up if its activation should grow, as long as it should by much."""

    def __init__(
        self, view: View, diagram: NetworkDiagram, wishes: Mapping[Variable, Expression], colour: Colour
    ) -> None:
        super().__init__()
        values = {neuron: view.value(wish) for neuron, wish in wishes.items() if diagram.holds(neuron)}
        largest = max(map(abs, values.values()), default=0.0) or 1.0
        self._of: dict[Variable, Arrow] = {}
        for variable, value in values.items():
            neuron = diagram.neuron(variable)
            if not value:
                continue
            reach = neuron.radius * (_SHORT + (_LONG - _SHORT) * abs(value) / largest) * (1 if value > 0 else -1)
            middle = neuron.ring.get_right() + _BESIDE * RIGHT
            self._of[variable] = Arrow(
                middle - reach / 2 * UP,
                middle + reach / 2 * UP,
                buff=0,
                color=colour,
                stroke_width=6,
                tip_length=min(_TIP, abs(reach) * 0.45),
                max_tip_length_to_length_ratio=1,
                max_stroke_width_to_length_ratio=20,
            )
        self.add(*self._of.values())

    def of(self, variable: Variable) -> VMobject:
        """The arrow at a neuron; empty where nothing is wanted."""
        return self._of.get(variable, VGroup())

    def growing(self) -> Animation:
        """One after the other they grow; nothing happens where nothing is wanted."""
        if not self._of:
            return Wait()
        return LaggedStart(*(GrowArrow(arrow) for arrow in self._of.values()), lag_ratio=0.3)


class ParameterWishes(VGroup):
    """Edges and rings as thick as a nudge is large: a full line upwards, dashed downwards."""

    def __init__(self, view: View, diagram: NetworkDiagram, wishes: Mapping[Variable, Expression]) -> None:
        super().__init__()
        self._of: dict[Variable, VMobject] = {}
        largest = max((abs(view.value(wish)) for wish in wishes.values()), default=0.0)
        for parameter, wish in wishes.items():
            if not diagram.holds(parameter):
                continue
            value = view.value(wish)
            width = _THIN + (_THICK - _THIN) * min(1.0, abs(value) / (largest or 1.0))
            drawn = _line(diagram, parameter, value >= 0)
            self._of[parameter] = drawn.set_stroke(view.theme.cost, width=width, opacity=0.9)
        self.add(*self._of.values())

    def of(self, parameter: Variable) -> VMobject:
        """What is drawn for one parameter; empty where its neurons are left out."""
        return self._of.get(parameter, VGroup())

    def some(self, parameters: Iterable[Variable]) -> list[VMobject]:
        """What is drawn for these parameters."""
        return [self._of[parameter] for parameter in parameters if parameter in self._of]


def _line(diagram: NetworkDiagram, parameter: Variable, full: bool) -> VMobject:
    if parameter.symbol == "b":
        ring = Circle(radius=diagram.radius).move_to(diagram.neuron(parameter).ring)
        return ring if full else DashedVMobject(ring, num_dashes=_DASHES)
    one, other = diagram.ends(parameter)
    start, end = one.ring.get_center(), other.ring.get_center()
    way = (end - start) / np.linalg.norm(end - start)
    ends = start + way * one.radius, end - way * other.radius
    return Line(*ends) if full else DashedLine(*ends, dash_length=_DASH, dashed_ratio=0.55)
