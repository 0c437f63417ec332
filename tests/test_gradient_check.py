"""The gradient check agrees with what is right, refuses what is wrong, and knows where there is no derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.costs import Cost
from bp_core.errors import NumberError
from bp_core.gradient_check import TOLERANCE, Difference, GradientCheck, check_gradients, two_sided
from bp_core.network import Example, Network
from bp_core.quantities import C, J, b, d, w
from bp_core.trace import Trace, trace
from tests.random_lessons import HIDDEN, lesson


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_the_differences_are_good_to_many_digits(activation: str, scale: float) -> None:
    checks = check_gradients(lesson((3, 5, 4, 2), activation, l2=0.1, m=6, scale=scale))
    assert max(check.error for check in checks) < 1e-7


def test_each_entry_says_what_was_compared() -> None:
    trace = lesson((2, 2, 1), l2=0.5)
    checks = check_gradients(trace)
    assert [check.quantity for check in checks] == [d(J, parameter) for parameter in trace.network.parameters()]
    for check in checks:
        assert check.analytic == trace.value(check.quantity)
        assert check.numeric == pytest.approx(check.analytic, rel=1e-8)
        assert check.agrees


def test_of_an_example() -> None:
    trace = lesson((2, 2, 1), m=3)
    assert check_gradients(trace, C)[0].analytic == trace.value(d(C, w(1, 0, 0)))
    assert check_gradients(trace, C.at_example(0))[0].quantity == d(C, w(1, 0, 0)).at_example(0)
    assert check_gradients(trace, C.at_example(0))[0].analytic == trace.examples[0].layer(1).dC_dw[0, 0]


def test_agreement_is_six_digits() -> None:
    assert GradientCheck(d(J, b(1, 0)), 1.0, 1.0, TOLERANCE).agrees
    assert not GradientCheck(d(J, b(1, 0)), 1.0, 1.0, 2 * TOLERANCE).agrees
    assert not GradientCheck(d(J, b(1, 0)), 1.0, 1.0, math.nan).agrees


@given(st.floats(1e-5, 1), st.sampled_from([1, -1]), st.integers(0, 99))
def test_the_smallest_fault_is_seen(size: float, sign: int, choice: int) -> None:
    """A derivative that is off in its fifth digit, or by more, is not taken for right."""
    right = lesson((2, 3, 2), l2=0.1, m=2)
    names = list(right.network.parameters())
    at = names[choice % len(names)]

    class Wrong(Trace):
        def value(self, quantity, step=0):  # type: ignore[no-untyped-def]
            off = 1 + sign * size if quantity == d(J, at) else 1
            return super().value(quantity, step) * off

    wrong = Wrong(right.steps, right.training, right.focus)
    assert [check.quantity.by for check in check_gradients(wrong) if not check.agrees] == [at]


class TestKinks:
    def test_where_there_is_no_derivative_nothing_is_compared(self) -> None:
        """Of two inputs on the kink of relu one moves z and one does not."""
        network = Network([[[0.0, 0.0]]], [[0.0]], "relu")
        at_kink = trace(network, Cost("squared_error"), [Example([1.0, 0.0], [1.0])])
        assert [check.quantity.by for check in check_gradients(at_kink)] == [w(1, 0, 1)]

    @pytest.mark.parametrize("near", [1e-2, 1e-4, 1e-5, -1e-5, -1e-3])
    def test_a_kink_nearby_does_no_harm(self, near: float) -> None:
        network = Network([[[1.0]]], [[-1.0 + near]], "relu")
        close = trace(network, Cost("squared_error"), [Example([1.0], [1.0])])
        checks = check_gradients(close)
        assert len(checks) == 2
        assert all(check.agrees for check in checks)

    @pytest.mark.parametrize("near", [3e-8, 1e-7, 4e-7, 6e-7, 1e-6, 1.5e-6, 1.9e-6, 2e-6, 3e-6])
    @pytest.mark.parametrize("side", [1, -1])
    @pytest.mark.parametrize("name", ["relu", "leaky_relu"])
    def test_a_kink_too_near_for_differences_is_no_mistake(self, name: str, side: int, near: float) -> None:
        network = Network([[[0.7]]], [[-0.7 + side * near]], name)
        checks = check_gradients(trace(network, Cost("squared_error"), [Example([1.0], [0.3])]))
        assert all(check.agrees for check in checks)

    def test_a_smooth_place_is_no_kink(self) -> None:
        flat = trace(Network([[[0.0]]], [[0.0]], "tanh"), Cost("squared_error"), [Example([1.0], [0.0])])
        assert [check.analytic for check in check_gradients(flat)] == [0.0, 0.0]


def test_a_large_network_is_sampled_evenly() -> None:
    trace = lesson((10, 20, 10, 2), m=2)
    names = list(trace.network.parameters())
    found = [names.index(check.quantity.by) for check in check_gradients(trace, limit=50)]
    assert len(found) == 50
    assert (found[0], found[-1]) == (0, len(names) - 1)
    assert max(np.diff(found)) <= 2 + len(names) // 50


def test_what_is_not_finite_is_an_error() -> None:
    network = Network([[[1e200]]], [[0.0]], "linear")
    with pytest.raises(NumberError, match="is not a finite number"):
        check_gradients(trace(network, Cost("squared_error"), [Example([1.0], [0.0])]))


def test_the_plain_difference_at_one_step() -> None:
    trace = lesson((2, 3, 2), "tanh", l2=0.3, m=4)
    for parameter, checked in zip(trace.network.parameters(), check_gradients(trace), strict=True):
        plain = two_sided(trace, parameter, 1e-4)
        assert plain.quantity == checked.quantity
        assert plain.above == trace.nudged({parameter: 1e-4}).J
        assert plain.numeric == pytest.approx(checked.numeric, rel=1e-5)
        assert plain.error == pytest.approx(0.0, abs=1e-5)
    one = two_sided(trace, w(1, 0, 0), 1e-3, C.at_example(0))
    assert one.analytic == trace.examples[0].layer(1).dC_dw[0, 0]
    assert Difference(d(J, b(1, 0)), 0.5, 2.0, 1.0, 2.0).error == 0.5
    assert Difference(d(J, b(1, 0)), 0.5, 1.0, 1.0, 0.0).error == 0.0
