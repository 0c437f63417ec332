"""Equations under each other, sign under sign, or side by side where there is no room for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bp_core.equations import Equation
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.style import STYLES, Style
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Least room between rows, and between equations side by side.
_BETWEEN, _ASIDE = 0.12, 0.7
#: Room between rows under each other as it should be, and where there is less and little of it, in ems.
_ROOMY, _CLOSE, _AIR = 0.65, 0.35, 0.25
#: The least of it between rows that stand at even distances.
_EVEN = 0.16


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an equation reaches from its first sign of equality."""

    left: float
    right: float
    below: float
    above: float

    @classmethod
    def of(cls, *formulas: Formula) -> Reach:
        """Of the longest and tallest of formulas that stand in the same place."""
        found = []
        for formula in formulas:
            (x, y, _), low, high = formula.relation(1).get_center(), formula.get_corner(_LOW), formula.get_corner(_HIGH)
            found.append((x - low[0], high[0] - x, y - low[1], high[1] - y))
        return cls(*(float(max(sides)) for sides in zip(*found, strict=True)))

    @property
    def width(self) -> float:
        """From its left end to its right end."""
        return self.left + self.right

    @property
    def height(self) -> float:
        """From its foot to its head."""
        return self.below + self.above


_LOW, _HIGH = np.array([-1.0, -1.0, 0.0]), np.array([1.0, 1.0, 0.0])


def stand_at(formula: Formula, point: np.ndarray) -> None:
    """Put a formula's first sign of equality there."""
    formula.shift(point - formula.relation(1).get_center())


def stacked(view: View, equations: Sequence[Equation], room: Region, *, em: float) -> list[Formula]:
    """Equations under each other, sign under sign, in letters of ``em`` or as large as the region lets them be.

    Where it has to be, they stand closer, do without the ranges of their sums, have a line for each term of long ones.
    """
    found = []
    tries = [(style, gap) for gaps in ((_ROOMY, _CLOSE), (_AIR,)) for style in STYLES for gap in gaps]
    for style, gap in tries:
        rows = _written(view, equations, 1.0, style)
        reaches = [Reach.of(row) for row in rows]
        wide = max(r.left for r in reaches) + max(r.right for r in reaches)
        high = sum(r.height for r in reaches) + gap * (len(rows) - 1)
        size = min(em, room.width / wide, room.height / high)
        found.append((size, style))
        if size >= READABLE_EM:
            break
    else:
        size, style = max(found, key=lambda each: each[0])
    rows = _written(view, equations, size, style)
    for row, point in zip(rows, below([Reach.of(row) for row in rows], room), strict=True):
        stand_at(row, point)
    return rows


def _written(view: View, equations: Sequence[Equation], em: float, style: Style) -> list[Formula]:
    return [Formula(view, equation.left, equation.right, em=em, style=style) for equation in equations]


def arranged(rows: Sequence[Reach], room: Region) -> list[np.ndarray] | None:
    """Where the signs stand: a row a line, else as few in a line as the height needs; None if there is no room."""
    for lines in _compositions(len(rows)):
        points = _in_lines(rows, room, lines)
        if points is not None:
            return points
    return None


def below(rows: Sequence[Reach], room: Region) -> list[np.ndarray]:
    """Where the signs stand of rows under each other, centred, the spare height shared evenly."""
    left, right = max(row.left for row in rows), max(row.right for row in rows)
    x = room.centre[0] + (left - right) / 2
    return [np.array([x, y, 0.0]) for y in _heights(rows, room)]


def _in_lines(rows: Sequence[Reach], room: Region, lines: Sequence[int]) -> list[np.ndarray] | None:
    parts, start = [], 0
    for count in lines:
        parts.append(rows[start : start + count])
        start += count
    merged = [_side_by_side(part) for part in parts]
    high = sum(line.height + _BETWEEN for line in merged) - _BETWEEN
    if high > room.height or max(line.width for line in merged) > room.width:
        return None
    if len(lines) == len(rows):
        left, right = max(row.left for row in rows), max(row.right for row in rows)
        return below(rows, room) if left + right <= room.width else None
    points = []
    for part, y in zip(parts, _heights(merged, room), strict=True):
        gap = (room.width - sum(row.width for row in part)) / (len(part) + 1)
        x = room.left
        for row in part:
            points.append(np.array([x + gap + row.left, y, 0.0]))
            x += gap + row.width
    return points


def _side_by_side(rows: Sequence[Reach]) -> Reach:
    width = sum(row.width + _ASIDE for row in rows) - _ASIDE
    return Reach(0.0, width, max(row.below for row in rows), max(row.above for row in rows))


def _heights(rows: Sequence[Reach], room: Region) -> list[float]:
    spare = room.height - sum(row.height for row in rows)
    gap, y = spare / (len(rows) + 1), room.top
    if gap < _EVEN and len(rows) > 1:
        # What room there is goes between the rows.
        gap = spare / (len(rows) - 1)
        y += gap
    heights: list[float] = []
    for row in rows:
        y -= gap + row.above
        heights.append(y)
        y -= row.below
    return _evened(rows, heights)


def _evened(rows: Sequence[Reach], heights: list[float]) -> list[float]:
    """The signs at even distances between the first and the last, if the rows keep clear of each other there."""
    even = [float(y) for y in np.linspace(heights[0], heights[-1], len(heights))]
    pairs = pairwise(zip(rows, even, strict=True))
    clear = all(y - upper.below - _EVEN >= below + lower.above for (upper, y), (lower, below) in pairs)
    return even if clear else heights


def _compositions(count: int) -> list[tuple[int, ...]]:
    """The ways to break a sequence into lines, most lines first."""
    if not count:
        return [()]
    found = [(first, *rest) for first in range(1, count + 1) for rest in _compositions(count - first)]
    return sorted(found, key=len, reverse=True)
