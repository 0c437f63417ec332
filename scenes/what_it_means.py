"""What it means: when does a weight count for much, and when for little?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from manim import Animation, Create, FadeIn, FadeOut, GrowFromCenter, Indicate, Mobject
from pydantic import Field

from bp_core.equations import Equation
from bp_core.quantities import Derivative, Variable
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.calculus.effect import Effect
from scenes.kit.calculus.factors import COLUMNS_EM, Factors, writing
from scenes.kit.calculus.suited import of_the_last_layer
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.columns import Columns, Row, arriving
from scenes.kit.pictures.slope import SlopePlot
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How far a bias is turned beyond z's own size, and in how many steps an end is looked for.
_TURN, _STEPS = 3, 61
#: Room between the product and what is below it, as a share of the height.
_APART = 0.05

_STRONG_AND_WEAK = MappingProxyType(
    {
        "strong": N_("Where the neuron before fires strongly, the same nudge moves z far."),
        "weak": N_("Where it hardly fires, the weight hardly matters."),
        "together": N_(
            "So a weight counts for most where the neuron before it is most active. "
            "{@brains} Of brains it is said: neurons that fire together wire together."
        ),
    }
)
_FAR_AND_NEAR = MappingProxyType(
    {
        "far": N_("Far off, the slope is steep, and a small change does a lot."),
        "near": N_("Near the target it is flat: there is little left to gain."),
    }
)
_STEEP_AND_FLAT = MappingProxyType(
    {
        "far": N_("Where that slope is steepest, a small change does the most."),
        "near": N_("Where it is flattest, it does the least."),
    }
)


class WhatItMeans(Chapter):
    """The same nudge with a strong and with a weak neuron before it; far from the target and near it."""

    title = N_("What the factors say")

    class Parameters(BaseParameters):
        """Which weight."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight of the last layer to follow.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        words = {
            "recall": N_("What makes the cost sensitive to a weight? Each factor has something to say."),
            "first": N_(
                "The first is the activation before. A nudge to the weight moves z just that many times as far."
            ),
            **(_STRONG_AND_WEAK if self.trace.L > 1 else {}),
            "last": N_(
                "The last factor is the slope of the cost. It depends on how far the output is from its target."
            ),
            **(_FAR_AND_NEAR if self.flat_near_the_target else _STEEP_AND_FLAT),
        }
        return {beat: self.tr(said) for beat, said in words.items()}

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Where the parameter is none of the last layer's weights."""
        return of_the_last_layer(lesson, parameters, parameters.parameter, "w")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The computed product."""
        factors = Factors.of(view.trace, parameter_of(view.trace, parameters.parameter))
        return [Equation(factors.whole, factors.computed_product)]

    def construct(self) -> None:
        """From three factors to two rules of thumb."""
        self.open_with(self.tree)
        self.recall_the_factors()
        self.nudge_behind_the_neuron()
        if self.trace.L > 1:
            self.turn_the_neuron()
        self.go_along_the_cost()

    def recall_the_factors(self) -> None:
        """The product comes together from the tree."""
        pieces = []
        for variable, node in self.tree.nodes.items():
            try:
                pieces.append((node.symbol, self.row.leaf(variable, side=1)))
            except KeyError:
                continue
        with self.beat("recall"):
            self.play(arriving(self.row, pieces, lag=0.3), run_time=4)
            self.add(self.row)

    def nudge_behind_the_neuron(self) -> None:
        """The neuron before, the nudge, and what it does to z."""
        effect = self.effect
        with self.beat("first"):
            self.play(*self.only(0), Travel(self.tree.node(self.before).symbol, effect.name), run_time=1)
            self.play(FadeIn(effect.neuron, scale=0.8), FadeIn(effect.zero, effect.symbols[0]), run_time=0.8)
            self.play(Create(effect.bars[0]), run_time=0.9)
            self.play(FadeIn(effect.arrow, effect.times, effect.value, effect.brackets), run_time=0.8)
            self.play(FadeIn(effect.symbols[1]), Create(effect.bars[1]), run_time=0.9)
            self.add(effect)

    def turn_the_neuron(self) -> None:
        """It is made to fire strongly, then weakly; the nudge stays the same."""
        with self.beat("strong"):
            self.turn(self.firing, self.strengths[0], self.effect)
        with self.beat("weak"):
            self.turn(self.firing, self.strengths[1], self.effect)
        with self.beat("together"):
            self.turn(self.firing, 0, self.effect)
            self.play(Indicate(self.effect.neuron, color=None, scale_factor=1.15), run_time=1.2)
            self.play(Indicate(self.row.factor(0), color=None, scale_factor=1.15), run_time=1.2)
            self.wait_until("brains")
            along = self.factors.chain.way(self.before)
            ends = [self.tree.node(end) for end in (self.before, self.factors.chain.a(self.trace.L))]
            self.play(
                *(Indicate(end, color=None, scale_factor=1.2) for end in ends), self.tree.flash(along[:3]), run_time=2
            )

    def go_along_the_cost(self) -> None:
        """The output is moved away from its target and towards it."""
        plot = self.plot
        with self.beat("last"):
            self.play(FadeOut(self.effect), *self.only(self.row.count - 1), run_time=0.8)
            self.play(FadeIn(plot.axes, plot.names), run_time=0.6)
            self.play(Create(plot.curve), run_time=1.2)
            self.play(FadeIn(plot.dot, scale=2), GrowFromCenter(plot.tangent), FadeIn(plot.value), run_time=0.8)
            self.add(plot)
        with self.beat("far"):
            self.turn(self.answering, self.distances[0], plot)
        with self.beat("near"):
            self.turn(self.answering, self.distances[1], plot)
            self.turn(self.answering, 0, plot)
            self.play(*self.only(), run_time=0.6)

    # -- moves -----------------------------------------------------------------

    def only(self, *positions: int) -> list[Animation]:
        """These factors in full light, the others dimmed; all of them if none is named."""
        shown = positions or range(self.row.count)
        return [
            self.row.factor(i).animate.set_opacity(1 if i in shown else self.theme.dim) for i in range(self.row.count)
        ]

    def turn(self, by: RunningNudge, to: float, drawing: Mobject) -> None:
        """Turn a bias, and with it the tree and a drawing."""
        with following(by, self.tree, drawing):
            self.play(by.animate.set_value(to), run_time=2.6)

    def handover(self) -> Sequence[Mobject]:
        """The tree, its way still lit."""
        return [self.tree]

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def factors(self) -> Factors:
        """The factors on the way from the weight to the cost."""
        return Factors.of(self.trace, self.parameter(self.parameters.parameter))

    @property
    def before(self) -> Variable:
        """The activation that the weight works on."""
        return self.factors.chain.a(self.trace.L - 1)

    @cached_property
    def tree(self) -> CostTree:
        """The tree with the way lit."""
        tree = CostTree(self.view, self.factors.chain, self.stage["diagram"])
        return tree.light(self.factors.chain.way(self.factors.source))

    @property
    def room(self) -> Region:
        """Where the factors and their pictures stand."""
        return writing(self.stage)

    @cached_property
    def row(self) -> Row:
        """The derivative as a product of what the factors are."""
        whole, room = self.factors.whole, self.room.band(0.58, 1.0)
        choices = [[(whole, p)] for p in (self.factors.computed_product, self.factors.shortened_product)]
        columns = Columns.fitting(self.view, *choices, em=COLUMNS_EM, room=room)
        self.stage.place(columns, room, across=0.0, up=1.0)
        return columns.row(0)

    @property
    def below(self) -> float:
        """The share of the height that is left below the product."""
        return float(self.row.get_bottom()[1] - self.room.bottom) / self.room.height

    @cached_property
    def firing(self) -> RunningNudge:
        """The bias of the neuron before, to be turned."""
        return RunningNudge(self.view, self.factors.chain.b(self.trace.L - 1))

    @cached_property
    def answering(self) -> RunningNudge:
        """The bias of the output, to be turned."""
        return RunningNudge(self.view, self.factors.chain.b(self.trace.L))

    @cached_property
    def strengths(self) -> tuple[float, float]:
        """How to turn the neuron before so that it fires strongly, and weakly."""
        return self.ends(self.trace.L - 1, self.factors.each[0])

    @cached_property
    def distances(self) -> tuple[float, float]:
        """How to turn the output so that the cost is steep, and flat."""
        return self.ends(self.trace.L, self.factors.each[-1])

    def ends(self, layer: int, factor: Derivative) -> tuple[float, float]:
        """The turns of a bias that make a factor large, and small; the shortest if there are several."""
        bias = self.factors.chain.b(layer)
        reach = abs(self.view.value(self.factors.chain.z(layer))) + _TURN
        turns = [float(t) for t in np.linspace(-reach, reach, num=_STEPS)]
        sizes = {t: abs(self.view.with_nudge({bias: t}).value(factor)) for t in turns}
        close = max(sizes.values()) / _STEPS
        large = min((t for t in turns if sizes[t] >= max(sizes.values()) - close), key=abs)
        small = min((t for t in turns if sizes[t] <= min(sizes.values()) + close), key=abs)
        return large, small

    @property
    def flat_near_the_target(self) -> bool:
        """Whether the turns lead to a steep cost far from the target and to a flat one near it."""
        output, target = self.factors.chain.a(self.trace.L), self.factors.chain.y
        far, near = self.turned(self.trace.L, self.distances)
        steep, flat = (abs(view.value(self.factors.each[-1])) for view in (far, near))
        return abs(far.value(output - target)) > abs(near.value(output - target)) and 2 * flat < steep

    def turned(self, layer: int, ends: Sequence[float]) -> list[View]:
        """The views at these turns of a bias."""
        bias = self.factors.chain.b(layer)
        return [self.view.with_nudge({bias: turn}) for turn in ends]

    @cached_property
    def effect(self) -> Effect:
        """The neuron before, the nudge and its effect on z."""
        layer = self.trace.L - 1
        views = self.turned(layer, self.strengths) if layer else []
        return Effect(
            self.view, self.before, self.factors.each[0], self.room.band(0.0, min(0.7, self.below - _APART)), views
        )

    @cached_property
    def plot(self) -> SlopePlot:
        """The cost against the output."""
        views = self.turned(self.trace.L, self.distances)
        return SlopePlot(
            self.view, self.factors.each[-1], self.room.band(0.02, min(0.62, self.below - 2 * _APART)), views
        )
