"""Which loss: squared error and cross-entropy of the same prediction, over the same weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from typing import Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    ShowPassingFlash,
    VGroup,
)
from pydantic import Field

from bp_core.costs import Cost
from bp_core.equations import Equation
from bp_core.quantities import C, Variable, a, b, d, w, y, z
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lined import level
from scenes.kit.letters.named_value import NamedValue
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.motion.travel import Travel
from scenes.kit.otherwise import otherwise
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.plots.curve import Curve, Growing, Series
from scenes.kit.plots.loss import LossPanel
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How far z goes to each side, and at how many places the losses are computed.
_REACH, _SAMPLES = 7, 141
#: Outputs that are written out at most.
_OUTPUTS = 3
#: A slope below this is flat; an activation or a sum off by less is none.
_FLAT, _NOISE = 1 / 20, 1 / 100
#: The loss that goes with each activation of the outputs.
_ENTROPY = {"sigmoid": "binary_cross_entropy", "softmax": "cross_entropy"}

_SQUARED = {
    "w": N_("Squared error over one weight of this output, all else fixed: a curve with a flat end."),
    "b": N_("Squared error over one bias of this output, all else fixed: a curve with a flat end."),
}
_SAME = {
    "w": N_("Cross-entropy of the same answers, over the same weight."),
    "b": N_("Cross-entropy of the same answers, over the same bias."),
}
_WRONG = {
    ("w", True): N_("Now make the answer as wrong as can be: let the weight run to the right."),
    ("w", False): N_("Now make the answer as wrong as can be: let the weight run to the left."),
    ("b", True): N_("Now make the answer as wrong as can be: let the bias run to the right."),
    ("b", False): N_("Now make the answer as wrong as can be: let the bias run to the left."),
}
#: What is said of each loss, squared error first: flat where the answer is most wrong, steeper there, or neither.
_FLAT_THERE = (
    N_("Squared error is flat there: hardly a push at all."),
    N_("Cross-entropy is flat there: hardly a push at all."),
)
_STEEPER = (
    N_("Squared error is steeper there: the push grows with the mistake."),
    N_("Cross-entropy is steeper there: the push grows with the mistake."),
)
_SLOPING = (
    N_("Squared error still has a slope there."),
    N_("Cross-entropy still has a slope there."),
)
#: And whether it bends up everywhere.
_CONVEX = (
    N_("Squared error bends up everywhere on this line: it is convex, and downhill leads to the bottom."),
    N_("Cross-entropy bends up everywhere on this line: it is convex, and downhill leads to the bottom."),
)
_BENT = (
    N_("Squared error bends the wrong way where it is bright: it is not convex."),
    N_("Cross-entropy bends the wrong way where it is bright: it is not convex."),
)


class WhichLoss(Chapter):
    """Squared error against cross-entropy over one weight: one is flat where it is most wrong, the other steep."""

    title = N_("Which loss for a classifier?")
    example_lesson = "output_and_hidden"

    class Parameters(BaseParameters):
        """Which weight."""

        parameter: ParameterName | None = Field(
            None,
            description="A weight or bias of the last layer; else the weight of the first output that moves it most.",
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """It needs outputs that are probabilities, and targets that are."""
        output = lesson.network.activations[-1]
        if output not in _ENTROPY:
            return Unsuited(tr("expected a classifier, with sigmoid or softmax outputs; got %(got)s", got=output))
        targets = np.array([example.y for example in lesson.examples])
        sums = np.abs(targets.sum(axis=1) - 1).max() if output == "softmax" else 0.0
        if targets.min() < 0 or targets.max() > 1 or sums > _NOISE**2:
            return Unsuited(tr("expected targets that are probabilities, for the cross-entropy; got others"))
        view = lesson.trace()
        if parameters.parameter is not None:
            variable = parameter_of(view, parameters.parameter)
            if variable.layer != view.L:
                return Unsuited(tr("expected a parameter of the last layer; got %(got)s", got=variable), "parameter")
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        L, (_, j, *_) = self.trace.L, places(self.variable)
        kind = self.variable.symbol
        return {
            "prediction": self.tr(
                "Here one answer is %(answer)s, and it should be %(target)s. "
                "How is the loss of such an answer best measured?",
                answer=as_drawn(a(L, j), self.answers),
                target=as_drawn(y(j), self.answers),
            ),
            "squared": self.tr(_SQUARED[kind]),
            "entropy": self.tr(_SAME[kind]),
            "wrong": " ".join(
                (self.tr(_WRONG[kind, self.change > 0]), *(self.tr(self.steepness(at)) for at in range(2)))
            ),
            "bent": " {@other}".join(
                self.tr((_CONVEX if len(panel.bent) < 2 else _BENT)[at]) for at, panel in enumerate(self.panels)
            ),
            "so": self.tr(
                "A large mistake should be a strong push. So classifiers are trained with cross-entropy, "
                "and squared error serves here as the simpler example."
            ),
        }

    def steepness(self, at: int) -> str:
        """How steep a loss is where the answer is most wrong, compared with where the network is."""
        panel = self.panels[at]
        before, after = (abs(view.value(d(C, self.variable))) for view in (panel.view, panel.end))
        if after < _FLAT * max(1.0, before) and after < before:
            return _FLAT_THERE[at]
        return (_STEEPER if after > before else _SLOPING)[at]

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """None: the curves are measured."""
        return []

    def construct(self) -> None:
        """From an answer to two losses."""
        self.open_with(coming=[self.large])
        self.look_at_the_answer()
        self.draw("squared", self.panels[0])
        self.draw("entropy", self.panels[1])
        self.go_wrong()
        self.look_at_the_bend()
        self.conclude()

    def look_at_the_answer(self) -> None:
        """Outputs and targets."""
        with self.beat("prediction"):
            lit = (Indicate(pair, color=None, scale_factor=1.1) for pair in self.large)
            self.play(LaggedStart(*lit, lag_ratio=0.6), run_time=3)
            self.wait(2)
            self.play(ReplacementTransform(self.large, self.answers), run_time=1.4)

    def draw(self, beat: str, panel: LossPanel) -> None:
        """A loss is drawn over the weight, with the slope where the network is."""
        with self.beat(beat):
            self.play(FadeIn(panel.heading, panel.axes), run_time=1)
            self.play(Growing(panel.curve, run_time=2))
            self.play(FadeIn(panel.dot, scale=2), FadeIn(panel.tangent, panel.reading), run_time=1)

    def go_wrong(self) -> None:
        """Both dots run to where the answer is most wrong, and the answer with them."""
        others = [pair for pair in self.answers if pair is not self.own]
        with self.beat("wrong"), ExitStack() as together:
            self.remove(self.own)
            self.play(Travel(self.own, self.asked, run_time=0.8), *map(FadeOut, others), run_time=0.8)
            nudges = [RunningNudge(panel.view, self.variable) for panel in self.panels]
            for nudge, panel in zip(nudges, self.panels, strict=True):
                together.enter_context(following(nudge, panel))
            together.enter_context(following(nudges[0], self.asked[0]))
            self.play(*(n.animate.set_value(self.change) for n in nudges), run_time=5)

    def look_at_the_bend(self) -> None:
        """The part of each curve that bends down lights up, or a light runs along one that has none."""
        with self.beat("bent"):
            self.play(self.lit(self.panels[0]))
            self.wait_until("other")
            self.play(self.lit(self.panels[1]))
            self.wait(1)

    def conclude(self) -> None:
        """The loss that pushes."""
        with self.beat("so"):
            self.play(Indicate(self.panels[1].reading, color=None, scale_factor=1.2), run_time=1.5)

    def lit(self, panel: LossPanel) -> Animation:
        """What of a curve bends down comes, drawn thicker; or a light as thick."""
        bends = len(panel.bent) >= 2
        inside = (panel.xs >= panel.bent[0]) & (panel.xs <= panel.bent[-1]) if bends else slice(None)
        curve = Curve(panel.axes, Series(panel.xs[inside], panel.ys[inside], self.theme.highlight, width=7))
        return FadeIn(curve) if bends else ShowPassingFlash(curve, run_time=2)

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The weight or bias."""
        if self.parameters.parameter is not None:
            return self.parameter(self.parameters.parameter)
        before = np.abs(self.trace.examples[self.trace.focus].layer(self.trace.L - 1).a) if self.trace.L > 1 else None
        if before is None:
            before = np.abs(self.trace.examples[self.trace.focus].x)
        strongest = int(np.argmax(before))
        return w(self.trace.L, 0, strongest) if before[strongest] > _NOISE else b(self.trace.L, 0)

    @property
    def rate(self) -> float:
        """How far z moves as the parameter moves by one."""
        _, j, *_ = places(self.variable)
        return self.view.value(d(z(self.trace.L, j), self.variable))

    @cached_property
    def at(self) -> float:
        """The z that a sigmoid would have: 0 where the answer is one half. Softmax: z beside all others."""
        L, (_, j, *_) = self.trace.L, places(self.variable)
        own = self.view.value(z(L, j))
        others = [self.view.value(z(L, i)) for i in range(self.trace.sizes[-1]) if i != j]
        softmax = self.trace.network.activations[-1] == "softmax" and others
        return own - float(np.logaddexp.reduce(others)) if softmax else own

    @cached_property
    def to_wrong(self) -> float:
        """How far z has to go until the answer is as wrong as the plots show."""
        right = self.view.value(y(places(self.variable)[1])) >= 1 / 2
        return (-_REACH if right else _REACH) + (1 if right else -1) / 2 - self.at

    @property
    def change(self) -> float:
        """How far the parameter has to go for that."""
        return self.to_wrong / self.rate

    @cached_property
    def large(self) -> VGroup:
        """The same, large, to begin with; where there are many, below each other."""
        large = self.answers.copy().scale(1.6)
        if len(large) > 2:
            large.arrange(DOWN, buff=0.6)
        return self.stage.place(large, "body")

    @cached_property
    def answers(self) -> VGroup:
        """The outputs and their targets, in a row, as many as can be read there."""
        count = min(self.trace.sizes[-1], _OUTPUTS)
        while (pairs := self.pairs(count))[0][0].smallest < READABLE_DIGITS_EM and count > 1:
            count -= 1
        return pairs

    @property
    def own(self) -> VGroup:
        """The output that is spoken of, and its target."""
        own: VGroup = self.answers[min(places(self.variable)[1], len(self.answers) - 1)]
        return own

    @cached_property
    def asked(self) -> VGroup:
        """The same alone in the row, with a value that runs and has room for what it comes to."""
        panel = self.panels[0]
        row = max(map(self.named, (panel.view, panel.end)), key=lambda row: float(row.width))
        row[0].follow(self.view)
        return row

    def named(self, view: View) -> VGroup:
        """The output that is spoken of and its target in a view, in the row."""
        _, j, *_ = places(self.variable)
        em, pair = 1.1 * self.stage.least_em, (a(self.trace.L, j), y(j))
        row = VGroup(*(NamedValue(view, q, em, decimals=view.decimals, share=1.0) for q in pair))
        output, target = row.arrange(RIGHT, buff=0.5)
        target.shift((output.sign.get_y() - target.sign.get_y()) * UP)
        return self.stage.place(row, self.row, across=0.5 if self.stage.stacked else 0.0)

    @property
    def row(self) -> Region:
        """Where outputs and targets stand."""
        return self.stage["body"].band(0.79 if self.stage.square else 0.86, 1.02)

    def pairs(self, count: int) -> VGroup:
        """So many outputs and their targets, the one that is spoken of among them."""
        L, pairs, own, room = self.trace.L, VGroup(), places(self.variable)[1], self.row
        for j in range(count) if own < count else (*range(count - 1), own):
            both = [Formula(self.view, q, Side.value(q), em=1.1 * self.stage.least_em) for q in (a(L, j), y(j))]
            pairs.add(level(VGroup(*both).arrange(RIGHT, buff=0.5)))
        if self.stage.stacked:
            spare = (room.height - sum(pair.height for pair in pairs)) / max(count - 1, 1)
            pairs.arrange(DOWN, buff=min(max(0.12, spare), 0.25))
        else:
            spare = (room.width - sum(pair.width for pair in pairs)) / max(count - 1, 1)
            pairs.arrange(RIGHT, buff=min(max(0.6, spare), 1.1))
            # All to one side: none is to look like the heading of the panel below it.
            return self.stage.place(pairs, room, across=0.0)
        return self.stage.place(pairs, room)

    @cached_property
    def panels(self) -> tuple[LossPanel, LossPanel]:
        """Squared error and cross-entropy."""
        body, own = self.stage["body"], self.trace.cost.function
        room = body.band(0.0, 0.74 if self.stage.square else 0.82)
        rooms = (
            (room.band(0.52, 1.0), room.band(0.0, 0.48))
            if self.stage.stacked and not self.stage.square
            else (room.column(0.0, 0.47), room.column(0.53, 1.0))
        )
        at, here = self.at, self.view.value(self.variable)
        low, high = sorted(here + (side * max(_REACH, abs(at) + 1) - at) / self.rate for side in (-1, 1))
        xs = np.linspace(low, high, _SAMPLES)
        squared = own if own.endswith("squared_error") else "half_squared_error"
        entropy = _ENTROPY[self.trace.network.activations[-1]]
        squared_view, entropy_view = (otherwise(self.view, cost=Cost(name)) for name in (squared, entropy))
        names = self.tr("squared error"), self.tr("cross-entropy")
        losses = zip(names, (squared_view, entropy_view), rooms, strict=True)
        em = self.stage.least_em
        heading_em = LossPanel.heading_em(names, rooms[0].width, em)
        first, second = (
            LossPanel(name, view, self.variable, xs, room, em=em, heading_em=heading_em, until=self.change)
            for name, view, room in losses
        )
        return first, second
