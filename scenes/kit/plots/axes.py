"""Two axes with round ticks that can be read and titles; every pair of values has its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, VGroup, VMobject
from numpy.typing import ArrayLike

from bp_core.quantities import Derivative, Variable
from scenes.kit.letters.inline import inline
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset, mantissa_source
from scenes.kit.pictures.number_line import Tick
from scenes.kit.plots.scale import Scale, tick_sources
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The length of a tick, and from it to its value, in units of the frame.
_TICK, _GAP = 0.08, 0.12
#: Ticks' values are set in this share of the letters' size; with an exponent in full, so that it can be read.
_SMALL = 0.8
#: How much room a tick's value needs along its axis, as a multiple of its size.
_ALONG, _UP = 1.7, 2.0
#: A line at zero is farther from the axis than this share of the width.
_BESIDE = 0.07


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures. ``title`` is a quantity, words (with the unit, if there is one), or drawn already."""

    scale: Scale
    title: Variable | Derivative | str | Typeset
    ticks: tuple[float, ...] | None = None


class PlotAxes(VGroup):
    """The frame of a plot within a region: the across axis below, the up axis at the left, zero lines if inside.

    ``aside`` is room kept free at the right, for the names of curves. ``em`` is the size of titles. ``low`` plots have
    the across axis' title at its end, not below it.
    """

    def __init__(
        self,
        view: View,
        region: Region,
        x: Axis,
        y: Axis,
        *,
        em: float = 0.42,
        aside: float = 0.0,
        low: bool = False,
    ) -> None:
        super().__init__()
        self.x, self.y, self.em = x, y, em
        theme = view.theme
        titles = [_title(view, axis, em) for axis in (x, y)]
        most = max(2, int(region.height / (em * _UP * 1.4)))
        y_at = y.scale.ticks(min(most, 6)) if y.ticks is None else y.ticks
        y_ticks = _ticks(view, y_at, em)
        x_at, x_ticks = self._fitting(view, 0.9 * region.width - aside)
        deep = max((t.height for t in x_ticks), default=0.0) + _TICK + _GAP
        if low:
            aside = max(aside, titles[0].width + _GAP)
        else:
            deep += titles[0].height + 1.5 * _GAP
        high = titles[1].height + 2 * _GAP if len(titles[1]) else 0.0
        left = region.left + max((t.width for t in y_ticks), default=0.0) + _TICK + _GAP
        room = Region(
            left,
            region.right - aside,
            region.bottom + deep,
            region.top - high,
        )
        half = x_ticks[-1].width / 2 if x_ticks else 0.0
        if aside < half:
            room = Region(room.left, room.right - (half - aside), room.bottom, room.top)
        self.across = Line(room.point(0, 0), room.point(1, 0), color=theme.quiet, stroke_width=2)
        self.up = Line(room.point(0, 0), room.point(0, 1), color=theme.quiet, stroke_width=2)
        self.marks = VGroup()
        self.values = VGroup()
        for value, tick in zip(x_at, x_ticks, strict=True):
            at = room.point(float(x.scale.share(value)), 0)
            self.marks.add(Line(at, at + DOWN * _TICK, color=theme.quiet, stroke_width=2))
            self.values.add(tick.next_to(at + DOWN * _TICK, DOWN, buff=_GAP))
        for value, tick in zip(y_at, y_ticks, strict=True):
            at = room.point(0, float(y.scale.share(value)))
            self.marks.add(Line(at, at + LEFT * _TICK, color=theme.quiet, stroke_width=2))
            self.values.add(tick.next_to(at + LEFT * _TICK, LEFT, buff=_GAP))
        self.zeros = VGroup(*self._zero_lines(room)).set_stroke(theme.faint, width=1.5)
        if low:
            titles[0].next_to(self.across, RIGHT, buff=_GAP)
        else:
            titles[0].move_to(np.array([room.right - titles[0].width / 2, region.bottom + titles[0].height / 2, 0.0]))
        titles[1].move_to(np.array([max(region.left, room.left - _GAP), region.top, 0.0]), aligned_edge=UP + LEFT)
        self.titles = VGroup(*titles)
        self.add(self.zeros, self.across, self.up, self.marks, self.values, self.titles)

    # -- places ----------------------------------------------------------------

    @property
    def room(self) -> Region:
        """The rectangle between the axes, where it stands now."""
        corner, right, top = self.across.get_start(), self.across.get_end(), self.up.get_end()
        return Region(float(corner[0]), float(right[0]), float(corner[1]), float(top[1]))

    def shares(self, xs: ArrayLike, ys: ArrayLike) -> np.ndarray:
        """The places of values as shares of width and height, (n, 2)."""
        return np.stack([self.x.scale.share(xs), self.y.scale.share(ys)], axis=-1)

    def at(self, shares: np.ndarray) -> np.ndarray:
        """The points of the frame at shares of width and height."""
        corner = self.across.get_start()
        right, top = self.across.get_end() - corner, self.up.get_end() - corner
        found: np.ndarray = corner + shares[..., :1] * right + shares[..., 1:] * top
        return found

    def point(self, x: float, y: float) -> np.ndarray:
        """The point of a pair of values; beyond the axes' ends, at their end."""
        return self.at(np.clip(self.shares(x, y), 0.0, 1.0))

    def holds(self, x: float, y: float) -> bool:
        """Whether a pair of values lies within the frame."""
        shares = self.shares(x, y)
        return bool(((shares >= -1e-9) & (shares <= 1 + 1e-9)).all())

    def tangent(self, x: float, y: float, slope: float, colour: str, *, reach: float = 0.3) -> Line:
        """A line of that slope through a point, as long as a share of the frame's width at most; both axes are even."""
        here = self.point(x, y)
        across, up = self.x.scale, self.y.scale
        step = (across.high - across.low) / self.room.width
        way = np.array([1.0, slope * step * self.room.height / (up.high - up.low), 0.0])
        way *= reach * self.room.width / 2 / float(np.linalg.norm(way))
        ends = [here + side * way * self._inside(here, side * way) for side in (-1, 1)]
        return Line(*ends, color=colour, stroke_width=3)

    def _inside(self, start: np.ndarray, way: np.ndarray) -> float:
        """How much of a way from a point stays within the frame."""
        room = self.room
        far = np.where(way[:2] > 0, [room.right, room.top], [room.left, room.bottom])
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(way[:2] == 0, 1.0, (far - start[:2]) / way[:2])
        return float(np.clip(shares.min(), 0.02, 1.0))

    # -- layout ----------------------------------------------------------------

    def _fitting(self, view: View, width: float) -> tuple[tuple[float, ...], list[Tick]]:
        """As many ticks across as their values have room beside each other."""
        for most in (7, 6, 5, 4, 3, 2):
            at = self.x.scale.ticks(most) if self.x.ticks is None else self.x.ticks
            ticks = _ticks(view, at, self.em)
            if sum(tick.width for tick in ticks) * _ALONG <= width or self.x.ticks is not None:
                break
        return at, ticks

    def _zero_lines(self, room: Region) -> list[Line]:
        lines = []
        for across, scale in ((True, self.y.scale), (False, self.x.scale)):
            share = None if scale.log else float(scale.share(0.0))
            # A line at zero beside the axis would look as if that were drawn twice.
            if share is not None and (0.01 if across else _BESIDE) < share < 0.99:
                ends = ((0, share), (1, share)) if across else ((share, 0), (share, 1))
                lines.append(Line(*(room.point(*end) for end in ends)))
        return lines


def _title(view: View, axis: Axis, em: float) -> VMobject:
    title = axis.title
    if isinstance(title, str):
        return Words(title, em=em * _SMALL, colour=view.theme.quiet)
    if isinstance(title, Derivative):
        return inline(view, title, em)
    if isinstance(title, Variable):
        return Typeset(f"${view.notation.variable(title, view.net)}$", em=em, colour=view.colour(title))
    return title


def _ticks(view: View, values: Sequence[float], em: float) -> list[Tick]:
    sources = tick_sources(values)
    size = em if any("^" in source for source in sources) else em * _SMALL
    written = (mantissa_source(view.language.numeral(source)) for source in sources)
    return [Tick(f"${source}$", em=size, colour=view.theme.quiet) for source in written]
