"""Fills the film record.

It walks the settled scene after every move and notes each number and equation that stands there, and since when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from manim import Mobject, VMobject

from scenes.kit.film.record import ShownEquation, ShownNumber
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.matrix_formula import MatrixFormula
from scenes.kit.view import Shown

#: Fainter than this is as good as gone.
_VISIBLE = 0.1

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Screen:
    """How units of the scene become pixels."""

    width: float
    height: float
    pixels_per_unit: float

    def box(self, mobject: Mobject) -> Box:
        """Left, top, width and height in pixels."""
        # All of it, a decimal comma too: a number's own edges leave it out.
        points = VMobject.get_points_defining_boundary(mobject)
        points = points if len(points) else np.zeros((1, 3))
        left, bottom, _ = points.min(axis=0)
        right, top, _ = points.max(axis=0)
        corner = left + self.width / 2, self.height / 2 - top
        size = right - left, top - bottom
        x, y = (round(c * self.pixels_per_unit) for c in corner)
        width, height = (max(1, round(s * self.pixels_per_unit)) for s in size)
        return x, y, width, height


class Recorder:
    """Keeps what stands on screen and since when."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._standing: dict[tuple[Shown, Box], float] = {}
        self._numbers: list[ShownNumber] = []
        self._equations: dict[str, ShownEquation] = {}

    def settled(self, mobjects: Iterable[Mobject], before: float, now: float) -> None:
        """Note the scene at rest at ``now``, after a move since ``before``: what it changed stood until then."""
        current: set[tuple[Shown, Box]] = set()
        for mobject in mobjects:
            for member in mobject.get_family():
                shown = getattr(member, "shown", None)
                if shown is not None and visible(member):
                    current.add((shown, self._screen.box(member)))
                if isinstance(member, Formula | MatrixFormula) and visible(member):
                    self._note(member, now)
        for entry in self._standing.keys() - current:
            self._close(entry, before)
        for entry in current:
            self._standing.setdefault(entry, now)

    def disturb(self, mobjects: Iterable[Mobject], now: float) -> None:
        """What these hold is about to move: it stood until ``now``."""
        moving: set[tuple[Shown, Box]] = set()
        for mobject in mobjects:
            for member in mobject.get_family():
                shown = getattr(member, "shown", None)
                if shown is not None:
                    moving.add((shown, self._screen.box(member)))
        for entry in moving & self._standing.keys():
            self._close(entry, now)

    def finish(self, now: float) -> None:
        """The chapter is over."""
        for entry in list(self._standing):
            self._close(entry, now)

    def numbers(self) -> tuple[ShownNumber, ...]:
        """Every number that stood, by time."""
        return tuple(sorted(self._numbers, key=lambda n: (n.at, n.until, n.box)))

    def equations(self) -> tuple[ShownEquation, ...]:
        """Every equation that stood, by time."""
        return tuple(self._equations.values())

    def _close(self, entry: tuple[Shown, Box], now: float) -> None:
        at = self._standing.pop(entry)
        if now <= at:
            return
        shown, box = entry
        self._numbers.append(
            ShownNumber(
                at=at,
                until=now,
                box=box,
                quantity=shown.quantity,
                example=shown.example,
                step=shown.step,
                value=shown.value,
                text=shown.text,
                nudged=dict(shown.nudged) or None,
                instead=dict(shown.instead) or None,
                source=shown.source,
            )
        )

    def _note(self, formula: Formula | MatrixFormula, now: float) -> None:
        for statement in formula.statements:
            noted = ShownEquation(now, statement.text, statement.left, statement.right)
            self._equations.setdefault(statement.text, noted)


def visible(mobject: Mobject) -> bool:
    """Whether anything of it can be seen."""
    return any(_opacity(member) > _VISIBLE for member in mobject.get_family() if len(member.points))


def _opacity(member: Mobject) -> float:
    stroke = member.get_stroke_opacity() if member.get_stroke_width() else 0.0
    return max(float(member.get_fill_opacity()), float(stroke))
