"""What the chapters share in which the network takes a step: its training, what it follows, what comes of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from bp_core.nodes import Constant, New
from bp_core.quantities import Variable
from bp_core.training import Training
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.batch import Batch, stepped, trained, training_of
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.number import enough_digits
from scenes.kit.letters.style import Style
from scenes.kit.parameters import BaseParameters, Number, Range
from scenes.kit.view import View

ETA = Constant("eta")


class Stepping(Chapter):
    """A chapter in which the network is updated."""

    class Parameters(BaseParameters):
        """How far it steps."""

        learning_rate: Annotated[Number, Range(0, above=True)] | None = Field(
            None, description="The learning rate, if not that of the lesson's training."
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Neither training nor a learning rate."""
        if lesson.trace().training is None and parameters.learning_rate is None:
            return Unsuited(tr("expected training in the lesson, or this chapter's learning_rate; got neither"))
        return super().unsuited(lesson, parameters)

    @cached_property
    def view(self) -> View:
        """The lesson with the learning rate of this chapter; a batch of one example is the one in focus."""
        view = super().view
        training = training_of(view, self.parameters.learning_rate)
        assert training is not None  # noqa: S101 - such a lesson is refused
        view = trained(view, training)
        batch = Batch.next(view)
        if batch.single and self.parameters.example is None:
            return replace(view, trace=view.trace.with_focus(batch.examples[0]))
        return view

    @property
    def training(self) -> Training:
        """How the network is trained."""
        return self.view.trace.training or Training(self.parameters.learning_rate)

    @property
    def plain(self) -> bool:
        """Whether the step is the learning rate times the derivative and nothing else."""
        return self.training.optimizer == "sgd"

    @cached_property
    def batch(self) -> Batch:
        """What the step follows."""
        return Batch.next(self.view)

    @cached_property
    def after(self) -> View:
        """The network after the step."""
        return self.view.at_step(1)

    @property
    def fine(self) -> int:
        """Digits of costs, and of derivatives that are not large."""
        return self.view.decimals + 2

    def became(self) -> Literal["falls", "rises", "stays"]:
        """What the step did to the cost that it followed, as far as the digits on screen tell."""
        cost = self.batch.cost
        before, after = (numbers.shown(cost, decimals=self.fine).text for numbers in (self.view, self.after))
        if before == after:
            return "stays"
        return "rises" if self.after.value(cost) > self.view.value(cost) else "falls"


def rule(batch: Batch, parameter: Variable, *, em: float, inline: bool = False) -> Formula:
    """The rule for a parameter, w ← w − η ∂C/∂w."""
    right = stepped(batch, parameter)
    written = batch.written(parameter)
    return Formula(batch.view, New(parameter), right, em=em, relation="←", written=written, style=Style(inline=inline))


def rule_in_numbers(batch: Batch, parameter: Variable, *, em: float, slope_decimals: int, decimals: int) -> Formula:
    """Its right side with numbers, and what they make."""
    view, slope, stepped_to = batch.view, batch.derivative(parameter), New(parameter)
    numbers = Formula(
        view,
        Side.numbers(stepped(batch, parameter), [parameter, ETA, slope]),
        Side.value(stepped_to, enough_digits(view.value(stepped_to), decimals)),
        em=em,
        decimals=max(view.decimals, slope_decimals),
    )
    numbers.leaf(slope, 0).set_fill(view.theme.cost)
    return numbers


def step_in_words(batch: Batch, parameter: Variable, numbers: Formula) -> dict[str, str]:
    """What is said of such a formula: the value before, the rate, the slope, the value after."""
    parts = {"before": parameter, "rate": ETA, "slope": batch.derivative(parameter), "after": New(parameter)}
    return {name: as_drawn(part, numbers) for name, part in parts.items()}
