"""Why: a poor prediction has a loss, and the loss depends on every weight; which change lowers it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from manim import (
    DOWN,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    TransformFromCopy,
)
from pydantic import Field

from bp_core.costs import cost_formula
from bp_core.equations import Equation
from bp_core.nodes import Expression
from bp_core.quantities import C, Variable, a, d
from bp_core.sweep import sweep
from bp_script.language import N_
from scenes.kit.chapter import Chapter
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import significant
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.parameters import BaseParameters, Number, ParameterName, Range
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.targets import Targets
from scenes.kit.plots.axes import Axis
from scenes.kit.plots.curve import Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.view import View

_SAMPLES = 61
#: Letters of the loss, whose limits are small, as a multiple of the least.
_LARGE = 4 / 3

#: How the outputs are told, by how many there are.
_PREDICTION = {
    1: N_("Before training, the weights of a network say nothing yet. For this example, its output is %(first)s."),
    2: N_(
        "Before training, the weights of a network say nothing yet. "
        "For this example, its output is %(first)s and %(second)s."
    ),
    3: N_(
        "Before training, the weights of a network say nothing yet. "
        "For this example, its output is %(first)s and %(second)s and so on."
    ),
}
_CURVE = {
    "w": N_("So take one weight, hold all others fast, and ask for the loss at each value it could have."),
    "b": N_("So take one bias, hold all others fast, and ask for the loss at each value it could have."),
}
#: What the derivative's sign advises.
_ADVICE = {
    "w": {
        -1: N_("A larger weight would lower the loss."),
        0: N_("It is zero: a small change of this weight changes nothing."),
        1: N_("A smaller weight would lower the loss."),
    },
    "b": {
        -1: N_("A larger bias would lower the loss."),
        0: N_("It is zero: a small change of this bias changes nothing."),
        1: N_("A smaller bias would lower the loss."),
    },
}


class Why(Chapter):
    """Weights as they came, a prediction that is off, its loss, and the loss against one weight: which way is down?"""

    title = N_("Which change lowers the loss?")
    example_lesson = "output_and_hidden"

    class Parameters(BaseParameters):
        """Which weight is tried."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias that is moved.")
        reach: Annotated[Number, Range(0, 50, above=True)] = Field(3.0, description="How far it is moved to each side.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        outputs = [a(self.trace.L, j) for j in range(self.trace.sizes[-1])]
        said = zip(("first", "second"), (as_drawn(output, self.diagram, self.view) for output in outputs), strict=False)
        return {
            "prediction": self.tr(_PREDICTION[min(len(outputs), 3)], **dict(said)),
            "targets": self.tr("Beside it is what the output should have been."),
            "loss": self.tr(
                "How far apart the two are is measured by the loss. For this example it is %(loss)s. "
                "{@both} The loss is a function of both; it is not simply their difference.",
                loss=as_drawn(C, self.amount),
            ),
            "question": self.tr(
                "The input is given, and so is the target. All that can change are the weights and the biases."
            ),
            "curve": self.tr(_CURVE[self.variable.symbol]),
            "try": self.tr("Move it, and the prediction moves, and with it the loss."),
            "slope": self.tr(
                "Which way is down, and how steep it is, says the derivative: here %(slope)s. %(advice)s",
                slope=as_drawn(self.slope, self.verdict),
                advice=self.advice,
            ),
        }

    @property
    def advice(self) -> str:
        """Which change lowers the loss."""
        return self.tr(_ADVICE[self.variable.symbol][int(np.sign(self.view.value(self.slope)))])

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The loss of one example."""
        return [Equation(C, cost_formula(view.trace.cost, view.trace.sizes))]

    def construct(self) -> None:
        """From a prediction to a slope."""
        self.open_with(coming=[self.diagram])
        self.predict()
        self.set_the_targets()
        self.measure_the_loss()
        self.ask_what_can_change()
        self.draw_the_curve()
        self.move_the_weight()
        self.take_the_slope()

    def predict(self) -> None:
        """The signal runs through the network to the outputs."""
        diagram, L = self.diagram, self.trace.L
        with self.beat("prediction"):
            pulses = [edge_pulse(diagram, layer, self.theme.activation) for layer in range(1, L + 1)]
            self.play(LaggedStart(*pulses, lag_ratio=0.7), run_time=3)
            outputs = [Indicate(neuron, color=None, scale_factor=1.15) for neuron in diagram.layers[-1]]
            self.play(LaggedStart(*outputs, lag_ratio=0.5), run_time=2)

    def set_the_targets(self) -> None:
        """What should have come out, beside the outputs."""
        with self.beat("targets"):
            self.play(FadeIn(self.targets, shift=0.2 * DOWN), run_time=1.2)

    def measure_the_loss(self) -> None:
        """The loss in symbols and as a number."""
        with self.beat("loss"):
            self.play(FadeIn(self.loss), run_time=1.5)
            self.wait(1.5)
            self.play(FadeIn(self.amount, shift=0.15 * DOWN), run_time=1)
            self.wait_until("both")
            for named in (self.diagram.layers[-1], [self.targets]):
                self.play(*(Indicate(part, color=None, scale_factor=1.12) for part in named), run_time=1.2)

    def ask_what_can_change(self) -> None:
        """Every edge lights up; then one of them stays."""
        diagram = self.diagram
        with self.beat("question"):
            pulses = [edge_pulse(diagram, layer, self.theme.weight) for layer in range(1, self.trace.L + 1)]
            self.play(LaggedStart(*pulses, lag_ratio=0.3), run_time=2)

    def draw_the_curve(self) -> None:
        """The parameter's symbol goes to its axis, and the loss is drawn over it."""
        title = self.plot.axes.titles[0]
        with self.beat("curve"):
            others = [edge for weight, edge in self.diagram.edges.items() if weight != self.variable]
            fading = [edge.animate.set_stroke(opacity=self.theme.dim) for edge in others]
            self.play(*fading, FadeIn(self.symbol), FadeOut(self.amount), run_time=1)
            others = [part for part in self.plot.axes.submobjects if part is not self.plot.axes.titles]
            arrivals = [TransformFromCopy(self.symbol, title), FadeIn(self.plot.axes.titles[1])]
            self.play(*map(FadeIn, others), *arrivals, run_time=1.4)
            self.add(self.plot.axes)
            self.play(self.plot.growing(run_time=2.5))

    def move_the_weight(self) -> None:
        """The dot runs to both sides, the network along."""
        reach = self.parameters.reach
        with self.beat("try"):
            self.play(FadeIn(self.dot, scale=2), run_time=0.6)
            nudge = RunningNudge(self.view, self.variable)
            with following(nudge, self.dot, self.diagram):
                for there in (reach / 2, -reach / 2, 0):
                    self.play(nudge.animate.set_value(there), run_time=1.5)

    def take_the_slope(self) -> None:
        """The tangent, and its value."""
        with self.beat("slope"):
            self.play(Create(self.tangent), run_time=1)
            self.play(FadeOut(self.loss), run_time=0.5)
            self.play(FadeIn(self.verdict, shift=0.1 * DOWN), run_time=0.8)

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter that is moved."""
        return self.parameter(self.parameters.parameter)

    @property
    def slope(self) -> Expression:
        """The derivative of the loss by it."""
        return d(C, self.variable)

    @property
    def digits(self) -> int:
        """Digits of the loss."""
        return significant(self.view.value(C), self.view.decimals + 1)

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network, room for the targets at its right."""
        stacked, body = self.stage.stacked, self.stage["body"]
        upper = body.band(0.62, 0.965) if self.stage.square else body.band(0.54, 1.0)
        room = upper.column(0.0, 0.8) if stacked else self.stage["diagram"].column(0.0, 0.86)
        return NetworkDiagram(self.view, room, keep=[self.variable], room_for="values")

    @cached_property
    def targets(self) -> Targets:
        """What the outputs should be."""
        return Targets(self.view, self.diagram)

    @cached_property
    def symbol(self) -> Typeset:
        """The parameter's symbol at its edge, or below its neuron."""
        return self.diagram.parameter_label(self.variable, em=1.1 * self.stage.least_em)[0]

    @cached_property
    def rooms(self) -> tuple[Region, Region]:
        """Where the loss is written, and where it is plotted."""
        right, body = self.stage["right"], self.stage["body"]
        if not self.stage.stacked:
            return right.band(0.72, 1.02), right.band(0.0, 0.69)
        if self.stage.square:
            return body.band(0.43, 0.615), body.band(0.0, 0.42)
        return body.band(0.34, 0.53), body.band(0.0, 0.32)

    @cached_property
    def loss(self) -> Formula:
        """The loss in symbols."""
        em, stated = self.stage.least_em * _LARGE, cost_formula(self.trace.cost, self.trace.sizes)
        room = self.rooms[0]
        return self.stage.place(
            Formula.fitting(self.view, C, stated, em=em, width=room.width, height=room.height), room
        )

    @cached_property
    def amount(self) -> Formula:
        """The loss as a number, below."""
        formula = Formula(self.view, C, Side.value(C, self.digits), em=1.5 * self.stage.least_em)
        return self.stage.place(formula, self.rooms[1], up=0.9)

    @cached_property
    def verdict(self) -> Formula:
        """The derivative and its value, in the place of the loss."""
        decimals = significant(self.view.value(self.slope), self.view.decimals + 1)
        return self.stage.place(Formula(self.view, self.slope, Side.value(self.slope, decimals), em=0.6), self.rooms[0])

    @cached_property
    def plot(self) -> Plot:
        """The loss over the parameter."""
        here, reach = self.view.value(self.variable), self.parameters.reach
        xs = np.linspace(here - reach, here + reach, _SAMPLES)
        ys = sweep(self.trace, self.variable, xs, C)
        return Plot(
            self.view,
            self.rooms[1],
            [Series(xs, ys, self.theme.cost)],
            Axis(Scale.holding(xs, room=0), self.variable),
            Axis(Scale.holding(ys), C),
            em=self.stage.least_em,
        )

    @cached_property
    def dot(self) -> PlotDot:
        """Where the network is on it."""
        return PlotDot(
            self.view,
            self.plot.axes,
            self.variable,
            C,
            colour=self.theme.cost,
            reads=C,
            decimals=self.digits,
            em=0.9 * self.stage.least_em,
            curves=self.plot.curves,
        )

    @cached_property
    def tangent(self) -> Line:
        """The line that touches the curve there."""
        return self.plot.axes.tangent(
            self.view.value(self.variable), self.view.value(C), self.view.value(self.slope), self.theme.ink
        )
