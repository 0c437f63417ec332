"""``bp page``: lessons become web pages that play from a disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.language.caller import tr
from bp_studio import options
from bp_studio.errors import Trouble, tell
from bp_studio.forms import from_films
from bp_studio.lessons import MEDIA, calls_of_film, folders_for, load_for_pictures
from bp_studio.page.pages import Listed, course_page, film_page, replace_page
from bp_studio.production import Film, publish, scratch_folder
from bp_studio.work import Order
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bp_script.lesson import Lesson


@click.command("page")
@options.from_films
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
    folders = dict(zip(loaded, folders_for(spoken, out, "pages", look, parts=bool(chapters)), strict=True))

    def write(lesson: Lesson, film: Film) -> Path:
        folder = folders[lesson.name]
        page = film_page(lesson, film.record, course and Path(os.path.relpath(course, folder)))
        film.path.with_name("index.html").write_text(page, encoding="utf-8")
        return publish(film.path, folder).with_name("index.html")

    worst = 0
    made: dict[str, Film] = {}
    with scratch_folder(list(folders.values())) as scratch, Workers(jobs, scratch) as workers:
        orders = [
            Order(lesson, calls_of_film(lesson, chapters), quality, "mp4", scratch / name)
            for name, lesson in loaded.items()
        ]
        for done in from_films(orders, workers, write, called=tr("the page"), fresh=fresh):
            if isinstance(done, Trouble):
                worst = max(worst, tell(done, verbose=options.is_verbose(context)))
            else:
                film, page = done
                made[film.record.lesson] = film
                click.echo(page)
        if course is not None and made:
            films = [
                Listed(loaded[name], made[name].record, folders[name].relative_to(course))
                for name in loaded
                if name in made
            ]
            click.echo(replace_page(course_page(films), course, scratch))
    context.exit(worst)
