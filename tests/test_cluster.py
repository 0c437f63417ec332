"""Films made by a Dask cluster: a real scheduler and worker processes on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bp_command import BP, SMALL, bp

DASK = [sys.executable, "-m", "distributed.cli.dask_"]
LESSON = SMALL.replace("- nudge", "- nudge: {pace: 4}")


class Dask:
    """A scheduler and its workers."""

    def __init__(self, place: Path) -> None:
        self.place, self.file = place, place / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--host", "127.0.0.1")
        self._wait(lambda: self.file.exists() and self.file.read_text().strip().endswith("}"))
        self.address: str = json.loads(self.file.read_text())["address"]
        self.workers = [self._start("worker", "--nthreads", "1", "--no-nanny") for _ in range(2)]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        with (self.place / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [*DASK[:-1], f"{DASK[-1]}{what}", "--scheduler-file", str(self.file), "--no-dashboard", *options],
                stdout=log,
                stderr=log,
                cwd=self.place,
            )

    @staticmethod
    def _wait(condition: object) -> None:
        end = time.monotonic() + 60
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < end
            time.sleep(0.05)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    cluster = Dask(tmp_path)
    yield cluster
    cluster.stop()


def test_a_cluster_makes_the_film_that_this_machine_makes_though_a_worker_dies(dask: Dask, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(LESSON, encoding="utf-8")
    environment = {**os.environ, "BP_CACHE": str(tmp_path / "cache")}
    far = [str(BP), "render", "small.yaml", "-q", "l", "--out", "far", "--cluster", dask.address, "--fresh"]
    with subprocess.Popen(far, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as rendering:
        dask._wait(lambda: "Register" in (tmp_path / "scheduler.log").read_text() or rendering.poll() is not None)
        dask._wait(lambda: list((tmp_path / "cache").glob("*/*")) or rendering.poll() is not None)
        dask.workers[0].send_signal(signal.SIGKILL)
        _, told = rendering.communicate(timeout=300)
    assert rendering.returncode == 0, told
    *clips, film = told.splitlines()
    assert {line.partition(" done: ")[0] for line in clips} == {"title_card", "nudge", "end_card"}
    assert film.startswith("far/small.mp4  ")
    result = bp("render", "small.yaml", "-q", "l", "--out", "near", "--fresh", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for name in ("small.mp4", "small.film.json", "small.srt"):
        assert (tmp_path / "far" / name).read_bytes() == (tmp_path / "near" / name).read_bytes()


OWN = """
from manim import FadeIn, Square
from scenes.kit.chapter import Chapter

class Mine(Chapter):
    \"\"\"A square.\"\"\"

    title = "Mine"

    def narration(self):
        return {"square": "Look."}

    def construct(self):
        self.open_with()
        with self.beat("square"):
            self.play(FadeIn(Square()), run_time=0.5)
"""


def test_chapters_in_python_files_are_drawn_far_away_only_when_that_is_allowed(dask: Dask, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(SMALL.replace("- nudge", '- "own.py:Mine"'), encoding="utf-8")
    command = ("render", "mine.yaml", "--chapter", "mine", "-q", "l", "--out", "film", "--cluster", dask.address)
    refused = bp(*command, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("mine.yaml:13:5: chapters[0]")
    assert "--allow-python" in refused.stderr
    assert not (tmp_path / "film").exists()
    allowed = bp(*command, "--allow-python", cwd=tmp_path)
    assert (allowed.returncode, allowed.stdout) == (0, "film/mine.mp4\n"), allowed.stderr
    assert [chapter["title"] for chapter in json.loads((tmp_path / "film/mine.film.json").read_text())["chapters"]] == [
        "Mine"
    ]


def test_a_scheduler_that_does_not_answer_is_told(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    result = bp("render", "small.yaml", "--cluster", "tcp://127.0.0.1:9", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("no Dask scheduler answers at tcp://127.0.0.1:9")
    assert result.stderr.count("\n") == 1
