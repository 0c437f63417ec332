"""What a drawn glyph looks like, and how large it is set.

Typst's drawings do not say the size, so a shape is looked up among letters of known size.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from manim import VMobject

from scenes.kit.letters.compiler import escape
from scenes.kit.letters.face import Face, face
from scenes.kit.letters.typesetting import Typeset

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#: The sizes of scripts and of scripts on scripts, in New Computer Modern.
_SCRIPT, _SCRIPT_OF_SCRIPT = 0.7, 0.5
_GREEK = "alpha beta delta epsilon eta lambda sigma theta Delta Theta Sigma partial"


#: What has so few points is a bar: a letter without serifs is told from a line by its neighbours alone.
_BAR = 16

Shape: TypeAlias = tuple[int, tuple[float, ...]]


def font_size(glyph: VMobject) -> float | None:
    """The font size of a letter or digit in units of the frame.

    None for brackets, bars and the like: they grow with what they hold and have no size of their own.
    """
    known = _known(face()).get(shape_of(glyph))
    return float(np.ptp(glyph.points[:, 1])) / known[1] if known else None


def is_digit(glyph: VMobject) -> bool:
    """Whether a glyph is one of the ten digits."""
    return (letter_of(glyph) or "none") in "0123456789"


def letter_of(glyph: VMobject) -> str | None:
    """Which letter or digit a glyph is, at any size; None for brackets, bars and the like."""
    known = _known(face()).get(shape_of(glyph))
    return known[0] if known else None


@lru_cache(maxsize=8)
def _known(own: Face | None) -> dict[Shape, tuple[str, float]]:
    """The shapes of letters and digits, those of the words' own face, too: which each is, and its height at size 1."""
    found: dict[Shape, tuple[str, float]] = {}
    for letter in (*_LATIN, *_GREEK.split()):
        for shape, height in _drawings(letter, own):
            # Most letters look alike at all sizes; their plain form measures them best and comes first.
            found[shape] = letter, found.get(shape, (letter, height))[1]
    return found


def _drawings(letter: str, own: Face | None) -> Iterator[tuple[Shape, float]]:
    """A letter's shapes, in text and mathematics and as a script, each with its height at font size 1."""
    sources = {f"${letter}$": 1.0, f"$x_({letter})$": _SCRIPT, f"$x_(x_({letter}))$": _SCRIPT_OF_SCRIPT}
    if len(letter) == 1:
        sources[f"#{escape(letter)}"] = 1.0
    if len(letter) == 1 and own is not None:
        sources[f"#({own.code(letter)})"] = 1.0
    for source, size in sources.items():
        glyph = Typeset(source, em=1.0, colour="#ffffff")[-1]
        if len(glyph.points) > _BAR:
            yield shape_of(glyph), float(np.ptp(glyph.points[:, 1])) / size


def shape_of(glyph: VMobject) -> Shape:
    """What a glyph looks like, whatever its place and size."""
    points = glyph.points[:, :2]
    size = max(float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1])), 1e-9)
    some = points[: min(12, len(points))] - points[0]
    return len(points), tuple((np.round(some.ravel() / size, 2) + 0.0).tolist())
