"""What a nudge changes, by the names that films have for it: the record's ``C - 0.2161…`` is ΔC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenes.kit.film.record import ShownNumber

_CHANGE = r"([a-zA-Z]+(?:\[\d+\])*(?:@\d+)?) - (?:[\d.e+-]+|\(-[\d.e+-]+\))"
_ALONE, _QUOTIENT = re.compile(_CHANGE), re.compile(rf"\({_CHANGE}\) / \({_CHANGE}\)")


def changed(number: ShownNumber) -> tuple[str, ...]:
    """The quantity whose change from the lesson's value is shown, or the two whose changes' quotient is; else none."""
    if not number.nudged:
        return ()
    found = _ALONE.fullmatch(number.quantity) or _QUOTIENT.fullmatch(number.quantity)
    return found.groups() if found else ()


def is_named(number: ShownNumber) -> bool:
    """Whether a number is a quantity's, and not a count or a 1 that is its own name."""
    return any(letter.isalpha() for letter in number.quantity)


def name_of(number: ShownNumber) -> str:
    """What a number is called in words: ``ΔC``, ``ΔC / Δw[1][0][1]``, or its quantity."""
    return " / ".join(f"Δ{name}" for name in changed(number)) or number.quantity
