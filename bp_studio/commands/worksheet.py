"""``bp worksheet``: lessons as exercises to print, each with its key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.language.caller import tr, whole
from bp_studio import options
from bp_studio.errors import UsageError
from bp_studio.lessons import folders_for, load_lessons, numbers_of
from bp_studio.production import scratch_folder
from bp_studio.worksheet.sheet import sheet_source
from bp_studio.worksheet.tasks import MOST_PARAMETERS
from scenes.kit.letters.compiler import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bp_script.lesson import Lesson


@click.command("worksheet")
@options.lessons
@options.look("language")
@options.out
@options.limit
@options.verbose
def command(*, lessons: tuple[str, ...], look: Mapping[str, str], out: Path | None) -> None:
    """Print each lesson as an exercise: its example by hand, from the forward pass to the update.

    <lesson>.pdf has the rules in the lesson's notation, and blanks; <lesson>-key.pdf has them filled in, step by step,
    from the numbers that the films show. Without --out both go to media/worksheets/<lesson>/.
    """
    loaded = load_lessons(lessons, look=look)
    for lesson in loaded:
        _check_size(lesson)
    folders = folders_for(loaded, out, "worksheets", look)
    made: dict[Path, bytes] = {}
    for lesson, folder in zip(loaded, folders, strict=True):
        with numbers_of(lesson):
            made[folder / f"{lesson.name}.pdf"] = compiled(sheet_source(lesson, key=False), "pdf")[0]
            made[folder / f"{lesson.name}-key.pdf"] = compiled(sheet_source(lesson, key=True), "pdf")[0]
    with scratch_folder(folders) as scratch:
        for number, (place, content) in enumerate(made.items()):
            beside = scratch / str(number)
            beside.write_bytes(content)
            place.parent.mkdir(parents=True, exist_ok=True)
            click.echo(beside.replace(place))


def _check_size(lesson: Lesson) -> None:
    count = lesson.network.vector.size
    if count > MOST_PARAMETERS:
        told = tr(
            "a worksheet asks for every weight and bias, for at most %(most)s of them; this network has %(count)s",
            most=MOST_PARAMETERS,
            count=whole(count),
        )
        raise UsageError(f"{lesson.path}: {told}")
