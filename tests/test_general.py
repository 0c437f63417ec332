"""The general equations: the forms they take, and that they hold on any network."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bp_core import averages, general
from bp_core.algorithm import general_equations
from bp_core.equations import Equation
from bp_core.errors import EquationError, NumberError
from bp_core.quantities import C, Index, a, b, d, w, z
from bp_core.trace import Trace
from bp_core.training import Training
from tests.random_lessons import lesson, lessons

L, k, l = Index("L"), Index("k"), Index("l")
CHAIN = lesson((1, 1, 1, 1), "sigmoid")
SEVERAL = lesson((3, 4, 2), "sigmoid")
BINARY = lesson((2, 3, 1), "sigmoid", "binary_cross_entropy", l2=0.1)
CLASSES = lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy", l2=0.1)
SOFT_SQUARES = lesson((2, 3, 2), ("relu", "softmax"), "half_squared_error")

LINEAR = lesson((2, 2, 1), ("sigmoid", "linear"))

FORMS: list[tuple[Trace, Equation, str]] = [
    (CHAIN, general.input_layer(0), "a[0][0] = x[0]"),
    (CHAIN, general.weighted_sum(CHAIN, 3, 0), "z[3][0] = w[3][0][0] * a[2][0] + b[3][0]"),
    (SEVERAL, general.weighted_sum(SEVERAL), "z[l][j] = sum(k, w[l][j][k] * a[l-1][k]) + b[l][j]"),
    (SEVERAL, general.weighted_sum(SEVERAL, 2, k), "z[2][k] = sum(i, w[2][k][i] * a[1][i]) + b[2][k]"),
    (SEVERAL, general.weighted_sum(SEVERAL, L, 0), "z[L][0] = sum(k, w[L][0][k] * a[L-1][k]) + b[L][0]"),
    (CHAIN, general.activation(CHAIN, L, 0), "a[L][0] = sigma[L](z[L][0])"),
    (CLASSES, general.activation(CLASSES), "a[l][j] = sigma[l](z[l][j])"),
    (CLASSES, general.activation(CLASSES, 2), "a[2][j] = exp(z[2][j]) / sum(i, exp(z[2][i]))"),
    (CHAIN, general.cost(CHAIN), "C = (a[3][0] - y[0])^2"),
    (SEVERAL, general.cost(SEVERAL), "C = sum(j, (a[2][j] - y[j])^2)"),
    (BINARY, general.cost(BINARY), "C = -(y[0] * ln(a[2][0]) + (1 - y[0]) * ln(1 - a[2][0]))"),
    (CHAIN, general.local_derivative(CHAIN, z(3, 0), w(3, 0, 0)), "dz[3][0]/dw[3][0][0] = a[2][0]"),
    (CHAIN, general.local_derivative(CHAIN, z(3, 0), b(3, 0)), "dz[3][0]/db[3][0] = 1"),
    (SEVERAL, general.local_derivative(SEVERAL, z(2, 1), a(1, 3)), "dz[2][1]/da[1][3] = w[2][1][3]"),
    (CHAIN, general.local_derivative(CHAIN, a(3, 0), z(3, 0)), "da[3][0]/dz[3][0] = sigma'[3](z[3][0])"),
    (SEVERAL, general.local_derivative(SEVERAL, a(2, 0), z(2, 1)), "da[2][0]/dz[2][1] = 0"),
    (CLASSES, general.local_derivative(CLASSES, a(2, 0), z(2, 0)), "da[2][0]/dz[2][0] = a[2][0] * (1 - a[2][0])"),
    (CLASSES, general.local_derivative(CLASSES, a(2, 0), z(2, 1)), "da[2][0]/dz[2][1] = -a[2][0] * a[2][1]"),
    (CHAIN, general.slope_in_formula(CHAIN, 3, 0), "da[3][0]/dz[3][0] = a[3][0] * (1 - a[3][0])"),
    (CLASSES, general.slope_in_formula(CLASSES, 1), "da[1][j]/dz[1][j] = 1 - a[1][j]^2"),
    (SOFT_SQUARES, general.slope_in_formula(SOFT_SQUARES, 1), "da[1][j]/dz[1][j] = step(z[1][j])"),
    (CLASSES, general.slope_in_formula(CLASSES, 2, 1), "da[2][1]/dz[2][1] = a[2][1] * (1 - a[2][1])"),
    (CHAIN, general.cost_derivative(CHAIN, 0), "dC/da[3][0] = 2 * (a[3][0] - y[0])"),
    (
        CHAIN,
        general.parameter_chain(CHAIN, w(3, 0, 0)),
        "dC/dw[3][0][0] = dz[3][0]/dw[3][0][0] * da[3][0]/dz[3][0] * dC/da[3][0]",
    ),
    (
        CLASSES,
        general.parameter_chain(CLASSES, b(2, 1)),
        "dC/db[2][1] = dz[2][1]/db[2][1] * sum(i, da[2][i]/dz[2][1] * dC/da[2][i])",
    ),
    (
        CHAIN,
        general.long_chain(CHAIN, b(2, 0)),
        "dC/db[2][0] = dz[2][0]/db[2][0] * da[2][0]/dz[2][0] * dz[3][0]/da[2][0] * da[3][0]/dz[3][0] * dC/da[3][0]",
    ),
    (
        SEVERAL,
        general.activation_chain(SEVERAL, a(1, k)),
        "dC/da[1][k] = sum(j, dz[2][j]/da[1][k] * da[2][j]/dz[2][j] * dC/da[2][j])",
    ),
    (
        CLASSES,
        general.activation_chain(CLASSES, a(l - 1, k)),
        "dC/da[l-1][k] = sum(j, dz[l][j]/da[l-1][k] * sum(i, da[l][i]/dz[l][j] * dC/da[l][i]))",
    ),
    (LINEAR, general.through_neurons(LINEAR, w(2, 0, 1)), "dC/dw[2][0][1] = dC/da[2][0] * da[2][0]/dw[2][0][1]"),
    (LINEAR, general.through_neurons(LINEAR, a(1, 1)), "dC/da[1][1] = dC/da[2][0] * da[2][0]/da[1][1]"),
    (SEVERAL, general.through_neurons(SEVERAL, a(1, k)), "dC/da[1][k] = sum(j, dC/da[2][j] * da[2][j]/da[1][k])"),
    (CLASSES, general.through_neurons(CLASSES, b(2, 1)), "dC/db[2][1] = sum(j, dC/da[2][j] * da[2][j]/db[2][1])"),
    (LINEAR, general.neuron_derivative(LINEAR, a(2, 0), w(2, 0, 1)), "da[2][0]/dw[2][0][1] = a[1][1]"),
    (LINEAR, general.neuron_derivative(LINEAR, a(2, 0), b(2, 0)), "da[2][0]/db[2][0] = 1"),
    (LINEAR, general.neuron_derivative(LINEAR, a(2, 0), a(1, 1)), "da[2][0]/da[1][1] = w[2][0][1]"),
    (
        LINEAR,
        general.neuron_derivative(LINEAR, a(1, 0), w(1, 0, 1)),
        "da[1][0]/dw[1][0][1] = sigma'[1](z[1][0]) * a[0][1]",
    ),
    (
        SEVERAL,
        general.neuron_derivative(SEVERAL, a(2, 1), a(1, k)),
        "da[2][1]/da[1][k] = sigma'[2](z[2][1]) * w[2][1][k]",
    ),
    (
        CLASSES,
        general.neuron_derivative(CLASSES, a(2, 0), w(2, 1, 2)),
        "da[2][0]/dw[2][1][2] = da[2][0]/dz[2][1] * a[1][2]",
    ),
    (
        CLASSES,
        general.neuron_derivative(CLASSES, a(2, 0), a(1, 2)),
        "da[2][0]/da[1][2] = sum(i, da[2][0]/dz[2][i] * w[2][i][2])",
    ),
    (
        CHAIN,
        general.parameter_derivative(CHAIN, w(3, 0, 0)),
        "dC/dw[3][0][0] = a[2][0] * sigma'[3](z[3][0]) * 2 * (a[3][0] - y[0])",
    ),
    (CHAIN, general.parameter_derivative(CHAIN, b(3, 0)), "dC/db[3][0] = sigma'[3](z[3][0]) * 2 * (a[3][0] - y[0])"),
    (
        CHAIN,
        general.parameter_derivative(CHAIN, w(1, 0, 0)),
        "dC/dw[1][0][0] = a[0][0] * sigma'[1](z[1][0]) * dC/da[1][0]",
    ),
    (
        CHAIN,
        general.activation_derivative(CHAIN, a(2, 0)),
        "dC/da[2][0] = w[3][0][0] * sigma'[3](z[3][0]) * 2 * (a[3][0] - y[0])",
    ),
    (
        SOFT_SQUARES,
        general.parameter_derivative(SOFT_SQUARES, b(2, 0)),
        "dC/db[2][0] = sum(i, da[2][i]/dz[2][0] * (a[2][i] - y[i]))",
    ),
    (SEVERAL, general.delta_chain(SEVERAL), "delta[l][j] = da[l][j]/dz[l][j] * dC/da[l][j]"),
    (SEVERAL, general.output_delta(SEVERAL), "delta[2][j] = sigma'[2](z[2][j]) * 2 * (a[2][j] - y[j])"),
    (BINARY, general.output_delta(BINARY, 0), "delta[2][0] = a[2][0] - y[0]"),
    (CLASSES, general.output_delta(CLASSES), "delta[2][j] = a[2][j] - y[j]"),
    (
        SEVERAL,
        general.delta_recursion(SEVERAL),
        "delta[l][j] = sigma'[l](z[l][j]) * sum(i, w[l+1][i][j] * delta[l+1][i])",
    ),
    (BINARY, general.delta_recursion(BINARY, 1), "delta[1][j] = sigma'[1](z[1][j]) * w[2][0][j] * delta[2][0]"),
    (SEVERAL, general.parameter_from_delta(w(2, 1, k)), "dC/dw[2][1][k] = delta[2][1] * a[1][k]"),
    (SEVERAL, general.parameter_from_delta(b(l, 0)), "dC/db[l][0] = delta[l][0]"),
    (SEVERAL, general.delta_is_derivative(1, 2), "delta[1][2] = dC/dz[1][2]"),
    (SEVERAL, averages.total_cost(SEVERAL), "J = mean(e, C@e)"),
    (
        BINARY,
        averages.total_cost(BINARY),
        "J = mean(e, C@e) + l2 / (2 * m) * sum(l, sum(j, sum(k, w[l][j][k]^2)))",
    ),
    (SEVERAL, averages.average(SEVERAL, w(2, 0, 0)), "dJ/dw[2][0][0] = mean(e, dC/dw[2][0][0]@e)"),
    (BINARY, averages.average(BINARY, w(2, 0, 0)), "dJ/dw[2][0][0] = mean(e, dC/dw[2][0][0]@e) + l2 / m * w[2][0][0]"),
    (BINARY, averages.average(BINARY, b(2, 0)), "dJ/db[2][0] = mean(e, dC/db[2][0]@e)"),
    (
        BINARY,
        averages.accumulation(BINARY, w(2, 0, k)),
        "dJ/dw[2][0][k] = (sum(e, delta[2][0]@e * a[1][k]@e) + l2 * w[2][0][k]) / m",
    ),
    (BINARY, averages.accumulation(BINARY, b(2, 0)), "dJ/db[2][0] = sum(e, delta[2][0]@e) / m"),
]


@pytest.mark.parametrize(("trace", "equation", "shown"), FORMS, ids=[shown for _, _, shown in FORMS])
def test_an_equation_takes_the_form_that_fits_and_holds(trace: Trace, equation: Equation, shown: str) -> None:
    assert str(equation) == shown
    equation.check(trace)


def test_what_is_not_one_step_away_has_no_local_derivative() -> None:
    for of, by in ((z(2, 0), w(1, 0, 0)), (z(2, 0), w(2, 1, 0)), (a(2, 0), z(1, 0)), (z(2, 0), a(2, 0)), (C, a(2, 0))):
        with pytest.raises(ValueError, match=r"is not computed from .* directly"):
            general.local_derivative(SEVERAL, of, by)


def test_of_several_ways_there_is_no_one_chain() -> None:
    with pytest.raises(ValueError, match="more than one way"):
        general.long_chain(SEVERAL, w(1, 0, 0))
    with pytest.raises(ValueError, match="more than one way"):
        general.long_chain(CHAIN, w(l, 0, 0))
    general.long_chain(lesson((4, 1, 1), "tanh"), w(1, 0, 3)).check(lesson((4, 1, 1), "tanh"))


class TestUpdate:
    @pytest.mark.parametrize(
        ("batch_size", "l2", "shown"),
        [
            (None, 0.0, "new(w[1][0][1]) = w[1][0][1] - eta * dJ/dw[1][0][1]"),
            (3, 0.4, "new(w[1][0][1]) = w[1][0][1] - eta * dJ/dw[1][0][1]"),
            (1, 0.0, "new(w[1][0][1]) = w[1][0][1] - eta * dC/dw[1][0][1]@0"),
            (1, 0.4, "new(w[1][0][1]) = w[1][0][1] - eta * (dC/dw[1][0][1]@0 + l2 / m * w[1][0][1])"),
            (2, 0.0, "new(w[1][0][1]) = w[1][0][1] - eta * ((dC/dw[1][0][1]@0 + dC/dw[1][0][1]@1) / 2)"),
        ],
    )
    def test_it_follows_the_gradient_of_its_batch(self, batch_size: int | None, l2: float, shown: str) -> None:
        trained = lesson((2, 3, 1), l2=l2, training=Training(0.3, epochs=2, batch_size=batch_size))
        assert str(averages.update(trained, w(1, 0, 1))) == shown
        for step in range(len(trained.steps) - 1):
            for parameter in trained.network.parameters():
                averages.update(trained, parameter, step).check(trained, step)

    def test_that_of_another_step_is_another(self) -> None:
        trained = lesson((2, 3, 1), training=Training(0.3, batch_size=2, shuffle=True, seed=3))
        first, second = averages.update(trained, b(2, 0), 0), averages.update(trained, b(2, 0), 1)
        with pytest.raises(EquationError):
            first.check(trained, 1)
        with pytest.raises(EquationError):
            second.check(trained, 0)

    def test_what_has_no_formula_is_refused(self) -> None:
        averages.update(lesson((2, 1), training=Training(0.3, optimizer="momentum")), b(1, 0)).check(
            lesson((2, 1), training=Training(0.3, optimizer="momentum"))
        )
        for optimizer, step in (("momentum", 1), ("nesterov", 0), ("adam", 0)):
            with pytest.raises(ValueError, match=f"{optimizer} goes by more than the gradient"):
                averages.update(lesson((2, 1), training=Training(0.3, optimizer=optimizer)), b(1, 0), step)
        with pytest.raises(ValueError, match="this lesson has no training"):
            averages.update(SEVERAL, b(1, 0))


@given(lessons())
@settings(max_examples=40)
def test_the_whole_algorithm_holds_on_any_network(any_lesson: Trace) -> None:
    for equation in general_equations(any_lesson).values():
        equation.check(any_lesson)


@given(lessons(scale=10.0))
@settings(max_examples=25)
def test_it_holds_where_neurons_saturate(any_lesson: Trace) -> None:
    for equation in general_equations(any_lesson).values():
        # A logarithm of 0 or a fraction by 0 cannot be shown, and says so; but nothing true is called false.
        with suppress(NumberError):
            equation.check(any_lesson)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, None]), st.booleans(), st.sampled_from([0.0, 0.5]))
@settings(max_examples=25)
def test_updates_hold_for_any_batches(seed: int, batch_size: int | None, shuffle: bool, l2: float) -> None:
    training = Training(0.1, epochs=2, batch_size=batch_size, shuffle=shuffle, seed=seed)
    trained = lesson((2, 3, 2), "sigmoid", "binary_cross_entropy", l2=l2, seed=seed, training=training)
    for step in range(len(trained.steps) - 1):
        for parameter in (w(l, Index("j"), k), b(l, Index("j"))):
            averages.update(trained, parameter, step).check(trained, step)


def test_the_catalogue_names_each_equation_once() -> None:
    shown = [str(equation) for equation in general_equations(SEVERAL).values()]
    assert len(set(shown)) == len(shown)
    assert str(general_equations(SEVERAL)["weight_chain"].left) == str(d(C, w(l, Index("j"), k)))
