"""Steps that lead back to the first: words in a row, an arrow from each to the next and from the last to the first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import RIGHT, UP, AnimationGroup, Arrow, FadeIn, Line, VGroup

from scenes.kit.letters.text import Words
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Room between a word and an arrow, the least length of an arrow, how far below the way back runs; all in ems.
_BESIDE, _ARROW, _BELOW = 0.3, 1.1, 1.3
_WIDTH, _TIP = 2.5, 0.14


class Cycle(VGroup):
    """``words`` and ``arrows``; the last arrow is the way back."""

    def __init__(self, view: View, words: Sequence[str], region: Region, *, em: float) -> None:
        super().__init__()
        theme = view.theme
        self._theme = theme
        self.words = [Words(word, em=em, colour=theme.ink).set_baseline(0.0) for word in words]
        total = sum(word.width for word in self.words)
        between = (region.width - total) / (len(words) - 1)
        gap = float(np.clip(between, (2 * _BESIDE + _ARROW) * em, (2 * _BESIDE + 2 * _ARROW) * em))
        at = 0.0
        for word in self.words:
            word.shift((at - word.get_left()[0]) * RIGHT)
            at += word.width + gap
        height = max(word.get_y() for word in self.words)
        self.arrows: list[VGroup] = []
        for one, other in pairwise(self.words):
            ends = (one.get_right()[0] + _BESIDE * em, other.get_left()[0] - _BESIDE * em)
            self.arrows.append(VGroup(self._arrow(ends[0] * RIGHT + height * UP, ends[1] * RIGHT + height * UP)))
        self.arrows.append(self._way_back(em))
        self.add(*self.words, *self.arrows)
        if self.width > region.width:
            self.scale(region.width / self.width)
        self.move_to(region.centre)

    def coming(self, position: int) -> AnimationGroup:
        """A word comes, and the arrow that leads on from it."""
        return AnimationGroup(FadeIn(self.words[position]), FadeIn(self.arrows[position], shift=0.1 * RIGHT))

    def lit(self, position: int | None) -> AnimationGroup:
        """One word stands out; None is all of them."""
        dim = self._theme.dim
        return AnimationGroup(
            *(word.animate.set_opacity(1.0 if position in (None, at) else dim) for at, word in enumerate(self.words))
        )

    def _arrow(self, start: np.ndarray, end: np.ndarray) -> Arrow:
        return Arrow(start, end, buff=0, stroke_width=_WIDTH, tip_length=_TIP, color=self._theme.quiet)

    def _way_back(self, em: float) -> VGroup:
        first, last = self.words[0], self.words[-1]
        low = min(word.get_bottom()[1] for word in self.words) - (_BELOW - _BESIDE) * em
        start, end = (np.array([w.get_x(), w.get_bottom()[1] - _BESIDE * em, 0.0]) for w in (last, first))
        corners = [start, np.array([start[0], low, 0.0]), np.array([end[0], low, 0.0])]
        lines = [Line(one, other, stroke_width=_WIDTH, color=self._theme.quiet) for one, other in pairwise(corners)]
        return VGroup(*lines, self._arrow(corners[-1], end))
