"""Average: one example's derivative is one of many, and the cost of all examples has their average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    Mobject,
    Transform,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Constant, Expression, Mean
from bp_core.quantities import AnyIndex, C, Derivative, Index, J, Variable, d
from bp_script.language import N_
from scenes.kit.calculus.averaged import averaged_formula
from scenes.kit.calculus.batch import averaged_derivative, penalised
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.bars import SignedBars
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.table import Column, Foot, ValueTable
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

COST, SLOPE = 0, 1
#: How far below the tree the table begins in a square.
_GAP_APART = 0.2
_ONE = {
    "w": N_(
        "All of this was for one training example. Its cost changes at a rate of %(slope)s per unit of the weight."
    ),
    "b": N_("All of this was for one training example. Its cost changes at a rate of %(slope)s per unit of the bias."),
}
#: Which way the bars of a weight or bias point: whether some would lower the cost, and whether some would raise it.
_PULLS = {
    ("w", True, True): N_(
        "As bars: to the left, a larger weight would lower the cost; to the right, it would raise it."
    ),
    ("b", True, True): N_("As bars: to the left, a larger bias would lower the cost; to the right, it would raise it."),
    ("w", True, False): N_(
        "As bars: to the left, a larger weight would lower the cost, more for some than for others."
    ),
    ("b", True, False): N_("As bars: to the left, a larger bias would lower the cost, more for some than for others."),
    ("w", False, True): N_(
        "As bars: to the right, a larger weight would raise the cost, more for some than for others."
    ),
    ("b", False, True): N_("As bars: to the right, a larger bias would raise the cost, more for some than for others."),
    ("w", False, False): N_("As bars: here, no example's cost depends on the weight."),
    ("b", False, False): N_("As bars: here, no example's cost depends on the bias."),
}


class Average(Chapter):
    """Example after example goes through the tree; the derivative of the whole cost is the average of theirs."""

    title = N_("Averaging over the training examples")

    class Parameters(BaseParameters):
        """Which parameter."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose derivative is averaged.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, mean = self.tr, f"{{{d(J, self.variable)}:.{self.fine}f}}"
        return {
            "one": tr(_ONE[self.variable.symbol], slope=f"{{{self.slope()}:.{self.fine}f}}"),
            "another": tr(
                "Another example has an input and a target of its own. So it has a cost and a derivative of its own."
            ),
            "others": tr("And so it goes for every example, through the same network."),
            "pull": tr(_PULLS[self.pulls]),
            "average": tr(
                "The cost of the whole training set is the average of all these costs. "
                "So its derivative is the average of all these derivatives."
            ),
            "value": tr("On average, %(mean)s is left.", mean=mean)
            if not penalised(self.view, self.variable)
            else tr("With the share of the penalty on large weights, that makes %(mean)s.", mean=mean),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The derivative of the whole cost as an average."""
        variable = parameter_of(view.trace, parameters.parameter)
        return [Equation(d(J, variable), averaged_derivative(view, variable))]

    def construct(self) -> None:
        """From one example to all of them."""
        self.open_with(self.tree)
        self.begin_with_one()
        if len(self.order) > 1:
            self.take_another()
        if len(self.order) > 2:
            self.take_all_others()
        self.see_them_pull()
        self.average_them()
        self.read_the_value()

    def handover(self) -> Sequence[Mobject]:
        """The formula, of which the gradient is made."""
        return [self.formula]

    def begin_with_one(self) -> None:
        """The example in focus gives the first line."""
        table = self.table
        with self.beat("one"):
            self.play(self.tree.flash(self.chain.way(self.variable)), run_time=2)
            self.play(Create(table.rule), *(FadeIn(h) for h in table.headings), run_time=0.8)
            self.play(self.entering(self.order[0]), run_time=1.6)

    def take_another(self) -> None:
        """The next example runs through the tree, slowly."""
        with self.beat("another"):
            self.play(self.switching(self.order[1]), run_time=3)
            self.play(self.entering(self.order[1]), run_time=1.6)

    def take_all_others(self) -> None:
        """The others, quickly."""
        with self.beat("others"):
            if self.stage.square:
                self.make_room()
            for example in self.order[2:]:
                if not self.stage.square:
                    self.play(self.switching(example), run_time=1)
                self.play(self.entering(example), run_time=0.8)

    def see_them_pull(self) -> None:
        """The derivatives as bars to the left and the right of zero."""
        with self.beat("pull"):
            if self.stage.square and len(self.order) < 3:
                self.make_room()
            self.play(Create(self.bars.axis), run_time=0.6)
            growing = [self.growing(self.slope(example)) for example in sorted(self.order)]
            self.play(LaggedStart(*growing, lag_ratio=0.3), run_time=2.4)

    def average_them(self) -> None:
        """The average of each column, and what is said about it in symbols."""
        foot = self.table.foot
        with self.beat("average"):
            self.play(Create(foot[0]), FadeIn(foot[1]), run_time=0.6)
            self.play(self.gathering(COST), run_time=1.8)
            self.play(FadeIn(self.formula.side(0), shift=UP * 0.1), FadeIn(self.formula.relation(1)), run_time=0.8)
            self.play(self.gathering(SLOPE), run_time=1.8)
            self.play(FadeIn(self.formula.side(1), shift=UP * 0.1), run_time=1)
            self.add(self.formula)

    def read_the_value(self) -> None:
        """All bars become one."""
        mean = self.bars.bar(self.mean_slope)
        with self.beat("value"):
            copies = [self.bars.bar(self.slope(example)).copy().set_opacity(0.5) for example in self.order]
            self.play(*(Transform(copy, mean) for copy in copies), run_time=1.6)
            self.remove(*copies)
            self.add(mean)
            self.play(Indicate(self.table.foot[2 + SLOPE], color=None, scale_factor=1.3), run_time=1.2)

    # -- moves -----------------------------------------------------------------

    def make_room(self) -> None:
        """In a square the tree leaves, and the table takes its place."""
        table, here = self.table, [C.at_example(example) for example in self.order[:2]]
        shown: list[Mobject] = [table.rule, *table.headings]
        for row in here:
            shown += [table.symbols[row], table.cell(row, COST), table.cell(row, SLOPE)]
        way = (self.room.centre - table.get_center()) * UP
        self.play(FadeOut(self.tree), *(piece.animate.shift(way) for piece in shown), run_time=1)
        for piece in table:
            if piece not in shown:
                piece.shift(way)

    def entering(self, example: int) -> Animation:
        """An example's line: its cost leaves the tree, its derivative comes beside it; last comes how many more."""
        row = C.at_example(example)
        node, table = self.tree.node(C), self.table
        here = table.symbols[row], table.cell(row, COST)
        gone = self.stage.square and example in self.order[2:]
        moves = [FadeIn(part) for part in here] if gone else map(Travel, (node.symbol, node.value), here)
        return LaggedStart(
            AnimationGroup(*moves),
            FadeIn(table.cell(row, SLOPE), shift=RIGHT * 0.2),
            *([FadeIn(table.more)] if example == self.order[-1] else []),
            lag_ratio=0.5,
        )

    def switching(self, example: int) -> Animation:
        """The tree's values become those of another example, from the input down to the cost."""
        view = replace(self.view, trace=self.trace.with_focus(example))
        tree, depth = self.tree, self.trace.L
        order = [self.chain.y, self.chain.a(depth - 1), self.chain.z(depth), self.chain.a(depth), C]
        changes: list[Animation] = [Rewrite(tree.node(variable).value, view) for variable in order]
        old = tree.node(C).symbol
        fresh = Typeset(f"${view.notation.variable(C, view.net)}$", em=tree.em, colour=view.colour(C))
        fresh.move_to(old)
        fresh.set_baseline(old.baseline)
        light = tree.flash(self.chain.way(self.chain.a(depth - 1)))
        return AnimationGroup(LaggedStart(*changes, Transform(old, fresh), lag_ratio=0.5), light)

    def growing(self, slope: Expression) -> Animation:
        """A bar grows from zero."""
        bar = self.bars.bar(slope)
        seed = bar.copy().stretch(0.01, 0, about_point=[self.bars.axis.get_x(), bar.get_y(), 0])
        return Transform(seed, bar)

    def gathering(self, column: int) -> Animation:
        """All values of a column fall into their average."""
        table = self.table
        total = table.foot[2 + column]
        falling = [table.cell(row, column).copy() for row in table.rows]
        return AnimationGroup(
            *(copy.animate.move_to(total).set_opacity(0) for copy in falling), FadeIn(total, shift=DOWN * 0.2)
        )

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter."""
        return self.parameter(self.parameters.parameter)

    @cached_property
    def chain(self) -> Chain:
        """The neurons it passes."""
        return Chain.through(self.trace.network.sizes, self.variable)

    @property
    def fine(self) -> int:
        """Digits of costs and derivatives."""
        return self.view.decimals + 2

    def slope(self, example: AnyIndex | None = None) -> Derivative:
        """The derivative of an example's cost; None is the one in focus."""
        return d(C, self.variable).at_example(example)

    @property
    def pulls(self) -> tuple[str, bool, bool]:
        """A weight or a bias, and whether a larger one lowers some examples' costs, and raises some."""
        values = [self.view.value(self.slope(example)) for example in self.order]
        return self.variable.symbol, min(values) < 0, max(values) > 0

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def tree(self) -> CostTree:
        """The tree of the last layers, from the parameter's on, with the way lit."""
        layer = self.variable.layer
        depth = self.trace.L - layer + 1 if isinstance(layer, int) else 1
        tree = CostTree(self.view, self.chain, self.stage["diagram"], depth=depth)
        return tree.light(self.chain.way(self.variable))

    @cached_property
    def room(self) -> Region:
        """Where the table stands with its bars; in a square when the tree has left."""
        body = self.stage["body"]
        if not self.stage.stacked:
            return self.stage["right"].band(0.28, 1.0)
        return body.band(0.3, 1.0) if self.stage.square else body.band(0.16, 0.5)

    @cached_property
    def order(self) -> list[int]:
        """The examples as they come: the one in focus first; as many as the table has room for."""
        count, focus = len(self.trace.examples), self.trace.focus
        rows = [C.at_example(focus)]
        room = ValueTable.room(self.view, rows, self.room, least=self.stage.least_em, foot=True, wanted=count)
        others = [example for example in range(count) if example != focus]
        return [focus, *others[: max(0, (room if count <= room else room - 1) - 1)]]

    @cached_property
    def table(self) -> ValueTable:
        """A line for each example: cost and derivative, and their averages."""
        rows = [C.at_example(example) for example in sorted(self.order)]
        mean_cost = Mean("k", C.at_example(Index("k")))
        slopes = [self.view.value(self.slope(example)) for example in self.order]
        costs = [self.view.value(row) for row in rows]
        columns = [
            Column(self.tr("cost"), self.view, lambda row: row, decimals_for(costs, self.fine), colour=self.theme.cost),
            Column(
                self.slope(Index("k")),
                self.view,
                lambda row: self.slope(row.example),
                decimals_for(slopes, self.fine),
                signed=True,
                colour=self.theme.cost,
            ),
        ]
        table = ValueTable(
            self.view,
            rows,
            columns,
            self.room.column(0.0, 0.73),
            least=self.stage.least_em,
            of=Constant("m"),
            foot=Foot(self.tr("average"), [mean_cost, self.mean_slope]),
        )
        # Its first lines stand below the tree.
        below = self.stage["right"].top - _GAP_APART - table.get_top()
        return table.shift(below * UP) if self.stage.square else table

    @property
    def mean_slope(self) -> Expression:
        """The average of the examples' derivatives."""
        return Mean("k", self.slope(Index("k")))

    @cached_property
    def bars(self) -> SignedBars:
        """A bar for each derivative, level with its line."""
        table = self.table
        heights: dict[Expression, float] = {
            self.slope(row.example): float(table.cell(row, SLOPE).get_y()) for row in table.rows
        }
        heights[self.mean_slope] = float(table.foot[2 + SLOPE].get_y())
        return SignedBars(self.view, heights, self.room.column(0.78, 1.0), pitch=table.pitch, colour=self.theme.cost)

    @cached_property
    def formula(self) -> Formula:
        """The derivative of the whole cost."""
        return averaged_formula(self.view, self.variable, self.stage)
