"""YAML into plain data, with the place of every value kept.

A subset that is safe and holds no surprises: one document, YAML 1.2's decimal numbers (``1e-3`` is one), no booleans
but ``true`` and ``false``, every key once, no tags but ``!!str``, aliases as long as they do not blow up the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from yaml.reader import ReaderError

from bp_script.errors import MOST_ERRORS, LessonError, LessonErrors, Mistake, Path, mismatch, place_of, shown
from bp_script.language import N_
from bp_script.language.caller import tr, whole
from bp_script.language.parser import SAYINGS
from bp_script.limits import limits, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.source import Source

#: Lists and mappings within each other; weights are six deep.
DEEPEST = 32

#: Where a value stands: the index of a scalar's first character, or the marks of a list or a mapping.
Marks: TypeAlias = "int | ListMarks | MappingMarks"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Whole numbers with more digits are read as JavaScript reads all: as float64.
_MOST_DIGITS = 40
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    "true": True,
    "false": False,
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_TAGS = "tag:yaml.org,2002:"
_TEXT_TAGS = {"!", f"{_TAGS}str"}
#: What the parser says, and what its user can do about it; ``since`` is where a list, mapping or text begins.
_ADVICE = {
    "mapping values are not allowed": N_(
        "expected one 'key: value'; got another ': ' (a text that has one needs quotes)"
    ),
    "cannot start any token": N_("expected a value; got a character that begins none (quote the text)"),
    "could not find expected ':'": N_("expected ':' after the key; got none"),
    "did not find expected ',' or ']'": N_(
        "expected ',' or ']' in the list%(since)s; got something else (a name with brackets needs quotes)"
    ),
    "did not find expected ',' or '}'": N_(
        "expected ',' or '}' in the mapping%(since)s; got something else (a name with brackets needs quotes)"
    ),
    "did not find expected key": N_("expected a key, indented as its neighbours; got something else"),
    "did not find expected '-' indicator": N_("expected '- ', indented as its neighbours; got something else"),
    "unexpected end of stream": N_("expected the closing quote of the text%(since)s; got the end of the file"),
}


@dataclass(frozen=True, slots=True)
class ListMarks:
    """The marks of a list."""

    start: int
    items: list[Marks]


@dataclass(frozen=True, slots=True)
class MappingMarks:
    """The marks of a mapping: of its keys, and of their values."""

    start: int
    keys: dict[str, int]
    values: dict[str, Marks]


@dataclass(frozen=True, slots=True)
class Document:
    """A lesson as plain data, or the part of it at ``path``, with the place of everything in it.

    ``source`` and ``marks`` are None for a lesson built in Python; ``mistakes`` are those of the file's form.
    """

    data: Any
    source: Source | None = None
    marks: Marks | None = None
    path: Path = ()
    mistakes: tuple[LessonError, ...] = ()

    def part(self, path: Path) -> Document:
        """The document of what stands at ``path``."""
        data, marks = self.data, self.marks
        for step in path:
            data = data[step]
            if isinstance(marks, MappingMarks):
                marks = marks.values[str(step)]
            elif isinstance(marks, ListMarks):
                marks = marks.items[int(step)]
        return Document(data, self.source, marks, (*self.path, *path))

    def error(self, mistake: Mistake) -> LessonError:
        """The mistake with its place in the file, as far as there is one."""
        place = "" if mistake.bare else place_of((*self.path, *mistake.path))
        if self.source is None or self.marks is None:
            return LessonError(place, mistake.message)
        index = locate(self.marks, mistake.path, key=mistake.at_key)
        if mistake.offset is not None:
            index = self.source.inside(index, str(self.part(mistake.path).data), mistake.offset)
        line, column = self.source.position(index)
        return LessonError(place, mistake.message, self.source.file, line, column)


def read_document(source: Source) -> Document:
    """Read the file's text.

    Raises:
        LessonErrors: it is no YAML, or too large or too deep to be a lesson.
    """
    try:
        return _Reader(source).document()
    except ReaderError as error:
        what = f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character)
        message = tr("expected text; got the control character %(sign)s", sign=what)
        raise LessonErrors([_error(source, error.position, message)]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark else 0
        raise LessonErrors([_error(source, index, _advice(error, source, index))]) from None


def locate(marks: Marks, path: Sequence[str | int], *, key: bool = False) -> int:
    """Where the value at ``path`` begins, or the nearest thing around it; with ``key`` where its key does."""
    for position, step in enumerate(path):
        if isinstance(marks, ListMarks) and isinstance(step, int) and 0 <= step < len(marks.items):
            marks = marks.items[step]
        elif isinstance(marks, MappingMarks) and isinstance(step, str) and step in marks.keys:
            if key and position == len(path) - 1:
                return marks.keys[step]
            marks = marks.values[step]
        else:
            break
    return marks if isinstance(marks, int) else marks.start


def scalar(text: str) -> object:
    """The value of a scalar without quotes: a number, true, false, nothing, or a text.

    >>> scalar("1e-3"), scalar("yes"), scalar("0o17"), scalar("false")
    (0.001, 'yes', '0o17', False)
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _MOST_DIGITS else float(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Reader:
    """Builds data and marks from the parser's events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.next_event = _LOADER(source.text).get_event
        self.path: list[str | int] = []
        self.anchors: dict[str, tuple[Any, Marks, int]] = {}
        self.mistakes: list[LessonError] = []
        self.count = 0
        self.most = limits().values

    def document(self) -> Document:
        self.next_event()
        event = self.next_event()
        data: Any = None
        marks: Marks = 0
        if isinstance(event, yaml.DocumentStartEvent):
            data, marks = self.value(self.next_event())
            self.next_event()
            event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self.refused(event.start_mark.index, tr("expected one document; got a second one after ---"))
        return Document(data, self.source, marks, mistakes=tuple(self.mistakes))

    def value(self, event: Any) -> tuple[Any, Marks]:
        start = event.start_mark.index
        self.count += 1
        if isinstance(event, yaml.AliasEvent):
            data, marks, size = self.alias(event)
            self.count += size
        else:
            before = self.count
            data, marks = self.plain(event, start)
            if event.anchor is not None:
                self.anchors[event.anchor] = data, marks, self.count - before
        if self.count > self.most:
            expected = tr("at most %(most)s values, aliases included", most=whole(self.most))
            raise self.refused(start, mismatch(expected, tr("more") + option("values")))
        return data, marks

    def plain(self, event: Any, start: int) -> tuple[Any, Marks]:
        if event.tag is not None and not (event.tag in _TEXT_TAGS and isinstance(event, yaml.ScalarEvent)):
            tag = event.tag.replace(_TAGS, "!!")
            self.mistake(start, mismatch(tr("no tag, a lesson is plain data"), shown(tag)))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.tag is None and not event.style
            return (scalar(event.value) if plain else event.value), start
        if len(self.path) >= DEEPEST:
            raise self.refused(start, tr("expected at most %(most)s lists within each other; got more", most=DEEPEST))
        return self.items(start) if isinstance(event, yaml.SequenceStartEvent) else self.pairs(start)

    def items(self, start: int) -> tuple[Any, Marks]:
        data: list[Any] = []
        marks: list[Marks] = []
        self.path.append(0)
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            self.path[-1] = len(data)
            item, mark = self.value(event)
            data.append(item)
            marks.append(mark)
        self.path.pop()
        return data, ListMarks(start, marks)

    def pairs(self, start: int) -> tuple[Any, Marks]:
        data: dict[str, Any] = {}
        marks = MappingMarks(start, {}, {})
        self.path.append("")
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            where = event.start_mark.index
            if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.tag is not None:
                self.path.pop()
                raise self.refused(where, tr("expected a plain name as key; got something else"))
            name = self.path[-1] = event.value
            value, mark = self.value(self.next_event())
            if name in data:
                line, _ = self.source.position(marks.keys[name])
                self.mistake(where, tr("expected each key once; got it again after line %(line)s", line=line))
            else:
                data[name], marks.keys[name], marks.values[name] = value, where, mark
        self.path.pop()
        return data, marks

    def alias(self, event: Any) -> tuple[Any, Marks, int]:
        if event.anchor in self.anchors:
            return self.anchors[event.anchor]
        start = event.start_mark.index
        self.mistake(start, tr("expected &%(anchor)s to stand before *%(anchor)s; got none", anchor=event.anchor))
        return None, start, 0

    def mistake(self, index: int, message: str) -> None:
        self.mistakes.append(_error(self.source, index, message, self.path))
        if len(self.mistakes) > MOST_ERRORS:
            raise LessonErrors(self.mistakes)

    def refused(self, index: int, message: str) -> LessonErrors:
        return LessonErrors([*self.mistakes, _error(self.source, index, message, self.path)])


def _error(source: Source, index: int, message: str, path: Sequence[str | int] = ()) -> LessonError:
    line, column = source.position(min(index, len(source.text)))
    return LessonError(place_of(path), message, source.file, line, column)


def _advice(error: yaml.MarkedYAMLError, source: Source, index: int) -> str:
    problem = error.problem or tr("something else")
    if source.text[index : index + 1] == "\t":
        return tr("expected spaces; got a tab")
    advice = next((advice for said, advice in _ADVICE.items() if said in problem), None)
    if advice is None:
        return tr("expected YAML; %(problem)s", problem=tr(problem) if problem in SAYINGS else problem)
    line = source.position(error.context_mark.index)[0] if error.context_mark else 0
    return tr(advice, since=tr(" that begins in line %(line)s", line=line) if line else "")
