"""What the chapters on the bias and on the activation before share: the weight's way, begun somewhere else."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from functools import cached_property

from manim import DOWN, FadeIn, FadeOut, Indicate, LaggedStart, ReplacementTransform, VGroup

from bp_core.equations import Equation
from bp_core.quantities import Variable
from bp_core.trace import Trace
from scenes.kit.calculus.factors import COLUMNS_EM, EQUATION_EM, EdgeFactor, Factors, hung, writing
from scenes.kit.chapter import Chapter
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.travel import Travel
from scenes.kit.pictures.columns import Columns, Row
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region

#: Room between the weight's rows and the others, and the share of the height that is left at the foot.
_BETWEEN, _FOOT, _APART = 0.28, 0.2, 0.04


class SameWay(Chapter):
    """Another part of z: its way to the cost is the weight's but for the first step."""

    @property
    @abstractmethod
    def source(self) -> Variable:
        """The other part of z."""

    # -- moves -----------------------------------------------------------------

    def begin(self) -> None:
        """The weight's way is lit, its factors stand on the tree, its derivative on the right."""
        self.open_with(coming=[self.tree, *self.weight_labels, *self.of_weight])

    def switch(self) -> None:
        """The light leaves the weight's edge for the other's; what both ways share stays."""
        first, *rest = self.weight_labels
        self.play(FadeOut(first), self.tree.unlit(), run_time=0.9)
        self.play(*(ReplacementTransform(old, new) for old, new in zip(rest, self.labels[1:], strict=True)), run_time=1)
        self.play(self.tree.lit(self.way), run_time=2.4)
        self.play(*(Indicate(label, color=None, scale_factor=1.15) for label in self.labels[1:]), run_time=1.2)

    def write_alike(self) -> None:
        """The weight's chain rule is written again, with the other in the weight's place."""
        rule, other = self.of_weight[0], self.of_source[0]
        self.play(FadeIn(self.labels[0], scale=0.8), run_time=0.8)
        self.play(Travel(rule, other), run_time=2)
        self.add(other)
        if not self.factors.summed:
            for position in range(1, rule.count):
                self.play(*(Indicate(row.factor(position), color=None) for row in (rule, other)), run_time=1)

    def compute_first(self) -> None:
        """Z's own equation tells the first factor."""
        row, made_of = self.of_source[1], self.made_of
        self.play(Travel(self.tree.node(self.chain_z).symbol, made_of.side(0)), run_time=1)
        self.play(FadeIn(made_of.relation(1), made_of.side(1)), run_time=0.8)
        self.add(made_of)
        if self.factors.summed:
            self.play(Travel(self.of_weight[1], row), run_time=2)
        else:
            self.play(FadeIn(row.relation(1)), Travel(self.told_by(), row.factor(0)), run_time=1.6)
            moves = [Travel(self.of_weight[1].factor(i), row.factor(i)) for i in range(1, row.count)]
            self.play(LaggedStart(*moves, lag_ratio=0.4), run_time=2)
        self.add(row)

    def told_by(self) -> VGroup:
        """The part of z's equation that the first factor is."""
        for told in (self.factors.computed[0], self.source):
            with suppress(KeyError):
                return self.made_of.leaf(told, side=1)
        return self.made_of.side(1)  # a sum over several, in which neither is written by itself

    def show_value(self) -> None:
        """What it comes to."""
        self.play(FadeOut(self.made_of), FadeIn(self.of_source[2], shift=DOWN * 0.15), run_time=1.2)
        self.play(self.tree.flash(self.way), run_time=2)

    # -- what is shown ---------------------------------------------------------

    @classmethod
    def equations_for(cls, trace: Trace, source: Variable) -> list[Equation]:
        """The equations of both ways."""
        factors = Factors.of(trace, source)
        weight = Factors.of(trace, factors.chain.w(trace.L))
        both = [Equation(f.whole, right) for f in (weight, factors) for right in (f.product, f.computed_product)]
        return [*both, weight.definitions[0]]

    @cached_property
    def factors(self) -> Factors:
        """The factors from the other part of z to the cost."""
        return Factors.of(self.trace, self.source)

    @cached_property
    def weight(self) -> Factors:
        """The factors from the weight to the cost."""
        return Factors.of(self.trace, self.factors.chain.w(self.trace.L))

    @property
    def way(self) -> tuple[Variable, ...]:
        """From the other part of z to the cost."""
        return self.factors.chain.way(self.source)

    @property
    def chain_z(self) -> Variable:
        """The z of the last layer."""
        return self.factors.chain.z(self.trace.L)

    @cached_property
    def tree(self) -> CostTree:
        """The tree, the weight's way lit."""
        tree = CostTree(self.view, self.factors.chain, self.stage["diagram"])
        return tree.light(tree.chain.way(self.weight.source))

    @cached_property
    def weight_labels(self) -> list[EdgeFactor]:
        """The weight's factors beside their edges."""
        return hung(self.view, self.tree, self.weight)

    @cached_property
    def labels(self) -> list[EdgeFactor]:
        """The other's factors beside theirs."""
        return hung(self.view, self.tree, self.factors)

    @property
    def room(self) -> Region:
        """Where the equations stand."""
        return writing(self.stage)

    @cached_property
    def columns(self) -> Columns:
        """The weight's derivative, and under it the other's, factor under factor."""
        result = Side.value(self.factors.whole, self.view.decimals + 2)
        rows = [
            *((self.weight.whole, right) for right in (self.weight.product, self.weight.computed_product)),
            *((self.factors.whole, right) for right in (self.factors.product, self.factors.computed_product, result)),
        ]
        columns = Columns(self.view, *rows, em=COLUMNS_EM, width=self.room.width)
        VGroup(*columns.rows[2:]).shift(DOWN * _BETWEEN)
        return self.stage.place(columns, self.room.band(_FOOT, 1.0), across=0.0, up=1.0)

    @property
    def of_weight(self) -> list[Row]:
        """The weight's rows."""
        return self.columns.rows[:2]

    @property
    def of_source(self) -> list[Row]:
        """The other's rows."""
        return self.columns.rows[2:]

    @cached_property
    def made_of(self) -> Formula:
        """Z's own equation, at the foot."""
        equation = self.weight.definitions[0]
        formula = Formula(self.view, equation.left, equation.right, em=EQUATION_EM)
        above = self.of_source[1].get_bottom()[1] - self.room.bottom
        return self.stage.place(formula, self.room.band(0.0, above / self.room.height - _APART), across=0.0)
