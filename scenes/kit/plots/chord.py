"""A chord of a cost curve: two dots at the same distance from the middle, and the line between them."""

from __future__ import annotations

import numpy as np
from manim import Dot, Line, ValueTracker, VGroup

from bp_core.quantities import J, Variable
from bp_core.sweep import sweep
from scenes.kit.plots.axes import PlotAxes
from scenes.kit.theme import Colour
from scenes.kit.view import View

_RADIUS = 0.075
#: The chord's line reaches beyond its dots by this share of the plot's width.
_BEYOND = 0.12


class Chord(VGroup):
    """J at a parameter's value plus and minus a distance; the cost is computed anew at every distance it takes."""

    def __init__(self, view: View, axes: PlotAxes, parameter: Variable, distance: ValueTracker, colour: Colour) -> None:
        super().__init__()
        self._view, self._axes, self._parameter, self.distance = view, axes, parameter, distance
        self.line = Line(color=colour, stroke_width=3)
        self.dots = VGroup(*(Dot(radius=_RADIUS, color=colour) for _ in range(2)))
        self.add(self.line, self.dots)
        self.follow()

    def follow(self) -> Chord:
        """Dots and line where the distance puts them."""
        here, far = self._view.value(self._parameter), float(self.distance.get_value())
        xs = np.array([here - far, here + far])
        ys = sweep(self._view.trace, self._parameter, xs, J)
        shares = self._axes.shares(xs, ys)
        along = shares[1] - shares[0]
        beyond = along / max(float(np.linalg.norm(along)), 1e-12) * _BEYOND
        ends = np.clip([shares[0] - beyond, shares[1] + beyond], 0.0, 1.0)
        self.line.put_start_and_end_on(*self._axes.at(ends))
        for dot, point in zip(self.dots, self._axes.at(np.clip(shares, 0.0, 1.0)), strict=True):
            dot.move_to(point)
        return self
