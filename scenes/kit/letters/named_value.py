"""A quantity with its value on one line, where the value runs and its sign stays true."""

from __future__ import annotations

from manim import RIGHT, VGroup

from bp_core.quantities import Derivative, Variable
from bp_script.numerals import relation
from scenes.kit.letters.inline import inline
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.view import View

#: Derivatives have at least so many decimals.
DERIVATIVE_DECIMALS = 4
#: And at most so many more than usual.
_MORE = 2
_SIGNS = {"=": "=", "≈": "approx"}
#: How high a sign's middle stands above the line, in its size: where the font has the bar of a fraction.
_AXIS = 0.25
#: The size of digits where nothing is said, in that of the symbol.
_DIGITS = 0.9


def readable_digits(value: float, usual: int) -> int:
    """The usual digits, or a few more rather than a power of ten; a long row of zeros is not read."""
    enough = enough_digits(value, usual)
    return enough if enough <= usual + _MORE else usual


class NamedValue(VGroup):
    """A quantity on one line: its symbol, = or ≈, its value; the value can run.

    ``decimals`` are readable ones if none are given; ``share`` is the size of the digits in that of the symbol.
    """

    def __init__(
        self,
        view: View,
        quantity: Variable | Derivative,
        em: float,
        *,
        decimals: int | None = None,
        share: float = _DIGITS,
    ) -> None:
        super().__init__()
        self.quantity, self._em = quantity, em
        if isinstance(quantity, Derivative):
            self.symbol = inline(view, quantity, em)
        else:
            source = f"${view.notation.variable(quantity, view.net)}$"
            self.symbol = Typeset(source, em=em, colour=view.colour(quantity))
        if decimals is None:
            usual = DERIVATIVE_DECIMALS if isinstance(quantity, Derivative) else view.decimals
            decimals = readable_digits(view.value(quantity), usual)
        colour = view.theme.of_symbol(quantity.of.symbol) if isinstance(quantity, Derivative) else None
        self.value = Value(view, quantity, em=share * em, decimals=decimals, colour=colour, anchor="left")
        self.sign = self._sign(view)
        self.add(self.symbol, self.sign, self.value)
        self.arrange(RIGHT, buff=0.35 * em)
        for part in (self.symbol, self.value):
            part.set_baseline(self.sign.get_y() - _AXIS * em)

    def follow(self, view: View) -> NamedValue:
        """Another view's value, and the sign that is true of it."""
        self.value.show(view)
        self.sign.become(self._sign(view).move_to(self.sign))
        return self

    def _sign(self, view: View) -> Typeset:
        return Typeset(
            f"${_SIGNS[relation(self.value.shown.value, self.value.shown.text)]}$", em=self._em, colour=view.theme.ink
        )
