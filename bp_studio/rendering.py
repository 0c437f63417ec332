"""What workers do with a chapter. Only workers import this module: it brings manim along."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bp_core.errors import EquationError
from bp_script.language.caller import callers_language, tr
from bp_script.language.mathematics import in_words
from bp_studio.clips import Piece
from bp_studio.film import SUFFIXES
from bp_studio.lessons import numbers_of
from bp_studio.soundtrack import speech_kept
from scenes.kit import manim_door
from scenes.kit.chapter import parameters_of, view_of
from scenes.kit.door.onward import Request
from scenes.kit.own_chapters import chapter_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bp_studio.clips import ClipTask, StretchTask
    from scenes.kit.film.record import Moment
    from scenes.kit.film.stretch import Rehearsal

#: Seconds between two reports of how far a clip is.
_REPORT_EVERY = 0.1


def rehearse(task: ClipTask, folder: Path, report: Callable[[int], None]) -> Rehearsal:  # noqa: ARG001 -- it is short
    """Walk through a chapter without drawing: every mistake shows, how long it will be and where it can be cut."""
    chapter = chapter_of(task.lesson, task.call)
    with numbers_of(task.lesson), speech_kept():
        return manim_door.rehearse(chapter, task.lesson, task.call, _quality(task), folder)


def draw(task: StretchTask, folder: Path, report: Callable[[int], None]) -> Piece:
    """Render a stretch of a chapter into ``folder``, or find that it shows what is known; reports frames so far."""
    clip, stretch = task.clip, task.stretch
    chapter, quality = chapter_of(clip.lesson, clip.call), _quality(clip)
    count = _Counter(report)
    with numbers_of(clip.lesson), speech_kept():
        if not clip.in_stretches:
            return _draw_whole(clip, folder, count)
        if task.known:
            seen = manim_door.draw_stretch(chapter, clip.lesson, clip.call, quality, Request(stretch))
            if seen.fingerprint in task.known:
                return Piece(None, seen.fingerprint, seen.meets)
        path = folder / f"{stretch.first:04}{SUFFIXES[clip.video_format]}"
        request = Request(stretch, path, count, task.leads_on)
        drawn = manim_door.draw_stretch(
            chapter, clip.lesson, clip.call, quality, request, video_format=clip.video_format, scene=folder
        )
    return Piece(path, drawn.fingerprint, drawn.meets)


def _draw_whole(task: ClipTask, folder: Path, count: _Counter) -> Piece:
    """By manim's own renderer."""
    chapter = chapter_of(task.lesson, task.call)
    pictures = task.video_format == "png"
    manim_format = "png-sequence" if pictures else task.video_format  # manim's plain "png" is the last frame alone
    path, _ = manim_door.render_clip(
        chapter, task.lesson, task.call, _quality(task), folder, video_format=manim_format, on_frame=count
    )
    return Piece(_every_frame(path, count.written) if pictures else path)


class _Counter:
    """Counts frames, and tells now and then."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self.written: list[int] = []
        self._report, self._told = report, 0.0

    def __call__(self, frames: int) -> None:
        self.written.append(frames)
        if time.monotonic() - self._told > _REPORT_EVERY:
            self._told = time.monotonic()
            self._report(sum(self.written))


def _every_frame(folder: Path, counts: list[int]) -> Path:
    """A folder with a picture for each frame: manim writes one that stands still only once."""
    whole = folder.with_name(f"{folder.name}-every-frame")
    whole.mkdir()
    number = 0
    for picture, count in zip(sorted(folder.glob("*.png"), key=lambda each: int(each.stem)), counts, strict=True):
        for _ in range(count):
            shutil.copyfile(picture, whole / f"{number:06d}.png")
            number += 1
    return whole


def take_stills(task: ClipTask, folder: Path, report: Callable[[int], None]) -> list[tuple[Moment, Path]]:  # noqa: ARG001
    """One picture of each settled moment; nobody hears it."""
    chapter, lesson = chapter_of(task.lesson, task.call), replace(task.lesson, voice=None)
    with numbers_of(task.lesson):
        return manim_door.clip_stills(chapter, lesson, task.call, _quality(task), folder)


def hold_equations(task: ClipTask, folder: Path, report: Callable[[int], None]) -> tuple[int, list[str]]:  # noqa: ARG001
    """How many equations a chapter shows, and what is wrong with those that do not hold."""
    chapter = chapter_of(task.lesson, task.call)
    faults = []
    with numbers_of(task.lesson):
        parameters = parameters_of(chapter, task.lesson, task.call)
        view = view_of(task.lesson, parameters)
        equations = chapter.equations(view, parameters)
        for equation in equations:
            try:
                equation.check(view.trace, view.step)
            except EquationError as error:
                faults.append(f"{equation}: {in_words(error)}")
    return len(equations), faults


def audit(task: ClipTask, folder: Path, report: Callable[[int], None]) -> list[str]:  # noqa: ARG001
    """What a viewer of the chapter would complain about, from where things stand."""
    chapter = chapter_of(task.lesson, task.call)
    with numbers_of(task.lesson), speech_kept():
        found = manim_door.audit_clip(chapter, task.lesson, task.call, _quality(task), folder)
    at = callers_language().numeral
    return [tr("at %(at)s s: %(finding)s", at=at(f"{finding.at:.1f}"), finding=finding.told) for finding in found]


def _quality(task: ClipTask) -> manim_door.Quality:
    return manim_door.quality(task.quality, task.lesson.look.aspect)
