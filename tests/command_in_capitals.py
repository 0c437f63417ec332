"""Runs commands in a process whose German is all capitals: what is still small has come past the catalogues."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Self

from bp_studio.errors import trouble
from bp_studio.workers import Done, Event, Failed, Job
from tests.pseudo import capitals


class Here:
    """Workers that are this process."""

    def __init__(self, _count: int, scratch: Path, *_: Any) -> None:
        self.scratch = scratch
        self._jobs: list[Job] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left."""

    def add(self, jobs: Iterable[Job]) -> None:
        self._jobs += jobs

    def begin(self) -> None:
        """There is nobody else to begin."""

    def events(self) -> Iterator[Event]:
        while self._jobs:
            job = self._jobs.pop(0)
            module, name = job.function.split(":")
            try:
                yield Done(job.key, getattr(import_module(module), name)(*job.arguments, print))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                yield Failed(job.key, trouble(error))


def main(folder: Path) -> None:
    """Print, as JSON, what each of ``commands.json`` says."""
    os.chdir(folder)
    with capitals():
        check, doctor, voice = (import_module(f"bp_studio.commands.{name}") for name in ("check", "doctor", "voice"))
        check.Workers = voice.Workers = Here
        doctor._requirements, doctor._error_of = list, lambda _: ""  # each would be a process
        told = [[" ".join(words), _said(words)] for words in json.loads(Path("commands.json").read_text("utf-8"))]
    sys.stdout.write(json.dumps(told))


def _said(words: list[str]) -> str:
    """What a command says, on both of its streams."""
    heard = StringIO()
    sys.argv = ["bp", *words]
    with redirect_stdout(heard), redirect_stderr(heard), suppress(SystemExit):
        import_module("bp_studio.cli").main()
    return heard.getvalue()
