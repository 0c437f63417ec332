"""Race: one network, trained from the same start with one activation function after another inside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import cycle
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
from manim import DOWN, LEFT, RIGHT, FadeOut, Indicate, LaggedStart, Mobject, ReplacementTransform, VGroup
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Expression
from bp_core.quantities import J
from bp_script.entries.base import Count
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.contestants import Contestant, contestants, gradient_size
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.functions import NAMES
from scenes.kit.letters.lined import level
from scenes.kit.letters.number import Value, significant
from scenes.kit.letters.text import Words
from scenes.kit.parameters import BaseParameters, Range, Whole
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.plots.axes import Axis
from scenes.kit.plots.curve import STYLES, Series
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.view import View

Function = Literal["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear"]

#: How much smaller the first layer's gradient is than the last one's, by the power of ten.
_SMALLER = MappingProxyType(
    {
        1: N_("With %(function)s, its derivatives are more than ten times smaller."),
        2: N_("With %(function)s, its derivatives are more than a hundred times smaller."),
        3: N_("With %(function)s, its derivatives are more than a thousand times smaller."),
        4: N_("With %(function)s, its derivatives are more than ten thousand times smaller."),
        5: N_("With %(function)s, its derivatives are more than a hundred thousand times smaller."),
    }
)
_HARDLY_ANY = N_("With %(function)s, hardly anything arrives there.")
#: From which part of its start on a cost has hardly fallen.
_HARDLY = 9 / 10
#: A layer with more weights than this has its gradient's size drawn, but not written.
_MOST = 4096


class Race(Chapter):
    """The same network, data and start, trained with each function: gradients per layer, and the falling costs."""

    title = N_("A race from the same start")
    example_lesson = "activations"

    class Parameters(BaseParameters):
        """Who takes part, and how long."""

        functions: Annotated[tuple[Function, ...], Count("function", 2, 4)] = Field(
            ("sigmoid", "tanh", "relu"), description="The activation functions of the hidden layers, one after another."
        )
        epochs: Annotated[Whole, Range(1, 10_000)] | None = Field(
            None, description="How long they train, if not as the lesson's training says."
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003
        """It needs hidden layers to put the functions into, and training."""
        if lesson.network.L == 1:
            return Unsuited(tr("expected a network with a hidden layer, for the functions to compare; got none"))
        if lesson.training is None:
            return Unsuited(tr("expected a lesson with training, for the functions to race; got none"))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        return {
            "same": tr(
                "Take one network with its data and its start. Only the function in the hidden layers will change."
            ),
            "sizes": tr(
                "Before the first step: how large are the weights' derivatives, layer by layer, on the way back "
                "from the cost?"
            ),
            "measured": self.shrinking,
            "slopes": (
                tr(
                    "Why do they change? On the way back, every layer multiplies by the slopes of its function, "
                    "and a sigmoid is never steeper than a quarter."
                )
                if "sigmoid" in self.contestants
                else tr("Why do they change? On the way back, every layer multiplies by the slopes of its function.")
            )
            + " {@weights}"
            + tr("The weights multiply, too."),
            "race": tr(
                "Now let each of them train: the same examples, the same learning rate, the same number of steps."
            ),
            "result": self.result,
            "why": tr(
                "One race is no proof. But it shows why slopes matter: "
                "on the way back they multiply, layer after layer."
            ),
        }

    @property
    def shrinking(self) -> str:
        """How the gradients change on the way back, in words."""
        shrinks = {f: c.shrinks for f, c in self.contestants.items()}
        told = [f"{{@{f}}}" + self.tr(_smaller(times), function=self.tr(NAMES[f])) for f, times in shrinks.items()]
        return " ".join([self.tr("Compare the first layer, the farthest from the cost, with the last."), *told])

    @property
    def result(self) -> str:
        """Who has come how far."""
        ends = {f: float(c.costs[1][-1]) for f, c in self.contestants.items()}
        best, worst = min(ends, key=lambda f: ends[f]), max(ends, key=lambda f: ends[f])
        if ends[best] == ends[worst]:
            return self.tr("At the end, all of them have the same cost.")
        told = self.tr(
            "At the end, %(best)s has the lowest cost, and %(worst)s the highest.",
            best=self.tr(NAMES[best]),
            worst=self.tr(NAMES[worst]),
        )
        stuck = [f for f, c in self.contestants.items() if _HARDLY * c.costs[1][0] < ends[f] <= c.costs[1][0]]
        if len(stuck) != 1:
            return told
        hardly = self.tr("%(function)s has hardly begun to learn.", function=self.tr(NAMES[stuck[0]]))
        return f"{told} {hardly[0].upper()}{hardly[1:]}"

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """None: what is shown was measured."""
        return []

    def construct(self) -> None:
        """From equal starts to gradients, to costs."""
        self.open_with(coming=[self.large])
        self.show_the_network()
        self.ask_for_the_gradients()
        self.draw_the_gradients()
        self.explain()
        self.race()
        self.tell_the_result()
        self.say_why()

    def show_the_network(self) -> None:
        """The network, and where the function stands."""
        large = self.large
        with self.beat("same"):
            inside = [neuron for column in large.layers[1:-1] for neuron in column]
            lit = (Indicate(neuron, color=None, scale_factor=1.15) for neuron in inside)
            self.wait(2)
            self.play(LaggedStart(*lit, lag_ratio=0.1), run_time=3)

    def ask_for_the_gradients(self) -> None:
        """The axes of the gradients come, and a pulse runs back through the layers."""
        with self.beat("sizes"):
            self.play(ReplacementTransform(self.large, self.diagram), run_time=1.4)
            self.play(self.gradients.drawn(), run_time=1.2)
            back = [
                edge_pulse(self.diagram, layer, self.theme.cost, backward=True) for layer in range(self.trace.L, 0, -1)
            ]
            self.play(LaggedStart(*back, lag_ratio=0.7), run_time=3)

    def draw_the_gradients(self) -> None:
        """The two layers light up; then one line after the other runs back from the cost, as it is spoken of."""
        plot, pulse = self.gradients, self.theme.cost
        with self.beat("measured"):
            ends = [edge_pulse(self.diagram, layer, pulse, backward=True) for layer in (1, self.trace.L)]
            self.play(LaggedStart(*ends, lag_ratio=1), run_time=2.4)
            for at, function in enumerate(self.contestants):
                self.wait_until(function)
                self.play(plot.growing(at, run_time=1.8))
                self.play(plot.named(at), run_time=0.6)

    def explain(self) -> None:
        """A pulse runs back once more, and each line lights up."""
        with self.beat("slopes"):
            layers = range(self.trace.L, 0, -1)
            back = [edge_pulse(self.diagram, layer, self.theme.cost, backward=True) for layer in layers]
            self.play(LaggedStart(*back, lag_ratio=0.7), run_time=3)
            names = (Indicate(name, color=None, scale_factor=1.1) for name in self.gradients.names)
            self.play(LaggedStart(*names, lag_ratio=0.4), run_time=2.4)
            self.wait_until("weights")
            back = [edge_pulse(self.diagram, layer, self.theme.weight, backward=True) for layer in layers]
            self.play(LaggedStart(*back, lag_ratio=0.4), run_time=1.6)

    def race(self) -> None:
        """All costs fall together."""
        with self.beat("race"):
            self.play(FadeOut(self.diagram), run_time=0.6)
            self.play(self.falling.drawn(), run_time=1)
            self.play(self.falling.growing(run_time=5))
            self.play(self.falling.named(), run_time=0.8)

    def tell_the_result(self) -> None:
        """The lowest and the highest."""
        ends = [float(c.costs[1][-1]) for c in self.contestants.values()]
        with self.beat("result"):
            for at in (int(np.argmin(ends)), int(np.argmax(ends))):
                self.play(Indicate(self.falling.names[at], color=None, scale_factor=1.15), run_time=1.4)

    def say_why(self) -> None:
        """Back to the gradients."""
        names = self.gradients.names
        with self.beat("why"):
            self.play(LaggedStart(*(Indicate(n, color=None, scale_factor=1.1) for n in names), lag_ratio=0.4))

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def contestants(self) -> Mapping[str, Contestant]:
        """Who takes part."""
        return contestants(self.view, self.parameters.functions, self.parameters.epochs)

    @cached_property
    def large(self) -> NetworkDiagram:
        """The network in the whole frame, to begin with."""
        return NetworkDiagram(self.view, self.stage["body"])

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network beside the gradients; its numbers were to be read when it was large."""
        diagram = NetworkDiagram(self.view, self.stage["diagram"])
        for neuron in diagram.neurons():
            neuron.value.set_opacity(0)
        return diagram

    @cached_property
    def gradients(self) -> Plot:
        """The size of the gradient in each layer, from the last back to the first."""
        L, em = self.trace.L, self.stage.least_em
        back = np.arange(L, dtype=np.float64)
        sizes = {f: c.gradients[::-1] for f, c in self.contestants.items()}
        count = int(np.prod(self.trace.sizes[:2]))
        series = [
            Series(
                back,
                sizes[f],
                self.theme.weight,
                style,
                self.named(c.view, f, gradient_size(1) if count <= _MOST else None, self.theme.weight),
            )
            for (f, c), style in zip(self.contestants.items(), cycle(STYLES), strict=False)
        ]
        positive = np.concatenate([s[s > 0] for s in sizes.values()] or [np.ones(1)])
        scale = Scale.holding(positive if len(positive) else np.ones(1), log=None)
        ticks = tuple(float(t) for t in back) if self.stage.width >= L else None
        across = Axis(Scale.holding(back), self.tr("layers back from the last"), ticks)
        title = Words(self.tr("size of the derivatives"), em=0.8 * em, colour=self.theme.quiet)
        return Plot(self.view, self.stage["right"], series, across, Axis(scale, title), em=em)

    @cached_property
    def falling(self) -> Plot:
        """The costs over the epochs."""
        em = self.stage.least_em
        series = [
            Series(*c.costs, self.theme.cost, style, self.named(c.after, f, J, self.theme.cost))
            for (f, c), style in zip(self.contestants.items(), cycle(STYLES), strict=False)
        ]
        costs = np.concatenate([c.costs[1] for c in self.contestants.values()])
        epochs = next(iter(self.contestants.values())).training.epochs
        across = Axis(Scale(0, epochs), self.tr("epochs"))
        return Plot(
            self.view, self.stage["diagram"], series, across, Axis(Scale.holding(costs, log=None, zero=True), J), em=em
        )

    def named(self, view: View, function: str, expression: Expression | None, colour: str) -> VGroup:
        """A function's name, its number below it; beside it in a square."""
        em = self.stage.least_em
        name = Words(self.tr(NAMES[function]), em=0.85 * em, colour=colour)
        if expression is None:
            return VGroup(name)
        decimals = significant(view.value(expression), self.view.decimals)
        value = Value(view, expression, em=0.8 * em, colour=colour, decimals=decimals)
        both = VGroup(name, value)
        # A square's plots are too low for two lines each.
        return (
            level(both.arrange(RIGHT, buff=0.15))
            if self.stage.square
            else both.arrange(DOWN, buff=0.08, aligned_edge=LEFT)
        )

    def handover(self) -> Sequence[Mobject]:
        """Nothing."""
        return []


def _smaller(times: float) -> str:
    """How much smaller a gradient has become, in words."""
    if not math.isfinite(times):
        return N_("With %(function)s, nothing is left of them there.")
    if times < 1:
        return N_("With %(function)s, its derivatives are larger.")
    power = math.floor(math.log10(times)) if times > 0 else 0
    if power >= 1:
        return _SMALLER.get(power, _HARDLY_ANY)
    if times < 2:
        return N_("With %(function)s, its derivatives are about as large.")
    return N_("With %(function)s, its derivatives are somewhat smaller.")
