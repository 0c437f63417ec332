"""What each quantity of the last layer is made of: z, a and C, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from manim import VGroup

from bp_core.costs import cost_formula
from bp_core.nodes import Apply, Expression, SumOver
from bp_core.quantities import C, Index, Variable, z
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import STYLES, Style
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.rows import Reach, arranged, below, stand_at
from scenes.kit.stage import Region
from scenes.kit.view import View

_SMALLER = 0.95
#: How much longer than its region an equation beside a tree may be.
_OVER = 1.25
#: What rows there keep clear of each other.
_CLEAR = 0.12


@dataclass(frozen=True, slots=True)
class Definition:
    """A quantity's equation, first in symbols, then with the values of the example in their places."""

    variable: Variable
    symbols: Formula
    numbers: Formula

    @property
    def result(self) -> VGroup:
        """The number that comes out."""
        return self.numbers.leaf(self.variable, len(self.numbers.sides) - 1)

    def shortened(self) -> Definition:
        """Without the numbers between the symbol and the result."""
        em = max(self.numbers.em, READABLE_EM)
        numbers = Formula(self.numbers.view, self.variable, Side.value(self.variable), em=em)
        return Definition(self.variable, self.symbols, numbers)

    def stand_at(self, point: np.ndarray) -> None:
        """Put the sign of equality there."""
        stand_at(self.symbols, point)
        stand_at(self.numbers, point)


def made_of(view: View, chain: Chain) -> Mapping[Variable, Expression]:
    """The last layer's equations: the weighted sum, the activation and the cost."""
    network = view.trace.network
    L = chain.L
    activated = chain.activated(L)
    if network.activations[L - 1] == "softmax":
        activated = Apply("exp", chain.z(L)) / SumOver("i", Apply("exp", z(L, Index("i"))))
    return {
        chain.z(L): chain.weighted_sum(L),
        chain.a(L): activated,
        C: cost_formula(view.trace.cost, network.sizes),
    }


def definitions_in(view: View, chain: Chain, room: Region, em: float) -> tuple[Definition, ...]:
    """The equations in a region, ``em`` or as large as they can be there; it is their symbols that fit.

    Where sums make all three too tall, the cost's is left out.
    """
    for count in (3, 2):
        for style, size in _sizes(em):
            found = _definitions(view, chain, size, style)[:count]
            points = arranged([Reach.of(d.symbols) for d in found], room) if _readable(found, style, size) else None
            if points is not None:
                return _standing(found, points)
    return _standing(found, below([Reach.of(d.symbols) for d in found], room))


def _sizes(em: float) -> Iterator[tuple[Style, float]]:
    """The styles, each from the largest letters to the smallest that can be read."""
    for style in STYLES:
        size = em
        while size >= READABLE_EM:
            yield style, size
            size *= _SMALLER


def _readable(found: Sequence[Definition], style: Style, em: float) -> bool:
    return em >= style.least(side for d in found for side in d.symbols.sides)


def _standing(found: tuple[Definition, ...], points: Sequence[np.ndarray]) -> tuple[Definition, ...]:
    for definition, point in zip(found, points, strict=True):
        definition.stand_at(point)
    return found


def definitions_beside(
    view: View, chain: Chain, room: Region, heights: Mapping[Variable, float] | None, em: float
) -> tuple[Definition, ...]:
    """The equations in a region beside a tree, each as high as what it makes; numbers and symbols fit.

    Beside a tree a long one may begin left of the region, since the tree is slender there. Without ``heights`` they
    share the region evenly. Where the numbers are too long for any size, they are left out but for the result.
    """
    longest = room.width * (1 if heights is None else _OVER)
    for style, size in _sizes(em):
        found = _definitions(view, chain, size, style)
        if not _readable(found, style, size):
            continue
        rows = [Reach.of(d.symbols, d.numbers) for d in found]
        wide = max(row.left for row in rows) + max(row.right for row in rows)
        if heights is None:
            points = arranged(rows, room)
            if points is not None:
                return _standing(found, points)
        elif wide <= room.width and _apart(found, rows, heights):
            break
    else:
        found = tuple(d if Reach.of(d.numbers).width <= longest else d.shortened() for d in found)
        rows = [Reach.of(d.symbols, d.numbers) for d in found]
    x = room.left + max(row.left for row in rows)
    if heights is None:
        levels = [float(point[1]) for point in below(rows, room)]
    else:
        levels = _clear([heights[d.variable] for d in found], rows, room)
    for d, row, y in zip(found, rows, levels, strict=True):
        d.stand_at(np.array([min(x, room.right - row.right), y, 0.0]))
    return found


def _clear(heights: Sequence[float], rows: Sequence[Reach], room: Region) -> list[float]:
    """Rows at these heights, from the lowest on as much higher as the one below it and the region's edge ask for."""
    levels: list[float] = []
    floor = room.bottom
    for height, row in zip(reversed(heights), reversed(rows), strict=True):
        levels.append(max(height, floor + row.below))
        floor = levels[-1] + row.above + _CLEAR
    return levels[::-1]


def _apart(found: Sequence[Definition], rows: Sequence[Reach], heights: Mapping[Variable, float]) -> bool:
    """Whether rows at these heights keep clear of each other."""
    at = [heights[d.variable] for d in found]
    pairs = pairwise(zip(at, rows, strict=True))
    return all(upper - one.below > lower + other.above for (upper, one), (lower, other) in pairs)


def _definitions(view: View, chain: Chain, em: float, style: Style) -> tuple[Definition, ...]:
    return tuple(_definition(view, variable, made, em, style) for variable, made in made_of(view, chain).items())


def _definition(view: View, variable: Variable, made: Expression, em: float, style: Style) -> Definition:
    summed = any(isinstance(node, SumOver) for node in made.walk())
    numbers = () if summed else (Side.numbers(made),)
    return Definition(
        variable,
        Formula(view, variable, made, em=em, style=style),
        Formula(view, variable, *numbers, Side.value(variable), em=em, style=style),
    )
