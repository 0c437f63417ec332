"""Mini-batches: the data shuffled and cut, a step for each batch, and the way down beside that of whole steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any

from manim import (
    LEFT,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    ShowPassingFlash,
    VGroup,
)
from pydantic import Field

from bp_core.errors import QuantityError
from bp_core.quantities import J
from bp_core.trace import Trace
from bp_core.training import Training
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.language.mathematics import in_words
from bp_script.lesson import Lesson
from scenes.kit.calculus.descents import Descents, steepest_pair
from scenes.kit.calculus.wishes import emblem
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.parameters import BaseParameters, Number, ParameterName, Range, Whole
from scenes.kit.pictures.comparison import Comparison, Legend
from scenes.kit.pictures.example_grid import ExampleGrid
from scenes.kit.plots.contour import Contour, ContourPath, span_around
from scenes.kit.stage import Region

#: About so many batches are made of the examples where neither the lesson nor the chapter tells their size.
_BATCHES = 6
#: Costs nearer to each other than this part of what was gained are about the same.
_NEAR = 10

#: What the plane is of, by the symbols of its two parameters.
_PLANE = {
    "ww": N_(
        "To see such steps, hold everything still but two weights. "
        "Over these two, the cost of all examples is a landscape; each line joins places of the same cost."
    ),
    "bb": N_(
        "To see such steps, hold everything still but two biases. "
        "Over these two, the cost of all examples is a landscape; each line joins places of the same cost."
    ),
}
_PLANE_OF_BOTH = N_(
    "To see such steps, hold everything still but two parameters. "
    "Over these two, the cost of all examples is a landscape; each line joins places of the same cost."
)


class MiniBatches(Chapter):
    """The data shuffled and cut into batches; a step for each, on the real cost over two weights, beside full steps."""

    title = N_("A step for every batch")
    example_lesson = "what_examples_want"

    class Parameters(BaseParameters):
        """Which parameters move, and how they are trained."""

        parameters: tuple[ParameterName, ParameterName] | None = Field(
            None, description="The two weights or biases that move, if not the steepest of the last layer."
        )
        learning_rate: Annotated[Number, Range(0, above=True)] | None = Field(
            None, description="The learning rate, if not that of the lesson's training."
        )
        batch_size: Annotated[Whole, Range(1)] | None = Field(
            None, description="The size of a batch, if not that of the lesson's training."
        )
        epochs: Annotated[Whole, Range(1, 10)] = Field(2, description="How often the batches go through all examples.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """There have to be several batches, and steps that lead down."""
        count = len(lesson.examples)
        if count == 1:
            return Unsuited(tr("expected several examples, to cut them into batches; got one"))
        if lesson.training is None and parameters.learning_rate is None:
            return Unsuited(tr("expected training in the lesson, or this chapter's learning_rate; got neither"))
        if (parameters.batch_size or 1) >= count:
            told = tr(
                "expected a batch_size below %(count)s, the examples there are; got %(got)s",
                count=count,
                got=parameters.batch_size,
            )
            return Unsuited(told, "batch_size")
        try:
            complaint = _descents(lesson.trace(), parameters).complaint
        except QuantityError as error:
            return Unsuited(in_words(error), "parameters")
        return None if complaint is None else Unsuited(complaint, "learning_rate")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        ways = self.descents
        shuffled = ways.training.shuffle
        return {
            "all": self.tr(
                "One step of gradient descent asks all the examples what they want. "
                "With {m:d} of them that is quick; with a million it is not."
            ),
            "shuffle": self.tr("So shuffle them,"),
            "cut": self.tr(
                "and cut them into small batches, "
                "and let each batch have a step of its own: the average of its own wishes."
            )
            if shuffled
            else self.tr(
                "So cut them into small batches, "
                "and let each batch have a step of its own: the average of its own wishes."
            ),
            "plane": self.tr(_PLANE.get("".join(p.symbol for p in ways.parameters), _PLANE_OF_BOTH)),
            "whole": self.tr(
                "First, steps along the whole gradient. Each asks all the examples, and leads straight downhill."
            ),
            "batches": self.tr(
                "Now from the same start, a step for each batch. It asks only its few examples, "
                "and leads only roughly downhill."
            ),
            "again": self.tr("Through all of them once more, in a new order.")
            if shuffled
            else self.tr("Through all of them once more."),
            "compare": self.tr(
                "Both took %(steps)s steps. %(verdict)s", steps=f"{{{ways.steps}:d}}", verdict=self.verdict
            ),
            "end": self.tr("Rough steps, but many more of them for the same work: that is stochastic gradient descent.")
            if shuffled
            else self.tr("Rough steps, but many more of them for the same work: that is training by mini-batches."),
        }

    def construct(self) -> None:
        """The data, the landscape, and two ways down."""
        self.open_with()
        self.show_the_data()
        if self.descents.training.shuffle:
            self.shuffle_them()
        self.cut_them()
        self.open_the_landscape()
        self.go_by_the_whole_gradient()
        self.go_by_batches()
        if self.descents.epochs > 1:
            self.go_on()
        self.compare_them()
        self.name_it()

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter trains the whole network."""
        return []

    def show_the_data(self) -> None:
        """All examples, as they lie in the file."""
        grid = self.grid
        with self.beat("all"):
            items = [FadeIn(item, scale=0.7) for item in grid.items.values()]
            self.play(LaggedStart(*items, lag_ratio=0.06), FadeIn(grid.more), run_time=2.6)

    def shuffle_them(self) -> None:
        """Each goes to its place in the first epoch's order."""
        with self.beat("shuffle", rest=0.1):
            self.play(self.grid.arranged(self.order(0)), run_time=2.2)

    def cut_them(self) -> None:
        """A frame round each batch."""
        with self.beat("cut"):
            frames = self.grid.frames
            self.play(LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.25), run_time=2)
            lit = [Indicate(frame, color=self.theme.highlight, scale_factor=1.0) for frame in frames]
            self.play(LaggedStart(*lit, lag_ratio=0.4), run_time=2.4)

    def open_the_landscape(self) -> None:
        """The data makes room, and the level lines come."""
        with self.beat("plane"):
            self.play(*self.grid.shifted(self.aside * LEFT), run_time=1)
            self.play(self.contour.drawn(), run_time=3)
            self.add(self.contour)
            glints = [line.copy().set_stroke(self.theme.highlight, width=4) for line in self.contour.lines]
            self.play(
                LaggedStart(*(ShowPassingFlash(glint, time_width=1) for glint in glints), lag_ratio=0.3), run_time=3
            )

    def go_by_the_whole_gradient(self) -> None:
        """Every step lights all examples."""
        path, frames, steps = self.whole_path, self.grid.frames, self.descents.steps
        with self.beat("whole"):
            self.play(FadeIn(self.start_mark, scale=2), FadeIn(self.legend[0]), run_time=0.8)
            self.play(self.lit(frames), path.growing(0, 1, run_time=1.2))
            if steps > 1:
                self.play(self.lit(frames), path.growing(1, 2, run_time=1.2))
            if steps > 2:
                self.play(path.growing(2, steps, run_time=min(2.4, 0.4 * steps)))
            self.add(path)

    def go_by_batches(self) -> None:
        """One step after the other, each batch lit as its step is taken."""
        path, ways = self.batch_path, self.descents
        with self.beat("batches"):
            self.play(FadeIn(self.legend[1]), run_time=0.6)
            for step in range(ways.in_an_epoch):
                frame = self.grid.frame_of(step)
                light = [self.lit(VGroup(frame))] if len(frame.points) else []
                self.play(*light, path.growing(step, step + 1, run_time=max(0.3, min(1.1, 5 / ways.in_an_epoch))))

    def go_on(self) -> None:
        """The other epochs, each in its own order."""
        path, ways = self.batch_path, self.descents
        with self.beat("again"):
            for epoch in range(1, ways.epochs):
                if ways.training.shuffle:
                    self.play(self.grid.arranged(self.order(epoch)), run_time=1)
                since = epoch * ways.in_an_epoch
                lights = LaggedStart(*(self.lit(VGroup(f)) for f in self.grid.frames), lag_ratio=0.9)
                growing = path.growing(since, since + ways.in_an_epoch, run_time=min(3, 0.5 * ways.in_an_epoch))
                self.play(AnimationGroup(lights, run_time=growing.run_time), growing)
            self.add(path)

    def compare_them(self) -> None:
        """How many examples each asked, and what the cost came to."""
        table = self.comparison
        with self.beat("compare"):
            leaving = [*self.grid.items.values(), self.grid.frames, self.grid.more]
            self.play(FadeOut(*leaving), run_time=0.5)
            self.play(FadeIn(table.headings), Create(table.rule), run_time=0.5)
            for row in table.rows:
                self.play(LaggedStart(*(FadeIn(part, shift=UP * 0.1) for part in row), lag_ratio=0.4), run_time=1)
            self.add(table)

    def name_it(self) -> None:
        """A light along the way of the batches."""
        with self.beat("end"):
            line = self.batch_path.line.copy().set_stroke(self.theme.highlight, width=7)
            self.play(ShowPassingFlash(line, time_width=1 / 2), run_time=3)

    # -- moves -----------------------------------------------------------------

    def lit(self, frames: VGroup) -> AnimationGroup:
        """Frames flare up."""
        return AnimationGroup(*(Indicate(f, color=self.theme.highlight, scale_factor=1.03) for f in frames))

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def descents(self) -> Descents:
        """Both ways down."""
        return _descents(self.trace, self.parameters)

    def order(self, epoch: int) -> list[int]:
        """The examples in an epoch's order."""
        each = self.descents.in_an_epoch
        batches = self.descents.batches.batches[epoch * each : (epoch + 1) * each]
        return [example for batch in batches for example in batch]

    @property
    def verdict(self) -> str:
        """Which came lower, and what for."""
        ways = self.descents
        start = ways.cost(ways.whole.values[0])
        whole, batches = (ways.cost(way.values[-1]) for way in (ways.whole, ways.batches))
        if abs(whole - batches) < (start - min(whole, batches)) / _NEAR:
            return self.tr("They have come about as far down. But the batches asked far fewer examples on the way.")
        if whole < batches:
            return self.tr(
                "The whole gradient has come farther down. But the batches asked far fewer examples on the way."
            )
        return self.tr("Here the batches have even come farther down, and they asked far fewer examples on the way.")

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the data and the landscape stand."""
        body = self.stage["body"]
        if not self.stage.stacked:
            return {"data": body.column(0.0, 0.37), "plane": body.column(0.42, 1.0)}
        share = 0.7 if self.stage.square else 0.64
        return {"data": body.band(share + 0.02, 1.0), "plane": body.band(0.0, share - 0.02)}

    @cached_property
    def aside(self) -> float:
        """How far to the right of its place the data stands as long as it is alone."""
        return float(self.stage["body"].centre[0] - self.rooms["data"].centre[0])

    @cached_property
    def grid(self) -> ExampleGrid:
        """The examples, in the middle at first."""
        room = self.rooms["data"]
        middle = Region(room.left + self.aside, room.right + self.aside, room.bottom, room.top)
        return ExampleGrid(self.view, emblem(self.lesson, self.view), middle, batch=self.descents.batch_size)

    @cached_property
    def contour(self) -> Contour:
        """The cost over the two parameters, around both ways."""
        ways = self.descents
        spans = [span_around([way.values[:, axis] for way in (ways.whole, ways.batches)], least=0.0) for axis in (0, 1)]
        return Contour(self.view, self.rooms["plane"], J, ways.parameters, (spans[0], spans[1]))

    @cached_property
    def whole_path(self) -> ContourPath:
        """The way along the whole gradient."""
        values = self.descents.whole.values
        return self.contour.path(values[:, 0], values[:, 1], self.theme.ink, style="dashed", square=True)

    @cached_property
    def batch_path(self) -> ContourPath:
        """The way along the batches' gradients."""
        values = self.descents.batches.values
        return self.contour.path(values[:, 0], values[:, 1], self.theme.weight)

    @cached_property
    def legend(self) -> Legend:
        """What the two ways look like."""
        return Legend(self.view, self.contour, (self.whole_path, self.batch_path))

    @cached_property
    def start_mark(self) -> VGroup:
        """Where both begin."""
        return self.whole_path.marks[0]

    @cached_property
    def comparison(self) -> Comparison:
        """What each way took and where it came to."""
        return Comparison(self.view, self.descents, self.rooms["data"], paths=(self.whole_path, self.batch_path))


def _descents(trace: Trace, parameters: Any) -> Descents:
    """The ways down that a chapter with these parameters shows."""
    count = len(trace.data)
    rate = parameters.learning_rate
    training = trace.training or Training(rate)
    own = training.batch_size if training.batch_size and training.batch_size < count else None
    size = parameters.batch_size or own or max(1, count // _BATCHES)
    training = replace(training, learning_rate=rate or training.learning_rate, batch_size=size)
    given = parameters.parameters
    pair = steepest_pair(trace) if given is None else tuple(parameter_of(trace, name) for name in given)
    return Descents(trace, (pair[0], pair[1]), training, parameters.epochs)
