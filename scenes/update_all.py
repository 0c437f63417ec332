"""Update all: every weight and bias with its gradient in one table, and the step that all take at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import RIGHT, UP, AnimationGroup, Create, FadeIn, Indicate, LaggedStart, Mobject, VGroup

from bp_core.equations import Equation
from bp_core.nodes import New
from bp_core.quantities import Index, Variable, b, w
from bp_script.language import N_
from scenes.kit.calculus.batch import Batch, parameter_count, stepped
from scenes.kit.calculus.cost_step import CostStep
from scenes.kit.calculus.step_table import AFTER, BEFORE, GRADIENT, StepTable
from scenes.kit.calculus.stepping import ETA, Stepping, rule, rule_in_numbers, step_in_words
from scenes.kit.calculus.worked_chapter import WorkedChapter
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.text import Words
from scenes.kit.motion.travel import Travel
from scenes.kit.pictures.forward import edge_pulse, forward_pass
from scenes.kit.pictures.lettered import LetteredNetwork
from scenes.kit.stage import Region
from scenes.kit.view import View

l, j, k = Index("l"), Index("j"), Index("k")

#: What became of the loss.
_BECAME = {
    "falls": N_("The loss falls. One step is done."),
    "rises": N_("The loss rises: this step was too long."),
    "stays": N_("The loss stays where it was: with gradients this small, there is hardly a step to take."),
}


class UpdateAll(WorkedChapter, Stepping):
    """Every weight and bias in a table: before, gradient, after; all step at once, and the loss is computed anew."""

    title = N_("All parameters step at once")

    class Parameters(WorkedChapter.Parameters, Stepping.Parameters):
        """Which output's first weight is worked out, and how far it steps."""

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        words = {
            "table": tr(
                "All %(count)s weights and biases, with the values they have now.",
                count=f"{{{parameter_count(self.trace.sizes)}:d}}",
            ),
            "gradient": tr("And their gradients, each worked out on the way back.") + f" {self.whose}",
        }
        if self.plain:
            words["rule"] = tr(
                "A gradient points to where the loss grows. So every number goes the other way: "
                "its gradient, times the learning rate, is taken away."
            )
            words["one"] = tr(
                "For the output's first weight: %(before)s, minus %(rate)s times %(slope)s, makes %(after)s.",
                **step_in_words(self.batch, self.followed, self.numbers),
            )
            words["all"] = tr("All others step at the same moment.") + f" {self.signs}"
        else:
            words["all"] = tr(
                "Every number steps the other way, all at the same moment. How far, "
                "the optimizer %(optimizer)s works out from the gradients.",
                optimizer=self.training.optimizer,
            )
        words["forward"] = tr("The same example once more, through the new numbers.")
        words["loss"] = tr(_BECAME[self.became()])
        return words

    @property
    def whose(self) -> str:
        """What the gradients are derivatives of, where that is not one example's loss."""
        if len(self.trace.examples) == 1 or self.batch.single:
            return ""
        if self.batch.whole:
            return self.tr("Here each is the mean over all examples.")
        return self.tr("Here each is the mean over the examples of the batch.")

    @property
    def signs(self) -> str:
        """Which way the numbers go."""
        values = [self.view.value(self.batch.derivative(row)) for row in self.table.rows]
        if min(values) < 0 < max(values):
            return self.tr("Those with a negative gradient grow, those with a positive one shrink.")
        if max(values) > 0:
            return self.tr("With no negative gradient here, none of them grows.")
        return self.tr("With no positive gradient here, none of them shrinks.")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The rule for any weight, and for the one that is worked out."""
        training = view.trace.training
        if training is None or training.optimizer != "sgd":
            return []
        batch = Batch.next(view)
        followed = w(view.trace.L, parameters.output, 0)
        return [Equation(New(p), stepped(batch, p)) for p in (w(l, j, k), followed)]

    def construct(self) -> None:
        """From the old numbers to the new ones, and to the new loss."""
        self.open_with(self.network)
        self.list_the_parameters()
        self.add_the_gradients()
        if self.plain:
            self.state_the_rule()
            self.work_out_one()
        self.step_all()
        self.run_forward()
        self.compare_losses()

    def list_the_parameters(self) -> None:
        """The names leave the network for the table."""
        table = self.table
        with self.beat("table"):
            self.play(Create(table.rule), FadeIn(table.headings[BEFORE]), run_time=0.6)
            rows = [self.entering(row) for row in table.rows]
            self.play(LaggedStart(*rows, lag_ratio=0.2), FadeIn(table.more), run_time=3)

    def add_the_gradients(self) -> None:
        """Layer by layer, from the loss back."""
        table = self.table
        with self.beat("gradient"):
            self.play(FadeIn(table.headings[GRADIENT]), run_time=0.6)
            self.play(self.network.back_along([b(self.trace.L, self.worked.output)]), run_time=1)
            for layer in range(self.trace.L, 0, -1):
                found = [table.cell(row, GRADIENT) for row in table.rows if row.layer == layer]
                pulse = edge_pulse(self.network.diagram, layer, self.theme.cost, backward=True)
                arriving = LaggedStart(*(FadeIn(value, shift=RIGHT * 0.2) for value in found), lag_ratio=0.2)
                self.play(LaggedStart(pulse, arriving, lag_ratio=0.4), run_time=3 / self.trace.L)

    def state_the_rule(self) -> None:
        """The rule for any weight; with biases it is the same."""
        with self.beat("rule"):
            self.make_room()
            self.play(FadeIn(self.rule.side(0), self.rule.relation(1)), run_time=0.8)
            self.play(FadeIn(self.rule.side(1), shift=RIGHT * 0.2), run_time=1.2)
            self.add(self.rule)
            self.wait(1)
            self.play(Indicate(self.rule.leaf(ETA), color=self.theme.highlight, scale_factor=1.5), run_time=1.4)

    def make_room(self) -> None:
        """The network gives way to what is written, and the loss is told."""
        self.play(self.network.moved_into(self.small), run_time=1.4)
        self.add(self.small)
        self.play(FadeIn(self.costs.opening, shift=UP * 0.1), run_time=0.6)

    def work_out_one(self) -> None:
        """One line of the table, in numbers."""
        table, row, numbers = self.table, self.followed, self.numbers
        slope = self.batch.derivative(row)
        sources = [
            (table.cell(row, BEFORE), numbers.leaf(row, 0)),
            (self.rule.leaf(ETA), numbers.leaf(ETA, 0)),
            (table.cell(row, GRADIENT), numbers.leaf(slope, 0)),
        ]
        arriving = {id(glyph) for _, target in sources for glyph in target.get_family()}
        rest = VGroup(*(g for g in numbers.side(0).get_family() if len(g.points) and id(g) not in arriving))
        with self.beat("one"):
            self.play(table.dimmed([row], [BEFORE, GRADIENT]), run_time=0.6)
            self.play(
                LaggedStart(*(Travel(source, target) for source, target in sources), lag_ratio=0.5),
                FadeIn(rest),
                run_time=2.4,
            )
            self.play(FadeIn(VGroup(numbers.relation(1), numbers.side(1)), shift=RIGHT * 0.15), run_time=0.8)
            self.add(numbers)
            self.play(
                FadeIn(table.headings[AFTER]), Travel(numbers.leaf(New(row), 1), table.cell(row, AFTER)), run_time=1.2
            )

    def step_all(self) -> None:
        """Every other number, in the table and in the network."""
        table = self.table
        others = [row for row in table.rows if not (self.plain and row == self.followed)]
        with self.beat("all"):
            if self.plain:
                self.play(table.dimmed(table.rows, [BEFORE, GRADIENT]), run_time=0.6)
            else:
                self.make_room()
                self.play(FadeIn(table.headings[AFTER]), FadeIn(self.optimizer), run_time=0.6)
            self.play(
                *(FadeIn(table.cell(row, AFTER), shift=0.5 * RIGHT) for row in others),
                self.small.diagram.strengthened(self.after),
                run_time=2,
            )
            for sign in (-1, 1):
                rows = [row for row in table.rows if sign * self.view.value(self.batch.derivative(row)) > 0]
                if rows and self.plain:
                    cells = [table.cell(row, column) for row in rows for column in (GRADIENT, AFTER)]
                    self.play(*(Indicate(cell, color=None, scale_factor=1.12) for cell in cells), run_time=1.6)

    def run_forward(self) -> None:
        """Layer by layer the network takes on its new outputs."""
        with self.beat("forward"):
            for layer in forward_pass(self.small.diagram, self.after):
                self.play(layer)

    def compare_losses(self) -> None:
        """The loss before and after."""
        with self.beat("loss"):
            self.play(Indicate(self.small.loss, color=None, scale_factor=1.3), run_time=1)
            self.play(FadeIn(self.costs.result, shift=RIGHT * 0.2), run_time=1)
            self.play(Indicate(self.costs.after, color=None, scale_factor=1.2), run_time=1)

    def handover(self) -> Sequence[Mobject]:
        """The network, as it is after the step."""
        return [self.small]

    # -- what is shown -------------------------------------------------------------

    @property
    def followed(self) -> Variable:
        """The weight that is worked out."""
        return self.worked.weights(self.worked.prediction)[0]

    def entering(self, row: Variable) -> AnimationGroup:
        """A row's symbol comes from the network, if it has a name there, and its value appears beside it."""
        symbol, value = self.table.symbols[row], self.table.cell(row, BEFORE)
        named = self.network.names.get(row)
        appearing = FadeIn(symbol, shift=RIGHT * 0.2) if named is None else Travel(named, symbol)
        return AnimationGroup(appearing, FadeIn(value, shift=RIGHT * 0.2))

    @cached_property
    def places(self) -> Mapping[str, Region]:
        """Where the rule, its numbers, the table and the loss stand."""
        body, left, right = self.stage["body"], self.rooms["network"], self.rooms["written"]
        if not self.stage.stacked:
            shares = {"rule": left.band(0.23, 0.44), "numbers": left.band(0.13, 0.2), "loss": left.band(0.0, 0.09)}
            return {**shares, "table": right}
        if body.height > body.width:
            shares = {"rule": body.band(0.62, 0.715), "numbers": body.band(0.555, 0.605), "loss": body.band(0.0, 0.06)}
            return {**shares, "table": body.band(0.1, 0.53)}
        above = body.band(0.615, 0.705)
        shares = {"rule": above.column(0.0, 0.6), "numbers": body.band(0.52, 0.605), "loss": above.column(0.63, 1.0)}
        return {**shares, "table": body.band(0.0, 0.51)}

    @cached_property
    def small(self) -> LetteredNetwork:
        """The network beside the table."""
        return self.lettered(self.view, self.small_room)

    @cached_property
    def table(self) -> StepTable:
        """Before, gradient and after for each parameter."""
        room, least = self.places["table"], self.stage.least_em
        return StepTable(self.batch, self.after, room, least=least, follow=self.followed)

    @cached_property
    def rule(self) -> Formula:
        """The rule for any weight."""
        formula = rule(self.batch, w(l, j, k), em=0.56, inline=self.stage.square)
        return self.stage.place(formula, self.places["rule"])

    @cached_property
    def optimizer(self) -> Words:
        """The name of what works out the step, where that is more than the rule."""
        said = self.tr("a step of %(optimizer)s", optimizer=self.training.optimizer)
        name = Words(said, em=0.44, colour=self.theme.quiet)
        return self.stage.place(name, self.places["rule"])

    @cached_property
    def numbers(self) -> Formula:
        """The same for one weight, in numbers."""
        slope_decimals, decimals = self.table.gradient_decimals, self.table.decimals
        numbers = rule_in_numbers(self.batch, self.followed, em=0.44, slope_decimals=slope_decimals, decimals=decimals)
        return self.stage.place(numbers, self.places["numbers"])

    @cached_property
    def costs(self) -> CostStep:
        """The loss of what the step follows."""
        line = CostStep(self.batch, self.after, em=0.58, decimals=self.fine)
        return self.stage.place(line, self.places["loss"])
