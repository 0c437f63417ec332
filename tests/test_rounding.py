"""Running error analysis: the bound that is carried along covers what rounding did."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bp_core.evaluation import measure
from bp_core.nodes import Expression, Negative, Number, Power, Product, Quotient, Sum
from bp_core.rounding import FUNCTIONS, Measured, added, added_up, divided, exact, multiplied, negated, raised, rounded

FLOATS = st.floats(-1e3, 1e3).filter(lambda value: value == 0 or abs(value) > 1e-3)
EXPRESSIONS = st.recursive(
    FLOATS.map(Number),
    lambda inner: st.one_of(
        st.builds(Sum, st.lists(inner, min_size=2, max_size=5).map(tuple)),
        st.builds(Product, st.lists(inner, min_size=2, max_size=4).map(tuple)),
        st.builds(Quotient, inner, inner),
        st.builds(Negative, inner),
        st.builds(Power, inner, st.sampled_from([Number(2), Number(3)])),
    ),
    max_leaves=15,
)


def exactly(node: Expression) -> Fraction:
    """The value without any rounding."""
    parts = [exactly(child) for child in node.children()]
    match node:
        case Number(value):
            return Fraction(value)
        case Sum():
            return sum(parts, Fraction(0))
        case Product():
            return math.prod(parts, start=Fraction(1))
        case Quotient():
            return parts[0] / parts[1]
        case Power():
            return parts[0] ** int(parts[1])
    return -parts[0]


@given(EXPRESSIONS)
def test_the_bound_covers_the_error(expression: Expression) -> None:
    try:
        found, truth = measure(expression, None), exactly(expression)
    except ArithmeticError:
        assume(condition=False)
    assume(math.isfinite(found.error))
    assert abs(Fraction(found.value) - truth) <= Fraction(found.error) * 2


@given(st.sampled_from(sorted(FUNCTIONS)), st.floats(0.01, 20.0), st.floats(-1e-9, 1e-9))
def test_functions_hand_an_error_on(name: str, u: float, shift: float) -> None:
    found = FUNCTIONS[name](Measured(u, u, abs((u + shift) - u)))
    moved = FUNCTIONS[name](exact(u + shift))
    assert abs(found.value - moved.value) <= found.error * (1 + 1e-6) + moved.error


def test_zero_by_itself_is_another_than_what_underflowed() -> None:
    assert exact(0.0).is_zero()
    assert not rounded(0.0).is_zero()
    assert not exact(np.zeros(3)).is_zero()
    assert divided(exact(0.0), rounded(0.0)) == exact(0.0)
    with pytest.raises(ZeroDivisionError):
        divided(exact(0.0), exact(0.0))


@given(st.lists(FLOATS, min_size=1, max_size=6), st.lists(FLOATS, min_size=6, max_size=6))
def test_arrays_are_treated_as_their_entries(ones: list[float], others: list[float]) -> None:
    one, other = np.array(ones), np.array(others[: len(ones)])
    together = (rounded(one), exact(other))
    pairs = [(rounded(u), exact(v)) for u, v in zip(one.tolist(), other.tolist(), strict=True)]
    for rule in (added, multiplied, lambda pair: negated(pair[0]), lambda pair: raised(pair[0], exact(2.0))):
        whole, entries = rule(together), [rule(pair) for pair in pairs]
        for name in Measured._fields:
            expected = [getattr(entry, name) for entry in entries]
            assert getattr(whole, name) == pytest.approx(np.array(expected), rel=1e-12, abs=1e-300)


def test_many_terms_are_added_up() -> None:
    values = np.linspace(-1.0, 2.0, 100)
    total = added_up(rounded(values), 100)
    assert total.value == pytest.approx(50.0)
    assert total.size == pytest.approx(np.abs(values).sum())
    assert added_up(exact(2.0), 50).value == 100.0
