"""What went wrong, as a user sees it: an exit status and one line for each mistake, never a traceback."""

from __future__ import annotations

import errno
import sys
import traceback
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from bp_core.errors import CoreError
from bp_script.errors import LessonErrors
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.language.mathematics import in_words
from bp_script.language.system import refusal
from bp_script.voice import NoVoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bp_script.errors import LessonError


_ELSEWHERE, _MAKE_ROOM = N_("--out writes to another place"), N_("make room; --out writes to another place")
#: What can be done about an error of the operating system.
_HELP = {
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EFBIG: _ELSEWHERE,
    errno.EROFS: _ELSEWHERE,
    errno.EACCES: _ELSEWHERE,
    errno.EPERM: _ELSEWHERE,
}


class Exit(IntEnum):
    """The exit statuses of ``bp``."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    INTERRUPTED = 130


class StudioError(Exception):
    """Something failed on the way to a film; the message is for the user."""


class UsageError(Exception):
    """The command line asks for what cannot be; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as it is told: the exit status it leads to, its lines, and the traceback for those who ask for it."""

    status: int
    lines: tuple[str, ...]
    details: str = ""


class Troubles(Exception):  # noqa: N818 -- several at once
    """Everything that went wrong in several places."""

    def __init__(self, found: Sequence[Trouble]) -> None:
        super().__init__(found)
        self.found = tuple(found)


def trouble(error: BaseException) -> Trouble:
    """What there is to say about an error."""
    if isinstance(error, Troubles):
        return _together(error.found)
    details = "".join(traceback.format_exception(error))
    if isinstance(error, LessonErrors):
        return Trouble(Exit.BAD_INPUT, tuple(str(error).splitlines()), details)
    if isinstance(error, UsageError):
        return Trouble(Exit.BAD_INPUT, (_one_line(str(error)),), details)
    return Trouble(Exit.FAILED, (_one_line(_said(error)),), details)


def _said(error: BaseException) -> str:
    if isinstance(error, CoreError):
        return in_words(error)
    if isinstance(error, StudioError | NoVoice):
        return str(error)
    if isinstance(error, MemoryError):
        return tr("not enough memory: fewer --jobs take less")
    if isinstance(error, OSError) and error.strerror:
        return _of_the_system(error)
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _of_the_system(error: OSError) -> str:
    """What the operating system refused, where, and what can be done about it."""
    where = f"{error.filename}: " if error.filename is not None else ""
    remedy = _HELP.get(error.errno or 0)
    sign = ":" if remedy == _MAKE_ROOM else ";"
    return f"{where}{refusal(error)}" + (f"{sign} {tr(remedy)}" if remedy else "")


def of_chapter(lesson: str, chapter: str, found: Trouble) -> Trouble:
    """A bad lesson's lines say where they belong; those of anything else get their lesson and chapter."""
    if found.status == Exit.BAD_INPUT:
        return found
    return replace(found, lines=tuple(f"{lesson}: {chapter}: {line}" for line in found.lines))


def _together(found: Sequence[Trouble]) -> Trouble:
    lines = dict.fromkeys(line for one in found for line in one.lines)
    return Trouble(max(one.status for one in found), tuple(lines), "\n".join(one.details for one in found))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def warn(mistakes: Iterable[LessonError]) -> None:
    """Say on standard error what is wrong with a lesson's words in languages that its film is not in."""
    for mistake in mistakes:
        told = tr("warning, for films in other languages alone: %(mistake)s", mistake=mistake)
        sys.stderr.write(f"{told}\n")


def tell(found: Trouble, *, verbose: bool = False) -> int:
    """Say it on standard error; returns the exit status."""
    sys.stderr.write("".join(f"{line}\n" for line in found.lines))
    if verbose:
        sys.stderr.write(found.details)
    return found.status
