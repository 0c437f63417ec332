"""What a drawn glyph looks like, and how large it is set.

Typst's drawings do not say the size, so a shape is looked up among letters of known size.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from manim import VMobject

from scenes.kit.typesetting import Typeset, escape

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SIGNS = "()[]+=.,?!:;'/\u2212"
_GREEK = "alpha beta delta epsilon eta lambda sigma theta Delta Theta Sigma partial"


def font_size(glyph: VMobject, nominal: float) -> float:
    """The font size of a glyph in units of the frame; ``nominal`` where its shape is not known.

    Fraction bars and the like have no size of their own.
    """
    height = float(np.ptp(glyph.points[:, 1]))
    whole = _heights().get(shape_of(glyph))
    return nominal if whole is None or whole == 0 else height / whole


@lru_cache(maxsize=1)
def _heights() -> dict[tuple[int, tuple[float, ...]], float]:
    """The height of each known shape at font size 1."""
    sources = [f"#{escape(c)}" for c in _LATIN + _SIGNS] + [f"${c}$" for c in _LATIN + "()+=-"]
    sources += [f"${name}$" for name in _GREEK.split()]
    heights = {}
    for source in sources:
        for glyph in Typeset(source, em=1.0, colour="#ffffff"):
            heights[shape_of(glyph)] = float(np.ptp(glyph.points[:, 1]))
    return heights


def shape_of(glyph: VMobject) -> tuple[int, tuple[float, ...]]:
    """What a glyph looks like, whatever its place and size."""
    points = glyph.points[:, :2]
    size = max(float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1])), 1e-9)
    some = points[: min(12, len(points))] - points[0]
    return len(points), tuple((np.round(some.ravel() / size, 2) + 0.0).tolist())
