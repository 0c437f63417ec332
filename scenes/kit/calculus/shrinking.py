"""Smaller and smaller nudges of one neuron's z, each with the ratio of what it does to the cost."""

from __future__ import annotations

from manim import VGroup

from bp_core.quantities import C, b, z
from bp_script.numerals import MOST_DECIMALS, is_exact, numeral
from scenes.kit.calculus.difference import DifferenceQuotient, change
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.view import View

#: Letters of the headings and of the numbers; the lines' distance and the columns', and more room below the first.
_HEAD, _EM, _PITCH, _APART, _MORE = 0.6, 0.46, 0.87, 0.9, 1.35
#: How often the nudge shrinks, and by what.
_TIMES, _SHRINK = 2, 10


class ShrinkingNudges(VGroup):
    """A heading and a line for each nudge: Δz, and ΔC/Δz. The neuron's bias, one of its terms, moves z."""

    def __init__(self, view: View, layer: int, neuron: int, by: float, *, decimals: int) -> None:
        super().__init__()
        variable, bias = z(layer, neuron), b(layer, neuron)
        nudges = [by / _SHRINK**n for n in range(_TIMES + 1)]
        ratio = DifferenceQuotient(view, C, variable, view.with_nudge({bias: by}), em=_HEAD, decimals=decimals)
        written = view.notation.variable(variable, view.net)
        step = Typeset(f"$Delta {written}$", em=_HEAD, colour=view.colour(variable))
        size, quotient = change(view, variable), change(view, C) / change(view, variable)
        rows = [VGroup(step, ratio.symbol)]
        for nudge in nudges:
            there = view.with_nudge({bias: nudge})
            digits = enough_digits(there.value(quotient), decimals)
            left = Value(there, size, em=_EM, colour=view.colour(variable), decimals=_exact(nudge))
            rows.append(VGroup(left, Value(there, quotient, em=_EM, colour=view.theme.ink, decimals=digits)))
        apart = max(row[0].width for row in rows) / 2 + max(row[1].width for row in rows) / 2 + _APART
        at = 0.0
        for number, row in enumerate(rows):
            for cell, x in zip(row, (0.0, apart), strict=True):
                cell.move_to([x, at, 0.0])
            at -= _PITCH * (1.0 if number else _MORE)
        self.add(*rows)


def _exact(number: float) -> int:
    """Digits after the point that write it as it is, without a power of ten."""
    texts = ((digits, numeral(number, digits)) for digits in range(MOST_DECIMALS))
    return next((n for n, text in texts if "e" not in text and is_exact(number, text)), MOST_DECIMALS)
