"""What the chapters of the worked example share: the named network on one side, what is written on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated

from manim import Mobject
from pydantic import Field

from bp_script.lesson import Lesson
from scenes.kit.calculus.worked import Worked
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.parameters import BaseParameters, Range, Whole
from scenes.kit.pictures.named import NamedNetwork
from scenes.kit.stage import Region


class WorkedChapter(Chapter):
    """The network with its names; it stays for the chapter that comes next."""

    example_lesson = "two_two_one"

    class Parameters(BaseParameters):
        """Which output."""

        output: Annotated[Whole, Range(0)] = Field(0, description="The output that is followed, counted from 0.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Parameters) -> Unsuited | None:
        """An output there is not."""
        count = lesson.trace().sizes[-1]
        if parameters.output < count:
            return None
        return Unsuited(f"expected an output from 0 to {count - 1}; got {parameters.output}", "output")

    def handover(self) -> Sequence[Mobject]:
        """The network."""
        return [self.network]

    @property
    def fine(self) -> int:
        """Digits of derivatives by parameters, as the table of an update has them."""
        return self.view.decimals + 2

    @cached_property
    def worked(self) -> Worked:
        """The equations."""
        return Worked(self.trace, self.parameters.output)

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the network stands, and what is written."""
        body = self.stage["body"]
        if self.stage.stacked:
            return {"network": body.band(0.54, 1.0), "written": body.band(0.0, 0.5)}
        return {"network": body.column(0.0, 0.5), "written": body.column(0.525, 1.0)}

    @cached_property
    def network(self) -> NamedNetwork:
        """The network with everything named."""
        followed = [
            neuron
            for layer in range(self.trace.L, max(self.trace.L - 3, -1), -1)
            for neuron in self.worked.neurons(layer)
        ]
        return NamedNetwork(self.view, self.rooms["network"], em=self.letters, keep=followed)

    @property
    def letters(self) -> float:
        """The size of names and formulas at most."""
        return 1.1 * self.stage.least_em

    @property
    def least_letters(self) -> float:
        """The size of formulas at least; a little less than for names, whose scripts have scripts."""
        return 0.94 * self.stage.least_em


def no_hidden_layer(lesson: Lesson) -> Unsuited | None:
    """Why a chapter on hidden neurons cannot be shown on a network without any."""
    sizes = lesson.trace().sizes
    if len(sizes) > 2:
        return None
    return Unsuited(f"expected a network with a hidden layer; got sizes {list(sizes)}")
