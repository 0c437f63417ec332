"""Parameters that a chapter cannot be shown with: every mistake at once, each with its line; and those it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from bp_script.lesson import Lesson, lesson_from
from bp_studio.commands import check
from bp_studio.errors import Exit, Trouble, Troubles
from bp_studio.workers import Event, Failed, Started, Workers
from scenes.kit.film.record import ClipRecord
from scenes.kit.manim_door import dry_run, quality
from scenes.registry import chapter_class
from tests.bp_command import bp

HEAD = """\
title: Mistakes
network: {sizes: [1, 1, 1], activations: sigmoid, weights: [[[1.1]], [[-0.6]]], biases: [[0.1], [0.3]]}
cost: squared_error
examples: [{x: [0.6], y: [1.0]}, {x: [-0.3], y: [0.0]}]
chapters:
"""
CALLS = """\
  - chain_rule: {parameter: "w[1][0][0]"}
  - bias: {parameter: "w[L][0][0]"}
  - nudge: {by: 0}
  - previous_activation: {neuron: 3}
  - derivatives: {pace: 9}
  - what_it_means: {parameter: "b[L][0]"}
"""
SAID = [
    ("6:29", "chain_rule.parameter: expected a weight or bias of layer 2, the last; got w[1][0][0]"),
    ("7:23", "bias.parameter: expected a bias of layer 2, the last; got w[2][0][0]"),
    ("8:17", "nudge.by: expected a nudge that is not zero; got 0"),
    ("9:35", "previous_activation.neuron: expected 0, the only neuron of layer 1; got 3"),
    ("10:25", "derivatives.pace: expected a number from 0.25 to 4; got 9"),
    ("11:32", "what_it_means.parameter: expected a weight of layer 2, the last; got b[2][0]"),
]


@pytest.mark.parametrize("command", [("check",), ("render", "-q", "l")])
@pytest.mark.parametrize("misspelt", [False, True])
def test_every_mistake_in_the_chapters_is_told_at_once(
    command: tuple[str, ...], misspelt: bool, tmp_path: Path
) -> None:
    path = tmp_path / "mistakes.yaml"
    path.write_text(HEAD + CALLS + ("  - cost_treee\n" if misspelt else ""))
    result = bp(command[0], "mistakes.yaml", *command[1:], cwd=tmp_path)
    lines = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == (2, "")
    told = [f"mistakes.yaml:{place}: chapters[{number}].{message}" for number, (place, message) in enumerate(SAID)]
    assert lines[: len(SAID)] == told
    assert len(lines) == len(SAID) + misspelt
    assert not misspelt or lines[-1].startswith("mistakes.yaml:12:5: chapters[6]: expected a chapter")


def test_a_mistake_is_told_before_any_layout_is_looked_at() -> None:
    mine = lesson("nudge", by=0)
    trouble = Trouble(Exit.BAD_INPUT, ("nudge.by: expected a nudge that is not zero; got 0",))

    class Team:
        def events(self) -> Iterator[Event]:
            yield Started(("hold_equations", 0, 0))
            yield Failed(("hold_equations", 0, 0), trouble)
            pytest.fail("it waits for the layouts")

    with pytest.raises(Troubles) as raised:
        check._take_all(cast("Workers", Team()), [check._Report(mine)])
    assert raised.value.found == (trouble,)


def lesson(chapter: str, **parameters: object) -> Lesson:
    return lesson_from(
        {
            "title": "Parameters",
            "network": {
                "sizes": [1, 1, 1, 1],
                "activations": "sigmoid",
                "weights": [[[1.1]], [[-0.6]], [[1.4]]],
                "biases": [[0.1], [0.3], [-0.4]],
            },
            "cost": "squared_error",
            "examples": [{"x": [0.6], "y": [1.0]}, {"x": [-0.3], "y": [0.0]}],
            "chapters": [{chapter: parameters}],
        }
    )


def played(chapter: str, folder: Path, **parameters: object) -> ClipRecord:
    called = lesson(chapter, **parameters)
    return dry_run(chapter_class(chapter), called, called.chapters[0], quality("l", "16:9"), folder)


def test_pace(tmp_path: Path) -> None:
    slow, fast = (played("chain_rule", tmp_path, pace=pace).duration for pace in (0.5, 1))
    assert slow > 1.3 * fast


def test_decimals(tmp_path: Path) -> None:
    clip = played("last_two_neurons", tmp_path, decimals=3)
    assert any(len(number.text.partition(".")[2]) == 3 for number in clip.shown)


def test_example(tmp_path: Path) -> None:
    clip = played("last_two_neurons", tmp_path, example=1)
    assert {number.example for number in clip.shown} - {None} == {1}


def test_depth(tmp_path: Path) -> None:
    shallow, deep = ({n.quantity for n in played("cost_tree", tmp_path, depth=d).shown} for d in (1, 2))
    assert "w[2][0][0]" in deep - shallow


def test_by(tmp_path: Path) -> None:
    clip = played("nudge", tmp_path, by=-0.1, parameter="w[1][0][0]")
    assert any(dict(number.nudged or {}).get("w[1][0][0]") == pytest.approx(1.0) for number in clip.shown)


def test_a_parameter_of_the_last_layer(tmp_path: Path) -> None:
    for chapter in ("chain_rule", "derivatives"):
        shown = {number.quantity for number in played(chapter, tmp_path, parameter="b[L][0]").shown}
        assert "dz[3][0]/db[3][0]" in shown
