"""How films are made.

Every chapter is rehearsed, then drawn by whichever worker is free; a film is put together when its last clip is there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av

from bp_studio.captions import to_srt, to_vtt
from bp_studio.clips import ClipTask
from bp_studio.errors import StudioError, Trouble, Troubles, of_chapter, trouble
from bp_studio.film import SUFFIXES, Clip, frame_image, join
from bp_studio.film_record import FilmRecord
from bp_studio.transcript import to_transcript
from bp_studio.workers import Done, Failed, Job, Reported, Started, Workers, interrupts_held

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from bp_studio.progress import Tally
    from scenes.kit.film.record import ClipRecord


#: Where the workers' functions are.
WORKSHOP = "bp_studio.rendering"


@dataclass(frozen=True, slots=True)
class Order:
    """A film to make: these chapters of the lesson, to be left in ``folder``."""

    lesson: Lesson
    calls: tuple[ChapterCall, ...]
    quality: str
    video_format: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Film:
    """A film that is there."""

    path: Path
    record: FilmRecord


#: Which order, and which of its chapters.
ClipKey = tuple[int, int]


@contextmanager
def scratch_folder(folders: Sequence[Path]) -> Iterator[Path]:
    """A folder for what is on its way to these, on the same disk, gone when the block ends."""
    place = Path(os.path.commonpath([folder.absolute() for folder in folders]))
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=place) as scratch:
        yield Path(scratch)


def clip_names(orders: Sequence[Order]) -> dict[Hashable, str]:
    """What the display calls each clip."""
    return {(n, c): call.called for n, order in enumerate(orders) for c, call in enumerate(order.calls)}


def make_films(orders: Sequence[Order], workers: Workers, tally: Tally) -> Iterator[Film | Trouble]:
    """Make the films; yields each as soon as it is there, or why there is none. One that fails leaves the others be.

    Raises:
        Troubles: what a rehearsal of any chapter found; then nothing is drawn at all.
    """
    rehearsed = _rehearse(orders, workers, tally)
    waiting = {number: dict[int, Path]() for number in range(len(orders))}
    # Long clips first: no worker is left with one at the end.
    for number, records in enumerate(rehearsed):
        longest = sorted(range(len(records)), key=lambda position: -records[position].duration)
        workers.add(_job("draw", orders, (number, position), workers.scratch) for position in longest)
    for event in workers.events():
        number, position = key = cast("ClipKey", event.key)
        match event:
            case Started():
                tally.begin(key)
            case Reported(value=frames):
                tally.draw(key, frames)
            case Done(result=(path, _)):
                tally.draw(key, tally.expected[key])
                tally.end(key)
                waiting[number][position] = path
                if len(waiting[number]) == len(orders[number].calls):
                    yield _put_together(orders[number], waiting[number], rehearsed[number])
            case Failed():
                given_up = {(number, other) for other in range(len(orders[number].calls))}
                workers.drop(given_up.__contains__)
                tally.give_up(given_up)
                yield _of_clip(orders, key, event.trouble)


def _rehearse(orders: Sequence[Order], workers: Workers, tally: Tally) -> list[list[ClipRecord]]:
    workers.add(_job("rehearse", orders, cast("ClipKey", key), workers.scratch) for key in tally.clips)
    records: dict[ClipKey, ClipRecord] = {}
    troubles: dict[ClipKey, Trouble] = {}
    for event in workers.events():
        key = cast("ClipKey", event.key)
        match event:
            case Started():
                tally.begin(key)
            case Done(result=record):
                tally.leave(key)
                tally.expect(key, round(record.duration * record.fps))
                records[key] = record
            case Failed(trouble=trouble):
                tally.leave(key)
                troubles[key] = _of_clip(orders, key, trouble)
    if troubles:
        raise Troubles([troubles[key] for key in sorted(troubles)])
    return [[records[n, c] for c in range(len(order.calls))] for n, order in enumerate(orders)]


def _job(what: str, orders: Sequence[Order], key: ClipKey, scratch: Path) -> Job:
    order, call = orders[key[0]], orders[key[0]].calls[key[1]]
    task = ClipTask(order.lesson, call, order.quality, order.video_format)
    return Job(key, f"{WORKSHOP}:{what}", (task, scratch / f"{key[0]}-{key[1]}"))


def _of_clip(orders: Sequence[Order], key: ClipKey, trouble: Trouble) -> Trouble:
    order = orders[key[0]]
    return of_chapter(str(order.lesson.path), order.calls[key[1]].called, trouble)


def _put_together(order: Order, paths: dict[int, Path], records: Sequence[ClipRecord]) -> Film | Trouble:
    """Join the clips beside the film's place and move everything there."""
    record = FilmRecord(order.lesson.name, tuple(records))
    clips = [
        Clip(paths[position], each.title, record.frames[position], each.is_card)
        for position, each in enumerate(records)
    ]
    try:
        order.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".film-", dir=order.folder) as beside:
            film = Path(beside) / f"{order.lesson.name}{SUFFIXES[order.video_format]}"
            join(clips, film, fps=record.fps, title=order.lesson.title)
            frame_image(film, record.best_frame()).save(film.with_suffix(".png"))
            film.with_suffix(".srt").write_text(to_srt(record.captions), encoding="utf-8")
            film.with_suffix(".vtt").write_text(to_vtt(record.captions), encoding="utf-8")
            film.with_suffix(".txt").write_text(to_transcript(order.lesson.title, record), encoding="utf-8")
            film.with_suffix(".film.json").write_text(record.to_json(), encoding="utf-8")
            return Film(_publish(film, order.folder), record)
    except (StudioError, OSError, av.FFmpegError, ValueError) as error:
        return of_chapter(str(order.lesson.path), "the film", trouble(error))


def _publish(film: Path, folder: Path) -> Path:
    """Move everything into its place; the film goes first and comes last: where it is, the rest fits it."""
    place = folder / film.name
    with interrupts_held():
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        for file in film.parent.iterdir():
            if file != film:
                file.replace(folder / file.name)
        film.replace(place)
    return place
