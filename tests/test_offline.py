"""A render opens no connection: with the network cut, nothing is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bp_command import BP, SMALL

#: Python runs this at the start of every process, workers included: what reaches for the network is noted and refused.
HOOK = """
import os, sys

def watch(event, arguments):
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "urllib.Request", "http.client.connect"} or (
        event in {"socket.connect", "socket.sendto"} and arguments[1:] and isinstance(arguments[1], tuple)
    ):
        with open(os.environ["REACHED"], "a") as log:
            log.write(f"{event} {arguments}\\n")
        raise ConnectionError(f"the network is cut: {event}")

with open(os.environ["REACHED"] + ".started", "a") as log:
    log.write(f"{os.getpid()}\\n")
sys.addaudithook(watch)
"""


def cut() -> list[str]:
    """What starts a command in a network namespace of its own, where the system lets us have one."""
    alone = ["unshare", "--map-root-user", "--net"]
    try:
        tried = subprocess.run([*alone, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return []
    return alone if tried.returncode == 0 else []


def offline(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    (folder / "hook").mkdir(exist_ok=True)
    (folder / "hook" / "sitecustomize.py").write_text(HOOK)
    env = {
        **os.environ,
        "PYTHONPATH": str(folder / "hook"),
        "REACHED": str(folder / "reached"),
        "BP_CACHE": str(folder / "c"),
    }
    return subprocess.run(
        [*cut(), *command], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_a_film_is_made_with_the_network_cut(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    shown = offline(
        tmp_path, str(BP), "render", "m.yaml", "-q", "l", "--jobs", "2", "--out", "film", "--chapter", "nudge"
    )
    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "film" / "m.mp4").stat().st_size > 10_000
    assert len((tmp_path / "reached.started").read_text().split()) >= 2  # the hook was there, in a worker as well
    assert not (tmp_path / "reached").exists()


def test_the_hook_itself_notices(tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    assert "the network is cut" in offline(tmp_path, sys.executable, "-c", code).stderr
    assert (tmp_path / "reached").read_text().startswith("socket.getaddrinfo")
