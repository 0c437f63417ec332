"""Bias: its way to the cost is the weight's, and the one factor that differs is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from manim import RIGHT, FadeIn, FadeOut, Indicate, Mobject
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Product
from bp_core.quantities import Variable
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.calculus.factors import EQUATION_EM, Factors
from scenes.kit.calculus.same_way import SameWay
from scenes.kit.calculus.suited import of_the_last_layer
from scenes.kit.chapter import Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.view import View


class Bias(SameWay):
    """Only one factor changes: the bias moves z one for one."""

    title = N_("And the bias?")

    class Parameters(BaseParameters):
        """Which bias."""

        parameter: ParameterName = Field("b[L][0]", description="The bias of the last layer to follow.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        return {
            "question": tr(
                "How sensitive is the cost to the bias? It, too, moves z, and from there the way is the same."
            ),
            "alike": tr("So in the chain rule only the first factor changes."),
            "one": tr(
                "In z, the bias stands by itself, simply added. When it moves, z moves just as far: the factor is one."
            ),
            "value": tr(
                "So the cost's sensitivity to the bias is %(product)s.",
                product=as_drawn(self.factors.whole, self.of_source[-1]),
            ),
            "compare": tr("The weight's is this, times the activation that the weight works on."),
        }

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Where the parameter is none of the last layer's biases."""
        return of_the_last_layer(lesson, parameters, parameters.parameter, "b")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule and the computed product, for weight and bias."""
        bias = Factors.of(view.trace, parameter_of(view.trace, parameters.parameter))
        weight = Factors.of(view.trace, bias.chain.w(view.trace.L))
        return [*cls.equations_for(view.trace, bias.source), compared(weight, bias)]

    def construct(self) -> None:
        """From the weight's derivative to the bias's."""
        self.begin()
        with self.beat("question"):
            self.switch()
        with self.beat("alike"):
            self.write_alike()
        with self.beat("one"):
            self.compute_first()
        with self.beat("value"):
            self.show_value()
        self.compare()

    def handover(self) -> Sequence[Mobject]:
        """The tree and what the ways share on it."""
        return [self.tree, *self.labels[1:]]

    def compare(self) -> None:
        """The weight's derivative by the bias's."""
        bias, formula = self.of_source[1], self.comparison
        activation = self.tree.node(self.factors.chain.a(self.trace.L - 1))
        first = activation.symbol if self.paged else self.of_weight[1].factor(0)
        with self.beat("compare"):
            for part in (bias.factor(0), first):
                self.play(Indicate(part, color=self.theme.highlight), run_time=1)
            if self.paged:
                self.play(FadeOut(*self.of_source[1:]), run_time=0.6)
            self.play(FadeIn(formula.side(0), formula.relation(1)), run_time=0.6)
            self.play(
                Travel(first, formula.leaf(self.weight.computed[0], side=1)),
                Travel(self.of_source[0].side(0), formula.leaf(self.factors.whole, side=1)),
                run_time=1.8,
            )
            self.play(FadeIn(formula.relation(2), formula.side(2), shift=RIGHT * 0.15), run_time=0.8)
            self.add(formula)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def comparison(self) -> Formula:
        """The weight's derivative by the bias's, and its value."""
        equation = compared(self.weight, self.factors)
        value = Side.value(equation.left, self.view.decimals + 2)
        below = (self.of_source[0] if self.paged else self.of_source[2]).get_bottom()[1] - 0.1
        room = replace(self.room, top=below)
        sides = equation.left, equation.right, value
        formula = Formula.fitting(self.view, *sides, em=EQUATION_EM, width=room.width, height=room.height)
        return self.stage.place(formula, room, across=0.0, up=0.5 if self.paged else 0.0)

    @property
    def source(self) -> Variable:
        """The bias."""
        return self.parameter(self.parameters.parameter)


def compared(weight: Factors, bias: Factors) -> Equation:
    """The weight's derivative is the bias's times the activation that the weight works on."""
    return Equation(weight.whole, Product((weight.computed[0], bias.whole)))
