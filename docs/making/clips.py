"""The clips of the site: some seconds of each chapter of the shipped lessons, drawn by the films' own engine.

Each chapter is rehearsed, and around its fullest settled moment a stretch is drawn, made smaller and kept with a still
of its end. What the cache has is not drawn again.
"""

from __future__ import annotations

import hashlib
import inspect
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import av

from bp_script.chapters import own_names
from bp_script.shipped import example_names, lesson_names
from bp_studio.clips import ClipTask, StretchTask
from bp_studio.errors import of_chapter
from bp_studio.keys import chapter_key
from bp_studio.lessons import load_for_pictures
from bp_studio.workers import Job, Workers, results
from scenes.kit.film.record import ClipRecord
from scenes.kit.film.stretch import Joint, Rehearsal, Stretch

if TYPE_CHECKING:
    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from bp_studio.cache import Cache
    from bp_studio.errors import Trouble

#: Drawn at this quality.
QUALITY = "m"
LONGER_SIDE = 1280
SECONDS = 8.0
_CODING = {"crf": "24", "preset": "medium", "tune": "animation", "threads": "1"}
_STILL = {"quality": 82, "method": 6}
_WORKSHOP = "bp_studio.rendering"

#: A lesson's name and a chapter's own in it.
ShotName: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shot:
    """A chapter of a shipped lesson, with its record, some seconds of it, what is said over them, and a still."""

    lesson: Lesson
    call: ChapterCall
    name: str
    record: ClipRecord
    said: str
    film: bytes
    still: bytes

    @property
    def place(self) -> str:
        """Its files' name without an ending, below the folder of clips."""
        return f"{self.lesson.name}/{self.name}"

    def write(self, folder: Path) -> None:
        """Leave its three files in a folder."""
        path = folder / self.place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".mp4").write_bytes(self.film)
        path.with_suffix(".webp").write_bytes(self.still)
        path.with_suffix(".txt").write_text(self.said, "utf-8")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to be drawn, which of its frames are kept, and where in the chapter the first of these stands."""

    stretch: Stretch
    first: int
    frames: int
    at: int = 0


def shipped() -> list[Lesson]:
    """The lessons that come with the program, then the short ones that each show one thing."""
    return load_for_pictures([*lesson_names(), *example_names()])


def take(lessons: Sequence[Lesson], cache: Cache, jobs: int, scratch: Path, tell: Callable[[str], None]) -> list[Shot]:
    """A shot of each chapter of these lessons; ``tell`` hears of each that is drawn.

    Raises:
        Troubles: what could not be drawn.
    """
    tasks = {
        (n, name): ClipTask(lesson, call, QUALITY)
        for n, lesson in enumerate(lessons)
        for call, name in zip(lesson.chapters, own_names(lesson.chapters), strict=True)
    }
    with Workers(jobs, scratch) as workers:
        rehearsals = _rehearsed(tasks, cache, workers)
        cuts = {key: cut(rehearsal) for key, rehearsal in rehearsals.items()}
        made = {key: found for key, task in tasks.items() if (found := _kept(cache, task, cuts[key])) is not None}
        missing = {key: task for key, task in tasks.items() if key not in made}
        for number, (key, files) in enumerate(_drawn(missing, cuts, rehearsals, workers), 1):
            made[key] = files
            _keep(cache, tasks[key], cuts[key], files)
            tell(f"clip {number} of {len(missing)}: {tasks[key].lesson.name}/{key[1]}")
    records = {key: rehearsal.record for key, rehearsal in rehearsals.items()}
    return [
        Shot(task.lesson, task.call, key[1], records[key], said(records[key], cuts[key]), *made[key])
        for key, task in tasks.items()
    ]


_Key: TypeAlias = tuple[int, str]
_Files: TypeAlias = tuple[bytes, bytes]


def _rehearsed(tasks: Mapping[_Key, ClipTask], cache: Cache, workers: Workers) -> dict[_Key, Rehearsal]:
    found = {
        key: Rehearsal.from_dict(data)
        for key, task in tasks.items()
        if (data := cache.get_data(chapter_key(task))) is not None
    }
    workers.add(
        Job(key, f"{_WORKSHOP}:rehearse", (task, workers.scratch)) for key, task in tasks.items() if key not in found
    )
    for key, rehearsal in _results(tasks, workers):
        found[key] = rehearsal
        cache.put_data(chapter_key(tasks[key]), found[key].to_dict())
    return found


def _drawn(
    tasks: Mapping[_Key, ClipTask],
    cuts: Mapping[_Key, Cut],
    rehearsals: Mapping[_Key, Rehearsal],
    workers: Workers,
) -> Iterator[tuple[_Key, _Files]]:
    wanted = dict(cuts)
    workers.add(_drawing(key, task, wanted[key], workers.scratch) for key, task in tasks.items())
    for key, piece in _results(tasks, workers):
        path = piece.path
        if path is None or not piece.meets:
            # Something in the chapter depends on each frame before: it can only be drawn as a whole.
            wanted[key] = whole(rehearsals[key], wanted[key])
            workers.add([_drawing(key, tasks[key], wanted[key], workers.scratch)])
            continue
        workers.begin()  # the others go on meanwhile
        yield key, shortened(path, wanted[key])
        path.unlink()


def _drawing(key: _Key, task: ClipTask, wanted: Cut, scratch: Path) -> Job:
    folder = scratch / f"{key[0]}-{key[1]}"
    folder.mkdir(parents=True, exist_ok=True)
    return Job(key, f"{_WORKSHOP}:draw", (StretchTask(task, wanted.stretch, ()), folder))


def _results(tasks: Mapping[_Key, ClipTask], workers: Workers) -> Iterator[tuple[_Key, Any]]:
    def told(key: _Key, trouble: Trouble) -> Trouble:
        return of_chapter(str(tasks[key].lesson.path), tasks[key].call.called, trouble)

    return results(workers, told)


def cut(rehearsal: Rehearsal) -> Cut:
    """The seconds before the settled moment at which most numbers are on screen; of equals the later one."""
    record = rehearsal.record
    moments = record.moments[1:] or record.moments
    ends = [round(moment.at * record.fps) for moment in moments] or [rehearsal.frames]
    end = max(ends, key=lambda frame: (_shown(record, frame / record.fps), frame))
    first = max(0, end - round(SECONDS * record.fps))
    before = [joint for joint in rehearsal.joints if joint.frame <= first]
    after = [joint for joint in rehearsal.joints if joint.frame >= end]
    start = max(before, key=lambda joint: joint.frame, default=Joint(0, 0, ""))
    if start.frame == 0:
        start = Joint(0, 0, "")
    stop = min(after, key=lambda joint: joint.frame, default=None)
    until = rehearsal.frames if stop is None else stop.frame
    states = (start.state, "" if stop is None else stop.state)
    stretch = Stretch(start.play, None if stop is None else stop.play, until - start.frame, states)
    return Cut(stretch, first - start.frame, end - first, first)


def whole(rehearsal: Rehearsal, wanted: Cut) -> Cut:
    """The same seconds of the whole chapter."""
    return Cut(Stretch(frames=rehearsal.frames), wanted.at, wanted.frames, wanted.at)


def said(record: ClipRecord, wanted: Cut) -> str:
    """The captions that stand for half of their time or more in these seconds."""
    start, end = wanted.at / record.fps, (wanted.at + wanted.frames) / record.fps
    heard = [c for c in record.captions if 2 * (min(c.end, end) - max(c.start, start)) >= c.end - c.start]
    return " ".join(caption.text.replace("\n", " ") for caption in heard)


def _shown(record: ClipRecord, at: float) -> int:
    return sum(number.at < at <= number.until + 1e-6 for number in record.shown)


def shortened(path: Path, wanted: Cut) -> _Files:
    """The frames that are wanted as a small film, and the last of them as a still."""
    made = path.with_name("short.mp4")
    with av.open(path) as source, av.open(made, "w", options={"movflags": "+faststart"}) as target:
        stream = source.streams.video[0]
        smaller = LONGER_SIDE / max(stream.width, stream.height)
        width, height = (round(side * smaller / 2) * 2 for side in (stream.width, stream.height))
        rate = stream.average_rate or Fraction(30)
        coded = target.add_stream("libx264", rate=rate, options=_CODING)
        coded.width, coded.height, coded.pix_fmt = width, height, "yuv420p"
        last: av.VideoFrame | None = None
        for number, frame in enumerate(source.decode(stream)):
            if not wanted.first <= number < wanted.first + wanted.frames:
                continue
            last = frame.reformat(width, height, "yuv420p", interpolation="LANCZOS")
            last.pts, last.time_base = number - wanted.first, 1 / rate
            target.mux(coded.encode(last))
        target.mux(coded.encode(None))
    if last is None:
        raise ValueError(f"{path.name} has no frame from {wanted.first} on")
    still = io.BytesIO()
    last.to_image().save(still, "webp", **_STILL)  # type: ignore[no-untyped-call]
    return made.read_bytes(), still.getvalue()


def _kept(cache: Cache, task: ClipTask, wanted: Cut) -> _Files | None:
    film, still = (cache.get(key) for key in _keys(task, wanted))
    return None if film is None or still is None else (film, still)


def _keep(cache: Cache, task: ClipTask, wanted: Cut, files: _Files) -> None:
    for key, content in zip(_keys(task, wanted), files, strict=True):
        cache.put(key, content)


def _keys(task: ClipTask, wanted: Cut) -> tuple[str, str]:
    """All that the two files depend on; the code that codes them included."""
    coding = f"{wanted} {LONGER_SIDE} {_CODING} {_STILL} {inspect.getsource(shortened)}"
    told = hashlib.blake2b(f"{chapter_key(task)} {coding}".encode(), digest_size=20).hexdigest()
    return f"{told}f", f"{told}s"
