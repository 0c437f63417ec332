"""Costs: value, derivative and formula of each record agree, and each is the cost of its table."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.costs import COSTS, Cost, cost_derivative_formula, cost_formula
from bp_core.equations import evaluate
from bp_core.nodes import Number, SumOver, Symbol
from bp_core.output import output_of
from bp_core.quantities import C, a, d
from tests.complex_step import COMPLEX_COSTS, complex_step
from tests.random_lessons import lesson

A, Y = np.array([0.8, 0.3]), np.array([1.0, 0.25])
BY_HAND = {
    "squared_error": 0.2**2 + 0.05**2,
    "half_squared_error": (0.2**2 + 0.05**2) / 2,
    "mean_squared_error": (0.2**2 + 0.05**2) / 2,
    "binary_cross_entropy": -(math.log(0.8) + 0.25 * math.log(0.3) + 0.75 * math.log(0.7)),
    "cross_entropy": -(math.log(0.8) + 0.25 * math.log(0.3)),
}
SHARES = st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5)


@pytest.mark.parametrize("name", sorted(COSTS))
def test_the_value_is_that_of_the_table(name: str) -> None:
    assert COSTS[name].value(A, Y) == pytest.approx(BY_HAND[name], rel=1e-15)


@pytest.mark.parametrize("name", sorted(COSTS))
@given(outputs=SHARES, seed=st.integers(0, 2**32 - 1))
def test_the_derivative_is_that_of_the_value(name: str, outputs: list[float], seed: int) -> None:
    at = np.array(outputs)
    y = np.random.default_rng(seed).random(len(outputs))
    expected = complex_step(lambda u: COMPLEX_COSTS[name](u, y), at)
    np.testing.assert_allclose(COSTS[name].derivative(at, y), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", sorted(COSTS))
def test_rows_are_taken_one_by_one(name: str) -> None:
    rng = np.random.default_rng(1)
    outputs, targets = rng.random((2, 3, 4)), rng.random((2, 3, 4))
    for at in np.ndindex(2, 3):
        assert COSTS[name].value(outputs, targets)[at] == COSTS[name].value(outputs[at], targets[at])


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy"])
def test_what_is_not_asked_for_costs_nothing(name: str) -> None:
    cost = COSTS[name]
    assert cost.value(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0
    assert cost.derivative(np.array([1.0, 0.0]), np.array([1.0, 0.0])).tolist()[0] == -1.0
    assert np.isinf(cost.derivative(np.array([0.0, 1.0]), np.array([1.0, 0.0]))[0])


class TestFormulas:
    @pytest.mark.parametrize("name", sorted(COSTS))
    @pytest.mark.parametrize("n", [1, 3])
    def test_they_say_what_is_computed(self, name: str, n: int) -> None:
        output = COSTS[name].output_activation or "tanh"
        trace = lesson((2, 3, n), ("tanh", output), name)
        cost, sizes = trace.cost, trace.network.sizes
        assert evaluate(cost_formula(cost, sizes), trace) == pytest.approx(trace.value(C), rel=1e-13)
        for j in range(n):
            slope = evaluate(cost_derivative_formula(cost, 2, j, sizes), trace)
            assert slope == pytest.approx(trace.value(d(C, a(2, j))), rel=1e-12)

    def test_one_output_needs_no_sum(self) -> None:
        assert str(cost_formula(Cost("squared_error"), (1, 1, 1, 1))) == "(a[3][0] - y[0])^2"
        assert str(cost_formula(Cost("mean_squared_error"), (2, 2, 1))) == "(a[2][0] - y[0])^2"
        assert str(cost_derivative_formula(Cost("mean_squared_error"), 2, 0, (2, 2, 1))) == "2 * (a[2][0] - y[0])"
        for name in COSTS:
            assert not any(isinstance(node, SumOver) for node in cost_formula(Cost(name), (2, 1)).walk())

    def test_several_outputs_are_summed_over_j(self) -> None:
        assert str(cost_formula(Cost("squared_error"), (3, 4, 2))) == "sum(j, (a[2][j] - y[j])^2)"
        assert str(cost_formula(Cost("mean_squared_error"), (3, 4, 2))) == "sum(j, (a[2][j] - y[j])^2) / n[2]"
        assert str(cost_derivative_formula(Cost("squared_error"), 2, 1, (3, 4, 2))) == "2 * (a[2][1] - y[1])"

    def test_no_symbol_is_left(self) -> None:
        for name in COSTS:
            assert not any(isinstance(node, Symbol) for node in cost_formula(Cost(name), (3, 2)).walk())

    def test_the_2_of_the_derivative_is_a_number_of_the_formula(self) -> None:
        assert Number(2) in cost_derivative_formula(Cost("squared_error"), 1, 0, (1, 1)).walk()


class TestCost:
    def test_the_names_are_checked(self) -> None:
        with pytest.raises(ValueError, match="no cost is called 'mse'; there are squared_error"):
            Cost("mse")

    @pytest.mark.parametrize("l2", [-0.1, math.inf, math.nan])
    def test_the_penalty_is_checked(self, l2: float) -> None:
        with pytest.raises(ValueError, match="l2 is a number from 0 upwards"):
            Cost("squared_error", l2)

    @pytest.mark.parametrize(
        ("cost", "activation"), [("cross_entropy", "sigmoid"), ("binary_cross_entropy", "softmax")]
    )
    def test_a_cross_entropy_goes_with_its_own_outputs(self, cost: str, activation: str) -> None:
        with pytest.raises(ValueError, match=f"{cost} goes with .* outputs, not with {activation}"):
            output_of(cost, activation)
