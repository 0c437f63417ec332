"""The cost over two parameters: level lines through a grid of real values, darker ground where it is higher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import contourpy
import numpy as np
from manim import AnimationGroup, Create, FadeIn, LaggedStart, Succession, VGroup, VMobject, Wait
from manim.constants import LineJointType
from numpy.typing import ArrayLike

from bp_core.quantities import Quantity, Variable
from bp_core.sweep import sweep_grid
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.curve import Curve, Growing, Series, marks
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: How many values there are along each axis.
_GRID = 81
#: How much of the colour the ground has where the value is highest.
_HIGHEST = 0.3
#: How wide a level line is.
_LINE = 1.8


class Contour(VGroup):
    """Level lines of ``quantity`` (the cost of the data set, as a rule) over two parameters, all else fixed.

    ``spans`` are the ends of the two axes. The levels are even by rank: as much of the ground lies between one and the
    next, so that both the valley and the slopes are told.
    """

    def __init__(
        self,
        view: View,
        region: Region,
        quantity: Quantity,
        parameters: tuple[Variable, Variable],
        spans: tuple[tuple[float, float], tuple[float, float]],
        *,
        em: float = 0.42,
        levels: int = 9,
    ) -> None:
        super().__init__()
        across, up = (np.linspace(*span, _GRID) for span in spans)
        first, second = parameters
        #: The values, one row for each value of the first parameter.
        self.grid = sweep_grid(view.trace, {first: across, second: up}, quantity)
        self.axes = PlotAxes(
            view,
            region,
            Axis(Scale(*spans[0]), first),
            Axis(Scale(*spans[1]), second),
            em=em,
        )
        self.axes.remove(self.axes.zeros)
        self.colour = view.theme.cost
        self.levels = _levels(self.grid, levels)
        generator = contourpy.contour_generator(across, up, self.grid.T, fill_type="OuterCode", line_type="Separate")
        top = float(self.grid.max())
        self.ground = VGroup(*(self._filled(generator, level, top) for level in self.levels))
        self.ground.set_stroke(width=0).set_fill(self.colour, opacity=_HIGHEST / max(len(self.levels), 1))
        self.lines = VGroup(*(self._line(generator, level) for level in self.levels))
        self.lines.set_fill(opacity=0).set_stroke(self.colour, width=_LINE, opacity=0.75)
        self.add(self.ground, self.lines, self.axes)

    def drawn(self) -> AnimationGroup:
        """The axes come, then the levels from the lowest; flat ground has none."""
        axes = self.axes
        levels = [
            LaggedStart(*(FadeIn(level) for level in group), lag_ratio=0.15)
            for group in (self.ground, self.lines)
            if len(group)
        ]
        return AnimationGroup(
            AnimationGroup(Create(axes.across), Create(axes.up), FadeIn(axes.marks, axes.values, axes.titles)), *levels
        )

    def path(
        self, xs: ArrayLike, ys: ArrayLike, colour: Colour, *, style: str = "solid", square: bool = False, **look: Any
    ) -> ContourPath:
        """A way over the ground, as that of the two parameters through training."""
        return ContourPath(self.axes, Series(xs, ys, colour, style, path=True, **look), square=square)

    def _filled(self, generator: contourpy.ContourGenerator, level: float, top: float) -> VMobject:
        """All that lies above a level: outlines and, the other way round, the holes in them."""
        area = VMobject()
        points, codes = cast("tuple[list[Any], list[Any]]", generator.filled(level, max(top, level) + 1.0))
        for outline, code in zip(points, codes, strict=True):
            starts = np.flatnonzero(np.asarray(code) == 1)
            for ring in np.split(np.asarray(outline), starts[1:]):
                _add_path(area, self._at(ring))
        return area

    def _line(self, generator: contourpy.ContourGenerator, level: float) -> VMobject:
        line = VMobject(joint_type=LineJointType.ROUND)
        for piece in generator.lines(level):
            _add_path(line, self._at(np.asarray(piece)))
        return line

    def _at(self, places: np.ndarray) -> np.ndarray:
        return self.axes.at(self.axes.shares(places[:, 0], places[:, 1]))


class ContourPath(VGroup):
    """A line through points of the ground and a mark at each that lies within the frame; it can grow step by step."""

    def __init__(self, axes: PlotAxes, series: Series, *, square: bool = False) -> None:
        super().__init__()
        self.line = Curve(axes, series)
        self.marks = marks(axes, series, square=square)
        self.steps = len(np.asarray(series.xs)) - 1
        self.add(self.line, *self.marks.values())

    def growing(self, since: int = 0, until: int | None = None, *, run_time: float = 3.0) -> AnimationGroup:
        """The steps from one to another are taken, each evenly fast, with its mark at its end.

        The path's first mark comes with step 0; what comes later must not be on screen yet.
        """
        last = self.steps if until is None else until
        each = run_time / max(last - since, 1)
        coming = [
            Succession(Wait(run_time=(number - since) * each), FadeIn(mark, scale=2, run_time=min(0.4, each)))
            for number, mark in self.marks.items()
            if (since < number <= last) or number == since == 0
        ]
        whole = max(self.steps, 1)
        line = Growing(self.line, since=since / whole, until=last / whole, run_time=run_time)
        return AnimationGroup(line, *coming)


def span_around(values: ArrayLike, *, room: float = 0.35, least: float = 0.5) -> tuple[float, float]:
    """The ends of an axis that shows these values and what lies around them."""
    array = np.asarray(values, dtype=np.float64)
    low, high = float(array.min()), float(array.max())
    # Where nothing moved, something of what lies around is shown all the same.
    half = max((high - low) * (0.5 + room), least) or 0.5
    middle = (low + high) / 2
    return middle - half, middle + half


def _levels(grid: np.ndarray, count: int) -> Sequence[float]:
    """Levels with as much of the ground between each two of them; fewer where the ground is flat."""
    found = np.unique(np.quantile(grid, np.linspace(0, 1, count + 2)[1:-1]))
    inside = found[(found > grid.min()) & (found < grid.max())]
    return [float(level) for level in inside]


def _add_path(area: VMobject, points: np.ndarray) -> None:
    area.start_new_path(points[0])
    area.add_points_as_corners(points[1:])
