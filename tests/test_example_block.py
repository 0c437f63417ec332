"""Means over many examples, taken together: the same numbers as one by one."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bp_core.algorithm import general_equations
from bp_core.costs import Cost
from bp_core.equations import Equation, evaluate
from bp_core.errors import EquationError, NumberError, QuantityError
from bp_core.evaluation import MANY
from bp_core.network import Example, Network
from bp_core.nodes import Apply, Expression, Mean, Number, ProductOver, SumOver
from bp_core.quantities import C, Index, J, a, b, d, delta, w, x, y, z
from bp_core.trace import Trace, trace
from tests.random_lessons import lesson, lessons

example_block = import_module("bp_core.example_block")
e, i, j = Index("e"), Index("i"), Index("j")
CLASSES = lesson((3, 4, 3), ("tanh", "softmax"), "cross_entropy", l2=0.2, m=2 * MANY)
SINGLE = lesson((2, 3, 1), ("relu", "sigmoid"), "binary_cross_entropy", m=MANY)


def one_by_one(body: Expression, place: Trace) -> float:
    return float(np.mean([evaluate(body, place, bindings={"e": n}) for n in range(len(place.examples))]))


@pytest.mark.parametrize(
    "body",
    [
        x(1).at_example(e),
        y(2).at_example(e),
        *(a(layer, 1).at_example(e) for layer in (0, 1, 2)),
        z(1, 3).at_example(e),
        delta(1, 0).at_example(e) + delta(2, 2).at_example(e),
        C.at_example(e),
        d(C, w(1, 2, 1)).at_example(e),
        d(C, w(2, 2, 1)).at_example(e),
        d(C, b(2, 2)).at_example(e),
        d(C, a(0, 1)).at_example(e) * d(C, a(1, 1)).at_example(e) * d(C, a(2, 1)).at_example(e),
        d(C, z(2, 1)).at_example(e),
        d(a(2, 0), z(2, 1)).at_example(e) - d(a(2, 0), z(2, 0)).at_example(e),
        d(a(1, 0), z(1, 0)).at_example(e) + d(a(1, 0), z(1, 1)).at_example(e),
        d(z(2, 0), w(2, 0, 3)).at_example(e) - d(z(2, 0), w(2, 1, 3)).at_example(e),
        d(z(1, 0), b(1, 0)).at_example(e) / d(z(2, 0), a(1, 0)).at_example(e),
        C.at_example(e) * w(1, 0, 0) + J - d(J, b(1, 0)) * a(2, 0),
        -(C.at_example(e) ** 2) + (C.at_example(e) + 1) ** 0.5 + Number(2) ** C.at_example(e),
        Apply("exp", -C.at_example(e)) * Apply("ln", a(2, 0).at_example(e)) / Apply("tanh", C.at_example(e)),
        Apply("max", z(1, 0).at_example(e)) - Apply("step", z(1, 1).at_example(e)),
        Apply("sigma", z(1, 0).at_example(e), 1) * Apply("sigma'", z(1, 0).at_example(e), 1),
        SumOver("j", (a(2, j).at_example(e) - y(j).at_example(e)) ** 2),
        ProductOver("j", a(2, j).at_example(e)),
        SumOver("j", w(2, j, 0) ** 2) + 0 * C.at_example(e),
    ],
    ids=str,
)
def test_a_mean_is_that_of_the_single_values(body: Expression) -> None:
    assert evaluate(Mean("e", body), CLASSES) == pytest.approx(one_by_one(body, CLASSES), rel=1e-13)
    total = one_by_one(body, CLASSES) * len(CLASSES.examples)
    assert evaluate(SumOver("e", body), CLASSES) == pytest.approx(total, rel=1e-13)


def test_neighbours_in_the_data_set() -> None:
    products = SumOver("e", C.at_example(e) * C.at_example(e + 1))
    costs = [example.C for example in CLASSES.examples]
    assert evaluate(products, CLASSES) == pytest.approx(np.dot(costs[:-1], costs[1:]), rel=1e-13)


def test_a_mean_within_a_mean() -> None:
    costs = np.array([example.C for example in SINGLE.examples])
    spread = Mean("e", (C.at_example(e) - Mean("i", C.at_example(i))) ** 2)
    assert evaluate(spread, SINGLE) == pytest.approx(costs.var(), rel=1e-12)
    same_name = Mean("e", C.at_example(e) * Mean("e", C.at_example(e)))
    assert evaluate(same_name, SINGLE) == pytest.approx(costs.mean() ** 2, rel=1e-12)


def test_blocks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate(Mean("e", C.at_example(e)), CLASSES)
    monkeypatch.setattr(example_block, "_BLOCK", 500)
    assert len(list(example_block.example_blocks(CLASSES, range(len(CLASSES.examples))))) > 3
    assert evaluate(Mean("e", C.at_example(e)), CLASSES) == pytest.approx(whole, rel=1e-14)


def test_a_value_that_is_not_finite_is_told_by_its_example() -> None:
    with pytest.raises(NumberError, match=r"^1 / \(C@17 - .*\) is not a finite number$"):
        evaluate(Mean("e", 1 / (C.at_example(e) - CLASSES.examples[17].C)), CLASSES)


def test_an_exact_zero_settles_a_product_for_its_example() -> None:
    inputs = np.linspace(-3000.0, 30.0, MANY)
    sure = trace(
        Network([[[1.0]]], [[0.0]], "sigmoid"),
        Cost("binary_cross_entropy"),
        [Example([value], [0.0]) for value in inputs],
    )
    assert evaluate(Mean("e", y(0).at_example(e) * Apply("ln", a(1, 0).at_example(e))), sure) == 0.0


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(QuantityError, match=r"a\[2\]\[5\]"):
        evaluate(Mean("e", a(2, 5).at_example(e)), CLASSES)


@given(lessons(m=MANY))
@settings(max_examples=10)
def test_the_averages_hold_on_large_data_sets(large: Trace) -> None:
    equations = general_equations(large)
    for name in ("total_cost", "average_weight", "average_bias", "accumulated_weight", "accumulated_bias"):
        equations[name].check(large)


@given(
    st.sampled_from([Number(2), Number(-1), Number(1 + 1e-7)]), st.sampled_from(["average_weight", "accumulated_bias"])
)
def test_a_wrong_average_is_refused(factor: Number, name: str) -> None:
    right = general_equations(CLASSES)[name]
    with pytest.raises(EquationError):
        Equation(right.left, factor * right.right).check(CLASSES)
