"""The cost that a step follows, before and after it."""

from __future__ import annotations

from manim import RIGHT, AnimationGroup, VGroup

from scenes.kit.calculus.batch import Batch
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.view import View, decimals_for


class CostStep(VGroup):
    """The cost's symbol and its value, an arrow and its new value, in one line."""

    def __init__(self, batch: Batch, after: View, *, em: float, decimals: int) -> None:
        super().__init__()
        view, cost = batch.view, batch.cost
        self.symbol = Typeset(f"${batch.symbol}$", em=em, colour=view.theme.cost)
        self.arrow = Typeset("$arrow.long$", em=em * 0.86, colour=view.theme.quiet)
        self.before, self.after = (
            Value(
                numbers,
                cost,
                em=em * 0.84,
                colour=view.theme.cost,
                decimals=decimals_for([numbers.value(cost)], decimals),
            )
            for numbers in (view, after)
        )
        self.add(self.symbol, self.before, self.arrow, self.after)
        self.arrange(RIGHT, buff=em * 0.5)
        for value in (self.before, self.after):
            value.set_baseline(self.symbol.baseline)
        self.opening = VGroup(self.symbol, self.before)
        self.result = VGroup(self.arrow, self.after)

    def rewritten(self, view: View, after: View) -> AnimationGroup:
        """The same of another step."""
        return AnimationGroup(Rewrite(self.before, view), Rewrite(self.after, after))
