"""The network and the cost tree, as a scripted scene shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from manim import (
    LEFT,
    RIGHT,
    Animation,
    AnimationGroup,
    FadeIn,
    LaggedStart,
    Line,
    Mobject,
    ShowPassingFlash,
    VGroup,
    VMobject,
)

from bp_core.nodes import Expression
from bp_core.paths import Path, paths
from bp_core.quantities import C, Variable, b, d
from bp_script.steps.shows import NetworkShow, TreeShow
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.text import Words
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.pictures.chain import Chain, places
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import Turn, edge_pulse, forward_pass
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.labels import ParameterLabels
from scenes.kit.pictures.tree import CostTree, Direction
from scenes.kit.view import View

#: Ways shown one after the other; of more, the strongest.
_WAYS = 6
#: A way's light, in units of stroke.
_LIT, _FLASH = 4.0, 9.0
#: How far a name stands off its neuron.
_ASIDE = 0.15
#: Trees of more layers than this run across.
_DEEPEST_UPRIGHT = 2


class NetworkExhibit(Exhibit):
    """The network's diagram."""

    def __init__(self, made: Making, options: NetworkShow) -> None:
        view, room = made.view, made.room
        # neurons keep clear of the edge of their room, so that labels have a place
        room_for: Literal["values", "neurons"] = "values" if options.values else "neurons"
        inputs, classes = (self._words(made, names) for names in (made.names if options.names else ((), ())))
        room = replace(room, left=room.left + _beside(inputs), right=room.right - _beside(classes))
        self.diagram = NetworkDiagram(
            view, room.band(0.08, 0.92), keep=made.spoken_of, room_for=room_for, valued=options.values
        )
        self.labels = ParameterLabels(self.diagram, room, em=1.1 * made.least) if options.labels else VGroup()
        self.names = {
            neuron.variable: words[places(neuron.variable)[1]].next_to(neuron, side, buff=_ASIDE)
            for words, side, layer in ((inputs, LEFT, 0), (classes, RIGHT, -1))
            for neuron in (self.diagram.layers[layer] if words else ())
        }
        super().__init__(VGroup(self.diagram, self.labels, *self.names.values()))

    @staticmethod
    def _words(made: Making, names: Sequence[str]) -> list[Words]:
        colour = made.view.theme.quiet
        return [Words(name, em=1.1 * made.least, colour=colour, from_lesson=True) for name in names]

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002
        """Layer by layer."""
        layers = [FadeIn(VGroup(*column)) for column in self.diagram.layers]
        edges = FadeIn(VGroup(*self.diagram.edges.values()))
        named = FadeIn(VGroup(self.labels, *self.names.values()))
        return AnimationGroup(LaggedStart(*layers, lag_ratio=0.3), edges, named, run_time=1.6)

    def symbols(self) -> Mapping[Variable, VMobject]:
        """Those of weights and biases, where they are named."""
        parameters = self.diagram.view.trace.network.parameters()
        found = {p: self.labels.symbol(p) for p in parameters} if len(self.labels) else {}
        return {p: symbol for p, symbol in found.items() if symbol is not None}

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """Edges, rings, values and labels."""
        for weight, edge in self.diagram.edges.items():
            yield edge, (weight,)
        for neuron in self.diagram.neurons():
            neuron.ring.keeps_fill = True
            yield neuron.ring, (neuron.variable,)
        for neuron_named, words in self.names.items():
            yield words, (neuron_named,)
        for parameter, symbol in self.symbols().items():
            yield symbol, (parameter,)
            yield self.labels.value(parameter), (parameter,)

    def followers(self) -> Sequence[Mobject]:
        """The diagram."""
        return [self.diagram]

    def turned(self, view: View) -> Sequence[Animation]:
        """The labels' numbers."""
        return self.labels.rewritten(view) if len(self.labels) else []

    def stepped(self, view: View) -> Sequence[Animation]:
        """The edges take on their new weights, the input may be another, then the signal runs through."""
        inputs = [] if view.trace.focus == self.diagram.view.trace.focus else self.diagram.layers[0]
        parts = [self.diagram.strengthened(view), *self.turned(view), *(Turn(neuron, view) for neuron in inputs)]
        passing = forward_pass(self.diagram, view)
        self.diagram.view = view
        return [LaggedStart(AnimationGroup(*parts), *passing, lag_ratio=0.7)]

    def forward(self, view: View) -> list[AnimationGroup]:
        """The forward pass, layer by layer."""
        passing = forward_pass(self.diagram, view)
        self.diagram.view = view
        return passing

    def backward(self, view: View) -> tuple[list[Animation], Glow]:
        """The derivatives handed back: layer by layer, each parameter glows as strongly as its derivative is large."""
        cost, layers = view.theme.cost, range(len(self.diagram.layers) - 1, 0, -1)
        slopes = {p: view.value(d(C, p)) for p in self._parameters()}
        glow = Glow(self.diagram, slopes, cost)
        return [
            LaggedStart(
                edge_pulse(self.diagram, layer, cost, backward=True),
                FadeIn(VGroup(*(glow.part(p) for p in slopes if p.indices[0] == layer))),
                lag_ratio=0.4,
            )
            for layer in layers
        ], glow

    def _parameters(self) -> Iterator[Variable]:
        yield from self.diagram.edges
        for neuron in self.diagram.neurons():
            if neuron.variable.indices[0] != 0:
                yield b(*neuron.variable.indices)

    def ways(self, view: View, start: Variable, end: Variable) -> list[list[Line]]:
        """The edges of each way from one quantity to another, the strongest ways first."""
        ways = [self._edges(path.variables) for path in _strongest(view, start, end)]
        return [way for way in ways if way][:_WAYS]

    def _edges(self, way: Sequence[Variable]) -> list[Line]:
        weights = [way[0]] if way[0].symbol == "w" else []
        for one, other in pairwise(way):
            if one.symbol == "a" and other.symbol == "z":
                layer, j = places(other)
                weights.append(Variable("w", (layer, j, places(one)[1])))
        return [self.diagram.edges[weight] for weight in weights if weight in self.diagram.edges]


def _beside(words: Sequence[Words]) -> float:
    """The room that names take beside a layer."""
    return max(each.width for each in words) + _ASIDE if words else 0.0


class TreeExhibit(Exhibit):
    """The cost tree along the neurons that a parameter passes."""

    def __init__(self, made: Making, options: TreeShow) -> None:
        L = made.view.trace.L
        chain = Chain.through(made.view.trace.network.sizes, made.variable(options.parameter))
        depth = min(options.depth or L, L)
        direction: Direction = "down" if depth <= _DEEPEST_UPRIGHT else "across"
        self.tree = CostTree(made.view, chain, made.room, depth=depth, direction=direction)
        super().__init__(self.tree)

    def symbols(self) -> Mapping[Variable, VMobject]:
        """Its nodes' symbols."""
        return {variable: node.symbol for variable, node in self.tree.nodes.items()}

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """Nodes, and edges that belong to both their ends."""
        for variable, node in self.tree.nodes.items():
            yield node, (variable,)

    def followers(self) -> Sequence[Mobject]:
        """The tree."""
        return [self.tree]

    def stepped(self, view: View) -> Sequence[Animation]:
        """Every value as it is in another view."""
        self.tree.view = view
        return [Rewrite(node.value, view) for node in self.tree.nodes.values()]

    def ways(self, view: View, start: Variable, end: Variable) -> list[list[Line]]:
        """The edges of each way that runs through the tree."""
        found = _strongest(view, start, end)
        ways = [path.variables for path in found if all(v in self.tree.nodes for v in path.variables)]
        return [[self.tree.edges[pair] for pair in pairwise(way)] for way in ways[:_WAYS]]


def lights(way: Sequence[Line], view: View) -> tuple[Animation, VGroup]:
    """A way lights up, edge after edge; and the light that stays, to be taken away again."""
    colour = view.theme.highlight
    flashes = [edge.copy().set_stroke(colour, width=_FLASH, opacity=1) for edge in way]
    light = VGroup(*(edge.copy().set_stroke(colour, width=_LIT, opacity=1) for edge in way))
    running = LaggedStart(*(ShowPassingFlash(flash, time_width=0.8) for flash in flashes), lag_ratio=0.6)
    staying = LaggedStart(*(FadeIn(edge) for edge in light), lag_ratio=0.6)
    return AnimationGroup(running, staying, run_time=0.9 + 0.5 * len(way)), light


def _strongest(view: View, start: Variable, end: Variable) -> list[Path]:
    """The paths from one quantity to another, those that carry most first."""
    return sorted(paths(view.trace, start, end), key=lambda path: -abs(path.product))
