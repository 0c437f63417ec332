"""Matrices entry by entry: what NumPy computes with whole arrays, and equations that hold or are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bp_core import vectorised
from bp_core.equations import evaluate
from bp_core.errors import EquationError
from bp_core.matrices import Accumulated, MatrixEquation, MatrixExpression, Outer, Slopes, Vector, Weights, with_layer
from bp_core.quantities import C, Index
from bp_core.trace import Trace
from tests.random_lessons import lesson, lessons

SEVERAL = lesson((3, 4, 3, 2), ("tanh", "sigmoid", "sigmoid"), "binary_cross_entropy", m=5)
CLASSES = lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy", l2=0.1, m=100)
SOFT_SQUARES = lesson((2, 3, 2), ("relu", "softmax"), "half_squared_error")
CHAIN = lesson((1, 1, 1), "tanh")


def array(matrix: MatrixExpression, trace: Trace) -> np.ndarray:
    rows, columns = matrix.rows.places(trace.sizes), matrix.columns.places(trace.sizes)
    return np.array([[evaluate(matrix.entry(row, column), trace) for column in columns] for row in rows])


def theta(trace: Trace, layer: int) -> np.ndarray:
    return np.column_stack([trace.network.biases[layer - 1], trace.network.weights[layer - 1]])


def with_bias(a: np.ndarray) -> np.ndarray:
    return np.concatenate([[1.0], a])[:, None]


def activations(trace: Trace, layer: int, example: int | None = None) -> np.ndarray:
    record = trace.examples[trace.focus if example is None else example]
    return record.x if layer == 0 else record.layer(layer).a


@pytest.mark.parametrize("trace", [SEVERAL, CLASSES, SOFT_SQUARES, CHAIN])
def test_the_algorithm_with_whole_arrays(trace: Trace) -> None:
    for layer in range(1, trace.L + 1):
        record = trace.examples[trace.focus].layer(layer)
        z = theta(trace, layer) @ with_bias(activations(trace, layer - 1))
        assert array(vectorised.weighted_sum(layer).right, trace) == pytest.approx(z, abs=1e-12)
        assert record.z == pytest.approx(z[:, 0], abs=1e-12)
        assert array(vectorised.activation(trace, layer).right, trace)[:, 0] == pytest.approx(record.a, abs=1e-12)
        outer = record.delta[:, None] @ with_bias(activations(trace, layer - 1)).T
        assert array(Outer(layer), trace) == pytest.approx(outer, abs=1e-12)
    for layer in range(1, trace.L):
        after, here = trace.examples[trace.focus].layer(layer + 1), trace.examples[trace.focus].layer(layer)
        back = theta(trace, layer + 1)[:, 1:].T @ after.delta * here.da_dz
        assert array(vectorised.delta_recursion(layer).right, trace)[:, 0] == pytest.approx(back, abs=1e-12)


@pytest.mark.parametrize("trace", [SEVERAL, CLASSES])
def test_what_all_examples_add_up_to(trace: Trace) -> None:
    for layer in range(1, trace.L + 1):
        steps = [
            trace.examples[e].layer(layer).delta[:, None] @ with_bias(activations(trace, layer - 1, e)).T
            for e in range(len(trace.examples))
        ]
        assert array(Accumulated(layer), trace) == pytest.approx(sum(steps), abs=1e-12)
        assert array(Accumulated(layer, upto=2), trace) == pytest.approx(steps[0] + steps[1], abs=1e-12)
        assert not array(Accumulated(layer, upto=0), trace).any()
        penalty = trace.cost.l2 * np.column_stack([np.zeros(trace.sizes[layer]), trace.network.weights[layer - 1]])
        gradient = (sum(steps) + penalty) / len(trace.examples)
        assert array(Slopes(layer), trace) == pytest.approx(gradient, abs=1e-12)
        assert array(Slopes(layer, of=C.at_example(1)), trace) == pytest.approx(steps[1], abs=1e-12)


@pytest.mark.parametrize("trace", [SEVERAL, CLASSES, SOFT_SQUARES, CHAIN])
def test_every_statement_holds(trace: Trace) -> None:
    equations = [
        vectorised.weighted_sum(),
        vectorised.activation(trace),
        vectorised.activation(trace, trace.L),
        vectorised.output_delta(trace),
        vectorised.delta_recursion(),
        vectorised.example_slopes(),
        vectorised.example_slopes(1, example=1),
        *(vectorised.accumulation(trace.L, example) for example in range(2)),
    ]
    for equation in equations:
        equation.check(trace)
        for entry in equation.entries(trace, 5):
            entry.check(trace)


@settings(max_examples=15)
@given(lessons().filter(lambda trace: trace.L > 1))
def test_the_recursion_holds_on_any_network(trace: Trace) -> None:
    vectorised.weighted_sum().check(trace)
    vectorised.output_delta(trace).check(trace)
    vectorised.delta_recursion().check(trace)


def test_a_wrong_statement_is_refused() -> None:
    forgotten = MatrixEquation(Vector("z", 1), Weights(1, bias=False) @ Vector("a", 0))
    with pytest.raises(EquationError, match=r"z\[1\]\[0\] is"):
        forgotten.check(SEVERAL)
    with pytest.raises(EquationError):
        MatrixEquation(Vector("delta", 3), Vector("y", 3) - Vector("a", 3)).check(SEVERAL)


def test_shapes_have_to_fit() -> None:
    with pytest.raises(ValueError, match="columns of the left"):
        Weights(2) @ Vector("a", 1)
    with pytest.raises(ValueError, match="not of one shape"):
        Vector("a", 1) - Vector("a", 2)
    with pytest.raises(ValueError, match="not of one shape"):
        MatrixEquation(Vector("z", 1), Vector("z", 2))


def test_forms() -> None:
    assert str(vectorised.weighted_sum(2)) == "z[2] = Theta[2] @ (1, a[1])"
    assert [str(e) for e in vectorised.delta_recursion(1).equations()] == [
        "delta[1][j] = sum(p, w[2][p][j] * delta[2][p]) * sigma'[1](z[1][j])"
    ]
    assert str(vectorised.output_delta(CLASSES)) == "delta[2] = a[2] - y"
    assert str(vectorised.output_delta(SOFT_SQUARES)) == "delta[2] = da[2]/dz[2]^T @ dC/da[2]"
    assert str(vectorised.accumulation(2, 1)) == (
        "Delta[2] after 2 examples = Delta[2] after 1 examples + delta[2]@1 @ (1, a[1]@1)^T"
    )
    written_out = (Weights(1) @ Vector("a", 0, bias=True)).written_out(0, 0, (2, 1))  # type: ignore[attr-defined]
    assert str(written_out) == "b[1][0] * 1 + w[1][0][0] * a[0][0] + w[1][0][1] * a[0][1]"
    general = vectorised.delta_recursion(Index("l"))
    assert str(with_layer(general.right, "l", 1)) == str(vectorised.delta_recursion(1).right)
