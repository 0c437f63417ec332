"""``bp stills``: the settled moments of each chapter as pictures."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.chapters import own_names
from bp_script.language import language_of
from bp_studio import options
from bp_studio.clips import ClipTask
from bp_studio.contact_sheet import contact_sheet
from bp_studio.lessons import chosen, folders_for, load_for_pictures
from bp_studio.production import scratch_folder
from bp_studio.stills import stills_of
from bp_studio.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenes.kit.film.record import Moment


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A chapter's pictures: ``<name>.png`` and ``<name>/`` in the folder."""

    task: ClipTask
    folder: Path
    name: str


@click.command("stills")
@options.lessons
@options.chapters
@options.quality
@options.look()
@options.jobs
@options.out
@options.allow_python
@options.limit
@options.verbose
def command(
    *,
    lessons: tuple[str, ...],
    chapters: tuple[str, ...],
    quality: str,
    look: Mapping[str, str],
    jobs: int,
    out: Path | None,
    allow_python: bool,
) -> None:
    """Draw the settled moments of each chapter.

    Each chapter gets a contact sheet, <chapter>.png, and a folder with every still at full size. Without --out they
    go to media/stills/<lesson>/.
    """
    loaded = load_for_pictures(lessons, allow_python=allow_python, look=look)
    sheets: list[_Sheet] = []
    for lesson, folder in zip(loaded, folders_for(loaded, out, "stills", look), strict=True):
        calls = chosen(lesson, chapters)
        sheets += (
            _Sheet(ClipTask(lesson, call, quality), folder, name)
            for call, name in zip(calls, own_names(calls), strict=True)
        )
    with scratch_folder([sheet.folder for sheet in sheets]) as scratch, Workers(jobs, scratch) as workers:
        for number, stills in stills_of([sheet.task for sheet in sheets], workers):
            click.echo(_keep(sheets[number], stills))


def _keep(sheet: _Sheet, stills: list[tuple[Moment, Path]]) -> Path:
    """Make the contact sheet and put it and the stills where they belong."""
    numeral = language_of(sheet.task.lesson.look.language).numeral
    labelled = [(f"{path.stem}   {numeral(f'{moment.at:.1f}')} s", path) for moment, path in stills]
    drawn = stills[0][1].parent
    page = drawn.with_suffix(".png")
    contact_sheet(f"{sheet.task.lesson.title}: {sheet.task.call.called}", labelled, page)
    sheet.folder.mkdir(parents=True, exist_ok=True)
    place = sheet.folder / sheet.name
    if place.exists():
        shutil.rmtree(place)
    shutil.move(drawn, place)
    return page.replace(sheet.folder / f"{sheet.name}.png")
