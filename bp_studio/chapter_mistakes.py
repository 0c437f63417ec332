"""What is wrong with the chapters of a lesson that has other mistakes as well. Imports manim."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import BaseModel

from bp_script.errors import LessonErrors
from bp_script.lesson import load
from bp_studio.lessons import numbers_of
from scenes.kit.chapter import parameters_of
from scenes.registry import chapter_class, chapter_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bp_script.errors import LessonError


class _Models(Mapping[str, type["BaseModel"]]):
    """The models of the chapters' parameters by the chapters' names, each loaded when it is asked for."""

    def __getitem__(self, name: str) -> type[BaseModel]:
        return chapter_class(name).Parameters

    def __iter__(self) -> Iterator[str]:
        return iter(chapter_names())

    def __len__(self) -> int:
        return len(chapter_names())


def mistakes_in(
    paths: Iterable[Path], *, allow_python: bool = False, look: Mapping[str, str] | None = None
) -> Iterator[LessonError]:
    """Every mistake in chapters' parameters, and each chapter that does not suit its lesson."""
    for path in paths:
        try:
            load(path, _Models(), allow_python=allow_python, look=look)
        except LessonErrors as errors:
            yield from errors.errors
        with suppress(LessonErrors):
            lesson = load(path, allow_python=allow_python, look=look)
            for call in (call for call in lesson.chapters if call.name in chapter_names()):
                try:
                    with numbers_of(lesson):
                        parameters_of(chapter_class(call.name), lesson, call)
                except LessonErrors as errors:
                    yield from errors.errors
