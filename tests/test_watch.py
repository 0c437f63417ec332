"""The quick loop: a real command, a real page, a lesson that is saved again and again."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from bp_studio.watch.bench import Bench
from bp_studio.watch.server import served
from tests.bp_command import HEARING_BP

LESSON = """\
title: Mine
network: {sizes: [1, 1], activations: sigmoid, init: {scheme: xavier, seed: 1}}
cost: squared_error
examples: [{x: [0.6], y: [1.0]}]
chapters:
  - custom: {name: one, steps: [{show: network}, {say: "One."}]}
  - custom: {name: two, steps: [{show: {text: "Two."}}, {say: "Two."}]}
"""


class Watch:
    def __init__(self, process: subprocess.Popen[str], path: Path) -> None:
        self.process, self.path = process, path
        line = process.stdout.readline() if process.stdout else ""
        assert line.startswith("watching "), line
        self.address = line.split()[-1]

    def get(self, place: str) -> bytes:
        with urlopen(self.address + place, timeout=60) as answer:  # noqa: S310 - our own page
            return bytes(answer.read())

    def state_when(self, wanted: Any, seconds: float = 90.0) -> dict[str, Any]:
        end, turn = time.monotonic() + seconds, -1
        while time.monotonic() < end:
            state: dict[str, Any] = json.loads(self.get(f"state?since={turn}"))
            if wanted(state):
                return state
            turn = state["turn"]
        raise AssertionError(f"the page never showed what was wanted; last {state}")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    path = tmp_path / "mine.yaml"
    path.write_text(LESSON, "utf-8")
    command = [*HEARING_BP, "watch", "mine.yaml", "--no-open"]
    process = subprocess.Popen(
        [*command, "-q", "l", "--jobs", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        yield Watch(process, path)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 130


def drawn(state: dict[str, Any]) -> bool:
    return bool(state["chapters"]) and all(c["stills"] and not c["busy"] for c in state["chapters"])


def test_a_save_draws_what_it_changed_and_mistakes_are_shown(watch: Watch) -> None:
    first = watch.state_when(drawn)
    assert [chapter["name"] for chapter in first["chapters"]] == ["one", "two"]
    assert watch.get("stills/" + first["chapters"][0]["stills"][0]["source"])[:4] == b"\x89PNG"
    assert b"<title>" in watch.get("")

    watch.path.write_text(LESSON.replace('text: "Two."', 'text: "Three."'), "utf-8")
    second = watch.state_when(lambda s: drawn(s) and s["chapters"][1]["version"] != first["chapters"][1]["version"])
    assert second["chapters"][0] == first["chapters"][0]

    watch.path.write_text(LESSON.replace("sigmoid", "sigmod"), "utf-8")
    third = watch.state_when(lambda s: s["errors"])
    assert "did you mean 'sigmoid'?" in third["errors"][0]
    assert third["chapters"] == second["chapters"]

    watch.path.write_text(LESSON, "utf-8")
    watch.state_when(lambda s: drawn(s) and not s["errors"])


def test_only_stills_are_served(watch: Watch) -> None:
    for place in ("stills/../workers.log", "stills/%2e%2e/workers.log", "mine.yaml", "stills/"):
        with pytest.raises(HTTPError):
            watch.get(place)


class Patient:
    """A bench with much to tell, after a while."""

    def __init__(self) -> None:
        self.told = threading.Event()

    def state(self, since: int, seconds: float) -> dict[str, Any]:
        del since, seconds
        time.sleep(0.2)
        self.told.set()
        return {"title": "x" * 5_000_000}


def test_a_page_that_is_closed_while_it_waits_is_no_trouble(capfd: pytest.CaptureFixture[str]) -> None:
    bench = Patient()
    with served(cast("Bench", bench), 0) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port)) as asking:
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            asking.sendall(b"GET /state HTTP/1.0\r\n\r\n")
        assert bench.told.wait(timeout=30)
        time.sleep(0.5)
        with urlopen(address, timeout=30) as answer:  # noqa: S310 - our own page
            assert answer.status == HTTPStatus.OK
    assert capfd.readouterr().err == ""
