"""How many of all: a count that can run while its words stand still."""

from __future__ import annotations

from manim import RIGHT, UP, VGroup

from bp_core.nodes import Expression
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.view import View

#: Letters, and the room between words and numbers, in ems.
_EM, _GAP = 0.44, 0.32


class Counter(VGroup):
    """``what``: so many of so many."""

    def __init__(self, view: View, what: str, count: Expression, of: Expression) -> None:
        super().__init__()
        quiet = view.theme.quiet
        label, between = (Words(text, em=_EM, colour=quiet) for text in (f"{what}:", view.tr("of")))
        number = Value(view, count, em=_EM, colour=view.theme.ink, decimals=0)
        total = Value(view, of, em=_EM, colour=quiet, decimals=0)
        for word in (label, between):
            word.set_baseline(0.0)
        at = 0.0
        for part in (label, number, between, total):
            if isinstance(part, Value):
                part.shift(-part.baseline * UP)
            width = max(part.width, total.width) if part is number else part.width
            part.shift((at + width - part.get_right()[0]) * RIGHT)
            at += width + _GAP * _EM
        self.add(label, number, between, total)
