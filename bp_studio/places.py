"""Places for what is on its way: locked while somebody fills them, swept by whoever comes next after one was killed.

A lock is the operating system's own (``flock`` on the folder or file): it goes with the process that held it, however
that ended, and no clock and no process number has to be trusted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def folder_of_ones_own(place: Path, prefix: str) -> Iterator[Path]:
    """A new folder in ``place``, gone when the block ends; those of this prefix whose makers were killed go now."""
    place.mkdir(parents=True, exist_ok=True)
    with held(place):
        sweep(place.glob(f"{prefix}*"))
        made = tempfile.TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True)
        lock = _locked(Path(made.name))
    try:
        yield Path(made.name)
    finally:
        made.cleanup()
        if lock is not None:
            os.close(lock)


@contextmanager
def held(place: Path) -> Iterator[None]:
    """One process at a time is in this block for this folder."""
    lock = _locked(place, wait=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def hold(file: IO[bytes]) -> None:
    """Lock a file until it is closed, where the disk knows locks."""
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)


def sweep(left: Iterable[Path]) -> None:
    """Remove the folders and files whose makers were killed, of all those that were on their way."""
    for place in left:
        lock = _locked(place)
        if lock is None:
            continue
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            with suppress(OSError):
                place.unlink()
        os.close(lock)


def _locked(place: Path, *, wait: bool = False) -> int | None:
    """The descriptor that holds the lock of a folder or file; None where another has it, or the disk knows no locks."""
    lock = None
    with suppress(OSError):
        lock = os.open(place, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    if lock is not None:
        os.close(lock)
    return None
