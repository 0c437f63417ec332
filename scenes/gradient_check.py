"""Gradient check: the derivatives of backpropagation beside differences of the cost itself, entry by entry."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    ShowPassingFlash,
    ValueTracker,
    VGroup,
    VMobject,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.gradient_check import Difference, check_gradients, two_sided
from bp_core.nodes import Expression, Number, Product, Symbol
from bp_core.quantities import J, Variable, d
from bp_core.sweep import sweep
from bp_script.language import N_
from scenes.kit.calculus.batch import parameter_count
from scenes.kit.chapter import parameter_of
from scenes.kit.layerwise import Layerwise, flashed
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import result_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName, Range
from scenes.kit.parameters import Number as RealNumber
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.plots.axes import Axis
from scenes.kit.plots.chord import Chord
from scenes.kit.plots.curve import Series
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

BACKPROPAGATION, DIFFERENCE, ERROR = 0, 1, 2
#: Digits of a cost, so many more than the step has.
_DIGITS = 4
#: The most rows of the table, and the most digits that are said to agree.
_ROWS, _AGREE = 7, 9
#: Points of the cost curve.
_SAMPLES = 121
_WHY = {
    "w": N_(
        "Is this gradient right? A derivative can also be measured. "
        "Here is the cost of all examples, as one weight changes."
    ),
    "b": N_(
        "Is this gradient right? A derivative can also be measured. "
        "Here is the cost of all examples, as one bias changes."
    ),
}
_QUOTIENT = {
    "w": N_(
        "So move the weight up by epsilon and compute the cost, move it down and compute it again. "
        "The difference, over two epsilon, is the slope."
    ),
    "b": N_(
        "So move the bias up by epsilon and compute the cost, move it down and compute it again. "
        "The difference, over two epsilon, is the slope."
    ),
}


class GradientCheck(Layerwise):
    """A weight up and down by ε, the cost computed anew each time: the quotient stands beside D, for every entry."""

    title = N_("Checking the gradient")

    class Parameters(BaseParameters):
        """Which parameter first, and how far."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias that is checked first.")
        epsilon: Annotated[RealNumber, Range(0, above=True)] = Field(1e-4, description="How far it is moved each way.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        kind = self.variable.symbol
        return {
            "why": self.tr(_WHY[kind]),
            "move": self.tr(
                "Take a point to the right and one to the left. Their chord has a slope of its own. "
                "As they close in, it becomes the slope of the curve."
            ),
            "quotient": self.tr(_QUOTIENT[kind]),
            "compare": self.tr(
                "Backpropagation says %(derivative)s. {@difference} The difference says %(difference)s.",
                derivative=as_drawn(d(J, self.variable), self.table),
                difference=as_drawn(quotient(self.first), self.table),
            ),
            "others": self.tr("And so for the other weights and biases, entry by entry."),
            "verdict": self.tr(
                "%(verdict)s {@runs} But each entry costs two runs through all the examples. "
                "{@once} So check once, then let backpropagation do the work.",
                verdict=self._verdict,
            ),
        }

    @property
    def _verdict(self) -> str:
        worst = max((check.error for check in self.all_checks), default=0.0)
        digits = min(_AGREE, math.floor(-math.log10(worst))) if worst else _AGREE
        if digits < 1:
            return self.tr("Not all of them agree: there is a kink nearby, or the numbers are too small to tell.")
        if digits == 1:
            return self.tr("All entries agree to at least one digit.")
        return self.tr(
            "All %(entries)s entries agree, to at least %(digits)s digits.",
            entries=f"{{{parameter_count(self.trace.sizes)}:d}}",
            digits=self.view.language.count(digits),
        )

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The quotient of the first entry."""
        check = two_sided(view.trace, parameter_of(view.trace, parameters.parameter), parameters.epsilon)
        return [Equation(quotient(check), Number(check.numeric))]

    def construct(self) -> None:
        """One entry in full, then the others."""
        self.open_with(self.diagram, self.units)
        self.ask()
        self.move_it()
        self.divide()
        self.compare()
        if len(self.rows) > 1:
            self.check_the_others()
        self.conclude()

    def ask(self) -> None:
        """Everything dims but one edge, and the cost is drawn over its weight."""
        with self.beat("why"):
            self.play(self.light_on(self.spoken_of), run_time=1.0)
            self.play(self.flash(self.variable), self.plot.drawn(), run_time=1.4)
            self.play(self.plot.growing(), run_time=2.0)

    def move_it(self) -> None:
        """Two points of the curve close in."""
        chord = self.chord
        with self.beat("move"):
            self.play(FadeIn(chord), self.flash(self.variable), run_time=1.2)
            chord.add_updater(Chord.follow)
            self.play(chord.distance.animate.set_value(self.parameters.epsilon), run_time=4.0)
            chord.remove_updater(Chord.follow)

    def divide(self) -> None:
        """The quotient, in symbols and in numbers."""
        formula = self.formula
        numbers = [formula.relation(1), formula.side(1), formula.relation(2), formula.side(2)]
        with self.beat("quotient"):
            self.play(FadeOut(self.plot, self.chord), run_time=0.7)
            self.play(FadeIn(formula.side(0), shift=0.1 * UP), run_time=1.2)
            self.wait(2)
            self.play(FadeIn(*numbers, shift=0.1 * UP), run_time=1.2)
            self.add(formula)

    def compare(self) -> None:
        """The quotient makes room for a table, and gives it its first row."""
        table, row, formula = self.table, self.variable, self.formula
        symbols, value = formula.side(0), VGroup(formula.relation(2), formula.side(2))
        # A number has no indices, so that it can be read in smaller letters.
        line = VGroup(symbols.copy(), value.copy().scale(0.75 if self.stage.stacked else 1)).arrange(RIGHT, buff=0.4)
        self.stage.place(line, self.rooms["symbols"])
        with self.beat("compare"):
            moves = zip((symbols, value), line, strict=True)
            fitting = (part.animate.scale(place.width / part.width).move_to(place) for part, place in moves)
            self.play(FadeOut(formula.relation(1), formula.side(1)), *fitting, run_time=0.9)
            self.play(Create(table.rule), *map(FadeIn, (*table.headings, table.symbols[row])), run_time=0.6)
            self.play(FadeIn(table.cell(row, BACKPROPAGATION)), run_time=0.6)
            self.wait_until("difference")
            self.play(Travel(formula.side(2), table.cell(row, DIFFERENCE)), run_time=1.2)
            self.play(FadeIn(table.cell(row, ERROR)), run_time=0.8)

    def check_the_others(self) -> None:
        """Row by row, each with a flash of its edge."""
        table = self.table
        with self.beat("others"):
            for row in self.rows[1:]:
                coming = [FadeIn(table.symbols[row]), *(FadeIn(cells[row]) for cells in table.cells)]
                self.play(self.flash(row), LaggedStart(*coming, lag_ratio=0.2), run_time=1.2)
            if len(table.more):
                self.play(FadeIn(table.more), run_time=0.6)

    def conclude(self) -> None:
        """The errors light up, and the network is whole again: two runs for an entry, one back for all."""
        with self.beat("verdict"):
            self.play(Indicate(self.table.column(ERROR), color=self.theme.highlight, scale_factor=1.05), run_time=1.4)
            self.play(self.whole_again(), run_time=1.2)
            self.wait_until("runs")
            layers, theme = range(1, self.trace.L + 1), self.theme
            for _ in range(2):
                there = (edge_pulse(self.diagram, layer, theme.activation) for layer in layers)
                self.play(LaggedStart(*there, lag_ratio=0.5), run_time=1.6)
            self.wait_until("once")
            back = (edge_pulse(self.diagram, layer, theme.cost, backward=True) for layer in reversed(layers))
            self.play(LaggedStart(*back, lag_ratio=0.5), run_time=2.0)

    def flash(self, parameter: Variable) -> ShowPassingFlash:
        """A light along a parameter's edge, if it is drawn."""
        return flashed(self.drawn(parameter), self.theme.highlight)

    def drawn(self, parameter: Variable) -> VMobject:
        """A weight's edge, or a bias's."""
        found = self.diagram.edges if parameter.symbol == "w" else self.units.edges
        return found.get(parameter, VMobject())

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter that is checked first."""
        return self.parameter(self.parameters.parameter)

    @cached_property
    def first(self) -> Difference:
        """Its check."""
        return self.check(self.variable)

    def check(self, parameter: Variable) -> Difference:
        """A parameter's derivative and its difference."""
        return two_sided(self.trace, parameter, self.parameters.epsilon)

    @cached_property
    def all_checks(self) -> list[Difference]:
        """Those of all entries, or of many of them, where the cost has no kink."""
        return [self.check(found.quantity.by) for found in check_gradients(self.trace)]

    @property
    def fine(self) -> int:
        """Digits of derivatives."""
        return self.view.decimals + _DIGITS

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """The quotient above, the table below."""
        rooms = super().rooms
        work = rooms["work"]
        two = {"symbols": work.band(0.815, 1.02), "formula": work.band(0.3, 0.85), "table": work.band(-0.01, 0.785)}
        if self.stage.square:
            two = {"symbols": work.band(0.74, 1.0), "formula": work.band(0.1, 0.85), "table": work.band(0.0, 0.7)}
        return {**rooms, **two, "plot": work.band(0.05, 0.95)}

    @property
    def spoken_of(self) -> Sequence[Variable]:
        """The parameter."""
        return [self.variable]

    @cached_property
    def plot(self) -> Plot:
        """The cost of all examples over the parameter."""
        here = self.view.value(self.variable)
        xs = here + np.linspace(-1, 1, _SAMPLES) * self.reach
        ys = sweep(self.trace, self.variable, xs, J)
        across, up = Axis(Scale.holding(xs, room=0.0), self.variable), Axis(Scale.holding(ys), J)
        return Plot(self.view, self.rooms["plot"], [Series(xs, ys, self.theme.cost)], across, up)

    @property
    def reach(self) -> float:
        """How far the plot reaches to both sides."""
        return max(1.0, abs(self.view.value(self.variable)))

    @cached_property
    def chord(self) -> Chord:
        """Its chord, wide at first."""
        far = ValueTracker(self.reach * 2 / (1 + 2))
        return Chord(self.view, self.plot.axes, self.variable, far, self.theme.ink)

    @cached_property
    def formula(self) -> Formula:
        """The quotient in symbols, in numbers and its value."""
        check, notation, net = self.first, self.view.notation, self.view.net
        cost, parameter = notation.variable(J, net), notation.variable(self.variable, net)
        above, below = _costs(check)
        written: dict[Expression, Expression] = {
            above: Symbol(f"{cost}({parameter} + epsilon)"),
            below: Symbol(f"{cost}({parameter} - epsilon)"),
            Number(check.step): Symbol("epsilon"),
        }
        whole = quotient(check)
        more = _DIGITS + max(0, math.ceil(-math.log10(check.step)))
        numbers = Side(whole, frozenset({above, below, Number(check.step)}), more)
        digits = dict.fromkeys(numbers.values, more)
        sides = (
            whole,
            numbers,
            Side.value(whole, result_decimals(self.view, whole, digits, self.fine, self.view.decimals)),
        )
        formula = Formula(self.view, *sides, em=0.6, decimals=self.fine, written=written)
        lower = VGroup(formula.relation(1), formula.side(1), formula.relation(2), formula.side(2))
        lower.next_to(formula.side(0), DOWN, buff=0.5, aligned_edge=LEFT)
        room = self.rooms["formula"]
        if lower.width * READABLE_EM > room.width * formula.em:
            value = VGroup(formula.relation(2), formula.side(2))
            value.next_to(VGroup(formula.relation(1), formula.side(1)), DOWN, buff=0.3, aligned_edge=LEFT)
        return self.stage.place(formula, room)

    @cached_property
    def rows(self) -> list[Variable]:
        """The first one, and others from all over the network, as many as there is room for."""
        everything = list(self.trace.network.parameters())
        room = ValueTable.room(self.view, everything, self.rooms["table"], least=self.stage.least_em)
        count = min(len(everything), _ROWS, max(1, room - (len(everything) > room)))
        others = [parameter for parameter in everything if parameter != self.variable]
        step = len(others) / max(1, count - 1)
        return [self.variable, *(others[int(n * step)] for n in range(count - 1))]

    @cached_property
    def table(self) -> ValueTable:
        """A line for each: both derivatives, and how far they are apart."""
        slopes = [self.view.value(d(J, row)) for row in self.rows]
        digits = decimals_for(slopes, self.fine)
        checks, ink = {row: self.check(row) for row in self.rows}, self.theme.ink
        columns = [
            Column(
                self.tr("backpropagation"),
                self.view,
                lambda row: d(J, row),
                digits,
                signed=True,
                colour=self.theme.cost,
            ),
            Column(
                self.tr("difference"), self.view, lambda row: quotient(checks[row]), digits, signed=True, colour=ink
            ),
            Column(self.tr("relative error"), self.view, lambda row: Number(checks[row].error), 1, colour=ink),
        ]
        return ValueTable(
            self.view,
            self.rows,
            columns,
            self.rooms["table"],
            least=self.stage.least_em,
            of=parameter_count(self.trace.sizes),
        )


def quotient(check: Difference) -> Expression:
    """The difference of two costs over twice the step."""
    above, below = _costs(check)
    return (above - below) / (2 * Number(check.step))


def _costs(check: Difference) -> tuple[Expression, Expression]:
    """Both costs, to be told apart even where they are the same."""
    return Number(check.above), Product((Number(check.below),))
