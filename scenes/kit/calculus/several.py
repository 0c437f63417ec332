"""A network with several neurons a layer and the cost beside it, as the chapters on several neurons have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from manim import (
    DOWN,
    PI,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    ArcBetweenPoints,
    DashedLine,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Restore,
    ShowPassingFlash,
    VGroup,
    VMobject,
)
from manim.utils.color import ManimColor

from bp_core.quantities import C, Derivative, Index, Variable, a, d
from scenes.kit.calculus.recursion import Recursion
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.clearance import Obstacles, any_clear, first_clear
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron
from scenes.kit.stage import Region, Stage
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: The largest neurons; letters of the names at least and at most, and of the cost.
_RADIUS, _LEAST, _MOST, _COST = 0.6, 0.4, 0.5, 0.72
#: How much of a neuron's width its name or its number may take up.
_INSIDE = 0.8
#: How far a name that is above or below its neuron may go aside, in its widths, the nearest first.
_ASIDE = (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45)
#: Shares of the picture's width for the network and for the cost; the width of a line that runs to the cost.
_NETWORK, _BESIDE, _WIDTH = 0.8, 0.895, 3
#: A square's share for the picture, and its least height there; room for a name over the columns, and beside it.
_SQUARE, _TALL, _HEAD, _BUFF = 0.57, 3.3, 0.56, 0.09
#: An edge by its derivative, at most and at least; the smallest letters of a number in a neuron.
_THICKEST, _THINNEST, _SMALLEST = 7.0, 1.2, 0.277
#: How much wider a neuron may become for its number, and how much of its width then is the number's.
_WIDEST, _WIDENED_INSIDE = 1.6, 0.81
#: Width of a light that runs along a way.
_LIGHT = 9
#: A general neuron of the last layer and one of the layer before.
J_INDEX, K_INDEX = Index("j"), Index("k")


def rooms(stage: Stage) -> Mapping[str, Region]:
    """Where the network and what is told of it stand; in a square it is told in turn."""
    if stage.square:
        body = stage["body"]
        share = max(_SQUARE, _TALL / body.height)
        lower = body.band(0.0, 0.99 - share)
        return {"picture": body.band(1 - share, 1.0), "formula": lower, "rows": lower, "beside": lower}
    picture = stage["diagram"] if stage.stacked else stage["body"].column(0.0, 0.5)
    beside = stage["right"] if stage.stacked else stage["body"].column(0.505, 1.0)
    return {
        "picture": picture,
        "formula": beside.band(0.74, 1.0),
        "rows": beside.band(0.0, 0.71),
        "beside": beside,
    }


class LayeredNetwork(VGroup):
    """The network, its cost, and a line to the cost from every output that is drawn."""

    def __init__(self, view: View, stage: Stage, follow: Variable) -> None:
        super().__init__()
        self.view = view
        room = rooms(stage)["picture"]
        place = room.column(0.0, _NETWORK)
        if stage.square:
            place = Region(place.left, place.right, place.bottom, place.top - _HEAD)
        self.diagram = NetworkDiagram(view, place, radius=_RADIUS, keep=[follow], room_for="names")
        symbol = view.notation.variable(C, view.net)
        self.cost = Typeset(f"${symbol}$", em=_COST, colour=view.theme.cost)
        outputs = VGroup(*self.diagram.layers[-1])
        self.cost.move_to([room.point(_BESIDE, 0)[0], outputs.get_y(), 0.0])
        self.lines = {places(n.variable)[1]: self._line(n.variable) for n in self.diagram.layers[-1]}
        self.add(self.diagram, *self.lines.values(), self.cost)

    # -- names -----------------------------------------------------------------

    @cached_property
    def name_em(self) -> float:
        """Letters of the names: as large as the neurons let them be, and never too small."""
        widest = max(self._symbol(a(layer, K_INDEX), 1.0).width for layer in range(self.view.trace.L + 1))
        return float(np.clip(_INSIDE * 2 * self.diagram.radius / widest, _LEAST, _MOST))

    def label(self, variable: Variable, *, at: Variable | None = None) -> Typeset:
        """A name in the neuron of ``at``, which is the variable's own if it has no open index, or as near as can be."""
        symbol = self._symbol(variable, self.name_em)
        neuron = self.diagram.neuron(variable if at is None else at)
        if symbol.width <= 2 * self.diagram.radius:
            return symbol.move_to(neuron)
        if self.headed(places(neuron.variable)[0]):
            return symbol.move_to([neuron.get_x(), self.diagram.get_top()[1] + _BUFF + symbol.height / 2, 0.0])
        return first_clear(symbol, self._beside(symbol, neuron), self._drawn)

    def headed(self, layer: int) -> bool:
        """Whether there is no room for the names of a layer at its neurons, so that they stand over it in turn."""
        symbol = self._symbol(a(layer, K_INDEX), self.name_em)
        if symbol.width <= 2 * self.diagram.radius:
            return False
        column = self.diagram.layers[layer]
        return not all(any_clear(symbol, self._beside(symbol, neuron), self._drawn) for neuron in column)

    @staticmethod
    def _beside(symbol: Typeset, neuron: Neuron) -> list[np.ndarray]:
        """Places above and below a neuron."""
        sides = [symbol.next_to(neuron, way, buff=_BUFF).get_center() for way in (UP, DOWN)]
        return [side + aside * symbol.width * RIGHT for side in sides for aside in _ASIDE]

    @cached_property
    def _drawn(self) -> Obstacles:
        return Obstacles(self.diagram)

    def naming(self, neuron: Neuron, label: Typeset) -> AnimationGroup:
        """The name comes; inside a neuron, which goes dark, it takes the place of the value."""
        return AnimationGroup(*self._hidden(neuron, label), FadeIn(label))

    @staticmethod
    def unnamed(neurons: Iterable[Neuron]) -> list[Animation]:
        """Those of these neurons that have a name inside show their values again."""
        return [Restore(neuron) for neuron in neurons if hasattr(neuron, "saved_state")]

    def _hidden(self, neuron: Neuron, label: Typeset) -> list[Animation]:
        if np.linalg.norm(label.get_center() - neuron.ring.get_center()) > self.diagram.radius / 2:
            return []
        neuron.save_state()
        return [neuron.animate.darkened(self.view.theme.neuron_off)]

    def _symbol(self, variable: Variable, em: float) -> Typeset:
        view = self.view
        return Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))

    # -- ways ------------------------------------------------------------------

    def way(self, weight: Variable, output: int) -> list[VMobject]:
        """From a weight of the last layer to the cost by an output: its edge, an arc if softmax leads on, a line."""
        layer, j, _ = places(weight)
        lines: list[VMobject] = [self.diagram.edge(weight)]
        if j != output:
            one, other = (self.diagram.neuron(a(layer, n)).ring for n in (j, output))
            lines.append(ArcBetweenPoints(one.get_right(), other.get_right(), angle=-PI / 2 if j < output else PI / 2))
        return [*lines, self.lines[output]]

    @staticmethod
    def flash(lines: Iterable[VMobject], colour: Colour, *, backward: bool = False) -> LaggedStart:
        """A light that runs along these lines, one after the other."""
        lights = []
        for line in reversed(list(lines)) if backward else lines:
            start, end = line.get_start(), line.get_end()
            light = Line(start, end) if isinstance(line, Line) else line.copy()
            light.set_stroke(colour, width=_LIGHT, opacity=1)
            lights.append(ShowPassingFlash(light.reverse_direction() if backward else light, time_width=0.7))
        return LaggedStart(*lights, lag_ratio=0.7)

    def spotlit(self, quantities: Iterable[Variable], outputs: Iterable[int] | None = None) -> AnimationGroup:
        """Light on these neurons and edges, and on the lines from these outputs (all, if None) to the cost."""
        dim = self.view.theme.dim
        chosen = set(self.lines) if outputs is None else set(outputs)
        lines = [line.animate.set_stroke(opacity=1.0 if j in chosen else dim) for j, line in self.lines.items()]
        cost = self.cost.animate.set_opacity(1.0 if chosen else dim)
        return AnimationGroup(self.diagram.spotlit(quantities), *lines, cost)

    def lighting(self, weight: Variable, output: int) -> AnimationGroup:
        """The way of a weight by an output comes into full light."""
        diagram, theme = self.diagram, self.view.theme
        layer, j, _ = places(weight)
        neurons = [diagram.neuron(a(layer, n)) for n in dict.fromkeys((j, output))]
        return AnimationGroup(
            diagram.edge(weight).animate.set_stroke(opacity=1.0),
            *(
                n.animate.ringed(theme.activation)
                for n in neurons
                if n.ring.get_stroke_color() != ManimColor(theme.activation)
            ),
            self.lines[output].animate.set_stroke(opacity=1.0),
            self.cost.animate.set_opacity(1.0),
        )

    def lit(self) -> AnimationGroup:
        """Everything in full light."""
        lines = [line.animate.set_stroke(opacity=1.0) for line in self.lines.values()]
        return AnimationGroup(self.diagram.lit(), *lines, self.cost.animate.set_opacity(1.0))

    def _line(self, output: Variable) -> Line:
        neuron = self.diagram.neuron(output).ring
        start, end = neuron.get_center(), self.cost.get_left() + np.array([-0.12, 0.0, 0.0])
        way = (end - start) / np.linalg.norm(end - start)
        start = start + way * (neuron.width / 2 + 0.08)
        return Line(start, end, stroke_width=_WIDTH, color=self.view.theme.cost)


class Handed(VGroup):
    """What the backward pass leaves on the network: numbers in neurons, and edges as strong as their derivatives.

    Where a number finds no room in a small neuron, all neurons widen for it.
    """

    def __init__(self, network: LayeredNetwork, recursion: Recursion) -> None:
        super().__init__()
        self.network, self.recursion = network, recursion
        diagram, view = network.diagram, network.view
        self.numbers: dict[Neuron, Value] = {}
        self.breadth = 2 * diagram.radius
        for neuron in diagram.neurons():
            layer, j = places(neuron.variable)
            if layer and len(neuron.value):
                self.numbers[neuron] = self._number(neuron, recursion.handed(layer, j))
        slopes = {weight: view.value(d(C, weight)) for weight in diagram.edges}
        largest = max(map(abs, slopes.values())) or 1.0
        self.edges = {weight: self._edge(weight, slope / largest) for weight, slope in slopes.items()}

    def landing(self, layer: int) -> AnimationGroup:
        """A layer's neurons go dark and take the numbers."""
        theme, moves = self.network.view.theme, []
        for neuron in self.network.diagram.layers[layer]:
            neuron.save_state()
            dark = neuron.animate.darkened(theme.neuron_off).ringed(self.recursion.colour)
            moves.append(dark.widened(self.breadth))
            if neuron in self.numbers:
                moves.append(FadeIn(self.numbers[neuron]))
        return AnimationGroup(*moves)

    def strengthening(self, layer: int) -> AnimationGroup:
        """The edges into a layer become their derivatives."""
        diagram = self.network.diagram
        chosen = [weight for weight in self.edges if weight.layer == layer]
        return AnimationGroup(
            *(diagram.edge(weight).animate.set_stroke(opacity=0) for weight in chosen),
            *(FadeIn(self.edges[weight]) for weight in chosen),
        )

    def leaving(self, layer: int) -> AnimationGroup:
        """A layer's neurons and the edges into it are what they were in the forward pass."""
        column = self.network.diagram.layers[layer]
        return AnimationGroup(
            *(Restore(neuron) for neuron in column),
            *(FadeOut(self.numbers[neuron]) for neuron in column if neuron in self.numbers),
            *(FadeOut(edge) for weight, edge in self.edges.items() if weight.layer == layer),
        )

    def _number(self, neuron: Neuron, handed: Variable | Derivative) -> Value:
        view = self.network.view
        decimals = enough_digits(view.value(handed), view.decimals)
        number = Value(view, handed, em=0.4, colour=self.recursion.colour, decimals=decimals)
        number.scale(min(1.0, _INSIDE * neuron.ring.width / number.width))
        if number.em_now < _SMALLEST:
            number.scale(_SMALLEST / number.em_now)
            width = number.width / _WIDENED_INSIDE
            if width <= _WIDEST * neuron.ring.width:
                self.breadth = max(self.breadth, width)
            else:
                number.blank()
        return number.move_to(neuron.ring)

    def _widening(self, way: np.ndarray) -> float:
        """How much farther a widened neuron, an ellipse, reaches that way."""
        radius = self.network.diagram.radius
        return float(1 / np.hypot(way[0] / (self.breadth / 2), way[1] / radius) - radius)

    def _edge(self, weight: Variable, share: float) -> Line:
        line = self.network.diagram.edge(weight)
        start, end = line.get_start(), line.get_end()
        way = (end - start) / np.linalg.norm(end - start)
        inside = self._widening(way) * way
        start, end = start + (inside if places(weight)[0] > 1 else 0.0), end - inside
        edge = Line(start, end) if share >= 0 else DashedLine(start, end, dash_length=0.12, dashed_ratio=0.55)
        width = _THINNEST + (_THICKEST - _THINNEST) * abs(share)
        return edge.set_stroke(self.network.view.theme.cost, width=width)


def output_and_before(view: View, parameter: Variable) -> tuple[Variable, Variable]:
    """The output and the neuron before it that a weight of the last layer joins; of another parameter the first."""
    L = view.trace.L
    layer, j, *k = places(parameter)
    if layer != L:
        j, k = 0, [j] if layer == L - 1 else [0]
    return a(L, j), a(L - 1, k[0] if k else 0)
