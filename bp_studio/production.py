"""How films are made.

Every chapter is rehearsed, then drawn by whichever worker is free; a film is put together when its last clip is there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av

from bp_script.errors import LessonError, LessonErrors
from bp_script.language import language_of
from bp_script.language.caller import tr, whole
from bp_script.limits import limits, option
from bp_script.voice import NoVoice
from bp_studio.captions import to_srt, to_vtt
from bp_studio.errors import StudioError, Trouble, Troubles, of_chapter, trouble
from bp_studio.film import SUFFIXES, Clip, frame_image, join
from bp_studio.film_record import FilmRecord
from bp_studio.places import folder_of_ones_own, held
from bp_studio.soundtrack import CODECS, soundtrack
from bp_studio.transcript import to_transcript
from bp_studio.work import ClipKey, ClipWork, Order, Work
from bp_studio.workers import Done, Failed, Reported, Started, Team, interrupts_held

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from bp_studio.cache import Cache
    from bp_studio.progress import Tally


@dataclass(frozen=True, slots=True)
class Film:
    """A film that is there."""

    path: Path
    record: FilmRecord
    #: Of how many pieces it was joined, and how many of those the cache had.
    pieces: int
    from_cache: int


@contextmanager
def scratch_folder(folders: Sequence[Path]) -> Iterator[Path]:
    """A folder for what is on its way to these, on the same disk, gone when the block ends."""
    place = Path(os.path.commonpath([folder.absolute() for folder in folders]))
    with folder_of_ones_own(place, ".making-") as scratch:
        yield scratch


def clip_names(orders: Sequence[Order]) -> dict[Hashable, str]:
    """What the display calls each clip."""
    return {
        (n, c): call.called if len(orders) == 1 else f"{order.lesson.name}: {call.called}"
        for n, order in enumerate(orders)
        for c, call in enumerate(order.calls)
    }


def make_films(
    orders: Sequence[Order], workers: Team, tally: Tally, cache: Cache | None = None, *, fresh: bool = False
) -> Iterator[Film | Trouble]:
    """Make the films; yields each as soon as it is there, or why there is none. One that fails leaves the others be.

    What the ``cache`` holds is not drawn again, unless it shall be ``fresh``.

    Raises:
        Troubles: what a rehearsal of any chapter found; then nothing is drawn at all.
        LessonErrors: a film would be longer than the limit; nothing is drawn either.
    """
    work = Work(orders, workers.scratch, cache, fresh=fresh)
    _rehearse(work, workers, tally)
    for key, clip in work.clips.items():
        tally.expect(key, clip.rehearsal.frames)
        tally.find(key, clip.frames)
    workers.add(work.drawings())
    yield from (_finish(work, number, tally) for number in range(len(orders)) if not work.misses(number))
    for event in workers.events():
        number, position, first = cast("tuple[int, int, int]", event.key)
        key, clip = (number, position), work.clips[number, position]
        match event:
            case Started():
                tally.begin(key)
            case Reported(value=frames):
                clip.reported[first] = frames
                tally.draw(key, clip.frames)
            case Done(result=piece):
                workers.add(work.take(key, first, piece))
                tally.draw(key, clip.frames)
                if not clip.missing:
                    tally.end(key)
                if not work.misses(number):
                    yield _finish(work, number, tally)
            case Failed():
                given_up = {key for key in work.clips if key[0] == number}
                workers.drop({(*key, first) for key in given_up for first in work.clips[key].stretches}.__contains__)
                tally.give_up(given_up)
                yield _of_clip(orders, (number, position), event.trouble)


def _rehearse(work: Work, workers: Team, tally: Tally) -> None:
    workers.add(work.rehearsal(key) for key, clip in work.clips.items() if not clip.is_rehearsed)
    troubles: dict[ClipKey, Trouble] = {}
    for event in workers.events():
        key = cast("ClipKey", event.key)
        match event:
            case Started():
                tally.begin(key)
            case Done(result=rehearsal):
                tally.leave(key)
                tally.expect(key, rehearsal.frames)
                work.rehearsed(key, rehearsal)
            case Failed(trouble=trouble):
                tally.leave(key)
                troubles[key] = _of_clip(work.orders, key, trouble)
    if troubles:
        raise Troubles([troubles[key] for key in sorted(troubles)])
    if long := [error for number in range(len(work.orders)) for error in _too_long(work, number)]:
        raise LessonErrors(long)


def _too_long(work: Work, number: int) -> Iterator[LessonError]:
    minutes = sum(clip.rehearsal.record.duration for clip in work.of(number)) / 60
    if not limits().allows("minutes", minutes):
        message = tr(
            "expected a film of at most %(most)s minutes; got %(minutes)s",
            most=limits().most("minutes"),
            minutes=whole(round(minutes, 1)),
        )
        yield LessonError("chapters", message + option("minutes"), str(work.orders[number].lesson.path))


def _finish(work: Work, number: int, tally: Tally) -> Film | Trouble:
    for position in range(len(work.orders[number].calls)):
        tally.end((number, position))
    return _put_together(work.orders[number], work.of(number))


def _of_clip(orders: Sequence[Order], key: ClipKey, trouble: Trouble) -> Trouble:
    order = orders[key[0]]
    return of_chapter(str(order.lesson.path), order.calls[key[1]].called, trouble)


def _put_together(order: Order, made: Sequence[ClipWork]) -> Film | Trouble:
    """Join the clips beside the film's place and move everything there."""
    record = FilmRecord(order.lesson.name, tuple(each.rehearsal.record for each in made))
    clips = [
        Clip(each.paths, each.rehearsal.record.title, each.rehearsal.frames, each.rehearsal.record.is_card)
        for each in made
    ]
    try:
        with folder_of_ones_own(order.folder, ".film-") as beside:
            film = beside / f"{order.lesson.name}{SUFFIXES[order.video_format]}"
            sound = soundtrack(order.lesson, record) if film.suffix in CODECS else None
            join(clips, film, fps=record.fps, title=order.lesson.title, sound=sound)
            frame_image(film, record.best_frame(), record.fps).save(film.with_suffix(".png"))
            film.with_suffix(".srt").write_text(to_srt(record.captions), encoding="utf-8")
            film.with_suffix(".vtt").write_text(to_vtt(record.captions), encoding="utf-8")
            language = language_of(order.lesson.look.language)
            film.with_suffix(".txt").write_text(to_transcript(order.lesson.title, record, language), encoding="utf-8")
            film.with_suffix(".film.json").write_text(record.to_json(), encoding="utf-8")
            place = publish(film, order.folder)
            return Film(place, record, sum(len(c.paths) for c in clips), sum(each.from_cache for each in made))
    except (StudioError, LessonErrors, NoVoice, OSError, av.FFmpegError, ValueError) as error:
        return of_chapter(str(order.lesson.path), tr("the film"), trouble(error))


def publish(film: Path, folder: Path) -> Path:
    """Move a film, or slides, and what stands beside it into their place.

    It goes first and comes last: where it is, the rest fits it.
    """
    place = folder / film.name
    folder.mkdir(parents=True, exist_ok=True)
    with interrupts_held(), held(folder):
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        for file in film.parent.iterdir():
            if file != film:
                file.replace(folder / file.name)
        film.replace(place)
    return place
