"""One loss over a weight or bias: its curve, the network's place on it, the slope there, and where it bends down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, VGroup

from bp_core.arrays import Array
from bp_core.quantities import C, Variable, d
from bp_core.sweep import sweep
from scenes.kit.letters.lined import level
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.curve import Curve, Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.view import View

#: A curve bends down where its second difference is below minus this part of the largest.
_NOISE = 1 / 100
#: Room below a heading, and how wide a panel is at least that has the slope in a corner.
_BUFF, _NARROW = 0.2, 4.0
#: A heading's letters at most, in those of the axes.
_HEADING = 1.05
#: How far letters reach above and below their line, in their size.
_ASCENT, _DESCENT = 0.7, 0.22
#: A curve is high where it is above this share of its highest point: beside one line, and beside two.
_HIGH, _HALF_HIGH = 0.75, 0.55


class LossPanel(VGroup):
    """One loss over the weight: its curve, a dot with its tangent, and the slope there."""

    def __init__(
        self,
        name: str,
        view: View,
        weight: Variable,
        xs: Array,
        region: Region,
        *,
        em: float,
        heading_em: float,
        until: float,
    ) -> None:
        """``until`` is how far the weight is going to run."""
        super().__init__()
        self.view, self.weight, self.xs = view, weight, xs
        theme = view.theme
        self.heading = Words(name, em=heading_em, colour=theme.ink)
        # on the line of the panel beside it, whatever letters it has
        line = region.top - _ASCENT * self.heading.em
        self.heading.move_to(region.point(0.5, 1)).set_baseline(line)
        self.word = Words(view.tr("slope"), em=0.8 * em, colour=theme.quiet)
        #: The network where the weight will have run to.
        self.end = view.with_nudge({weight: until})
        values = (
            Value(v, d(C, weight), em=0.9 * em, colour=theme.ink, decimals=view.decimals + 2, anchor="left")
            for v in (view, self.end)
        )
        # The widest that is going to stand there has room.
        self.value = max(values, key=lambda value: float(value.width))
        self.reading = level(VGroup(self.word, self.value).arrange(RIGHT, buff=0.2))
        self.ys = sweep(view.trace, weight, xs, C)
        # Where the axes are narrow, or the curve is high at both ends, it stands above them.
        above = region.width < _NARROW or min(self.ys[0], self.ys[-1]) > _HIGH * self.ys.max()
        if not above:
            self.axes = self._axes(region, line - _DESCENT * self.heading.em, em)
            above = not self._in_a_corner()
        if above:
            level(self.reading.arrange(RIGHT, buff=0.2)).next_to(self.heading, DOWN, buff=0.15)
            self.axes = self._axes(region, float(self.reading.get_bottom()[1]), em)
        self.curve = Curve(self.axes, Series(xs, self.ys, theme.cost))
        self.dot = PlotDot(view, self.axes, weight, C, colour=theme.cost)
        self.tangent = Line(LEFT, RIGHT)
        self.follow(view)
        self.add(self.heading, self.axes, self.curve, self.tangent, self.dot, self.reading)

    def _axes(self, region: Region, letters: float, em: float) -> PlotAxes:
        """The weight's axis and that of the loss, below letters that end at this height."""
        room = Region(region.left, region.right, region.bottom, letters - _BUFF)
        across = Axis(Scale.holding(self.xs, room=0), self.weight)
        return PlotAxes(self.view, room, across, Axis(Scale.holding(self.ys, zero=True), C), em=em)

    def _in_a_corner(self) -> bool:
        """The slope goes to the upper corner that the curve falls to, clear of the line at zero, if it can be."""
        side = 1 if self.ys[0] > self.ys[-1] else -1
        corner, zero = self.axes.room.point((side + 1) / 2, 0.97), self.axes.point(0.0, 0.0)[0]
        self.reading.move_to(corner, aligned_edge=UP + side * RIGHT)
        if not self._meets(zero):
            return True
        # The value below its word.
        self.reading.arrange(DOWN, buff=0.12, aligned_edge=side * RIGHT)
        self.reading.move_to(corner, aligned_edge=UP + side * RIGHT)
        return min(self.ys[0], self.ys[-1]) < _HALF_HIGH * self.ys.max() and not self._meets(zero)

    def _meets(self, x: float) -> bool:
        """Whether an upright line there comes near the slope."""
        return bool(self.reading.get_left()[0] - _BUFF < x < self.reading.get_right()[0] + _BUFF)

    @staticmethod
    def heading_em(names: Sequence[str], width: float, em: float) -> float:
        """The letters of these headings beside each other: the longest is no wider than its panel."""
        widest = max(Words(name, em=_HEADING * em, colour="#ffffff").width for name in names)
        return _HEADING * em * min(1.0, width / widest)

    @property
    def bent(self) -> Array:
        """Where the curve bends down, in order: there it is not convex."""
        second = np.diff(self.ys, 2)
        return np.asarray(self.xs[1:-1][second < -_NOISE * np.abs(second).max()])

    def follow(self, view: View) -> LossPanel:
        """The dot, its tangent and the slope of another view."""
        self.dot.follow(view)
        x, slope = view.value(self.weight), view.value(d(C, self.weight))
        self.tangent.become(self.axes.tangent(x, view.value(C), slope, view.theme.ink))
        self.value.show(view)
        return self
