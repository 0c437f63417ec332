"""The cost tree: what C is computed from, drawn as quantities and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, AnimationGroup, Create, FadeIn, LaggedStart, Line, VGroup

from bp_core.quantities import C, Variable
from scenes.kit.chain import Chain
from scenes.kit.number import Value
from scenes.kit.stage import Region
from scenes.kit.typesetting import Typeset
from scenes.kit.view import View

Edge = tuple[Variable, Variable]
Direction = Literal["down", "across"]

_GAP = 0.11
_EDGE_WIDTH = 2.4
_LEAST_EM, _LEAST_VALUE = 0.4, 0.32
_WIDEST_LANE = 2.1


class Node(VGroup):
    """A quantity's symbol with its value beneath, or beside it where the tree is deep."""

    def __init__(self, view: View, variable: Variable, em: float, *, compact: bool) -> None:
        super().__init__()
        self.variable = variable
        self.symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))
        self.value = Value(view, variable, em=max(_LEAST_VALUE, em * 0.62), anchor="left" if compact else "centre")
        self.value.next_to(self.symbol, RIGHT if compact else DOWN, buff=em * (0.3 if compact else 0.22))
        self.add(self.symbol, self.value)


class CostTree(VGroup):
    """The tree of a chain, ``depth`` layers back from the cost.

    ``down`` stands upright with the cost at the foot, ``across`` runs from left to right for deep trees.
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
        self.view, self.chain, self.depth, self.direction = view, chain, depth, direction
        places = _places(chain, depth)
        ranks = max(rank for rank, _ in places.values()) + 1
        upright = direction == "down"
        room, aside = (region.height, region.width) if upright else (region.width, region.height)
        self.em = float(np.clip(room / ranks * 0.36, _LEAST_EM, em))
        compact = upright and room / ranks < 2.6 * self.em
        self.nodes = {variable: Node(view, variable, self.em, compact=compact) for variable in places}
        tallest, widest = (max(getattr(n, side) for n in self.nodes.values()) for side in ("height", "width"))
        along = (room - (tallest if upright else widest)) / max(ranks - 1, 1)
        lanes = [lane for _, lane in places.values()]
        middle = (max(lanes) + min(lanes)) / 2
        beside = min((aside - (widest if upright else tallest)) / (max(lanes) - min(lanes)), _WIDEST_LANE)
        for variable, (rank, lane) in places.items():
            shares = (rank - (ranks - 1) / 2) * along, (lane - middle) * beside
            offset = np.array([shares[1], -shares[0], 0.0] if upright else [shares[0], shares[1], 0.0])
            node = self.nodes[variable]
            node.shift(region.centre + offset - node.get_center())
        self.edges = {(v, c): self._edge(v, c) for v, c in _edges(chain, depth)}
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
            *(edge.animate.set_stroke(colour, width=2.2 * _EDGE_WIDTH, opacity=1) for edge in self.way(variables)),
            lag_ratio=0.6,
        )

    def light(self, variables: Sequence[Variable], colour: str | None = None) -> CostTree:
        """The same at once, for a picture that starts with it."""
        for edge in self.way(variables):
            edge.set_stroke(colour or self.view.colour(variables[0]), width=2.2 * _EDGE_WIDTH, opacity=1)
        return self

    def unlit(self) -> AnimationGroup:
        """All edges quiet again."""
        return AnimationGroup(
            *(e.animate.set_stroke(self.view.theme.faint, width=_EDGE_WIDTH) for e in self.edges.values())
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
            node.value.show(view)
        return self

    def _edge(self, source: Variable, target: Variable) -> Line:
        """From the foot of one node to the head of the other, fanned out where several arrive."""
        out, into = (DOWN, UP) if self.direction == "down" else (RIGHT, LEFT)
        one, other = self.nodes[source], self.nodes[target]
        across = RIGHT if self.direction == "down" else UP
        aside = float(np.clip(np.dot(one.get_center() - other.get_center(), across), -1.0, 1.0))
        head = other.symbol if self.direction == "down" else other
        start = one.get_critical_point(out) + out * _GAP - across * aside * 0.18
        end = head.get_critical_point(into) + into * _GAP + across * aside * 0.3
        return Line(start, end, stroke_width=_EDGE_WIDTH, color=self.view.theme.faint)


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


def _edges(chain: Chain, depth: int) -> list[Edge]:
    edges: list[Edge] = []
    for layer in range(chain.L - depth + 1, chain.L + 1):
        edges += [(v, chain.z(layer)) for v in (chain.w(layer), chain.a(layer - 1), chain.b(layer))]
        edges.append((chain.z(layer), chain.a(layer)))
    return [*edges, (chain.a(chain.L), C), (chain.y, C)]
