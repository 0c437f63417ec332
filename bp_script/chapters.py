"""The chapters a lesson calls for, and their parameters."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import BaseModel

from bp_script.errors import LessonErrors, Mistake, Path, did_you_mean, mismatch, shown
from bp_script.language.caller import tr, whole
from bp_script.limits import limits, option
from bp_script.names import Scope
from bp_script.reading import Enough, Findings, read_model

if TYPE_CHECKING:
    from bp_script.yaml_marks import Document

M = TypeVar("M", bound=BaseModel)
#: The chapters there are: their names, or by name the models of their parameters.
Known: TypeAlias = Collection[str] | Mapping[str, type[BaseModel]]

_HERE = "chapters"
#: The chapter that a lesson scripts itself, under a name of its own.
CUSTOM = "custom"
#: A chapter in a Python file beside the lesson: ``my_chapters.py:Mine``.
PYTHON = r"(?P<file>[^:]+\.py):(?P<scene>[A-Za-z_][A-Za-z0-9_]*)"


@dataclass(frozen=True, slots=True, eq=False)
class ChapterCall:
    """A chapter in a lesson: its name, its parameters as written, and where they stand."""

    name: str
    parameters: Mapping[str, Any]
    mark: Document = field(repr=False)
    scope: Scope = field(repr=False)

    @property
    def called(self) -> str:
        """Its name in the film: a scene of one's own has one of its own."""
        own = self.parameters.get("name") if self.name == CUSTOM else None
        found = re.fullmatch(PYTHON, self.name)
        if found is not None:
            return snake_case(found["scene"])
        return own if isinstance(own, str) else self.name

    def errors(self, path: Path, message: str) -> LessonErrors:
        """The error to raise for a mistake at ``path`` in the parameters."""
        return LessonErrors([self.mark.error(Mistake(path, message))])


def snake_case(name: str) -> str:
    """The name of a chapter by that of its class.

    >>> snake_case("CostTree")
    'cost_tree'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def own_names(calls: Sequence[ChapterCall]) -> list[str]:
    """A name of its own for each of these chapters: one that comes again is numbered."""
    names = [call.called for call in calls]
    again = [names[:position].count(name) for position, name in enumerate(names)]
    return [f"{name}_{before + 1}" if before else name for name, before in zip(names, again, strict=True)]


def read_parameters(call: ChapterCall, model: type[M]) -> M:
    """The parameters of a chapter as the chapter's model.

    Raises:
        LessonErrors: what is wrong with them, with its place in the lesson.
    """
    found = Findings(context=call.scope)
    with suppress(Enough):
        parameters = read_model(model, call.parameters, (), found)
        if parameters is not None:
            return parameters
    raise LessonErrors(map(call.mark.error, found.mistakes))


def read_chapters(
    document: Document, scope: Scope, known: Known | None, found: Findings, *, python: bool = True
) -> tuple[ChapterCall, ...]:
    """The chapters of a lesson; those that are wrong are left out and noted in ``found``.

    ``python`` allows chapters in Python files; nothing of them is run here.
    """
    found.context = scope
    calls = []
    entries = document.data.get(_HERE) if isinstance(document.data, dict) else ()
    if not isinstance(entries, list) or not _is_short(entries, found):
        return ()
    for number, entry in enumerate(entries[: limits().chapters]):
        path: Path = (_HERE, number)
        name = _name(entry, path, found)
        if name is None:
            continue
        parameters = entry[name] if isinstance(entry, dict) else None
        if isinstance(entry, dict):
            path = (*path, name)
        written = re.fullmatch(PYTHON, name) is not None
        if written and not python:
            message = tr(
                "expected a chapter that runs no code; got %(got)s: if you trust it, allow Python files"
                " (bp … --allow-python)",
                got=shown(name),
            )
            found.add(path, message, at_key=True)
        elif known is not None and name not in known and not written:
            got = shown(name) + did_you_mean(name, known)
            found.add(path, mismatch(tr("a chapter, as `bp chapters` lists them"), got), at_key=True)
        elif not isinstance(parameters, dict | None):
            found.add(path, mismatch(tr("the chapter's parameters, a mapping"), shown(parameters)))
        else:
            call = ChapterCall(name, parameters or {}, document.part(path), scope)
            calls.append(call)
            if isinstance(known, Mapping) and name in known:
                read_model(known[name], call.parameters, path, found)
    return tuple(calls)


def _is_short(entries: list[Any], found: Findings) -> bool:
    """Whether all texts of the chapters together are short enough to be read and spoken."""
    got = sum(map(_letters, entries))
    if not limits().allows("words", got):
        expected = tr("at most %(most)s characters in the texts of all chapters", most=limits().most("words"))
        found.add((_HERE,), mismatch(expected, whole(got) + option("words")))
    return limits().allows("words", got)


def _letters(data: Any) -> int:
    if isinstance(data, str):
        return len(data)
    if isinstance(data, dict):
        return sum(_letters(key) + _letters(value) for key, value in data.items())
    return sum(map(_letters, data)) if isinstance(data, list) else 0


def _name(entry: Any, path: Path, found: Findings) -> str | None:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict) and len(entry) == 1:
        return str(next(iter(entry)))
    if isinstance(entry, dict) and entry:
        keys = ", ".join(shown(key) for key in list(entry)[:4])
        message = tr(
            "expected one chapter with its parameters indented below its name; got the keys %(keys)s", keys=keys
        )
        found.add(path, message)
    else:
        found.add(path, mismatch(tr("a chapter's name, or a name with its parameters"), shown(entry)))
    return None
