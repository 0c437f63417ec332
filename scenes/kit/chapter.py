"""A chapter: one idea, one file, one scene that plays alone and joins its neighbours without a jump.

A chapter file holds a subclass with its parameters (the YAML keys), its narration (plain text with quantities in
braces, a beat a line) and ``construct`` as a table of contents. The narration drives the clock: a beat lasts as long
as its words need, or its motion if that is longer.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from manim import UP, FadeIn, FadeOut, Group, Mobject, VGroup, VMobject

from bp_core.equations import Equation
from bp_core.errors import QuantityError
from bp_core.quantities import Variable
from bp_core.trace import Trace
from bp_script.chapters import ChapterCall, read_parameters, snake_case
from bp_script.errors import LessonError, LessonErrors, Mistake, did_you_mean, one_of, shown
from bp_script.language import language_of
from bp_script.language.caller import tr
from bp_script.lesson import Lesson, load
from bp_script.names import parse_quantity
from bp_script.narration import Narration
from bp_script.shipped import lesson_path
from scenes.kit.door.images import lay_under
from scenes.kit.film.audit import Advice, Audit
from scenes.kit.film.captions import CaptionLine
from scenes.kit.film.record import CARDS, Caption, ClipRecord, Moment, Sound
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.film.told import NOTHING, Told, told
from scenes.kit.letters import face
from scenes.kit.letters.compiler import TypesetError
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.letters.text import Words
from scenes.kit.logo import picture, shape_of
from scenes.kit.manim_door import FrameClock, ends_early, shape_frame
from scenes.kit.parameters import BaseParameters
from scenes.kit.stage import Stage
from scenes.kit.theme import theme_of
from scenes.kit.view import View
from scenes.kit.voice.speakers import speaker_of

#: Rest after a beat's last word, in seconds.
_BREATH = 0.4


@dataclass(frozen=True, slots=True)
class Unsuited:
    """Why a chapter cannot be shown on a lesson: what it expects and what it got, and of which of its parameters."""

    message: str
    parameter: str | None = None


class Chapter(FrameClock):
    """The base of all chapters."""

    #: What the title line says, in English.
    title: ClassVar[str] = ""
    #: The shipped lesson that a chapter plays when none is given.
    example_lesson: ClassVar[str] = "backpropagation_calculus"

    class Parameters(BaseParameters):
        """The chapter's YAML keys."""

    #: The parameters of this play, an instance of the chapter's own ``Parameters``.
    parameters: Any

    def __init__(
        self,
        *args: Any,
        lesson: Lesson | None = None,
        call: ChapterCall | None = None,
        on_opening: Callable[[Any], None] | None = None,
        on_moment: Callable[[Any, Moment], None] | None = None,
        audited: bool = False,
        **kwargs: Any,
    ) -> None:
        self.lesson, self.call = (
            (lesson, call) if lesson is not None and call is not None else _from_environment(type(self))
        )
        self.parameters = parameters_of(type(self), self.lesson, self.call)
        shape_frame(self.lesson.look.aspect)
        with _named_in_the_look(self.lesson, "font"):
            face.use(self.lesson.house.font)
        super().__init__(*args, **kwargs)
        self._on_opening, self._on_moment = on_opening, on_moment
        self._audited = audited
        self._heading = VGroup()
        self._captions: list[Caption] = []
        self._sounds: list[Sound] = []
        self._speaker = speaker_of(self.lesson)
        # a film's sound is added when its clips are joined; a scene that manim plays alone has it of its own
        self._is_alone = lesson is None
        self._told, self._told_since, self._captions_drawn = NOTHING, 0.0, 0
        self._moments: list[Moment] = []
        self._is_handing_over = False

    # -- what a chapter is -----------------------------------------------------

    @classmethod
    def name(cls) -> str:
        """The name in a lesson: the class in snake_case."""
        return snake_case(cls.__name__)

    @property
    def called(self) -> str:
        """Its name in the film."""
        return self.name()

    @property
    def says(self) -> str:
        """What its title line says, in the film's language."""
        return self.tr(self.title)

    def advise(self, pieces: Sequence[VMobject]) -> Advice | None:  # noqa: ARG002 - scenes of one's own override it
        """What to do about pieces of the picture that have no room, for a lesson's author; None if nothing is known."""
        return None

    @classmethod
    def summary(cls) -> str:
        """One line on what the viewer sees."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - chapters override it
        """The equations the chapter shows, for ``bp check`` to hold against the numbers without drawing."""
        return []

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003 - chapters override it
        """Why the chapter cannot be shown on this lesson; None if it can, which is the rule."""
        return None

    @classmethod
    def mistakes(cls, lesson: Lesson, parameters: Any) -> list[Mistake]:
        """What keeps the chapter from being shown on this lesson, each with its place among the parameters."""
        reason = cls.unsuited(lesson, parameters)
        if reason is None:
            return []
        named = reason.parameter is not None and reason.parameter in parameters.model_fields_set
        return [Mistake((reason.parameter,) if named and reason.parameter else (), reason.message)]

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {}

    # -- what it looks at --------------------------------------------------------

    @cached_property
    def view(self) -> View:
        """The lesson's trace in its notation and colours."""
        return view_of(self.lesson, self.parameters)

    @property
    def trace(self) -> Trace:
        """The lesson's numbers, with this chapter's example in focus."""
        return self.view.trace

    @property
    def theme(self) -> Any:
        """The colours by role."""
        return self.view.theme

    def tr(self, message: str, /, **parts: object) -> str:
        """A message in the film's language; each ``%(name)s`` of it is the part of that name."""
        return self.view.tr(message, **parts)

    def parameter(self, name: str) -> Variable:
        """A weight or bias of the lesson's network by its name.

        Raises:
            QuantityError: the network has no such parameter.
        """
        return parameter_of(self.trace, name)

    # -- manim's hooks -----------------------------------------------------------

    def setup(self) -> None:
        """Ground, stage and record, before ``construct``."""
        super().setup()
        self.lay_ground(self.theme.ground)
        width, height = self.frame_size
        self._drawn = self.lesson.look.captions == "drawn"
        logo = self.lesson.house.logo_shown(on_card=self.call.name in CARDS)
        with _named_in_the_look(self.lesson, "logo"):
            shape = None if logo is None else shape_of(logo)
        self.stage = Stage(width, height, captions_drawn=self._drawn, logo_shape=shape)
        if logo is not None and self.stage.logo is not None:
            lay_under(self.camera, picture(logo), self.stage.logo)
        screen = Screen(width, height, self.pixels_per_unit)
        self.recorder = Recorder(screen)
        self.audit = (
            Audit(self.called, screen, self.theme.ground, self.advise, self.stage.logo) if self._audited else None
        )
        self.caption_line = CaptionLine(self.view, self.stage["caption"])
        own = self.parameters.say
        self._beats = dict(self.narration())
        if isinstance(own, str):
            self._beats = _spread(own, list(self._beats))
        elif own is not None:
            self._check_steps(own)
            self._beats |= own

    def tear_down(self) -> None:
        """Leave the picture that the next chapter begins with, and close the record."""
        if not self.is_a_still():
            self._is_handing_over = True
            kept = () if self.is_at(-1) else self.handover()
            self._is_handing_over = False
            leaving = self.all_but(*kept) if kept is not None else self._heading
            if len(leaving):
                with ends_early():
                    self.play(FadeOut(leaving), run_time=0.7)
        self.recorder.finish(self.now)
        width, height = self.pixel_size
        self.record = ClipRecord(
            chapter=self.called,
            title=self.says,
            width=width,
            height=height,
            fps=self.fps,
            duration=self.now,
            captions=tuple(self._captions),
            shown=self.recorder.numbers(),
            equations=self.recorder.equations(),
            moments=tuple(self._moments),
            sounds=tuple(self._sounds),
        )
        if self.audit is not None:
            self.audit.captions(self._captions)
        super().tear_down()

    def play(self, *args: Any, **kwargs: Any) -> None:
        """Play, then note what stands still."""
        if self._is_handing_over:
            raise RuntimeError(f"{type(self).__name__}.handover plays; it only names what stays")
        before = self.now
        if not self.frames:
            self.recorder.settled(self.mobjects, before, before)
        super().play(*args, **kwargs)
        self.recorder.settled(self.mobjects, before, self.now)
        if self.audit is not None and not self.is_a_pause():
            self.audit.look(self.mobjects, self.now)

    def begin_animations(self) -> None:
        """What the animations move has stood until now."""
        if not self.is_a_pause():
            moving = [a.mobject for a in self.animations or [] if isinstance(a.mobject, Mobject)]
            running = [m for m in self.mobjects if any(part.updaters for part in m.get_family())]
            self.recorder.disturb([*moving, *running], self.now)
        else:
            # what was set between two plays, as the last value of a running change, stands from here on
            self.recorder.settled(self.mobjects, self.now, self.now)
        super().begin_animations()

    # -- telling -----------------------------------------------------------------

    @contextmanager
    def beat(self, name: str, *, rest: float = _BREATH) -> Iterator[None]:
        """One idea: its words are said while the block plays, and the picture rests until they are over."""
        self.next_section(name)
        start = self._told_since = self.now
        said = self._told = self._said(name)
        self._captions_drawn = 1
        self._sound(said)
        if self._drawn and said.lines:
            self.caption_line.show(self, said.lines[0])
        yield
        if self._drawn and len(said.lines) > 1:
            self._rest_until(said.clock(start)[-1])
            self.wait(rest)
        else:
            self.wait(max(said.seconds - (self.now - start), 0.0) + rest)
        self._note_captions(start, self.now)
        moment = Moment(at=self.now, name=name)
        self._moments.append(moment)
        if self._on_moment is not None:
            self._on_moment(self, moment)
        if self._drawn:
            self.caption_line.hide(self)
        self._told = NOTHING

    def wait_until(self, bookmark: str) -> None:
        """Rest until the word after a bookmark, ``{@name}`` in the words of this beat, is said; not if it is over.

        Words of the lesson's own need not have the bookmark: then nothing waits.
        """
        at = self._told.bookmarks.get(bookmark)
        if at is not None:
            self._rest_until(self._told_since + at)
        elif self.parameters.say is None:
            raise KeyError(f"{type(self).__name__} has no bookmark {bookmark!r} in the words of this beat")

    def _check_steps(self, said: Mapping[str, str]) -> None:
        """The lesson can say words of its own for steps that there are."""
        mistakes = [
            Mistake(
                ("say", name),
                tr(
                    "expected a step of this chapter (%(steps)s); got %(got)s",
                    steps=one_of(self._beats),
                    got=shown(name),
                )
                + did_you_mean(name, self._beats),
                at_key=True,
            )
            for name in said
            if name not in self._beats
        ]
        if mistakes:
            raise LessonErrors([self.call.mark.error(mistake) for mistake in mistakes])

    def _said(self, name: str) -> Told:
        if name not in self._beats:
            if self.parameters.say is None:
                raise KeyError(f"{type(self).__name__} has no words for the beat {name!r}")
            return NOTHING
        text = self._beats[name]
        if not text:
            return NOTHING
        narration = Narration.parse(text, self.trace.L)
        called = f"{self.lesson.name_of(self.call)}_{name}"
        return told(narration, self.view, self.parameters.pace, self._speaker, called)

    def _sound(self, said: Told) -> None:
        """Note that the words are said from here on."""
        if said.speech is None:
            return
        words, speech = said.speech
        self._sounds.append(Sound(self.now, speech.seconds, **asdict(words)))
        if self._is_alone:
            with tempfile.NamedTemporaryFile(suffix=".wav") as file:
                file.write(speech.to_wav())
                file.flush()
                self.add_sound(file.name)

    def _rest_until(self, time: float) -> None:
        """Rest, changing the drawn caption where the next one begins."""
        begins = self._told.clock(self._told_since)[:-1]
        while self._drawn and self._captions_drawn < len(begins) and begins[self._captions_drawn] <= time:
            if begins[self._captions_drawn] > self.now:
                self.wait(begins[self._captions_drawn] - self.now)
            self.caption_line.show(self, self._told.lines[self._captions_drawn])
            self._captions_drawn += 1
        if time > self.now:
            self.wait(time - self.now)

    def _note_captions(self, start: float, end: float) -> None:
        """Captions change on whole frames, as everything does."""
        begin, lines = start, self._told.lines
        for position, (line, at) in enumerate(zip(lines, self._told.clock(start)[1:], strict=True)):
            over = end if position == len(lines) - 1 else round(at * self.fps) / self.fps
            self._captions.append(Caption(begin, over, line.text))
            self.add_subcaption(line.text, duration=over - begin, offset=begin - self.now)
            begin = over

    # -- how chapters meet -----------------------------------------------------------

    def heading(self) -> Words:
        """The title line, in its place."""
        words = Words(self.says, em=0.52, colour=self.theme.ink)
        return self.stage.place(words, "title", across=0.0, up=1.0)

    def open_with(self, *mobjects: Mobject, coming: Sequence[Mobject] = ()) -> Words:
        """Start on these: the picture is there, the title comes, and what is ``coming`` with it.

        A lesson's first chapter has no picture to take over: there all of it comes.
        """
        heading = self._heading = self.heading()
        if self.is_at(0):
            coming = [*mobjects, *coming]
        else:
            self.add(*mobjects)
        self.opened()
        self.play(FadeIn(heading, shift=0.15 * UP), *map(FadeIn, coming), run_time=0.8)
        return heading

    def opened(self) -> None:
        """The picture that the chapter starts on is there."""
        if self._on_opening is not None:
            self._on_opening(self)

    def is_at(self, position: int) -> bool:
        """Whether this is the lesson's first chapter (0), after the title card, or its last (-1)."""
        return bool(self.lesson.chapters) and self.call is self.lesson.chapters[position]

    def handover(self) -> Sequence[Mobject] | None:
        """What stays when the chapter is over, for the next to begin with; None is all but the title line.

        Of a lesson's last chapter nothing stays.
        """
        return None

    def all_but(self, *kept: Mobject) -> Group:
        """All that is drawn but these, piece by piece: manim regroups what it has animated."""
        members = {id(m) for k in kept for m in k.get_family()}
        pieces = (m for mobject in self.mobjects for m in mobject.get_family() if len(m.points))
        return Group(*(m for m in pieces if id(m) not in members))


def parameters_of(chapter: type[Chapter], lesson: Lesson, call: ChapterCall) -> Any:
    """A chapter's parameters as a lesson calls for it.

    Raises:
        LessonErrors: what is wrong with them, or why the chapter cannot be shown on this lesson.
    """
    parameters = read_parameters(call, chapter.Parameters)
    mistakes = chapter.mistakes(lesson, parameters)
    if mistakes:
        raise LessonErrors(map(call.mark.error, mistakes))
    return parameters


def view_of(lesson: Lesson, parameters: BaseParameters) -> View:
    """A lesson's trace as a chapter with these parameters looks at it."""
    trace = lesson.trace()
    if parameters.example is not None:
        trace = trace.with_focus(parameters.example)
    look = lesson.look
    decimals = look.decimals if parameters.decimals is None else parameters.decimals
    return View(trace, theme_of(look), NOTATIONS[look.notation], decimals, language_of(look.language))


def parameter_of(trace: Trace, name: str) -> Variable:
    """A weight or bias of a trace's network by its name.

    Raises:
        QuantityError: the network has no such parameter.
    """
    variable = parse_quantity(name, trace.L)
    if not isinstance(variable, Variable) or variable.symbol not in {"w", "b"}:
        raise QuantityError(tr("%(name)s is no weight and no bias", name=name))
    trace.network.parameter(variable)
    return variable


@contextmanager
def _named_in_the_look(lesson: Lesson, key: str) -> Iterator[None]:
    """What Typst cannot read of what the look names is the lesson's mistake."""
    try:
        yield
    except TypesetError as error:
        file = None if lesson.path is None else str(lesson.path)
        raise LessonErrors([LessonError(f"look.{key}", str(error), file)]) from None


def _spread(text: str, beats: list[str]) -> dict[str, str]:
    """A lesson's own words over the chapter's beats, sentence by sentence."""
    sentences = re.findall(r"\S.*?(?:[.!?…](?=\s|$)|$)", text, flags=re.DOTALL)
    spread: dict[str, list[str]] = {beat: [] for beat in beats}
    for position, sentence in enumerate(sentences):
        spread[beats[position * len(beats) // len(sentences)]].append(sentence)
    return {beat: " ".join(said) for beat, said in spread.items()}


def _from_environment(chapter: type[Chapter]) -> tuple[Lesson, ChapterCall]:
    """For plain ``manim render``: the lesson of BP_LESSON, else the chapter's example."""
    path = os.environ.get("BP_LESSON")
    try:
        lesson = load(Path(path) if path else lesson_path(chapter.example_lesson))
    except LessonErrors as errors:
        sys.stderr.write(f"{errors}\n")
        raise SystemExit(2) from None
    call = next((c for c in lesson.chapters if chapter.name() in (c.name, c.called)), None)
    return lesson, call if call is not None else lesson.plain_call(chapter.name())
