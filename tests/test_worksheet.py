"""``bp worksheet``: an exercise and its key, made by the command and read back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pypdf import PdfReader

from bp_core.evaluation import evaluate
from bp_script.lesson import Lesson, lesson_from, load
from bp_script.shipped import lesson_path
from bp_studio.worksheet.sheet import sheet_source
from bp_studio.worksheet.tasks import tasks
from scenes.kit.letters.compiler import compiled
from scenes.kit.letters.notation import NOTATIONS
from tests.bp_command import SMALL, bp
from tests.test_chapters import random_lesson

NASTY = '#read("x") $a$ = 1 *b* <c>'


def text_of(path: Path) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(path).pages).replace("−", "-").split())


def numbers(lesson: Lesson) -> list[str]:
    """What the key of a lesson fills in, rounded by other means."""
    found = []
    for task in tasks(lesson.trace()):
        for blank in task.blanks:
            value = lesson.trace().value(blank.quantity) if task.title != "The update" else None
            if value is not None:
                found.append(f"{value + 0.0:.4f}")
    return found


def test_an_exercise_and_its_key(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("Small", f"'{NASTY}'"), encoding="utf-8")
    result = bp("worksheet", "small.yaml", "--out", "out", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == ["out/small.pdf", "out/small-key.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "small.yaml"]
    exercise, key = (text_of(tmp_path / line) for line in result.stdout.splitlines())
    assert exercise.startswith(NASTY)
    titles = ["1. The forward pass", "2. The cost", "3. The backward pass", "4. The gradient", "5. The update"]
    assert [title for title in titles if title in exercise] == titles
    assert [title for title in titles if title in key] == titles
    lesson = load(tmp_path / "small.yaml")
    for number in numbers(lesson):
        assert number in key, number
        assert number not in exercise, number
    # the update by hand: w - eta dC/dw
    by_hand = 1.5 - 0.5 * lesson.trace().examples[0].layer(1).dC_dw[0][0]
    assert f"{by_hand:.4f}" in key


@pytest.mark.parametrize("name", ["two_two_one", "several_neurons", "output_and_hidden", "backpropagation_calculus"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_shipped_lessons_in_every_notation(name: str, notation: str, tmp_path: Path) -> None:
    lesson = load(lesson_path(name))
    look = lesson.look.model_copy(update={"notation": notation})
    path = tmp_path / "key.pdf"
    path.write_bytes(compiled(sheet_source(Lesson(**{**vars_of(lesson), "look": look}), key=True), "pdf")[0])
    key = text_of(path)
    for number in numbers(lesson):
        assert number in key, number


def vars_of(lesson: Lesson) -> dict[str, Any]:
    return {name: getattr(lesson, name) for name in Lesson.__dataclass_fields__}


@pytest.mark.parametrize("seed", range(12))
def test_random_lessons(seed: int) -> None:
    """Any activations and costs: every rule and working is checked against the numbers, and the sheet is set."""
    lesson = random_lesson(seed)
    for key in (False, True):
        source = sheet_source(lesson, key=key)
        assert not re.search(r"\b(nan|inf)\b", source)
        assert compiled(source, "pdf")


def test_a_number_that_cannot_be_worked_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("[[-0.8]]", "[[1.0e+200]]"), encoding="utf-8")
    result = bp("worksheet", "small.yaml", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r"small\.yaml: .*C.* not a finite number.*\n", result.stderr), result.stderr
    assert not (tmp_path / "media" / "worksheets" / "small").exists()


def test_an_update_is_asked_for_where_it_follows_from_the_sheet() -> None:
    def titles(**more: object) -> list[str]:
        data = {
            "title": "T",
            "network": {"sizes": [1, 1], "activations": "sigmoid", "weights": [[[0.3]]], "biases": [[0.1]]},
            "cost": "squared_error",
            "examples": [{"x": [0.6], "y": [1.0]}, {"x": [0.2], "y": [0.0]}],
            "chapters": ["cost_tree"],
        }
        return [task.title for task in tasks(lesson_from({**data, **more}).trace())]

    assert "The update" in titles(training={"learning_rate": 0.1, "batch_size": 1})
    assert "The update" not in titles()
    assert "The update" not in titles(training={"learning_rate": 0.1, "batch_size": 1, "optimizer": "adam"})
    penalised = {"function": "squared_error", "l2": 0.1}
    assert "The update" not in titles(training={"learning_rate": 0.1, "batch_size": 1}, cost=penalised)


def test_where_more_examples_make_the_step_the_sheet_has_that_of_its_own_alone() -> None:
    """A lesson says nothing of batches: its film steps by all examples, which nobody works out by hand."""
    for focus in (0, 1):
        data = {
            "title": "T",
            "network": {"sizes": [1, 1], "activations": "sigmoid", "weights": [[[0.3]]], "biases": [[0.1]]},
            "cost": "squared_error",
            "examples": [{"x": [0.6], "y": [1.0]}, {"x": [0.2], "y": [0.0]}],
            "training": {"learning_rate": 0.5},
            "chapters": ["cost_tree"],
            "focus": focus,
        }
        lesson = lesson_from(data)
        *_, update = tasks(lesson.trace())
        assert update.title == "The update"
        assert "alone" in update.words
        slope = lesson.trace().examples[focus].layer(1).dC_dw[0][0]
        weight, _ = update.blanks
        assert str(weight.quantity) == "new(w[1][0][0])"
        assert evaluate(weight.quantity, update.trace) == pytest.approx(0.3 - 0.5 * slope, abs=1e-15)
        assert evaluate(weight.quantity, lesson.trace()) != pytest.approx(0.3 - 0.5 * slope, abs=1e-3)


def test_the_key_answers_whether_the_cost_is_lower(tmp_path: Path) -> None:
    network = {"sizes": [1, 1], "activations": "linear", "weights": [[[0.5]]], "biases": [[0.0]]}
    examples = [{"x": [1.0], "y": [1.5]}, {"x": [2.0], "y": [1.0]}]
    data = {"title": "T", "network": network, "cost": "squared_error", "examples": examples, "chapters": ["cost_tree"]}
    lesson = lesson_from({**data, "training": {"learning_rate": 0.125}})
    told = []
    for key in (True, False):
        path = tmp_path / "sheet.pdf"
        path.write_bytes(compiled(sheet_source(lesson, key=key), "pdf")[0])
        told.append(text_of(path))
    # a = 0.5, C = 1, both slopes are -2: w becomes 0.75, b 0.25, a 1, and C 0.25
    assert re.search(r"With the new values: \S+ = 0\.2500 ", told[0]), told[0]
    assert "With the new values:" in told[1]
    assert "rounded to" not in told[1]
    assert "0.2500" not in told[1]


def test_layers_have_names_that_are_right_in_any_notation() -> None:
    source = sheet_source(three_layers(), key=False)
    assert "tanh in hidden layer 1, ReLU in hidden layer 2, softmax in the output layer" in source
    assert "These numbers are rounded to four decimals" in source
    assert "How far are the outputs from their targets?" in source
    # weights stand in the rows of their matrices
    neurons, cost, errors, parameters = "2" * 9, "1", "234", "244332"
    assert "".join(re.findall(r"#rows\((\d), 7mm", source)) == neurons + cost + errors + parameters * 2


def three_layers() -> Lesson:
    network = {"sizes": [2, 4, 3, 2], "activations": ["tanh", "relu", "softmax"]}
    data = {
        "title": "T",
        "network": {**network, "init": {"scheme": "xavier", "seed": 1}},
        "cost": "cross_entropy",
        "examples": [{"x": [0.5, 1.0], "y": [1.0, 0.0]}],
        "training": {"learning_rate": 0.1},
        "look": {"notation": "delta"},
        "chapters": ["cost_tree"],
    }
    return lesson_from(data)


def test_what_comes_out_is_no_rounding(tmp_path: Path) -> None:
    """1.5 * 0.8 - 0.5 * 0.5 - 0.4 is 0.55, though not to the last bit."""
    network = {"sizes": [2, 1], "activations": "sigmoid", "weights": [[[1.5, -0.5]]], "biases": [[-0.4]]}
    examples = {"csv": "students.csv", "inputs": ["sleep", "study"], "targets": ["passed"]}
    (tmp_path / "students.csv").write_text("sleep,study,passed\n0.8,0.5,1\n", "utf-8")
    data = {"title": "T", "network": network, "cost": "squared_error", "examples": examples, "chapters": ["cost_tree"]}
    (tmp_path / "exam.yaml").write_text(yaml.safe_dump(data), "utf-8")
    path = tmp_path / "key.pdf"
    path.write_bytes(compiled(sheet_source(load(tmp_path / "exam.yaml"), key=True), "pdf")[0])
    key = text_of(path)
    assert "= 0.5500" in key
    assert re.search(r"= ?0\.8 sleep", key), "an input's column is its name"


def test_a_network_too_large_to_work_out_by_hand_is_refused(tmp_path: Path) -> None:
    result = bp("worksheet", "what_examples_want", "two_two_one", "--out", "out", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert re.search(r"what_examples_want\.yaml: a worksheet asks .* at most 40 .* has [\d,]+$", line)
    assert not list(tmp_path.iterdir())
