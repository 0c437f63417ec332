"""Activations: value, derivative and formula of each record agree, with each other and with exact arithmetic."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.activations import ACTIVATIONS, SOFTMAX_CROSS_DERIVATIVE, complement, softmax, softmax_derivative
from bp_core.equations import evaluate
from tests.complex_step import COMPLEX_ACTIVATIONS, complex_step
from tests.random_lessons import HIDDEN, lesson

if TYPE_CHECKING:
    from collections.abc import Callable

ORDINARY = st.floats(-30, 30).filter(lambda value: abs(value) > 1e-3)
EDGES = [-1e4, -745.2, -709.8, -40.0, -1e-300, -0.0, 0.0, 5e-324, 1e-9, 40.0, 709.8, 745.2, 1e4]


@pytest.mark.parametrize("name", HIDDEN)
@given(number=ORDINARY)
def test_the_derivative_is_that_of_the_value(name: str, number: float) -> None:
    expected = complex_step(lambda u: COMPLEX_ACTIVATIONS[name](u)[0], np.array([number]))
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(np.array([number])), expected, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("name", HIDDEN)
@given(number=ORDINARY)
def test_the_formulas_say_the_same(name: str, number: float) -> None:
    activation = ACTIVATIONS[name]
    value = float(activation.value(np.array([number]))[0])
    slope = float(activation.derivative(np.array([number]))[0])
    z = {"z": number}
    assert evaluate(activation.value_formula, None, bindings=z) == pytest.approx(value, rel=1e-12, abs=1e-13)
    assert evaluate(activation.derivative_formula, None, bindings=z) == pytest.approx(slope, rel=1e-9, abs=1e-12)
    if activation.derivative_from_value is not None:
        short = evaluate(activation.derivative_from_value, None, bindings={"a": value})
        assert short == pytest.approx(slope, rel=1e-9, abs=1e-12)


def test_which_derivatives_have_a_short_form() -> None:
    short = {name: str(record.derivative_from_value) for name, record in ACTIVATIONS.items()}
    assert short["sigmoid"] == "a * (1 - a)"
    assert short["tanh"] == "1 - a^2"


def test_the_formulas_of_softmax_say_the_same() -> None:
    trace = lesson((3, 4, 3), ("tanh", "softmax"), "cross_entropy")
    formulas, layer = ACTIVATIONS["softmax"], trace.examples[trace.focus].layer(2)
    for j in range(3):
        value = evaluate(formulas.value_formula, trace, bindings={"j": j})
        assert value == pytest.approx(layer.a[j], rel=1e-13)
        for i in range(3):
            formula = formulas.derivative_formula if i == j else SOFTMAX_CROSS_DERIVATIVE
            slope = evaluate(formula, trace, bindings={"i": i, "j": j})
            assert slope == pytest.approx(layer.da_dz[j, i], rel=1e-12)


def sigmoid(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def tanh(z: Decimal) -> Decimal:
    return 1 - 2 * sigmoid(-2 * z) if abs(z) > Decimal("1e-12") else z


def softplus(z: Decimal) -> Decimal:
    return (1 + z.exp()).ln() if z > -40 else z.exp() - (2 * z).exp() / 2


EXACT: dict[str, tuple[Callable[[Decimal], Decimal], Callable[[Decimal], Decimal]]] = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (tanh, lambda z: 4 * sigmoid(2 * z) * sigmoid(-2 * z)),
    "softplus": (softplus, sigmoid),
}


@pytest.mark.parametrize("name", sorted(EXACT))
@pytest.mark.parametrize("part", ["value", "derivative"])
def test_numbers_keep_their_digits_everywhere(name: str, part: str) -> None:
    points = np.array([*EDGES, *np.linspace(-745, 745, 61), *np.linspace(-3, 3, 31)])
    computed = getattr(ACTIVATIONS[name], part)(points)
    exact = EXACT[name][part == "derivative"]
    with localcontext(prec=60):
        expected = [float(exact(Decimal(z))) for z in points]
    np.testing.assert_allclose(computed, expected, rtol=2e-15, atol=1e-307)


@pytest.mark.parametrize("name", HIDDEN)
def test_nothing_overflows_or_warns(name: str) -> None:
    points = np.array(EDGES)
    for part in (ACTIVATIONS[name].value, ACTIVATIONS[name].derivative):
        assert np.isfinite(part(points)).all()


@pytest.mark.parametrize(("name", "left", "at", "right"), [("relu", 0, 0, 1), ("leaky_relu", 0.01, 0.01, 1)])
def test_the_slope_at_the_kink_is_that_from_the_left(name: str, left: float, at: float, right: float) -> None:
    points = np.array([-5e-324, -0.0, 0.0, 5e-324])
    assert ACTIVATIONS[name].derivative(points).tolist() == [left, at, at, right]


class TestSoftmax:
    @given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6))
    def test_the_values_are_shares(self, row: list[float]) -> None:
        a = softmax(np.array(row))
        assert np.all((a >= 0) & (a <= 1))
        assert a.sum() == pytest.approx(1, rel=1e-15)

    def test_ties_share_alike(self) -> None:
        assert softmax(np.array([7.0, 7.0])).tolist() == [0.5, 0.5]
        assert softmax(np.array([1e4, 1e4, -1e4])).tolist() == [0.5, 0.5, 0.0]

    def test_rows_are_taken_one_by_one(self) -> None:
        z = np.random.default_rng(0).normal(size=(2, 3, 4))
        for at in np.ndindex(2, 3):
            assert softmax(z)[at].tolist() == softmax(z[at]).tolist()
            assert softmax_derivative(z)[at].tolist() == softmax_derivative(z[at]).tolist()

    @given(st.lists(st.floats(-20, 20), min_size=1, max_size=5))
    def test_the_derivative_is_the_jacobian(self, row: list[float]) -> None:
        z = np.array(row)
        jacobian = softmax_derivative(z)
        for i in range(len(row)):
            expected = complex_step(lambda u, i=i: COMPLEX_ACTIVATIONS["softmax"](u)[i], z)
            np.testing.assert_allclose(jacobian[i], expected, rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(jacobian, jacobian.T, rtol=1e-14)

    def test_the_complement_of_a_share_close_to_1_keeps_its_digits(self) -> None:
        a = softmax(np.array([50.0, 0.0, 1.0]))
        assert a[0] == 1.0
        assert complement(a)[0] == pytest.approx(np.exp(-50) + np.exp(-49), rel=1e-15)
        assert complement(a)[1:].tolist() == [1.0, 1.0]


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ACTIVATIONS["sigmoid"] = ACTIVATIONS["tanh"]  # type: ignore[index]
