"""Bias units: a unit that is always 1 above each layer that has one after it, and the biases as its edges."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import numpy as np
from manim import AnimationGroup, Circle, CubicBezier, DashedVMobject, VGroup, VMobject

from bp_core.nodes import Number
from bp_core.quantities import Variable, b
from scenes.kit.letters.number import Value
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.stage import Region
from scenes.kit.view import View

_THINNEST, _THICKEST = 1.6, 7.0
#: The size of a bias unit, as a share of a neuron; the distance to the neuron below, in radii, where no other tells.
_SIZE, _APART = 0.8, 2.7
#: How much of a unit's width its 1 may take up.
_ROOM = 0.86
#: The length of a dash and its gap.
_DASH = 0.2


class BiasUnits(VGroup):
    """A unit above each column but the last of a diagram, with an edge for each bias it stands for."""

    def __init__(self, diagram: NetworkDiagram) -> None:
        super().__init__()
        self.diagram = diagram
        view = diagram.view
        pitches = [float(one.get_y() - other.get_y()) for column in diagram.layers for one, other in pairwise(column)]
        pitch = min([_APART * diagram.radius, *pitches]) if pitches else _APART * diagram.radius
        self.units: list[VGroup] = []
        self.edges: dict[Variable, VMobject] = {}
        largest = _largest(view)
        for layer, column in enumerate(diagram.layers[:-1]):
            ring = Circle(radius=_SIZE * diagram.radius, stroke_width=3, color=view.theme.bias)
            ring.set_fill(view.theme.ground, opacity=1)
            ring.move_to(column[0].ring.get_center() + np.array([0.0, pitch, 0.0]))
            one = Value(view, Number(1), em=max(0.28, 0.75 * diagram.radius), colour=view.theme.bias, decimals=0)
            one.move_to(ring)
            if one.width > _ROOM * ring.width:
                one.blank()
            self.units.append(VGroup(ring, one))
            for neuron in diagram.layers[layer + 1]:
                bias = b(*neuron.variable.indices)
                start = ring.get_right()
                end = neuron.ring.get_left()
                self.edges[bias] = _edge(view, bias, start, end, largest)
        self.add(VGroup(*self.edges.values()), *self.units)

    def dimmed(self, but: Collection[int] = ()) -> AnimationGroup:
        """All units and edges recede but those that lead into these layers; an edge is a line alone."""
        dim = self.diagram.view.theme.dim
        edges = (e.animate.set_stroke(opacity=1.0 if v.layer in but else dim) for v, e in self.edges.items())
        units = (u.animate.set_opacity(1.0 if layer in but else dim) for layer, u in enumerate(self.units, start=1))
        return AnimationGroup(*edges, *units)

    def lit(self) -> AnimationGroup:
        """All of them in full light."""
        return self.dimmed(but=range(1, len(self.units) + 1))

    def leading_to(self, layer: int) -> VGroup:
        """The edges into a layer."""
        return VGroup(*(edge for bias, edge in self.edges.items() if bias.layer == layer))


def _edge(view: View, bias: Variable, start: np.ndarray, end: np.ndarray, largest: float) -> VMobject:
    """A bow that keeps clear of the neurons on the way: level where it leaves and where it arrives."""
    value = view.value(bias)
    middle = (start[0] + end[0]) / 2
    bow = CubicBezier(start, np.array([middle, start[1], 0.0]), np.array([middle, end[1], 0.0]), end)
    if value < 0:
        bow = DashedVMobject(bow, num_dashes=max(4, round(bow.get_arc_length() / _DASH)), dashed_ratio=0.55)
    width = _THINNEST + (_THICKEST - _THINNEST) * min(1.0, abs(value) / largest)
    return bow.set_stroke(view.theme.bias, width=width).set_fill(opacity=0)


def _largest(view: View) -> float:
    """The largest weight or bias, which is drawn thickest."""
    return max(float(np.max(np.abs(view.trace.network.vector))), 1e-9)


def below_bias_units(region: Region, sizes: tuple[int, ...]) -> Region:
    """The part of a region that the diagram itself takes where bias units stand above it."""
    return region.band(0.0, 1.0 - max(1.0 / (max(sizes) + 1), 0.12))
