"""What a worker needs to know about one chapter of one lesson; nothing here imports manim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from scenes.kit.film.stretch import Stretch


@dataclass(frozen=True, slots=True)
class ClipTask:
    """A chapter as it is to be drawn: ``quality`` as manim's letter, ``video_format`` as manim's name.

    ``renderer`` is ``quick``, or ``stock`` for manim's own.
    """

    lesson: Lesson
    call: ChapterCall
    quality: str
    video_format: str = "mp4"
    renderer: str = "quick"

    @property
    def in_stretches(self) -> bool:
        """Whether the quick renderer draws it, and so in stretches."""
        return self.renderer == "quick"


@dataclass(frozen=True, slots=True)
class StretchTask:
    """A stretch of a chapter to draw, unless it shows what is ``known``; if it leads on, the next follows."""

    clip: ClipTask
    stretch: Stretch
    known: tuple[str, ...] = ()
    leads_on: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a chapter, drawn: its file (a folder of PNGs for ``png``), or none if ``known`` shows the same.

    ``fingerprint`` is what it shows, ``meets`` whether it ends on what the next stretch starts on.
    """

    path: Path | None
    fingerprint: str = ""
    meets: bool = True
