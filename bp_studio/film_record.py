"""The record of a film: what ``<lesson>.film.json`` holds. The clips' records, one after the other."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from scenes.kit.film.record import TITLE_CARD

if TYPE_CHECKING:
    from scenes.kit.film.record import Caption, ClipRecord, Sound

VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One idea of a film: a beat, from where the one before came to rest to its own rest.

    ``first`` and ``end`` count the film's frames; the last of them, ``end - 1``, shows the settled picture.
    """

    clip: ClipRecord
    name: str
    first: int
    end: int
    captions: tuple[Caption, ...]

    @property
    def words(self) -> str:
        """What is said, as one paragraph."""
        return " ".join(word for caption in self.captions for word in caption.text.split())


@dataclass(frozen=True, slots=True)
class FilmRecord:
    """The records of a film's clips in playing order; times of the film are seconds since its first frame."""

    lesson: str
    clips: tuple[ClipRecord, ...]

    def __post_init__(self) -> None:
        pictures = {(clip.width, clip.height, clip.fps) for clip in self.clips}
        if len(pictures) != 1:
            raise ValueError(f"a film has one size and one frame rate; its clips have {sorted(pictures)}")

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.clips[0].fps

    @property
    def frames(self) -> tuple[int, ...]:
        """How many frames each clip has."""
        return tuple(round(clip.duration * clip.fps) for clip in self.clips)

    @property
    def starts(self) -> tuple[float, ...]:
        """When each clip begins, and at the end of the list when the film ends."""
        starts = [0]
        for frames in self.frames:
            starts.append(starts[-1] + frames)
        return tuple(frame / self.fps for frame in starts)

    @property
    def chapters(self) -> tuple[tuple[ClipRecord, float, float], ...]:
        """Each chapter with its start and end.

        Together they fill the film: the title card belongs to the first chapter, the end card to the last.
        """
        own = [number for number, clip in enumerate(self.clips) if not clip.is_card]
        starts = [0.0, *(self.starts[before + 1] for before in own[:-1])]
        ends = [*(self.starts[number + 1] for number in own[:-1]), self.duration]
        return tuple(zip((self.clips[number] for number in own), starts, ends, strict=True))

    def _chapter_of(self, clip: ClipRecord) -> str:
        """The name of the chapter a clip belongs to."""
        if not clip.is_card:
            return clip.chapter
        names = [each[0].chapter for each in self.chapters]
        return names[0] if clip.chapter == TITLE_CARD else names[-1]

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.starts[-1]

    @property
    def captions(self) -> tuple[Caption, ...]:
        """Every caption at its time in the film."""
        return tuple(
            replace(caption, start=_time(start + caption.start), end=_time(start + caption.end))
            for start, clip in zip(self.starts, self.clips, strict=False)
            for caption in clip.captions
        )

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """Everything that is said, at its time in the film."""
        return tuple(
            replace(sound, at=_time(start + sound.at))
            for start, clip in zip(self.starts, self.clips, strict=False)
            for sound in clip.sounds
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """The film idea by idea. Together they fill it but for what its last picture's leaving takes.

        What follows a chapter's last rest, its leaving, begins the step after it.
        """
        found: list[Step] = []
        start = first = 0
        for clip, frames in zip(self.clips, self.frames, strict=True):
            for moment, said in clip.steps:
                end = start + min(round(moment.at * clip.fps), frames)
                found.append(Step(clip, moment.name, first, end, said))
                first = end
            start += frames
        return tuple(found)

    def best_frame(self) -> int:
        """The frame for the thumbnail: of the settled moments, the one that shows most; the later of equals."""
        best, most = 0, -1
        for start, clip in zip(self.starts, self.clips, strict=False):
            for moment in clip.moments:
                shown = sum(number.at <= moment.at < number.until for number in clip.shown)
                if shown >= most:
                    best, most = round((start + moment.at) * self.fps), shown
        return min(best, sum(self.frames) - 1)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, in the shape of the contract."""
        first, placed = self.clips[0], tuple(zip(self.starts, self.clips, strict=False))
        return {
            "version": VERSION,
            "lesson": self.lesson,
            "width": first.width,
            "height": first.height,
            "fps": _whole(first.fps),
            "duration": _time(self.duration),
            "chapters": [
                {"name": clip.chapter, "title": clip.title, "start": _time(start), "end": _time(end)}
                for clip, start, end in self.chapters
            ],
            "captions": [asdict(caption) for caption in self.captions],
            **({"voice": [_said(sound) for sound in self.sounds]} if self.sounds else {}),
            "shown": [entry for start, clip in placed for entry in _shown(start, clip, self._chapter_of(clip))],
            "equations": [
                {
                    "at": _time(start + equation.at),
                    "chapter": self._chapter_of(clip),
                    "text": equation.text,
                    "left": equation.left,
                    "right": equation.right,
                }
                for start, clip in placed
                for equation in clip.equations
            ],
        }

    def to_json(self) -> str:
        """The file's text; numbers read back as the same float64."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _shown(start: float, clip: ClipRecord, chapter: str) -> list[dict[str, Any]]:
    entries = []
    for number in sorted(clip.shown, key=lambda number: number.at):
        entry = {
            "at": _time(start + number.at),
            "until": _time(start + number.until),
            "box": list(number.box),
            "chapter": chapter,
            "quantity": number.quantity,
            "example": number.example,
            "step": number.step,
            "value": number.value,
            "text": number.text,
        }
        rare = {"nudged": number.nudged, "instead": number.instead, "source": number.source}
        entries.append(entry | {key: value for key, value in rare.items() if value is not None})
    return entries


def _said(sound: Sound) -> dict[str, Any]:
    return {"start": sound.at, "end": _time(sound.at + sound.seconds), "step": sound.name, "text": sound.text}


def _time(seconds: float) -> float:
    """A sum of frame times without the dust of floating point: no two frames are a microsecond apart."""
    return round(seconds, 6)


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
