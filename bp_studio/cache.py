"""Clips that were drawn once, kept for all lessons: by what they depend on, each in a file of its own.

An entry is written beside its place and moved there, so that any number of renders can use the cache at once. It begins
with a digest of its key and its content: one that is damaged, or another's, counts as absent. When the cache is full,
what has not been used for longest goes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bp_studio.places import hold, sweep

#: Bytes that the cache may take.
LIMIT = 4 * 1024**3
_DIGEST = 20
#: How the names of entries begin that are being written.
_NEW = ".new-"


def default_folder() -> Path:
    """``$BP_CACHE``, or a folder in the user's cache."""
    own = os.environ.get("BP_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backprop-films"


@dataclass(frozen=True, slots=True)
class Cache:
    """Bytes by key."""

    folder: Path
    limit: int = LIMIT

    def get(self, key: str) -> bytes | None:
        """An entry's content; None if there is none that is whole."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        digest, content = data[:_DIGEST], data[_DIGEST:]
        if digest != _digest(key, content):
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep it; a disk that is full or may not be written to is no reason to stop."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_NEW, delete=False) as file:
                hold(file)
                try:
                    file.write(_digest(key, content) + content)
                    file.flush()
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise

    def get_data(self, key: str) -> Any:
        """Plain data that :meth:`put_data` kept; None if there is none."""
        content = self.get(key)
        return None if content is None else json.loads(content)

    def put_data(self, key: str, data: Any) -> None:
        """Keep plain data, as JSON."""
        self.put(key, json.dumps(data).encode())

    def entries(self) -> list[tuple[Path, os.stat_result]]:
        """What is there, the one used last at the end."""
        found = []
        for path in self.folder.glob("??/*"):
            with suppress(OSError):  # another render may be clearing up
                found.append((path, path.stat()))
        return sorted(found, key=lambda entry: entry[1].st_mtime)

    def trim(self) -> None:
        """Make room: what was never finished goes, and what has not been used for longest until the limit is kept."""
        sweep(self.folder.glob(f"??/{_NEW}*"))
        entries = self.entries()
        size = sum(stat.st_size for _, stat in entries)
        for path, stat in entries:
            if size <= self.limit:
                return
            with suppress(OSError):
                path.unlink()
            size -= stat.st_size

    def clear(self) -> None:
        """Throw all entries away, and nothing else that lies there."""
        for path, _ in self.entries():
            with suppress(OSError):
                path.unlink()
        for folder in self.folder.glob("??"):
            with suppress(OSError):
                folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST, key=key.encode()[:64]).digest()
