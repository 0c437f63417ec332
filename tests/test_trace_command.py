"""``bp trace``: the JSON of the contract and the table for people."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess

import pytest
from rich.console import Console

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.trace import Trace, trace
from bp_core.training import Training
from bp_script.lesson import load
from bp_studio.tables import MOST_ROWS, lesson_tables
from scenes.kit.theme import THEMES
from tests.bp_command import BP, FLAGSHIP, bp


def tables(of: Trace, step: int = 0, **options: object) -> str:
    console = Console(width=160, record=True, file=io.StringIO(), **options)
    for table in lesson_tables("A lesson", of, step):
        console.print(table)
    return console.export_text(styles="force_terminal" in options)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each row by its name; the first of a name counts."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if cells := line.split():
            found.setdefault(cells[0], cells[1:])
    return found


@pytest.fixture(scope="module")
def flagship() -> Trace:
    return load(FLAGSHIP).trace()


def test_json_is_every_number_of_the_lesson(flagship: Trace) -> None:
    result = bp("trace", FLAGSHIP, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert list(data) == ["version", "network", "cost", "examples", "average", "steps"]
    assert [example["C"] for example in data["examples"]] == [example.C for example in flagship.examples]
    assert data["steps"][-1]["weights"] == [weights.tolist() for weights in flagship.steps[-1].network.weights]
    assert len(data["steps"]) == len(flagship.steps) > 1


def test_the_table_shows_values_derivatives_and_updates(flagship: Trace) -> None:
    result = bp("trace", FLAGSHIP)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    found = rows(result.stdout)
    layer = flagship.examples[0].layer(3)
    numbers = (layer.z, layer.a, layer.da_dz, layer.dC_da, layer.delta)
    assert found["a[3][0]"] == [f"{number[0]:.4f}" for number in numbers]
    weight, after = flagship.network.weights[2][0, 0], flagship.steps[1].network.weights[2][0, 0]
    gradient = flagship.average.layers[2].dJ_dw[0, 0]
    assert found["w[3][0][0]"] == [
        f"{weight:.4f}",
        f"{flagship.examples[0].layer(2).a[0]:.4f}",
        f"{layer.dC_dw[0, 0]:.4f}",
        f"{gradient:.4f}",
        f"{after - weight:+.4f}",
        f"{after:.4f}",
    ]
    assert found["J"] == [f"{flagship.J:.4f}"]
    assert found["@1"][-1] == f"{flagship.examples[1].C:.4f}"


def test_example_and_step_choose(flagship: Trace) -> None:
    result = bp("trace", FLAGSHIP, "--example", "1", "--step", "2")
    assert "Example 1, step 2" in result.stdout
    there = flagship.at_step(2).examples[1].layer(3)
    assert rows(result.stdout)["a[3][0]"][1] == f"{there.a[0]:.4f}"


def test_each_quantity_has_its_colour(flagship: Trace) -> None:
    text = tables(flagship, force_terminal=True, color_system="truecolor")
    for name, symbol in (("w[3][0][0]", "w"), ("b[3][0]", "b"), ("a[3][0]", "a"), ("y[0]", "y")):
        red, green, blue = bytes.fromhex(THEMES["dark"].of_symbol(symbol)[1:])
        assert f"\x1b[38;2;{red};{green};{blue}m{name}" in text


def test_softmax_shows_how_every_output_depends_on_every_sum() -> None:
    network = Network([[[1.0], [0.5]]], [[0.0, 0.0]], "softmax")
    lesson = trace(network, Cost("cross_entropy"), [Example([1.0], [1.0, 0.0])])
    text = tables(lesson)
    slopes = lesson.examples[0].layer(1).da_dz
    assert "Softmax: ∂a/∂z" in text
    assert f"a[1][1]   {slopes[1, 0]:.4f}    {slopes[1, 1]:.4f}" in text


def test_a_factor_beyond_float64_is_said_to_overflow() -> None:
    network = Network([[[1e4]]], [[0.0]], "sigmoid")
    lesson = trace(network, Cost("binary_cross_entropy"), [Example([-1.0], [1.0])])
    assert "overflow" in rows(tables(lesson))["a[1][0]"]


def test_large_networks_are_shown_in_part() -> None:
    network = Network.initialised((100, 60), "tanh", "xavier", 1)
    lesson = trace(network, Cost("squared_error"), [Example([0.1] * 100, [0.0] * 60)] * 70)
    text = tables(lesson)
    assert f"… {100 - MOST_ROWS} more" in text
    assert f"… {6060 - MOST_ROWS:,} more" in text
    assert f"… {70 - MOST_ROWS} more" in text
    assert len(text.splitlines()) < 300


def test_training_is_listed_step_by_step() -> None:
    network = Network([[[1.0]]], [[0.0]], "linear")
    lesson = trace(network, Cost("squared_error"), [Example([1.0], [2.0]), Example([0.5], [0.0])], Training(0.1, 2, 1))
    text = tables(lesson, step=1)
    steps = text[text.index("Training") :].splitlines()
    assert [line.split()[:3] for line in steps if line.split()[:1] == ["3"]] == [["3", "2", "0"]]
    assert f"{lesson.steps[4].J:.4f}" in text


def on_a_terminal(columns: int) -> list[str]:
    """The words that ``bp trace`` writes on a terminal of this width."""
    ours, theirs = os.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "dumb"}
    with subprocess.Popen([BP, "trace", FLAGSHIP], stdout=theirs, env=environment) as process:
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
            while part := os.read(ours, 1 << 16):
                text += part
    os.close(ours)
    assert process.returncode == 0
    return text.decode().replace("─", "").split()


def test_a_narrow_terminal_cuts_no_number() -> None:
    narrow = on_a_terminal(40)
    assert len(narrow) > 100
    assert not [word for word in narrow if "…" in word]
    assert narrow == on_a_terminal(200)
