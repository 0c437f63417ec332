"""What there is to draw for some films: which stretches of which chapters, and which of them the cache has already."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bp_script.chapters import PYTHON
from bp_script.language.caller import tr
from bp_studio.clips import ClipTask, Piece, StretchTask
from bp_studio.errors import StudioError
from bp_studio.film import frame_count
from bp_studio.keys import chapter_key, likeness_key, picture_key, stretch_key
from bp_studio.workers import Job
from scenes.kit.film.stretch import Rehearsal, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from bp_studio.cache import Cache

#: Where the workers' functions are.
WORKSHOP = "bp_studio.rendering"
#: Which order, and which of its chapters.
ClipKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Order:
    """A film to make: these chapters of the lesson, to be left in ``folder``."""

    lesson: Lesson
    calls: tuple[ChapterCall, ...]
    quality: str
    video_format: str
    folder: Path
    renderer: str = "quick"


@dataclass
class ClipWork:
    """A chapter on its way: its stretches by their first play, and the files of those that are there."""

    task: ClipTask
    folder: Path
    found: Rehearsal | None = None
    stretches: dict[int, Stretch] = field(default_factory=dict)
    files: dict[int, Path] = field(default_factory=dict)
    reported: dict[int, int] = field(default_factory=dict)
    from_cache: int = 0
    broken: bool = False

    @property
    def is_rehearsed(self) -> bool:
        """Whether it is known how long it is and where it can be cut."""
        return self.found is not None

    @property
    def rehearsal(self) -> Rehearsal:
        """What the walk through it found."""
        if self.found is None:
            raise AssertionError("not rehearsed yet")
        return self.found

    @property
    def missing(self) -> list[Stretch]:
        """What has still to be drawn."""
        return [stretch for first, stretch in self.stretches.items() if first not in self.files]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in order."""
        return tuple(self.files[first] for first in sorted(self.stretches))

    @property
    def frames(self) -> int:
        """How many frames there are already."""
        return sum(s.frames if f in self.files else self.reported.get(f, 0) for f, s in self.stretches.items())

    @cached_property
    def key(self) -> str | None:
        """Of the chapter, in the cache; None for one in a Python file, which may depend on anything."""
        return None if re.fullmatch(PYTHON, self.task.call.name) else chapter_key(self.task)


class Work:
    """All chapters of all orders."""

    def __init__(self, orders: Sequence[Order], scratch: Path, cache: Cache | None, *, fresh: bool) -> None:
        self.orders = orders
        self._cache = cache
        self._fresh = fresh
        self.clips: dict[ClipKey, ClipWork] = {}
        for n, order in enumerate(orders):
            for c, call in enumerate(order.calls):
                task = ClipTask(order.lesson, call, order.quality, order.video_format, order.renderer)
                clip = self.clips[n, c] = ClipWork(task, scratch / f"{n}-{c}")
                if cache is None or fresh or clip.key is None:
                    continue
                if (data := cache.get_data(clip.key)) is not None:
                    self._cut(clip, Rehearsal.from_dict(data))

    def of(self, number: int) -> list[ClipWork]:
        """The chapters of an order."""
        return [clip for (n, _), clip in self.clips.items() if n == number]

    def misses(self, number: int) -> bool:
        """Whether something of an order has still to be drawn."""
        return any(clip.missing for clip in self.of(number))

    # -- what workers are asked ------------------------------------------------

    def rehearsal(self, key: ClipKey) -> Job:
        """To walk through a chapter."""
        clip = self.clips[key]
        return Job(key, f"{WORKSHOP}:rehearse", (clip.task, clip.folder))

    def drawing(self, key: ClipKey, stretch: Stretch) -> Job:
        """To draw a stretch, unless it shows what is there already."""
        clip = self.clips[key]
        known: tuple[str, ...] = ()
        if self._cache is not None and not self._fresh and clip.task.in_stretches:
            known = tuple(self._cache.get_data(likeness_key(clip.task, stretch)) or ())
        return _job(key, clip, stretch, known)

    def drawings(self) -> list[Job]:
        """To draw all that is missing.

        First the beginnings of chapters, the longest first: whoever draws one goes on with it, and who is free sooner
        takes from what is left.
        """
        clips = [(key, clip.missing) for key, clip in self.clips.items()]
        clips.sort(key=lambda each: -sum(stretch.frames for stretch in each[1]))
        placed = [(place, key, stretch) for key, missing in clips for place, stretch in enumerate(missing)]
        placed.sort(key=lambda each: each[0])
        return [self.drawing(key, stretch) for _, key, stretch in placed]

    # -- what workers answer -----------------------------------------------------

    def rehearsed(self, key: ClipKey, rehearsal: Rehearsal) -> None:
        """A chapter's length and joints are known."""
        clip = self.clips[key]
        if self._cache is not None and clip.key is not None:
            self._cache.put_data(clip.key, rehearsal.to_dict())
        self._cut(clip, rehearsal)

    def take(self, key: ClipKey, first: int, piece: Piece) -> list[Job]:
        """A stretch is done; returns what there is to do because of it."""
        clip = self.clips[key]
        stretch = clip.stretches[first]
        path = piece.path
        if path is None and (path := self._fetch(clip, stretch, piece.fingerprint)) is None:
            return [_job(key, clip, stretch, ())]
        clip.files[first] = path
        clip.from_cache += piece.path is None
        clip.broken |= not piece.meets
        if self._cache is not None and piece.meets:
            self._keep(clip, stretch, piece)
        if not clip.broken or clip.missing:
            return []
        # Something in the chapter depends on each frame before it: it can only be drawn as a whole.
        self.rehearsed(key, Rehearsal(clip.rehearsal.record))
        clip.broken = False
        return [self.drawing(key, stretch) for stretch in clip.missing]

    # -- the cache ---------------------------------------------------------------

    def _cut(self, clip: ClipWork, rehearsal: Rehearsal) -> None:
        clip.found = rehearsal
        whole = (Stretch(frames=rehearsal.frames),)
        clip.stretches = {s.first: s for s in (rehearsal.stretches() if clip.task.in_stretches else whole)}
        clip.files, clip.reported, clip.from_cache = {}, {}, 0
        if self._cache is None or self._fresh or clip.key is None:
            return
        for stretch in clip.stretches.values():
            fingerprint = self._cache.get_data(stretch_key(clip.key, stretch))
            if fingerprint is not None and (path := self._fetch(clip, stretch, fingerprint)) is not None:
                clip.files[stretch.first] = path
                clip.from_cache += 1

    def _fetch(self, clip: ClipWork, stretch: Stretch, fingerprint: str) -> Path | None:
        if self._cache is None:
            raise StudioError(tr("a worker knows of a cache that there is not"))
        content = self._cache.get(picture_key(clip.task, fingerprint))
        if content is None:
            return None
        clip.folder.mkdir(parents=True, exist_ok=True)
        path = clip.folder / f"{stretch.first:04}-kept.{clip.task.video_format}"
        path.write_bytes(content)
        return path

    def _keep(self, clip: ClipWork, stretch: Stretch, piece: Piece) -> None:
        if self._cache is None or (piece.path is not None and piece.path.is_dir()):
            return
        counted = clip.task.in_stretches and clip.task.video_format != "gif"  # whose pictures stand for several frames
        if piece.path is not None and counted and frame_count(piece.path) != stretch.frames:
            return  # the film will be refused; its next one shall not be
        key = None if clip.key is None else stretch_key(clip.key, stretch)
        fingerprint = piece.fingerprint or key
        if fingerprint is None:
            return
        if piece.path is not None:
            self._cache.put(picture_key(clip.task, fingerprint), piece.path.read_bytes())
        if piece.fingerprint:
            likeness = likeness_key(clip.task, stretch)
            known = self._cache.get_data(likeness) or []
            if fingerprint not in known:
                self._cache.put_data(likeness, [*known, fingerprint][-8:])
        if key is not None:
            self._cache.put_data(key, fingerprint)


def _job(key: ClipKey, clip: ClipWork, stretch: Stretch, known: tuple[str, ...]) -> Job:
    missing = clip.missing
    leads_on = any(other.first == stretch.end for other in missing)
    before = next((other for other in missing if other.end == stretch.first), None)
    task = StretchTask(clip.task, stretch, known, leads_on)
    after = None if before is None else (*key, before.first)
    return Job((*key, stretch.first), f"{WORKSHOP}:draw", (task, clip.folder), after)
