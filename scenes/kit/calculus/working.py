"""Equations that are worked out where they stand: stage by stage, the sign of equality in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
from manim import VMobject

from bp_core.nodes import Expression
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.mathematics import Key
from scenes.kit.letters.style import ROOMIEST, TIGHTER, Style
from scenes.kit.motion.moves import Morph
from scenes.kit.pictures.rows import Reach, stand_at
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Room between two lines, in ems: at least, and at most.
_AIR, _LOOSE = 0.4, 1.5


class Working:
    """The stages of one equation; each is a formula of its own, checked by itself."""

    def __init__(self, view: View, *stages: Sequence[Side | Expression], em: float, style: Style = ROOMIEST) -> None:
        self.stages = tuple(Formula(view, *sides, em=em, style=style) for sides in stages)
        self.em = em

    @property
    def last(self) -> Formula:
        """As it stands in the end."""
        return self.stages[-1]

    @property
    def reach(self) -> Reach:
        """How far any of its stages reaches."""
        return Reach.of(*self.stages)

    def stand_at(self, point: np.ndarray) -> None:
        """Put the first sign of equality of every stage there."""
        for stage in self.stages:
            stand_at(stage, point)

    def begin(self, sources: Mapping[Key | Expression, VMobject] | None = None, *, run_time: float = 1.6) -> Morph:
        """The first stage comes, what is in ``sources`` from there."""
        return Morph(None, self.stages[0], from_elsewhere=sources, run_time=run_time)

    def go_on(
        self, to: int, sources: Mapping[Key | Expression, VMobject] | None = None, *, run_time: float = 1.6
    ) -> Morph:
        """From the stage before to this one."""
        return Morph(self.stages[to - 1], self.stages[to], from_elsewhere=sources, run_time=run_time)


def written(
    make: Callable[[float, Style], Sequence[Working]],
    room: Region,
    *,
    em: float,
    least: float,
    otherwise: Sequence[Callable[[float, Style], Sequence[Working]]] = (),
) -> Sequence[Working]:
    """Workings under each other, sign under sign, in letters as large as the room allows, from ``em`` to ``least``.

    What is too wide or too high in the smallest letters is written ``otherwise``, shorter and shorter, then in tighter
    styles; else as it fits best where each row stands by itself, and what is still too wide begins left of the room.
    """
    tried: list[tuple[float, float, Style, Callable[[float, Style], Sequence[Working]]]] = []
    for style, way in product(TIGHTER, (make, *otherwise)):
        reaches = [one.reach for one in way(1.0, style)]
        high = sum(row.height for row in reaches) + _AIR * (len(reaches) - 1)
        largest = min(room.width / _wide(reaches), room.height / high)
        alone = min(room.width / max(row.left + row.right for row in reaches), room.height / high)
        tried.append((largest, alone, style, way))
        if largest >= least:
            break
    else:
        tried.append(max(tried, key=lambda each: each[1]))
    largest, _, style, way = tried[-1]
    size = min(em, max(largest, least))
    found = way(size, style)
    rows = [one.reach for one in found]
    left, right = max(row.left for row in rows), max(row.right for row in rows)
    high = sum(row.height for row in rows)
    gap = min((room.height - high) / len(rows), _LOOSE * size)
    x = min(room.centre[0] + (left - right) / 2, room.right - right)
    y = room.centre[1] + (high + gap * (len(rows) - 1)) / 2
    for one, row in zip(found, rows, strict=True):
        own = x if largest >= least else min(max(x, room.left + row.left), room.right - row.right)
        one.stand_at(np.array([own, y - row.above, 0.0]))
        y -= row.height + gap
    return found


def _wide(rows: Sequence[Reach]) -> float:
    return max(row.left for row in rows) + max(row.right for row in rows)
