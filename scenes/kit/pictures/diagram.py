"""The network: brightness is activation, thickness the size of a weight, a dashed line a negative one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from manim import DOWN, RIGHT, UP, AnimationGroup, Circle, DashedLine, Line, Transform, VGroup, interpolate_color
from manim.utils.color import ManimColor

from bp_core.quantities import Variable, a
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.stage import Region
from scenes.kit.view import View

_THINNEST, _THICKEST = 1.6, 7.0
#: How much of a neuron's width its value may take up.
_ROOM = 0.86
#: On any shade of grey one of these two has a contrast of 4.5 or more; softer inks have not.
_INKS = ("#ffffff", "#000000")


class Neuron(VGroup):
    """A neuron as bright as it is active, with its activation written inside."""

    def __init__(self, view: View, variable: Variable, radius: float, brightest: float, ring: str) -> None:
        super().__init__()
        self.variable, self.radius, self.brightest = variable, radius, brightest
        self.ring = Circle(radius=radius, stroke_width=3, color=ring)
        self.value = Value(view, variable, em=min(0.45, radius * 0.68))
        self.add(self.ring, self.value)
        self.follow(view)

    def follow(self, view: View) -> Neuron:
        """Brightness and value of another view."""
        share = min(1.0, abs(view.value(self.variable)) / self.brightest)
        theme = view.theme
        fill = interpolate_color(ManimColor(theme.neuron_off), ManimColor(theme.neuron_on), share)
        self.ring.set_fill(fill, opacity=1)
        self.value.ink = max(_INKS, key=lambda ink: contrast(ManimColor(ink), fill))
        self.value.show(view)
        if self.value.width > _ROOM * self.ring.width:
            self.value.scale(_ROOM * self.ring.width / self.value.width)
        self.value.move_to(self.ring.get_center())
        return self


class NetworkDiagram(VGroup):
    """A network in a region, its layers from left to right."""

    def __init__(self, view: View, region: Region, *, radius: float | None = None) -> None:
        super().__init__()
        self.view = view
        network = view.trace.network
        sizes = network.sizes
        across = region.width / max(len(sizes) - 0.35, 1)
        down = region.height / max(sizes)
        self.radius = radius or min(0.56, across * 0.28, down * 0.36)
        gap = min(down, self.radius * 3.4)
        brightness = brightest(view)
        self.layers: list[list[Neuron]] = []
        for layer, size in enumerate(sizes):
            x = region.centre[0] + (layer - (len(sizes) - 1) / 2) * across
            column = [Neuron(view, a(layer, j), self.radius, brightness, view.theme.activation) for j in range(size)]
            for j, neuron in enumerate(column):
                neuron.move_to([x, region.centre[1] + ((size - 1) / 2 - j) * gap, 0.0])
            self.layers.append(column)
        self.edges = {weight: self._edge(view, weight) for weight in network.parameters() if weight.symbol == "w"}
        self.add(VGroup(*self.edges.values()), VGroup(*(n for column in self.layers for n in column)))

    def neurons(self) -> list[Neuron]:
        """All neurons, layer by layer."""
        return [neuron for column in self.layers for neuron in column]

    def unlit(self) -> dict[Neuron, Circle]:
        """Each neuron before any signal: its ring, dark and without a number."""
        off = self.view.theme.neuron_off
        return {neuron: neuron.ring.copy().set_fill(off, opacity=1) for neuron in self.neurons()}

    def neuron(self, variable: Variable) -> Neuron:
        """The neuron of an activation."""
        layer, j = places(variable)
        return self.layers[layer][j]

    def edge(self, weight: Variable) -> Line:
        """The edge of a weight."""
        return self.edges[weight]

    def label(self, variable: Variable, *, em: float = 0.5, below: bool = False, buff: float = 0.16) -> Typeset:
        """The symbol of an activation, at its neuron."""
        view = self.view
        symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))
        symbol.next_to(self.neuron(variable), DOWN if below else UP, buff=buff)
        return symbol

    def parameter_label(self, parameter: Variable, *, em: float = 0.46) -> VGroup:
        """A weight's symbol and value above its edge, a bias's below its neuron."""
        view = self.view
        symbol = Typeset(f"${view.notation.variable(parameter, view.net)}$", em=em, colour=view.colour(parameter))
        value = Value(view, parameter, em=max(0.3, em * 0.75))
        value.next_to(symbol, DOWN, buff=em * 0.22)
        label = VGroup(symbol, value)
        if parameter.symbol == "w":
            return label.next_to(self.edges[parameter].get_center(), UP, buff=0.16)
        return label.next_to(self.neuron(a(*parameter.indices)), DOWN, buff=0.22)

    def follow(self, view: View) -> NetworkDiagram:
        """Another view's numbers, brightness and edges, in place."""
        self.view = view
        for column in self.layers:
            for neuron in column:
                neuron.follow(view)
        for weight, edge in self.edges.items():
            edge.become(self._edge(view, weight).set_stroke(opacity=edge.get_stroke_opacity()))
        return self

    def strengthened(self, view: View) -> AnimationGroup:
        """Every edge as its weight is in another view."""
        return AnimationGroup(*(Transform(edge, self._edge(view, weight)) for weight, edge in self.edges.items()))

    def dimmed(self, but: Iterable[VGroup] = ()) -> AnimationGroup:
        """Dim every neuron and edge but these."""
        kept = {id(k) for k in but}
        parts = [*self.edges.values(), *self.neurons()]
        return AnimationGroup(*(p.animate.set_opacity(self.view.theme.dim) for p in parts if id(p) not in kept))

    def beside_output(self, mobject: VGroup, j: int, *, buff: float = 0.6) -> VGroup:
        """Put something to the right of output j."""
        return mobject.next_to(self.layers[-1][j], RIGHT, buff=buff)

    def _edge(self, view: View, weight: Variable) -> Line:
        layer, j, k = places(weight)
        return connection(view, weight, self.layers[layer - 1][k], self.layers[layer][j])


def connection(view: View, weight: Variable, one: Neuron, other: Neuron) -> Line:
    """The edge of a weight between two neurons: as thick as the weight is large, dashed if it is negative."""
    start, end = one.ring.get_center(), other.ring.get_center()
    way = (end - start) / np.linalg.norm(end - start)
    start, end = start + way * one.radius, end - way * other.radius
    value = view.value(weight)
    largest = max(float(np.max(np.abs(matrix))) for matrix in view.trace.network.weights) or 1.0
    thickness = _THINNEST + (_THICKEST - _THINNEST) * min(1.0, abs(value) / largest)
    line = Line(start, end) if value >= 0 else DashedLine(start, end, dash_length=0.12, dashed_ratio=0.55)
    return line.set_stroke(view.theme.weight, width=thickness)


def contrast(one: ManimColor, other: ManimColor) -> float:
    """The contrast ratio of two colours by WCAG 2.1, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: ManimColor) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.to_rgb()]
    return float(np.dot(channels, (0.2126, 0.7152, 0.0722)))


def brightest(view: View) -> float:
    """The activation that is drawn brightest: 1, or the largest there is."""
    sizes = view.trace.network.sizes
    return max(1.0, *(abs(view.value(a(layer, j))) for layer, size in enumerate(sizes) for j in range(size)))
