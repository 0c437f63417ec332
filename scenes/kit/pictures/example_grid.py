"""The examples of a data set in rows, a batch below the other; they can be shuffled, and batches framed and lit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from manim import RIGHT, UP, Animation, AnimationGroup, FadeIn, FadeOut, Rectangle, VGroup, VMobject

from bp_core.nodes import Constant, Number
from scenes.kit.pictures.more import More
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The most examples in a row, the least and the largest side of one, and what of its place it takes up.
_ROW, _LEAST, _LARGEST, _FILLED = 9, 0.55, 1.05, 0.8
#: Between two batches, as a share of a place; the height of the line that tells how many more there are, its letters.
_BETWEEN, _MORE, _EM = 0.22, 0.55, 0.34


class ExampleGrid(VGroup):
    """As many examples as there is room for, in their order; ``batch`` is the size of a batch."""

    def __init__(self, view: View, head: Callable[[int, float], VMobject], region: Region, *, batch: int) -> None:
        super().__init__()
        self._head, self._offset = head, np.zeros(3)
        count = len(view.trace.data)
        columns = min(batch, _ROW)
        rows, batches = -(-batch // columns), -(-count // batch)
        room = region.height / _LEAST
        shown = min(batches, max(1, int((room + _BETWEEN) / (rows + _BETWEEN))))
        lower = _MORE if shown < batches else 0.0
        tall = shown * rows + (shown - 1) * _BETWEEN
        self.side = min(_LARGEST, region.width / columns, (region.height - lower) / tall)
        self.places: list[np.ndarray] = []
        self.frames = VGroup()
        top = region.centre[1] + (tall * self.side + lower) / 2
        left = region.centre[0] - columns * self.side / 2
        for number in range(shown):
            size = min(batch, count - number * batch)
            upper = top - number * (rows + _BETWEEN) * self.side
            for place in range(size):
                row, column = divmod(place, columns)
                self.places.append(np.array([left + (column + 0.5) * self.side, upper - (row + 0.5) * self.side, 0.0]))
            frame = Rectangle(width=columns * self.side, height=rows * self.side, color=view.theme.quiet)
            frame.set_stroke(width=2).move_to([region.centre[0], upper - rows * self.side / 2, 0.0])
            self.frames.add(frame)
        self.items: dict[int, VMobject] = {}
        for example, point in zip(range(count), self.places, strict=False):
            self.items[example] = self._drawn(example).move_to(point)
        self.more = self._more(view, region) if shown < batches else VGroup()
        self.add(*self.items.values(), self.more)

    def frame_of(self, number: int) -> VMobject:
        """The frame of a batch, counted from 0 in its epoch; empty where it has no room."""
        return self.frames[number] if number < len(self.frames) else VGroup()

    def arranged(self, order: Sequence[int]) -> AnimationGroup:
        """The examples go to their places in another order; those without a place leave, others come."""
        moves: list[Animation] = []
        chosen = list(order[: len(self.places)])
        for example, item in list(self.items.items()):
            if example not in chosen:
                moves.append(FadeOut(self.items.pop(example)))
                self.remove(item)
        for example, place in zip(chosen, self.places, strict=False):
            if example in self.items:
                moves.append(self.items[example].animate(path_arc=0.6).move_to(place + self._offset))
            else:
                self.items[example] = self._drawn(example).move_to(place + self._offset)
                moves.append(FadeIn(self.items[example]))
        return AnimationGroup(*moves)

    def shifted(self, way: np.ndarray) -> list[Animation]:
        """Everything moves aside."""
        self._offset = self._offset + way
        parts = [*self.items.values(), self.frames, self.more]
        return [part.animate.shift(way) for part in parts if part.family_members_with_points()]

    def _drawn(self, example: int) -> VMobject:
        return self._head(example, self.side * _FILLED)

    def _more(self, view: View, region: Region) -> More:
        line = More(view, Constant("m") - Number(len(self.places)), em=_EM)
        baseline = self.places[-1][1] - self.side / 2 - _MORE * 0.7
        return line.shift((region.centre[0] - line.get_x()) * RIGHT + (baseline - line.baseline) * UP)
