"""What a worker needs to know about one chapter of one lesson; nothing here imports manim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson


@dataclass(frozen=True, slots=True)
class ClipTask:
    """A chapter as it is to be drawn: ``quality`` as manim's letter, ``video_format`` as manim's name."""

    lesson: Lesson
    call: ChapterCall
    quality: str
    video_format: str = "mp4"
