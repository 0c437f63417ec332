"""Training: the cost over all steps and epochs, while the network's weights change beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from manim import (
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    SurroundingRectangle,
    VGroup,
    linear,
)

from bp_core.errors import NumberError
from bp_core.quantities import C, J, a
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.language.mathematics import in_words
from bp_script.lesson import Lesson
from scenes.kit.calculus.wishes import emblem
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.motion.running import RunningSteps, following
from scenes.kit.pictures.answering import AnsweringNetwork
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.example_grid import ExampleGrid
from scenes.kit.pictures.input_picture import picture_shape
from scenes.kit.plots.axes import Axis
from scenes.kit.plots.curve import Growing, Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region

#: The most points of the curve, the most epochs that get a line, and how many steps are taken one by one at most.
_POINTS, _EPOCHS, _SINGLE = 600, 25, 8
#: What the cost has to come below of its start to have fallen far.
_FAR = 10
#: The axis goes on beyond the last step by two parts of so many, for the value there to have room.
_BEYOND = 5


class Training(Chapter):
    """The cost over steps and epochs, the network's weights changing beside it, and what it reads right at the end."""

    title = N_("Training, epoch after epoch")
    example_lesson = "what_examples_want"

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003 - it has no keys of its own
        """There has to be a training, with finite costs."""
        steps = lesson.trace().steps
        if len(steps) < 2:
            return Unsuited(tr("expected a training of at least one step in the lesson; got none"))
        try:
            costs = [steps[step].J for step in _some(len(steps))]
        except NumberError as error:
            return Unsuited(
                tr(
                    "expected a training in which the cost stays finite; got one in which %(error)s",
                    error=in_words(error),
                )
            )
        return None if all(map(np.isfinite, costs)) else Unsuited(tr("expected finite costs"))

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        several = self.in_an_epoch > 1
        return {
            "start": self.tr(
                "Now every weight and every bias learns. At the start, the average cost is %(cost)s.",
                cost=f"{{J:.{self.fine}f}}",
            ),
            "steps": self.tr(
                "Each batch gives a step, and %(steps)s of them make an epoch: one pass through all the examples.",
                steps=f"{{{self.in_an_epoch}:d}}",
            )
            if several
            else self.tr("Each step goes through all the examples: that is an epoch."),
            "run": self.tr(
                "Epoch after epoch, the weights shift, and the outputs with them. %(verdict)s", verdict=self.verdict
            ),
            "answer": self.answer,
            "grid": self.tr("Take the largest output for the answer. At first, the network got the framed ones wrong."),
            "right": self.tr(
                "%(progress)s These are the examples it has learnt from; new ones would be the real test.",
                progress=self.progress,
            ),
        }

    def construct(self) -> None:
        """From the first cost to the last."""
        self.open_with()
        self.begin()
        self.take_single_steps()
        if self.last > self.single:
            self.run_to_the_end()
        self.look_at_the_answer()
        if self.lesson.class_names:
            self.see_what_was_wrong()
            self.see_what_is_right()

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the film is over."""
        return []

    def begin(self) -> None:
        """The network, and the plot with the first cost."""
        with self.beat("start"):
            self.play(FadeIn(self.network), run_time=1.2)
            self.play(self.plot.drawn(), run_time=1.4)
            self.play(FadeIn(self.dot, scale=1.6), run_time=0.8)

    def take_single_steps(self) -> None:
        """The first epoch, step by step."""
        with self.beat("steps"):
            for step in range(1, self.single + 1):
                self.go_to(step, since=step - 1, run_time=max(0.5, 5 / self.single))
            if len(self.epoch_ends):
                self.play(LaggedStart(*(Create(line) for line in self.epoch_ends), lag_ratio=0.1), run_time=1.2)

    def run_to_the_end(self) -> None:
        """All other steps in one go."""
        with self.beat("run"):
            self.go_to(self.last, since=self.single, run_time=8)

    def look_at_the_answer(self) -> None:
        """Outputs and targets once more."""
        with self.beat("answer"):
            rings = [self.diagram.neuron(a(self.trace.L, j)) for j in self.diagram.drawn[-1]]
            pairs = [
                AnimationGroup(*(Indicate(part, color=None, scale_factor=1.15) for part in pair))
                for pair in zip(rings, self.network.targets.rows, strict=True)
            ]
            self.play(LaggedStart(*pairs, lag_ratio=0.6), run_time=2.4)

    def see_what_was_wrong(self) -> None:
        """The network leaves; all examples come, those first read wrongly framed."""
        grid = self.grid
        with self.beat("grid"):
            self.play(FadeOut(self.network), run_time=0.8)
            items = [FadeIn(item, scale=0.7) for item in grid.items.values()]
            self.play(LaggedStart(*items, lag_ratio=0.04), FadeIn(grid.more), run_time=2)
            frames = [Create(self.misread[example]) for example in self.wrong(0)]
            self.play(LaggedStart(*frames, lag_ratio=0.1), run_time=1.6)

    def see_what_is_right(self) -> None:
        """The frames of those that are read rightly now go."""
        then = self.wrong(self.last)
        gone = [self.misread[example] for example in self.wrong(0) if example not in then]
        come = [self.misread[example] for example in then if example not in self.wrong(0)]
        with self.beat("right"):
            moves = [*(FadeOut(frame, scale=1.2) for frame in gone), *(Create(frame) for frame in come)]
            if moves:
                self.play(LaggedStart(*moves, lag_ratio=0.1), run_time=2.4)

    # -- moves -----------------------------------------------------------------

    def go_to(self, step: int, *, since: int, run_time: float) -> None:
        """Steps are taken: the curve grows, dot and network follow."""
        running = RunningSteps(self.view, since)
        growing = Growing(self.plot.curves[0], since=since / self.last, until=step / self.last, run_time=run_time)
        with following(running, self.dot, self.diagram):
            self.play(running.animate(rate_func=linear, run_time=run_time).set_value(step), growing)

    # -- what it tells -----------------------------------------------------------

    @property
    def fine(self) -> int:
        """Digits of the cost."""
        return self.view.decimals + 1

    @cached_property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.trace.steps) - 1

    @property
    def in_an_epoch(self) -> int:
        """How many steps an epoch has."""
        training = self.trace.training
        return self.last // max(1, training.epochs if training is not None else 1)

    @property
    def single(self) -> int:
        """How many steps are taken one by one."""
        return min(self.in_an_epoch, self.last, _SINGLE)

    @property
    def verdict(self) -> str:
        """What becomes of the cost."""
        first, last = (self.trace.steps[step].J for step in (0, self.last))
        if last > first:
            return self.tr("But the cost rises: these steps are too long.")
        if last < first / _FAR:
            return self.tr("The cost falls to a small part of what it was.")
        return self.tr("The cost falls.") if last < first else self.tr("The cost stays where it was.")

    @property
    def answer(self) -> str:
        """Whether the example in focus is answered better than before."""
        now, then = (self.view.at_step(step).value(C) for step in (0, self.last))
        if then < now:
            return self.tr(
                "The example we began with has got most of what it wanted: "
                "its outputs have come closer to their targets."
            )
        return self.tr("The example we began with has not got what it wanted: the others have pulled the other way.")

    def wrong(self, step: int) -> list[int]:
        """The examples shown whose largest output, after so many steps, is not that of their class."""
        here = self.trace.at_step(step)
        return [
            example
            for example in self.grid.items
            if here.examples[example].layer(self.trace.L).a.argmax() != self.trace.data.y[example].argmax()
        ]

    @property
    def progress(self) -> str:
        """What the network gets right now."""
        first, now = len(self.wrong(0)), len(self.wrong(self.last))
        if not now:
            return self.tr("Now it gets every one of them right.")
        if now < first:
            return self.tr("Now it gets more of them right, though not all.")
        return self.tr("So far, it gets no more of them right.")

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the network or the examples stand, and the plot."""
        body = self.stage["body"]
        left, plot = body.column(0.0, 0.58), body.column(0.63, 1.0)
        if self.stage.stacked:
            left, plot = body.band(0.5, 1.0), body.band(0.0, 0.45)
        return {"left": left, "plot": plot}

    @cached_property
    def network(self) -> AnsweringNetwork:
        """The network with the example in focus at its input."""
        shape = picture_shape(self.lesson)
        left, classes = self.rooms["left"], self.lesson.class_names
        return AnsweringNetwork(self.view, left, shape, classes, margin=self.stage.stacked)

    @property
    def diagram(self) -> NetworkDiagram:
        """The network's neurons and edges."""
        return self.network.diagram

    @cached_property
    def plot(self) -> Plot:
        """The cost over the steps."""
        steps = _some(len(self.trace.steps))
        costs = [self.trace.steps[step].J for step in steps]
        series = Series(steps, costs, self.theme.cost)
        across, up = Scale(0.0, self.last + 2 * self.last / _BEYOND), Scale.holding(costs, zero=True, log=False)
        return Plot(self.view, self.rooms["plot"], [series], Axis(across, self.tr("steps")), Axis(up, J))

    @cached_property
    def dot(self) -> PlotDot:
        """Where training is, and the cost there."""
        return PlotDot(
            self.view,
            self.plot.axes,
            lambda view: float(view.step),
            J,
            colour=self.theme.cost,
            reads=J,
            decimals=self.fine,
            em=0.38,
            curves=self.epoch_ends,
        )

    @cached_property
    def epoch_ends(self) -> VGroup:
        """A mark on the axis where each epoch ends, unless there are many."""
        ends = range(self.in_an_epoch, self.last + 1, max(1, self.in_an_epoch))
        if len(ends) > _EPOCHS:
            return VGroup()
        axes = self.plot.axes
        feet = (axes.point(float(end), 0.0) for end in ends)
        lines = (Line(foot, foot + 0.16 * UP, color=self.theme.ink, stroke_width=2.5) for foot in feet)
        return VGroup(*lines)

    @cached_property
    def grid(self) -> ExampleGrid:
        """The examples."""
        size = self.trace.training.batch_size if self.trace.training else None
        batch = size if size is not None and size > 1 else len(self.trace.data)
        return ExampleGrid(self.view, emblem(self.lesson, self.view), self.rooms["left"], batch=batch)

    @cached_property
    def misread(self) -> Mapping[int, Mobject]:
        """A frame round each example that is read wrongly at the start or at the end."""
        wrong = {*self.wrong(0), *self.wrong(self.last)}
        return {
            example: SurroundingRectangle(item, color=self.theme.cost, buff=0.05, stroke_width=4)
            for example, item in self.grid.items.items()
            if example in wrong
        }


def _some(count: int) -> list[int]:
    """So many step numbers, or evenly chosen ones where they are very many."""
    return sorted({int(step) for step in np.linspace(0, count - 1, min(count, _POINTS)).round()})
