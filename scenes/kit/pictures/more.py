"""How many more there are, where not all are shown."""

from __future__ import annotations

from manim import RIGHT, UP, VGroup

from bp_core.nodes import Expression
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.view import View

#: Where the count stands in what is said.
COUNT = "%(n)s"


class More(VGroup):
    """… and so many more, on one baseline; ``said`` names them, with :data:`COUNT` for how many."""

    def __init__(self, view: View, count: Expression, *, em: float, said: str = "") -> None:
        super().__init__()
        quiet = view.theme.quiet
        around = (said or view.tr("… and %(n)s more")).split(COUNT)
        before, after = (Words(text.strip(), em=em, colour=quiet) for text in around)
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
