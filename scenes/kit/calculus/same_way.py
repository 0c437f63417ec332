"""What the chapters on the bias and on the activation before share: the weight's way, begun somewhere else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from manim import DOWN, FadeIn, FadeOut, Indicate, LaggedStart, ReplacementTransform, VGroup

from bp_core.equations import Equation
from bp_core.nodes import Expression
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
_BETWEEN, _FOOT, _APART = 0.28, 0.2, 0.12


class SameWay(Chapter):
    """Another part of z: its way to the cost is the weight's but for the first step."""

    #: Whether there is no room for the rows of both, so that the other's take the place of the weight's.
    paged: bool

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
        self.light_the_way()

    def light_the_way(self) -> None:
        """The way lights up, and what it shares with the others."""
        self.play(self.tree.lit(self.way), run_time=2.4)
        self.play(*(Indicate(label, color=None, scale_factor=1.15) for label in self.labels[1:]), run_time=1.2)

    def write_alike(self) -> None:
        """The weight's chain rule is written again, with the other in the weight's place."""
        rule, other = self.of_weight[0], self.of_source[0]
        self.play(FadeIn(self.labels[0].symbol, scale=0.8), run_time=0.8)
        leaving = [FadeOut(*self.of_weight)] if self.paged else []
        self.play(Travel(rule, other), *leaving, run_time=2)
        self.add(other)
        if not (self.factors.summed or self.paged):
            shared = [row.factor(position) for row in (rule, other) for position in range(1, rule.count)]
            self.play(*(factor.animate.set_opacity(self.theme.dim) for factor in shared), run_time=0.6)
            self.play(*(Indicate(row.factor(0), color=None) for row in (rule, other)), run_time=1.2)
            self.play(*(factor.animate.set_opacity(1) for factor in shared), run_time=0.6)

    def compute_first(self) -> None:
        """Z's own equation tells the first factor."""
        row, z = self.of_source[1], self.tree.node(self.chain_z).symbol
        if self.tells_z:
            made_of = self.made_of
            self.play(Travel(z, made_of.side(0)), run_time=1)
            self.play(FadeIn(made_of.relation(1), made_of.side(1)), run_time=0.8)
            self.add(made_of)
        else:
            self.play(*(Indicate(node, color=None) for node in (z, self.tree.node(self.source).symbol)), run_time=1.4)
        if self.factors.summed:
            self.play(FadeIn(row) if self.paged else Travel(self.of_weight[1], row), run_time=2)
        else:
            self.play(FadeIn(row.relation(1)), Travel(self.told_by(), row.factor(0)), run_time=1.6)
            known = self.of_source[0] if self.paged else self.of_weight[1]
            moves = [Travel(known.factor(i), row.factor(i)) for i in range(1, row.count)]
            self.play(LaggedStart(*moves, lag_ratio=0.4), run_time=2)
        self.add(row)
        self.play(FadeIn(self.labels[0].value), run_time=0.6)
        self.add(self.labels[0])

    def told_by(self) -> VGroup:
        """The part of z's equation that the first factor is; of the tree, where the equation is not there."""
        if not self.tells_z:
            node = self.tree.nodes.get(self.factors.computed[0], self.tree.node(self.source))  # type: ignore[call-overload]
            return VGroup(*node.symbol)
        for told in (self.factors.computed[0], self.source):
            with suppress(KeyError):
                return self.made_of.leaf(told, side=1)
        return self.made_of.side(1)  # a sum over several, in which neither is written by itself

    def show_value(self) -> None:
        """What it comes to."""
        leaving = [FadeOut(self.made_of)] if self.tells_z else []
        self.play(*leaving, FadeIn(self.of_source[2], shift=DOWN * 0.15), run_time=1.2)
        self.play(self.tree.flash(self.way), run_time=2)

    # -- what is shown ---------------------------------------------------------

    @classmethod
    def equations_for(cls, trace: Trace, source: Variable) -> list[Equation]:
        """The equations of both ways."""
        factors = Factors.of(trace, source)
        weight = Factors.of(trace, factors.chain.w(trace.L))
        forms = ((f, (f.product, f.computed_product, f.shortened_product)) for f in (weight, factors))
        both = [Equation(f.whole, right) for f, rights in forms for right in rights]
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
        """The tree, with the way lit that is known."""
        tree = CostTree(self.view, self.factors.chain, self.stage["diagram"])
        return tree.light(tree.chain.way(self.known))

    @property
    def known(self) -> Variable:
        """Whose way is lit at first."""
        return self.weight.source

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
    def written(self) -> tuple[list[Row], list[Row]]:
        """The weight's rows, and under them the other's, factor under factor; else in the same place, in turn."""
        room = self.room.band(_FOOT, 1.0)
        together = Columns.fitting(
            self.view,
            *(self.of(self.weight, kept) + self.of(self.factors, kept, valued=True) for kept in (False, True)),
            em=COLUMNS_EM,
            room=replace(room, bottom=room.bottom + _BETWEEN),
        )
        self.paged = self.stage.square or not together.fits
        if not self.paged:
            VGroup(*together.rows[2:]).shift(DOWN * _BETWEEN)
            rows = self.stage.place(together, room, across=0.0, up=1.0).rows
            return rows[:2], rows[2:]
        pages = [self.page(factors, self.beside_z) for factors in (self.weight, self.factors)]
        if not all(page.fits for page in pages):
            self.tells_z = False
            pages = [self.page(factors) for factors in (self.weight, self.factors)]
        return pages[0].rows, pages[1].rows

    #: Whether z's own equation has room.
    tells_z = True

    def page(self, factors: Factors, heights: Callable[[Columns], list[tuple[float, float]]] | None = None) -> Columns:
        """The rows of one derivative by themselves."""
        choices = (self.of(factors, kept, valued=factors is self.factors) for kept in (False, True))
        page = Columns.fitting(self.view, *choices, em=COLUMNS_EM, room=self.room, heights=heights)
        return self.stage.place(page, self.room, across=0.0, up=1.0)

    def of(self, factors: Factors, kept: bool, *, valued: bool = False) -> list[tuple[Expression, Side | Expression]]:
        """The rows of a derivative: its factors, what they are (the last one as it was if ``kept``), and its value."""
        rows: list[Side | Expression] = [
            factors.product,
            factors.shortened_product if kept else factors.computed_product,
        ]
        if valued:
            rows.append(Side.value(factors.whole, self.view.decimals + 2))
        return [(factors.whole, right) for right in rows]

    def beside_z(self, columns: Columns) -> list[tuple[float, float]]:
        """What a page needs: room for all its rows, and for z's equation below the first two."""
        upper = VGroup(*columns.rows[:2]).height
        return [(columns.height, self.room.height), (upper, self.room.height - self.z_equation.height - 2 * _APART)]

    @property
    def of_weight(self) -> list[Row]:
        """The weight's rows."""
        return self.written[0]

    @property
    def of_source(self) -> list[Row]:
        """The other's rows."""
        return self.written[1]

    @cached_property
    def z_equation(self) -> Formula:
        """Z's own equation."""
        equation, room = self.weight.definitions[0], self.room.band(0.0, _FOOT + 0.1)
        return Formula.fitting(
            self.view, equation.left, equation.right, em=EQUATION_EM, width=room.width, height=room.height
        )

    @cached_property
    def made_of(self) -> Formula:
        """The same in its place, at the foot."""
        above = self.of_source[1].get_bottom()[1] - _APART
        return self.stage.place(self.z_equation, replace(self.room, top=above), across=0.0)
