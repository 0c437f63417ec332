"""What is not spoken of steps back, and comes forward again."""

from __future__ import annotations

from typing import Any

from manim import Animation, VMobject


class Dim(Animation):
    """A drawing fades to a share of its own opacity, or back to all of it; every piece keeps its proportion.

    What ``keeps_fill`` is dimmed by its outline alone: a neuron's value is read against its brightness.
    """

    def __init__(self, drawing: VMobject, share: float, *, run_time: float = 0.8, **kwargs: Any) -> None:
        self._filled = not getattr(drawing, "keeps_fill", False)
        self._from, self._to = getattr(drawing, "dimmed_to", 1.0), share
        drawing.dimmed_to = share
        super().__init__(drawing, run_time=run_time, **kwargs)

    def begin(self) -> None:
        """Note how opaque every piece is by itself."""
        self._natural = [
            (piece, piece.get_fill_opacity() / self._from, piece.get_stroke_opacity() / self._from)
            for piece in self.mobject.get_family()
            if len(piece.points)
        ]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """A share of the way."""
        share = self._from + self.rate_func(alpha) * (self._to - self._from)
        for piece, fill, stroke in self._natural:
            if self._filled:
                piece.set_fill(opacity=fill * share, family=False)
            piece.set_stroke(opacity=stroke * share, family=False)
