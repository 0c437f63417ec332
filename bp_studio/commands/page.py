"""``bp page``: lessons become web pages that play from a disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bp_core.errors import CoreError
from bp_script.errors import LessonErrors
from bp_script.language.caller import tr
from bp_studio import options
from bp_studio.cache import Cache, default_folder
from bp_studio.errors import Trouble, of_chapter, tell, trouble
from bp_studio.lessons import MEDIA, calls_of_film, folder_for, folder_name, load_for_pictures, numbers_of
from bp_studio.page.pages import Listed, course_page, film_page, replace_page
from bp_studio.production import Film, clip_names, make_films, publish, scratch_folder
from bp_studio.progress import FilmDisplay, Tally
from bp_studio.work import Order
from bp_studio.workers import Workers
from scenes.kit.letters.compiler import TypesetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bp_script.lesson import Lesson


@click.command("page")
@options.lessons
@options.chapters
@options.quality
@options.look()
@options.jobs
@options.out
@options.fresh
@options.voice
@options.limit
@options.allow_python
@options.verbose
@click.pass_context
def command(
    context: click.Context,
    *,
    lessons: tuple[str, ...],
    chapters: tuple[str, ...],
    quality: str,
    look: Mapping[str, str],
    jobs: int,
    out: Path | None,
    fresh: bool,
    allow_python: bool,
) -> None:
    """Make a page of each lesson: the film with its transcript, its numbers, and weights to drag.

    Each is a folder that plays from a disk or any server, without the network. Without --out pages go to
    media/pages/<lesson>/; of several lessons the folder above gets a page that lists them.
    """
    spoken = options.with_voices(context, load_for_pictures(lessons, allow_python=allow_python, look=look))
    loaded = {lesson.name: lesson for lesson in spoken}
    course = (out or MEDIA / "pages") if len(loaded) > 1 else None
    folders = {
        name: folder_for(
            lesson, out, MEDIA / "pages" / folder_name(lesson, look) / ("parts" if chapters else ""), one=course is None
        )
        for name, lesson in loaded.items()
    }
    worst = 0
    cache = Cache(default_folder())
    made: dict[str, Film] = {}
    with scratch_folder(list(folders.values())) as scratch, Workers(jobs, scratch) as workers:
        orders = [
            Order(lesson, calls_of_film(lesson, chapters), quality, "mp4", scratch / name)
            for name, lesson in loaded.items()
        ]
        tally = Tally(clip_names(orders))
        with FilmDisplay(tally, Console(stderr=True)):
            for film in make_films(orders, workers, tally, cache, fresh=fresh):
                done = film if isinstance(film, Trouble) else _leave(loaded, film, folders, course)
                if isinstance(done, Trouble):
                    worst = max(worst, tell(done, verbose=options.is_verbose(context)))
                else:
                    made[done.record.lesson] = done
                    click.echo(done.path.with_name("index.html"))
        if course is not None and made:
            films = [
                Listed(loaded[name], made[name].record, folders[name].relative_to(course))
                for name in loaded
                if name in made
            ]
            click.echo(replace_page(course_page(films), course, scratch))
    cache.trim()
    context.exit(worst)


def _leave(
    loaded: Mapping[str, Lesson], film: Film, folders: Mapping[str, Path], course: Path | None
) -> Film | Trouble:
    """Write a film's page beside it, and move all of it to its place."""
    lesson, folder = loaded[film.record.lesson], folders[film.record.lesson]
    try:
        with numbers_of(lesson):
            page = film_page(lesson, film.record, course and Path(os.path.relpath(course, folder)))
        film.path.with_name("index.html").write_text(page, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        return replace(film, path=publish(film.path, folder))
    except (OSError, CoreError, LessonErrors, TypesetError) as error:
        return of_chapter(str(lesson.path), tr("the page"), trouble(error))
