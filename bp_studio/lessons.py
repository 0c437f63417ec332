"""From the command line's words to lessons, chapters and folders."""

from __future__ import annotations

import importlib
import unicodedata
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bp_core.errors import NumberError
from bp_script.errors import LessonError, LessonErrors, Mistake, did_you_mean, file_meant, suggested
from bp_script.language.caller import tr
from bp_script.language.mathematics import in_words
from bp_script.lesson import load
from bp_script.own_words import ENDING, WRITTEN, is_spoken, texts_in
from bp_script.shipped import lesson_path
from bp_studio.errors import UsageError, warn
from scenes.kit.film.record import END_CARD, TITLE_CARD
from scenes.registry import chapter_class, chapter_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bp_script.chapters import ChapterCall
    from bp_script.fonts import Font
    from bp_script.lesson import Lesson

MEDIA = Path("media")


def load_lessons(
    names: Sequence[str],
    known_chapters: Collection[str] | None = None,
    *,
    allow_python: bool = True,
    look: Mapping[str, str] | None = None,
    strict: bool = False,
) -> list[Lesson]:
    """The lessons of these files; a name without an ending may be that of a shipped lesson.

    Args:
        names: as on the command line.
        known_chapters: the chapters there are; None takes any name.
        allow_python: whether a lesson may call for chapters in Python files.
        look: what the command line says of their look; it counts for more than the lessons.
        strict: whether what is wrong with their words in other languages than their films' is a mistake, too; else it
            is told on standard error.

    Raises:
        LessonErrors: every mistake in any of them.
        UsageError: a name that is neither a file nor a shipped lesson.
    """
    lessons: list[Lesson] = []
    errors: list[LessonError] = []
    for name in without_words(names):
        try:
            lessons.append(load(_path(name), known_chapters, allow_python=allow_python, look=look))
        except LessonErrors as found:
            errors += found.errors
    warnings = [error for lesson in lessons for error in lesson.warnings]
    if strict:
        errors += warnings
    if errors:
        raise LessonErrors(errors)
    warn(warnings)
    return lessons


def without_words(names: Sequence[str]) -> list[str]:
    """The names but those of lessons' own words, which ``*.yaml`` brings along with the lessons.

    >>> without_words(["a.yaml", "a.words.yaml", "b.words.yaml"])
    ['a.yaml', 'b.words.yaml']
    """
    return [name for name in names if not (name.endswith(ENDING) and f"{name.removesuffix(ENDING)}.yaml" in names)]


def load_for_pictures(
    names: Sequence[str],
    *,
    allow_python: bool = False,
    look: Mapping[str, str] | None = None,
    strict: bool = False,
) -> list[Lesson]:
    """The lessons, each of whose chapters there is; those in Python files only where they are allowed.

    A ``strict`` one is as above.

    Raises:
        LessonErrors: every mistake in any of them.
        UsageError: as above, and for two lessons of one name, whose films would take each other's place.
    """
    try:
        lessons = load_lessons(names, chapter_names(), allow_python=allow_python, look=look, strict=strict)
    except LessonErrors as errors:
        # Their parameters are read by models that load manim, so that only lessons with mistakes pay for it.
        chapters = importlib.import_module("bp_studio.chapter_mistakes")
        found = chapters.mistakes_in(map(_path, without_words(names)), allow_python=allow_python, look=look)
        raise LessonErrors([*errors.errors, *found]) from None
    if illegible := [error for lesson in lessons for error in _illegible(lesson)]:
        raise LessonErrors(illegible)
    counts = Counter(lesson.name for lesson in lessons)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise UsageError(
            tr(
                "two lessons are called %(name)s: make them one at a time, each with a folder of its own",
                name=twice[0],
            )
        )
    return lessons


def _illegible(lesson: Lesson) -> Iterator[LessonError]:
    """The texts to be drawn that have characters which no font of the film has."""
    drawn = lesson.look.captions == "drawn"
    file, font = None if lesson.path is None else str(lesson.path), lesson.house.font
    for place, text in (
        ("title", lesson.title),
        *(("examples", name) for name in (*lesson.input_names, *lesson.class_names)),
    ):
        if message := _lacking(text, font):
            yield LessonError(place, message, file)
    for call in lesson.chapters:
        for path, text in texts_in(call.parameters):
            if (drawn if is_spoken(path) else path[-1] in WRITTEN) and (message := _lacking(text, font)):
                yield call.mark.error(Mistake(path, message))


def _lacking(text: str, font: Font | None) -> str | None:
    if text.isascii():
        return None
    from scenes.kit.letters.coverage import lacking  # noqa: PLC0415 -- Typst is asked only where it may be needed

    if not (missing := [*font.lacks([text])] if font is not None else lacking(text)):
        return None
    named = ", ".join(f"{c} ({unicodedata.name(c, f'U+{ord(c):04X}')})" for c in missing[:3])
    got = named + ", …" * (len(missing) > 3)
    return tr("expected characters that the film's fonts have; got %(got)s", got=got)


def chosen(lesson: Lesson, names: Sequence[str]) -> tuple[ChapterCall, ...]:
    """The chapters of these names in the lesson's order; without names all of them.

    Raises:
        UsageError: the lesson has no such chapter.
    """
    own = [call.called for call in lesson.chapters]
    for name in names:
        if name not in own:
            raise UsageError(
                f"{lesson.path}: " + tr("no chapter %(name)s in this lesson", name=repr(name)) + did_you_mean(name, own)
            )
    return tuple(call for call in lesson.chapters if not names or call.called in names)


def with_cards(lesson: Lesson) -> tuple[ChapterCall, ...]:
    """The chapters of a whole film, with the cards around them."""
    return (lesson.plain_call(TITLE_CARD), *lesson.chapters, lesson.plain_call(END_CARD))


def calls_of_film(lesson: Lesson, names: Sequence[str]) -> tuple[ChapterCall, ...]:
    """What a film is made of: the chapters of these names alone, or all of them with the cards around.

    Raises:
        UsageError: the lesson has no such chapter.
    """
    return chosen(lesson, names) if names else with_cards(lesson)


def folder_name(lesson: Lesson, look: Mapping[str, str]) -> str:
    """The name of a lesson's own folder; with a look from the command line it has one beside that.

    >>> from types import SimpleNamespace
    >>> folder_name(SimpleNamespace(name="mine"), {"language": "de", "aspect": "9:16"})
    'mine-de-9x16'
    """
    return "-".join([lesson.name, *(said.replace(":", "x") for said in look.values())])


def folders_for(
    lessons: Sequence[Lesson], out: Path | None, kind: str, look: Mapping[str, str], *, parts: bool = False
) -> list[Path]:
    """Where the files of each of some lessons go: with those of their kind, single chapters apart, or to ``--out``."""
    return [
        folder_for(
            lesson, out, MEDIA / kind / folder_name(lesson, look) / ("parts" if parts else ""), one=len(lessons) == 1
        )
        for lesson in lessons
    ]


def folder_for(lesson: Lesson, out: Path | None, default: Path, *, one: bool) -> Path:
    """Where a lesson's files go: below ``default``, or to ``--out``, where each of several has a folder of its own."""
    if out is None:
        return default
    return out if one else out / lesson.name


def chapter_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each chapter's parameters, described by the chapter's summary. Imports manim."""
    chapters = {name: chapter_class(name) for name in chapter_names()}
    return {
        name: {**chapter.Parameters.model_json_schema(), "description": chapter.summary()}
        for name, chapter in chapters.items()
    }


@contextmanager
def numbers_of(lesson: Lesson) -> Iterator[None]:
    """A number that overflows is a mistake in the lesson, told like the others."""
    try:
        yield
    except NumberError as error:
        raise LessonErrors(
            [LessonError("", in_words(error), file=None if lesson.path is None else str(lesson.path))]
        ) from error


def _path(name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    beside = Path(f"{name}.yaml")
    near = suggested(str(beside)) if beside.exists() else file_meant(path.name, _lessons_in(path.parent))
    if path.suffix:
        if near:
            raise UsageError(tr("no file %(name)s", name=name) + near)
        return path
    try:
        return lesson_path(name)
    except LookupError as error:
        raise UsageError(tr("no file %(name)s; %(why)s", name=name, why=error) + near) from None


def _lessons_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    except OSError:
        return []
