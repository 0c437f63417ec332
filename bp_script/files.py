"""Files a lesson names: they lie beside it, in its folder or below, and are read whole up to a limit."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path, PurePosixPath
from typing import Any

from bp_script.errors import file_meant, mismatch, one_of, shown
from bp_script.language.caller import tr
from bp_script.language.system import refusal
from bp_script.limits import limits, option


class FileRefused(ValueError):  # noqa: N818 - what happened to the file
    """A file that is not read; the message says what was expected and what was found."""


def in_a_folder(folder: Path | None, name: str) -> Path:
    """The folder that a lesson lies in.

    Raises:
        FileRefused: it lies in none, and so can name no file.
    """
    if folder is None:
        raise FileRefused(mismatch(tr("no file, this lesson lies in no folder"), shown(name)))
    return folder


def read_beside(folder: Path, name: str, endings: tuple[str, ...]) -> bytes:
    """The contents of a file that a lesson in ``folder`` names.

    Raises:
        FileRefused: as :func:`path_beside`; or it is no regular file, cannot be read or is larger than 10 MB.
    """
    return read_limited(path_beside(folder, name, endings), name)


def path_beside(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    """The place of a file that a lesson in ``folder`` names.

    Raises:
        FileRefused: the name or a symbolic link leads out of the folder, it has another ending, or is not there.
    """
    if not _is_below(name):
        raise FileRefused(mismatch(tr("the name of a file beside the lesson"), shown(name)))
    if not name.lower().endswith(endings):
        raise FileRefused(mismatch(tr("a name that ends in %(endings)s", endings=one_of(endings)), shown(name)))
    try:
        path = (folder / name).resolve(strict=True)
        inside = path.is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        said = tr("expected a file beside the lesson; got %(file)s, which is not there", file=shown(name))
        raise FileRefused(said + file_meant(name, _files_like(folder, name, endings))) from None
    if not inside:
        said = tr("expected a file beside the lesson; got %(file)s, a link that leads elsewhere", file=shown(name))
        raise FileRefused(said)
    return path


def _files_like(folder: Path, name: str, endings: tuple[str, ...]) -> list[str]:
    """The names of the files beside where one was looked for."""
    parent = PurePosixPath(name).parent
    try:
        found = sorted(path.name for path in (folder / parent).iterdir() if path.name.lower().endswith(endings))
    except OSError:
        return []
    return [str(parent / each) for each in found]


def folder_beside(folder: Path, name: str) -> Path:
    """The place of a folder that a lesson in ``folder`` names; it need not be there yet.

    Raises:
        FileRefused: the name or a symbolic link leads out of the folder, or a file is there.
    """
    if not _is_below(name):
        raise FileRefused(mismatch(tr("the name of a folder beside the lesson"), shown(name)))
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        said = tr("expected a folder beside the lesson; got %(folder)s, which leads nowhere", folder=shown(name))
        raise FileRefused(said) from None
    if not inside:
        said = tr(
            "expected a folder beside the lesson; got %(folder)s, a link that leads elsewhere", folder=shown(name)
        )
        raise FileRefused(said)
    if path.exists() and not path.is_dir():
        raise FileRefused(tr("expected a folder beside the lesson; got %(file)s, a file", file=shown(name)))
    return path


def _is_below(name: str) -> bool:
    """Whether a name stays in the folder it counts from."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and not any(s in name for s in "\\:\0")


def read_limited(path: Path, name: str) -> bytes:
    """The contents of a regular file of at most 10 MB; ``name`` is what messages call it.

    Raises:
        FileRefused: it is none, cannot be read, or is larger.
    """
    largest = limits().megabytes * 1_000_000
    try:
        # a pipe would wait for its writer for ever
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileRefused(tr("expected a file; got %(name)s, which is something else", name=shown(name)))
            content = file.read(largest + 1)
    except OSError as error:
        raise FileRefused(mismatch(tr("a file that can be read"), f"{shown(name)}: {refusal(error)}")) from None
    if len(content) > largest:
        expected = tr("a file of at most %(most)s MB", most=limits().most("megabytes"))
        got = tr("%(file)s, which is larger", file=shown(name))
        raise FileRefused(mismatch(expected, got + option("megabytes")))
    return content


def parsed_json(content: bytes, name: str) -> Any:
    """What a JSON file holds.

    Raises:
        FileRefused: it is none, is nested without end, or has a number of thousands of digits.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise FileRefused(tr("expected JSON in %(file)s; got something else", file=name)) from None
