"""Update: every weight and bias steps against its derivative, and the forward pass runs again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

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
from bp_core.nodes import New
from bp_core.quantities import J, Variable
from bp_script.language import N_
from scenes.kit.calculus.batch import Batch, stepped
from scenes.kit.calculus.cost_step import CostStep
from scenes.kit.calculus.step_table import AFTER, BEFORE, GRADIENT, StepTable
from scenes.kit.calculus.stepping import ETA, Stepping, rule, rule_in_numbers, step_in_words
from scenes.kit.chapter import parameter_of
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.text import Words
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import ParameterName
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.forward import edge_pulse, forward_pass, turned
from scenes.kit.pictures.named_network import NamedNetwork
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How many steps are shown at most.
_STEPS = 4
#: What each has its derivative of: one example's cost, a batch's, or that of all.
_GRADIENT = {
    "single": N_(
        "Backpropagation has given each of them its derivative: how fast the cost of this example grows as it grows."
    ),
    "batch": N_(
        "Backpropagation has given each of them its derivative: "
        "how fast the average cost of this batch grows as it grows."
    ),
    "whole": N_(
        "Backpropagation has given each of them its derivative: "
        "how fast the average cost of all examples grows as it grows."
    ),
}
_ONE = {
    "w": N_("For this weight: %(before)s, minus %(rate)s times %(slope)s, makes %(after)s."),
    "b": N_("For this bias: %(before)s, minus %(rate)s times %(slope)s, makes %(after)s."),
}
#: What became of the cost.
_BECAME = {
    "stays": N_("The cost stays where it was: with derivatives this small, there is hardly a step to take."),
    "rises": N_("The cost rises: this step was too long."),
    "falls": N_("The cost falls."),
}


class Update(Stepping):
    """All parameters step at once, w ← w − η ∂C/∂w, in a table; the forward pass runs again, cost before and after."""

    title = N_("Every weight and bias takes a step")

    class Parameters(Stepping.Parameters):
        """Which step, and how far."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose step is worked out.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        w, tr = self.variable, self.tr
        words = {
            "before": tr("Here is the network with its weights and biases, as they are now."),
            "gradient": tr(_GRADIENT[self.followed]),
        }
        if self.plain:
            words["rule"] = tr(
                "The cost should fall, so each of them steps the other way: minus its derivative, "
                "times a learning rate that says how long the steps are."
            )
            words["one"] = tr(_ONE[w.symbol], **step_in_words(self.batch, w, self.values))
            words["all"] = tr("All others do the same at the same moment, each by its own derivative.")
        else:
            words["all"] = tr(
                "Each takes a step the other way. How far, "
                "the optimizer %(optimizer)s works out from these derivatives.",
                optimizer=self.training.optimizer,
            )
        words["forward"] = tr("With the new values, the forward pass runs again, layer by layer.")
        words["cost"] = self.verdict
        words["again"] = tr("Do it again and again, and the network learns. That is gradient descent.")
        return words

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The rule, for the parameter it is worked out for; it says the same at any learning rate."""
        training = view.trace.training
        if training is None or training.optimizer != "sgd":
            return []
        variable = parameter_of(view.trace, parameters.parameter)
        return [Equation(New(variable), stepped(Batch.next(view), variable))]

    def construct(self) -> None:
        """From the old values to the new ones, and to the new cost."""
        self.open_with(self.whole)
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
            layers = range(1, self.trace.L + 1)
            pulses = [edge_pulse(self.whole.diagram, layer, self.theme.activation) for layer in layers]
            self.play(LaggedStart(*pulses, lag_ratio=0.7), run_time=1.6)
            self.play(*self.whole.becoming(self.network), run_time=1.4)
            self.remove(*self.whole.get_family(), *self.network.get_family())
            self.add(self.network)
            rows = [self.entering(row) for row in table.rows]
            self.play(
                Create(table.rule),
                FadeIn(table.headings[BEFORE]),
                LaggedStart(*rows, lag_ratio=0.15),
                FadeIn(table.more),
                run_time=2.4,
            )

    def add_the_gradient(self) -> None:
        """The derivatives come into the table, with the cost that they are derivatives of."""
        table = self.table
        with self.beat("gradient"):
            self.play(FadeIn(table.headings[GRADIENT]), run_time=0.6)
            for layer in range(self.trace.L, 0, -1):
                found = [table.cell(row, GRADIENT) for row in table.rows if row.layer == layer]
                pulse = edge_pulse(self.network.diagram, layer, self.theme.cost, backward=True)
                arriving = [FadeIn(value, shift=RIGHT * 0.2) for value in found]
                coming = [LaggedStart(*arriving, lag_ratio=0.2)] if arriving else []
                self.play(LaggedStart(pulse, *coming, lag_ratio=0.5), run_time=4 / self.trace.L)
            self.play(FadeIn(self.costs.opening, shift=UP * 0.1), run_time=1)
            self.play(Indicate(self.costs.symbol, color=self.theme.cost))

    def state_the_rule(self) -> None:
        """The rule in symbols, for one row."""
        table = self.table
        with self.beat("rule"):
            self.play(table.dimmed([self.variable], [BEFORE, GRADIENT]), run_time=0.8)
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
            (table.cell(row, BEFORE), values.leaf(row, 0)),
            (self.rule.leaf(ETA), values.leaf(ETA, 0)),
            (table.cell(row, GRADIENT), values.leaf(slope, 0)),
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
                FadeIn(table.headings[AFTER]),
                Travel(values.leaf(New(row), 1), table.cell(row, AFTER)),
                run_time=1.2,
            )

    def step_all_at_once(self) -> None:
        """Every other value becomes its new one, in the table and in the network."""
        table = self.table
        others = [row for row in table.rows if not (self.plain and row == self.variable)]
        with self.beat("all"):
            if self.plain:
                self.play(
                    table.dimmed(table.rows, [BEFORE, GRADIENT]), Indicate(self.rule, color=None, scale_factor=1.1)
                )
            else:
                self.play(FadeIn(table.headings[AFTER]), FadeIn(self.optimizer), run_time=0.6)
            self.play(
                *(FadeIn(table.cell(row, AFTER), shift=RIGHT * 0.5) for row in others),
                self.network.diagram.strengthened(self.after),
                *self.network.labels.rewritten(self.after),
                run_time=2,
            )

    def run_forward_again(self) -> None:
        """Layer by layer the network takes on its new activations."""
        with self.beat("forward"):
            for layer in forward_pass(self.network.diagram, self.after):
                self.play(layer)

    def compare_costs(self) -> None:
        """The cost before and after."""
        with self.beat("cost"):
            self.play(FadeIn(self.costs.result, shift=RIGHT * 0.2), run_time=1)
            self.play(Indicate(self.costs.result, color=None), run_time=1.2)

    def go_on(self) -> None:
        """The next steps of the lesson's training, each in one go."""
        with self.beat("again"):
            if self.plain:
                self.play(FadeOut(self.values), run_time=0.5)
            for step in self.next_steps:
                now, then = self.view.at_step(step), self.view.at_step(step + 1)
                self.play(
                    self.table.stepped(now, then),
                    self.network.diagram.strengthened(then),
                    *(turned(self.network.diagram, layer, then) for layer in range(1, self.trace.L + 1)),
                    *self.network.labels.rewritten(then),
                    self.costs.rewritten(now, then),
                    run_time=1,
                )
                self.wait(0.4)

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter whose step is worked out."""
        return self.parameter(self.parameters.parameter)

    @property
    def followed(self) -> str:
        """Whose cost the step follows."""
        if self.batch.single:
            return "single"
        return "whole" if self.batch.whole else "batch"

    @property
    def verdict(self) -> str:
        """What became of the cost, in words."""
        became = self.became()
        if became == "falls" and not self.next_steps:
            return self.tr("The cost falls. That was one step of gradient descent.")
        return self.tr(_BECAME[became])

    @property
    def next_steps(self) -> range:
        """The further steps that are shown: of the lesson's training, where all follow the same cost."""
        if not self.batch.whole or self.after.value(J) >= self.view.value(J):
            return range(0)
        return range(1, min(len(self.trace.steps) - 1, _STEPS))

    # -- what is shown -----------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the diagram, the rule, its numbers, the table and the cost stand."""
        body, left, right = self.stage["body"], self.stage["diagram"], self.stage["right"]
        if not self.stage.stacked:
            rule, shares = left.band(0.0, 0.36), {"diagram": self.stage["network"]}
            shares |= {"table": right.band(0.18, 1.0), "cost": right.band(0.0, 0.13)}
        elif body.height > body.width:
            rule, shares = body.band(0.55, 0.73), {"diagram": self.stage["network"]}
            shares |= {"table": body.band(0.1, 0.52), "cost": body.band(0.0, 0.06)}
        else:
            rule, shares = body.band(0.46, 0.73), {"diagram": self.stage["network"]}
            shares |= {"table": body.band(0.11, 0.44), "cost": body.band(0.0, 0.09)}
        return {**shares, "rule": rule.band(0.44, 1.0), "values": rule.band(0.0, 0.34)}

    @cached_property
    def whole(self) -> NamedNetwork:
        """The network as large as there is room, as the chapter before leaves it."""
        keep = Chain.through(self.trace.network.sizes, self.variable).activations()
        return NamedNetwork(self.view, self.stage["whole"], em=0.6, keep=keep)

    @cached_property
    def network(self) -> NamedNetwork:
        """The network, with its names and values where there is room beside a table."""
        return NamedNetwork(self.view, self.rooms["diagram"], em=1.1 * self.stage.least_em)

    @cached_property
    def table(self) -> StepTable:
        """Before, gradient and after for each parameter."""
        return StepTable(
            self.batch,
            self.after,
            self.rooms["table"],
            least=self.stage.least_em,
            follow=self.variable,
            later=[(self.view.at_step(step), self.view.at_step(step + 1)) for step in self.next_steps],
        )

    def entering(self, row: Variable) -> AnimationGroup:
        """A row's symbol comes from the network, if it has a name there, and its value appears beside it."""
        symbol, value = self.table.symbols[row], self.table.cell(row, BEFORE)
        named = self.network.labels.symbol(row)
        appearing = FadeIn(symbol, shift=RIGHT * 0.2) if named is None else Travel(named, symbol)
        return AnimationGroup(appearing, FadeIn(value, shift=RIGHT * 0.2))

    @cached_property
    def rule(self) -> Formula:
        """The rule: w ← w − η ∂C/∂w."""
        return self.stage.place(rule(self.batch, self.variable, em=0.6), self.rooms["rule"])

    @cached_property
    def optimizer(self) -> Words:
        """The name of what works out the step, where that is more than the rule."""
        said = self.tr("a step of %(optimizer)s", optimizer=self.training.optimizer)
        name = Words(said, em=0.44, colour=self.theme.quiet)
        return self.stage.place(name, self.rooms["rule"])

    @cached_property
    def values(self) -> Formula:
        """The same with its numbers."""
        table = self.table
        slope_decimals, decimals = table.gradient_decimals, table.decimals
        values = rule_in_numbers(self.batch, self.variable, em=0.5, slope_decimals=slope_decimals, decimals=decimals)
        return self.stage.place(values, self.rooms["values"])

    @cached_property
    def costs(self) -> CostStep:
        """The cost of what the step follows."""
        line = CostStep(self.batch, self.after, em=0.58, decimals=self.fine)
        return self.stage.place(line, self.rooms["cost"])
