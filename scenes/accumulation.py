"""Accumulation: what each example says of a layer's weights is added up, and becomes the gradient of the whole cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    VGroup,
)
from pydantic import Field

from bp_core import averages, vectorised
from bp_core.equations import Equation
from bp_core.matrices import Accumulated, MatrixExpression, Outer, Slopes
from bp_core.nodes import Expression, Number, SumOver, Symbol
from bp_core.quantities import J, Variable, d, w
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.batch import EXAMPLES, PENALTY
from scenes.kit.chapter import Unsuited
from scenes.kit.layerwise import Layerwise
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.matrix_formula import ENTRIES, MatrixFormula
from scenes.kit.parameters import BaseParameters, Range, Whole
from scenes.kit.pictures.counter import Counter
from scenes.kit.pictures.forward import turned
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.matrix import MatrixLine
from scenes.kit.pictures.outer import OuterProduct
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Examples that are added one by one, and those up to which the sum can be seen to run.
_SLOWLY, _RUNNING = 2, 60
#: How many of the running sums are shown.
_SUMS = 14


class Accumulation(Layerwise):
    """Error times activation, example after example, adds up to Δ; divided by their number it is the gradient."""

    title = N_("Adding up over all examples")

    class Parameters(BaseParameters):
        """Which weights."""

        layer: Annotated[Whole, Range(1)] | None = Field(
            None,
            description="The layer whose incoming weights are shown; the input is 0, else the last.",
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """A layer that the network has."""
        if parameters.layer is None or parameters.layer <= lesson.network.L:
            return None
        told = tr("expected a layer, %(most)s at most; got %(got)s", most=lesson.network.L, got=parameters.layer)
        return Unsuited(told, "layer")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "outer": self.tr(
                "An error, times the activation at the start of an edge: "
                "that is how this example's cost changes with the weight. A column times a row gives all of them."
            ),
            "add": self.tr("Capital Delta begins at zero. The first example adds its share."),
            **({"more": self._more_words} if self.count > 1 else {}),
            "divide": self._divide_words,
            "gradient": self.tr(
                "And this is the gradient: each entry is the derivative of the whole cost, by one weight or one bias."
            ),
        }

    @property
    def _more_words(self) -> str:
        if self.count <= _SLOWLY:
            return self.tr("The other example runs through the network, and adds its own.")
        return self.tr(
            "Each further example runs forward and backward, and adds its own. At the end, all {m:d} are in."
        )

    @property
    def _divide_words(self) -> str:
        if not self.penalised:
            return self.tr("Divided by their number, it is an average: D.")
        return self.tr(
            "Now divide by their number. Weights first get the share of the penalty, "
            "lambda times the weight; biases do not."
        )

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """One example's share, the sum and the gradient."""
        trace = view.trace
        layer = parameters.layer or trace.L
        matrices = [vectorised.example_slopes(layer), vectorised.accumulation(layer, 0)]
        found = [entry for equation in matrices for entry in equation.entries(trace, ENTRIES)]
        theta = Slopes(layer)
        shown = [theta.parameter(0, 0), theta.parameter(0, None)]
        return [*found, *(averages.accumulation(trace, parameter) for parameter in shown)]

    def construct(self) -> None:
        """From one example to the gradient."""
        self.open_with(self.diagram, self.units)
        self.shown_example, self.now_share = self.trace.focus, VGroup()
        self.multiply_column_by_row()
        self.add_the_first()
        if self.count > 1:
            self.add_the_others()
        self.divide()
        self.call_it_the_gradient()

    def multiply_column_by_row(self) -> None:
        """δ times the activations before it, a row at a time."""
        outer = self.outer
        result = outer.result
        with self.beat("outer"):
            self.play(
                self.light_on(self.weights_into(self.layer)), self.ringed(self.layer, self.theme.error), run_time=1.0
            )
            self.play(FadeIn(self.slopes, shift=0.1 * UP), run_time=0.8)
            self.play(FadeIn(outer.column, outer.column_name, shift=0.2 * RIGHT), run_time=0.9)
            self.play(FadeIn(outer.row, outer.row_name, shift=0.2 * DOWN), run_time=0.9)
            self.play(FadeIn(result.brackets, result.dots), run_time=0.6)
            for j in result.rows.kept:
                self.play(outer.row_coming(j), run_time=1.5)

    def add_the_first(self) -> None:
        """The empty sum, then the first example in it."""
        share, total = self.share_line, self.sum_line
        empty, counter = total.pictures[0].showing(Accumulated(self.layer, upto=0)), self.counter(0)
        with self.beat("add"):
            self.play(FadeOut(self.outer, self.slopes), run_time=0.6)
            self.play(
                FadeIn(self.step, shift=0.1 * UP),
                FadeIn(total.pictures[0].brackets, total.pictures[0].dots, empty, *total.names, counter),
                FadeIn(share.pictures[0].brackets, share.pictures[0].dots, *share.names),
                run_time=1.2,
            )
            self.now_shown, self.now_counted = empty, counter
            self.add_up(0)

    def add_the_others(self) -> None:
        """The next one slowly, then all."""
        with self.beat("more"):
            for example in range(1, min(_SLOWLY, self.count)):
                self.add_up(example)
            if self.count > _SLOWLY:
                share = self.share_line
                around = share.pictures[0].brackets, share.pictures[0].dots
                self.play(FadeOut(*self.now_share, *around, *share.names), run_time=0.6)
                self.now_share = VGroup()
            for upto in self.running:
                self.change_to(Accumulated(self.layer, upto=upto), upto)
                self.wait(0.16)
            if self.count > _SLOWLY:
                self.change_to(Accumulated(self.layer), self.count)
                self.play(self.turned_to(self.trace.focus), run_time=0.6)

    def divide(self) -> None:
        """Δ becomes D, above it."""
        slopes = self.gradient_line.pictures[0]
        share, line = self.share_line, self.gradient_line
        with self.beat("divide"):
            around = share.pictures[0].brackets, share.pictures[0].dots
            leaving = [*around, *self.now_share, *share.names] if self.count <= _SLOWLY else []
            self.play(FadeOut(self.step, self.now_counted, *leaving), run_time=0.8)
            self.play(LaggedStart(*(FadeIn(rule, shift=0.1 * UP) for rule in self.rules), lag_ratio=0.7), run_time=2.0)
            self.play(FadeIn(slopes.brackets, slopes.dots, *line.names), run_time=0.7)
            sums = dict(zip(self.sum_line.pictures[0].cells, self.now_shown, strict=True))
            rising = [FadeIn(entry, target_position=sums.get(at, entry)) for at, entry in slopes.cells.items()]
            self.play(LaggedStart(*rising, lag_ratio=0.1), run_time=2.4)
            # Of a large matrix the entry may be one of those left out.
            lit = [Indicate(cell, color=self.theme.highlight) for at, cell in slopes.cells.items() if at == (0, 0)]
            self.play(FadeIn(self.example_of_it, shift=0.1 * UP), *lit, run_time=1.0)

    def call_it_the_gradient(self) -> None:
        """D is ∂J/∂Θ, and each entry belongs to an edge."""
        slopes = self.gradient_line.pictures[0]
        with self.beat("gradient"):
            self.play(FadeOut(self.rules, self.example_of_it), run_time=0.6)
            self.play(FadeIn(self.claim, shift=0.1 * UP), run_time=1.0)
            self.play(Indicate(slopes.entries, color=self.theme.highlight, scale_factor=1.05), run_time=1.2)
            self.play(FadeIn(self.glow), self.whole_again(), run_time=1.4)

    # -- moves -----------------------------------------------------------------

    def add_up(self, example: int) -> None:
        """An example's share comes, and goes into the sum."""
        own = self.share_line.pictures[0].showing(Outer(self.layer, example))
        if example != self.shown_example:
            self.play(self.turned_to(example), run_time=1.0)
        self.play(FadeIn(own), *([FadeOut(self.now_share)] if len(self.now_share) else []), run_time=0.8)
        self.now_share = own
        share, total = self.share_line.pictures[0].cells, self.sum_line.pictures[0].cells
        # Of large matrices the two may show different entries.
        going = [(value, total[at]) for at, value in zip(share, own, strict=True) if at in total]
        self.play(*(FadeOut(value.copy(), target_position=place) for value, place in going), run_time=1.0)
        self.change_to(Accumulated(self.layer, upto=example + 1), example + 1)
        self.wait(0.4)

    def turned_to(self, example: int) -> AnimationGroup:
        """The network computes another example."""
        view = replace(self.view, trace=self.trace.with_focus(example))
        self.shown_example = example
        return AnimationGroup(*(turned(self.diagram, layer, view) for layer in range(self.trace.L + 1)))

    def change_to(self, matrix: Accumulated, count: int) -> None:
        """The sum and the counter show what they have come to."""
        fresh, counter = self.sum_line.pictures[0].showing(matrix), self.counter(count)
        self.remove(self.now_shown, self.now_counted)
        self.add(fresh, counter)
        self.now_shown, self.now_counted = fresh, counter

    # -- what is shown ---------------------------------------------------------

    @property
    def layer(self) -> int:
        """The layer whose incoming weights are looked at."""
        return int(self.parameters.layer or self.trace.L)

    @property
    def count(self) -> int:
        """How many examples there are."""
        return len(self.trace.examples)

    @property
    def penalised(self) -> bool:
        """Whether large weights cost."""
        return bool(self.trace.cost.l2)

    @property
    def running(self) -> list[int]:
        """After how many examples the sum is shown."""
        last = min(self.count, _RUNNING)
        step = max(1, (last - _SLOWLY) // _SUMS)
        return list(range(_SLOWLY + 1, last + 1, step))

    def counter(self, upto: int) -> Counter:
        """How many examples are in the sum, of how many."""
        return self.stage.place(
            Counter(self.view, self.tr("examples"), Number(upto), EXAMPLES), self.rooms["foot"], up=0.75
        )

    @cached_property
    def slopes(self) -> MatrixFormula:
        """What one example says, in symbols."""
        equation = vectorised.example_slopes(self.layer)
        formula = MatrixFormula(self.view, equation.left, equation.right, em=0.62)
        return self.stage.place(formula, self.rooms["formula"])

    @cached_property
    def outer(self) -> OuterProduct:
        """The same in numbers."""
        em, decimals = self.stage.least_em, self.view.decimals + 1
        return OuterProduct(self.view, Outer(self.layer), self.rooms["outer"], name=em, decimals=decimals)

    @cached_property
    def step(self) -> MatrixFormula:
        """Δ ← Δ + δ aᵀ."""
        equation = vectorised.accumulation(self.layer, 0)
        formula = MatrixFormula(self.view, equation.left, equation.right, em=0.66, relation="←")
        return self.stage.place(formula, self.rooms["formula"])

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """What is added stands above the sum, the counter below."""
        rooms = super().rooms
        work = rooms["work"]
        formula, foot = work.band(0.81, 1.0), work.band(0.0, 0.19)
        upper, lower = work.band(0.53, 0.775), work.band(0.235, 0.48)
        if self.stage.square:
            # There the sum stands beside what is added to it.
            line = work.band(0.27, 0.735)
            formula, foot = work.band(0.74, 1.0), work.band(0.0, 0.26)
            upper, lower = line.column(0.52, 1.0), line.column(0.0, 0.48)
        sums = {"formula": formula, "upper": upper, "lower": lower, "foot": foot}
        return {**rooms, "outer": work.band(0.1, 0.7 if self.stage.square else 0.78), **sums}

    @cached_property
    def share_line(self) -> MatrixLine:
        """The place for what an example adds."""
        shares = [Outer(self.layer, example) for example in range(min(_SLOWLY, self.count))]
        return self.over_the_sum(Outer(self.layer, 0), shares)

    @cached_property
    def sum_line(self) -> MatrixLine:
        """The place for the sum; the sum of all is the widest."""
        return self.line(Accumulated(self.layer), "lower", self.sums)

    @property
    def sums(self) -> list[MatrixExpression]:
        """What stands there in turn."""
        slowly = range(min(_SLOWLY, self.count) + 1)
        return [Accumulated(self.layer, upto=upto) for upto in (*slowly, *self.running)]

    @cached_property
    def gradient_line(self) -> MatrixLine:
        """D, above the sum."""
        return self.over_the_sum(Slopes(self.layer))

    def over_the_sum(self, matrix: MatrixExpression, turns: Sequence[MatrixExpression] = ()) -> MatrixLine:
        """A matrix above the sum: column over column, where they are as large, not side by side, and have room."""
        if self.stage.square:
            return self.line(matrix, "upper", turns)
        line = self.line(matrix, "upper", [*turns, *self.sums, Accumulated(self.layer)])
        upper, lower = (next(iter(each.pictures[0].cells.values())) for each in (line, self.sum_line))
        room = self.rooms["upper"]
        spare = min(0.0, room.left - line.get_left()[0]), max(0.0, room.right - line.get_right()[0])
        return line.shift(float(np.clip(lower.point - upper.point, *spare)) * RIGHT)

    def line(self, matrix: MatrixExpression, room: str, turns: Sequence[MatrixExpression] = ()) -> MatrixLine:
        """A matrix in its room, with its letter beside it; its columns have room for those that stand there in turn."""
        decimals = self.view.decimals + 1
        at = self.rooms[room]
        beside = not self.stage.square
        return MatrixLine(self.view, [matrix], at, decimals=decimals, beside=beside, shaped=False, turns=turns)

    @cached_property
    def rules(self) -> VGroup:
        """D = (Δ + λΘ)/m for a weight, Δ/m for a bias; one line where there is no penalty."""
        theta = Slopes(self.layer)
        chosen = [theta.parameter(0, 0), theta.parameter(0, None)] if self.penalised else [theta.parameter(0, 0)]
        rules = VGroup(*(self.rule(parameter) for parameter in chosen)).arrange(RIGHT, buff=0.6)
        return self.stage.place(rules, self.rooms["formula"])

    def rule(self, parameter: Variable) -> Formula:
        """One entry of D, by its definition."""
        right = averages.accumulation(self.trace, parameter).right
        written = {d(J, parameter): self.entry("D", parameter), _sum_in(right): self.entry("Delta", parameter)}
        formula = Formula(self.view, d(J, parameter), right, em=0.52, written=written)
        return self.tinted(formula, *written)

    def tinted(self, formula: Formula, *entries: Expression) -> Formula:
        """Entries of D and Δ in the colour of what they are derivatives of."""
        for entry in entries:
            formula.leaf(entry).set_fill(self.theme.cost)
        return formula

    def entry(self, letter: str, parameter: Variable) -> Symbol:
        """The symbol of an entry of D or Δ: that of its weight with another letter."""
        return Symbol(self.view.notation.entry(letter, parameter, self.view.net))

    @cached_property
    def example_of_it(self) -> Formula:
        """The first weight's entry in numbers."""
        parameter = w(self.layer, 0, 0)
        right = averages.accumulation(self.trace, parameter).right
        total = _sum_in(right)
        values = [total, parameter, PENALTY, EXAMPLES]
        written: dict[Expression, Expression] = {d(J, parameter): self.entry("D", parameter)}
        sides = Side.numbers(right, values), Side.value(d(J, parameter))
        formula = Formula(self.view, d(J, parameter), *sides, em=0.46, decimals=self.view.decimals + 1, written=written)
        return self.stage.place(self.tinted(formula, d(J, parameter), total), self.rooms["foot"])

    @cached_property
    def claim(self) -> Formula:
        """∂J/∂Θ = D."""
        parameter = w(self.layer, 0, 0)
        right = averages.accumulation(self.trace, parameter).right
        written: dict[Expression, Expression] = {right: self.entry("D", parameter)}
        formula = Formula(self.view, d(J, parameter), right, em=0.62, written=written)
        return self.stage.place(self.tinted(formula, *written), self.rooms["formula"])

    @cached_property
    def glow(self) -> Glow:
        """The size of each entry, on its edge."""
        return Glow(
            self.diagram,
            {weight: self.view.value(d(J, weight)) for weight in self.diagram.edges if weight.layer == self.layer},
            self.theme.cost,
        )


def _sum_in(expression: Expression) -> Expression:
    """Δ: the sum over the examples."""
    return next(node for node in expression.walk() if isinstance(node, SumOver))
