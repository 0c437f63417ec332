"""``bp voice``: what to record for a film of one's own voice, and what is there already."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bp_script.errors import did_you_mean, one_of
from bp_script.language.caller import callers_language, tr
from bp_script.voice import Voice
from bp_studio import microphone, options
from bp_studio.clips import ClipTask
from bp_studio.errors import Exit, UsageError, of_chapter
from bp_studio.lessons import calls_of_film, folder_name, load_for_pictures
from bp_studio.reading_list import THERE, Line, State, lines_of, note, state_of, write_script
from bp_studio.work import WORKSHOP
from bp_studio.workers import Job, Workers, results
from scenes.kit.film.record import TITLE_CARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from bp_studio.errors import Trouble
    from scenes.kit.film.record import ClipRecord


@click.command("voice")
@click.argument("lesson", metavar="LESSON")
@options.chapters
@options.look("language")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of the recordings, if the lesson names none.",
)
@click.option(
    "--accept", metavar="STEP", multiple=True, help="Take this recording as it is, though its words have changed."
)
@click.option("--record", is_flag=True, help="Record what is missing, step by step, by arecord or SoX's rec.")
@options.jobs
@options.limit
@options.allow_python
@options.verbose
@click.pass_context
def command(
    context: click.Context,
    *,
    lesson: str,
    chapters: tuple[str, ...],
    look: Mapping[str, str],
    folder: Path | None,
    accept: tuple[str, ...],
    record: bool,
    jobs: int,
    allow_python: bool,
) -> None:
    """List what to record for a film that you speak yourself, and what is there already.

    Writes script.txt, to read from, into the folder of the recordings: the one that the lesson names, voice:
    {recordings: my_voice}, or --to, or <lesson>_voice beside the lesson (with --language de <lesson>-de_voice, for the
    film in German). Exit status 1 while something is missing, or recorded for other words than the film has now.
    """
    (loaded,) = load_for_pictures([lesson], allow_python=allow_python, look=look)
    place = folder or folder_of(loaded, look)
    lines = lines_of(_walked(loaded, calls_of_film(loaded, chapters), jobs))
    place.mkdir(parents=True, exist_ok=True)
    names = {name for each in lines for name in (each.name, each.stem)}
    for name in accept:
        if name not in names:
            raise UsageError(tr("--accept: no step %(name)s", name=repr(name)) + did_you_mean(name, names))
    write_script(loaded.title, lines, place)
    if record:
        _record(lines, place)
    states = [state_of(line, place) for line in lines]
    note(place, states, {line.name for line in lines if {line.name, line.stem} & {*accept}})
    states = [state_of(line, place) for line in lines]
    for state in states:
        click.echo(f"{state.line.stem}: {state.what}")
    there = sum(state.status == THERE for state in states)
    click.echo(f"{place}: " + tr("%(there)s of %(all)s steps recorded", there=there, all=len(states)))
    if there == len(states) and (loaded.voice is None or loaded.voice.recordings != place):
        click.echo(tr("to hear them: %(command)s", command=to_hear(lesson, chapters, look, place)), err=True)
    context.exit(Exit.DONE if there == len(states) else Exit.FAILED)


def to_hear(lesson: str, chapters: Sequence[str], look: Mapping[str, str], place: Path) -> str:
    """The command that makes the film with recordings which the lesson does not name."""
    folder = str(place) if "/" in str(place) else f"./{place}"
    options = [("chapter", chapter) for chapter in chapters] + [*look.items(), ("voice", folder)]
    return shlex.join(["bp", "render", lesson, *(word for key, said in options for word in (f"--{key}", said))])


def folder_of(lesson: Lesson, look: Mapping[str, str]) -> Path:
    """The lesson's own folder; another language has another, as its words have."""
    if lesson.voice is not None and lesson.voice.recordings is not None:
        own = lesson.voice.recordings
        return own.with_name("-".join([own.name, *look.values()]))
    return (lesson.path or Path()).with_name(f"{folder_name(lesson, look)}_voice")


def _walked(lesson: Lesson, calls: Sequence[ChapterCall], jobs: int) -> dict[int, ClipRecord]:
    """The records of the chapters by their number in the film, with their words read by nobody.

    Raises:
        Troubles: a chapter could not be walked through.
    """
    numbered = {_number(lesson, call): call for call in calls}

    def told(number: int, trouble: Trouble) -> Trouble:
        return of_chapter(str(lesson.path), numbered[number].called, trouble)

    with tempfile.TemporaryDirectory() as scratch, Workers(jobs, Path(scratch)) as workers:
        nobody = replace(lesson, voice=Voice(recordings=Path(scratch) / "nothing", missing="silence"))
        workers.add(
            Job(number, f"{WORKSHOP}:rehearse", (ClipTask(nobody, call, "l"), Path(scratch) / f"{number}"))
            for number, call in numbered.items()
        )
        return {number: rehearsal.record for number, rehearsal in results(workers, told)}


def _number(lesson: Lesson, call: ChapterCall) -> int:
    """A chapter's number in the whole film; the title card has 0."""
    here = (number for number, other in enumerate(lesson.chapters, start=1) if other is call)
    return next(here, 0 if call.name == TITLE_CARD else len(lesson.chapters) + 1)


def _record(lines: Sequence[Line], folder: Path) -> None:
    """Record what is missing or has other words now, one after the other.

    Raises:
        UsageError: there is nothing to record with.
    """
    program = microphone.program()
    if program is None:
        raise UsageError(
            tr("--record: expected %(programs)s to record with; got neither", programs=one_of(microphone.names()))
        )
    for state in [state_of(line, folder) for line in lines]:
        if state.status == THERE:
            continue
        click.echo(f"\n{state.line.stem}: {state.what}\n\n    {state.line.words}\n")
        if not _record_one(state, program, folder):
            return


def _record_one(state: State, program: str, folder: Path) -> bool:
    """Record a step until it is kept or left out; returns whether to go on."""
    while True:
        answer = _asked(tr("Enter records, s leaves it out, q ends"))
        if answer in {"s", "q"}:
            return answer == "s"
        with tempfile.TemporaryDirectory(dir=folder, prefix=".recording-") as scratch:
            path = Path(scratch) / f"{state.line.stem}.wav"
            going_on = microphone.begin(program, path)
            try:
                _asked(tr("recording; Enter stops"))
            finally:
                said = going_on.stop()
            made = state_of(state.line, path.parent)
            if made.status != THERE:
                click.echo(f"{said or made.what}")
                continue
            seconds = callers_language().numeral(f"{made.seconds:.1f}")
            if _asked(tr("%(seconds)s s; Enter keeps it, r records it again", seconds=seconds)) == "r":
                continue
            if state.file is not None:
                (folder / state.file).unlink()
            path.replace(folder / path.name)
            return True


def _asked(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False)).strip().lower()
