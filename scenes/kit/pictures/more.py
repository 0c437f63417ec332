"""How many more there are, where not all are shown."""

from __future__ import annotations

from manim import RIGHT, UP, VGroup

from bp_core.nodes import Expression
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.view import View


class More(VGroup):
    """… and so many more, on one baseline; ``what`` names them."""

    def __init__(self, view: View, count: Expression, *, em: float, what: str = "") -> None:
        super().__init__()
        quiet = view.theme.quiet
        before, after = (Words(text, em=em, colour=quiet) for text in ("… and", f"more {what}".rstrip()))
        number = Value(view, count, em=em, colour=quiet, decimals=0)
        self.add(before, number, after)
        self.arrange(RIGHT, buff=0.3 * em)
        for words in (before, after):
            words.set_baseline(0.0)
        number.shift(-number.baseline * UP)
        self._first = before

    @property
    def baseline(self) -> float:
        """The height of the line it stands on."""
        return self._first.baseline
