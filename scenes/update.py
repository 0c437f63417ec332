"""Update: every weight and bias steps against its derivative, and the forward pass runs again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any

from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Constant, Expression, New
from bp_core.quantities import J, Variable
from bp_core.training import Training
from bp_script.names import parse_quantity
from scenes.kit.batch import Batch, parameter_count, with_training
from scenes.kit.chain import Chain
from scenes.kit.chapter import Chapter
from scenes.kit.diagram import NetworkDiagram
from scenes.kit.formula import Formula, Side
from scenes.kit.forward import edge_pulse, forward_pass, turned
from scenes.kit.number import Value
from scenes.kit.parameters import BaseParameters, Number, ParameterName, Range
from scenes.kit.rewrite import Rewrite
from scenes.kit.stage import Region
from scenes.kit.table import Column, ValueTable
from scenes.kit.travel import Travel
from scenes.kit.typesetting import Typeset
from scenes.kit.view import View

_BEFORE, _GRADIENT, _AFTER = 0, 1, 2
#: The most digits more than the lesson's for small steps to be seen.
_MORE_DIGITS = 3
#: How many parameters a network may have for each to be named in the diagram.
_NAMED = 12

#: How many steps are shown at most.
_STEPS = 4
_AND_SO_ON = "Do it again and again, and the network learns. That is gradient descent."

ETA = Constant("eta")


class Update(Chapter):
    """All parameters step at once, w ← w − η ∂C/∂w, in a table; the forward pass runs again, cost before and after."""

    title = "Every weight and bias takes a step"

    class Parameters(BaseParameters):
        """Which step, and how far."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose step is worked out.")
        learning_rate: Annotated[Number, Range(0, above=True)] | None = Field(
            None, description="The learning rate, if not that of the lesson's training."
        )

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        w, slope = self.variable, self.batch.derivative(self.variable)
        kind = "weight" if w.symbol == "w" else "bias"
        words = {
            "before": "Here is the network with its weights and biases, as they are now.",
            "gradient": "Backpropagation has given each of them its derivative: how fast "
            f"{self.spoken_cost} grows as it grows.",
        }
        if self.plain:
            words["rule"] = (
                "The cost should fall, so each of them steps the other way: minus its derivative, "
                "times a learning rate that says how long the steps are."
            )
            words["one"] = (
                f"For this {kind}: {{{w}}}, minus {{eta}} times {{{slope}:.4f}}, makes {{new({w}):.{self.decimals}f}}."
            )
            words["all"] = "All others do the same at the same moment, each by its own derivative."
        else:
            words["all"] = (
                "Each takes a step the other way. How far, "
                f"the optimizer {self.training.optimizer} works out from these derivatives."
            )
        words["forward"] = "With the new values, the forward pass runs again, layer by layer."
        words["cost"] = f"The cost {self.verdict}"
        words["again"] = _AND_SO_ON
        return words

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The rule, for the parameter it is worked out for."""
        training = training_of(view, parameters.learning_rate)
        if training is None or training.optimizer != "sgd":
            return []
        view = replace(view, trace=with_training(view.trace, training))
        variable = parse_quantity(parameters.parameter, view.trace.L)
        if not isinstance(variable, Variable):
            return []
        return [Equation(New(variable), stepped(Batch.next(view), variable))]

    def construct(self) -> None:
        """From the old values to the new ones, and to the new cost."""
        self.open_with(self.diagram)
        self.list_the_parameters()
        self.add_the_gradient()
        if self.plain:
            self.state_the_rule()
            self.work_out_one()
        self.step_all_at_once()
        self.run_forward_again()
        self.compare_costs()
        if self.next_steps:
            self.go_on()

    def list_the_parameters(self) -> None:
        """Symbols and values leave the network for the table."""
        table = self.table
        with self.beat("before"):
            self.play(FadeIn(self.labels, lag_ratio=0.1), run_time=1)
            rows = [self.entering(row) for row in table.rows]
            self.play(
                Create(table.rule),
                FadeIn(table.headings[_BEFORE]),
                LaggedStart(*rows, lag_ratio=0.15),
                FadeIn(table.more),
                run_time=2.4,
            )

    def add_the_gradient(self) -> None:
        """The derivatives come into the table, with the cost that they are derivatives of."""
        table = self.table
        with self.beat("gradient"):
            self.play(FadeIn(table.headings[_GRADIENT]), run_time=0.6)
            for layer in range(self.trace.L, 0, -1):
                found = [table.cell(row, _GRADIENT) for row in table.rows if row.layer == layer]
                pulse = edge_pulse(self.diagram, layer, self.theme.cost, backward=True)
                arriving = LaggedStart(*(FadeIn(value, shift=RIGHT * 0.2) for value in found), lag_ratio=0.2)
                self.play(LaggedStart(pulse, arriving, lag_ratio=0.5), run_time=4 / self.trace.L)
            self.play(FadeIn(self.costs[:2], shift=UP * 0.1), run_time=1)
            self.play(Indicate(self.costs[0], color=self.theme.cost))

    def state_the_rule(self) -> None:
        """The rule in symbols, for one row."""
        table = self.table
        with self.beat("rule"):
            self.play(table.dimmed([self.variable], [_BEFORE, _GRADIENT]), run_time=0.8)
            self.play(LaggedStart(*self.in_order_of_speech, lag_ratio=0.6), run_time=4)
            self.wait(0.6)
            self.play(FadeIn(self.rule.leaf(ETA), shift=DOWN * 0.3), run_time=0.8)
            self.play(Indicate(self.rule.leaf(ETA), color=self.theme.highlight))
            self.add(self.rule)

    @property
    def in_order_of_speech(self) -> list[Animation]:
        """The rule's pieces as they are named; the learning rate comes last, by itself."""
        rule, row = self.rule, self.variable
        step = rule.side(1)
        old, rate = rule.leaf(row, 1), rule.leaf(ETA)
        named = {id(glyph) for glyph in VGroup(old, rate).get_family()}
        slope = VGroup(*(glyph for glyph in step.get_family() if len(glyph.points) and id(glyph) not in named))
        symbol = self.table.symbols[row]
        return [
            Travel(symbol, rule.side(0)),
            FadeIn(rule.relation(1)),
            Travel(symbol, old),
            FadeIn(slope, shift=UP * 0.1),
        ]

    def work_out_one(self) -> None:
        """The row's values take their places in the rule, and the result goes back to the row."""
        table, row, values = self.table, self.variable, self.values
        slope = self.batch.derivative(row)
        sources = [
            (table.cell(row, _BEFORE), values.leaf(row, 0)),
            (self.rule.leaf(ETA), values.leaf(ETA, 0)),
            (table.cell(row, _GRADIENT), values.leaf(slope, 0)),
        ]
        arriving = {id(glyph) for _, target in sources for glyph in target.get_family()}
        rest = VGroup(*(g for g in values.side(0).get_family() if len(g.points) and id(g) not in arriving))
        with self.beat("one"):
            self.play(
                LaggedStart(*(Travel(source, target) for source, target in sources), lag_ratio=0.5),
                FadeIn(rest),
                run_time=2.4,
            )
            self.play(FadeIn(VGroup(values.relation(1), values.side(1)), shift=RIGHT * 0.15), run_time=0.8)
            self.add(values)
            self.play(
                FadeIn(table.headings[_AFTER]),
                Travel(values.leaf(New(row), 1), table.cell(row, _AFTER)),
                run_time=1.2,
            )

    def step_all_at_once(self) -> None:
        """Every other value becomes its new one, in the table and in the network."""
        table = self.table
        others = [row for row in table.rows if not (self.plain and row == self.variable)]
        with self.beat("all"):
            shown = [_BEFORE, _GRADIENT]
            self.play(table.dimmed(table.rows, shown), FadeIn(table.headings[_AFTER]), run_time=0.6)
            self.play(
                *(FadeIn(table.cell(row, _AFTER), shift=RIGHT * 0.5) for row in others),
                self.diagram.strengthened(self.after),
                *(Rewrite(label[1], self.after) for label in self.labels),
                run_time=2,
            )

    def run_forward_again(self) -> None:
        """Layer by layer the network takes on its new activations."""
        with self.beat("forward"):
            for layer in forward_pass(self.diagram, self.after):
                self.play(layer)

    def compare_costs(self) -> None:
        """The cost before and after."""
        with self.beat("cost"):
            self.play(FadeIn(self.costs[2:], shift=RIGHT * 0.2), run_time=1)

    def go_on(self) -> None:
        """The next steps of the lesson's training, each in one go."""
        with self.beat("again"):
            if self.plain:
                self.play(FadeOut(self.values), run_time=0.5)
            for step in self.next_steps:
                now, then = self.view.at_step(step), self.view.at_step(step + 1)
                self.play(
                    self.table.rewritten(now, now, then),
                    self.diagram.strengthened(then),
                    *(turned(self.diagram, layer, then) for layer in range(1, self.trace.L + 1)),
                    *(Rewrite(label[1], then) for label in self.labels),
                    Rewrite(self.costs[1], now),
                    Rewrite(self.costs[3], then),
                    run_time=1,
                )
                self.wait(0.4)

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def view(self) -> View:
        """The lesson with the learning rate of this chapter; a batch of one example is the one in focus."""
        view = super().view
        training = training_of(view, self.parameters.learning_rate)
        if training is None:
            message = "expected training in the lesson, or this chapter's learning_rate; got neither"
            raise self.call.errors((), message)
        trace = with_training(view.trace, training)
        batch = Batch.next(replace(view, trace=trace))
        if batch.single and self.parameters.example is None:
            trace = trace.with_focus(batch.examples[0])
        return replace(view, trace=trace)

    @property
    def training(self) -> Training:
        """How the network is trained."""
        return self.view.trace.training or Training(self.parameters.learning_rate)

    @property
    def plain(self) -> bool:
        """Whether the step is the learning rate times the derivative and nothing else."""
        return self.training.optimizer == "sgd"

    @cached_property
    def variable(self) -> Variable:
        """The parameter whose step is worked out."""
        return self.parameter(self.parameters.parameter)

    @cached_property
    def batch(self) -> Batch:
        """What the step follows."""
        return Batch.next(self.view)

    @cached_property
    def after(self) -> View:
        """The network after the step."""
        return self.view.at_step(1)

    @property
    def spoken_cost(self) -> str:
        """The cost that the step follows, in words."""
        if self.batch.single:
            return "the cost of this example"
        return "the average cost of all examples" if self.batch.whole else "the average cost of this batch"

    @property
    def verdict(self) -> str:
        """What became of the cost."""
        cost = self.batch.cost
        before, after = (numbers.shown(cost, decimals=self.fine).text for numbers in (self.view, self.after))
        if before == after:
            return "stays where it was: with derivatives this small, there is hardly a step to take."
        if self.after.value(cost) > self.view.value(cost):
            return "rises: this step was too long."
        return "falls." if self.next_steps else f"falls. {_AND_SO_ON}"

    @property
    def next_steps(self) -> range:
        """The further steps that are shown: of the lesson's training, where all follow the same cost."""
        if not self.batch.whole or self.after.value(J) >= self.view.value(J):
            return range(0)
        return range(1, min(len(self.trace.steps) - 1, _STEPS))

    # -- what is shown -----------------------------------------------------------

    @property
    def fine(self) -> int:
        """Digits of derivatives and costs."""
        return self.view.decimals + 2

    @cached_property
    def decimals(self) -> int:
        """Digits of the parameters: enough to see each of them step, where that is possible."""
        least = self.view.decimals + 1
        for decimals in range(least, self.view.decimals + _MORE_DIGITS):
            if all(
                self.view.shown(p, decimals=decimals).text != self.after.shown(p, decimals=decimals).text
                for p in self.rows
            ):
                return decimals
        return least

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network."""
        return NetworkDiagram(self.view, self.stage["diagram"].band(0.4, 1.0))

    @cached_property
    def labels(self) -> VGroup:
        """Names and values at the edges and neurons, where the network is small."""
        parameters = list(self.trace.network.parameters())
        if len(parameters) > _NAMED or max(self.trace.network.sizes) > 1:
            return VGroup()
        labels = VGroup(*(self.diagram.parameter_label(p) for p in parameters))
        for label, parameter in zip(labels, parameters, strict=True):
            if parameter.symbol == "w":
                label.shift(UP * 0.35 * self.diagram.radius)
        return labels

    @property
    def table_region(self) -> Region:
        """Where the table stands."""
        return self.stage["right"].band(0.2, 1.0)

    @cached_property
    def rows(self) -> list[Variable]:
        """The parameters in the table: all, or as many as there is room for, of each layer some."""
        everything = list(self.trace.network.parameters())
        room = ValueTable.room(self.table_region)
        if len(everything) <= room:
            return everything
        chain = Chain.through(self.trace.network.sizes, self.variable)
        layers = range(chain.L, 0, -1)
        first = [self.variable, *(chain.w(layer) for layer in layers), *(chain.b(layer) for layer in layers)]
        chosen = list(dict.fromkeys([*first, *everything]))[: room - 1]
        return sorted(chosen, key=everything.index)

    @cached_property
    def table(self) -> ValueTable:
        """Before, gradient and after for each parameter."""
        columns = [
            Column("before", self.view, lambda p: p, self.decimals),
            Column("gradient", self.view, self.batch.derivative, self.fine, signed=True, colour=self.theme.cost),
            Column("after", self.after, lambda p: p, self.decimals),
        ]
        count = parameter_count(self.trace.network.sizes)
        return ValueTable(self.view, self.rows, columns, self.table_region, of=count)

    def entering(self, row: Variable) -> AnimationGroup:
        """A row's symbol and value come from where the parameter is in the network."""
        symbol, value = self.table.symbols[row], self.table.cell(row, _BEFORE)
        for label, parameter in zip(self.labels, self.trace.network.parameters(), strict=False):
            if parameter == row:
                return AnimationGroup(Travel(label[0], symbol), FadeIn(value, shift=RIGHT * 0.2))
        return AnimationGroup(FadeIn(symbol, shift=RIGHT * 0.2), FadeIn(value, shift=RIGHT * 0.2))

    @cached_property
    def rule(self) -> Formula:
        """The rule: w ← w − η ∂C/∂w."""
        row = self.variable
        rule = Formula(
            self.view,
            New(row),
            stepped(self.batch, row),
            em=0.6,
            relation="←",
            written=self.batch.written(row),
        )
        return self.stage.place(rule, self.stage["diagram"].band(0.16, 0.36))

    @cached_property
    def values(self) -> Formula:
        """The same with its numbers."""
        row = self.variable
        slope = self.batch.derivative(row)
        values = Formula(
            self.view,
            Side.numbers(stepped(self.batch, row), [row, ETA, slope]),
            Side.value(New(row), self.decimals),
            em=0.5,
            decimals=self.fine,
        )
        values.leaf(slope, 0).set_fill(self.theme.cost)
        return self.stage.place(values, self.stage["diagram"].band(0.0, 0.12))

    @cached_property
    def costs(self) -> VGroup:
        """The cost's symbol and value, an arrow, and its new value."""
        cost = self.batch.cost
        symbol = Formula(self.view, cost, em=0.58)
        arrow = Typeset("$arrow.long$", em=0.5, colour=self.theme.quiet)
        before, after = (
            Value(numbers, cost, em=0.48, colour=self.theme.cost, decimals=self.fine)
            for numbers in (self.view, self.after)
        )
        line = VGroup(symbol, before, arrow, after).arrange(RIGHT, buff=0.3)
        for value in (before, after):
            value.shift(UP * (symbol.baseline - value.baseline))
        return self.stage.place(line, self.stage["right"].band(0.0, 0.12))


def stepped(batch: Batch, parameter: Variable) -> Expression:
    """The parameter after a plain step against what the batch says."""
    return parameter - ETA * batch.derivative(parameter)


def training_of(view: View, learning_rate: float | None) -> Training | None:
    """The lesson's training with at least one step, at the chapter's learning rate if it has one."""
    training = view.trace.training
    if learning_rate is not None:
        training = replace(training or Training(learning_rate), learning_rate=learning_rate)
    return None if training is None else replace(training, epochs=max(1, training.epochs))
