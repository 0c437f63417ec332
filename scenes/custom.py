"""Custom: a scene that a lesson scripts, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import Mobject, VMobject

from bp_core.equations import Equation
from bp_script.equation_language import parse_equation
from bp_script.errors import Mistake
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from bp_script.names import Scope
from bp_script.steps.entries import CustomEntry
from bp_script.steps.plan import Beat, beats_of, things_of
from scenes.kit.chapter import Chapter
from scenes.kit.custom.player import Player
from scenes.kit.custom.truth import mistakes_of, read_picture
from scenes.kit.film.audit import Advice
from scenes.kit.letters.text import Words
from scenes.kit.parameters import BaseParameters
from scenes.kit.view import View


class Custom(Chapter):
    """A scene of one's own: the steps that the lesson scripts, from the network to the last equation."""

    example_lesson = "examples/which_weight_matters"

    class Parameters(BaseParameters, CustomEntry):
        """What it is called, and its steps."""

    def narration(self) -> Mapping[str, str]:
        """What the lesson says."""
        return {self.named(beat): beat.words or "" for beat in self.beats}

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """Those that the steps show."""
        scope = _scope(view)
        things = things_of(parameters.steps, scope)
        return [parse_equation(thing.options, scope=scope) for thing in things if thing.kind == "equation"]

    @classmethod
    def mistakes(cls, lesson: Lesson, parameters: Any) -> list[Mistake]:
        """Equations that do not hold, updates that training does not have, ways that lead nowhere, missing pictures."""
        return mistakes_of(lesson, parameters.steps)

    def construct(self) -> None:
        """Beat by beat, step by step."""
        self.open_with()
        for beat in self.beats:
            with self.beat(self.named(beat)):
                for number in beat.steps:
                    self.player.perform(number)

    def heading(self) -> Words:
        """The lesson's own title."""
        heading = super().heading()
        heading.from_lesson = True
        return heading

    @property
    def called(self) -> str:
        """The lesson's name for it."""
        return str(self.parameters.name)

    @property
    def says(self) -> str:
        """The lesson's title for it, or its name."""
        return str(self.parameters.title or self.called.replace("_", " ").capitalize())

    def handover(self) -> Sequence[Mobject]:
        """Nothing: what comes next begins anew."""
        return []

    # -- what is shown -----------------------------------------------------------

    @cached_property
    def beats(self) -> tuple[Beat, ...]:
        """The steps by what is said over them."""
        return beats_of(self.parameters.steps)

    def named(self, beat: Beat) -> str:
        """A beat by its first step, counted as people count."""
        number = self.beats.index(beat)
        first = next((step for later in self.beats[number:] for step in later.steps), len(self.parameters.steps))
        return f"step_{first + 1}" if beat.steps else f"words_{number + 1}"

    @cached_property
    def player(self) -> Player:
        """The stage, and whoever plays on it."""
        return Player(self, self.parameters.steps, self.picture, self.line)

    def advise(self, pieces: Sequence[VMobject]) -> Advice | None:
        """What to hide, by the name that the lesson gives it."""
        return self.player.advise(pieces)

    def play(self, *args: Any, **kwargs: Any) -> None:
        """Play; whatever has too little room to be made out has said so before."""
        if self.audit is not None:
            self.player.complain(self.audit, self.now)
        super().play(*args, **kwargs)

    def line(self, number: int) -> str:
        """Where a step stands in the lesson."""
        error = self.call.mark.error(Mistake(("steps", number), ""))
        if error.line is None:
            return tr("step %(number)s", number=number + 1)
        return tr("line %(number)s", number=error.line)

    def picture(self, name: str) -> bytes:
        """A picture beside the lesson."""
        return read_picture(self.lesson, name)


def _scope(view: View) -> Scope:
    return Scope.of(view.trace.network.sizes, len(view.trace.data))
