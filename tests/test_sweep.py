"""Sweeps: the same numbers as one by one, to the last bit."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bp_core.costs import Cost
from bp_core.errors import NumberError, QuantityError
from bp_core.network import Example, Network
from bp_core.quantities import C, Derivative, Index, J, Quantity, a, b, d, delta, w, x, y, z
from bp_core.sweep import sweep, sweep_each, sweep_grid
from bp_core.trace import Trace, trace
from bp_core.training import Training
from tests.random_lessons import lesson, lessons

VALUES = st.lists(st.floats(-3, 3), min_size=1, max_size=5)


def quantities(trace: Trace) -> list[Quantity]:
    """One of every kind, at the ends of the network."""
    sizes, L = trace.sizes, trace.L
    parameters = list(trace.network.parameters())
    found: list[Quantity] = [C, J, x(0), y(0), delta(1, 0), d(C, a(0, 0)), d(C, a(L, 0)), d(C, z(1, 0))]
    found += [node(l, sizes[l] - 1) for l in range(1, L + 1) for node in (z, a)]
    found += [parameters[0], parameters[-1], Derivative(a(L, 0), z(L, sizes[L] - 1)), d(z(1, 0), w(1, 0, 0))]
    found += [d(z(L, 0), a(L - 1, 0)), d(z(L, 0), w(L, 0, 0)), d(z(1, 0), b(1, 0)), C.at_example(0)]
    return found + [d(cost, each) for cost in (C, J) for each in (parameters[0], parameters[-1])]


@settings(max_examples=60)
@given(lessons(), VALUES, st.integers(0, 99))
def test_exactly_as_one_by_one(trace: Trace, values: list[float], choice: int) -> None:
    parameters = list(trace.network.parameters())
    parameter = parameters[choice % len(parameters)]
    points = [trace.with_parameters({parameter: value}) for value in values]
    for quantity in quantities(trace):
        swept = sweep(trace, parameter, values, quantity)
        assert swept.tolist() == [point.value(quantity) for point in points], quantity
    each = sweep_each(trace, parameter, values, quantities(trace))
    assert each.tolist() == [[point.value(quantity) for point in points] for quantity in quantities(trace)]


@settings(max_examples=30)
@given(lessons(), VALUES, VALUES)
def test_a_grid_exactly_as_one_by_one(trace: Trace, first: list[float], second: list[float]) -> None:
    parameters = list(trace.network.parameters())
    one, other = parameters[0], parameters[-1]
    for quantity in (C, J, d(J, one), a(trace.L, 0)):
        grid = sweep_grid(trace, {one: first, other: second}, quantity)
        expected = [[trace.with_parameters({one: u, other: v}).value(quantity) for v in second] for u in first]
        assert grid.tolist() == expected


def test_two_parameters_of_one_layer() -> None:
    trace = lesson((3, 4, 2))
    grid = sweep_grid(trace, {w(1, 2, 0): [0.1, 0.2], w(1, 2, 1): [0.3, 0.4, 0.5]}, C)
    assert grid.shape == (2, 3)
    assert grid[1, 2] == trace.with_parameters({w(1, 2, 0): 0.2, w(1, 2, 1): 0.5}).value(C)


def test_in_pieces_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    trace, values = lesson((3, 4, 2), m=5), np.linspace(-1, 1, 101)
    whole = sweep(trace, w(1, 0, 0), values, J)
    monkeypatch.setattr(sys.modules[sweep.__module__], "_PIECE", 140)
    assert sweep(trace, w(1, 0, 0), values, J).tolist() == whole.tolist()


def test_of_a_trained_network() -> None:
    trace = lesson((2, 3, 1), training=Training(0.5, 3)).at_step(2)
    assert sweep(trace, w(1, 0, 0), [trace.value(w(1, 0, 0))], J).tolist() == [trace.J]


def test_capital_l_is_the_last_layer() -> None:
    trace = lesson((2, 3, 1))
    last = Index("L")
    assert sweep(trace, w(last, 0, 1), [0.5], a(last, 0)).tolist() == sweep(trace, w(2, 0, 1), [0.5], a(2, 0)).tolist()


def test_no_values_are_no_numbers() -> None:
    assert sweep(lesson((1, 1)), w(1, 0, 0), [], C).shape == (0,)


@pytest.mark.parametrize("parameter", [w(2, 0, 0), a(1, 0), C])
def test_only_parameters_of_the_network_are_swept(parameter: Quantity) -> None:
    with pytest.raises(QuantityError):
        sweep(lesson((2, 3)), parameter, [0.0], C)  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [[np.nan], [np.inf], [[1.0]]])
def test_values_are_a_row_of_finite_numbers(values: list[float]) -> None:
    with pytest.raises(ValueError, match="the values of a sweep are rows of finite numbers"):
        sweep(lesson((2, 3)), w(1, 0, 0), values, C)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (C, r"z\[2\]\[0\]@0 is not a finite number where w\[1\]\[0\]\[0\] = 1e\+200"),
        (a(2, 0), r"z\[2\]\[0\]@0 is not a finite number where w\[1\]\[0\]\[0\] = 1e\+200"),
        (J, r"J is not a finite number where w\[1\]\[0\]\[0\] = 1e\+200"),
        (d(J, b(1, 0)), r"dJ/dw\[1\]\[0\]\[0\] is not a finite number where w\[1\]\[0\]\[0\] = 1e\+200"),
    ],
)
def test_an_overflow_is_named_with_its_place(quantity: Quantity, message: str) -> None:
    network = Network([[[1.0]], [[1e150]]], [[0.0], [0.0]], "linear")
    huge = trace(network, Cost("squared_error"), [Example([1.0], [0.0])])
    with pytest.raises(NumberError, match=message):
        sweep(huge, w(1, 0, 0), [1e-3, 1e200], quantity)


def test_a_factor_beyond_float64_is_an_error_where_it_is_asked_for() -> None:
    sure = trace(Network([[[0.0]]], [[0.0]], "sigmoid"), Cost("binary_cross_entropy"), [Example([1.0], [1.0])])
    assert sweep(sure, w(1, 0, 0), [-1e4, 0.0], delta(1, 0)).tolist() == [-1.0, -0.5]
    with pytest.raises(NumberError, match=r"dC/da\[1\]\[0\] is not a finite number where w\[1\]\[0\]\[0\] = -10000.0"):
        sweep(sure, w(1, 0, 0), [-1e4, 0.0], d(C, a(1, 0)))
