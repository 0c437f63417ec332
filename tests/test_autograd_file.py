"""What a library says of a lesson: the shipped file is what JAX says now, and a chapter refuses any other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bp_core.quantities import C, d
from bp_script.autograd_file import AutogradFile, AutogradFileError, autograd_of
from bp_script.lesson import lesson_from, load
from bp_script.names import parse_quantity
from bp_script.shipped import lesson_path
from bp_studio.autograd import by_jax, main
from scenes.check_with_autograd import CheckWithAutograd
from scenes.kit.calculus.quoted import Quoted
from scenes.kit.chapter import view_of
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.letters.number import Value

LESSON = lesson_path("output_and_hidden")
FILE = LESSON.with_name("output_and_hidden.autograd.json")


def copied(folder: Path) -> Path:
    shutil.copy(FILE, folder)
    return Path(shutil.copy(LESSON, folder))


def test_the_shipped_file_is_what_the_library_says() -> None:
    shipped, fresh = AutogradFile.read(FILE), by_jax(load(LESSON).trace())
    assert shipped.library == fresh.library
    assert shipped.made_for == fresh.made_for
    assert shipped.values.keys() == fresh.values.keys()
    for name, value in fresh.values.items():
        assert shipped.values[name] == pytest.approx(value, rel=1e-12, abs=1e-15), name


def test_backpropagation_agrees_with_the_library() -> None:
    trace = load(LESSON).trace()
    values = AutogradFile.read(FILE).values
    assert len(values) == 1 + trace.network.parameter_count
    for name, value in values.items():
        assert trace.value(parse_quantity(name, trace.L)) == pytest.approx(value, rel=1e-12, abs=1e-15), name


def test_a_file_for_another_network_is_refused_with_the_command(tmp_path: Path) -> None:
    path = copied(tmp_path)
    path.write_text(path.read_text().replace("-0.28", "-0.29"))
    refused = CheckWithAutograd.unsuited(load(path), CheckWithAutograd.Parameters())
    assert refused is not None
    assert refused.message == (
        "expected output_and_hidden.autograd.json to be for this network, cost and example; got one for others: "
        f"python -m bp_studio.autograd {path} makes it anew"
    )


def test_another_example_needs_another_file(tmp_path: Path) -> None:
    lesson = load(copied(tmp_path))
    assert CheckWithAutograd.unsuited(lesson, CheckWithAutograd.Parameters()) is None
    assert CheckWithAutograd.unsuited(lesson, CheckWithAutograd.Parameters(example=1)) is not None


def test_no_file_is_refused_with_the_command(tmp_path: Path) -> None:
    path = Path(shutil.copy(LESSON, tmp_path))
    with pytest.raises(AutogradFileError, match=r"got none: python -m bp_studio\.autograd .*output_and_hidden\.yaml"):
        autograd_of(load(path), load(path).trace())


def test_a_lesson_that_is_no_file_has_none() -> None:
    lesson = load(LESSON)
    with pytest.raises(AutogradFileError, match="got no file"):
        autograd_of(replace(lesson, path=None), lesson.trace())


@pytest.mark.parametrize("content", ["no json", "[]", '{"version": 2}', '{"version": 1, "values": {"C": "x"}}'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = copied(tmp_path)
    path.with_name(FILE.name).write_text(content)
    with pytest.raises(AutogradFileError, match="expected"):
        autograd_of(load(path), load(path).trace())


def test_the_command_makes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(shutil.copy(LESSON, tmp_path))
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / FILE.name}\n"
    made = json.loads((tmp_path / FILE.name).read_text())
    assert made["values"]["C"] == pytest.approx(load(path).trace().value(C), rel=1e-12)
    assert autograd_of(load(path), load(path).trace()).library == "JAX"


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path / "none.yaml")]) == 2
    assert "usage: python -m bp_studio.autograd" in capsys.readouterr().err


def test_the_film_tells_whose_number_it_is() -> None:
    lesson = load(LESSON)
    view = view_of(lesson, CheckWithAutograd.Parameters())
    file = AutogradFile.read(FILE)
    theirs = Quoted.beside(view, file.values, file.source)
    first = next(iter(lesson.network.parameters()))
    recorder = Recorder(Screen(14.0, 8.0, 135.0))
    recorder.settled([Value(theirs, d(C, first))], 0.0, 0.0)
    recorder.finish(1.0)
    (number,) = recorder.numbers()
    assert number.source == f"JAX {file.library_version}"
    assert number.value == file.values[f"dC/d{first}"]


def test_the_library_is_not_needed_to_show_the_file() -> None:
    code = "import sys, scenes.check_with_autograd; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_output_and_cost_that_go_together() -> None:
    lesson = lesson_from(
        {
            "title": "Softmax",
            "network": {"sizes": [2, 2, 3], "activations": ["relu", "softmax"], "init": {"scheme": "he", "seed": 1}},
            "cost": "cross_entropy",
            "examples": [{"x": [0.5, -1.0], "y": [0.0, 1.0, 0.0]}],
            "chapters": ["check_with_autograd"],
        }
    )
    trace = lesson.trace()
    for name, value in by_jax(trace).values.items():
        assert trace.value(parse_quantity(name, trace.L)) == pytest.approx(value, rel=1e-12, abs=1e-15), name
