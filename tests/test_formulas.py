"""Formulas: differentiated, simplified, and proved to be the same; those of every activation and cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from bp_core.activations import ACTIVATIONS, SOFTMAX_CROSS_DERIVATIVE, Activation
from bp_core.costs import COSTS, Cost, CostFunction, cost_derivative_formula, cost_formula
from bp_core.equations import evaluate
from bp_core.formulas import differentiate
from bp_core.identities import identical
from bp_core.indices import bind
from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    Mean,
    Negative,
    Number,
    ProductOver,
    SumOver,
    Symbol,
    substitute,
)
from bp_core.quantities import C, Index, Variable, a, d, w, y, z
from bp_core.simplify import simplify
from tests.random_lessons import HIDDEN, lesson
from tests.test_nodes import EXPRESSIONS

u, v = Symbol("u"), Symbol("v")
L, e, i, j, k, l = (Index(name) for name in "Leijkl")
GRID = np.concatenate([np.linspace(-6.0, 6.0, 49), [-1e-9, 0.0, 1e-9]])


def exp(argument: Expression) -> Expression:
    return Apply("exp", argument)


def ln(argument: Expression) -> Expression:
    return Apply("ln", argument)


def on_grid(formula: Expression, grid: np.ndarray, symbol: str = "z") -> list[float]:
    return [evaluate(formula, None, bindings={symbol: float(value)}) for value in grid]


@pytest.mark.parametrize("activation", [ACTIVATIONS[name] for name in HIDDEN], ids=lambda record: record.name)
class TestActivations:
    def test_the_formula_of_the_value_gives_the_value(self, activation: Activation) -> None:
        assert on_grid(activation.value_formula, GRID) == pytest.approx(activation.value(GRID), rel=1e-12, abs=1e-15)

    def test_the_formula_of_the_derivative_gives_the_derivative(self, activation: Activation) -> None:
        derivative = activation.derivative(GRID)
        assert on_grid(activation.derivative_formula, GRID) == pytest.approx(derivative, rel=1e-10)

    def test_the_derivative_of_the_formula_gives_the_derivative(self, activation: Activation) -> None:
        grid = GRID[GRID != 0.0]  # at a kink the slope is a convention
        derived = differentiate(activation.value_formula, Symbol("z"))
        assert on_grid(derived, grid) == pytest.approx(activation.derivative(grid), rel=1e-10)

    def test_the_derivative_is_that_of_the_value_for_every_z(self, activation: Activation) -> None:
        derived = differentiate(activation.value_formula, Symbol("z"))
        assert identical(derived, activation.derivative_formula)
        assert not identical(derived, 2 * activation.derivative_formula)
        if activation.derivative_from_value is not None:
            short = substitute(activation.derivative_from_value, Symbol("a"), activation.value_formula)
            assert identical(derived, short)

    def test_the_slope_at_zero_is_the_one_agreed_upon(self, activation: Activation) -> None:
        agreed = {"relu": 0.0, "leaky_relu": 0.01, "sigmoid": 0.25, "softplus": 0.5}
        assert on_grid(activation.derivative_formula, np.zeros(1)) == [agreed.get(activation.name, 1.0)]


class TestSoftmax:
    RECORD = ACTIVATIONS["softmax"]
    LESSON = lesson((2, 3), "softmax", "cross_entropy", scale=2.0)

    def value(self, neuron: int) -> Expression:
        return bind(self.RECORD.value_formula, {"j": neuron})

    def test_the_formula_of_the_value_gives_the_value(self) -> None:
        for neuron in range(3):
            assert evaluate(self.value(neuron), self.LESSON) == pytest.approx(
                self.LESSON.value(a(1, neuron)), rel=1e-13
            )

    def test_the_formulas_of_the_derivative_give_the_derivative(self) -> None:
        for output in range(3):
            for source in range(3):
                formula = self.RECORD.derivative_formula if output == source else SOFTMAX_CROSS_DERIVATIVE
                derivative = self.LESSON.value(d(a(1, output), z(1, source)))
                bindings = {"j": output, "i": source}
                assert evaluate(formula, self.LESSON, bindings=bindings) == pytest.approx(derivative, rel=1e-12)
                derived = differentiate(self.value(output), z(L, source))
                assert evaluate(derived, self.LESSON) == pytest.approx(derivative, rel=1e-12)

    def test_the_derivative_is_that_of_the_value_for_every_z(self) -> None:
        own = substitute(bind(self.RECORD.derivative_formula, {"j": 0}), a(L, 0), self.value(0))
        assert identical(differentiate(self.value(0), z(L, 0)), own)
        cross = bind(SOFTMAX_CROSS_DERIVATIVE, {"j": 0, "i": 1})
        for neuron in (0, 1):
            cross = substitute(cross, a(L, neuron), self.value(neuron))
        assert identical(differentiate(self.value(0), z(L, 1)), cross)
        assert not identical(differentiate(self.value(0), z(L, 0)), cross)


@pytest.mark.parametrize("cost", COSTS.values(), ids=lambda record: record.name)
class TestCosts:
    @staticmethod
    def outputs(cost: CostFunction, n: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(n)
        outputs, targets = rng.uniform(0.02, 0.98, size=(2, 20, n))
        if cost.name == "cross_entropy":
            outputs /= outputs.sum(axis=1, keepdims=True)
        return outputs, targets

    @staticmethod
    def evaluated(formula: Expression, outputs: np.ndarray, targets: np.ndarray) -> float:
        for name, row in (("a", outputs), ("y", targets)):
            for neuron, value in enumerate(row):
                quantity = Variable(name, (1, neuron) if name == "a" else (neuron,))
                formula = substitute(formula, quantity, Number(float(value)))
        return evaluate(formula, lesson((1, len(outputs)), "linear"))

    @pytest.mark.parametrize("n", [1, 3])
    def test_the_formulas_give_value_and_derivative(self, cost: CostFunction, n: int) -> None:
        total = cost_formula(Cost(cost.name), (1, n))
        for outputs, targets in zip(*self.outputs(cost, n), strict=True):
            written_out = unrolled(total, n)
            value = float(cost.value(outputs, targets))
            assert self.evaluated(written_out, outputs, targets) == pytest.approx(value, rel=1e-12)
            for neuron, slope in enumerate(cost.derivative(outputs, targets)):
                formula = cost_derivative_formula(Cost(cost.name), 1, neuron, (1, n))
                derived = differentiate(total, a(1, neuron))
                assert self.evaluated(formula, outputs, targets) == pytest.approx(slope, rel=1e-10)
                assert self.evaluated(derived, outputs, targets) == pytest.approx(slope, rel=1e-10)

    def test_the_derivative_is_that_of_the_cost_for_every_output(self, cost: CostFunction) -> None:
        for n in (1, 4):
            total = cost_formula(Cost(cost.name), (1, n))
            for neuron in range(n):
                formula = cost_derivative_formula(Cost(cost.name), 1, neuron, (1, n))
                assert identical(differentiate(total, a(1, neuron)), formula)
                assert not identical(differentiate(total, a(1, neuron)), -formula)


def unrolled(expression: Expression, n: int) -> Expression:
    """The expression with its sum over j written out."""
    for node in expression.walk():
        if isinstance(node, SumOver):
            terms = [bind(node.body, {node.index: value}) for value in range(n)]
            return substitute(expression, node, sum(terms[1:], terms[0]))
    return expression


class TestDeltaAtTheOutput:
    """δ = ∂C/∂a · da/dz comes to a − y for the cross-entropies, and to no such thing for squared error."""

    def test_sigmoid_with_binary_cross_entropy(self) -> None:
        slope = ACTIVATIONS["sigmoid"].derivative_from_value
        assert slope is not None
        product = cost_derivative_formula(Cost("binary_cross_entropy"), 1, 0, (1, 1)) * substitute(
            slope, Symbol("a"), a(1, 0)
        )
        assert identical(product, a(1, 0) - y(0))

    @pytest.mark.parametrize("n", [2, 3, 5])
    def test_softmax_with_cross_entropy(self, n: int) -> None:
        cost = Cost("cross_entropy")
        for neuron in range(n):
            delta: Expression = Number(0)
            for output in range(n):
                jacobian = ACTIVATIONS["softmax"].derivative_formula if output == neuron else SOFTMAX_CROSS_DERIVATIVE
                factor = bind(jacobian, {"j": output, "i": neuron}, last_layer=1)
                delta += cost_derivative_formula(cost, 1, output, (1, n)) * factor
            assert not identical(delta, a(1, neuron) - y(neuron))
            last: Expression = Number(1)  # targets sum to 1
            for output in range(n - 1):
                last -= y(output)
            assert identical(substitute(delta, y(n - 1), last), substitute(a(1, neuron) - y(neuron), y(n - 1), last))

    def test_sigmoid_with_squared_error_keeps_the_slope(self) -> None:
        product = cost_derivative_formula(Cost("squared_error"), 1, 0, (1, 1)) * a(1, 0) * (1 - a(1, 0))
        assert not identical(product, a(1, 0) - y(0))


def difference(formula: Expression, here: dict[str, float], h: float) -> float:
    """The two-sided difference by u."""
    after, before = (evaluate(formula, None, bindings=here | {"u": here["u"] + step}) for step in (h, -h))
    return (after - before) / (2 * h)


class TestDifferentiate:
    @pytest.mark.parametrize(
        ("formula", "derivative"),
        [
            (Number(3), "0"),
            (u, "1"),
            (v, "0"),
            (u + v - 3 * u, "-2"),
            (u * v, "v"),
            (u * u, "2 * u"),
            (v / u, "-v / u^2"),
            (u**3, "3 * u^2"),
            (u**-1, "-1 / u^2"),
            (exp(2 * u), "2 * exp(2 * u)"),
            (ln(u), "1 / u"),
            (ln(exp(u)), "1"),
            (Apply("sigma", 2 * u, 3), "2 * sigma'[3](2 * u)"),
            (Apply("sigma'", v), "0"),
            (Apply("max", u), "step(u)"),
            (Apply("step", u), "0"),
            (Number(2) ** u, "2^u * ln(2)"),
            (Apply("tanh", u), "1 - tanh(u)^2"),
        ],
    )
    def test_rules(self, formula: Expression, derivative: str) -> None:
        assert str(differentiate(formula, u)) == derivative

    def test_of_a_sum_only_the_term_of_the_same_index_counts(self) -> None:
        squares = SumOver("j", (a(2, j) - y(j)) ** 2)
        assert differentiate(squares, a(2, 1)) == 2 * (a(2, 1) - y(1))
        assert differentiate(squares, a(2, k)) == 2 * (a(2, k) - y(k))
        assert differentiate(squares, a(2, j)) == 2 * (a(2, j) - y(j))
        assert differentiate(squares, a(1, 1)) == Number(0)
        assert differentiate(squares, y(1)) == simplify(-2 * (a(2, 1) - y(1)))

    def test_sums_nest(self) -> None:
        weighted = SumOver("j", a(1, j) * SumOver("k", w(1, j, k) * a(0, k)))
        assert differentiate(weighted, w(1, 2, 3)) == a(1, 2) * a(0, 3)
        assert differentiate(weighted, a(0, 3)) == SumOver("j", a(1, j) * w(1, j, 3))
        assert differentiate(SumOver("l", SumOver("j", SumOver("k", w(l, j, k) ** 2))), w(2, 0, 1)) == 2 * w(2, 0, 1)

    def test_offsets_are_met(self) -> None:
        assert differentiate(SumOver("j", a(1, j + 1) * y(j)), a(1, 3)) == y(2)
        assert differentiate(SumOver("l", a(l - 1, 0) ** 2), a(l, 0)) == 2 * a(l, 0)

    def test_the_diagonal_alone_does_not_count_for_another_entry(self) -> None:
        diagonal = SumOver("j", w(1, j, j) ** 2)
        assert differentiate(diagonal, w(1, 2, 2)) == 2 * w(1, 2, 2)
        assert differentiate(diagonal, w(1, 2, 3)) == Number(0)

    def test_means_and_products(self) -> None:
        mean = Mean("e", C.at_example(e) ** 2)
        assert differentiate(mean, C.at_example(2)) == 2 * C.at_example(2) / Constant("m")
        assert differentiate(Mean("e", w(1, 0, 0) * C.at_example(e)), w(1, 0, 0)) == Mean("e", C.at_example(e))
        product = ProductOver("j", a(1, j))
        assert differentiate(product, a(1, 2)) == product / a(1, 2)

    @pytest.mark.parametrize(
        ("formula", "by"),
        [
            (a(1, j), a(1, k)),
            (a(1, j), a(1, 0)),
            (a(L, 0), a(2, 0)),
            (a(1, 0), a(1, j)),
            (C, C.at_example(0)),
            (Apply("sigma'", u), u),
        ],
    )
    def test_what_is_not_said_is_refused(self, formula: Expression, by: Symbol | Variable) -> None:
        with pytest.raises(ValueError, match=r"not said whether|no formula"):
            differentiate(formula, by)

    @given(EXPRESSIONS)
    def test_derivatives_agree_with_differences(self, formula: Expression) -> None:
        derived = differentiate(formula, u)
        here, h = {"u": 0.7, "v": -0.4}, 1e-4
        try:
            # Richardson: the error of the difference falls with h⁴.
            wide, near = (difference(formula, here, step) for step in (2 * h, h))
            expected, value = (4 * near - wide) / 3, evaluate(formula, None, bindings=here)
            found = evaluate(derived, None, bindings=here)
        except ArithmeticError:
            assume(condition=False)
        assume(abs(value) < 1e3 and abs(found) < 1e3 and abs(wide - near) < 1e-3)
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)


class TestSimplify:
    @pytest.mark.parametrize(
        ("formula", "simple"),
        [
            (u + 0, "u"),
            (0 * u, "0"),
            (1 * u, "u"),
            (u - u, "0"),
            (u + u, "2 * u"),
            (Negative(-u), "u"),
            (u * -v, "-u * v"),
            (u / u, "1"),
            (u * u / u**3, "1 / u"),
            (Number(6) / 4, "3 / 2"),
            (u / 2 + u / 2, "u"),
            (2 * (u + v) / 2, "u + v"),
            (-(u - v), "-(u - v)"),
            (u - (v - 1), "u - v + 1"),
            ((2 * u) ** 2, "4 * u^2"),
            (u**1 + v**0, "u + 1"),
            (0.5 * u * 2, "u"),
            (0.1 * u * 3, "0.3 * u"),
            (u / (Number(-3) / 0.5), "-u / 6"),
            (1e200 * u * 1e200 / 1e300, "1e+100 * u"),
            ((u**2) ** 0.5, "(u^2)^0.5"),
            (exp(Number(0)) + ln(Number(1)), "1"),
            (exp(ln(u)), "u"),
            (SumOver("j", 0 * a(1, j)), "0"),
            (SumOver("j", a(1, j) * 1), "sum(j, a[1][j])"),
            (ProductOver("j", a(1, j) ** 0), "1"),
            (u / 0, "u / 0"),
        ],
    )
    def test_rules(self, formula: Expression, simple: str) -> None:
        assert str(simplify(formula)) == simple

    @given(EXPRESSIONS)
    def test_it_keeps_the_value_and_is_done_at_once(self, formula: Expression) -> None:
        simple = simplify(formula)
        assert simplify(simple) == simple
        values = {"u": 1.25, "v": -0.75}
        try:
            expected = evaluate(formula, None, bindings=values)
        except ArithmeticError:
            return
        assert evaluate(simple, None, bindings=values) == pytest.approx(expected, rel=1e-9, abs=1e-9)


class TestIdentical:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ((u + v) ** 2, u**2 + 2 * u * v + v**2),
            ((u**2 - v**2) / (u - v), u + v),
            (1 / u + 1 / v, (u + v) / (u * v)),
            (exp(u + v), exp(u) * exp(v)),
            (exp(-2 * u), 1 / exp(u) ** 2),
            (exp(u / 2), exp(u * 0.5)),
            (exp(ln(u) * 2), u**2),
            (Apply("tanh", u), 2 / (1 + exp(-2 * u)) - 1),
            (Apply("max", u) - Apply("max", -u), u),
            (Apply("step", u) ** 2, Apply("step", u)),
            (Number(1) - 0.01, Number(0.99)),
            (u**-2, 1 / u**2),
            (SumOver("j", a(1, j)) * 2, SumOver("j", a(1, j)) + SumOver("j", a(1, j))),
            (ln(u * 2), ln(u + u)),
            (Apply("sigma", u + u, 1), Apply("sigma", 2 * u, 1)),
        ],
    )
    def test_what_is_the_same_is_found(self, left: Expression, right: Expression) -> None:
        assert identical(left, right)
        assert not identical(left, right + 1)
        assert not identical(2 * left, right)

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (u, v),
            (Apply("sigma", u, 1), Apply("sigma", u, 2)),
            (Apply("sigma", u, 1), Apply("sigma'", u, 1)),
            (exp(u), exp(-u)),
            (ln(u), ln(v)),
            (u**0.5, v**0.5),
            (Apply("step", u), Apply("step", -u)),
            (SumOver("j", a(1, j)), SumOver("j", a(2, j))),
        ],
    )
    def test_what_is_not_the_same_is_told_apart(self, left: Expression, right: Expression) -> None:
        assert not identical(left, right)

    def test_dividing_by_nothing_is_refused(self) -> None:
        with pytest.raises(ZeroDivisionError):
            identical(1 / (u - u), u)

    @given(EXPRESSIONS)
    def test_simplifying_is_found_to_change_nothing(self, formula: Expression) -> None:
        try:
            assert identical(formula, simplify(formula))
        except ZeroDivisionError:
            assume(condition=False)
