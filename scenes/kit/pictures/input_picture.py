"""Inputs as a picture: a grid of cells, each as bright as its input is large."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from manim import Square, VGroup, interpolate_color
from manim.utils.color import ManimColor

from scenes.kit.view import View

if TYPE_CHECKING:
    from bp_script.lesson import Lesson

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
    """The inputs of one example as a picture in a thin frame; ``side`` is the longer of its sides."""

    def __init__(self, view: View, shape: tuple[int, int], example: int | None = None, *, side: float) -> None:
        super().__init__()
        self.example = view.trace.focus if example is None else example
        values = np.abs(view.trace.data.x[self.example]).reshape(shape)
        brightest = max(1.0, float(np.abs(view.trace.data.x).max()))
        rows, columns = shape
        pitch = side / max(shape)
        off, on = ManimColor(view.theme.neuron_off), ManimColor(view.theme.neuron_on)
        self.cells = VGroup()
        for (row, column), value in np.ndenumerate(values):
            colour = interpolate_color(off, on, float(value) / brightest)
            cell = Square(pitch, stroke_width=0).set_fill(colour, opacity=1)
            self.cells.add(cell.move_to([(column - (columns - 1) / 2) * pitch, ((rows - 1) / 2 - row) * pitch, 0.0]))
        self.frame = Square(1, color=view.theme.quiet, stroke_width=2)
        self.frame.stretch_to_fit_width(columns * pitch).stretch_to_fit_height(rows * pitch)
        self.add(self.cells, self.frame)

    def cell(self, k: int) -> Square:
        """The cell of input k."""
        return self.cells[k]
