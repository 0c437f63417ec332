"""A plot: axes, curves through real values, and each curve's name at its end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from manim import RIGHT, UP, AnimationGroup, Create, FadeIn, VGroup

from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.curve import Curve, Growing, Series
from scenes.kit.stage import Region
from scenes.kit.view import View

#: From the end of a curve to its name, and between two names, in units of the frame.
_BESIDE, _BETWEEN = 0.18, 0.08


class Plot(VGroup):
    """Curves on common axes, named at their right ends, where no name lies over another."""

    def __init__(
        self, view: View, region: Region, series: Sequence[Series], x: Axis, y: Axis, *, em: float = 0.42
    ) -> None:
        super().__init__()
        names = [one.label for one in series if one.label is not None]
        aside = max((name.width for name in names), default=0.0) + _BESIDE if names else 0.0
        self.axes = PlotAxes(view, region, x, y, em=em, aside=aside)
        self.curves = [Curve(self.axes, one) for one in series]
        self.names = [one.label if one.label is not None else VGroup() for one in series]
        self._place_names(region)
        self.add(self.axes, *self.curves, *self.names)

    def drawn(self) -> AnimationGroup:
        """The axes come, without curves."""
        axes = self.axes
        return AnimationGroup(
            Create(axes.across), Create(axes.up), FadeIn(axes.zeros, axes.marks, axes.values, axes.titles)
        )

    def growing(self, *which: int, **kwargs: Any) -> Growing:
        """Curves (all, if none is named) grow together."""
        return Growing(*(self.curves[i] for i in which or range(len(self.curves))), **kwargs)

    def named(self, *which: int) -> AnimationGroup:
        """The names of curves come (all, if none is named)."""
        return AnimationGroup(*(FadeIn(self.names[i]) for i in which or range(len(self.names)) if len(self.names[i])))

    def curve(self, which: int) -> VGroup:
        """A curve and its name."""
        return VGroup(self.curves[which], self.names[which])

    def _place_names(self, region: Region) -> None:
        """Beside the ends, moved apart where they would meet, and kept in the region."""
        placed = [(curve, name) for curve, name in zip(self.curves, self.names, strict=True) if len(name)]
        if not placed:
            return
        placed.sort(key=lambda pair: float(pair[0].end[1]))
        right = self.axes.room.right
        for curve, name in placed:
            name.next_to(np.array([right, curve.end[1], 0.0]), RIGHT, buff=_BESIDE)
        heights = _apart(
            [float(curve.end[1]) for curve, _ in placed],
            [name.height for _, name in placed],
            (self.axes.room.bottom, region.top),
        )
        for (_, name), height in zip(placed, heights, strict=True):
            name.shift((height - name.get_y()) * UP)


def _apart(centres: Sequence[float], heights: Sequence[float], ends: tuple[float, float]) -> np.ndarray:
    """Centres as close to the wanted ones (in rising order) as they can be without the boxes meeting."""
    steps = [(one + other) / 2 + _BETWEEN for one, other in pairwise(heights)]
    offsets = np.concatenate([[0.0], np.cumsum(steps)])
    # Less the offsets, the centres have to rise: those that would fall share their mean.
    blocks: list[list[float]] = []
    for wanted in (np.asarray(centres) - offsets).tolist():
        blocks.append([wanted])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    rising = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    lowest, highest = ends[0] + heights[0] / 2, ends[1] - heights[-1] / 2 - offsets[-1]
    return np.asarray(np.clip(rising, lowest, max(lowest, highest)) + offsets)
