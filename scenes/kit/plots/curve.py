"""Curves through real values, cut where they leave the frame; lines of different kinds, so that hue is not needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from manim import Animation, Dot, Square, VGroup, VMobject, linear
from manim.constants import LineJointType
from numpy.typing import ArrayLike

from scenes.kit.plots.axes import PlotAxes
from scenes.kit.theme import Colour

#: Kinds of lines by name: the lengths of dashes and gaps in turn, in units of the frame; solid has none.
STYLES = MappingProxyType(
    {
        "solid": (),
        "dashed": (0.17, 0.11),
        "dotted": (0.035, 0.09),
        "dash_dot": (0.2, 0.09, 0.035, 0.09),
        "long_dashed": (0.34, 0.12),
    }
)
#: The size of the marks on a path, in units of the frame.
_MARK = 0.055


@dataclass(frozen=True)
class Series:
    """Values to draw: ``ys`` against ``xs``, with the look of the line.

    ``label`` names it at the line's end. A ``path`` grows from one pair of values to the next, else it grows along xs.
    """

    xs: ArrayLike
    ys: ArrayLike
    colour: Colour
    style: str = "solid"
    label: VMobject | None = None
    width: float = 3.5
    path: bool = False


class Curve(VMobject):
    """A line through values on axes. :meth:`upto` draws it as far as a share of its way; :class:`Growing` lets it grow.

    Where it leaves the frame it is cut, not bent along the border.
    """

    def __init__(self, axes: PlotAxes, series: Series) -> None:
        super().__init__(joint_type=LineJointType.ROUND)
        self.axes, self.series = axes, series
        self._shares = axes.shares(series.xs, series.ys)
        if not np.isfinite(self._shares[:, 0]).all():
            raise ValueError("a curve's places across are finite numbers")
        # A logarithm of nothing lies as far below the frame as one likes.
        self._shares = np.nan_to_num(self._shares, nan=0.0, posinf=1e6, neginf=-1e6)
        self.set_stroke(series.colour, width=series.width).set_fill(opacity=0)
        self.upto(1.0)

    @property
    def end(self) -> np.ndarray:
        """Where the curve ends (or leaves the frame for the last time)."""
        pieces = list(_inside(self._shares))
        last = pieces[-1][-1] if pieces else np.clip(self._shares[-1], 0.0, 1.0)
        return self.axes.at(last)

    @property
    def rises_out(self) -> bool:
        """Whether its last value is beyond the frame."""
        return bool((self._shares[-1] > 1 + 1e-9).any() or (self._shares[-1] < -1e-9).any())

    def upto(self, share: float) -> Curve:
        """Draw the part up to a share of the values' range across; of a path, up to that share of its steps."""
        self.clear_points()
        if share <= 0:
            return self
        for piece in _inside(_cut(self._shares, share, by_number=self.series.path)):
            for dash in _dashes(self.axes.at(piece), STYLES[self.series.style]):
                self.start_new_path(dash[0])
                self.add_points_as_corners(dash[1:])
        return self


class Growing(Animation):
    """Curves grow together, from a share of their way to another."""

    def __init__(
        self, *curves: Curve, since: float = 0.0, until: float = 1.0, run_time: float = 3.0, **kwargs: Any
    ) -> None:
        self._since, self._until = since, until
        super().__init__(VGroup(*curves), run_time=run_time, rate_func=kwargs.pop("rate_func", linear), **kwargs)

    def begin(self) -> None:
        """Each starts where it is told to."""
        self.interpolate(0)

    def interpolate(self, alpha: float) -> None:
        """Draw each as far as it has come."""
        share = self._since + (self._until - self._since) * self.rate_func(alpha)
        for curve in self.mobject:
            curve.upto(share)

    def finish(self) -> None:
        """All the way."""
        self.interpolate(1)


def marks(axes: PlotAxes, series: Series, *, square: bool = False, size: float = _MARK) -> dict[int, VMobject]:
    """A dot (or a square) at each of the values that lie within the frame, by their number."""
    found: dict[int, VMobject] = {}
    pairs = zip(np.asarray(series.xs).tolist(), np.asarray(series.ys).tolist(), strict=True)
    for number, (x, y) in enumerate(pairs):
        if axes.holds(x, y):
            mark = Square(2 * size) if square else Dot(radius=size)
            mark.set_fill(series.colour, opacity=1).set_stroke(width=0)
            found[number] = mark.move_to(axes.point(x, y))
    return found


def _cut(shares: np.ndarray, upto: float, *, by_number: bool) -> np.ndarray:
    """The part of a line up to a share of its range across, the last place in between two values."""
    if upto >= 1 or len(shares) < 2:
        return shares
    across = np.arange(len(shares), dtype=np.float64) if by_number else shares[:, 0]
    at = across[0] + max(upto, 0.0) * (across[-1] - across[0])
    kept = int(np.searchsorted(across, at, side="right"))
    if kept >= len(shares):
        return shares
    t = (at - across[kept - 1]) / (across[kept] - across[kept - 1])
    tip = shares[kept - 1] + t * (shares[kept] - shares[kept - 1])
    return np.concatenate([shares[:kept], tip[None]])


def _inside(shares: np.ndarray) -> Iterator[np.ndarray]:
    """The pieces of a line within the unit square, cut at its border."""
    piece: list[np.ndarray] = []
    for start, end in pairwise(shares):
        found = _clipped(start, end)
        if found is None:
            if piece:
                yield np.array(piece)
                piece = []
            continue
        first, last = found
        if not piece:
            piece = [first]
        piece.append(last)
        if not np.array_equal(last, end):
            yield np.array(piece)
            piece = []
    if piece:
        yield np.array(piece)


def _clipped(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The part of a stretch within the unit square (Liang and Barsky's way)."""
    first, last, way = 0.0, 1.0, end - start
    for p, q in ((-way[0], start[0]), (way[0], 1 - start[0]), (-way[1], start[1]), (way[1], 1 - start[1])):
        if p == 0:
            if q < 0:
                return None
        elif p < 0:
            first = max(first, q / p)
        else:
            last = min(last, q / p)
    if first >= last:
        return None
    return (start if first == 0.0 else start + first * way), (end if last == 1.0 else start + last * way)


def _dashes(points: np.ndarray, pattern: Sequence[float]) -> Iterator[np.ndarray]:
    """A line's dashes, measured from its start, so that they stay where they are as it grows."""
    if not pattern:
        yield points
        return
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at, turn = 0.0, 0
    while at < lengths[-1]:
        until = min(at + pattern[turn % len(pattern)], float(lengths[-1]))
        if turn % 2 == 0 and until > at:
            between = (lengths > at) & (lengths < until)
            places = np.concatenate([[at], lengths[between], [until]])
            yield np.stack([np.interp(places, lengths, points[:, axis]) for axis in range(3)], axis=-1)
        at, turn = until, turn + 1
