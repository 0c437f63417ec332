"""``bp slides``: lessons become PowerPoint files, each with a handout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.language.caller import tr
from bp_studio import options
from bp_studio.clips import ClipTask
from bp_studio.errors import Trouble, tell
from bp_studio.forms import from_films, lessons_of, orders_for
from bp_studio.house import printed
from bp_studio.lessons import folders_for
from bp_studio.production import publish, scratch_folder
from bp_studio.slides.cutting import cut
from bp_studio.slides.deck import write_deck
from bp_studio.slides.handout import handout
from bp_studio.soundtrack import soundtrack
from bp_studio.stills import stills_of
from bp_studio.work import Order
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.lesson import Lesson
    from bp_studio.options import Asked
    from bp_studio.production import Film

#: What is printed is drawn at this quality.
_PRINTED_QUALITY = "m"


@click.command("slides")
@options.of_films
def command(context: click.Context, asked: Asked) -> None:
    """Make a PowerPoint file of each lesson, a slide a step, and a handout.

    A slide plays its clip when it comes and rests on the settled picture until the next; what the film says is in the
    speaker's notes. The handout, <lesson>.pdf, has a still in the light theme and the words of every step. Without
    --out both go to media/slides/<lesson>/, those of single chapters to media/slides/<lesson>/parts/.
    """
    loaded = lessons_of(context, asked)
    folders = folders_for(loaded, asked.out, "slides", asked.look, parts=bool(asked.chapters))
    places = {lesson.name: folder for lesson, folder in zip(loaded, folders, strict=True)}
    worst = 0
    with scratch_folder(folders) as scratch, Workers(asked.jobs, scratch) as workers:
        orders = orders_for(loaded, asked, scratch)
        stills = _stills(orders, workers)

        def write(lesson: Lesson, film: Film) -> Path:
            beside = scratch / f"slides-{lesson.name}"
            return publish(_written(lesson, film, stills[lesson.name], beside), places[lesson.name])

        for done in from_films(orders, workers, write, called=tr("the slides"), fresh=asked.fresh):
            if isinstance(done, Trouble):
                worst = max(worst, tell(done, verbose=options.is_verbose(context)))
            else:
                click.echo(done[1])
    context.exit(worst)


def _stills(orders: Sequence[Order], workers: Workers) -> dict[str, list[Path]]:
    """For each lesson the pictures of its steps, to be printed.

    Raises:
        Troubles: why some could not be drawn.
    """
    tasks = [
        ClipTask(replace(order.lesson, look=printed(order.lesson.look)), call, _PRINTED_QUALITY)
        for order in orders
        for call in order.calls
    ]
    found: dict[str, list[Path]] = {order.lesson.name: [] for order in orders}
    for number, stills in sorted(stills_of(tasks, workers)):
        found[tasks[number].lesson.name] += [path for _, path in stills]
    return found


def _written(lesson: Lesson, film: Film, stills: Sequence[Path], scratch: Path) -> Path:
    """Write the files by themselves into a folder; returns the PowerPoint file."""
    steps, made, clips, paper = film.record.steps, scratch / "made", scratch / "clips", scratch / "paper"
    for folder in (made, clips, paper):
        folder.mkdir(parents=True)
    deck = made / f"{lesson.name}.pptx"
    deck.with_suffix(".pdf").write_bytes(handout(lesson, steps, stills, paper))
    write_deck(lesson, steps, cut(film.path, steps, clips, soundtrack(lesson, film.record)), deck)
    return deck
