"""Output case: the delta rule for a neuron of the last layer, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    Indicate,
    Mobject,
    TransformFromCopy,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Expression, Negative
from bp_core.quantities import C, Variable, a, b, d, delta, y
from bp_script.language import N_
from scenes.kit.calculus.factors import Factors
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.layerwise import flashed
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import significant
from scenes.kit.letters.style import Style, readable
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.moves import Morph, gathered
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.clearance import Obstacles, first_clear, pushed
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.stage import Region
from scenes.kit.view import View

_OF_THE_COST: Mapping[str, str] = {
    "squared_error": N_("The loss is the difference squared, so its derivative is twice the difference."),
    "half_squared_error": N_(
        "The two of the square cancels the half. Careful with the sign: it is minus y minus a, which is a minus y."
    ),
    "mean_squared_error": N_(
        "The loss is the mean of the differences squared, "
        "so its derivative is twice the difference, shared by the outputs."
    ),
    "binary_cross_entropy": N_("The loss is made of logarithms, and the slope of a logarithm is one over its inside."),
    "cross_entropy": N_("With softmax and cross-entropy, the rest of the way comes out as activation minus target."),
    "softmax": N_("With softmax, z moves every output, and the rest of the way adds up over all of them."),
}
_OF_THE_ACTIVATION: Mapping[str, str] = {
    "sigmoid": N_("Then the slope of the sigmoid: that is a times one minus a."),
    "tanh": N_("Then the slope of tanh: that is one minus a squared."),
    "softplus": N_("Then the slope of softplus: that is one minus e to the minus a."),
    "relu": N_("Then the slope of ReLU: one where z is positive, else zero."),
    "leaky_relu": N_("Then the slope of the leaky ReLU: one where z is positive, else small."),
    "linear": N_("Then the slope of the identity, which is one."),
}
#: Letters of the equations and of the sum, whose limits are small, as multiples of the least.
_EM, _LARGE = 9 / 8, 4 / 3
#: Room between rows at least and at most, in ems.
_AIR, _ROOMY = 1 / 6, 3 / 4


class OutputCase(Chapter):
    """The weight into an output neuron: three factors, the first two of them named δ; the rules for weight and bias."""

    title = N_("A neuron of the output layer")
    example_lesson = "output_and_hidden"

    class Parameters(BaseParameters):
        """Which weight."""

        weight: ParameterName = Field("w[L][0][0]", description="The weight of the last layer that the numbers are of.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        of_all = self.softmax and self.trace.cost.function != "cross_entropy"
        words = {
            "way": self.tr(
                "Take a weight into an output neuron. It moves z, z moves the activation, "
                "and that moves the loss: three factors."
            )
            if not self.softmax
            else self.tr(
                "Take a weight into an output neuron. It moves z, and z moves the outputs and the loss: two factors."
            ),
            "first": self.tr(_OF_THE_COST["softmax" if of_all else self.trace.cost.function]),
        }
        if not self.softmax:
            words["second"] = self.tr(_OF_THE_ACTIVATION[self.trace.network.activations[-1]])
        return words | {
            "sum": self.tr(
                "And z is a sum. Only one of its terms holds this weight, so of the whole sum "
                "only the activation that it multiplies is left."
            ),
            "delta": self.tr(
                "What stands before that activation belongs to the output neuron alone. "
                "{@called} It is called delta: the derivative of the loss with respect to z."
            ),
            "rules": self.tr(
                "So the weight's derivative is delta times the activation it comes from. "
                "{@bias} The bias multiplies one, so its derivative is delta itself."
            ),
            "numbers": self.tr(
                "For this example, delta is %(delta)s, and the derivative is %(derivative)s.",
                delta=as_drawn(self.delta, self.numbers[0]),
                derivative=as_drawn(self.whole, self.numbers[1]),
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule, its factors, delta and the two rules, for all neurons at once, and for one weight."""
        weight = parameter_of(view.trace, parameters.weight)
        general = Factors.of(view.trace, weight).of_any
        i, j = general.source.indices[2], general.source.indices[1]
        L = view.trace.L
        pairs = list(zip(general.each, general.computed, strict=True))
        rules = [
            Equation(general.whole, general.product),
            *(Equation(factor, computed) for factor, computed in pairs),
            *general.definitions[:1],
            Equation(delta(L, j), general.rest),
            Equation(general.whole, delta(L, j) * a(L - 1, i)),
            Equation(d(C, b(L, j)), delta(L, j)),
        ]
        own = Factors.of(view.trace, weight)
        slope = [general.slope] if general.slope is not None else []
        at = own.chain
        return [
            *rules,
            *slope,
            Equation(own.whole, delta(L, at.neurons[-1]) * at.a(L - 1)),
            Equation(delta(L, at.neurons[-1]), own.rest),
        ]

    def construct(self) -> None:
        """From the chain rule to δ, and to two rules."""
        self.open_with(coming=[self.diagram])
        self.go_the_way()
        self.take_the_first_factor()
        if not self.softmax:
            self.take_the_second_factor()
        self.look_into_the_sum()
        self.name_delta()
        self.state_the_rules()
        self.put_in_numbers()

    def go_the_way(self) -> None:
        """The weight lights up, a pulse runs to the loss, and the chain rule comes."""
        with self.beat("way"):
            edges = [e for weight, e in self.diagram.edges.items() if weight != self.weight]
            fading = [edge.animate.set_stroke(opacity=self.theme.dim) for edge in edges]
            self.play(*fading, FadeIn(self.names), run_time=1.2)
            self.play(flashed(self.diagram.edge(self.weight), self.theme.highlight), run_time=1.4)
            self.play(FadeIn(self.chain_rule), run_time=1.5)

    def take_the_first_factor(self) -> None:
        """From the loss to the activation."""
        self.compute("first", len(self.general.each) - 1)

    def take_the_second_factor(self) -> None:
        """From the activation to z."""
        self.compute("second", 1)

    def compute(self, beat: str, at: int) -> None:
        """A factor of the chain rule lights up, and its row is written."""
        factor, row = self.general.each[at], self.rows[at]
        with self.beat(beat):
            there = self.chain_rule.leaf(factor, side=1)
            self.play(Indicate(there, color=None, scale_factor=1.2), run_time=1)
            self.play(TransformFromCopy(there, row.leaf(factor, side=0)), FadeIn(row.relation(1)), run_time=1)
            for side in range(1, len(row.sides)):
                sign = [FadeIn(row.relation(side))] if side > 1 else []
                self.play(*sign, FadeIn(row.side(side), shift=0.15 * LEFT), run_time=1)
            self.add(row)

    def look_into_the_sum(self) -> None:
        """Z as a sum, and what is left of it."""
        with self.beat("sum"):
            self.play(FadeIn(self.weighted_sum), run_time=1.4)
            body = self.weighted_sum.side(1)
            self.play(Indicate(body, color=None, scale_factor=1.08), run_time=1.2)
            row, factor = self.rows[0], self.general.each[0]
            there = self.chain_rule.leaf(factor, side=1)
            self.play(TransformFromCopy(there, row.leaf(factor, side=0)), FadeIn(row.relation(1)), run_time=1)
            self.play(FadeIn(row.side(1), shift=0.15 * LEFT), run_time=1)
            self.add(row)

    def name_delta(self) -> None:
        """The factors without the last are δ."""
        with self.beat("delta"):
            leaving = [FadeOut(part, run_time=0.8) for part in (*self.rows, self.weighted_sum)]
            coming = gathered(self.results[0], 1, self.rows[1:])
            self.play(*leaving, Morph(None, self.results[0], from_elsewhere=coming, run_time=2.2))
            neuron = self.diagram.neuron(self.own.chain.a(self.trace.L))
            self.play(Indicate(neuron, color=None, scale_factor=1.12), run_time=1)
            self.wait_until("called")
            self.play(Indicate(self.results[0].side(0), color=None, scale_factor=1.3), run_time=1.2)

    def state_the_rules(self) -> None:
        """The rules for the weight and for the bias."""
        with self.beat("rules"):
            for_weight, for_bias = self.rules
            self.play(FadeIn(for_weight, shift=0.15 * UP), run_time=1.4)
            self.wait_until("bias")
            self.play(FadeIn(for_bias, shift=0.15 * UP), run_time=1.4)

    def put_in_numbers(self) -> None:
        """The same for the weight in the picture, in numbers."""
        with self.beat("numbers"):
            for formula in self.numbers:
                self.play(FadeIn(formula, shift=0.15 * UP), run_time=1.2)

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def weight(self) -> Variable:
        """The weight that is lit."""
        return self.parameter(self.parameters.weight)

    @cached_property
    def own(self) -> Factors:
        """The factors of that weight."""
        return Factors.of(self.trace, self.weight)

    @cached_property
    def general(self) -> Factors:
        """The factors of any weight from i to j."""
        return self.own.of_any

    @property
    def softmax(self) -> bool:
        """Whether the outputs are tied together."""
        return self.own.softmax

    @property
    def whole(self) -> Expression:
        """The derivative of the loss by the weight."""
        return self.own.whole

    @property
    def delta(self) -> Variable:
        """δ of the weight's neuron."""
        return delta(self.trace.L, self.own.chain.neurons[-1])

    @cached_property
    def fitting(self) -> tuple[float, Style]:
        """Letters and style of the equations: the first in which all can be read, else the largest."""
        return readable(self.largest)

    def largest(self, style: Style) -> float:
        """The largest letters in this style that let the chain rule and what comes below it stand there."""
        most = self.stage.least_em * _EM
        parts = self.write_rows(most, style), self.write_results(most, style)
        wholes = [column([self.write_chain_rule(most, style), *below], most) for below in parts]
        return most * min(1.0, *(self.writing.share(whole.width, whole.height) for whole in wholes))

    @property
    def writing(self) -> Region:
        """Where the equations stand."""
        if not self.stage.stacked:
            return self.stage["right"].column(-0.04, 1.0)
        return self.stage["body"].band(0.0, 0.66 if self.stage.square else 0.56)

    @property
    def pictured(self) -> tuple[Region, Region]:
        """Where the network stands, and below it the sum."""
        if self.stage.square:
            return self.stage["body"].band(0.81, 0.97), self.stage["body"].band(0.66, 0.805)
        if self.stage.stacked:
            return self.stage["body"].band(0.74, 0.96), self.stage["body"].band(0.58, 0.73)
        return self.stage["diagram"].band(0.36, 0.92), self.stage["body"].column(0.0, 0.47).band(0.0, 0.33)

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network."""
        return NetworkDiagram(self.view, self.pictured[0].column(0.0, 0.96), keep=[self.weight])

    @cached_property
    def names(self) -> VGroup:
        """i, j and the weight from one to the other, at their places."""
        layer, j, k = (index for index in self.weight.indices if isinstance(index, int))
        source = self.general.source
        signs = [
            (a(layer - 1, source.indices[2]), self.diagram.neuron(a(layer - 1, k))),
            (a(layer, source.indices[1]), self.diagram.neuron(a(layer, j))),
        ]
        found = VGroup()
        for variable, neuron in signs:
            sign = self._sign(variable)
            sides = [sign.next_to(neuron, way, buff=0.12).get_center() for way in (UP, DOWN)]
            found.add(first_clear(sign, sides, Obstacles([*self.diagram.neurons(), *found])))
        sign = self._sign(source).next_to(self.diagram.edge(self.weight).get_center(), UP, buff=0.2)
        room = self.stage["body"]
        return found.add(pushed(sign, UP, Obstacles([*self.diagram.neurons(), *found]), room))

    def _sign(self, variable: Variable) -> Typeset:
        view = self.view
        return Typeset(
            f"${view.notation.variable(variable, view.net)}$", em=self.stage.least_em, colour=view.colour(variable)
        )

    @cached_property
    def chain_rule(self) -> Formula:
        """∂L/∂w as a product."""
        return self.stage.place(self.write_chain_rule(*self.fitting), self.writing, across=0.0, up=1.0)

    def write_chain_rule(self, em: float, style: Style) -> Formula:
        """The same, not yet in its place; on one line its derivatives would be too wide."""
        general, upright = self.general, replace(style, inline=False)
        return Formula(self.view, general.whole, general.product, em=em, style=upright)

    def stand_below(self, written: Sequence[Mobject]) -> None:
        """Put these below the chain rule, with as much room between them as there is, within bounds."""
        em = self.fitting[0]
        free = self.writing.height - self.chain_rule.height - sum(one.height for one in written)
        gap = float(np.clip(free / len(written), _AIR * em, _ROOMY * em))
        stack = column(written, em, gap / em)
        stack.next_to(self.chain_rule, DOWN, buff=gap, aligned_edge=LEFT)

    @cached_property
    def rows(self) -> list[Formula]:
        """What each factor is, in the order of the way; the first is written last."""
        written = self.write_rows(*self.fitting)
        self.stand_below(written)
        return written[::-1]

    def write_rows(self, em: float, style: Style) -> list[Formula]:
        """The same from top to bottom, not yet in their places."""
        general, found = self.general, []
        for at, (factor, computed) in enumerate(zip(general.each, general.computed, strict=True)):
            sides: list[Expression] = [factor, computed]
            if factor.by.symbol == "a" and self.trace.cost.function == "half_squared_error":
                j = general.source.indices[1]
                sides[1:1] = [Negative(y(j) - a(self.trace.L, j))]
            if at == 1 and general.slope is not None:
                sides.append(general.slope.right)
            found.append(Formula(self.view, *sides, em=em, style=style))
        return found[::-1]

    @cached_property
    def weighted_sum(self) -> Formula:
        """Z as a sum."""
        (claim, *_) = self.general.definitions
        room, size = self.pictured[1], _LARGE * self.stage.least_em
        how = {"em": size, "width": room.width, "height": room.height}
        return self.stage.place(Formula.fitting(self.view, claim.left, claim.right, **how), room)

    @property
    def rules(self) -> list[Formula]:
        """∂L/∂w and ∂L/∂b by δ."""
        return self.results[1:3]

    @property
    def numbers(self) -> list[Formula]:
        """δ and the derivative of the one weight, in numbers."""
        return self.results[3:]

    @cached_property
    def results(self) -> list[Formula]:
        """What the chapter ends on, below the chain rule."""
        written = self.write_results(*self.fitting)
        self.stand_below(written)
        first, rules, *numbers = written
        return [first, *rules, *numbers]

    def write_results(self, em: float, style: Style) -> list[Any]:
        """The same, the two rules beside each other, not yet in their places."""
        view, L = self.view, self.trace.L
        i, j = self.general.source.indices[2], self.general.source.indices[1]
        factor = self.own.chain.a(L - 1)
        by_rule = self.delta * factor
        digits = [significant(view.value(q), view.decimals + 1) for q in (self.delta, self.own.whole)]
        in_numbers = Side(by_rule, frozenset({self.delta, factor}), digits[0])
        rows: list[tuple[Side | Expression, ...]] = [
            (delta(L, j), self.general.rest),
            (self.general.whole, delta(L, j) * a(L - 1, i)),
            (d(C, b(L, j)), delta(L, j)),
            (self.delta, Side.value(self.delta, digits[0])),
            (self.own.whole, in_numbers, Side.value(self.own.whole, digits[1])),
        ]
        found = [Formula(view, *row, em=em, style=style) for row in rows]
        return [found[0], VGroup(*found[1:3]).arrange(RIGHT, buff=1.2 * em), *found[3:]]


def column(written: Sequence[Mobject], em: float, gap: float = _AIR) -> VGroup:
    """These below each other, flush left, with so many ems between them."""
    return VGroup(*written).arrange(DOWN, buff=gap * em, aligned_edge=LEFT)
