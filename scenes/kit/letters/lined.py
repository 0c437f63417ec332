"""What is written stands on a line, however high it is and whatever hangs below."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

from manim import UP, VGroup


class Lined(VGroup):
    """Something written."""

    @property
    @abstractmethod
    def baseline(self) -> float:
        """The height of the line that it stands on."""

    def set_baseline(self, y: float) -> Self:
        """Move it up or down so that it stands on ``y``."""
        self.shift((y - self.baseline) * UP)
        return self


def level(line: VGroup) -> VGroup:
    """Let all that is written in a row stand on the line of its first."""
    first, *others = line
    for other in others:
        other.set_baseline(first.baseline)
    return line
