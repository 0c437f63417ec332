"""Chain rule: each step on the way to the cost has a ratio of its own, and the ratios multiply."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any

from manim import (
    LEFT,
    AnimationGroup,
    FadeIn,
    FadeOut,
    GrowArrow,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Succession,
    TransformFromCopy,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.quantities import Derivative, Variable
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.calculus.factors import EdgeFactor, Factors, hung, multiplied
from scenes.kit.calculus.ladder import Ladder
from scenes.kit.calculus.suited import of_the_last_layer
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.columns import Columns, arriving
from scenes.kit.pictures.tree import CostTree
from scenes.kit.view import View

#: The way of a weight and of a bias to the cost; with softmax through every output.
_WAY = {
    ("w", False): N_(
        "The weight does not touch the cost directly. It moves z, z moves the activation, and that moves the cost."
    ),
    ("w", True): N_(
        "The weight does not touch the cost directly. It moves z, z moves the outputs, and they move the cost."
    ),
    ("b", False): N_(
        "The bias does not touch the cost directly. It moves z, z moves the activation, and that moves the cost."
    ),
    ("b", True): N_(
        "The bias does not touch the cost directly. It moves z, z moves the outputs, and they move the cost."
    ),
}
#: How far a quantity moves with the one before it.
_RATIO = {
    ("z", "w"): N_("For a tiny nudge, z moves %(ratio)s times as far as the weight"),
    ("z", "b"): N_("For a tiny nudge, z moves %(ratio)s times as far as the bias"),
    ("a", "z"): N_("The activation moves %(ratio)s times as far as z"),
    ("C", "a"): N_("The cost moves %(ratio)s times as far as the activation"),
    ("C", "z"): N_("The cost moves %(ratio)s times as far as z"),
}
_WHOLE = {
    "w": N_("In numbers: the cost moves %(product)s times as far as the weight."),
    "b": N_("In numbers: the cost moves %(product)s times as far as the bias."),
}


class ChainRule(Chapter):
    """Each edge of the tree has its local derivative; the factors leave their edges and multiply."""

    title = N_("The chain rule")

    class Parameters(BaseParameters):
        """Which parameter."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias of the last layer to follow.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        source, tr = self.factors.source.symbol, self.tr
        return {
            "way": tr(_WAY[source, self.factors.softmax]),
            **{beat: self._ratio(factor) for beat, factor in self.factors.steps.items()},
            "product": tr("Each step scales what arrives. So the ratios multiply, and that is the chain rule."),
            "values": tr(_WHOLE[source], product=as_drawn(self.factors.whole, self.columns)),
            "reminder": tr(
                "What stands above in one ratio stands below in the next. Easy to remember, "
                "but nothing is cancelled: ratios are multiplied."
            ),
        }

    def _ratio(self, factor: Derivative) -> str:
        slope = self.view.value(factor)
        moves = self.tr(
            _RATIO[factor.of.symbol, factor.by.symbol],
            ratio=as_drawn(factor, self.labels[self.factors.each.index(factor)]),
        )
        if slope < 0:
            return self.tr("%(one_moves)s: when one rises, the other falls.", one_moves=moves)
        return self.tr("%(one_moves)s: not at all.", one_moves=moves) if slope == 0 else f"{moves}."

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Where the parameter is none of the last layer's."""
        return of_the_last_layer(lesson, parameters, parameters.parameter, "wb")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule itself."""
        factors = Factors.of(view.trace, parameter_of(view.trace, parameters.parameter))
        return [Equation(factors.whole, factors.product)]

    def construct(self) -> None:
        """From one way to one product."""
        self.open_with(self.tree)
        self.follow_the_way()
        for beat, factor in self.factors.steps.items():
            self.scale_by(beat, factor)
        self.multiply()
        self.put_in_numbers()
        self.remember()

    def follow_the_way(self) -> None:
        """A nudge runs down the tree, and its own bar appears."""
        with self.beat("way"):
            runs = [
                Succession(
                    Indicate(self.tree.node(before).symbol, color=self.view.colour(before)),
                    self.flash(before, after),
                )
                for before, after in self.hops
            ]
            last = self.tree.node(self.factors.way[-1]).symbol
            runs.append(Succession(Indicate(last, color=self.view.colour(self.factors.way[-1]))))
            self.play(Succession(*runs), run_time=5)
            self.play(FadeIn(self.ladder.zero), self.named(0), GrowFromEdge(self.ladder.bars[0], LEFT), run_time=1.4)

    def scale_by(self, beat: str, factor: Derivative) -> None:
        """A step of the way: its ratio comes to its edge and turns one bar into the next."""
        at = list(self.factors.steps).index(beat)
        label, ladder = self.labels[at], self.ladder
        with self.beat(beat):
            self.play(
                self.tree.dimmed(but=(factor.by, factor.of)),
                self.flash(factor.by, factor.of),
                FadeIn(label.symbol, scale=0.8),
                run_time=1.0,
            )
            self.play(
                FadeIn(label.value),
                TransformFromCopy(label.value, ladder.values[at]),
                FadeIn(ladder.signs[at]),
                GrowArrow(ladder.arrows[at]),
                run_time=1.2,
            )
            self.play(self.named(at + 1), TransformFromCopy(ladder.bars[at], ladder.bars[at + 1]), run_time=1.3)

    def multiply(self) -> None:
        """Each factor leaves its edge of the tree for its place in the product."""
        row = self.columns.row(0)
        with self.beat("product"):
            sources = [(label.symbol.leaf(label.factor), row.leaf(label.factor, side=1)) for label in self.labels]
            leaving = [FadeOut(self.ladder)] if self.stage.square else []
            self.play(self.tree.dimmed(but=self.tree.nodes), *leaving, run_time=0.6)
            self.play(arriving(row, sources), run_time=5)
            self.add(row)

    def put_in_numbers(self) -> None:
        """Each factor's value comes to stand under its symbol, then the product."""
        values, result = self.columns.row(1), self.columns.row(2)
        with self.beat("values"):
            sources = [(label.value, values.number(label.factor)) for label in self.labels]
            self.play(arriving(values, sources), run_time=3)
            self.add(values)
            self.play(FadeIn(result, shift=0.15 * LEFT), run_time=1.0)
            if not self.stage.square:
                ends = self.ladder.symbols[0], self.ladder.symbols[-1], self.ladder.bars[0], self.ladder.bars[-1]
                self.play(*(Indicate(part, color=None, scale_factor=1.15) for part in (*ends, result)), run_time=1.4)

    def remember(self) -> None:
        """The quantities between stand once below and once above."""
        row = self.columns.row(0)
        with self.beat("reminder"):
            if not self.stage.square:
                self.play(FadeOut(self.ladder), run_time=0.5)
            self.play(self.columns.animate.move_to(self.stage["right"].centre), run_time=1)
            for before, after in pairwise(self.factors.each):
                pair = [row.leaf(before, side=1)[1], row.leaf(after, side=1)[2]]
                colour = self.view.colour(before.of)
                self.play(*(Indicate(p, color=colour, scale_factor=1.3) for p in pair), run_time=1.8)
            values = self.columns.row(1)
            each = [
                Indicate(values.factor(i), color=self.theme.highlight, scale_factor=1.08) for i in range(values.count)
            ]
            self.play(LaggedStart(*each, lag_ratio=0.5), run_time=2.4)

    def named(self, at: int) -> AnimationGroup:
        """The symbol of a bar: the quantity's own comes from the tree, Δ joins it."""
        symbol = self.ladder.symbols[at]
        source = self.tree.node(self.factors.way[at]).symbol
        return AnimationGroup(TransformFromCopy(source, symbol.part(1)), FadeIn(symbol.part(0)))

    def flash(self, before: Variable, after: Variable) -> AnimationGroup:
        """A light that runs along the edges between two quantities."""
        way = self.chain.way(self.factors.source)
        return self.tree.flash(way[way.index(before) : way.index(after) + 1])

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def factors(self) -> Factors:
        """The factors on the way from the parameter to the cost."""
        return Factors.of(self.trace, self.parameter(self.parameters.parameter))

    @property
    def chain(self) -> Chain:
        """The neurons on the way."""
        return self.factors.chain

    @property
    def hops(self) -> list[tuple[Variable, Variable]]:
        """The pairs of neighbours on the way."""
        return [(f.by, f.of) for f in self.factors.each]

    @cached_property
    def tree(self) -> CostTree:
        """The tree with the way lit."""
        tree = CostTree(self.view, self.chain, self.stage["diagram"])
        return tree.light(self.chain.way(self.factors.source))

    @cached_property
    def labels(self) -> list[EdgeFactor]:
        """Each factor beside its edge."""
        return hung(self.view, self.tree, self.factors)

    @cached_property
    def ladder(self) -> Ladder:
        """What the nudge becomes step by step."""
        room = self.stage["right"] if self.stage.square else self.stage["right"].band(0.48, 1.0)
        digits = self.factors.decimals(self.view)
        return Ladder(self.view, self.factors.way, self.factors.each, room, decimals=digits)

    @cached_property
    def columns(self) -> Columns:
        """The product, its values, its value."""
        return multiplied(self.view, self.factors, self.stage)
