"""Gradients of random networks against two other computations: complex steps and two-sided differences."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from bp_core.gradient_check import check_gradients
from bp_core.network import joined
from bp_core.quantities import C
from bp_core.trace import Trace
from tests.complex_step import complex_step, example_cost, total_cost
from tests.random_lessons import lessons

#: In parts of the largest number; and what is lost whatever one does: where an output is sure and right, a − y is a
#: difference of numbers close to 1, each known to some 10⁻¹⁶.
TOLERANCE, ROUNDING = 1e-10, 1e-14


def agree(computed: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two gradients do."""
    return bool(np.abs(computed - expected).max() <= TOLERANCE * np.abs(expected).max() + ROUNDING)


@given(lessons())
def test_the_gradient_of_the_mean_cost_by_complex_steps(trace: Trace) -> None:
    computed = joined([layer.dJ_dw for layer in trace.average.layers], [layer.dJ_db for layer in trace.average.layers])
    expected = complex_step(lambda vector: total_cost(trace, vector), trace.network.vector)
    assert agree(computed, expected)


@given(lessons())
def test_the_gradients_of_the_examples_by_complex_steps(trace: Trace) -> None:
    for number, example in enumerate(trace.examples):
        computed = joined([layer.dC_dw for layer in example.layers], [layer.dC_db for layer in example.layers])
        expected = complex_step(lambda vector, e=number: example_cost(trace, vector, e), trace.network.vector)
        assert agree(computed, expected)


@given(lessons())
def test_both_by_two_sided_differences(trace: Trace) -> None:
    for of in (C, C.at_example(0)):
        assert all(check.agrees for check in check_gradients(trace, of))
    checks = check_gradients(trace)
    assert all(check.agrees for check in checks)
    if not {"relu", "leaky_relu"} & set(trace.network.activations):
        assert len(checks) == trace.network.parameter_count


@given(lessons())
def test_the_example_s_factors_multiply_to_delta(trace: Trace) -> None:
    for example in trace.examples:
        for layer in example.layers:
            product = layer.dC_da @ layer.da_dz if layer.da_dz.ndim == 2 else layer.dC_da * layer.da_dz
            np.testing.assert_allclose(layer.delta, product, rtol=1e-9, atol=1e-13)
