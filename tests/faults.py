"""Renders that are quick to make and hard to kill: real processes, a real cache and real films, with grey frames."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av

from tests.bp_command import ROOT, SMALL

#: Draws ``frames`` grey frames a chapter, one in ``pause`` seconds; a file ``fault-<chapter>`` is run first.
WORKSHOP = """
import os, time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from bp_studio.clips import Piece
from scenes.kit.film.record import Caption, ClipRecord, Moment
from scenes.kit.film.stretch import Joint, Rehearsal

FPS = 15

def rehearse(task, folder, report):
    name, frames = task.call.name, task.call.parameters.get("frames", 8)
    captions, moments = (Caption(0, 0.2, name),), (Moment(0.2, "x"),)
    record = ClipRecord(name, name.title(), 64, 48, FPS, frames / FPS, captions, (), (), moments)
    return Rehearsal(record, (Joint(3, frames // 2, "half"),))

def draw(asked, folder, report):
    task, stretch, known = asked.clip, asked.stretch, asked.known
    folder.mkdir(exist_ok=True)
    here = task.lesson.path.parent
    shows = f"{task.call.name} {stretch}"
    with open(here / "log", "a") as log:
        log.write(f"{task.call.name}\\n")
    fault = here / f"fault-{task.call.name}"
    if fault.exists():
        exec(fault.read_text(), {"folder": folder, "here": here})
    if shows in known:
        return Piece(None, shows)
    path = folder / f"{stretch.first}.mp4"
    with av.open(path, "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(stretch.frames):
            grey = np.full((48, 64, 3), 10 * number % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
            report(number + 1)
            time.sleep(task.call.parameters.get("pause", 0))
        out.mux(stream.encode(None))
    return Piece(path, shows)
"""
_RUN = """
import resource, signal, sys
sys.path[:0] = [{path!r}]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it
from bp_studio import work
work.WORKSHOP = "workshop_of_a_test"
{first}
from bp_studio.cli import main
main()
"""
#: The chapters of a lesson here, and with the cards around them the frames of its film.
CHAPTERS = ("nudge", "update", "bias")


class Studio:
    """A folder with a lesson, and ``bp render`` on it as a user runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "path").mkdir()
        (folder / "path" / "workshop_of_a_test.py").write_text(WORKSHOP)
        self.write()

    def write(self, *, frames: int = 12, pause: float = 0.0) -> None:
        calls = "".join(f"  - {name}: {{frames: {frames}, pause: {pause}}}\n" for name in CHAPTERS)
        (self.folder / "m.yaml").write_text(SMALL.replace("  - nudge\n", calls))
        self.frames = 16 + frames * len(CHAPTERS)

    def fault(self, chapter: str, code: str = "") -> None:
        """What happens when the chapter is drawn; nothing any more without code."""
        path = self.folder / f"fault-{chapter}"
        path.write_text(code) if code else path.unlink(missing_ok=True)

    def start(
        self, *options: str, first: str = "", before: tuple[str, ...] = (), out: str = "film", jobs: int = 2
    ) -> Any:
        """A render that is on its way; ``first`` is run in it at the start, ``before`` stands before the command."""
        code = _RUN.format(path=str(self.folder / "path"), first=first)
        command = [
            *before,
            sys.executable,
            "-c",
            code,
            "render",
            "m.yaml",
            "-q",
            "l",
            "--jobs",
            str(jobs),
            "--out",
            out,
            *options,
        ]
        environment = {**os.environ, "BP_CACHE": str(self.folder / "cache"), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def render(self, *options: str, **more: Any) -> tuple[int, list[str]]:
        """Render to the end: its status, and what it had to say but for how far it is."""
        with self.start(*options, **more) as process:
            _, said = process.communicate(timeout=120)
        return process.returncode, told(said)

    def drawn(self) -> list[str]:
        """The chapters that workers took up since the last look."""
        log = self.folder / "log"
        lines = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def kept(self) -> int:
        """How many entries the cache has."""
        return sum(1 for _ in (self.folder / "cache").glob("??/[!.]*"))

    def is_whole(self, out: str = "film") -> bool:
        """Whether the film is complete, or absent: anything else is an error."""
        film = self.folder / out / "m.mp4"
        if not film.exists():
            return False
        with av.open(film) as source:
            assert sum(1 for _ in source.decode(video=0)) == self.frames
        names = {path.name for path in film.parent.iterdir() if not path.name.startswith(".")}
        assert names == {f"m{ending}" for ending in (".mp4", ".srt", ".vtt", ".txt", ".png", ".film.json")}
        return True

    def left(self, out: str = "film") -> list[str]:
        """Temporary folders and files beside the film and in the cache."""
        beside = (self.folder / out).glob(".*")
        return sorted(path.name for path in (*beside, *(self.folder / "cache").glob("??/.*")))


def told(said: str) -> list[str]:
    """The lines of standard error that are no progress."""
    return [line for line in said.splitlines() if not re.search(r" of \d+ clips|  \d+:\d\d long, made in ", line)]


def workers_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def is_alive(pid: int) -> bool:
    """Whether a process is there and is more than a name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition: Any, what: str, seconds: float = 60) -> None:
    """Look again and again, until it is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)
