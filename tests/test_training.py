"""Training: batches, updates and optimizers against loops written out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.costs import Cost
from bp_core.errors import NumberError, QuantityError
from bp_core.network import Example, Network
from bp_core.optimizers import OPTIMIZERS
from bp_core.quantities import C, J, b, d, w
from bp_core.trace import Trace, trace
from bp_core.training import Training, train
from tests.complex_step import complex_step, total_cost
from tests.random_lessons import lesson

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIMIZER_KEYS: dict[str, dict[str, float]] = {
    "sgd": {},
    "momentum": {"momentum": 0.8},
    "nesterov": {"momentum": 0.8},
    "adam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
}


def batch_gradient(trace: Trace, vector: np.ndarray, batch: list[int]) -> np.ndarray:
    """The gradient of the batch's mean cost and the penalty of the whole data set, by complex steps."""
    return complex_step(lambda at: total_cost(trace, at, batch), vector)


def by_hand(trace: Trace, training: Training) -> Iterator[np.ndarray]:
    """The parameters after each update, one number of the formulas after the other."""
    theta = trace.network.vector.copy()
    m = len(trace.data)
    size = training.batch_size or m
    rng = np.random.default_rng(training.seed)
    velocity = first = second = np.zeros_like(theta)
    t = 0
    for _ in range(training.epochs):
        order = list(rng.permutation(m)) if training.shuffle else list(range(m))
        for start in range(0, m, size):
            t += 1
            g = batch_gradient(trace, theta, order[start : start + size])
            if training.optimizer == "sgd":
                step = g
            elif training.optimizer == "adam":
                first = training.beta1 * first + (1 - training.beta1) * g
                second = training.beta2 * second + (1 - training.beta2) * g**2
                unbiased = second / (1 - training.beta2**t)
                step = first / (1 - training.beta1**t) / (np.sqrt(unbiased) + training.epsilon)
            else:
                velocity = training.momentum * velocity + g
                step = velocity if training.optimizer == "momentum" else g + training.momentum * velocity
            theta = theta - training.learning_rate * step
            yield theta


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize(("batch_size", "shuffle"), [(None, False), (1, True), (2, True), (2, False), (3, True)])
def test_every_update_is_that_of_the_formulas(optimizer: str, batch_size: int | None, *, shuffle: bool) -> None:
    training = Training(0.1, 3, batch_size, optimizer, shuffle, seed=5, **OPTIMIZER_KEYS[optimizer])
    lesson_ = lesson((2, 3, 2), ("tanh", "softmax"), "cross_entropy", l2=0.2, m=5, training=training)
    expected = list(by_hand(lesson_, training))
    assert len(lesson_.steps) == 1 + len(expected)
    for step, theta in zip(list(lesson_.steps)[1:], expected, strict=True):
        np.testing.assert_allclose(step.network.vector, theta, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kept", [1, 40, 200, 1000])
def test_steps_that_are_not_kept_are_computed_again(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    training = Training(0.1, 5, 2, "adam", shuffle=True, seed=3)
    expected = [step.network.vector.tolist() for step in lesson((2, 1), m=5, training=training).steps]
    monkeypatch.setattr("bp_core.training._KEPT", kept)
    steps = lesson((2, 1), m=5, training=training).steps
    assert len(steps) == 16
    order = [15, *range(16), 3, 0, 7, 15, *reversed(range(16))]
    assert [steps[k].network.vector.tolist() for k in order] == [expected[k] for k in order]
    batches = [steps[k].batch for k in (1, 2, 3)]
    assert sorted(e for batch in batches for e in batch) == list(range(5))


def test_a_step_is_reached_without_those_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where they are not kept: step 5 is there although step 6 overflows."""
    monkeypatch.setattr("bp_core.training._KEPT", 1)
    network = Network([[[1.0]]], [[0.0]], "linear")
    steps = trace(network, Cost("squared_error"), [Example([1.0], [0.0])], Training(1e60, epochs=20)).steps
    assert math.isfinite(steps[5].network.parameter(w(1, 0, 0)))


def test_the_first_step_is_the_network_as_it_was() -> None:
    first = lesson((2, 1), training=Training(0.1)).steps[0]
    assert (first.number, first.epoch, first.batch, first.moment) == (0, 0, (), "")
    assert first.network.vector.tolist() == lesson((2, 1)).network.vector.tolist()


def test_epochs_and_batches() -> None:
    steps = lesson((2, 1), m=5, training=Training(0.1, epochs=2, batch_size=2)).steps
    assert [step.epoch for step in steps] == [0, 1, 1, 1, 2, 2, 2]
    assert [step.batch for step in steps] == [(), (0, 1), (2, 3), (4,), (0, 1), (2, 3), (4,)]
    assert steps[-1].moment == " after step 6 (epoch 2)"


@given(st.integers(1, 9), st.integers(0, 2**32 - 1), st.data())
def test_shuffling_takes_each_example_once_an_epoch(m: int, seed: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, m))
    steps = lesson((1, 1), m=m, training=Training(0.1, 3, size, shuffle=True, seed=seed)).steps
    rng = np.random.default_rng(seed)
    for epoch in (1, 2, 3):
        order = [e for step in steps if step.epoch == epoch for e in step.batch]
        assert order == rng.permutation(m).tolist()


def test_the_seed_makes_the_order() -> None:
    batches = [
        [step.batch for step in lesson((1, 1), m=9, training=Training(0.1, 2, 1, shuffle=True, seed=seed)).steps]
        for seed in (0, 0, 1)
    ]
    assert batches[0] == batches[1] != batches[2]


def test_capital_j_is_that_of_all_examples_at_that_moment() -> None:
    trained = lesson((2, 3, 1), l2=0.1, m=4, training=Training(0.5, 2, 1))
    for k, step in enumerate(trained.steps):
        assert trained.at_step(k).value(J) == step.J


def test_training_lowers_the_cost() -> None:
    steps = lesson((2, 3, 1), ("tanh", "sigmoid"), m=4, training=Training(0.2, 50)).steps
    assert all(after.J < before.J for before, after in zip(steps, list(steps)[1:], strict=False))


class TestTheNextUpdate:
    TRAINED = lesson((2, 3, 1), m=4, l2=0.1, training=Training(0.3, 2, 3, "adam", shuffle=True, seed=2))

    def test_it_is_the_one_training_takes(self) -> None:
        for k in range(len(self.TRAINED.steps) - 1):
            expected = self.TRAINED.steps[k + 1].network.vector.tolist()
            assert self.TRAINED.next_parameters(k).vector.tolist() == expected
            assert self.TRAINED.at_step(k).next_parameters().vector.tolist() == expected

    def test_after_the_end_it_is_the_one_training_would_take(self) -> None:
        longer = Training(0.3, 3, 3, "adam", shuffle=True, seed=2)
        expected = lesson((2, 3, 1), m=4, l2=0.1, training=longer).steps[5].network.vector
        assert len(self.TRAINED.steps) == 5
        assert self.TRAINED.next_parameters(4).vector.tolist() == expected.tolist()
        assert len(self.TRAINED.steps) == 5

    def test_at_nudged_parameters_the_batch_and_the_moments_are_the_same(self) -> None:
        training = Training(0.3, 2, 1, "momentum")
        trained = lesson((2, 3, 1), m=4, training=training)
        there = trained.at_step(2).nudged({w(1, 0, 0): 0.01})
        before, now = trained.steps[1].network.vector, trained.steps[2].network.vector
        velocity = (before - now) / 0.3
        slope = batch_gradient(there, there.network.vector, [2])
        expected = there.network.vector - 0.3 * (0.9 * velocity + slope)
        np.testing.assert_allclose(there.next_parameters().vector, expected, rtol=1e-12)

    def test_without_training_there_is_none(self) -> None:
        with pytest.raises(QuantityError, match="this lesson has no training, so there is no next update"):
            lesson((1, 1)).next_parameters()

    def test_no_epochs_still_have_a_next_update(self) -> None:
        trained = lesson((1, 1), m=1, training=Training(0.5, epochs=0))
        assert len(trained.steps) == 1
        expected = trained.value(w(1, 0, 0)) - 0.5 * trained.value(d(C, w(1, 0, 0)))
        assert trained.next_parameters().parameter(w(1, 0, 0)) == pytest.approx(expected, rel=1e-15)


class TestOverflow:
    EXAMPLE = Example([1.0], [0.0])

    def test_it_names_the_parameter_the_step_and_the_epoch(self) -> None:
        network = Network([[[1.0]]], [[0.0]], "linear")
        steps = trace(network, Cost("squared_error"), [self.EXAMPLE], Training(1e60, epochs=20)).steps
        with pytest.raises(NumberError, match=r"^w\[1\]\[0\]\[0\] after step 6 \(epoch 6\) is not a finite number$"):
            list(steps)
        assert math.isfinite(steps[2].network.parameter(w(1, 0, 0)))

    def test_it_names_the_cost_and_the_step(self) -> None:
        network = Network([[[1.0]]], [[0.0]], "linear")
        steps = trace(network, Cost("squared_error"), [self.EXAMPLE], Training(1e60, epochs=5)).steps
        with pytest.raises(NumberError, match=r"^J after step 3 \(epoch 3\) is not a finite number$"):
            [step.J for step in steps]

    def test_it_names_any_other_number_and_the_step(self) -> None:
        network = Network([[[1.0]]], [[0.0]], "linear")
        lesson_ = trace(network, Cost("squared_error"), [self.EXAMPLE], Training(1e60, epochs=5))
        with pytest.raises(NumberError, match=r"^C@0 after step 3 \(epoch 3\) is not a finite number$"):
            lesson_.value(C, 3)


def test_train_is_a_way_to_walk_the_steps() -> None:
    trained = lesson((2, 1), m=3, training=Training(0.1, 2, 2))
    examples = [Example(x, y) for x, y in zip(trained.data.x, trained.data.y, strict=True)]
    walked = list(train(trained.network, trained.cost, examples, Training(0.1, 2, 2)))
    assert [step.network.vector.tolist() for step in walked] == [step.network.vector.tolist() for step in trained.steps]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate is a number above 0, got 0.0"),
        ({"learning_rate": math.inf}, "learning_rate is a number above 0, got inf"),
        ({"learning_rate": 0.1, "epochs": -1}, "epochs is a number from 0 upwards"),
        ({"learning_rate": 0.1, "batch_size": 0}, "batch_size one from 1 upwards"),
        ({"learning_rate": 0.1, "optimizer": "rmsprop"}, "no optimizer is called 'rmsprop'; there are sgd, momentum"),
        ({"learning_rate": 0.1, "momentum": 1.0}, "momentum is a number from 0 to below 1, got 1.0"),
        ({"learning_rate": 0.1, "beta2": -0.1}, "beta2 is a number from 0 to below 1"),
        ({"learning_rate": 0.1, "epsilon": 0.0}, "epsilon is a number above 0, got 0.0"),
    ],
)
def test_what_makes_no_sense_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Training(**keys)


def test_biases_are_not_penalised() -> None:
    plain, penalised = (lesson((2, 3, 1), l2=l2, m=2, training=Training(0.1)) for l2 in (0.0, 5.0))
    for bias in (b(1, 0), b(2, 0)):
        assert plain.next_parameters().parameter(bias) == penalised.next_parameters().parameter(bias)
    assert plain.next_parameters().parameter(w(1, 0, 0)) != penalised.next_parameters().parameter(w(1, 0, 0))
