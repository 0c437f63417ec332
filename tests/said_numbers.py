"""Whether a film says its numbers with the digits that it shows."""

from __future__ import annotations

import re

from bp_script.narration import Format
from scenes.kit.film.record import ClipRecord

#: A number with decimals, as captions print it.
_NUMBER = re.compile(r"[+\u2212]?\d+[.,]\d+(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
_PLAIN = str.maketrans("\u2212,⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-.-0123456789")


def said_otherwise(clip: ClipRecord) -> list[str]:
    """The numbers of captions that the picture shows before the beat is over, but with other digits."""
    found = []
    for caption in clip.captions:
        over = next(moment.at for moment in clip.moments if moment.at > caption.start)
        there = [n for n in clip.shown if n.at <= over and n.until > caption.start]
        for said in _NUMBER.findall(caption.text.replace("\n", " ")):
            plain = said.translate(_PLAIN).replace(" × 10", "e")
            meant = {n.text for n in there if Format.of(plain)(n.value, 0).lstrip("+") == plain.lstrip("+")}
            digits = {text.replace(",", ".").lstrip("+") for text in meant}
            if digits and plain.lstrip("+") not in digits:
                found.append(f"{caption.text!r} says {said}; the picture shows {', '.join(sorted(meant))}")
    return found
