"""A small network with everything named: neurons, weights, biases, the target and the loss, where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Line,
    ReplacementTransform,
    ShowPassingFlash,
    Succession,
    VGroup,
    VMobject,
)

from bp_core.quantities import C, Variable, a, b, y
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron, brightest
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How wide the network itself is in the region, the rest is the loss's; and the room above and below for names.
_NETWORK, _NAMES = 0.86, 0.62
_RADIUS, _APART = 0.48, 7.2
#: From this height on a region has room for all names.
_HIGH = 4.4
#: The width of a light that runs along.
_PULSE = 9
#: How visible the value of a dim neuron is: it stands on a ground of its own.
_DIMMED = 0.6
#: As many neurons a layer are spread over the whole height.
_FEW = 4
#: Room between a name and what it names, and the least between a name and anything else.
_BUFF, _CLEAR = 0.1, 0.06
#: Where along an edge its name may stand, the best place first.
_ALONG = (0.5, 0.3, 0.36, 0.24, 0.43, 0.57, 0.64, 0.7, 0.76)


class LetteredNetwork(VGroup):
    """The diagram; ``names`` of neurons above them, of weights along their edges, of biases below their neurons.

    Behind the outputs stands the loss with, of a single output, the target it is compared with. Names that have no
    room are left out: ``names`` holds those that are there.
    """

    def __init__(self, view: View, region: Region, *, em: float = 0.46, keep: Iterable[Variable] = ()) -> None:
        super().__init__()
        self.view, self.em = view, em
        room = region.column(0.0, _NETWORK)
        # A low region has no room for names below the neurons.
        below = _NAMES * min(1.0, room.height / _HIGH) ** 2
        room = Region(room.left, room.right, room.bottom + below, room.top - _NAMES)
        if max(view.trace.sizes) > _FEW:
            self.diagram = NetworkDiagram(view, room, keep=keep, room_for="values")
        else:
            self.diagram = NetworkDiagram(view, _spread(view, room), radius=_fitting(view, room), apart=_APART)
        self.names: dict[Variable, Typeset] = {}
        self.loss, self.target = self._symbol(C, 1.3 * em), self._target()
        self.ties = self._end(region)
        self._name_neurons(region)
        self._name_parameters(region)
        self.add(self.diagram, self.ties, self.target, self.loss, *self.names.values())

    # -- parts ---------------------------------------------------------------

    def drawn(self, variable: Variable) -> VMobject:
        """What stands for a variable: an edge, a neuron, the target, the loss; of a bias its name, or its neuron."""
        if variable.symbol == "w":
            return self.diagram.edge(variable)
        if variable.symbol == "C":
            return self.loss
        if variable.symbol == "y":
            return self.target
        if variable.symbol == "b" and variable in self.names:
            return self.names[variable]
        return self.diagram.neuron(a(*variable.indices))

    def lit(self, variables: Iterable[Variable]) -> AnimationGroup:
        """Only these stand out, with their names; the rest is dim."""
        kept, edges = set(variables), self.diagram.edges
        whole = kept.issuperset(edges)
        parts: list[tuple[VMobject, bool]] = [(name, variable in kept) for variable, name in self.names.items()]
        parts += [(self.loss, C in kept), *((tie, C in kept) for tie in self.ties)]
        parts += [(name, y(0) in kept) for name in self.target[1:]]
        neurons = [*self.diagram.neurons(), *self.target[:1]]
        theme = self.view.theme
        strengths = self.diagram.strengths if whole else dict.fromkeys(edges, 1.0)
        return AnimationGroup(
            *(edge.animate.set_opacity(strengths[w] if w in kept else theme.dim) for w, edge in edges.items()),
            *(part.animate.set_opacity(1.0 if on else theme.dim) for part, on in parts),
            *(neuron.ring.animate.set_opacity(1.0 if neuron.variable in kept else theme.dim) for neuron in neurons),
            *(
                neuron.value.animate.set_fill(neuron.value.ink, opacity=1.0)
                if neuron.variable in kept
                else neuron.value.animate.set_fill(theme.ink, opacity=_DIMMED)
                for neuron in neurons
                if len(neuron.value)
            ),
        )

    def all_lit(self) -> AnimationGroup:
        """Everything stands out."""
        neurons = [neuron.variable for neuron in self.diagram.neurons()]
        return self.lit([*self.diagram.edges, *neurons, *self.names, C, y(0)])

    def with_source(self, parameter: Variable) -> list[Variable]:
        """A parameter, and of a weight the neuron that it comes from."""
        layer, _, *before = places(parameter)
        return [parameter, *(a(layer - 1, k) for k in before)]

    def ahead_along(self, way: Sequence[Variable], **kwargs: Any) -> Succession:
        """A light runs along weights, one after the other, and from the output on to the loss."""
        return self._flashes([*self._stretches(way), self._last_stretch(way)], self.view.theme.highlight, **kwargs)

    def back_along(self, way: Sequence[Variable], **kwargs: Any) -> Succession:
        """What the loss hands back runs to the output, and along weights, one after the other."""
        stretches = [self._last_stretch(list(reversed(way))), *self._stretches(way)]
        return self._flashes([(end, start) for start, end in stretches], self.view.theme.cost, **kwargs)

    def _stretches(self, way: Sequence[Variable]) -> list[tuple[np.ndarray, np.ndarray]]:
        edges = [self.diagram.edges[v] for v in way if v in self.diagram.edges]
        return [(edge.get_start(), edge.get_end()) for edge in edges]

    def _last_stretch(self, way: Sequence[Variable]) -> tuple[np.ndarray, np.ndarray]:
        outputs = [neuron.variable for neuron in self.diagram.layers[-1]]
        tie = self.ties[outputs.index(a(*way[-1].indices[:2])) if way else 0]
        return tie.get_start(), tie.get_end()

    @staticmethod
    def _flashes(stretches: Sequence[tuple[np.ndarray, np.ndarray]], colour: str, **kwargs: Any) -> Succession:
        lines = [Line(start, end, color=colour, stroke_width=_PULSE) for start, end in stretches]
        return Succession(*(ShowPassingFlash(line, time_width=0.7) for line in lines), **kwargs)

    def moved_into(self, other: LetteredNetwork) -> AnimationGroup:
        """The same network elsewhere, or of another size: piece by piece, what has no place there goes."""
        pairs: list[tuple[VMobject, VMobject]] = [(self.loss, other.loss)]
        pairs += [(edge, other.diagram.edges[w]) for w, edge in self.diagram.edges.items() if w in other.diagram.edges]
        pairs += [(tie, there) for tie, there in zip(self.ties, other.ties, strict=False)]
        pairs += [(piece, there) for piece, there in zip(self.target, other.target, strict=False)]
        pairs += [(name, other.names[v]) for v, name in self.names.items() if v in other.names]
        neurons = {neuron.variable: neuron for neuron in other.diagram.neurons()}
        pairs += [(n, neurons[n.variable]) for n in self.diagram.neurons() if n.variable in neurons]
        going = {id(here) for here, _ in pairs}
        coming = {id(there) for _, there in pairs}
        return AnimationGroup(
            *(ReplacementTransform(here, there) for here, there in pairs),
            *(FadeOut(piece) for piece in self._pieces() if id(piece) not in going),
            *(FadeIn(piece) for piece in other._pieces() if id(piece) not in coming),
        )

    def _pieces(self) -> list[VMobject]:
        diagram = self.diagram
        names = list(self.names.values())
        return [
            *diagram.edges.values(),
            *diagram.neurons(),
            *diagram.marks,
            *self.ties,
            *self.target,
            self.loss,
            *names,
        ]

    # -- layout --------------------------------------------------------------

    def _symbol(self, variable: Variable, em: float) -> Typeset:
        view = self.view
        return Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))

    def _target(self) -> VGroup:
        if self.view.trace.sizes[-1] > 1:
            return VGroup()
        neuron = Neuron(self.view, y(0), self.diagram.radius, brightest(self.view), self.view.theme.target)
        name = self._symbol(y(0), self.em)
        return VGroup(neuron, name.next_to(neuron, UP, buff=_BUFF))

    def _end(self, region: Region) -> VGroup:
        """The loss at the right end, level with the outputs; the target above it; a line from each to the loss."""
        outputs = self.diagram.layers[-1]
        height = float(np.mean([neuron.get_y() for neuron in outputs]))
        x = region.right - max(self.loss.width, self.diagram.radius * 2 if len(self.target) else 0.0) / 2
        self.loss.move_to([x, height, 0.0])
        ties = VGroup(*(self._tie(neuron) for neuron in outputs))
        if len(self.target):
            neuron = self.target[0]
            highest = region.top - (self.target.get_top()[1] - neuron.get_y())
            at = min(height + self.diagram.radius * 4, highest)
            self.target.shift(np.array([x, at, 0.0]) - neuron.get_center())
            ties.add(self._tie(neuron))
        return ties

    def _tie(self, neuron: Neuron) -> Line:
        start, end = neuron.get_center(), self.loss.get_center()
        way = (end - start) / np.linalg.norm(end - start)
        half = np.array([self.loss.width, self.loss.height, 0.0]) / 2 + _BUFF
        back = min(half[axis] / abs(way[axis]) for axis in (0, 1) if abs(way[axis]) > _CLEAR)
        line = Line(start + way * neuron.radius, end - way * back, stroke_width=2.5)
        return line.set_color(self.view.theme.cost)

    def _name_neurons(self, region: Region) -> None:
        for column in self.diagram.layers:
            names = {
                neuron.variable: self._symbol(neuron.variable, self.em).next_to(neuron, UP, buff=_BUFF)
                for neuron in column
            }
            if all(self._free(name, region) for name in names.values()):
                self.names |= names

    def _name_parameters(self, region: Region) -> None:
        edges = self.diagram.edges
        level = sorted(edges, key=lambda w: abs(edges[w].get_start()[1] - edges[w].get_end()[1]))
        biases = [b(*places(neuron.variable)) for column in self.diagram.layers[1:] for neuron in column]
        found: dict[Variable, Typeset] = {}
        for parameter in [*biases, *level]:
            name = self._symbol(parameter, self.em)
            places_ = self._beside(parameter, name) if parameter.symbol == "w" else self._below(parameter, name)
            for point in places_:
                name.move_to(point)
                if self._free(name, region) and not any(_near(name, other) for other in found.values()):
                    found[parameter] = name
                    break
            else:
                return  # some names only would look as if the others had none
        self.names |= found

    def _below(self, bias: Variable, name: Typeset) -> Iterator[np.ndarray]:
        neuron = self.diagram.neuron(a(*bias.indices))
        yield neuron.get_bottom() + DOWN * (_BUFF + name.height / 2)

    def _beside(self, weight: Variable, name: Typeset) -> Iterator[np.ndarray]:
        """Places along an edge: above it where it comes from the upper half of its layer, else below it."""
        edge = self.diagram.edges[weight]
        start, end = edge.get_start(), edge.get_end()
        way = (end - start) / np.linalg.norm(end - start)
        up = np.array([-way[1], way[0], 0.0])
        upper = start[1] >= np.mean([neuron.get_y() for neuron in self.diagram.layers[places(weight)[0] - 1]]) - _CLEAR
        for normal in (up, -up) if upper else (-up, up):
            reach = abs(normal[0]) * name.width / 2 + abs(normal[1]) * name.height / 2 + _BUFF
            for share in _ALONG:
                yield start + share * (end - start) + normal * reach

    def _free(self, name: Typeset, region: Region) -> bool:
        """Whether a name keeps clear of neurons, edges, names and the region's ends."""
        if name.get_top()[1] > region.top + _CLEAR or name.get_bottom()[1] < region.bottom - _CLEAR:
            return False
        neurons = [neuron.ring for neuron in self.diagram.neurons()]
        others = [self.loss, *self.target, *self.names.values()]
        lines = [*self.diagram.edges.values(), *self.ties]
        return not (any(_near(name, other) for other in [*neurons, *others]) or any(_crossed(name, e) for e in lines))


def _fitting(view: View, room: Region) -> float:
    """The radius of a neuron that leaves room for names."""
    sizes = view.trace.sizes
    return min(_RADIUS, room.width / len(sizes) * 0.235, room.height / max(sizes) * 0.3)


def _spread(view: View, room: Region) -> Region:
    """So tall a region that a diagram in it has its outermost neurons at the ends of the room."""
    most, radius = max(view.trace.sizes), _fitting(view, room)
    if most == 1:
        return room
    more = ((room.height - 2 * radius) * most / (most - 1) - room.height) / 2
    return Region(room.left, room.right, room.bottom - more, room.top + more)


def _near(one: VMobject, other: VMobject) -> bool:
    apart = np.abs(one.get_center() - other.get_center())
    return bool(
        apart[0] < (one.width + other.width) / 2 + _CLEAR and apart[1] < (one.height + other.height) / 2 + _CLEAR
    )


def _crossed(name: VMobject, line: Line) -> bool:
    """Whether a line comes nearer to a name than is good."""
    start, end = line.get_start(), line.get_end()
    along = start + np.linspace(0.0, 1.0, 60)[:, None] * (end - start)
    half = np.array([name.width, name.height]) / 2 + _CLEAR
    return bool((np.abs(along[:, :2] - name.get_center()[:2]) < half).all(axis=1).any())
