"""Long sums on several lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from manim import VGroup, VMobject

from bp_core.nodes import Expression, Sum
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.mathematics import Key
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.stage import Region

#: The most lines, and how many before letters may be smaller; from one to the next, in ems: of two, and of more.
_LINES, _USUAL, _APART, _CLOSE = 4, 3, 1.5, 1.3
#: A plus or a minus is flat, brackets and digits are not.
_FLAT = 0.8


def fitted(
    make: Callable[[int], Formula], total: Expression, place: Key, room: Region, decimals: Iterable[int]
) -> Formula:
    """A formula with the first of these decimals that can be read in a room: as it is, else its sum on lines.

    ``place`` is where the sum stands, as for ``broken``; a ``total`` of one term stays on its line.
    """
    most = min(_LINES, len(total.terms)) if isinstance(total, Sum) else 1
    largest, found = 0.0, None
    for digits in decimals:
        for lines in range(1, most + 1):
            formula = make(digits)
            if lines > 1:
                broken(formula, total, place, lines, height=_APART if lines == 2 else _CLOSE)
            share = min(1.0, room.width / formula.width, room.height / formula.height)
            if share * formula.em >= READABLE_EM and (share == 1.0 or lines >= min(most, _USUAL)):
                return formula
            if share > largest:
                largest, found = share, formula
    assert found is not None  # noqa: S101 - there are decimals
    return found


def broken(formula: Formula, total: Expression, place: Key, lines: int, *, height: float = _APART) -> Formula:
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
        sign = _sign(rest, terms[first - 1], terms[first])
        rest = [glyph for glyph in rest if glyph.get_left()[0] >= sign]
        way = np.array([start - min(float(glyph.get_left()[0]) for glyph in rest), -height * formula.em, 0.0])
        for glyph in rest:
            glyph.shift(way)
    return formula


def _sign(glyphs: Iterable[VMobject], before: VGroup, after: VGroup) -> float:
    """Where the sign between two terms begins: after the brackets that end the first."""
    end, start = before.get_right()[0], after.get_left()[0]
    between = (g for g in glyphs if end <= g.get_center()[0] <= start and g.width > _FLAT * g.height)
    return min((float(glyph.get_left()[0]) for glyph in between), default=float(end))
