"""The JSON of a trace, to the letter, for every kind of lesson; its numbers read back as they were."""

from __future__ import annotations

import functools
import json
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.optimizers import OPTIMIZERS
from bp_core.quantities import C
from bp_core.trace import Trace, trace
from bp_core.trace_json import trace_json
from bp_core.training import Training
from tests.random_lessons import lesson, lessons


def read_back(trace: Trace) -> dict[str, Any]:
    text = json.dumps(trace_json(trace), allow_nan=False)
    found: dict[str, Any] = json.loads(text)
    return found


def same(written: Any, array: np.ndarray) -> bool:
    """Whether the numbers are the same float64, the sign of zero included."""
    return np.asarray(written, dtype=np.float64).tobytes() == np.ascontiguousarray(array).tobytes()


@given(lessons())
def test_every_number_reads_back_as_it_was(trace: Trace) -> None:
    found = read_back(trace)
    assert list(found) == ["version", "network", "cost", "examples", "average", "steps"]
    assert found["version"] == 1
    network = found["network"]
    assert list(network) == ["sizes", "activations", "weights", "biases"]
    assert network["sizes"] == list(trace.sizes)
    assert network["activations"] == list(trace.network.activations)
    assert all(map(same, network["weights"], trace.network.weights))
    assert all(map(same, network["biases"], trace.network.biases))
    assert found["cost"] == {"function": trace.cost.function, "l2": trace.cost.l2}
    assert len(found["examples"]) == len(trace.examples)
    for written, example in zip(found["examples"], trace.examples, strict=True):
        assert list(written) == ["x", "y", "C", "layers"]
        assert same(written["x"], example.x)
        assert same(written["y"], example.y)
        assert written["C"] == example.C
        for numbers, layer in zip(written["layers"], example.layers, strict=True):
            assert list(numbers) == ["z", "a", "da_dz", "dC_da", "delta", "dC_dw", "dC_db"]
            for name, value in numbers.items():
                assert same(value, getattr(layer, name)), name
    assert list(found["average"]) == ["J", "layers"]
    assert found["average"]["J"] == trace.J
    for numbers, average in zip(found["average"]["layers"], trace.average.layers, strict=True):
        assert list(numbers) == ["dJ_dw", "dJ_db"]
        assert same(numbers["dJ_dw"], average.dJ_dw)
        assert same(numbers["dJ_db"], average.dJ_db)
    assert [step["epoch"] for step in found["steps"]] == [0]


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("shuffle", [False, True])
def test_the_steps_are_the_training(optimizer: str, *, shuffle: bool) -> None:
    training = Training(0.1, 2, 2, optimizer, shuffle, seed=4)
    trained = lesson((2, 3, 2), ("tanh", "softmax"), "cross_entropy", m=5, l2=0.1, training=training)
    steps = read_back(trained)["steps"]
    assert list(steps[0]) == ["epoch", "batch", "J", "weights", "biases"]
    assert [step["epoch"] for step in steps] == [0, 1, 1, 1, 2, 2, 2]
    assert steps[0]["batch"] == []
    for epoch in (1, 2):
        batches = [step["batch"] for step in steps if step["epoch"] == epoch]
        assert [len(batch) for batch in batches] == [2, 2, 1]
        assert sorted(functools.reduce(operator.iadd, batches, [])) == list(range(5))
    for k, step in enumerate(steps):
        there = trained.at_step(k)
        assert step["J"] == there.J
        assert all(map(same, step["weights"], there.network.weights))
        assert all(map(same, step["biases"], there.network.biases))


def test_the_shape_of_softmax_s_slope() -> None:
    found = read_back(lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy"))
    first, last = found["examples"][0]["layers"]
    assert np.shape(first["da_dz"]) == (3,)
    assert np.shape(last["da_dz"]) == (3, 3)
    share = last["a"]
    assert last["da_dz"][0][1] == pytest.approx(-share[0] * share[1], rel=1e-15)


def test_a_factor_beyond_float64_is_null_and_nothing_else_is() -> None:
    network = Network([[[-1e4], [0.0], [3.0]]], [[0.0, 0.0, 0.0]], "softmax")
    sure = trace(network, Cost("cross_entropy"), [Example([1.0], [1.0, 0.0, 0.0])])
    layer = read_back(sure)["examples"][0]["layers"][0]
    assert layer["dC_da"] == [None, 0.0, 0.0]
    assert read_back(sure)["examples"][0]["C"] == sure.value(C) > 1e4
    assert layer["delta"][0] == -1.0
    assert all(number is not None for name in ("z", "a", "delta", "dC_db") for number in layer[name])


def test_whole_numbers_stay_floats() -> None:
    plain = trace(Network([[[1]]], [[0]], "linear"), Cost("squared_error", 0), [Example([1], [1])])
    text = json.dumps(trace_json(plain))
    assert '"weights": [[[1.0]]]' in text
    assert '"l2": 0.0' in text
