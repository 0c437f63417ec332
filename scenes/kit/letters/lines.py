"""Long sums on several lines."""

from __future__ import annotations

import math

import numpy as np
from manim import VGroup

from bp_core.nodes import Expression, Sum
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.mathematics import Key


def broken(formula: Formula, total: Expression, place: Key, lines: int, *, height: float = 1.5) -> Formula:
    """The formula with a sum in it broken into so many lines, ``height`` ems from one to the next.

    ``place`` is where the sum stands, as ``(1,)`` for the whole second side; what follows it moves with the last line.
    """
    assert isinstance(total, Sum)  # noqa: S101 - nothing else can be broken
    keyed = formula.keyed().items()
    terms = [
        VGroup(*(group for key, group in keyed if key[: len(place) + 1] == (*place, position)))
        for position in range(len(total.terms))
    ]
    rest = [glyph for glyph in formula.get_family() if len(glyph.points)]
    start = terms[0].get_left()[0]
    each = math.ceil(len(terms) / lines)
    for first in range(each, len(terms), each):
        end = terms[first - 1].get_right()[0]
        rest = [glyph for glyph in rest if glyph.get_left()[0] >= end]
        way = np.array([start - min(float(glyph.get_left()[0]) for glyph in rest), -height * formula.em, 0.0])
        for glyph in rest:
            glyph.shift(way)
    return formula
