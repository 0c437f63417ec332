"""Derivatives: each factor of the chain rule, computed from the equation it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    GrowFromCenter,
    Indicate,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    VGroup,
    VMobject,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Expression
from bp_core.quantities import Derivative, Variable
from bp_script.language import N_
from bp_script.lesson import Lesson
from bp_script.narration import Format
from scenes.kit.calculus.factors import COLUMNS_EM, EdgeFactor, Factors, hung, multiplied, writing
from scenes.kit.calculus.sources import Sources
from scenes.kit.calculus.suited import of_the_last_layer
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import short_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.columns import Columns, arriving
from scenes.kit.pictures.slope import SlopePlot
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Shares of the height where the equations begin and the factors end, room between, and the least for a graph.
_SOURCES, _COLUMNS, _APART, _LEAST_PLOT = 0.57, 0.53, 0.18, 0.75
#: How much of the height an equation by itself may take, and whether the product's factors make place for their values.
_TURNS, _TIGHT = ((0.33, False), (0.24, False), (0.24, True)), ((0.24, True),)
#: Why ∂z by a part of it is what it is.
_OF_Z = MappingProxyType(
    {
        "w": N_("In z, the weight stands multiplied by the activation before. So its ratio is that activation."),
        "b": N_("In z, the bias simply stands added. As it moves, z moves just as far: its ratio is one."),
    }
)
#: Why ∂a/∂z is the slope of the activation function, and how that is written shorter.
_OF_A = N_("The activation is a function of z. Its ratio is the slope of that function, here, at this z.")
_SHORTER = MappingProxyType(
    {
        "sigmoid": N_("For the sigmoid, that is a times one minus a."),
        "tanh": N_("For tanh, that is one minus a squared."),
        "softplus": N_("For softplus, that is one minus e to the minus a."),
        "relu": N_("For ReLU, that is one where z is positive, else zero."),
        "leaky_relu": N_("For the leaky ReLU, that is one where z is positive, else a small constant."),
        "linear": N_("Here the activation is z itself: the slope is one."),
    }
)
#: Why ∂C/∂a is what it is.
_OF_C = MappingProxyType(
    {
        "squared_error": N_("The cost is the difference squared. So its ratio is twice that difference."),
        "half_squared_error": N_("The cost is half the difference squared. So its ratio is the difference itself."),
        "mean_squared_error": N_(
            "The cost is the mean of the differences squared. So its ratio is twice the difference, "
            "shared by the outputs."
        ),
        "binary_cross_entropy": N_(
            "The cost is made of logarithms. The slope of a logarithm is one over what is inside. "
            "Put together, that is the difference over a times one minus a."
        ),
        "cross_entropy": N_("The cost is made of logarithms. The slope of a logarithm is one over what is inside."),
    }
)
_OF_SOFTMAX = MappingProxyType(
    {
        True: N_("With softmax and cross-entropy, the rest of the way comes out as the activation minus the target."),
        False: N_("With softmax, z moves every output. So the rest of the way adds up over all of them."),
    }
)
_RESULT = MappingProxyType(
    {
        "w": N_("Multiplied, they give %(product)s: how sensitive the cost is to the weight, without a single nudge."),
        "b": N_("Multiplied, they give %(product)s: how sensitive the cost is to the bias, without a single nudge."),
    }
)


class Derivatives(Chapter):
    """Each factor computed from its own equation; then the values go in, and the product is the derivative."""

    title = N_("Computing each factor")

    class Parameters(BaseParameters):
        """Which parameter."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias of the last layer to follow.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        factors, tr = self.factors, self.tr
        return {
            "sources": tr("Where do these ratios come from? From the equations behind the tree."),
            **{beat: self.reason(factor) for beat, factor in factors.steps.items()},
            "numbers": tr("Every number in it is known from running the network forward."),
            "result": tr(_RESULT[factors.source.symbol], product=as_drawn(factors.whole, self.columns)),
        }

    def reason(self, factor: Derivative) -> str:
        """Why a factor is what it is, in words."""
        network = self.trace.network
        if factor.by == self.factors.source:
            return self.tr(_OF_Z[factor.by.symbol])
        if factor.by.symbol == "z" and self.factors.softmax:
            return self.tr(_OF_SOFTMAX[self.trace.cost.function == "cross_entropy"])
        if factor.by.symbol == "z":
            return f"{self.tr(_OF_A)} {self.tr(_SHORTER[network.activations[-1]])}"
        return self.tr(_OF_C[self.trace.cost.function])

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Where the parameter is none of the last layer's."""
        return of_the_last_layer(lesson, parameters, parameters.parameter, "wb")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The defining equations, each factor, and their product."""
        factors = Factors.of(view.trace, parameter_of(view.trace, parameters.parameter))
        slope = [factors.slope] if factors.slope is not None else []
        return [*factors.definitions, *slope, Equation(factors.whole, factors.computed_product)]

    def construct(self) -> None:
        """From three equations to one number."""
        self.open_with(self.tree, *self.labels, *self.before.rows)
        self.write_the_equations()
        for at, beat in enumerate(self.factors.steps):
            self.compute(at, beat)
        self.put_in_numbers()
        self.multiply()

    def write_the_equations(self) -> None:
        """The numbers make room; the equations come, each from where it stands in the tree."""
        rule, sources = self.columns.row(0), self.sources
        if sources.shorter is not None and sources.together:
            sources.each[-1].shift(-self.room)
        coming = sources.each if sources.together else sources.each[:1]
        with self.beat("sources"):
            self.play(FadeOut(*self.before.rows[1:]), run_time=0.5)
            self.play(ReplacementTransform(self.before.row(0), rule), *self.with_its_digits(), run_time=1)
            self.play(LaggedStart(*(self.written(f) for f in coming), lag_ratio=0.6), run_time=3.2)
            self.add(*coming)

    def compute(self, at: int, beat: str) -> None:
        """A factor's equation lights up, and what the factor is leaves it for its column."""
        source, row = self.sources.each[at], self.columns.row(1)
        factor = self.factors.each[at]
        with self.beat(beat):
            if source not in self.mobjects:
                leaving = [FadeOut(*self.standing)] if self.standing else []
                self.play(*leaving, self.written(source), run_time=1)
                self.add(source)
            self.play(*self.only(source), self.tree.dimmed(but=(factor.by, factor.of)), run_time=0.8)
            self.play(Indicate(self.columns.row(0).factor(at), color=self.theme.highlight), run_time=0.9)
            self.draw_slope(at)
            start = self.where(source, self.factors.computed[at])
            opening = [] if at or self.folds else [FadeIn(row.relation(1))]
            leaving = [FadeOut(self.columns.row(0).factor(at))] if self.folds else []
            self.play(*leaving, *opening, Travel(start, row.factor(at)), run_time=1.8)
            if factor.by.symbol == "z" and self.sources.shorter is not None:
                self.write_shorter(self.sources.shorter, row.factor(at))
        if at == len(self.factors.each) - 1:
            self.add(row)

    def put_in_numbers(self) -> None:
        """The values come from the tree to stand under their symbols."""
        row = self.columns.row(2)
        with self.beat("numbers"):
            changes = self.only(None) if self.sources.together else self.settling()
            self.play(*changes, *map(FadeOut, self.plots[-1:]), self.tree.dimmed(but=self.tree.nodes), run_time=0.8)
            if row.sides[1].expression == self.factors.product:
                sources = [(label.value, row.number(label.factor)) for label in self.labels]
            else:
                sources = [(self.known(e), row.number(e)) for e in self.factors.numbered_in_order]
            self.play(arriving(row, sources, lag=0.35), run_time=4)
            self.add(row)

    def settling(self) -> list[Animation]:
        """The last equation goes, and the rows move to where all of them have room."""
        first, *others = self.columns.rows
        leaving: list[Mobject] = list(self.standing)
        way = (self.writing.centre[1] + self.columns.height / 2 - self.columns.get_top()[1]) * UP
        VGroup(*others[1:]).shift(way)
        moving = [VGroup(first.side(0), first.relation(1)) if self.folds else first, others[0]]
        return [*map(FadeOut, leaving), *(part.animate.shift(way) for part in moving)]

    def multiply(self) -> None:
        """The product, and the way it measures."""
        with self.beat("result"):
            self.play(FadeIn(self.columns.rows[-1], shift=DOWN * 0.15), run_time=1)
            self.play(self.tree.flash(self.factors.chain.way(self.factors.source)), run_time=3)
            self.play(Indicate(self.columns.rows[-1], color=None, scale_factor=1.2), run_time=1.4)

    def write_shorter(self, formula: Formula, start: VGroup) -> None:
        """The last equation makes room for σ′ by the activation's own value."""
        moved = [self.sources.each[-1].animate.shift(self.room)] if self.sources.together else []
        self.play(
            *moved,
            Travel(start, formula.side(0)),
            FadeIn(formula.relation(1)),
            run_time=1,
        )
        self.play(FadeIn(formula.side(1), shift=RIGHT * 0.15), run_time=0.8)
        self.add(formula)

    def draw_slope(self, at: int) -> None:
        """The equation as a graph, and the ratio as its slope, where there is room for it."""
        if not self.plots:
            return
        plot = self.plots[at]
        leaving = [FadeOut(self.plots[at - 1])] if at else []
        self.play(*leaving, FadeIn(plot.axes, plot.names), run_time=0.5)
        self.play(Create(plot.curve), run_time=0.9)
        self.play(FadeIn(plot.dot, scale=2), GrowFromCenter(plot.tangent), FadeIn(plot.value), run_time=0.8)

    def handover(self) -> Sequence[Mobject]:
        """The tree, its way still lit."""
        return [self.tree]

    # -- moves -----------------------------------------------------------------

    def written(self, formula: Formula) -> AnimationGroup:
        """An equation comes: its left side from the tree, the rest after it."""
        left = formula.sides[0].expression
        start = self.tree.nodes.get(left) if isinstance(left, Variable) else None
        assert start is not None  # noqa: S101 - every equation is one of the tree's quantities
        rest = VGroup(formula.relation(1), formula.side(1))
        return AnimationGroup(Travel(start.symbol, formula.side(0)), FadeIn(rest, shift=LEFT * 0.1))

    def only(self, source: Formula | None) -> list[Any]:
        """This equation in full light, or none, and the others dimmed."""
        return [f.animate.set_opacity(1 if f is source else self.theme.dim) for f in self.standing]

    def with_its_digits(self) -> list[Animation]:
        """The values on the tree get as many digits as the product's numbers have."""
        row = self.columns.row(2)
        digits = max(Format.of(part.shown.text).decimals or 0 for part in row.get_family() if hasattr(part, "shown"))
        found = []
        for label in self.labels:
            decimals = short_decimals(self.view, label.factor, digits)
            if self.view.shown(label.factor, decimals=decimals).text != label.value.shown.text:
                found.append(Rewrite(label.value, self.view, decimals=decimals))
        return found

    @property
    def standing(self) -> list[Formula]:
        """The equations on screen."""
        return [formula for formula in self.sources if formula in self.mobjects]

    def where(self, source: Formula, computed: Expression) -> VGroup:
        """The part of an equation that a factor comes from."""
        try:
            return source.leaf(computed, side=1)
        except KeyError:
            return source.side(1)

    def known(self, expression: Expression) -> VMobject:
        """Where a number of the forward pass stands on the tree."""
        if isinstance(expression, Variable) and expression in self.tree.nodes:
            return self.tree.node(expression).value
        at = next((i for i, e in enumerate(self.factors.computed) if expression in e.walk()), 0)
        return self.labels[at].value

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def factors(self) -> Factors:
        """The factors on the way from the parameter to the cost."""
        return Factors.of(self.trace, self.parameter(self.parameters.parameter))

    @cached_property
    def tree(self) -> CostTree:
        """The tree with the way lit."""
        tree = CostTree(self.view, self.factors.chain, self.stage["diagram"])
        return tree.light(self.factors.chain.way(self.factors.source))

    @cached_property
    def labels(self) -> list[EdgeFactor]:
        """Each factor beside its edge."""
        return hung(self.view, self.tree, self.factors)

    @property
    def writing(self) -> Region:
        """Where the equations stand."""
        return writing(self.stage)

    @cached_property
    def before(self) -> Columns:
        """What the chain rule ends on."""
        return multiplied(self.view, self.factors, self.stage).move_to(self.stage["right"].centre)

    @cached_property
    def layout(self) -> tuple[Sources, Columns]:
        """The equations above, and below them the factors; in turn where room is scarce."""
        sources = Sources(self.view, self.factors, self.writing, _SOURCES)
        room = self.writing.band(0.0, _COLUMNS)
        columns = self.fitting(room)
        if sources.together and columns.fits:
            return sources, self.stage.place(columns, room, across=0.0, up=1.0)
        for share, folds in _TIGHT if self.stage.square else _TURNS:
            self.folds = folds
            sources.alone(self.writing, share * self.writing.height)
            columns = self.fitting(self.writing, sources.low - _APART - self.writing.bottom)
            if columns.fits:
                break
        columns.shift((self.writing.left - columns.get_left()[0]) * RIGHT)
        columns.shift((sources.low - _APART - columns.get_top()[1]) * UP)
        if self.folds:
            VGroup(*columns.rows[1:]).shift(self.fold(columns))
            columns.rows[1].relation(1).submobjects = []
        return sources, columns

    #: Whether the factors of the product make place for what they are, one by one.
    folds = False

    def fitting(self, room: Region, first: float | None = None) -> Columns:
        """The factors, what each is, its numbers, and the product; the first two rows no higher than that."""
        factors = self.factors
        numbers = (Side.numbers(factors.computed_product, factors.numbered), Side.numbers(factors.product))
        result = Side.value(factors.whole, self.view.decimals + 2)
        choices = [
            [(factors.whole, right) for right in (factors.product, factors.computed_product, number, result)]
            for number in numbers
        ]

        def heights(columns: Columns) -> list[tuple[float, float]]:
            upper, fold = columns.rows[:2], self.fold(columns)
            needed = [(columns.height - fold[1], room.height)]
            high = max(row.height for row in upper) if self.folds else VGroup(*upper).height
            return needed if first is None else [*needed, (high, first)]

        return Columns.fitting(self.view, *choices, em=COLUMNS_EM, room=room, heights=heights)

    def fold(self, columns: Columns) -> np.ndarray:
        """How far the rows below the product move up when it makes place for them."""
        return UP * (columns.rows[0].line - columns.rows[1].line if self.folds else 0)

    @property
    def sources(self) -> Sources:
        """The equations behind the tree."""
        return self.layout[0]

    @property
    def columns(self) -> Columns:
        """The factors, what each is, its numbers, and the product."""
        return self.layout[1]

    @cached_property
    def room(self) -> np.ndarray:
        """How far the equations below make room for σ′."""
        above, shorter = self.sources.each[1], self.sources.shorter
        if shorter is None or shorter.get_left()[0] > above.get_right()[0]:
            return 0 * UP
        return UP * (shorter.get_bottom()[1] - above.get_bottom()[1])

    @cached_property
    def plots(self) -> list[SlopePlot]:
        """The graph of each factor's equation, one after the other in the same place; none where it would be flat."""
        right, above = self.writing, self.columns.row(1).get_bottom()[1]
        free = right.band(0.0, (above - right.bottom) / right.height - 0.05)
        if free.height < _LEAST_PLOT:
            return []
        return [SlopePlot(self.view, factor, free.column(0.14, 0.86)) for factor in self.factors.each]
