"""Lessons: a YAML file, or a mapping, becomes one immutable :class:`Lesson`, or all of its mistakes at once."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bp_core.trace import Trace, trace
from bp_script.chapters import ChapterCall, Known, own_names, read_chapters, read_parameters
from bp_script.errors import LessonError, LessonErrors, suggested
from bp_script.files import FileRefused, read_limited
from bp_script.house import House
from bp_script.language import language_of
from bp_script.language.caller import tr
from bp_script.language.catalogues import SOURCE, catalogue_of
from bp_script.names import Scope
from bp_script.own_words import ENDING, every_text, own_words, texts_of, words_path
from bp_script.parts import Parts, read_parts
from bp_script.reading import Enough, Findings
from bp_script.source import Source
from bp_script.voice import Voice, voice_from
from bp_script.yaml_marks import Document, read_document

if TYPE_CHECKING:
    from bp_core.costs import Cost
    from bp_core.network import Example, Network
    from bp_core.training import Training
    from bp_script.entries.look import Look

__all__ = ["ChapterCall", "Lesson", "LessonError", "LessonErrors", "lesson_from", "load", "read_parameters"]


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson, checked: its network, its examples and the chapters it calls for.

    ``path`` is its file, None if it was built in Python, ``name`` the file's stem. ``class_names`` are those of the
    outputs where the examples come with a column of classes, ``input_names`` the columns of the inputs. Without a
    ``voice`` the film has no sound. ``house`` holds the font and the logo that the look names.
    """

    name: str
    path: Path | None
    title: str
    network: Network
    cost: Cost
    examples: tuple[Example, ...]
    focus: int
    training: Training | None
    look: Look
    chapters: tuple[ChapterCall, ...]
    input_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    voice: Voice | None = None
    house: House = field(default_factory=House)
    #: What is wrong with its own words in languages that its film is not in.
    warnings: tuple[LessonError, ...] = ()

    @cached_property
    def _trace(self) -> Trace:
        return trace(self.network, self.cost, self.examples, self.training, self.focus)

    def trace(self) -> Trace:
        """Every number of the lesson, computed as it is asked for, and then kept."""
        return self._trace

    def plain_call(self, chapter: str) -> ChapterCall:
        """The call of a chapter with no parameters of its own, whether the lesson has it or not."""
        return ChapterCall(chapter, {}, Document({}), Scope.of(self.network.sizes, len(self.examples)))

    def name_of(self, call: ChapterCall) -> str:
        """What tells a call's chapter from all others: its name in the film, numbered where it comes again."""
        calls = [*self.chapters, call]
        return own_names(calls)[next(number for number, other in enumerate(calls) if other is call)]

    def __getstate__(self) -> dict[str, Any]:
        """What is copied and sent to other processes: the lesson without its trace, which is quickly made again."""
        return {name: value for name, value in self.__dict__.items() if name != "_trace"}


def load(
    path: str | os.PathLike[str],
    known_chapters: Known | None = None,
    *,
    allow_python: bool = True,
    look: Mapping[str, str] | None = None,
) -> Lesson:
    """The lesson of a YAML file.

    Args:
        path: the file; messages name it as it is given here.
        known_chapters: the names of the chapters there are; or by name the models of their parameters, which are then
            checked too. None takes any name.
        allow_python: whether it may name chapters in Python files; loading a lesson runs none of them.
        look: keys of its look that say something else than the file does; they are right already.

    Raises:
        LessonErrors: everything that is wrong with it, sorted by line.
    """
    file = Path(path)
    if file.name.endswith(ENDING):
        message = tr("expected a lesson; got its words in other languages") + _owner(file)
        raise LessonErrors([LessonError("", message, str(path))])
    with _no_collection():
        known = _Known(known_chapters, allow_python, look or {})
        return _lesson(read_document(_source(file)), file, file.stem, file.parent, known)


def lesson_from(
    data: Mapping[str, Any],
    *,
    name: str = "lesson",
    folder: str | os.PathLike[str] | None = None,
    known_chapters: Known | None = None,
) -> Lesson:
    """The lesson of a mapping as the YAML file would hold it; arrays may stand for lists of numbers.

    ``folder`` is where files that it names lie; without one it can name none.

    Raises:
        LessonErrors: everything that is wrong with it, with its place in the mapping.
    """
    where = None if folder is None else Path(folder)
    return _lesson(Document(_plain(data)), None, name, where, _Known(known_chapters))


@dataclass(frozen=True, slots=True)
class _Known:
    """The chapters that a lesson may call for, and what else is known from outside: keys of its look."""

    chapters: Known | None
    python: bool = True
    look: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def _no_collection() -> Iterator[None]:
    """A file can hold a million values and makes no cycles; looking for some takes as long as all the rest."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _owner(words: Path) -> str:
    lesson = words.with_name(words.name.removesuffix(ENDING) + ".yaml")
    return suggested(lesson.name) if lesson.exists() else ""


def _source(path: Path) -> Source:
    file = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(path))
    try:
        content = read_limited(path, path.name or str(path))
        return Source(file, content.decode("utf-8-sig"))
    except FileRefused as error:
        raise LessonErrors([LessonError("", str(error), file)]) from None
    except UnicodeDecodeError as error:
        before = Source(file, content[: error.start].decode("utf-8-sig", errors="replace"))
        line, column = before.position(len(before.text))
        message = tr("expected text in UTF-8; got the byte %(byte)s", byte=f"0x{content[error.start]:02x}")
        raise LessonErrors([LessonError("", message, file, line, column)]) from None


def _lesson(document: Document, path: Path | None, name: str, folder: Path | None, known: _Known) -> Lesson:
    found = Findings()
    parts = Parts({})
    chapters: tuple[ChapterCall, ...] = ()
    with suppress(Enough):
        parts = read_parts(document.data, folder, found)
        chapters = read_chapters(
            document, Scope.of(parts.sizes, parts.example_count), known.chapters, found, python=known.python
        )
        if parts.house is not None:
            words = catalogue_of(language_of(parts.part("look").get("language", SOURCE)).words).messages.values()
            parts.house.check_letters(
                every_text([parts.values.get("title"), [call.parameters for call in chapters], [*words]])
            )
    # where the YAML itself gives no value, that is no second mistake
    told = {(error.line, error.column) for error in document.mistakes}
    errors = [error for error in map(document.error, found.mistakes) if (error.line, error.column) not in told]
    elsewhere = parts.house.errors() if parts.house is not None else []
    if errors or document.mistakes or elsewhere:
        raise LessonErrors([*document.mistakes, *errors, *elsewhere])
    look = parts.build_look().otherwise(known.look)
    title: str = parts.values["title"]
    inputs = parts.part("examples").get("inputs", ())
    classes = parts.table.classes if parts.table else ()
    warnings: tuple[LessonError, ...] = ()
    if path is not None and (beside := words_path(path)).exists():
        texts = texts_of(title, document.data["chapters"], (*inputs, *classes))
        scope = Scope.of(parts.sizes, parts.example_count)
        own = own_words(read_document(_source(beside)), texts, scope, look.language)
        warnings = own.elsewhere
        title, inputs, classes = own.of(title), tuple(map(own.of, inputs)), tuple(map(own.of, classes))
        translated = replace(document, data={**document.data, "chapters": own.chapters(document.data["chapters"])})
        chapters = read_chapters(translated, scope, known.chapters, found, python=known.python)
    return Lesson(
        name=name,
        path=path,
        title=title,
        network=parts.build_network(),
        cost=parts.build_cost(),
        examples=parts.build_examples(),
        focus=parts.values["focus"],
        training=parts.build_training(),
        look=look,
        chapters=chapters,
        input_names=inputs,
        class_names=classes,
        voice=voice_from(parts.values["voice"], folder, document),
        house=parts.house.house if parts.house is not None else House(),
        warnings=warnings,
    )


def _plain(value: Any) -> Any:
    """Mappings as dicts, sequences and arrays as lists, NumPy's numbers as Python's."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
