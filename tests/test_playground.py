"""A TensorFlow Playground URL as a lesson."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_script.errors import TextError
from bp_script.lesson import Lesson, LessonErrors, lesson_from, load
from bp_script.playground import read_playground
from bp_script.playground_data import DATASETS, REGRESSIONS
from bp_script.schema import lesson_schema

ADDRESS = "https://playground.tensorflow.org/#"
#: As a browser copies it.
WHOLE = (
    f"{ADDRESS}activation=relu&regularization=L2&batchSize=20&dataset=spiral&regDataset=reg-plane&learningRate=0.03"
    "&regularizationRate=0.001&noise=15&networkShape=6,3&seed=0.91979&showTestData=false&discretize=false"
    "&percTrainData=40&x=true&y=true&xTimesY=true&xSquared=false&ySquared=false&cosX=false&sinX=true&cosY=false"
    "&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false&discretize_hide=true"
)


def lesson(url: str, **more: Any) -> Lesson:
    return lesson_from({"title": "From the Playground", "playground": url, "chapters": ["cost_tree"]} | more)


def test_a_whole_url() -> None:
    made = lesson(WHOLE)
    assert made.network.sizes == (4, 6, 3, 1)
    assert made.network.activations == ("relu", "relu", "tanh")
    assert len(made.examples) == 200
    assert made.training is not None
    assert (made.training.learning_rate, made.training.batch_size, made.training.optimizer) == (0.03, 20, "sgd")
    assert (made.cost.function, made.cost.l2) == ("half_squared_error", 0.001 * 200)
    x = np.array([example.x for example in made.examples])
    np.testing.assert_array_equal(x[:, 2:], np.stack([x[:, 0] * x[:, 1], np.sin(x[:, 0])], axis=1))
    assert all(abs(W).max() <= 0.5 for W in made.network.weights)
    assert {bias for b in made.network.biases for bias in b.tolist()} == {0.1}


def test_what_is_left_out_is_the_playgrounds_own() -> None:
    made = lesson(ADDRESS + "seed=7")
    assert made.network.sizes == (2, 4, 2, 1)
    assert made.network.activations == ("tanh", "tanh", "tanh")
    assert len(made.examples) == 250
    assert made.training is not None
    assert (made.training.learning_rate, made.training.batch_size) == (0.03, 10)
    assert (made.cost.function, made.cost.l2) == ("half_squared_error", 0.0)


def test_a_regression() -> None:
    made = lesson(ADDRESS + "problem=regression&regDataset=reg-gauss&activation=sigmoid&networkShape=&initZero=true")
    assert made.network.sizes == (2, 1)
    assert made.network.activations == ("linear",)
    assert not made.network.vector.any()
    assert len(made.examples) == 600


def test_the_seed_says_the_numbers() -> None:
    one, same, other = (read_playground(f"{ADDRESS}seed={seed}") for seed in ("0.5", "0.5", "0.6"))
    assert one == same
    assert one["network"]["weights"] != other["network"]["weights"]
    assert one["examples"] != other["examples"]


def test_what_the_lesson_says_goes_first() -> None:
    made = lesson(WHOLE, training={"learning_rate": 1.0, "epochs": 2}, examples=[{"x": [1, 2, 2, 0], "y": [1]}])
    assert made.training is not None
    assert made.training.learning_rate == 1.0
    assert len(made.examples) == 1
    assert made.network.sizes == (4, 6, 3, 1)


@pytest.mark.parametrize(
    ("url", "at", "message"),
    [
        ("https://example.org/#activation=tanh", "https", "expected https://playground.tensorflow.org/#activation=…"),
        (ADDRESS + "activation=swish", "swish", "expected relu, tanh, sigmoid or linear as activation; got 'swish'"),
        (ADDRESS + "activation=sigmiod", "sigmiod", "got 'sigmiod'; did you mean 'sigmoid'?"),
        (ADDRESS + "seed=1&activaton=tanh", "activaton", "got 'activaton'; did you mean 'activation'?"),
        (ADDRESS + "seed=1&seed=2", "seed=2", "expected each key once; got 'seed' again"),
        (ADDRESS + "seed=1&noise", "noise", "expected a value, as in noise=…; got 'noise'"),
        (ADDRESS, "", "expected a key of the Playground; got ''"),
        (ADDRESS + "noise=-1", "-1", "expected a number from 0 to 100 as noise; got '-1'"),
        (ADDRESS + "noise=nan", "nan", "expected a number from 0 to 100 as noise; got 'nan'"),
        (ADDRESS + "learningRate=0", "0", "as learningRate; got '0'"),
        (ADDRESS + "batchSize=2.5", "2.5", "expected a whole number from 1 to 1,200 as batchSize; got '2.5'"),
        (
            ADDRESS + "networkShape=4,0",
            "4,0",
            "expected neurons of at most 14 hidden layers, such as 4,2, as networkSh",
        ),
        (ADDRESS + "networkShape=" + ",".join("2" * 15), "2,2", "expected neurons of at most 14 hidden layers"),
        (ADDRESS + "seed=abc", "abc", "expected a whole number, or one such as 0.91979, as seed; got 'abc'"),
        (ADDRESS + "dataset=circles", "circles", "got 'circles'; did you mean 'circle'?"),
        (ADDRESS + "x=yes", "yes", "expected true or false as x; got 'yes'"),
        (ADDRESS + "y=false&x=false", "false", "expected at least one of the inputs x, y, xSquared"),
        (ADDRESS + "regularizationRate=1&regularization=L1", "L1", "expected none or L2, lessons have no L1,"),
    ],
)
def test_what_the_playground_has_not_is_refused(url: str, at: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        read_playground(url)
    assert message in caught.value.message
    assert url[caught.value.offset :].startswith(at)


def test_mistakes_say_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f'title: T\nplayground: "{ADDRESS}noise=5&activation=swish"\nchapters: [cost_tree]\n', "utf-8")
    with pytest.raises(LessonErrors) as caught:
        load(file)
    column = len(f'playground: "{ADDRESS}noise=5&activation=') + 1
    assert str(caught.value) == (
        f"{file}:2:{column}: playground: expected relu, tanh, sigmoid or linear as activation; got 'swish'"
    )


@given(st.text(alphabet="activonseed=&,.0123-", max_size=60))
def test_any_url_is_read_or_refused(rest: str) -> None:
    with contextlib.suppress(TextError):
        assert read_playground(ADDRESS + rest)["network"]


@pytest.mark.parametrize("name", [*DATASETS, *REGRESSIONS])
def test_the_data(name: str) -> None:
    draw = (DATASETS | REGRESSIONS)[name]
    x, y, labels = draw(np.random.default_rng(1), 400, 0.0)
    assert x.shape == y.shape == labels.shape == (400,)
    if name in DATASETS:
        assert sorted(set(labels)) == [-1.0, 1.0]
        assert abs(labels.sum()) < 80
    expected = {
        "circle": np.where(np.hypot(x, y) < 2.5, 1.0, -1.0),
        "xor": np.sign(x * y),
        "reg-plane": (x + y) / 10,
    }
    if name in expected:
        np.testing.assert_allclose(labels, expected[name])
    noisy = draw(np.random.default_rng(1), 400, 0.5)
    assert not all(np.array_equal(clean, other) for clean, other in zip((x, y, labels), noisy, strict=True))


def test_hills_and_valleys() -> None:
    x, y, labels = REGRESSIONS["reg-gauss"](np.random.default_rng(1), 4000, 0.0)
    top = np.hypot(x + 4, y - 2.5) < 0.2
    pit = np.hypot(x, y - 2.5) < 0.2
    assert top.any()
    assert (labels[top] > 0.9).all()
    assert pit.any()
    assert (labels[pit] < -0.9).all()
    assert (labels[np.hypot(x, y) < 0.4] == 0).all()


def test_the_schema_knows_both_ways() -> None:
    schema = lesson_schema({})
    assert schema["required"] == ["title", "chapters"]
    assert schema["anyOf"] == [{"required": ["network", "cost", "examples"]}, {"required": ["playground"]}]
