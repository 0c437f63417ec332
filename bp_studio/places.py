"""Folders for what is on its way: locked while somebody fills them, swept by whoever comes next after one was killed.

A lock is the operating system's own (``flock`` on the folder): it goes with the process that held it, however that
ended, and no clock and no process number has to be trusted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def folder_of_ones_own(place: Path, prefix: str) -> Iterator[Path]:
    """A new folder in ``place``, gone when the block ends; those of this prefix whose makers were killed go now."""
    place.mkdir(parents=True, exist_ok=True)
    with held(place):
        _sweep(place, prefix)
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


def _sweep(place: Path, prefix: str) -> None:
    for left in place.glob(f"{prefix}*"):
        lock = _locked(left)
        if lock is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path, *, wait: bool = False) -> int | None:
    """The descriptor that holds the folder's lock; None where another has it, or where the disk knows no locks."""
    lock = None
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    if lock is not None:
        os.close(lock)
    return None
