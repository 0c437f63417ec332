"""The cost tree: what C is computed from, drawn as quantities and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from manim import DOWN, AnimationGroup, Create, FadeIn, LaggedStart, Line, VGroup

from bp_core.quantities import C, Variable
from scenes.kit.chain import Chain
from scenes.kit.number import Value
from scenes.kit.stage import Region
from scenes.kit.typesetting import Typeset
from scenes.kit.view import View

Edge = tuple[Variable, Variable]
Direction = Literal["down", "across"]

_GAP = 0.13
_EDGE_WIDTH = 2.4


class Node(VGroup):
    """A quantity's symbol with its value beneath."""

    def __init__(self, view: View, variable: Variable, em: float) -> None:
        super().__init__()
        self.variable = variable
        self.symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))
        self.value = Value(view, variable, em=max(0.3, em * 0.6))
        self.value.next_to(self.symbol, DOWN, buff=em * 0.2)
        self.add(self.symbol, self.value)


class CostTree(VGroup):
    """The tree of a chain, ``depth`` layers back from the cost.

    ``down`` stands upright with the cost at the foot, ``across`` runs from left to right for deep trees.
    """

    def __init__(
        self, view: View, chain: Chain, region: Region, *, depth: int = 1, direction: Direction = "down", em: float = 0.58
    ) -> None:
        super().__init__()
        self.view, self.chain, self.depth, self.direction = view, chain, depth, direction
        places = _places(chain, depth)
        ranks = max(rank for rank, _ in places.values()) + 1
        along = (region.height if direction == "down" else region.width) / max(ranks - (0.25 if direction == "down" else 0.1), 1)
        self.em = min(em, along * (0.36 if direction == "down" else 0.34))
        self.nodes = {variable: Node(view, variable, self.em) for variable in places}
        lanes = [lane for _, lane in places.values()]
        spread = max(max(lanes) - min(lanes), 1e-9)
        middle = (max(lanes) + min(lanes)) / 2
        widest = max(node.width for node in self.nodes.values())
        beside = min((region.width - widest) / spread, 2.1) if direction == "down" else min((region.height - 1.4 * self.em) / spread, 1.75)
        first = 0.5 * (along - max(0.0, along - 1.9 * self.em)) / along if along else 0.0
        del first
        for variable, (rank, lane) in places.items():
            shares = (rank - (ranks - 1) / 2) * along, (lane - middle) * beside
            offset = np.array([shares[1], -shares[0], 0.0]) if direction == "down" else np.array([shares[0], shares[1], 0.0])
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
        return [self.edges[pair] for pair in zip(variables, variables[1:], strict=False)]

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
        return AnimationGroup(*(e.animate.set_stroke(self.view.theme.faint, width=_EDGE_WIDTH) for e in self.edges.values()))

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

    def beside(self, source: Variable, target: Variable, mobject: VGroup, *, side: float = -1.0, buff: float = 0.2) -> VGroup:
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
        start, end = _ports(self.nodes[source], self.nodes[target])
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


def _ports(source: Node, target: Node) -> tuple[np.ndarray, np.ndarray]:
    """Where an edge leaves one node's box and enters the other's."""
    a, b = source.get_center(), target.get_center()
    return _leaving(source, a, b), _leaving(target, b, a)


def _leaving(node: Node, inside: np.ndarray, towards: np.ndarray) -> np.ndarray:
    half = np.array([node.width / 2 + _GAP, node.height / 2 + _GAP])
    way = (towards - inside)[:2]
    share = min((half[i] / abs(way[i]) for i in range(2) if abs(way[i]) > 1e-9), default=0.0)
    return inside + (towards - inside) * min(share, 0.45)
