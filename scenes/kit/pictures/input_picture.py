"""Inputs as a picture: a grid of cells, each as bright as its input is large."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from manim import DOWN, UP, AnimationGroup, DashedVMobject, Square, VGroup, interpolate_color
from manim.utils.color import ManimColor

from bp_core.nodes import Negative
from bp_core.quantities import C, d, z
from scenes.kit.letters.number import Value
from scenes.kit.stage import Region
from scenes.kit.view import View

if TYPE_CHECKING:
    from bp_script.lesson import Lesson

#: Dashes of the frame of something negative.
_DASHES = 28
_CELL = re.compile(r"r(\d+)c(\d+)")


def picture_shape(lesson: Lesson) -> tuple[int, int] | None:
    """Rows and columns of the picture that a lesson's inputs are; None if they are none.

    They are one where the columns of the data are named by row and column: ``r0c0``, ``r0c1``, ….
    """
    places = [tuple(map(int, found.groups())) for name in lesson.input_names if (found := _CELL.fullmatch(name))]
    if not places:
        return None
    rows, columns = places[-1][0] + 1, places[-1][1] + 1
    whole = [(row, column) for row in range(rows) for column in range(columns)]
    return (rows, columns) if places == whole and len(whole) == len(lesson.input_names) else None


class InputPicture(VGroup):
    """The inputs of one example as a picture in a thin frame; ``side`` is the longer of its sides.

    ``strength`` is a number the inputs are multiplied with, from −1 to 1; the frame is dashed where it is negative.
    """

    def __init__(
        self, view: View, shape: tuple[int, int], example: int | None = None, *, side: float, strength: float = 1.0
    ) -> None:
        super().__init__()
        self.example = view.trace.focus if example is None else example
        values = np.abs(view.trace.data.x[self.example]).reshape(shape)
        brightest = max(1.0, float(np.abs(view.trace.data.x).max()))
        rows, columns = shape
        pitch = side / max(shape)
        off, on = ManimColor(view.theme.neuron_off), ManimColor(view.theme.neuron_on)
        self.cells = VGroup()
        self._ground, self._colours = view.theme.ground, []
        for (row, column), value in np.ndenumerate(values):
            colour = interpolate_color(off, on, abs(strength) * float(value) / brightest)
            self._colours.append(colour)
            # A thin line of its own colour closes the seams between the cells.
            cell = Square(pitch, stroke_width=1, color=colour).set_fill(colour, opacity=1)
            self.cells.add(cell.move_to([(column - (columns - 1) / 2) * pitch, ((rows - 1) / 2 - row) * pitch, 0.0]))
        self.frame = Square(1, color=view.theme.quiet, stroke_width=2)
        self.frame.stretch_to_fit_width(columns * pitch).stretch_to_fit_height(rows * pitch)
        if strength < 0:
            self.frame = DashedVMobject(self.frame, num_dashes=_DASHES)
        self.add(self.cells, self.frame)

    def seen(self, share: float) -> AnimationGroup:
        """The picture steps back to a share of its brightness, or comes forward with 1."""
        ground = ManimColor(self._ground)
        fading = (
            cell.animate.set_color(interpolate_color(ground, colour, share))
            for cell, colour in zip(self.cells, self._colours, strict=True)
        )
        return AnimationGroup(*fading, self.frame.animate.set_stroke(opacity=share))

    def cell(self, k: int) -> Square:
        """The cell of input k."""
        return self.cells[k]


class NudgePictures(VGroup):
    """For neurons of the first layer, the nudges of the weights into each: the input times minus its ∂C/∂z.

    Each is drawn like the input, brighter the larger the nudges, its frame dashed where they are negative, with that
    number below.
    """

    def __init__(
        self, view: View, shape: tuple[int, int], neurons: Sequence[int], region: Region, *, em: float
    ) -> None:
        super().__init__()
        factors = [Negative(d(C, z(1, j))) for j in neurons]
        largest = max(abs(view.value(factor)) for factor in factors) or 1.0
        self.values = [
            Value(view, f, em=em, colour=view.theme.cost, decimals=view.decimals + 2, signed=True) for f in factors
        ]
        below = em * 1.3
        side, columns = max((_side(region, len(neurons), n, below), n) for n in range(1, len(neurons) + 1))
        self.pictures = VGroup()
        rows = -(-len(neurons) // columns)
        for place, (factor, value) in enumerate(zip(factors, self.values, strict=True)):
            row, column = divmod(place, columns)
            centre = region.point((column + 0.5) / columns, 1 - (row + 0.5) / rows) + below / 2 * UP
            strength = view.value(factor) / largest
            self.pictures.add(InputPicture(view, shape, side=side, strength=strength).move_to(centre))
            value.next_to(self.pictures[-1], DOWN, buff=0.3 * em)
        self.add(self.pictures, *self.values)


def _side(region: Region, count: int, columns: int, below: float) -> float:
    """How large pictures in so many columns can be."""
    return 0.82 * min(region.width / columns, region.height / -(-count // columns) - below)
