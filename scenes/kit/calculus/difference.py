"""Small changes and their quotient: what a nudge causes, and the derivative it closes in on."""

from __future__ import annotations

import numpy as np
from manim import RIGHT, VGroup

from bp_core.nodes import Expression, Number
from bp_core.quantities import Variable
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.number_line import QuantityLine
from scenes.kit.view import View


def change(view: View, variable: Variable) -> Expression:
    """What a quantity differs by from its value in ``view``, as an expression of the nudged network."""
    return variable - Number(view.value(variable))


class Change(VGroup):
    """Δ of a quantity, above its line: the difference between a nudged view and the lesson's own."""

    def __init__(self, view: View, line: QuantityLine, *, decimals: int, em: float = 0.42) -> None:
        super().__init__()
        self.line = line
        self.variable = line.variable
        written = view.notation.variable(line.variable, view.net)
        self.symbol = Typeset(f"$Delta {written}$", em=em, colour=line.colour)
        self.value = Value(
            view,
            change(view, line.variable),
            em=em * 0.92,
            colour=line.colour,
            decimals=decimals,
            signed=True,
            anchor="left",
        )
        self.value.next_to(self.symbol, RIGHT, buff=0.16)
        self.value.set_baseline(self.symbol.baseline)
        self.add(self.symbol, self.value)
        self.hang()

    def follow(self, nudged: View, *, decimals: int | None = None) -> Change:
        """Show the change in a nudged view, above its dot."""
        self.value.decimals = self.value.decimals if decimals is None else decimals
        self.value.show(nudged)
        return self.hang()

    def hang(self) -> Change:
        """Above the dot, within the line's reach."""
        axis = self.line.axis
        x = float(
            np.clip(self.line.dot.get_x(), axis.get_left()[0] + self.width / 2, axis.get_right()[0] - self.width / 2)
        )
        self.move_to([x, axis.get_y() + 0.22 + self.height / 2, 0.0])
        return self


class DifferenceQuotient(VGroup):
    """ΔC over Δw with its value at a nudge, always ≈: its digits are rounded and it is no derivative yet."""

    def __init__(
        self, view: View, of: Variable, by: Variable, nudged: View, *, em: float = 0.55, decimals: int
    ) -> None:
        super().__init__()
        above, below = (view.notation.variable(v, view.net) for v in (of, by))
        self.symbol = Typeset(
            f"$display(part(#0, frac(part(#1, Delta {above}), part(#2, Delta {below}))))$", em=em, colour=view.theme.ink
        )
        self.symbol.part(1).set_fill(view.colour(of))
        self.symbol.part(2).set_fill(view.colour(by))
        self.sign = Typeset("$approx$", em=em, colour=view.theme.ink)
        quotient = change(view, of) / change(view, by)
        self.value = Value(nudged, quotient, em=em, colour=view.colour(of), decimals=decimals, anchor="left")
        self.add(self.symbol, self.sign, self.value)
        self.sign.next_to(self.symbol, RIGHT, buff=0.2)
        self.sign.set_baseline(self.symbol.baseline)
        self.value.next_to(self.sign, RIGHT, buff=0.2)
        self.value.set_baseline(self.symbol.baseline)

    @property
    def above(self) -> VGroup:
        """ΔC."""
        return self.symbol.part(1)

    @property
    def below(self) -> VGroup:
        """Δw."""
        return self.symbol.part(2)

    @property
    def bar(self) -> VGroup:
        """The line between them."""
        named = {id(m) for m in VGroup(self.above, self.below).get_family()}
        return VGroup(*(m for m in self.symbol.get_family() if len(m.points) and id(m) not in named))

    def follow(self, nudged: View) -> DifferenceQuotient:
        """The quotient at another nudge."""
        self.value.show(nudged)
        return self
