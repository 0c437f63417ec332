"""A dot that goes along with a view, its value beside it: the film record lists what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, VGroup, VMobject

from bp_core.nodes import Expression
from scenes.kit.letters.number import Value
from scenes.kit.plots.axes import PlotAxes
from scenes.kit.plots.curve import Curve
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: What a dot is at: an expression, or what a view says (as the number of its step).
Place: TypeAlias = Expression | Callable[[View], float]
#: The dot, room from it to its value, and around that to lines.
_RADIUS, _BESIDE, _CLEAR = 0.085, 0.14, 0.06
_NEAR = (UP + RIGHT, UP + LEFT, DOWN + RIGHT, DOWN + LEFT, RIGHT, LEFT, UP, DOWN)
#: Where the value may stand, the best place first; farther away, as beyond a line of zero, only if it has to.
_SIDES = (
    *_NEAR,
    *(side * np.array([far, 1.0, 1.0]) for far in (3, 5) for side in _NEAR[:6]),
    *(side * np.array([1.0, far, 1.0]) for far in (3, 5) for side in _NEAR if side[1]),
)


class PlotDot(VGroup):
    """A dot at (x, y) of a view. With ``reads`` the value of that expression stands beside it, clear of ``curves``.

    These are curves, or straight lines.
    """

    def __init__(
        self,
        view: View,
        axes: PlotAxes,
        x: Place,
        y: Place,
        *,
        colour: Colour,
        reads: Expression | None = None,
        decimals: int | None = None,
        em: float = 0.36,
        curves: Iterable[VMobject] = (),
    ) -> None:
        super().__init__()
        self._axes, self._x, self._y, self._curves = axes, x, y, tuple(curves)
        self.dot = Dot(radius=_RADIUS, color=colour)
        self.value = (
            VGroup() if reads is None else Value(view, reads, em=em, colour=colour, decimals=decimals, anchor="left")
        )
        self._side = _SIDES[0]
        self.add(self.dot, self.value)
        self.follow(view)

    def follow(self, view: View) -> PlotDot:
        """Go to another view's values."""
        values = _read(view, self._x), _read(view, self._y)
        at = self._axes.point(*values)
        # Beyond the frame there is no place to stand at.
        self.dot.move_to(at).set_opacity(1 if self._axes.holds(*values) else 0)
        if isinstance(self.value, Value):
            self.value.show(view)
            # It stays on the side where it is as long as it is clear there.
            self._side = min((self._side, *_SIDES), key=lambda side: self._crowding(at, side))
            self._stand(at, self._side)
        return self

    def _stand(self, at: np.ndarray, side: np.ndarray) -> None:
        self.value.next_to(at, side, buff=_BESIDE)

    def _crowding(self, at: np.ndarray, side: np.ndarray) -> float:
        """How much lies where the value would stand on that side; outside of the frame is worst."""
        self._stand(at, side)
        low, high = self.value.get_corner(DOWN + LEFT)[:2], self.value.get_corner(UP + RIGHT)[:2]
        room = self._axes.room
        outside = low[0] < room.left or high[0] > room.right or low[1] < room.bottom or high[1] > room.top
        low, high = low - _CLEAR, high + _CLEAR
        crossed = 0.0
        for curve in (*self._curves, *self._axes.zeros):
            points = curve.points[:, :2]
            steps = np.linspace(0, 1, 60)[:, None]
            along = points if isinstance(curve, Curve) else points[0] + steps * (points[-1] - points[0])
            crossed += float(((along > low) & (along < high)).all(axis=1).any())
        return 10.0 * outside + crossed


def _read(view: View, place: Place) -> float:
    return view.value(place) if isinstance(place, Expression) else place(view)
