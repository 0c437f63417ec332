"""All examples: each wants other nudges; averaged row by row they are minus the gradient of the whole cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    LaggedStart,
    Mobject,
    VGroup,
)

from bp_core.equations import Equation
from bp_core.nodes import Negative
from bp_core.quantities import J, Variable
from bp_script.language import N_
from scenes.kit.calculus.batch import averaged_derivative, parameter_count, penalised
from scenes.kit.calculus.wishes import nudge_table, one_vector, stepped_back
from scenes.kit.chapter import Chapter
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.nudge_table import NudgeTable, average_nudge, nudge
from scenes.kit.stage import Region
from scenes.kit.view import View

#: What the examples say about a row, by what it is: some want it larger and others smaller, or all agree, or none care.
_SPLIT = {
    "w": N_("Some examples want this weight larger, others want it smaller."),
    "b": N_("Some examples want this bias larger, others want it smaller."),
}
_NOBODY = {
    "w": N_("Here nobody cares about this weight."),
    "b": N_("Here nobody cares about this bias."),
}
_LARGER = {
    "w": N_("All who care want this weight larger, but some more than others."),
    "b": N_("All who care want this bias larger, but some more than others."),
}
_SMALLER = {
    "w": N_("All who care want this weight smaller, but some more than others."),
    "b": N_("All who care want this bias smaller, but some more than others."),
}


class AllExamples(Chapter):
    """A table of nudges, a column an example, a row a parameter; the averages of its rows are −∇C."""

    title = N_("What all the examples want")
    example_lesson = "what_examples_want"

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "one": self.tr(
                "This column is what one example wants: a nudge for each of the %(count)s weights and biases.",
                count=f"{{{parameter_count(self.trace.sizes)}:d}}",
            ),
            "another": self.tr("Another example has a column of its own, from its own run back through the network."),
            "others": self.tr("And so has each of the {m:d} examples."),
            "row": self.tr("Look at one row. %(agreement)s", agreement=self.agreement),
            "average": self.tr(
                "So nobody gets all that they ask for. Row by row, we take the average over all the examples."
            ),
            "gradient": self.tr(
                "Each average is minus the derivative of the whole cost. Together they are minus its gradient."
            )
            if not self.penalty
            else self.tr(
                "With a pull of the penalty on each weight, each average is minus the derivative of the whole cost. "
                "Together they are minus its gradient."
            ),
            "step": self.tr(
                "A small step along this vector is what lowers the average cost fastest: "
                "the one compromise between all the wishes."
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - it holds for every parameter
        """The average of the last parameter's nudges."""
        row = _last(view)
        return [Equation(average_nudge(row), Negative(averaged_derivative(view, row)))]

    def construct(self) -> None:
        """Column after column, then across the rows."""
        focus = self.trace.focus
        table = self.table
        self.open_with(*table.symbols.values(), table.more_rows, table.heads[focus], *table.column(focus), self.vector)
        self.look_at_one_column()
        if len(self.others) > 0:
            self.take_another()
        if len(self.others) > 1:
            self.take_all_others()
        self.follow_a_row()
        self.average_the_rows()
        self.see_the_gradient()
        self.take_the_step()

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter begins with the data."""
        return []

    def look_at_one_column(self) -> None:
        """From top to bottom of what is there."""
        with self.beat("one"):
            values = self.table.column(self.trace.focus)
            self.play(LaggedStart(*(self.pointing(value) for value in values), lag_ratio=0.25), run_time=2.4)

    def take_another(self) -> None:
        """A second column, slowly."""
        with self.beat("another"):
            self.play(FadeOut(self.vector), run_time=0.6)
            self.play(self.entering(self.others[0]), run_time=3)

    def take_all_others(self) -> None:
        """The rest, quickly; dots for those that have no room."""
        with self.beat("others"):
            columns = [self.entering(example) for example in self.others[1:]]
            self.play(LaggedStart(*columns, lag_ratio=0.3), run_time=min(3.5, 0.9 * len(columns) + 0.6))
            if len(self.table.more_columns):
                self.play(FadeIn(self.table.more_columns, shift=RIGHT * 0.2), run_time=0.5)

    def follow_a_row(self) -> None:
        """One row stays bright; who agrees, who does not."""
        with self.beat("row"):
            if not self.others:
                self.play(FadeOut(self.vector), run_time=0.6)
            self.play(self.dimmed(but=self.split), run_time=0.8)
            for wish in (1, -1):
                moved = [v for v in self.table.row(self.split) if v.shown.value * wish > 0]
                if moved:
                    self.play(LaggedStart(*(self.pushing(v, wish) for v in moved), lag_ratio=0.15), run_time=1.6)

    def average_the_rows(self) -> None:
        """All values of a row fall into its average."""
        table = self.table
        with self.beat("average"):
            self.play(FadeIn(table.average, shift=DOWN * 0.1), Create(table.rule), run_time=0.8)
            self.play(self.gathering(self.split), run_time=1.6)
            self.play(self.undimmed(), run_time=0.6)
            rows = [self.gathering(row) for row in table.rows if row != self.split]
            self.play(LaggedStart(*rows, lag_ratio=0.2), run_time=2.2)

    def see_the_gradient(self) -> None:
        """The columns make room for the formula; brackets make a vector of the averages."""
        table, formula, dim = self.table, self.formula, self.theme.dim
        with self.beat("gradient"):
            columns = [value for column in table.columns.values() for value in column.values()]
            heads = [stepped_back(head, dim) for head in table.heads.values()]
            more = [mark.animate.set_opacity(dim) for mark in table.more_columns[:1]]
            self.play(FadeOut(*columns, *table.more_columns[1:], table.rule), *heads, *more, run_time=0.8)
            self.play(FadeIn(formula.side(0), formula.relation(1), shift=UP * 0.1), run_time=0.8)
            self.play(FadeIn(formula.side(1), shift=UP * 0.1), run_time=1.2)
            self.add(formula)
            self.play(FadeOut(table.average), run_time=0.5)
            coming = [Create(self.brackets), FadeIn(table.more_averages)]
            self.play(FadeIn(self.gradient, shift=DOWN * 0.1), *coming, run_time=1.2)

    def take_the_step(self) -> None:
        """The vector, component by component."""
        with self.beat("step"):
            values = self.table.averages.values()
            self.play(LaggedStart(*(self.pointing(value) for value in values), lag_ratio=0.25), run_time=2.4)

    # -- moves -----------------------------------------------------------------

    def pointing(self, value: Value) -> Animation:
        """A value swells for a moment."""
        return value.animate(rate_func=_there_and_back).scale(1.25)

    def pushing(self, value: Value, wish: int) -> Animation:
        """A value jumps the way it wants to go."""
        return value.animate(rate_func=_there_and_back).shift(0.16 * wish * UP)

    def entering(self, example: int) -> Animation:
        """An example comes, and its nudges fall from it."""
        table = self.table
        falling = [FadeIn(value, shift=DOWN * 0.3) for value in table.column(example)]
        return LaggedStart(FadeIn(table.heads[example], shift=DOWN * 0.2), *falling, lag_ratio=0.25)

    def gathering(self, row: Variable) -> Animation:
        """A row's values run into its average."""
        table, total = self.table, self.table.averages[row]
        # Only their glyphs run: a number is shown where it stands.
        running = [VGroup(*value.copy()) for value in table.row(row)]
        moves = [copy.animate.move_to(total).set_opacity(0) for copy in reversed(running)]
        return AnimationGroup(LaggedStart(*moves, lag_ratio=0.25), FadeIn(total, shift=RIGHT * 0.3))

    def dimmed(self, but: Variable) -> Animation:
        """All rows but one step back."""
        return AnimationGroup(*(part.animate.set_opacity(self.theme.dim) for part in self.rows_but(but)))

    def undimmed(self) -> Animation:
        """All rows come forward."""
        return AnimationGroup(*(part.animate.set_opacity(1.0) for part in self.rows_but(self.split)))

    def rows_but(self, one: Variable) -> VGroup:
        """Symbols and values of all rows but one."""
        table = self.table
        return VGroup(*(VGroup(table.symbols[row], *table.row(row)) for row in table.rows if row != one))

    # -- what it tells -----------------------------------------------------------

    @property
    def others(self) -> list[int]:
        """The examples with a column that are not in focus."""
        return [example for example in self.table.examples if example != self.trace.focus]

    @cached_property
    def split(self) -> Variable:
        """The row of those shown that the examples disagree on most."""
        return max(self.table.rows, key=lambda row: min(self.pull(row, 1), self.pull(row, -1)) or -1.0)

    def pull(self, row: Variable, way: int) -> float:
        """How much the examples shown pull a parameter upwards (1) or downwards (−1)."""
        return sum(max(0.0, way * self.view.value(nudge(row, example))) for example in self.table.examples)

    @property
    def agreement(self) -> str:
        """What the examples that are shown say about that row."""
        up, down = self.pull(self.split, 1), self.pull(self.split, -1)
        said = (_SPLIT if up and down else _LARGER if up else _SMALLER if down else _NOBODY)[self.split.symbol]
        return self.tr(said)

    @property
    def penalty(self) -> bool:
        """Whether the cost holds a penalty."""
        return penalised(self.view, self.table.rows[0])

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def table(self) -> NudgeTable:
        """The table."""
        return nudge_table(self.lesson, self.view, self.stage)

    @cached_property
    def vector(self) -> VGroup:
        """What the first column is, as the chapter before leaves it."""
        return one_vector(self.table, self.view, self.stage)

    @cached_property
    def gradient(self) -> Typeset:
        """The last column's name: −∇C."""
        name = Typeset(f"$-nabla {self.view.notation.variable(J, self.view.net)}$", em=0.5, colour=self.theme.cost)
        self.table.above_averages(name)
        return name

    @cached_property
    def brackets(self) -> VGroup:
        """Around the last column."""
        return self.table.brackets()

    @cached_property
    def formula(self) -> Formula:
        """The average in symbols, for the last of all parameters."""
        row = _last(self.view)
        sides = average_nudge(row), Negative(averaged_derivative(self.view, row))
        symbols = VGroup(*self.table.symbols.values())
        right = self.brackets.get_left()[0]
        room = Region(symbols.get_right()[0], right, symbols.get_bottom()[1], symbols.get_top()[1]).column(0.05, 0.95)
        formula = Formula.fitting(self.view, *sides, em=0.62, width=room.width, height=room.height)
        return self.stage.place(formula, room)


def _last(view: View) -> Variable:
    """The last of all parameters, which the table shows in any case."""
    return list(view.trace.network.parameters())[-1]


def _there_and_back(alpha: float) -> float:
    return 1 - abs(2 * alpha - 1)
