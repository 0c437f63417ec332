"""Recording by the programs that systems have for it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: By name, with what makes them record one channel of 16 bits until they are interrupted; the file comes last.
_PROGRAMS = {
    "arecord": ("-q", "-f", "S16_LE", "-r", "48000", "-c", "1"),
    "rec": ("-q", "-c", "1", "-r", "48000", "-b", "16"),
}
#: Seconds in which a program that was interrupted has to end.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that goes on."""

    process: subprocess.Popen[bytes]

    def stop(self) -> str:
        """End it; returns what the program complains of, empty if it does not."""
        self.process.send_signal(signal.SIGINT)
        try:
            _, said = self.process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
        return said.decode(errors="replace").strip()


def program() -> str | None:
    """The first program that can record here."""
    return next((name for name in _PROGRAMS if shutil.which(name)), None)


def names() -> tuple[str, ...]:
    """The programs that could."""
    return tuple(_PROGRAMS)


def begin(name: str, path: Path) -> Recording:
    """Record into a file until it is stopped."""
    command = [shutil.which(name) or name, *_PROGRAMS[name], str(path)]
    # its own session: Ctrl-C ends us, and we end it
    return Recording(
        subprocess.Popen(  # noqa: S603 -- one of those above
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    )
