"""What several commands take from the command line, said once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from bp_script import limits
from bp_script.errors import one_of, shown
from bp_script.language import LANGUAGES, is_language
from bp_script.language.caller import tr
from bp_script.language.meant import meant
from bp_script.looks import Aspect, Captions, Theme
from bp_script.voice import OFFLINE, SERVICES, Voice

if TYPE_CHECKING:
    from bp_script.lesson import Lesson

#: Where a context keeps that ``-v`` was given.
_VERBOSE = "bp_studio.verbose"
#: Where it keeps the voice that was asked for.
_VOICE = "bp_studio.voice"


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_VERBOSE] = value


lessons = click.argument("lessons", metavar="LESSON…", nargs=-1, required=True)
chapters = click.option(
    "--chapter", "chapters", metavar="NAME", multiple=True, help="Only this chapter of the lesson; may be repeated."
)
quality = click.option(
    "-q",
    "--quality",
    type=click.Choice(["l", "m", "h", "p", "k"]),
    default="h",
    show_default=True,
    help="480p15, 720p30, 1080p60, 1440p60 or 2160p60.",
)
jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    show_default=tr("one a core"),
    help="How many processes draw side by side.",
)
out = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The folder to write to."
)


def _tag(_: click.Context, __: click.Parameter, said: str | None) -> str | None:
    if said is not None and not is_language(said):
        raise click.BadParameter(
            tr("expected %(tags)s, or another tag; got %(said)s", tags=one_of(LANGUAGES), said=shown(said))
            + meant(said)
        )
    return said


_LOOK = {
    "language": click.option(
        "--language",
        metavar="TAG",
        callback=_tag,
        help=tr("Words and numbers in this language: %(languages)s.", languages=one_of(LANGUAGES)),
    ),
    "aspect": click.option("--aspect", type=click.Choice(get_args(Aspect)), help="The shape of the frame."),
    "theme": click.option("--theme", type=click.Choice(get_args(Theme)), help="The colours."),
    "captions": click.option(
        "--captions", type=click.Choice(get_args(Captions)), help="Captions beside the film, or in the picture too."
    ),
}


def look(*keys: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options for these keys of a lesson's look, all without names; a command gets those given as ``look``."""

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_look(*args: Any, **said: Any) -> None:
            given = {key: value for key in keys or _LOOK if (value := said.pop(key)) is not None}
            command(*args, look=given, **said)

        wrapped: Callable[..., None] = with_look
        for key in reversed(keys or tuple(_LOOK)):
            wrapped = _LOOK[key](wrapped)
        return wrapped

    return with_options


fresh = click.option("--fresh", is_flag=True, help="Draw everything again, whatever the cache holds.")
allow_python = click.option(
    "--allow-python", is_flag=True, help="Run chapters in Python files beside the lesson. Only for lessons you trust."
)
verbose = click.option(
    "-v", "--verbose", is_flag=True, expose_value=False, callback=_remember, help="Say more, tracebacks included."
)


def _raise_limits(context: click.Context, _: click.Parameter, said: tuple[str, ...]) -> None:
    most: dict[str, int] = {}
    for one in said:
        name, _equals, number = one.partition("=")
        if name not in limits.NAMES or not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise click.BadParameter(
                tr(
                    "expected NAME=NUMBER with %(names)s as name; got %(said)s",
                    names=one_of(limits.NAMES),
                    said=shown(one),
                )
            )
        most[name] = int(number)
    context.with_resource(limits.raised(**most))


limit = click.option(
    "--limit",
    metavar="NAME=NUMBER",
    multiple=True,
    expose_value=False,
    callback=_raise_limits,
    help=tr("Let a lesson be larger than usual: %(names)s.", names=one_of(limits.NAMES)),
)


def _ask_for_a_voice(context: click.Context, _: click.Parameter, said: str | None) -> None:
    if said is None:
        return
    try:
        context.meta[_VOICE] = (Voice.asked(said),)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


voice = click.option(
    "--voice",
    metavar="VOICE",
    expose_value=False,
    callback=_ask_for_a_voice,
    help=tr(
        "Who says the words, whatever the lesson says: none, a folder of recordings, or %(voices)s, "
        "with :NAME for one of its voices.",
        voices=one_of((OFFLINE, *SERVICES)),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of whole films that something is made of."""

    lessons: tuple[str, ...]
    chapters: tuple[str, ...]
    quality: str
    look: Mapping[str, str]
    jobs: int
    out: Path | None
    fresh: bool
    allow_python: bool


def of_films(command: Callable[[click.Context, Asked], None]) -> Callable[..., None]:
    """The options of a command that makes something of whole films."""

    def with_asked(context: click.Context, /, **said: Any) -> None:
        command(context, Asked(**said))

    with_asked.__doc__ = command.__doc__
    wrapped: Callable[..., None] = click.pass_context(with_asked)
    for option in (verbose, allow_python, limit, voice, fresh, out, jobs, look(), quality, chapters, lessons):
        wrapped = option(wrapped)
    return wrapped


def with_voices(context: click.Context, lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons, spoken as the command line asks for."""
    if _VOICE not in context.meta:
        return list(lessons)
    (asked,) = context.meta[_VOICE]
    return [replace(lesson, voice=asked) for lesson in lessons]


def is_verbose(context: click.Context) -> bool:
    """Whether ``-v`` was given."""
    return bool(context.meta.get(_VERBOSE))
