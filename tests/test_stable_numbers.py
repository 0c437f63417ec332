"""Numbers hold where naive formulas overflow or lose their digits: z of ±10,000, outputs that round to 0 or 1."""

from __future__ import annotations

import json
import math
from decimal import Decimal, localcontext
from itertools import product

import numpy as np
import pytest

from bp_core.costs import COSTS, Cost
from bp_core.equations import evaluate
from bp_core.errors import NumberError
from bp_core.network import Example, Network
from bp_core.nodes import Apply, SumOver
from bp_core.quantities import C, Index, J, a, b, d, delta, w, z
from bp_core.trace import Trace, trace
from bp_core.trace_json import trace_json
from tests.random_lessons import HIDDEN

Z = [-1e4, -800.0, -745.0, -300.0, -40.0, -1.0, 0.0, 1.0, 40.0, 300.0, 745.0, 800.0, 1e4]


def outputs_at(z: list[float], y: list[float], activation: str, cost: str) -> Trace:
    """A layer whose pre-activations are ``z``, behind a hidden one."""
    hidden = Network([[[0.0]], [[0.5]] * len(z)], [[0.0], z], ("linear", activation))
    return trace(hidden, Cost(cost), [Example([1.0], y)])


def sigmoid(z: float) -> Decimal:
    return 1 / (1 + (-Decimal(z)).exp())


@pytest.mark.parametrize(("at", "y"), list(product(Z, [0.0, 0.25, 1.0])))
def test_sigmoid_with_binary_cross_entropy(at: float, y: float) -> None:
    layer = outputs_at([at], [y], "sigmoid", "binary_cross_entropy").examples[0].layer(2)
    lesson = outputs_at([at], [y], "sigmoid", "binary_cross_entropy")
    with localcontext(prec=60, Emin=-20_000, Emax=20_000):
        p, q, t = sigmoid(at), sigmoid(-at), Decimal(y)
        u = (-abs(Decimal(at))).exp()
        log_rest = (1 + u).ln() if u > Decimal("1e-25") else u - u * u / 2
        cost = t * (log_rest + max(Decimal(-at), 0)) + (1 - t) * (log_rest + max(Decimal(at), 0))
        assert lesson.value(C) == pytest.approx(float(cost), rel=3e-15, abs=1e-307)
        assert layer.delta[0] == pytest.approx(float((1 - t) * p - t * q), rel=1e-14, abs=1e-307)
        slope = (1 - t) / q - t / p
        assert layer.dC_da[0] == pytest.approx(float(slope), rel=1e-13) or abs(slope) > Decimal("1.797e308")


@pytest.mark.parametrize("row", [[0.0, 0.0, 0.0], [40.0, 0.0, -3.0], [800.0, 40.0, 0.0], [-1e4, 0.0, 1e4], [1e4] * 3])
@pytest.mark.parametrize("y", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5]])
def test_softmax_with_cross_entropy(row: list[float], y: list[float]) -> None:
    lesson = outputs_at(row, y, "softmax", "cross_entropy")
    layer = lesson.examples[0].layer(2)
    with localcontext(prec=60, Emin=-20_000, Emax=20_000):
        powers = [(Decimal(number) - Decimal(max(row))).exp() for number in row]
        total = sum(powers)
        shares = [power / total for power in powers]
        assert [float(share) for share in shares] == pytest.approx(layer.a.tolist(), rel=4e-15, abs=1e-307)
        formulas = (Apply("exp", z(2, j)) / SumOver("i", Apply("exp", z(2, Index("i")))) for j in range(3))
        found = [evaluate(formula, lesson) for formula in formulas]
        assert found == pytest.approx([float(share) for share in shares], rel=4e-13, abs=1e-307)
        cost = sum(Decimal(t) * (total.ln() - Decimal(n) + Decimal(max(row))) for n, t in zip(row, y, strict=True))
        assert lesson.value(C) == pytest.approx(float(cost), rel=4e-15, abs=1e-307)
        # Σy is not quite 1 in float64; the derivative is that of the targets as they are.
        whole = sum(Decimal(t) for t in y)
        for j, share in enumerate(shares):
            assert layer.delta[j] == pytest.approx(float(share * whole - Decimal(y[j])), rel=1e-14, abs=2e-17)


@pytest.mark.parametrize("at", [-800.0, 3.0, 800.0])
def test_the_softmax_of_one_output_is_one(at: float) -> None:
    """Also where its power leaves float64."""
    assert (
        evaluate(Apply("exp", z(2, 0)) / Apply("exp", z(2, 0)), outputs_at([at], [1.0], "softmax", "cross_entropy"))
        == 1
    )


@pytest.mark.parametrize("at", [36.0, 40.0, 300.0])
def test_delta_keeps_its_digits_where_the_output_rounds_to_its_target(at: float) -> None:
    sure = outputs_at([at], [1.0], "sigmoid", "binary_cross_entropy")
    assert sure.value(delta(2, 0)) == pytest.approx(-math.exp(-at), rel=1e-14)
    surest = outputs_at([at, 0.0], [1.0, 0.0], "softmax", "cross_entropy")
    assert surest.value(delta(2, 0)) == pytest.approx(-math.exp(-at), rel=1e-14)
    assert surest.value(C) == pytest.approx(math.exp(-at), rel=1e-14)
    plain = outputs_at([at, 0.0], [1.0, 0.0], "softmax", "half_squared_error")
    assert plain.value(delta(2, 1)) == pytest.approx(2 * math.exp(-2 * at), rel=1e-13)


@pytest.mark.parametrize("cost", sorted(COSTS))
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("size", [1e4, -1e4, 1e-300])
def test_every_pair_stays_finite(hidden: str, cost: str, size: float) -> None:
    output = COSTS[cost].output_activation or hidden
    network = Network([[[size], [-size]], [[1.0, -1.0], [1.0, 1.0]]], [[0.0, 0.0], [0.0, 0.0]], (hidden, output))
    examples = [Example([1.0], y) for y in ([1.0, 0.0], [0.0, 1.0], [0.5, 0.5])]
    lesson = trace(network, Cost(cost, 0.1), examples)
    assert math.isfinite(lesson.value(J))
    for e, parameter in product(range(3), network.parameters()):
        assert math.isfinite(lesson.value(d(C, parameter).at_example(e)))
        assert math.isfinite(lesson.value(d(J, parameter)))
    json.dumps(trace_json(lesson), allow_nan=False)


class TestAFactorBeyondFloat64:
    LESSON = outputs_at([-1e4, 0.0], [1.0, 0.0], "sigmoid", "binary_cross_entropy")

    def test_it_is_null_in_json(self) -> None:
        layer = trace_json(self.LESSON)["examples"][0]["layers"][1]
        assert layer["dC_da"] == [None, 2.0]
        assert layer["delta"] == [-1.0, 0.5]

    def test_to_show_it_is_an_error(self) -> None:
        with pytest.raises(NumberError, match=r"^dC/da\[2\]\[0\] is not a finite number$"):
            self.LESSON.value(d(C, a(2, 0)))

    def test_what_it_is_a_factor_of_is_an_ordinary_number(self) -> None:
        assert self.LESSON.value(d(C, b(2, 0))) == -1.0
        assert self.LESSON.value(d(C, a(1, 0))) == -0.25


class TestATrueOverflow:
    def test_it_names_the_first_number_on_the_way(self) -> None:
        network = Network([[[1e200]], [[1e200]]], [[0.0], [0.0]], "linear")
        lesson = trace(network, Cost("squared_error"), [Example([0.0], [0.0]), Example([1.0], [0.0])], focus=0)
        assert lesson.value(C) == 0.0
        with pytest.raises(NumberError, match=r"^z\[2\]\[0\]@1 is not a finite number$"):
            lesson.value(a(1, 0).at_example(1))
        with pytest.raises(NumberError, match=r"^J is not a finite number$"):
            lesson.value(J)
        with pytest.raises(NumberError, match=r"^z\[2\]\[0\]@1 is not a finite number$"):
            trace_json(lesson)

    def test_a_cost_overflows_by_itself(self) -> None:
        lesson = trace(Network([[[1e200]]], [[0.0]], "linear"), Cost("squared_error"), [Example([1.0], [0.0])])
        with pytest.raises(NumberError, match=r"^C@0 is not a finite number$"):
            lesson.value(z(1, 0))

    def test_a_derivative_overflows_by_itself(self) -> None:
        network = Network([[[1e-200]], [[1e160]]], [[0.0], [0.0]], "linear")
        lesson = trace(network, Cost("squared_error"), [Example([1e200], [0.0])])
        with pytest.raises(NumberError, match=r"is not a finite number$"):
            lesson.value(d(C, w(1, 0, 0)))

    def test_nothing_but_the_error_is_heard_of_it(self, recwarn: pytest.WarningsRecorder) -> None:
        self.test_a_cost_overflows_by_itself()
        assert not recwarn.list


def test_numpy_s_own_settings_are_left_alone() -> None:
    before = np.geterr()
    trace(Network([[[1.0]]], [[0.0]], "linear"), Cost("squared_error"), [Example([1.0], [0.0])]).value(J)
    assert np.geterr() == before
