"""Numbers that change where they stand."""

from __future__ import annotations

from typing import Any

from manim import Animation

from scenes.kit.letters.number import Value
from scenes.kit.view import View


class Rewrite(Animation):
    """A number becomes what it is in another view, in place: the old digits go, then the new ones come."""

    def __init__(
        self, value: Value, view: View, *, decimals: int | None = None, run_time: float = 0.6, **kwargs: Any
    ) -> None:
        self.value, self._view = value, view
        self._decimals = value.decimals if decimals is None else decimals
        self._opacity = max((glyph.get_fill_opacity() for glyph in value.submobjects), default=1.0)
        self._same = view.shown(value.expression, decimals=self._decimals, signed=value.signed).text == value.shown.text
        self._new = False
        super().__init__(value, run_time=run_time, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        """Half the time for going, half for coming; what reads the same stays."""
        if alpha >= 0.5 and not self._new:
            self.turn()
            self._new = True
        share = 1.0 if self._same else abs(2 * alpha - 1)
        self.value.set_fill(opacity=share * self._opacity)

    def turn(self) -> None:
        """The moment of change."""
        self.value.decimals = self._decimals
        self.value.show(self._view)
