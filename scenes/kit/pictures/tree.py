"""The cost tree: what C is computed from, drawn as quantities and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    LaggedStart,
    Line,
    ReplacementTransform,
    ShowPassingFlash,
    VGroup,
    VMobject,
)

from bp_core.quantities import C, Variable
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import Chain
from scenes.kit.stage import Region
from scenes.kit.view import View

Edge = tuple[Variable, Variable]
Direction = Literal["down", "across"]

_GAP = 0.11
_EDGE_WIDTH = 2.0
_LEAST_EM, _LEAST_VALUE = 0.4, 0.33
#: From a symbol to the value under it, and at least where it stands in a row, in ems of the symbol.
_TO_VALUE, _LEAST_UNDER = 0.22, 0.16
_WIDEST_LANE = 2.1
#: Letters as a share of a rank's room: with the value under the symbol, beside it, and where the tree runs across.
_UNDER, _BESIDE, _ACROSS = 0.36, 0.54, 0.56
#: Letters that would be smaller with the value under them have it beside them.
_COMPACT_EM = 0.48
#: The target's lane there.
_ASIDE = 1.4
#: For trees that run across: most room between ranks, and between lanes that lie.
_WIDEST_STEP, _TALLEST_LANE = 1.75, 1.5
#: The least between two quantities of a rank there, and of ranks next to each other, in lanes; and how much of its
#: height a node needs of that.
_SAME_RANK, _NEXT_RANK, _CROWDED = 1.2, 0.7, 0.9
#: Where the lane of z may be there, between those of the biases and of the weights.
_LANES_OF_Z = (0.5, 0.45, 0.4, 0.35)


class Node(VGroup):
    """A quantity's symbol with its value beneath, or beside it where the tree is deep."""

    def __init__(self, view: View, variable: Variable, em: float, *, compact: bool) -> None:
        super().__init__()
        self.variable = variable
        self.symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))
        self.value = Value(view, variable, em=max(_LEAST_VALUE, em * 0.62), anchor="left" if compact else "centre")
        self.value.next_to(self.symbol, RIGHT if compact else DOWN, buff=em * (0.3 if compact else _TO_VALUE))
        self.add(self.symbol, self.value)
        self.compact = compact

    @property
    def middle(self) -> np.ndarray:
        """What is lined up in the tree: its centre, or that of its symbol where the value stands beside it."""
        middle: np.ndarray = self.placed.get_center()
        return middle

    @property
    def placed(self) -> VGroup:
        """Whose centre that is."""
        return self.symbol if self.compact else self

    @staticmethod
    def level(nodes: Sequence[Node]) -> None:
        """Let their symbols stand on one baseline, and their values on another, or on the same if beside them."""
        line = nodes[0].symbol.baseline
        for node in nodes:
            node.shift((line - node.symbol.baseline) * UP)
        lower = line
        if not nodes[0].compact:
            # Where only some have indices below, their values come closer, and the others' stay where they are.
            high = max(node.value.baseline for node in nodes)
            below = (node.symbol.get_bottom()[1] - _LEAST_UNDER * node.symbol.em - node.value.height for node in nodes)
            lower = min(high, *below)
        for node in nodes:
            node.value.shift((lower - node.value.baseline) * UP)

    @property
    def left(self) -> float:
        """How far it reaches to the left of its middle."""
        return float(self.middle[0] - self.get_left()[0])

    @property
    def right(self) -> float:
        """How far it reaches to the right of its middle."""
        return float(self.get_right()[0] - self.middle[0])


class CostTree(VGroup):
    """The tree of a chain, ``depth`` layers back from the cost.

    ``down`` stands upright with the cost at the foot. ``across`` is for deep trees: it runs from left to right (from
    top to bottom in a tall region), each kind of quantity in a lane of its own, the way zigzagging between a and z.
    """

    def __init__(
        self,
        view: View,
        chain: Chain,
        region: Region,
        *,
        depth: int = 1,
        direction: Direction = "down",
        em: float = 0.58,
    ) -> None:
        super().__init__()
        self.view, self.chain, self.direction = view, chain, direction
        self.region, self._layers = region, depth
        places = _places(chain, depth) if direction == "down" else _lattice(chain, depth)
        self._upright = direction == "down" or region.height > region.width
        room, aside = (region.height, region.width) if self._upright else (region.width, region.height)
        ranks = max(rank for rank, _ in places.values()) + 1
        # In a lattice each lane holds every other rank, so that letters have twice the room.
        rank = room / ranks
        compact = self.compact = direction == "down" and rank * _UNDER < _COMPACT_EM
        if compact:
            # Values beside symbols leave less room for what is told beside the trunk.
            places[chain.y] = (places[chain.y][0], _ASIDE)
        if direction == "across":
            self.em = float(np.clip(rank * _ACROSS, _LEAST_EM, em))
        elif compact:
            self.em = float(np.clip(rank * _BESIDE, _LEAST_EM, _COMPACT_EM))
        else:
            self.em = min(rank * _UNDER, em)
        self.nodes = {variable: Node(view, variable, self.em, compact=compact) for variable in places}
        if direction == "across":
            lane = max(_LANES_OF_Z, key=lambda z: self._shortest(_lattice(chain, depth, z), room, aside))
            places = _lattice(chain, depth, lane)
        self.edges = self._joined(places, room, aside)
        self.add(VGroup(*self.edges.values()), VGroup(*self.nodes.values()))

    def node(self, variable: Variable) -> Node:
        """The node of a quantity."""
        return self.nodes[variable]

    def edge(self, source: Variable, target: Variable) -> Line:
        """The edge from what is used to what is made of it."""
        return self.edges[source, target]

    def way(self, variables: Sequence[Variable]) -> list[Line]:
        """The edges along a way through the tree."""
        return [self.edges[pair] for pair in pairwise(variables)]

    def lit(self, variables: Sequence[Variable], colour: str | None = None) -> AnimationGroup:
        """Light the way along these variables, edge after edge."""
        colour = colour or self.view.colour(variables[0])
        return LaggedStart(
            *(edge.animate.set_stroke(colour, width=2.6 * _EDGE_WIDTH, opacity=1) for edge in self.way(variables)),
            lag_ratio=0.6,
        )

    def light(self, variables: Sequence[Variable], colour: str | None = None) -> CostTree:
        """The same at once, for a picture that starts with it."""
        for edge in self.way(variables):
            edge.set_stroke(colour or self.view.colour(variables[0]), width=2.6 * _EDGE_WIDTH, opacity=1)
        return self

    def flash(self, variables: Sequence[Variable]) -> AnimationGroup:
        """A light runs along the way, edge after edge."""
        colour = self.view.theme.highlight
        edges = [e.copy().set_stroke(colour, width=3.8 * _EDGE_WIDTH, opacity=1) for e in self.way(variables)]
        return LaggedStart(*(ShowPassingFlash(edge, time_width=0.7) for edge in edges), lag_ratio=0.8)

    def unlit(self) -> AnimationGroup:
        """All edges quiet again."""
        return AnimationGroup(
            *(e.animate.set_stroke(self.view.theme.quiet, width=_EDGE_WIDTH) for e in self.edges.values())
        )

    def dimmed(self, but: Iterable[Variable] = ()) -> AnimationGroup:
        """Dim all nodes but these."""
        kept = set(but)
        return AnimationGroup(
            *(node.animate.set_opacity(1.0 if v in kept else self.view.theme.dim) for v, node in self.nodes.items())
        )

    def growing(self, variables: Iterable[Variable]) -> AnimationGroup:
        """These nodes appear with the edges that lead from them."""
        chosen = list(variables)
        edges = [e for (v, _), e in self.edges.items() if v in chosen]
        return AnimationGroup(
            LaggedStart(*(Create(edge) for edge in edges), lag_ratio=0.1),
            LaggedStart(*(FadeIn(self.nodes[v], scale=0.8) for v in chosen), lag_ratio=0.1),
        )

    def becoming(self, other: CostTree, turn: float = 0.0) -> list[Animation]:
        """What both trees hold goes from its place in this one to its place in the other, on arcs of that angle."""
        pairs: list[tuple[VMobject, VMobject]] = [
            (edge, other.edges[ends]) for ends, edge in self.edges.items() if ends in other.edges
        ]
        pairs += [(node, other.nodes[v]) for v, node in self.nodes.items() if v in other.nodes]
        return [ReplacementTransform(one, another, path_arc=turn) for one, another in pairs]

    def beside(
        self, source: Variable, target: Variable, mobject: VGroup, *, side: float = -1.0, buff: float = 0.2
    ) -> VGroup:
        """Put something next to the middle of an edge, on its left (−1) or right (+1)."""
        edge = self.edges[source, target]
        start, end = edge.get_start(), edge.get_end()
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
        normal = np.array([along[1], -along[0], 0.0]) * (1 if self.direction == "down" else -1)
        if abs(normal[0]) < 1e-6 and self.direction == "down":
            normal = np.array([side, 0.0, 0.0])
        elif normal[0] * side < 0 and self.direction == "down":
            normal = -normal
        elif self.direction == "across":
            normal = normal * side
        reach = abs(normal[0]) * mobject.width / 2 + abs(normal[1]) * mobject.height / 2 + buff
        mobject.move_to((start + end) / 2 + normal * reach)
        return mobject

    def follow(self, view: View) -> CostTree:
        """Show another view's values in place."""
        self.view = view
        for node in self.nodes.values():
            if len(node.value):  # where there is no room for values, the symbols stand alone
                node.value.show(view)
        return self

    def _shortest(self, places: dict[Variable, tuple[int, float]], room: float, aside: float) -> float:
        """How long the shortest edge is with the nodes at these places; less than nothing if its ends overlap."""
        edges = self._joined(places, room, aside)
        lengths = []
        for (source, target), edge in edges.items():
            way = self.nodes[target].get_center() - self.nodes[source].get_center()
            lengths.append(float(np.dot(edge.get_end() - edge.get_start(), way) / np.linalg.norm(way)))
        return min(lengths)

    def _joined(self, places: dict[Variable, tuple[int, float]], room: float, aside: float) -> dict[Edge, Line]:
        """The nodes at these places, and the edges between them."""
        heights = self._arrange(places, room, aside)
        return {(v, c): self._edge(v, c, heights) for v, c in _edges(self.chain, self._layers)}

    def _arrange(self, places: dict[Variable, tuple[int, float]], room: float, aside: float) -> dict[Variable, float]:
        """Put the nodes into ranks along the region and lanes beside each other, and give the heights of their rows."""
        widest = max(node.width for node in self.nodes.values())
        tallest, middles = self._levelled(places)
        last = max(rank for rank, _ in places.values())
        lanes = [lane for _, lane in places.values()]
        middle = (max(lanes) + min(lanes)) / 2
        along = (room - (tallest if self._upright else widest)) / max(last, 1)
        beside = (aside - (widest if self._upright else tallest)) / (max(lanes) - min(lanes))
        apart = _NEXT_RANK if along < widest else _SAME_RANK
        if self.direction == "across" and not self._upright and beside * apart < _CROWDED * tallest:
            # Where lanes are too close for values, the symbols stand alone.
            for node in self.nodes.values():
                node.value.blank()
            tallest, middles = self._levelled(places)
            beside = (aside - tallest) / (max(lanes) - min(lanes))
        if self.direction == "across":
            along = min(along, _WIDEST_STEP)
        beside = min(beside, _WIDEST_LANE if self._upright else _TALLEST_LANE)
        needed = self._needed(places) if self.compact else 0.0
        if beside < needed:
            # With its value beside it a node reaches far to one side: the lanes share what is really there.
            places[self.chain.y] = (places[self.chain.y][0], 1.0)
            beside, middle = self._shared(places, aside), 0.0
            if beside < needed:
                for variable, (rank, lane) in places.items():
                    if lane < 1 and rank % 2 == 0 and rank < last - 1:
                        self.nodes[variable].value.blank()
                beside = self._shared(places, aside)
        for variable, (rank, lane) in places.items():
            shares = (rank - last / 2) * along, (lane - middle) * beside
            offset = np.array([shares[1], -shares[0], 0.0] if self._upright else [shares[0], -shares[1], 0.0])
            node = self.nodes[variable]
            node.shift(self.region.centre + offset - np.array([node.middle[0], middles[variable], 0.0]))
            middles[variable] = float((self.region.centre + offset)[1])
        return middles

    def _levelled(self, places: Mapping[Variable, tuple[int, float]]) -> tuple[float, dict[Variable, float]]:
        """Nodes that share a row on the same lines: the height of the tallest row, and the middle of each one's."""
        rows: dict[float, list[Variable]] = {}
        for variable, (rank, lane) in places.items():
            rows.setdefault(rank if self._upright else lane, []).append(variable)
        tallest = 0.0
        middles: dict[Variable, float] = {}
        for row in rows.values():
            nodes = [self.nodes[variable] for variable in row]
            if len(nodes) > 1:
                Node.level(nodes)
            tallest = max(tallest, VGroup(*nodes).height)
            middles |= dict.fromkeys(row, float(VGroup(*(node.placed for node in nodes)).get_y()))
        return tallest, middles

    def _needed(self, places: Mapping[Variable, tuple[int, float]]) -> float:
        """The least between two lanes, so that no node of a rank reaches into the next one."""
        ranks: dict[int, list[tuple[float, Node]]] = {}
        for variable, (rank, lane) in places.items():
            ranks.setdefault(rank, []).append((lane, self.nodes[variable]))
        pairs = [pair for nodes in ranks.values() for pair in pairwise(sorted(nodes, key=lambda node: node[0]))]
        return max(
            ((one.right + other.left + _GAP) / (lane - before) for (before, one), (lane, other) in pairs), default=0.0
        )

    def _shared(self, places: Mapping[Variable, tuple[int, float]], aside: float) -> float:
        """What is between two lanes if the outermost nodes reach the region's borders, the trunk in its middle."""
        outer = [(self.nodes[v], lane) for v, (_, lane) in places.items() if abs(lane) == 1]
        reach = [node.right if lane > 0 else node.left for node, lane in outer]
        return min(aside / 2 - max(reach), _WIDEST_LANE)

    def _edge(self, source: Variable, target: Variable, heights: Mapping[Variable, float]) -> Line:
        """From what is used to what is made of it."""
        one, other = self.nodes[source], self.nodes[target]
        level = heights[source] if heights[source] == heights[target] else None
        ends = self._fanned(one, other) if self.direction == "down" else self._straight(one, other, level)
        return Line(*ends, stroke_width=_EDGE_WIDTH, color=self.view.theme.quiet)

    @staticmethod
    def _fanned(one: Node, other: Node) -> tuple[np.ndarray, np.ndarray]:
        """From the foot of one node to the head of the other, fanned out where several arrive."""
        aside = float(np.clip((one.middle - other.middle)[0], -1.0, 1.0))
        foot, head = one.get_bottom()[1] - _GAP, other.symbol.get_top()[1] + _GAP
        return (
            np.array([one.middle[0] - aside * 0.18, foot, 0.0]),
            np.array([other.middle[0] + aside * 0.3, head, 0.0]),
        )

    @staticmethod
    def _straight(one: Node, other: Node, level: float | None) -> tuple[np.ndarray, np.ndarray]:
        """From centre to centre, in a row at its height, as far as it is outside of both."""
        start, end = one.get_center(), other.get_center()
        if level is not None:
            start[1] = end[1] = level
        return start + _reach(one, end - start), end + _reach(other, start - end)


def _reach(node: Node, way: np.ndarray) -> np.ndarray:
    """How far from its centre a node keeps a line away that leaves it in this direction."""
    half = np.array([node.width / 2 + _GAP, node.height / 2 + _GAP])
    with np.errstate(divide="ignore"):
        reach: np.ndarray = way * float(np.min(half / np.abs(way[:2])))
    return reach


def _places(chain: Chain, depth: int) -> dict[Variable, tuple[int, float]]:
    """Rank (0 is farthest from the cost) and lane of every quantity."""
    places: dict[Variable, tuple[int, float]] = {}
    first = chain.L - depth + 1
    for layer in range(first, chain.L + 1):
        rank = 2 * (layer - first)
        places[chain.w(layer)] = (rank, -1.0)
        places[chain.a(layer - 1)] = (rank, 0.0)
        places[chain.b(layer)] = (rank, 1.0)
        places[chain.z(layer)] = (rank + 1, 0.0)
    rank = 2 * depth
    places[chain.a(chain.L)] = (rank, 0.0)
    places[chain.y] = (rank, 1.0)
    places[C] = (rank + 1, 0.5)
    return places


def _lattice(chain: Chain, depth: int, z: float = _LANES_OF_Z[0]) -> dict[Variable, tuple[int, float]]:
    """Rank and lane where each kind of quantity has a lane: biases, activations, z, weights.

    It is the upright tree turned, so that one becomes the other on the shortest way.
    """
    places: dict[Variable, tuple[int, float]] = {}
    first = chain.L - depth + 1
    for layer in range(first, chain.L + 1):
        rank = 2 * (layer - first)
        places[chain.b(layer)] = (rank + 1, -1.2)
        places[chain.a(layer - 1)] = (rank, -0.5)
        places[chain.z(layer)] = (rank + 1, z)
        places[chain.w(layer)] = (rank + 1, 1.7)
    places[chain.a(chain.L)] = (2 * depth, -0.5)
    places[C] = (2 * depth + 1, z)
    places[chain.y] = (2 * depth + 1, -1.2)
    return places


def _edges(chain: Chain, depth: int) -> list[Edge]:
    edges: list[Edge] = []
    for layer in range(chain.L - depth + 1, chain.L + 1):
        edges += [(v, chain.z(layer)) for v in (chain.w(layer), chain.a(layer - 1), chain.b(layer))]
        edges.append((chain.z(layer), chain.a(layer)))
    return [*edges, (chain.a(chain.L), C), (chain.y, C)]
