"""The way from a weight to the cost as a flow chart: a station for each quantity, an arrow for each step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Arrow,
    LaggedStart,
    Line,
    RoundedRectangle,
    ShowPassingFlash,
    VGroup,
)

from bp_core.quantities import Derivative, Variable
from scenes.kit.calculus.difference import change
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.pictures.number_line import QuantityLine
from scenes.kit.stage import Region
from scenes.kit.view import View

#: A box's share of the room for a box and an arrow, across and upright; and of the width, upright. Across, ratios stand
#: between the boxes.
_BOX, _BOX_HIGH, _BOX_WIDE = 0.61, 0.72, 0.64
#: Heights within a box that stands beside others, as shares of its height: symbol, change, line, value.
_SYMBOL, _CHANGE, _LINE, _VALUE = 0.82, 0.58, 0.37, 0.12
_CORNER = 0.16
#: Room between a symbol and the line beside it, in ems.
_CLEAR = 0.2


class Station(VGroup):
    """A box with a quantity's symbol, its number line and its value, and room for a change."""

    def __init__(self, view: View, line: QuantityLine, box: Region, *, em: float, wide: bool) -> None:
        super().__init__()
        self.line, self._box, self._wide, self._em = line, box, wide, em
        self.frame = RoundedRectangle(corner_radius=_CORNER, width=box.width, height=box.height)
        self.frame.set_stroke(view.theme.faint, width=2).set_fill(opacity=0).move_to(box.centre)
        self.value = Value(view, line.variable, em=0.8 * em, anchor="right" if wide else "centre")
        self._lay_out()
        self.add(self.frame, line, self.value)

    @property
    def symbol(self) -> VGroup:
        """The quantity's symbol."""
        return self.line.symbol

    def measured(self, before: View, after: View) -> VGroup:
        """Δ and how far the quantity went between two views, in its place."""
        variable, colour = self.line.variable, self.line.colour
        difference = change(before, variable)
        decimals = enough_digits(after.value(difference), after.decimals)
        value = Value(after, difference, em=0.8 * self._em, colour=colour, decimals=decimals, signed=True)
        symbol = Typeset("$Delta$", em=0.8 * self._em, colour=colour)
        value.next_to(symbol, RIGHT, buff=0.2 * self._em)
        value.set_baseline(symbol.baseline)
        return self._placed(VGroup(symbol, value))

    def start_at(self, view: View) -> Station:
        """Another view's value is where the quantity comes from."""
        line = self.line
        line.start = view.value(line.variable)
        line.ghost.move_to(line.point(line.start))
        return self.follow(view)

    def follow(self, view: View) -> Station:
        """Another view's value."""
        self.line.follow(view)
        self.value.show(view)
        return self

    def _placed(self, measured: VGroup) -> VGroup:
        if self._wide:
            return measured.move_to(self._box.point(0.96, 0.74), aligned_edge=RIGHT)
        return measured.move_to(self._box.point(0.5, _CHANGE))

    def _lay_out(self) -> None:
        line, box = self.line, self._box
        if self._wide:
            line.shift(box.point(0.375, 0.58) - line.axis.get_center())
            line.symbol.move_to(box.point(0.025, 0.5), aligned_edge=LEFT)
            beside = VGroup(*(part for part in line if part is not line.symbol))
            clear = line.symbol.get_right()[0] + _CLEAR * self._em - beside.get_left()[0]
            beside.shift(max(0.0, clear) * RIGHT)
            self.value.move_to(box.point(0.96, 0.26), aligned_edge=RIGHT)
            return
        line.shift(box.point(0.5, _LINE) - line.axis.get_center())
        line.symbol.move_to(box.point(0.5, _SYMBOL))
        self.value.move_to(box.point(0.5, _VALUE))


class FlowChart(VGroup):
    """Stations in a row (or ``upright``, below each other), an arrow from each to the next, its ratio beside it."""

    def __init__(
        self,
        view: View,
        way: Sequence[Variable],
        factors: Sequence[Derivative],
        spans: Mapping[Variable, tuple[float, float]],
        region: Region,
        *,
        em: float,
        upright: bool,
    ) -> None:
        super().__init__()
        self.view, self.way = view, tuple(way)
        boxes = list(_boxes(region, len(way), upright=upright))
        self.stations = []
        for variable, box in zip(way, boxes, strict=True):
            length = box.width * (0.27 if upright else 0.66)
            line = QuantityLine(view, variable, spans[variable], length=length, em=(0.95 if upright else 1.3) * em)
            self.stations.append(Station(view, line, box, em=em, wide=upright))
        self.arrows = [self._arrow(one, other, upright=upright) for one, other in itertools.pairwise(boxes)]
        self.ratios = [
            self._ratio(factor, arrow, region, boxes[0], em, upright=upright)
            for factor, arrow in zip(factors, self.arrows, strict=True)
        ]
        self.add(*self.stations, *self.arrows)

    def flash(self, at: int) -> ShowPassingFlash:
        """A light runs along an arrow."""
        arrow = self.arrows[at]
        light = Line(arrow.get_start(), arrow.get_end(), color=self.view.theme.highlight, stroke_width=9)
        return ShowPassingFlash(light, time_width=0.7)

    @contextmanager
    def pushed(self, view: View, weight: Variable) -> Iterator[list[RunningNudge]]:
        """While the block plays, each station follows a nudge of its own, so that one change arrives after another."""
        nudges = [RunningNudge(view, weight) for _ in self.stations]
        with ExitStack() as together:
            for nudge, station in zip(nudges, self.stations, strict=True):
                together.enter_context(following(nudge, station))
            yield nudges

    def pushing(self, nudges: Sequence[RunningNudge], by: float, **kwargs: Any) -> LaggedStart:
        """The nudge travels: a station moves, a light runs along its arrow, the next one moves."""
        moves = []
        for at, nudge in enumerate(nudges):
            light = [self.flash(at - 1)] if at else []
            moves.append(LaggedStart(*light, nudge.animate.set_value(by), lag_ratio=0.5))
        return LaggedStart(*moves, lag_ratio=0.55, **kwargs)

    def dimmed(self, *but: int) -> AnimationGroup:
        """Dim all ratios but these."""
        dim = self.view.theme.dim
        return AnimationGroup(
            *(ratio.animate.set_opacity(1 if at in but else dim) for at, ratio in enumerate(self.ratios))
        )

    def _arrow(self, one: Region, other: Region, *, upright: bool) -> Arrow:
        start, end = (one.point(0.5, 0), other.point(0.5, 1)) if upright else (one.point(1, 0.5), other.point(0, 0.5))
        return Arrow(start, end, buff=0.08, stroke_width=4, color=self.view.theme.quiet, tip_length=0.2)

    def _ratio(
        self, factor: Derivative, arrow: Arrow, region: Region, box: Region, em: float, *, upright: bool
    ) -> VGroup:
        """The step's derivative with its value below it, above the arrow; upright beside the boxes."""
        symbol = Formula(self.view, factor, em=em)
        value = Value(self.view, factor, em=0.85 * em, anchor="left" if upright else "centre")
        if upright:
            value.next_to(symbol, RIGHT, buff=0.2)
            both = VGroup(symbol, value)
            room = region.right - box.right
            both.move_to(np.array([box.right + min(0.3, room / 9), arrow.get_y(), 0.0]), aligned_edge=LEFT)
            return both
        value.next_to(arrow, DOWN, buff=0.18)
        symbol.next_to(arrow, UP, buff=0.2)
        return VGroup(symbol, value)


def _boxes(region: Region, count: int, *, upright: bool) -> Iterator[Region]:
    """The stations' places: the first at the start of the region, the last at its end."""
    share = _BOX_HIGH if upright else _BOX
    whole = region.height if upright else region.width
    step = whole / (count - 1 + share)
    size = share * step
    for at in range(count):
        if upright:
            top = region.top - at * step
            yield Region(region.left, region.left + _BOX_WIDE * region.width, top - size, top)
        else:
            left = region.left + at * step
            yield Region(left, left + size, region.bottom, region.top)
