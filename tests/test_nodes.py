"""Expressions as trees: how operators build them, how they are written and rewritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.equations import evaluate
from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    LayerSize,
    Mean,
    Negative,
    New,
    Number,
    Power,
    Product,
    ProductOver,
    Quotient,
    Sum,
    SumOver,
    Symbol,
    substitute,
)
from bp_core.quantities import C, Index, a, b, d, w, y, z

u, v = Symbol("u"), Symbol("v")


def test_operators_build_flat_sums_and_products() -> None:
    assert u + v + 1 == Sum((u, v, Number(1)))
    assert 1 + u == Sum((Number(1), u))
    assert u - v - 2 == Sum((u, Negative(v), Negative(Number(2))))
    assert 3 - u == Sum((Number(3), Negative(u)))
    assert 2 * u * v == Product((Number(2), u, v))
    assert 1 / u == Quotient(Number(1), u)
    assert u / 2 == Quotient(u, Number(2))
    assert u**2 == Power(u, Number(2))
    assert -u == Negative(u)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (u - (v + 1), "u - (v + 1)"),
        (-(u + v), "-(u + v)"),
        (u - -v, "u - (-v)"),
        (2 * (u - v), "2 * (u - v)"),
        (u * -v, "u * (-v)"),
        (u * Number(-2), "u * (-2)"),
        (Number(-2) ** 2, "(-2)^2"),
        (u**-1, "u^(-1)"),
        (u - Number(-2), "u - (-2)"),
        (-Number(-2), "-(-2)"),
        (u / (v * 2), "u / (v * 2)"),
        (u * v / 2, "u * v / 2"),
        (u * (v / 2), "u * (v / 2)"),
        ((u / v) * 2, "u / v * 2"),
        (u / (v / 2), "u / (v / 2)"),
        ((u / v) / 2, "u / v / 2"),
        ((u + v) ** 2, "(u + v)^2"),
        ((-u) ** 2, "(-u)^2"),
        (-(u**2), "-u^2"),
        ((u**v) ** 2, "(u^v)^2"),
        (u ** (v**2), "u^v^2"),
        (u ** (v * 2), "u^(v * 2)"),
        (Apply("sigma", z(2, 0), 2), "sigma[2](z[2][0])"),
        (Apply("sigma'", z(2, 0)), "sigma'(z[2][0])"),
        (SumOver("j", w(2, Index("j"), 0)), "sum(j, w[2][j][0])"),
        (ProductOver("l", a(Index("l"), 0)), "product(l, a[l][0])"),
        (Mean("e", C.at_example(Index("e"))), "mean(e, C@e)"),
        (New(b(1, 0)), "new(b[1][0])"),
        (LayerSize(Index("L")) * Constant("m"), "n[L] * m"),
        (Number(1e-10) * Number(0.5), "1e-10 * 0.5"),
        (d(C, w(1, 0, 0)) / d(C, b(1, 0)), "dC/dw[1][0][0] / (dC/db[1][0])"),
        (1 / d(C, b(1, 0)), "1 / (dC/db[1][0])"),
    ],
)
def test_writing(expression: Expression, text: str) -> None:
    assert str(expression) == text


def test_children_are_in_reading_order_and_leave_out_names() -> None:
    assert (u / v).children() == (u, v)
    assert (u + v * 2).children() == (u, v * 2)
    assert d(C, w(1, 0, 0)).children() == ()
    assert New(w(1, 0, 0)).children() == ()
    assert [str(node) for node in (u + v * 2).walk()] == ["u + v * 2", "u", "v * 2", "v", "2"]


def test_substitute_replaces_every_occurrence_and_nothing_else() -> None:
    expression = 2 * (a(3, 0) - y(0)) / a(3, 0)
    assert substitute(expression, a(3, 0), u) == 2 * (u - y(0)) / u
    assert substitute(expression, a(3, 1), u) == expression
    assert substitute(SumOver("j", u * Apply("exp", u)), u, v) == SumOver("j", v * Apply("exp", v))


def test_substitute_leaves_the_names_in_a_derivative_alone() -> None:
    expression = d(C, w(1, 0, 0)) * w(1, 0, 0) + New(w(1, 0, 0))
    assert substitute(expression, w(1, 0, 0), u) == d(C, w(1, 0, 0)) * u + New(w(1, 0, 0))


LEAVES = st.sampled_from([u, v, Number(2), Number(-3), Number(0.5)])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Sum, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Product, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Quotient, inner, inner),
        st.builds(Negative, inner),
        st.builds(Power, inner, st.sampled_from([Number(2), Number(3)])),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_what_is_written_reads_as_the_same_number(expression: Expression) -> None:
    values = {"u": 1.25, "v": -0.75}
    try:
        expected = evaluate(expression, None, bindings=values)
    except ArithmeticError:
        return
    # Python's precedence is the equation language's: ^ binds tighter than a sign and groups from the right.
    assert eval(str(expression).replace("^", "**"), values) == pytest.approx(expected, rel=1e-9, abs=1e-9)  # noqa: S307
