"""What is made from whole films: the loop over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
from rich.console import Console

from bp_core.errors import CoreError
from bp_script.errors import LessonErrors
from bp_script.voice import NoVoice
from bp_studio.cache import Cache, default_folder
from bp_studio.errors import StudioError, Trouble, of_chapter, trouble
from bp_studio.lessons import calls_of_film, load_for_pictures, numbers_of
from bp_studio.options import with_voices
from bp_studio.production import Film, clip_names, make_films
from bp_studio.progress import FilmDisplay, Tally
from bp_studio.work import Order
from scenes.kit.letters.compiler import TypesetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import click

    from bp_script.lesson import Lesson
    from bp_studio.options import Asked
    from bp_studio.workers import Workers

#: What can go wrong with one of them and leaves the others be.
_ERRORS = (StudioError, CoreError, LessonErrors, TypesetError, NoVoice, OSError, av.FFmpegError, ValueError)


def lessons_of(context: click.Context, asked: Asked) -> list[Lesson]:
    """The lessons that are asked for, spoken as is asked.

    Raises:
        LessonErrors: every mistake in any of them.
        UsageError: as :func:`~bp_studio.lessons.load_for_pictures`.
    """
    return with_voices(context, load_for_pictures(asked.lessons, allow_python=asked.allow_python, look=asked.look))


def orders_for(lessons: Sequence[Lesson], asked: Asked, scratch: Path) -> list[Order]:
    """The films that are asked for, each in a folder of its own in ``scratch``."""
    return [
        Order(lesson, calls_of_film(lesson, asked.chapters), asked.quality, "mp4", scratch / f"film-{lesson.name}")
        for lesson in lessons
    ]


def from_films(
    orders: Sequence[Order], workers: Workers, write: Callable[[Lesson, Film], Path], *, called: str, fresh: bool
) -> Iterator[tuple[Film, Path] | Trouble]:
    """Make the films, and of each what ``write`` makes; yields each film with the path of that, or why there is none.

    Args:
        orders: for the films.
        workers: who draw.
        write: writes what is made of a film to its place, and tells its path.
        called: what that is called.
        fresh: whether everything is to be drawn again.
    """
    lessons = {order.lesson.name: order.lesson for order in orders}
    cache, tally = Cache(default_folder()), Tally(clip_names(orders))
    with FilmDisplay(tally, Console(stderr=True)):
        for film in make_films(orders, workers, tally, cache, fresh=fresh):
            if isinstance(film, Trouble):
                yield film
                continue
            lesson = lessons[film.record.lesson]
            try:
                with numbers_of(lesson):
                    path = write(lesson, film)
            except _ERRORS as error:
                yield of_chapter(str(lesson.path), called, trouble(error))
            else:
                yield film, path
    cache.trim()
