"""One neuron and those it feeds, drawn large: their δ inside, the weights on the edges between."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from manim import RIGHT, UP, Circle, Line, VGroup

from bp_core.quantities import Variable, delta, w
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.clearance import Obstacles, first_clear
from scenes.kit.pictures.diagram import Neuron, connection
from scenes.kit.pictures.matrix import Shown
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The most neurons of the next layer that are drawn, a gap among them.
_MOST = 4
#: The radius of a neuron at most, and as a share of the room for it.
_RADIUS, _SHARE = 0.55, 0.36
#: Letters of a symbol and of a weight; how far along its edge a weight stands, and how far off.
_SYMBOL, _WEIGHT, _ALONG, _OFF = 0.5, 0.4, (0.6, 0.66, 0.72, 0.78), 0.28


class Feeds:
    """The pieces of the drawing, in a region: they come one after the other."""

    def __init__(self, view: View, layer: int, neuron: int, region: Region) -> None:
        self.view, self.layer, self.neuron, self.region = view, layer, neuron, region
        self.places = Shown(tuple(range(view.trace.sizes[layer + 1])), _MOST)
        self.radius = min(_RADIUS, _SHARE * region.height / len(self.places.slots))
        shown = [delta(layer, neuron), *(delta(layer + 1, i) for i in self.places.kept if i is not None)]
        self._largest = max(1e-9, *(abs(view.value(error)) for error in shown))

    def weight(self, i: int) -> Variable:
        """The weight from the neuron to neuron i of the next layer."""
        return w(self.layer + 1, i, self.neuron)

    @cached_property
    def result(self) -> Neuron:
        """The neuron with its δ."""
        return self._large(delta(self.layer, self.neuron)).move_to(self.region.point(0.16, 0.56))

    @cached_property
    def ring(self) -> Circle:
        """The neuron before its δ is known."""
        ring = self.result.ring.copy().set_fill(self.view.theme.neuron_off, opacity=1)
        return ring.set_stroke(self.view.theme.activation)

    @cached_property
    def letter(self) -> Typeset:
        """Its δ as a symbol."""
        return self._symbol(self.result.variable).next_to(self.result, UP, buff=0.2)

    @cached_property
    def next(self) -> dict[int, Neuron]:
        """The neurons it feeds, with their δ."""
        rows = {i: row for row, i in enumerate(self.places.slots) if isinstance(i, int)}
        return {i: self._large(delta(self.layer + 1, i)).move_to(self._point(row)) for i, row in rows.items()}

    @cached_property
    def letters(self) -> list[Typeset]:
        """Their δ as symbols."""
        return [self._symbol(neuron.variable).next_to(neuron, RIGHT, buff=0.2) for neuron in self.next.values()]

    @cached_property
    def gap(self) -> VGroup:
        """⋮ where some are left out."""
        rows = [row for row, i in enumerate(self.places.slots) if not isinstance(i, int)]
        quiet = self.view.theme.quiet
        return VGroup(*(Typeset("$dots.v$", em=0.6, colour=quiet).move_to(self._point(row)) for row in rows))

    @cached_property
    def edges(self) -> dict[int, Line]:
        """The edges to them."""
        return {i: connection(self.view, self.weight(i), self.result, neuron) for i, neuron in self.next.items()}

    @cached_property
    def weights(self) -> dict[int, Value]:
        """The weights at their edges."""
        found = {}
        for i, edge in self.edges.items():
            start, end = edge.get_start(), edge.get_end()
            way = (end - start) / np.linalg.norm(end - start)
            label = Value(self.view, self.weight(i), em=_WEIGHT)
            # On a slope a label has to keep its corner off the edge.
            off = (_OFF + abs(way[1]) * label.width / 2) * np.array([-way[1], way[0], 0.0])
            # Towards the end, edges are further apart.
            others = Obstacles([edge for other, edge in self.edges.items() if other != i])
            found[i] = first_clear(label, [start + along * (end - start) + off for along in _ALONG], others)
        return found

    def _point(self, row: int) -> np.ndarray:
        return self.region.point(0.76, 1 - (row + 0.5) / len(self.places.slots))

    def _large(self, error: Variable) -> Neuron:
        theme = self.view.theme
        return Neuron(self.view, error, self.radius, self._largest, theme.error, decimals=self.view.decimals)

    def _symbol(self, variable: Variable) -> Typeset:
        written = self.view.notation.variable(variable, self.view.net)
        return Typeset(f"${written}$", em=_SYMBOL, colour=self.view.colour(variable))
