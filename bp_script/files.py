"""Files a lesson names: they lie beside it, in its folder or below, and are read whole up to a limit."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path, PurePosixPath
from typing import Any

from bp_script.errors import one_of, shown
from bp_script.limits import limits, option


class FileRefused(ValueError):  # noqa: N818 - what happened to the file
    """A file that is not read; the message says what was expected and what was found."""


def in_a_folder(folder: Path | None, name: str) -> Path:
    """The folder that a lesson lies in.

    Raises:
        FileRefused: it lies in none, and so can name no file.
    """
    if folder is None:
        raise FileRefused(f"expected no file, this lesson lies in no folder; got {shown(name)}")
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
        raise FileRefused(f"expected the name of a file beside the lesson; got {shown(name)}")
    if not name.lower().endswith(endings):
        raise FileRefused(f"expected a name that ends in {one_of(endings)}; got {shown(name)}")
    try:
        path = (folder / name).resolve(strict=True)
        inside = path.is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        raise FileRefused(f"expected a file beside the lesson; got {shown(name)}, which is not there") from None
    if not inside:
        raise FileRefused(f"expected a file beside the lesson; got {shown(name)}, a link that leads elsewhere")
    return path


def folder_beside(folder: Path, name: str) -> Path:
    """The place of a folder that a lesson in ``folder`` names; it need not be there yet.

    Raises:
        FileRefused: the name or a symbolic link leads out of the folder, or a file is there.
    """
    if not _is_below(name):
        raise FileRefused(f"expected the name of a folder beside the lesson; got {shown(name)}")
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        raise FileRefused(f"expected a folder beside the lesson; got {shown(name)}, which leads nowhere") from None
    if not inside:
        raise FileRefused(f"expected a folder beside the lesson; got {shown(name)}, a link that leads elsewhere")
    if path.exists() and not path.is_dir():
        raise FileRefused(f"expected a folder beside the lesson; got {shown(name)}, a file")
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
                raise FileRefused(f"expected a file; got {shown(name)}, which is something else")
            content = file.read(largest + 1)
    except OSError as error:
        raise FileRefused(f"expected a file that can be read; got {shown(name)}: {error.strerror}") from None
    if len(content) > largest:
        expected = f"expected a file of at most {limits().most('megabytes')} MB"
        raise FileRefused(f"{expected}; got {shown(name)}, which is larger{option('megabytes')}")
    return content


def parsed_json(content: bytes, name: str) -> Any:
    """What a JSON file holds.

    Raises:
        FileRefused: it is none, is nested without end, or has a number of thousands of digits.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise FileRefused(f"expected JSON in {name}; got something else") from None
