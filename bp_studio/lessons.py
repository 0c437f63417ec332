"""From the command line's words to lessons, chapters and folders."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bp_script.lesson import load
from bp_script.shipped import lesson_path

from bp_core.errors import NumberError
from bp_script.errors import LessonError, LessonErrors, did_you_mean
from bp_studio.errors import UsageError
from scenes.registry import chapter_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bp_script.lesson import ChapterCall, Lesson

MEDIA = Path("media")


def load_lessons(names: Sequence[str]) -> list[Lesson]:
    """The lessons of these files; a name without an ending may be that of a shipped lesson.

    Raises:
        LessonErrors: every mistake in any of them.
    """
    lessons: list[Lesson] = []
    errors: list[LessonError] = []
    for name in names:
        try:
            lessons.append(load(_path(name)))
        except LessonErrors as found:
            errors += found.errors
    if errors:
        raise LessonErrors(errors)
    return lessons


def load_for_pictures(names: Sequence[str]) -> list[Lesson]:
    """The lessons, each chapter of which there is.

    Raises:
        LessonErrors: every mistake in any of them.
        UsageError: two lessons of one name, whose films would take each other's place.
    """
    lessons = load_lessons(names)
    errors = [
        _unknown(lesson, call) for lesson in lessons for call in lesson.chapters if call.name not in chapter_names()
    ]
    if errors:
        raise LessonErrors(errors)
    twice = [name for name, count in Counter(lesson.name for lesson in lessons).items() if count > 1]
    if twice:
        raise UsageError(f"two lessons are called {twice[0]}: give them one after the other, each with its own --out")
    return lessons


def chosen(lesson: Lesson, names: Sequence[str]) -> tuple[ChapterCall, ...]:
    """The chapters of these names in the lesson's order; without names all of them.

    Raises:
        UsageError: the lesson has no such chapter.
    """
    own = [call.name for call in lesson.chapters]
    for name in names:
        if name not in own:
            raise UsageError(f"{lesson.path}: no chapter {name!r} in this lesson{did_you_mean(name, own)}")
    return tuple(call for call in lesson.chapters if not names or call.name in names)


def folder_for(lesson: Lesson, out: Path | None, default: Path, *, one: bool) -> Path:
    """Where a lesson's files go: below ``default``, or to ``--out``, where each of several has a folder of its own."""
    if out is None:
        return default
    return out if one else out / lesson.name


@contextmanager
def numbers_of(lesson: Lesson) -> Iterator[None]:
    """A number that overflows is a mistake in the lesson, told like the others."""
    try:
        yield
    except NumberError as error:
        raise LessonErrors([LessonError("", str(error), file=str(lesson.path))]) from error


def _path(name: str) -> Path:
    path = Path(name)
    return lesson_path(name) if not path.suffix and not path.exists() else path


def _unknown(lesson: Lesson, call: ChapterCall) -> LessonError:
    return call.mark.error(f"no chapter is called {call.name!r}{did_you_mean(call.name, chapter_names())}")
