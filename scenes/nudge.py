"""Nudge: how a small change of one weight travels through z and a to the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from manim import (
    RIGHT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    Succession,
    TransformFromCopy,
    VGroup,
    VMobject,
)
from pydantic import AfterValidator, Field

from bp_core.equations import Equation
from bp_core.quantities import C, Variable, d
from bp_script.language import N_
from bp_script.language.caller import tr
from scenes.kit.calculus.difference import Change, DifferenceQuotient, change
from scenes.kit.calculus.factors import PRODUCT_DIGITS
from scenes.kit.chapter import Chapter
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import coming_out, short_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, Number, ParameterName, Range, Whole
from scenes.kit.pictures.chain import Chain, places
from scenes.kit.pictures.number_line import QuantityLine, span_of
from scenes.kit.pictures.tree import CostTree
from scenes.kit.view import View

#: How much smaller the nudge becomes each time.
_SHRINK = 10
#: The most lines that are shown, and the height of each.
_LINES, _LINE = 4, 0.85
#: How far what is written stands from the tree's foot.
_APART = 0.3


def _not_zero(size: float) -> float:
    if not size:
        raise ValueError(tr("expected a nudge that is not zero; got 0"))
    return size


class Nudge(Chapter):
    """Each quantity on its own number line: w wiggles, z, a and C follow by the real forward pass."""

    title = N_("How sensitive is the cost to this weight?")

    class Parameters(BaseParameters):
        """Which parameter, and by how much."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias to nudge.")
        by: Annotated[Number, AfterValidator(_not_zero)] = Field(0.2, description="The size of the first nudge.")
        shrinks: Annotated[Whole, Range(1, 4)] = Field(2, description="How often the nudge becomes ten times smaller.")
        reach: Annotated[Number, Range(1, 20)] = Field(
            4.0, description="How many nudges a number line holds on each side of its dot."
        )

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        by, tr = self.parameters.by, self.tr
        return {
            "lines": tr("Give each of these quantities a number line of its own, with a dot for its value."),
            "wiggle": tr("Move the weight a little to and fro, and everything that depends on it moves along."),
            "changes": tr(
                "Nudge it by %(nudge)s: that changes z, the change in z changes the activation, "
                "and that changes the cost.",
                nudge=f"{{{by!r}:+.{self.digits(by)[0]}f}}",
            ),
            "ratio": tr("The change in the cost over the nudge says how sensitive the cost is to this weight."),
            "shrink": tr(
                "Only roughly, as long as the nudge is large. So let it shrink: ten times smaller, and again."
            ),
            "derivative": tr(
                "What the ratio closes in on is the derivative of the cost with respect to the weight: %(slope)s.",
                slope=as_drawn(d(C, self.variable), self.slope),
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """None: a difference quotient only comes close."""
        return []

    def construct(self) -> None:
        """From dots on lines to a derivative."""
        self.open_with(self.tree)
        self.put_on_lines()
        self.wiggle()
        self.measure_the_changes()
        self.take_the_ratio()
        self.shrink_the_nudge()
        self.arrive_at_the_derivative()

    def put_on_lines(self) -> None:
        """Each quantity on the way from the weight to the cost gets a line of its own."""
        with self.beat("lines"):
            unrolling = LaggedStart(*(self.laid_out(line) for line in self.lines), lag_ratio=0.5, run_time=5)
            self.play(*([FadeOut(self.tree, run_time=1)] if self.stage.square else []), unrolling)
            self.add(self.lines)

    def wiggle(self) -> None:
        """The weight moves to and fro, and the forward pass says where the others go."""
        with self.beat("wiggle"):
            if not self.stage.square:
                self.play(self.tree.lit(self.chain.way(self.variable)), run_time=1.5)
                self.add(self.tree)  # whole again, so that its values run
            with following(self.running, *self.followers):
                for change_to in (self.parameters.by, -self.parameters.by, 0):
                    self.play(self.running.animate.set_value(change_to), run_time=1.1)

    def measure_the_changes(self) -> None:
        """The nudge is made, and each change it causes is measured, in the order it travels."""
        with self.beat("changes"):
            with following(self.running, *self.followers):
                self.play(self.running.animate.set_value(self.parameters.by), run_time=1.5)
            for measured, digits in zip(self.changes, self.digits(self.parameters.by), strict=True):
                measured.follow(self.running.view, decimals=digits)
            self.play(LaggedStart(*(FadeIn(x, shift=UP * 0.1) for x in self.changes), lag_ratio=0.7), run_time=3.2)

    def take_the_ratio(self) -> None:
        """The first and the last change leave their lines for a fraction."""
        quotient = self.quotient.follow(self.running.view)
        with self.beat("ratio"):
            self.play(Travel(self.changes[-1].symbol, quotient.above), run_time=1.4)
            self.play(FadeIn(quotient.bar), Travel(self.changes[0].symbol, quotient.below), run_time=1.4)
            self.play(FadeIn(VGroup(quotient.sign, quotient.value), shift=RIGHT * 0.2), run_time=0.8)
            self.add(quotient)

    def shrink_the_nudge(self) -> None:
        """Ten times smaller, and again: the ratio settles."""
        with self.beat("shrink"):
            between = VGroup(*self.lines[1:-1], *self.changes[1:-1])
            self.play(between.animate.set_opacity(self.theme.dim), run_time=0.6)
            size = self.parameters.by
            for times in range(self.parameters.shrinks):
                size /= _SHRINK
                for measured, digits in zip(self.changes, self.digits(size, times + 1), strict=True):
                    measured.value.decimals = digits
                with following(self.running, *self.followers, *self.changes, self.quotient):
                    self.play(self.running.animate.set_value(size), run_time=1.8)
                self.wait(0.6)

    def arrive_at_the_derivative(self) -> None:
        """The ratio's limit, beside it."""
        with self.beat("derivative"):
            arrow, formula = self.limit
            self.play(FadeIn(arrow, shift=RIGHT * 0.2), Travel(self.quotient.symbol, formula.side(0)), run_time=2)
            self.wait(1)
            self.play(FadeIn(VGroup(formula.relation(1), formula.side(1)), shift=RIGHT * 0.2), run_time=1)
            self.add(formula)
            self.play(Indicate(formula, color=None, scale_factor=1.1), run_time=1.4)
            if self.stage.square:
                self.play(FadeOut(self.lines, self.changes), run_time=0.8)
                self.play(FadeIn(self.tree.light(self.chain.way(self.variable))), run_time=0.8)

    def laid_out(self, line: QuantityLine) -> AnimationGroup:
        """A quantity's symbol travels from the tree, and its line unrolls beside it."""
        symbol = self.tree.node(line.variable).symbol
        return AnimationGroup(
            TransformFromCopy(symbol, line.symbol),
            Succession(Create(line.ruler), FadeIn(line.ends), FadeIn(line.dot, scale=2)),
        )

    def handover(self) -> Sequence[Mobject]:
        """The tree, its way still lit."""
        return [self.tree]

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter that is nudged."""
        return self.parameter(self.parameters.parameter)

    @cached_property
    def chain(self) -> Chain:
        """The neurons it passes."""
        return Chain.through(self.trace.network.sizes, self.variable)

    @cached_property
    def tree(self) -> CostTree:
        """The tree from the parameter's layer on."""
        depth = self.trace.L - places(self.variable)[0] + 1
        return CostTree(self.view, self.chain, self.stage["diagram"], depth=depth)

    @cached_property
    def running(self) -> RunningNudge:
        """The nudge."""
        return RunningNudge(self.view, self.variable)

    @property
    def followers(self) -> list[VMobject]:
        """What moves with it: a square has no room for the tree beside its lines."""
        return [*self.lines] if self.stage.square else [self.tree, *self.lines]

    @property
    def decimals(self) -> int:
        """Digits of a change, one more than of a value."""
        return self.view.decimals + 1

    def digits(self, size: float, times: int = 0) -> list[int]:
        """The decimals of each change by a nudge that has shrunk so often: ΔC over Δw comes out."""
        view, usual = self.view.with_nudge({self.variable: size}), self.decimals + times
        cause, effect = change(self.view, self.variable), change(self.view, C)
        ratio = view.shown(effect / cause, decimals=self.view.decimals + PRODUCT_DIGITS).text
        fine = coming_out(view, effect / cause, (cause, effect), ratio, usual)
        between = [usual] * (len(self.lines) - 2)
        return [short_decimals(view, cause, usual), *between, usual if fine is None else fine]

    @cached_property
    def lines(self) -> VGroup:
        """One line for each quantity that moves, each long enough for what the weight's own line spans."""
        way = self.chain.way(self.variable)
        room = self.stage["body"].band(0.2, 1.0) if self.stage.square else self.stage["right"].band(0.24, 1.0)
        count = min(_LINES, max(2, int(room.height / _LINE)))
        half = count // 2
        shown = [*way[:half], *way[-half:]] if len(way) > count else list(way)
        lines = VGroup(
            *(QuantityLine(self.view, v, self.span(v), length=room.width * 0.76) for v in shown),
        )
        for position, line in enumerate(lines):
            height = room.point(0, 1 - (position + 0.5) / len(lines))[1]
            line.shift((room.right - line.axis.get_right()[0]) * RIGHT + (height - line.axis.get_y()) * UP)
        return lines

    def span(self, variable: Variable) -> tuple[float, float]:
        """The values a quantity takes while the weight crosses its line."""
        reach = self.parameters.reach * abs(self.parameters.by)
        views = [self.view.with_nudge({self.variable: float(s)}) for s in np.linspace(-reach, reach, num=25)]
        return span_of(np.array([view.value(variable) for view in views]))

    @cached_property
    def changes(self) -> VGroup:
        """Δ above each line."""
        return VGroup(*(Change(self.view, line, decimals=self.decimals) for line in self.lines))

    @cached_property
    def slope(self) -> Formula:
        """The derivative and its value."""
        slope = d(C, self.variable)
        return Formula(self.view, slope, Side.value(slope), decimals=self.view.decimals + PRODUCT_DIGITS)

    @cached_property
    def verdict(self) -> VGroup:
        """ΔC over Δw, an arrow, and the derivative it closes in on, in one line."""
        view, decimals = self.view, self.view.decimals + PRODUCT_DIGITS
        quotient = DifferenceQuotient(view, C, self.variable, self.running.view, decimals=decimals)
        arrow = Typeset("$arrow.long$", em=0.55, colour=self.theme.quiet)
        formula = self.slope
        arrow.next_to(quotient, RIGHT, buff=0.25).shift(UP * (quotient.sign.get_y() - arrow.get_y()))
        formula.next_to(arrow, RIGHT, buff=0.25)
        formula.set_baseline(quotient.symbol.baseline)
        line = VGroup(quotient, VGroup(arrow, formula))
        body, right = self.stage["body"], self.stage["right"]
        if self.stage.stacked:
            return self.stage.place(line, right.band(0.0, 0.42 if self.stage.square else 0.2), across=1.0)
        room = body.band(0.0, 0.2)
        free, wide = room.column(0.45, 1.0), room.column(0.42, 1.0)
        if line.width > free.width:  # a long symbol stands nearer to the tree, if its foot lets it
            low = [node for node in self.tree.nodes.values() if node.get_bottom()[1] < room.centre[1] + line.height / 4]
            foot = max((float(node.get_right()[0]) for node in low), default=wide.left)
            free = replace(free, left=min(free.left, max(wide.left, foot + _APART)))
        return self.stage.place(line, free, across=1.0)

    @property
    def quotient(self) -> DifferenceQuotient:
        """ΔC over Δw."""
        return self.verdict[0]

    @property
    def limit(self) -> VGroup:
        """The arrow to the derivative and its value."""
        return self.verdict[1]
