"""Every kind of mistake in a lesson, and the line it gets."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from bp_script.errors import LessonError, LessonErrors, did_you_mean, place_of, shown
from bp_script.fields import EquationText, NarrationText, ParameterName
from bp_script.lesson import lesson_from, load

LESSON = """\
version: 1
title: Two layers
network:
  sizes: [3, 2, 1]
  activations: sigmoid
  weights:
    - [[1, 2, 3], [4, 5, 6]]
    - [[7, 8]]
  biases: [[0, 1], [2]]
cost: squared_error
examples:
  - {x: [1, 2, 3], y: [1]}
  - {x: [4, 5, 6], y: [0]}
focus: 1
training: {learning_rate: 0.5, epochs: 3, batch_size: 1}
look: {notation: superscript, theme: dark}
chapters:
  - cost_tree
  - nudge: {by: 0.2}
"""


class NudgeParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parameter: ParameterName = "w[L][0][0]"
    by: float = 0.1
    say: NarrationText | None = None
    equation: EquationText | None = None


KNOWN = {"cost_tree": NudgeParameters, "nudge": NudgeParameters}

Mistakes = Callable[..., list[str]]


@pytest.fixture
def mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mistakes:
    monkeypatch.chdir(tmp_path)

    def of(*changes: tuple[str, str], text: str | bytes = LESSON) -> list[str]:
        for old, new in changes:
            assert isinstance(text, str)
            assert text.count(old) == 1, f"{old!r} is not there once"
            text = text.replace(old, new)
        Path("m.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(LessonErrors) as caught:
            load("m.yaml", KNOWN)
        return str(caught.value).splitlines()

    return of


def test_the_lesson_itself_is_right(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(LESSON)
    assert load(tmp_path / "m.yaml", KNOWN).title == "Two layers"


_ACTIVATIONS = "expected sigmoid, tanh, relu, leaky_relu, softplus, linear or softmax"
_ROWS = "7:7: network.weights[0]: expected 2 rows of 3 numbers, for the layer of 2 neurons after 3; got 3 rows of 2"
_COSTS = "expected squared_error, half_squared_error, mean_squared_error, binary_cross_entropy or cross_entropy"
_KEYS = "expected version, title, playground, network, cost, examples, focus, training, look, voice or chapters"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # keys
        ("title: Two", "titel: Two", f"2:1: titel: {_KEYS}; got 'titel'; did you mean 'title'?"),
        ("focus: 1", "focus: 1\nFocus: 1", f"15:1: Focus: {_KEYS}; got 'Focus'; did you mean 'focus'?"),
        ("focus: 1", "? focus\n: 1\n1: 2", f"16:1: ['1']: {_KEYS}; got '1'"),
        ("focus: 1", "focus: 1\nfocus: 0", "15:1: focus: expected each key once; got it again after line 14"),
        ("title: Two layers\n", "", "1:1: title: expected the lesson's title; got nothing, and it is required"),
        ("version: 1", "version: 2", "1:10: version: expected 1; got 2"),
        # texts
        ("Two layers", "2017", "2:8: title: expected a text; got 2017; a text that looks like a number needs quotes"),
        ("Two layers", "", "2:7: title: expected a text; got nothing"),
        ("Two layers", "' '", "2:8: title: expected a text; got an empty one"),
        ("Two layers", "[a, b]", "2:8: title: expected a text; got a list of 2 items"),
        ("Two layers", '"a\\x07b"', "2:8: title: expected a text without control characters; got U+0007"),
        ("Two layers", "a" * 2001, "2:8: title: expected at most 2,000 characters; got 2,001"),
        # network
        ("sizes: [3, 2, 1]", "sizes: 3", "4:10: network.sizes: expected a list; got 3"),
        ("[3, 2, 1]", "[3]", "4:10: network.sizes: expected at least 2 layers; got 1"),
        ("[3, 2, 1]", f"[{'1, ' * 17}]", "4:10: network.sizes: expected at most 16 layers; got 17"),
        ("[3, 2, 1]", "[3, 0, 1]", "4:14: network.sizes[1]: expected a whole number from 1 to 4,096; got 0"),
        ("[3, 2, 1]", "[3, 4097, 1]", "4:14: network.sizes[1]: expected a whole number from 1 to 4,096; got 4097"),
        ("[3, 2, 1]", "[3, 2.0, 1]", "4:14: network.sizes[1]: expected a whole number; got 2.0"),
        ("[3, 2, 1]", "[3, true, 1]", "4:14: network.sizes[1]: expected a whole number; got true"),
        (
            "[3, 2, 1]",
            "[4096, 4096]",
            "4:10: network.sizes: expected at most 1,000,000 weights and biases; got 16,781,312",
        ),
        (
            "  sizes: [3, 2, 1]\n",
            "",
            "4:3: network.sizes: expected neurons of each layer, the input first; got nothing",
        ),
        ("sigmoid", "sigmiod", f"5:16: network.activations: {_ACTIVATIONS}; got 'sigmiod'; did you mean 'sigmoid'?"),
        (
            "sigmoid",
            "[sigmoid, Tanh]",
            f"5:26: network.activations[1]: {_ACTIVATIONS}; got 'Tanh'; did you mean 'tanh'?",
        ),
        ("sigmoid", "3", f"5:16: network.activations: {_ACTIVATIONS}; got 3"),
        (
            "sigmoid",
            "[tanh]",
            "5:16: network.activations: expected 2 activations, one for each layer after the input; got 1",
        ),
        (
            "sigmoid",
            "[softmax, linear]",
            "5:17: network.activations[0]: expected softmax for the last layer only; got it for layer 1",
        ),
        (
            "sigmoid",
            "softmax",
            "5:16: network.activations: expected softmax for the last layer only, as in [sigmoid, softmax]; got",
        ),
        (
            "- [[1, 2, 3], [4, 5, 6]]",
            "- [[1, 2], [3, 4], [5, 6]]",
            _ROWS,
        ),
        (
            "- [[1, 2, 3], [4, 5, 6]]",
            "- [[1, 2, 3], [4, 5]]",
            "7:19: network.weights[0][1]: expected 3 numbers, one for each neuron of the layer before; got 2",
        ),
        (
            "- [[7, 8]]",
            "- [[7], [8, 9]]",
            "8:7: network.weights[1]: expected 1 row of 2 numbers, for the layer of 1 neuron after 2; got 2 rows of",
        ),
        (
            "- [[7, 8]]",
            "- []",
            "8:7: network.weights[1]: expected 1 row of 2 numbers, for the layer of 1 neuron after 2; got none",
        ),
        (
            "    - [[7, 8]]\n",
            "",
            "7:5: network.weights: expected 2 lists, one for each layer after the input; got 1",
        ),
        ("[[7, 8]]", "[[7, x]]", "8:12: network.weights[1][0][1]: expected a number; got 'x'"),
        (
            "[[7, 8]]",
            "[[7, .nan]]",
            "8:12: network.weights[1][0][1]: expected a finite number; got .nan",
        ),
        ("[[7, 8]]", "[[7, 1e999]]", "8:12: network.weights[1][0][1]: expected a finite number; got .inf"),
        ("[[7, 8]]", "[7]", "8:8: network.weights[1][0]: expected a list; got 7"),
        (
            "[[0, 1], [2]]",
            "[[0, 1], [2, 3]]",
            "9:20: network.biases[1]: expected 1 number, for the layer of 1 neuron; got 2",
        ),
        (
            "[[0, 1], [2]]",
            "[[0, 1]]",
            "9:11: network.biases: expected 2 lists, one for each layer after the input; got 1",
        ),
        ("  biases: [[0, 1], [2]]\n", "", "4:3: network.biases: expected biases beside weights; got nothing"),
        (
            "  biases: [[0, 1], [2]]\n",
            "  init: {scheme: he}\n",
            "6:3: network.weights: expected init without weights; got both",
        ),
        (
            "  biases: [[0, 1], [2]]\n",
            "  biases: [[0, 1], [2]]\n  bias: 1\n",
            "10:3: network.bias: expected sizes, activations, weights, biases, init or file; got 'bias'; did you mean",
        ),
        # cost
        ("squared_error", "sqared_error", f"10:7: cost: {_COSTS}; got 'sqared_error'; did you mean 'squared_error'?"),
        ("squared_error", "[squared_error]", f"10:7: cost: {_COSTS}; got a list of 1 item"),
        ("squared_error", "{l2: 1}", "10:7: cost.function: expected the cost of one example; got nothing, and it is"),
        (
            "squared_error",
            "{function: squared_error, l2: -1}",
            "10:37: cost.l2: expected a number from 0 upwards; got -1",
        ),
        (
            "squared_error",
            "cross_entropy",
            "10:7: cost: expected softmax outputs for cross_entropy; got sigmoid; binary_cross_entropy goes with",
        ),
        # examples
        ("x: [1, 2, 3]", "x: 1", "12:9: examples[0].x: expected a list; got 1"),
        ("x: [1, 2, 3]", "x: [1, 2]", "12:9: examples[0].x: expected 3 numbers, one for each input; got 2"),
        ("x: [1, 2, 3]", "x: [1, 2, '3']", "12:16: examples[0].x[2]: expected a number; got '3'"),
        ("y: [0]", "y: [0, 1]", "13:23: examples[1].y: expected 1 number, one for each output; got 2"),
        ("y: [0]", "z: [0]", "13:5: examples[1].y: expected its targets; got nothing, and it is required"),
        (", y: [0]", "", "13:5: examples[1].y: expected its targets; got nothing, and it is required"),
        ("{x: [4, 5, 6], y: [0]}", "5", "13:5: examples[1]: expected a mapping with x or y; got 5"),
        # numbers that depend on others
        ("focus: 1", "focus: 2", "14:8: focus: expected the number of an example, from 0 to 1; got 2"),
        ("focus: 1", "focus: -1", "14:8: focus: expected a whole number from 0 upwards; got -1"),
        (
            "batch_size: 1",
            "batch_size: 3",
            "15:55: training.batch_size: expected a number from 1 to 2, the examples there are; got 3",
        ),
        ("batch_size: 1", "batch_size: 0", "15:55: training.batch_size: expected a whole number from 1 upwards; got 0"),
        ("learning_rate: 0.5", "learning_rate: 0", "15:27: training.learning_rate: expected a number above 0; got 0"),
        (
            "learning_rate: 0.5, ",
            "",
            "15:11: training.learning_rate: expected η, the length of a step; got nothing, and it is required",
        ),
        ("epochs: 3", "epochs: 1e3", "15:40: training.epochs: expected a whole number; got 1000.0"),
        (
            "epochs: 3",
            "epochs: 100001",
            "15:40: training.epochs: expected a whole number from 0 to 100,000; got 100001",
        ),
        (
            "batch_size: 1",
            "shuffle: yes",
            "15:52: training.shuffle: expected true or false; got 'yes'; did you mean 'true'?",
        ),
        (
            "batch_size: 1",
            "optimizer: Adam",
            "15:54: training.optimizer: expected sgd, momentum, nesterov or adam; got 'Adam'; did you mean 'adam'?",
        ),
        (
            "batch_size: 1",
            "beta1: 0.5",
            "15:43: training.beta1: expected beta1 only with the optimizer adam; got it with sgd",
        ),
        (
            "batch_size: 1",
            "optimizer: momentum, momentum: 1",
            "15:74: training.momentum: expected a number from 0 to below 1; got 1",
        ),
        ("batch_size: 1", "seed: -1", "15:49: training.seed: expected a whole number from 0 to"),
        # look
        (
            "superscript",
            "superscripts",
            "16:18: look.notation: expected superscript, delta, from_to or worked; got 'superscripts'; did you mean",
        ),
        ("theme: dark", "aspect: 4:3", "16:39: look.aspect: expected 16:9, 9:16 or 1:1; got '4:3'"),
        (
            "theme: dark",
            "language: German",
            "16:41: look.language: expected a language: en or de, or another tag such as pt-BR; got 'German'; did you",
        ),
        ("theme: dark", "decimals: 13", "16:41: look.decimals: expected a whole number from 0 to 12; got 13"),
        # chapters
        (
            "- cost_tree",
            "- cost_tre",
            "18:5: chapters[0]: expected a chapter, as `bp chapters` lists them; got 'cost_tre'",
        ),
        (
            "- nudge: {by",
            "- nudg: {by",
            "19:5: chapters[1].nudg: expected a chapter, as `bp chapters` lists them; got 'nudg'",
        ),
        ("- cost_tree", "- 3", "18:5: chapters[0]: expected a chapter's name, or a name with its parameters; got 3"),
        ("{by: 0.2}", "0.2", "19:12: chapters[1].nudge: expected the chapter's parameters, a mapping; got 0.2"),
        (
            "  - nudge: {by: 0.2}",
            "  - nudge:\n    by: 0.2",
            "19:5: chapters[1]: expected one chapter with its parameters indented below its name; got the keys",
        ),
        ("{by: 0.2}", "{bye: 0.2}", "19:13: chapters[1].nudge.bye: expected parameter, by, say or equation; got 'bye'"),
        ("{by: 0.2}", "{by: far}", "19:17: chapters[1].nudge.by: expected a number; got 'far'"),
        (
            "{by: 0.2}",
            "\n      say: >\n        The cost\n        is {c:.2f}.\n",
            "22:13: chapters[1].nudge.say: expected a quantity, a constant or a function",
        ),
        (
            "{by: 0.2}",
            '{say: "it\'s\\t{a[3][0]}"}',
            "19:26: chapters[1].nudge.say: expected a layer from 0 to 2; got 3 in a[3][0]",
        ),
        (
            "{by: 0.2}",
            "{equation: 'C = C + (1'}",
            "19:34: chapters[1].nudge.equation: expected ')'; got the end of the text",
        ),
        ("{by: 0.2}", "{parameter: 'a[1][0]'}", "19:25: chapters[1].nudge.parameter: expected a weight or a bias"),
    ],
)
def test_a_mistake_has_its_line(mistakes: Mistakes, old: str, new: str, expected: str) -> None:
    found = mistakes((old, new))
    assert any(mistake.startswith(f"m.yaml:{expected}") for mistake in found), "\n".join(found)
    # the key that is missing where another is misspelt is all that may come with it
    assert len(found) == 1 or (len(found) == 2 and any("is required" in mistake for mistake in found))


def test_all_mistakes_come_at_once_and_sorted(mistakes: Mistakes) -> None:
    found = mistakes(
        ("title: Two layers", "title: 3"),
        ("sigmoid", "sigmiod"),
        ("[4, 5, 6]]", "[4, 5]]"),
        ("- [[7, 8]]", "- [[7, x]]"),
        ("squared_error", "{function: squared_error, l1: 0}"),
        ("x: [1, 2, 3]", "x: [1, oops]"),
        ("y: [0]", "y: [0, 1]"),
        ("focus: 1", "focus: 9"),
        ("epochs: 3", "epochs: -3"),
        ("dark", "drak"),
        ("- cost_tree", "- cost_trees"),
        ("by: 0.2", "say: '{q}'"),
    )
    lines = [mistake.split(":")[1:4] for mistake in found]
    assert [(int(line), int(column)) for line, column, _ in lines] == sorted((int(n), int(c)) for n, c, _ in lines)
    assert [place.strip() for _, _, place in lines] == [
        "title",
        "network.activations",
        "network.weights[0][1]",
        "network.weights[1][0][1]",
        "cost.l1",
        "examples[0].x",
        "examples[0].x[1]",
        "examples[1].y",
        "focus",
        "training.epochs",
        "look.theme",
        "chapters[0]",
        "chapters[1].nudge.say",
    ]


def test_mistakes_of_form_come_with_the_others(mistakes: Mistakes) -> None:
    assert mistakes(("focus: 1", "focus: !x 7"), ("dark", "*none"), ("Two layers", "3")) == [
        "m.yaml:2:8: title: expected a text; got 3; a text that looks like a number needs quotes",
        "m.yaml:14:8: focus: expected no tag, a lesson is plain data; got '!x'",
        "m.yaml:16:38: look.theme: expected &none to stand before *none; got none",
    ]


@pytest.mark.parametrize("cost", ["cross_entropy", "binary_cross_entropy"])
def test_targets_are_held_to_the_cost(mistakes: Mistakes, cost: str) -> None:
    changes = [("squared_error", cost), ("y: [0]", "y: [-0.5]")]
    if cost == "cross_entropy":
        changes += [("sigmoid", "[sigmoid, softmax]"), ("y: [1]", "y: [0.9]")]
        expected = [
            "m.yaml:12:23: examples[0].y: expected targets that sum to 1, for cross_entropy; got 0.9",
            "m.yaml:13:23: examples[1].y: expected targets from 0 upwards, for cross_entropy; got -0.5",
        ]
    else:
        expected = ["m.yaml:13:23: examples[1].y: expected targets from 0 to 1, for binary_cross_entropy; got -0.5"]
    assert mistakes(*changes) == expected


def test_what_is_no_lesson_at_all(mistakes: Mistakes) -> None:
    start = f"m.yaml:1:1: {_KEYS.replace('expected', 'expected a mapping with')}"
    assert mistakes(text="") == [f"{start}; got nothing"]
    assert mistakes(text="# nothing\n") == [f"{start}; got nothing"]
    assert mistakes(text="hello") == [f"{start}; got 'hello'"]
    assert mistakes(text="[1]") == [f"{start}; got a list of 1 item"]
    assert mistakes(text=b"\xff\xfe\x00") == ["m.yaml:1:1: expected text in UTF-8; got the byte 0xff"]
    assert mistakes(text="a: é\nb: ".encode() + b"\xc3(") == ["m.yaml:2:4: expected text in UTF-8; got the byte 0xc3"]
    assert mistakes(text="a" * 10_000_001) == [
        "m.yaml: expected a file of at most 10 MB; got 'm.yaml', which is larger (bp … --limit megabytes=N allows more)"
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for name, message in [
        ("none.yaml", "none.yaml: expected a file that can be read; got 'none.yaml': No such file or directory"),
        ("pipe.yaml", "pipe.yaml: expected a file; got 'pipe.yaml', which is something else"),
        (".", "expected a file that can be read"),
        ("a\nb\x1b.yaml", "a\\nb\\x1b.yaml: expected a file that can be read"),
    ]:
        with pytest.raises(LessonErrors) as caught:
            load(tmp_path / name)
        assert message in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1


def test_no_message_carries_what_a_terminal_obeys(mistakes: Mistakes) -> None:
    evil = '"\\e[31m\\u202e' + "x" * 500 + '"'
    found = mistakes(
        ("dark", evil), ("squared_error", evil), ("focus: 1", f"focus: 1\n{evil}: 1"), ("- cost_tree", f"- {evil}")
    )
    assert len(found) == 4
    assert all(mistake.isprintable() and len(mistake) < 400 for mistake in found)


def test_more_mistakes_than_anyone_reads_are_cut(mistakes: Mistakes) -> None:
    rows = ", ".join(["a"] * 100_000)
    found = mistakes(("[[7, 8]]", f"[[{rows}]]"), ("- cost_tree", "\n".join(["- 3"] + ["  - 3"] * 100)))
    assert len(found) == 201
    assert found[-1].endswith("expected a lesson; got more mistakes than these")


def test_too_many_of_something(mistakes: Mistakes) -> None:
    assert mistakes(("  - cost_tree\n", "  - cost_tree\n" * 200)) == [
        "m.yaml:18:3: chapters: expected at most 200 chapters; got 201 (bp … --limit chapters=N allows more)"
    ]
    many = "  - {x: [1, 2, 3], y: [1]}\n" * 100_000
    assert mistakes(("  - {x: [1, 2, 3], y: [1]}\n", many)) == [
        "m.yaml:12:3: examples: expected at most 100,000 examples; got 100,001 (bp … --limit examples=N allows more)"
    ]


ACTIVATIONS_KEY = "one activation for all layers, or one for each layer after the input"


def test_a_lesson_built_in_python_has_places_without_lines() -> None:
    with pytest.raises(LessonErrors) as caught:
        lesson_from({"title": 3, "network": {"sizes": [1, 1]}, "chapters": [], "examples": []})
    assert str(caught.value).splitlines() == [
        "title: expected a text; got 3; a text that looks like a number needs quotes",
        f"network.activations: expected {ACTIVATIONS_KEY}; got nothing, and it is required",
        "cost: expected the cost function, or a mapping of function and l2; got nothing, and it is required",
        "examples: expected at least 1 example; got 0",
        "chapters: expected at least 1 chapter; got 0",
        "network: expected weights and biases, or init, or file; got none of them",
    ]


def test_the_words_of_messages() -> None:
    assert did_you_mean("cross_entropie", ["squared_error", "cross_entropy"]) == "; did you mean 'cross_entropy'?"
    assert did_you_mean("Leaky-ReLU", ["relu", "leaky_relu"]) == "; did you mean 'leaky_relu'?"
    assert did_you_mean("zebra", ["relu"]) == ""
    assert did_you_mean(3, ["relu"]) == ""
    assert place_of(("a b", 0, "c")) == "['a b'][0].c"
    values: list[object] = [True, None, 10**99, "x" * 99, {}, []]
    assert [shown(value) for value in values] == [
        "true",
        "nothing",
        "a number of very many digits",
        repr("x" * 60 + "…"),
        "an empty mapping",
        "an empty list",
    ]
    assert str(LessonError("a.b", "wrong", "m.yaml", 3, 4)) == "m.yaml:3:4: a.b: wrong"
