"""``bp page``: lessons become web pages that play from a disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.language.caller import tr
from bp_studio import options
from bp_studio.errors import Trouble, tell
from bp_studio.forms import from_films, lessons_of, orders_for
from bp_studio.lessons import MEDIA, folders_for
from bp_studio.page.pages import Listed, course_page, film_page, replace_page
from bp_studio.production import Film, publish, scratch_folder
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from bp_script.lesson import Lesson
    from bp_studio.options import Asked


@click.command("page")
@options.of_films
def command(context: click.Context, asked: Asked) -> None:
    """Make a page of each lesson: the film with its transcript, its numbers, and weights to drag.

    Each is a folder that plays from a disk or any server, without the network. Without --out pages go to
    media/pages/<lesson>/; of several lessons the folder above gets a page that lists them.
    """
    spoken = lessons_of(context, asked)
    loaded = {lesson.name: lesson for lesson in spoken}
    course = (asked.out or MEDIA / "pages") if len(loaded) > 1 else None
    folders = dict(
        zip(loaded, folders_for(spoken, asked.out, "pages", asked.look, parts=bool(asked.chapters)), strict=True)
    )

    def write(lesson: Lesson, film: Film) -> Path:
        folder = folders[lesson.name]
        page = film_page(lesson, film.record, course and Path(os.path.relpath(course, folder)))
        film.path.with_name("index.html").write_text(page, encoding="utf-8")
        return publish(film.path, folder).with_name("index.html")

    worst = 0
    made: dict[str, Film] = {}
    with scratch_folder(list(folders.values())) as scratch, Workers(asked.jobs, scratch) as workers:
        orders = orders_for(spoken, asked, scratch)
        for done in from_films(orders, workers, write, called=tr("the page"), fresh=asked.fresh):
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
