"""What a drawn glyph looks like, and how large it is set.

Typst's drawings do not say the size, so a shape is looked up among letters of known size.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from manim import VMobject

from scenes.kit.letters.compiler import escape
from scenes.kit.letters.typesetting import Typeset

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#: The sizes of scripts and of scripts on scripts, in New Computer Modern.
_SCRIPT, _SCRIPT_OF_SCRIPT = 0.7, 0.5
_GREEK = "alpha beta delta epsilon eta lambda sigma theta Delta Theta Sigma partial"


def font_size(glyph: VMobject) -> float | None:
    """The font size of a letter or digit in units of the frame.

    None for brackets, bars and the like: they grow with what they hold and have no size of their own.
    """
    whole = _heights().get(shape_of(glyph))
    return float(np.ptp(glyph.points[:, 1])) / whole if whole else None


def is_digit(glyph: VMobject) -> bool:
    """Whether a glyph is one of the ten digits."""
    return shape_of(glyph) in _digits()


def letter_of(glyph: VMobject) -> str | None:
    """Which letter or digit a glyph is, at any size; None for brackets, bars and the like."""
    return _letters().get(shape_of(glyph))


@lru_cache(maxsize=1)
def _letters() -> dict[tuple[int, tuple[float, ...]], str]:
    return {shape: letter for letter in (*_LATIN, *_GREEK.split()) for shape, _ in _drawings(letter)}


@lru_cache(maxsize=1)
def _digits() -> frozenset[tuple[int, tuple[float, ...]]]:
    return frozenset(shape for digit in "0123456789" for shape, _ in _drawings(digit))


@lru_cache(maxsize=1)
def _heights() -> dict[tuple[int, tuple[float, ...]], float]:
    """The height of each known shape at font size 1."""
    heights: dict[tuple[int, tuple[float, ...]], float] = {}
    for letter in (*_LATIN, *_GREEK.split()):
        for shape, height in _drawings(letter):
            # Most letters look alike at all sizes; their plain form measures them best and comes first.
            heights.setdefault(shape, height)
    return heights


def _drawings(letter: str) -> Iterator[tuple[tuple[int, tuple[float, ...]], float]]:
    """A letter's shapes, in text and mathematics and as a script, each with its height at font size 1."""
    sources = {f"${letter}$": 1.0, f"$x_({letter})$": _SCRIPT, f"$x_(x_({letter}))$": _SCRIPT_OF_SCRIPT}
    if len(letter) == 1:
        sources[f"#{escape(letter)}"] = 1.0
    for source, size in sources.items():
        glyph = Typeset(source, em=1.0, colour="#ffffff")[-1]
        yield shape_of(glyph), float(np.ptp(glyph.points[:, 1])) / size


def shape_of(glyph: VMobject) -> tuple[int, tuple[float, ...]]:
    """What a glyph looks like, whatever its place and size."""
    points = glyph.points[:, :2]
    size = max(float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1])), 1e-9)
    some = points[: min(12, len(points))] - points[0]
    return len(points), tuple((np.round(some.ravel() / size, 2) + 0.0).tolist())
