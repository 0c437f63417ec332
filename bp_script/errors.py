"""What is wrong with a lesson, told in one line a mistake.

::

    LessonErrors            every mistake of a lesson, sorted by line; str() has one line for each
    └── .errors             of LessonError, a mistake: file, line, column, place, message
    TextError (ValueError)  a mistake inside one text: a quantity's name, an equation, a narration
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from bp_script.language.caller import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longest piece of a lesson's own text that a message repeats.
SHOWN_LENGTH = 60
#: Steps of a place that a message repeats.
DEEPEST_SHOWN = 12
#: Names that are searched for a near miss.
_MOST_CANDIDATES = 1_000
#: Reading stops at so many mistakes.
MOST_ERRORS = 200

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake at a path of a lesson's data; ``offset`` counts into a text, ``at_key`` blames the key.

    A ``bare`` message says itself what it is about: it is told with its line, without the path.
    """

    path: Path
    message: str
    offset: int | None = None
    at_key: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class LessonError:
    """One mistake; ``file``, ``line`` and ``column`` (from 1) are None where a lesson was built in Python."""

    place: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        return ": ".join(part for part in (":".join(where), self.place, self.message) if part)


class LessonErrors(Exception):  # noqa: N818 - the plural says what it holds
    """All mistakes of a lesson, sorted by line and column."""

    errors: tuple[LessonError, ...]

    def __init__(self, errors: Iterable[LessonError]) -> None:
        found = sorted(dict.fromkeys(errors), key=lambda e: (e.file or "", e.line or 0, e.column or 0))
        if len(found) > MOST_ERRORS:
            last = found[MOST_ERRORS - 1]
            more = tr("expected a lesson; got more mistakes than these")
            found = [*found[:MOST_ERRORS], LessonError("", more, last.file, last.line, last.column)]
        self.errors = tuple(found)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class TextError(ValueError):
    """A mistake inside a text; ``offset`` counts its characters from 0, ``line`` and ``column`` from 1."""

    def __init__(self, text: str, offset: int, message: str) -> None:
        super().__init__(text, offset, message)
        self.text = text
        self.offset = max(0, min(offset, len(text)))
        self.message = message
        before = text[: self.offset]
        self.line = before.count("\n") + 1
        self.column = self.offset - (before.rfind("\n") + 1) + 1

    def __str__(self) -> str:
        where = {"line": self.line, "column": self.column, "message": self.message}
        if "\n" in self.text:
            return tr("line %(line)s, column %(column)s: %(message)s", **where)
        return tr("column %(column)s: %(message)s", **where)


def did_you_mean(name: object, candidates: Iterable[str]) -> str:
    """``"; did you mean 'sigmoid'?"`` for a near miss, else nothing.

    >>> did_you_mean("sigmiod", ["sigmoid", "tanh"])
    "; did you mean 'sigmoid'?"
    """
    if not isinstance(name, str) or len(name) > SHOWN_LENGTH:
        return ""
    known = list(islice(candidates, _MOST_CANDIDATES))
    plain = {_plain(candidate): candidate for candidate in known}
    near = [plain[_plain(name)]] if _plain(name) in plain else difflib.get_close_matches(name, known, 1, 0.6)
    return suggested(near[0]) if near else ""


def file_meant(name: str, files: Iterable[str]) -> str:
    """The same for a file: endings, which many share, make no name a near miss.

    >>> file_meant("exm.yaml", ["exam.yaml", "xor.yaml"]), file_meant("wine.csv", ["points.csv"])
    ("; did you mean 'exam.yaml'?", '')
    """
    stems = {PurePath(file).stem: file for file in islice(files, _MOST_CANDIDATES)}
    near = difflib.get_close_matches(PurePath(name).stem, stems, 1, 0.6) if len(name) <= SHOWN_LENGTH else []
    return suggested(stems[near[0]]) if near else ""


def suggested(name: str) -> str:
    """What a message adds where another name may be meant."""
    return tr("; did you mean %(name)s?", name=repr(name))


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def one_of(names: Iterable[str]) -> str:
    """A choice in words: ``a, b or c``."""
    *others, last = names
    return tr("%(others)s or %(last)s", others=", ".join(others), last=last) if others else last


def mismatch(expected: str, got: object) -> str:
    """What every mistake says, where its two halves are put together."""
    return tr("expected %(expected)s; got %(got)s", expected=expected, got=got)


def shown(value: object) -> str:
    """A value as a message shows it: short, one line, nothing that a terminal would obey."""
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN_LENGTH else value[:SHOWN_LENGTH] + "…")
    if isinstance(value, dict):
        return (
            tr_n("a mapping with %(n)s key", "a mapping with %(n)s keys", len(value))
            if value
            else tr("an empty mapping")
        )
    if isinstance(value, list | tuple):
        return tr_n("a list of %(n)s item", "a list of %(n)s items", len(value)) if value else tr("an empty list")
    if value is None or isinstance(value, bool):
        return {None: tr("nothing"), True: "true", False: "false"}[value]
    return _shown_number(value) if isinstance(value, int | float) else str(value)[:SHOWN_LENGTH]


def _shown_number(value: float) -> str:
    if isinstance(value, int):
        return tr("a number of very many digits") if abs(value) > 10**SHOWN_LENGTH else str(value)
    if math.isfinite(value):
        return str(value)
    return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"


def in_a_line(error: BaseException) -> str:
    """What a library says of a file, short and in one line: the file itself may have put words into it."""
    said = "".join(sign if sign.isprintable() else " " for sign in str(error))
    return re.sub(r" at 0x[0-9a-f]+", "", " ".join(said.split()))[:80]


def place_of(path: Iterable[str | int]) -> str:
    """A path into a lesson as it is written: ``network.weights[1]``.

    >>> place_of(("network", "weights", 1))
    'network.weights[1]'
    """
    place = ""
    for depth, step in enumerate(path):
        if depth == DEEPEST_SHOWN:
            return f"{place} …"
        if isinstance(step, int):
            place += f"[{step}]"
        elif step.isidentifier() and len(step) <= SHOWN_LENGTH:
            place += f".{step}" if place else step
        else:
            place += f"[{shown(step)}]"
    return place
