"""Flow: a change of a weight runs through z and the activation to the cost, and each step scales what arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from manim import (
    DOWN,
    UP,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Mobject,
    TransformFromCopy,
    VGroup,
)
from pydantic import AfterValidator, Field

from bp_core.equations import Equation
from bp_core.nodes import Apply, Expression
from bp_core.quantities import Variable, b
from bp_script.language import N_
from bp_script.language.caller import tr
from scenes.kit.calculus.factors import Factors
from scenes.kit.calculus.flow_chart import FlowChart
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import result_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import enough_digits, significant
from scenes.kit.motion.moves import Morph
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.parameters import BaseParameters, Number, ParameterName
from scenes.kit.pictures.number_line import span_of
from scenes.kit.view import View

#: How far a bias is moved to see another place of the activation function, tried one after the other.
_SHIFTS = (6, -6, 12, -12, 24, -24, 48, -48)
#: Letters of the product, as a multiple of the least.
_LARGE = 5 / 4
#: A slope that is this part of another is next to nothing beside it.
_FLAT = 10
#: What is said of the weight or bias that is pushed.
_NOT_DIRECTLY = {
    "w": N_("The weight does not touch the cost directly. It goes into z."),
    "b": N_("The bias does not touch the cost directly. It goes into z."),
}
_PUSH = {"w": N_("Push the weight by %(push)s."), "b": N_("Push the bias by %(push)s.")}
_AGAIN = {
    "w": N_("Push the weight as before, and z moves as before."),
    "b": N_("Push the bias as before, and z moves as before."),
}
#: The bookmarks at which each arrow is spoken of.
_ARROWS = ("first", "second", "third")
#: What each arrow scales a push by; with softmax there are two.
_SCALES = {
    ("w", False): N_(
        "{@first}The first scales it by the activation before, {@second}the second by the slope of the activation "
        "function, {@third}the last by the slope of the cost."
    ),
    ("b", False): N_(
        "{@first}The first scales it by one, {@second}the second by the slope of the activation function, "
        "{@third}the last by the slope of the cost."
    ),
    ("w", True): N_(
        "{@first}The first scales it by the activation before, {@second}the second by all that lies between z and the "
        "cost."
    ),
    ("b", True): N_("{@first}The first scales it by one, {@second}the second by all that lies between z and the cost."),
}


def _not_zero(size: float) -> float:
    if not size:
        raise ValueError(tr("expected a push that is not zero; got 0"))
    return size


class Flow(Chapter):
    """From the weight through z and the activation to the cost as a flow chart: a change at the left arrives right."""

    title = N_("From a weight to the cost")
    example_lesson = "activations"

    class Parameters(BaseParameters):
        """Which weight, and how far it is pushed."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias of the last layer to push.")
        by: Annotated[Number, AfterValidator(_not_zero)] = Field(1.0, description="How far it is pushed.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, source, softmax = self.tr, self.factors.source.symbol, self.factors.softmax
        words = {
            "chart": tr(_NOT_DIRECTLY[source])
            + " "
            + (
                tr("The z of all outputs make the outputs, and those make the cost.")
                if softmax
                else tr("The activation function turns z into a, and a makes the cost.")
            ),
            "push": tr(_PUSH[source], push=f"{{{self.parameters.by!r}:+.2f}}")
            + " "
            + (
                tr("The change arrives at z, and then at the cost.")
                if softmax
                else tr("The change arrives at z, then at the activation, and then at the cost.")
            ),
            "ratios": tr("For a tiny push, each arrow scales what passes.") + " " + tr(_SCALES[source, softmax]),
            "product": tr(
                "Multiplied, they are the derivative: %(derivative)s.",
                derivative=as_drawn(self.factors.whole, self.product),
            ),
        }
        if self.shift:
            middle = tr("The arrow in the middle belongs to the activation function.")
            words["elsewhere"] = f"{middle} {{@elsewhere}}{self.suppose}"
            words["again"] = tr(_AGAIN[source]) + f" {self.verdict}"
            words["question"] = tr("So a lot depends on which function stands there, and on where z lies.")
        return words

    @property
    def suppose(self) -> str:
        """Where z would be with another bias."""
        there = f"{{{self.z} {'+' if self.shift > 0 else '-'} {abs(self.shift)!r}}}"
        if self.shift > 0:
            return self.tr("Suppose the bias were larger, and z were %(z)s.", z=there)
        return self.tr("Suppose the bias were smaller, and z were %(z)s.", z=there)

    @property
    def verdict(self) -> str:
        """What gets through the activation function elsewhere, compared with here."""
        tr, slopes = self.tr, [abs(view.value(self.slope)) for view in (self.view, self.elsewhere)]
        if slopes[1] == 0:
            return tr("But there the function is flat: its slope is zero, and nothing gets through.")
        if slopes[1] * _FLAT < slopes[0]:
            return tr("But there the function is almost flat, so hardly anything gets through.")
        if slopes[1] < slopes[0]:
            return tr("But there the function is less steep, so less gets through.")
        if slopes[1] == slopes[0]:
            return tr("The slope there is the same, so as much gets through.")
        return tr("There the function is steeper, so more gets through.")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The derivative as the product of the steps' ratios."""
        factors = Factors.of(view.trace, parameter_of(view.trace, parameters.parameter))
        return [Equation(factors.whole, factors.product)]

    def construct(self) -> None:
        """From a push at the left to what arrives at the right, here and elsewhere."""
        self.open_with(coming=self.chart.stations[:1])
        self.draw_the_chart()
        self.push()
        self.show_the_ratios()
        self.multiply()
        if self.shift:
            self.go_elsewhere()
            self.push_again()
            self.ask()

    def draw_the_chart(self) -> None:
        """Station after station, an arrow from each to the next."""
        chart = self.chart
        with self.beat("chart"):
            self.play(Indicate(chart.stations[0].symbol, color=None), run_time=1.5)
            for arrow, station in zip(chart.arrows, chart.stations[1:], strict=True):
                self.play(LaggedStart(GrowArrow(arrow), FadeIn(station), lag_ratio=0.5), run_time=1.8)

    def push(self) -> None:
        """The weight moves, and one after the other the rest follows by the real forward pass."""
        with self.beat("push"):
            with self.chart.pushed(self.view, self.factors.source) as nudges:
                self.play(self.chart.pushing(nudges, self.parameters.by, run_time=5))
            self.play(LaggedStart(*(FadeIn(c, shift=UP * 0.1) for c in self.changes(self.view)), lag_ratio=0.4))

    def show_the_ratios(self) -> None:
        """Everything goes back, and each arrow gets its ratio."""
        chart = self.chart
        with self.beat("ratios"):
            back = chart.pushed(self.view, self.factors.source)
            self.play(FadeOut(self.measured), run_time=0.5)
            with back as nudges:
                for nudge in nudges:
                    nudge.set_value(self.parameters.by)
                self.play(*(nudge.animate.set_value(0) for nudge in nudges), run_time=1.2)
            for at, ratio in enumerate(chart.ratios):
                self.wait_until(_ARROWS[at])
                self.play(chart.flash(at), FadeIn(ratio, shift=DOWN * 0.15), run_time=1.6)
                self.wait(0.6)

    def multiply(self) -> None:
        """The ratios come down into a product."""
        with self.beat("product"):
            product = self.product
            pairs = [
                TransformFromCopy(ratio[0], product.leaf(factor, side=1))
                for ratio, factor in zip(self.chart.ratios, self.factors.each, strict=True)
            ]
            self.play(FadeIn(product.side(0), product.relation(1)), LaggedStart(*pairs, lag_ratio=0.3), run_time=2)
            self.play(FadeIn(product.relation(2), product.side(2)), run_time=0.8)
            self.add(product)

    def go_elsewhere(self) -> None:
        """The bias moves, and z with it to another part of the activation function."""
        chart, middle = self.chart, len(self.chart.ratios) // 2
        with self.beat("elsewhere"):
            self.play(Indicate(chart.ratios[middle], color=None), run_time=1)
            self.wait_until("elsewhere")
            with chart.pushed(self.view, self.bias) as nudges:
                self.play(*(n.animate.set_value(self.shift) for n in nudges), run_time=3)
            for station in chart.stations:
                station.start_at(self.elsewhere)
            digits = self.ratio_digits(self.elsewhere).values()
            rewritten = [
                Rewrite(ratio[1], self.elsewhere, decimals=decimals)
                for ratio, decimals in zip(chart.ratios, digits, strict=True)
            ]
            self.play(*rewritten, Morph(self.product, self.multiplied(self.elsewhere)), run_time=1.2)

    def push_again(self) -> None:
        """The same push from there."""
        chart = self.chart
        with self.beat("again"):
            with chart.pushed(self.elsewhere, self.factors.source) as nudges:
                self.play(chart.pushing(nudges, self.parameters.by, run_time=5))
            found = self.changes(self.elsewhere)
            self.play(LaggedStart(*(FadeIn(change, shift=UP * 0.1) for change in found), lag_ratio=0.4))

    def ask(self) -> None:
        """The middle arrow, and what it stands for."""
        chart, middle = self.chart, len(self.chart.ratios) // 2
        with self.beat("question"):
            self.play(chart.dimmed(middle), run_time=0.8)
            self.play(Indicate(chart.ratios[middle], color=None), chart.flash(middle), run_time=1.6)

    def changes(self, base: View) -> VGroup:
        """Δ at each station, from a view to the same with the push."""
        pushed = base.with_nudge({self.factors.source: self.parameters.by})
        self.measured = VGroup(*(station.measured(base, pushed) for station in self.chart.stations))
        return self.measured

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def factors(self) -> Factors:
        """The steps from the parameter to the cost."""
        return Factors.of(self.trace, self.parameter(self.parameters.parameter))

    @property
    def z(self) -> Variable:
        """What the weight goes into."""
        return self.factors.way[1]

    @property
    def bias(self) -> Variable:
        """The bias beside it."""
        return b(*self.z.indices)

    @property
    def slope(self) -> Apply:
        """The slope of the activation function at z."""
        return Apply("sigma'", self.z, self.trace.L)

    @cached_property
    def shift(self) -> int:
        """How far the bias is moved for another place: the first that is flat, or where there is none, the flattest.

        Where z lies on the flat already, the steepest. Zero where there is nothing to see: with softmax, or a straight
        line.
        """
        if self.factors.softmax:
            return 0
        slopes = {shift: abs(self.moved(shift).value(self.slope)) for shift in _SHIFTS}
        here = abs(self.view.value(self.slope))
        flat = next((shift for shift, slope in slopes.items() if slope * _FLAT < here), None)
        if flat is not None:
            return flat
        other = max(slopes, key=lambda shift: abs(slopes[shift] - here))
        return other if slopes[other] != here else 0

    def moved(self, shift: int) -> View:
        """The view with the bias moved."""
        return self.view.with_nudge({self.bias: float(shift)})

    @cached_property
    def elsewhere(self) -> View:
        """The view with the bias moved to the other place."""
        return self.moved(self.shift)

    @cached_property
    def chart(self) -> FlowChart:
        """The flow chart, its lines long enough for both places and both pushes."""
        body = self.stage["body"]
        room = body.band(0.24, 1.0) if self.stage.stacked else body.band(0.33, 0.96)
        em = self.stage.least_em * (1 if self.stage.width == self.stage.height else 1.15)
        bases = [self.view, self.elsewhere] if self.shift else [self.view]
        views = [*bases, *(base.with_nudge({self.factors.source: self.parameters.by}) for base in bases)]
        spans = {v: span_of(np.array([view.value(v) for view in views])) for v in self.factors.way}
        return FlowChart(self.view, self.factors.way, self.factors.each, spans, room, em=em, upright=self.stage.stacked)

    @cached_property
    def product(self) -> Formula:
        """The derivative as the product of the ratios, and its value."""
        return self.multiplied(self.view)

    def multiplied(self, view: View) -> Formula:
        """The same in any view."""
        factors, em = self.factors, self.stage.least_em * _LARGE
        value = Side.value(factors.whole, self.digits(view))
        formula = Formula(view, factors.whole, factors.product, value, em=em)
        return self.stage.place(formula, self.stage["body"].band(0.0, 0.21 if self.stage.stacked else 0.26))

    def ratio_digits(self, view: View) -> dict[Expression, int]:
        """The decimals of each ratio."""
        usual = self.view.decimals
        if view is self.view:
            return dict.fromkeys(self.factors.each, usual)
        return {ratio: enough_digits(view.value(ratio), usual) for ratio in self.factors.each}

    def digits(self, view: View) -> int:
        """Those of their product: as many as the shown ratios have it come out with."""
        factors, value = self.factors, view.value(self.factors.whole)
        most = enough_digits(value, view.decimals + 2)
        least = min(most, significant(value, view.decimals))
        return result_decimals(view, factors.product, self.ratio_digits(view), most, least)
