"""``bp slides``: lessons become PowerPoint files, each with a handout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bp_studio import options
from bp_studio.cache import Cache, default_folder
from bp_studio.clips import ClipTask
from bp_studio.errors import Trouble, of_chapter, tell
from bp_studio.house import printed
from bp_studio.lessons import MEDIA, calls_of_film, folder_for, folder_name, load_for_pictures
from bp_studio.production import clip_names, make_films, scratch_folder
from bp_studio.progress import FilmDisplay, Tally
from bp_studio.slides.cutting import cut
from bp_studio.slides.deck import write_deck
from bp_studio.slides.handout import write_handout
from bp_studio.soundtrack import soundtrack
from bp_studio.work import WORKSHOP, Order
from bp_studio.workers import Job, Workers, interrupts_held, results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bp_studio.production import Film

#: What is printed is drawn at this quality.
_PRINTED_QUALITY = "m"


@click.command("slides")
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
    """Make a PowerPoint file of each lesson, a slide a step, and a handout.

    A slide plays its clip when it comes and rests on the settled picture until the next; what the film says is in the
    speaker's notes. The handout, <lesson>.pdf, has a still in the light theme and the words of every step. Without
    --out both go to media/slides/<lesson>/, those of single chapters to media/slides/<lesson>/parts/.
    """
    loaded = options.with_voices(context, load_for_pictures(lessons, allow_python=allow_python, look=look))
    part = "parts" if chapters else ""
    folders = [
        folder_for(lesson, out, MEDIA / "slides" / folder_name(lesson, look) / part, one=len(loaded) == 1)
        for lesson in loaded
    ]
    cache, worst = Cache(default_folder()), 0
    with scratch_folder(folders) as scratch, Workers(jobs, scratch) as workers:
        calls = [calls_of_film(lesson, chapters) for lesson in loaded]
        orders = [
            Order(lesson, called, quality, "mp4", scratch / f"film-{lesson.name}")
            for lesson, called in zip(loaded, calls, strict=True)
        ]
        stills = _stills(orders, workers)
        tally = Tally(clip_names(orders))
        made: dict[str, Film] = {}
        with FilmDisplay(tally, Console(stderr=True)):
            for film in make_films(orders, workers, tally, cache, fresh=fresh):
                if isinstance(film, Trouble):
                    worst = max(worst, tell(film, verbose=options.is_verbose(context)))
                else:
                    made[film.record.lesson] = film
        for number, (order, folder) in enumerate(zip(orders, folders, strict=True)):
            if order.lesson.name in made:
                click.echo(_write(order, made[order.lesson.name], stills[number], scratch / f"slides-{number}", folder))
    cache.trim()
    context.exit(worst)


def _stills(orders: Sequence[Order], workers: Workers) -> list[list[Path]]:
    """For each film the pictures of its steps, to be printed.

    Raises:
        Troubles: why some could not be drawn.
    """
    keys = [(n, c) for n, order in enumerate(orders) for c in range(len(order.calls))]

    def task(n: int, c: int) -> ClipTask:
        lesson = orders[n].lesson
        return ClipTask(replace(lesson, look=printed(lesson.look)), orders[n].calls[c], _PRINTED_QUALITY)

    def told(key: tuple[int, int], trouble: Trouble) -> Trouble:
        n, c = key
        return of_chapter(str(orders[n].lesson.path), orders[n].calls[c].called, trouble)

    workers.add(
        Job(key, f"{WORKSHOP}:take_stills", (task(*key), workers.scratch / f"stills-{key[0]}-{key[1]}")) for key in keys
    )
    found = {key: [path for _, path in stills] for key, stills in results(workers, told)}
    return [[path for c in range(len(order.calls)) for path in found[n, c]] for n, order in enumerate(orders)]


def _write(order: Order, film: Film, stills: Sequence[Path], scratch: Path, folder: Path) -> Path:
    """Write the files beside their place and move them there; returns the PowerPoint file."""
    lesson, steps = order.lesson, film.record.steps
    scratch.mkdir()
    deck, handout = scratch / f"{lesson.name}.pptx", scratch / f"{lesson.name}.pdf"
    write_handout(lesson, steps, stills, scratch / "handout", handout)
    clips = scratch / "clips"
    clips.mkdir()
    write_deck(lesson, steps, cut(film.path, steps, clips, soundtrack(lesson, film.record)), deck)
    folder.mkdir(parents=True, exist_ok=True)
    with interrupts_held():
        handout.replace(folder / handout.name)
        return deck.replace(folder / deck.name)
