"""A lesson to be changed by those who mean harm, and the lines that refuse it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bp_script.errors import LessonErrors
from bp_studio.chapter_mistakes import mistakes_in

LESSON = """\
title: Two layers
network:
  sizes: [1, 1]
  activations: sigmoid
  init: {scheme: he}
cost: squared_error
examples:
  - {x: [1], y: [1]}
training: {learning_rate: 0.5, epochs: 3}
chapters:
  - nudge
"""
#: Longest time that reading may take here, in seconds of this process; on a quiet machine all take a tenth.
PATIENCE = 20.0

#: Writes a lesson that is changed so, and returns the lines that refuse it.
Refused = Callable[..., list[str]]


def refusal(*changes: tuple[str, str], text: str | bytes = LESSON) -> list[str]:
    """What is said of the lesson with these changes, written to the current folder; it has to be refused, and soon."""
    for old, new in changes:
        assert isinstance(text, str)
        assert text.count(old) == 1, f"{old!r} is not there once"
        text = text.replace(old, new)
    Path("m.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.process_time()
    lines = str(LessonErrors(mistakes_in([Path("m.yaml")]))).splitlines()
    assert time.process_time() - began < PATIENCE
    assert lines, "it was taken for a lesson"
    assert all(line.isprintable() and len(line) < 500 for line in lines)
    return lines
