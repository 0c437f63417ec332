"""``bp render``: lessons become films."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from rich.console import Console

from bp_script.language.caller import tr
from bp_studio import options
from bp_studio.cache import Cache, default_folder
from bp_studio.cluster import Cluster
from bp_studio.errors import Trouble, tell
from bp_studio.film import SUFFIXES
from bp_studio.lessons import calls_of_film, folders_for, load_for_pictures
from bp_studio.production import Film, clip_names, make_films, scratch_folder
from bp_studio.progress import FilmDisplay, Tally, clock, tell_lines
from bp_studio.work import Order
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command("render")
@options.lessons
@options.chapters
@options.quality
@options.look()
@click.option("--draft", is_flag=True, help="The quickest film to look at: as -q l.")
@options.jobs
@click.option(
    "--format",
    "video_format",
    type=click.Choice(list(SUFFIXES)),
    default="mp4",
    show_default=True,
    help="mp4 plays everywhere; webm is for pages and wikis that take free formats alone; mov has a transparent "
    "ground, to be laid over something else; gif is for chats and slides that play no film, and as -q l unless -q is "
    "given; png is a folder with each frame, for other programs.",
)
@options.out
@options.fresh
@options.voice
@click.option(
    "--renderer",
    type=click.Choice(["quick", "stock"]),
    default="quick",
    show_default=True,
    help="stock is manim's own: the same frames, slowly.",
)
@click.option("--cluster", metavar="ADDRESS", help="Let a Dask cluster draw: its scheduler, as tcp://host:8786.")
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Keep how it goes and what the workers print here."
)
@options.allow_python
@options.limit
@options.verbose
@click.pass_context
def command(
    context: click.Context,
    *,
    lessons: tuple[str, ...],
    chapters: tuple[str, ...],
    quality: str,
    look: Mapping[str, str],
    draft: bool,
    jobs: int,
    video_format: str,
    out: Path | None,
    fresh: bool,
    renderer: str,
    cluster: str | None,
    log: Path | None,
    allow_python: bool,
) -> None:
    """Make the film of each lesson, with captions, a still and a record of every number shown.

    A LESSON is a file, or the name of a lesson that comes with the program. Without --out films go to
    media/films/<lesson>/, single chapters to media/films/<lesson>/parts/.
    """
    unsaid = context.get_parameter_source("quality") is ParameterSource.DEFAULT
    quality = "l" if draft or (unsaid and video_format == "gif") else quality
    loaded = options.with_voices(context, load_for_pictures(lessons, allow_python=allow_python, look=look))
    orders = [
        Order(lesson, calls_of_film(lesson, chapters), quality, video_format, folder, renderer)
        for lesson, folder in zip(loaded, folders_for(loaded, out, "films", look, parts=bool(chapters)), strict=True)
    ]
    worst = 0
    cache = Cache(default_folder())
    begin = time.monotonic()
    say = _Teller(Console(stderr=True), log)
    with scratch_folder([order.folder for order in orders]) as scratch, _team(cluster, jobs, scratch, log) as workers:
        tally = Tally(clip_names(orders))
        tell_lines(tally, say.line)
        with FilmDisplay(tally, say.console):
            for made in make_films(orders, workers, tally, cache, fresh=fresh):
                if isinstance(made, Trouble):
                    worst = max(worst, tell(made, verbose=options.is_verbose(context)))
                else:
                    _announce(made, time.monotonic() - begin, say)
    cache.trim()
    context.exit(worst)


def _team(cluster: str | None, jobs: int, scratch: Path, log: Path | None) -> Cluster | Workers:
    return Workers(jobs, scratch, log) if cluster is None else Cluster(cluster, scratch)


class _Teller:
    """Says a line where people look for it: on standard error, and in the log if there is one."""

    def __init__(self, console: Console, log: Path | None) -> None:
        self.console = console
        self._log = log

    def line(self, text: str) -> None:
        """How it goes; on a terminal the display says that already."""
        if not self.console.is_terminal:
            click.echo(text, err=True)
        self._note(text)

    def result(self, text: str) -> None:
        """What came of it."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)
        self._note(text)

    def _note(self, text: str) -> None:
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def _announce(film: Film, seconds: float, say: _Teller) -> None:
    """To people on standard error, above the display; to a program the path, on standard output."""
    told = tr("%(length)s long, made in %(time)s", length=clock(film.record.duration), time=clock(seconds))
    if film.from_cache:
        told += tr(", %(kept)s of %(all)s pieces from the cache", kept=film.from_cache, all=film.pieces)
    say.result(f"{film.path}  {told}")
    if not (say.console.is_terminal and sys.stdout.isatty()):
        click.echo(film.path)
