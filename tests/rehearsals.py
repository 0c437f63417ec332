"""The shipped lessons, and their chapters rehearsed once for all tests of a worker."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bp_script.lesson import Lesson, load
from bp_script.shipped import lesson_path
from scenes.kit.film.record import ClipRecord
from scenes.kit.manim_door import dry_run, quality
from scenes.registry import chapter_class, chapter_names


@cache
def shipped(film: str) -> Lesson:
    """A shipped lesson by its name."""
    return load(lesson_path(film), {name: chapter_class(name).Parameters for name in chapter_names()})


@cache
def rehearsed(film: str, name: str, again: int = 0) -> ClipRecord:
    """The record of a chapter as a shipped lesson calls for it (the n-th time), or of one that it does not call for."""
    lesson = shipped(film)
    calls = [call for call in lesson.chapters if call.name == name] or [lesson.plain_call(name)]
    with tempfile.TemporaryDirectory() as folder:
        return dry_run(chapter_class(name), lesson, calls[again], quality("m", lesson.look.aspect), Path(folder))
