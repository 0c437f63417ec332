"""Regions instead of coordinates: chapters say where a thing belongs, the stage says where that is.

A region is a rectangle of the frame; what is placed in one shrinks to fit, and never below what can be read.
The same names exist in 16:9, 9:16 and 1:1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from manim import Mobject

MobjectT = TypeVar("MobjectT", bound=Mobject)

#: Distance of everything from the frame's edge.
MARGIN = 0.55
#: The most that a logo takes of the title's line, beside which, and below which, nothing else stands.
_LOGO_HEIGHT, _LOGO_SHARE, _LOGO_GAP = 0.55, 0.16, 0.3


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the frame."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """Its width in units of the frame."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height."""
        return self.top - self.bottom

    @property
    def centre(self) -> np.ndarray:
        """Its centre."""
        return np.array([(self.left + self.right) / 2, (self.bottom + self.top) / 2, 0.0])

    def share(self, width: float, height: float) -> float:
        """How many times as large a thing of this size could be in it."""
        return min(self.width / max(width, 1e-9), self.height / max(height, 1e-9))

    def point(self, across: float, up: float) -> np.ndarray:
        """The point at the given shares of width and height, (0, 0) the lower left corner."""
        return np.array([self.left + across * self.width, self.bottom + up * self.height, 0.0])

    def band(self, lower: float, upper: float) -> Region:
        """A horizontal band of the region, from the share ``lower`` of its height to ``upper``."""
        return Region(self.left, self.right, self.bottom + lower * self.height, self.bottom + upper * self.height)

    def column(self, left: float, right: float) -> Region:
        """A vertical column of the region, by shares of its width."""
        return Region(self.left + left * self.width, self.left + right * self.width, self.bottom, self.top)

    def widened(self, share: float) -> Region:
        """The region and this share of its width more, half of it at either side."""
        return self.column(-share / 2, 1 + share / 2)


class Stage:
    """The regions of one frame shape."""

    def __init__(
        self, width: float, height: float, *, captions_drawn: bool = False, logo_shape: float | None = None
    ) -> None:
        """Of a frame; ``logo_shape`` is the width over the height of the logo that it has in its corner."""
        self.width, self.height = width, height
        x, y = width / 2 - MARGIN, height / 2 - MARGIN
        caption_height = 0.95 if captions_drawn else 0.0
        title = Region(-x, x, y - 0.75, y)
        #: The logo's place.
        self.logo: Region | None = None
        if logo_shape is not None:
            across = min(_LOGO_SHARE * 2 * x, _LOGO_HEIGHT * logo_shape)
            self.logo = Region(x - across, x, y - 0.1 - _LOGO_HEIGHT / 2 - 0.08, y - 0.1 + _LOGO_HEIGHT / 2 - 0.08)
            title = Region(-x, self.logo.left - _LOGO_GAP, y - 0.75, y)
        body = Region(-x, x, -y + caption_height, y - 1.0)
        self.regions: Mapping[str, Region] = MappingProxyType(
            {
                "title": title,
                "caption": Region(-x, x, -y - 0.15, -y + 0.7),
                "body": body,
                "whole": body.band(0.14, 1.0),
                **(self._beside(body) if width > height * 1.2 else self._stacked(body)),
            }
        )

    @staticmethod
    def _beside(body: Region) -> dict[str, Region]:
        right = body.column(0.53, 1.0)
        return {
            "diagram": body.column(0.0, 0.47),
            "right": right,
            "side": right.band(0.36, 1.0),
            "formula": right.band(0.0, 0.32),
            "network": body.column(0.0, 0.47).band(0.4, 1.0),
        }

    @staticmethod
    def _stacked(body: Region) -> dict[str, Region]:
        # A square has little height: what is written takes less of it, and turns.
        share = 0.41 if body.height < body.width else 0.48
        lower = body.band(0.0, share)
        return {
            "diagram": body.band(share + 0.04, 1.0),
            "right": lower,
            "side": lower.band(0.36, 1.0),
            "formula": lower.band(0.0, 0.32),
            "network": body.band(0.75, 1.0),
        }

    @property
    def stacked(self) -> bool:
        """Whether the diagram stands above the rest, not beside it."""
        return self["diagram"].left == self["right"].left

    @property
    def square(self) -> bool:
        """Whether it is so low that what is written there stands there in turn."""
        return self.stacked and self["body"].height < self["body"].width

    @property
    def least_em(self) -> float:
        """The smallest letters whose indices and exponents can still be read."""
        return 0.42 * min(self.width, self.height) / 8

    def __getitem__(self, region: str) -> Region:
        return self.regions[region]

    def place(
        self, mobject: MobjectT, region: str | Region, *, across: float = 0.5, up: float = 0.5, grow: bool = False
    ) -> MobjectT:
        """Put a thing into a region: shrunk to fit, its spare room split by the shares ``across`` and ``up``.

        ``across`` 0 is flush left, 1 flush right; ``up`` 0 is at the bottom. With ``grow`` it may grow to fill.
        """
        room = self[region] if isinstance(region, str) else region
        factor = room.share(mobject.width, mobject.height)
        if factor < 1 or grow:
            mobject.scale(factor)
        left = room.left + across * (room.width - mobject.width)
        bottom = room.bottom + up * (room.height - mobject.height)
        corner = mobject.get_corner(np.array([-1.0, -1.0, 0.0]))
        mobject.shift(np.array([left, bottom, 0.0]) - corner)
        return mobject
