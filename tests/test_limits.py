"""Every limit is told before any work: the number, the limit, and the option that raises it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bp_script.errors import LessonErrors
from bp_script.lesson import lesson_from, load
from bp_script.limits import NAMES, Limits, limits, raised
from tests.bp_command import SMALL, bp


def data(**more: Any) -> dict[str, Any]:
    return {
        "title": "T",
        "network": {"sizes": [1, 2, 1], "activations": "tanh", "init": {"scheme": "he"}},
        "cost": "squared_error",
        "examples": [{"x": [1], "y": [1]}] * 4,
        "chapters": ["nudge"],
        **more,
    }


LARGE: Mapping[str, tuple[dict[str, Any], int, str]] = {
    "parameters": (data(), 6, "network.sizes: expected at most 6 weights and biases; got 7"),
    "examples": (data(), 3, "examples: expected at most 3 examples; got 4"),
    "chapters": (data(chapters=["nudge"] * 3), 2, "chapters: expected at most 2 chapters; got 3"),
    "words": (data(chapters=[{"nudge": {"say": "Well."}}]), 12, "chapters: expected at most 12 characters in the"),
    "updates": (
        data(training={"learning_rate": 1, "epochs": 3, "batch_size": 3}),
        5,
        "training.epochs: expected at most 5 updates; got 6",
    ),
    "work": (
        data(training={"learning_rate": 1, "epochs": 3}),
        83,
        "training.epochs: expected at most 83 weights and biases gone through in all; got 84, 3 epochs of 4",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_a_limit_is_told_with_its_option(name: str) -> None:
    large, most, expected = LARGE[name]
    lesson_from(large)
    with raised(**{name: most + 1}):
        lesson_from(large)
    with raised(**{name: most}), pytest.raises(LessonErrors) as caught:
        lesson_from(large)
    line = str(caught.value)
    assert line.startswith(expected)
    assert line.endswith(f" (bp … --limit {name}=N allows more)")


def test_values_and_megabytes_are_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(SMALL)
    with raised(values=10), pytest.raises(LessonErrors, match=r"at most 10 values, aliases .*--limit values=N"):
        load(path)
    path.write_text(SMALL + "#" * 1_000_000)
    with raised(megabytes=1), pytest.raises(LessonErrors, match=r"of at most 1 MB; .*--limit megabytes=N"):
        load(path)
    np.savez(tmp_path / "m.npz", W1=np.zeros((30, 30)), b1=np.zeros(30))
    large = data(network={"activations": "tanh", "file": "m.npz"})
    with raised(parameters=929), pytest.raises(LessonErrors, match=r"at most 929 weights and biases in m\.npz"):
        lesson_from(large, folder=tmp_path)
    assert limits() == Limits()


def test_what_would_take_weeks_is_refused_at_once() -> None:
    network = {"sizes": [900, 900], "activations": "tanh", "init": {"scheme": "he"}}
    examples = [{"x": [0] * 900, "y": [0] * 900}] * 800
    with pytest.raises(LessonErrors) as caught:
        lesson_from(data(network=network, examples=examples, training={"learning_rate": 1, "epochs": 100_000}))
    assert re.search(r"got 64,872,000,000,000, 100,000 epochs of 800 examples of 810,900 \(", str(caught.value))


@pytest.mark.parametrize(
    "said", ["parameters", "parameters=", "parameters=-1", "parameters=1e9", "weights=3", "=3", "minutes=٣"]
)
def test_a_limit_is_a_name_and_a_number(said: str) -> None:
    shown = bp("trace", "backpropagation_calculus", "--limit", said)
    assert shown.returncode == 2
    assert f"expected NAME=NUMBER with {NAMES[0]}, " in shown.stderr


def test_a_film_that_would_be_too_long_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    shown = bp("render", "m.yaml", "-q", "l", "--jobs", "1", "--limit", "minutes=0", cwd=tmp_path)
    assert shown.returncode == 2
    assert re.fullmatch(
        r"m\.yaml: chapters: expected a film of at most 0 minutes; got \d\.\d \(bp … --limit minutes=N allows more\)",
        shown.stderr.splitlines()[-1],
    )
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def test_a_trace_without_end_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        SMALL.replace("epochs: 2", "epochs: 100000").replace(" 0.5, epochs", " 1e-9, epochs")
    )
    shown = bp("trace", "m.yaml", "--json", "--limit", "numbers=800000", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (2, "")
    said = "expected at most 800,000 numbers as JSON; got 800,012, for 200,001 steps and 2 examples"
    assert shown.stderr == f"{said} (bp … --limit numbers=N allows more)\n"


def test_the_page_on_security_lists_every_limit() -> None:
    page = (Path(__file__).parents[1] / "docs" / "security.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"| `{name}` | {getattr(Limits(), name):,} |" in page
