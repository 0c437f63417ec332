import math

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
)  # fmt: skip
from bp_core.quantities import C, Index, a, b, d, delta, w, x, y, z
from bp_script.equation_language import parse_equation, parse_expression
from bp_script.errors import TextError
from bp_script.names import Scope
from tests.random_lessons import lesson

l, j, k = Index("l"), Index("j"), Index("k")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("a[L][0] - y[0]", a(3, 0) - y(0)),
        ("2 * (a[L][0] - y[0])", 2 * (a(3, 0) - y(0))),
        ("1 - 2 - 3", Number(1) - 2 - 3),
        ("1 - (2 - 3)", Number(1) - (Number(2) - 3)),
        ("-x[0]^2", -(x(0) ** 2)),
        ("-x[0] * y[0]", -(x(0) * y(0))),
        ("x[0]^-2", x(0) ** Negative(Number(2))),
        ("2^3^2", Number(2) ** (Number(3) ** 2)),
        ("C / 2 / m", C / 2 / Constant("m")),
        ("C / (2 * m)", C / (2 * Constant("m"))),
        ("1 - -2", Sum((Number(1), Negative(Negative(Number(2)))))),
        ("3 * -C", 3 * Negative(C)),
        ("1e-3 + .5 + 2.", Number(0.001) + 0.5 + 2.0),
        ("sigma(z[L][0])", Apply("sigma", z(3, 0))),
        ("sigma'[L-1](z[2][0])", Apply("sigma'", z(2, 0), 2)),
        ("ln(exp(C))", Apply("ln", Apply("exp", C))),
        ("l2 / (2*m) * n[L]", Constant("l2") / (2 * Constant("m")) * LayerSize(3)),
        ("new(w[1][0][0])", New(w(1, 0, 0))),
        ("mean(e, C@e)", Mean("e", C.at_example(Index("e")))),
        ("sum(j, w[l][j][k] * delta[l][j])", SumOver("j", w(l, j, k) * delta(l, j))),
        ("product(l, w[l][0][0])", ProductOver("l", w(l, 0, 0))),
        ("sum(k, w[l][j][k] * a[l-1][k]) + b[l][j]", SumOver("k", w(l, j, k) * a(l - 1, k)) + b(l, j)),
        ("dz[L][0]/dw[L][0][0] * dC/da[L][0]@1", d(z(3, 0), w(3, 0, 0)) * d(C, a(3, 0)).at_example(1)),
        ("dC/db[1][0] / 2", d(C, b(1, 0)) / 2),
        ("C / dC/db[1][0]", C / d(C, b(1, 0))),
    ],
)
def test_expressions(text: str, expression: Expression) -> None:
    assert parse_expression(text, L=3) == expression


def test_an_equation_has_two_sides() -> None:
    equation = parse_equation("eta * dJ/dw[L][0][0] = w[L][0][0] - new(w[L][0][0])", L=3)
    assert equation.left == Constant("eta") * parse_expression("dJ/dw[3][0][0]")
    assert str(equation) == "eta * dJ/dw[3][0][0] = w[3][0][0] - new(w[3][0][0])"


@pytest.mark.parametrize(
    "text",
    [
        "dC/dw[L][0][0] = dz[L][0]/dw[L][0][0] * da[L][0]/dz[L][0] * dC/da[L][0]",
        "z[l][j] = sum(k, w[l][j][k] * a[l-1][k]) + b[l][j]",
        "a[l][j] = sigma[l](z[l][j])",
        "C = sum(j, (a[L][j] - y[j])^2)",
        "dC/da[L-1][k] = sum(j, dz[L][j]/da[L-1][k] * da[L][j]/dz[L][j] * dC/da[L][j])",
        "J = mean(e, C@e)",
        "dJ/dw[l][j][k] = mean(e, dC/dw[l][j][k]@e)",
    ],
)
def test_the_equations_of_the_course_hold(text: str) -> None:
    parse_equation(text).check(lesson((2, 3, 2), "sigmoid"))


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("C", 2, "expected '='; got the end of the text"),
        ("C = ", 5, "expected a quantity, a number or '('; got the end of the text"),
        ("C = 2(a[L][0])", 6, "a product needs its sign: *"),
        ("C = 2 y[0]", 7, "a product needs its sign: *"),
        ("C = y[0](2)", 5, "a product needs its sign: *"),
        ("C = (1 + 2", 11, "expected ')'; got the end of the text"),
        ("C = 1 = 2", 7, "expected the end; got '='"),
        ("C = $", 5, "got '$'"),
        ("C = 1 $", 7, "expected an operator (+ - * / ^) or the end; got '$'"),
        ("C = sim(j, y[j])", 5, "expected a function (sigma, sigma', ln, exp, sum, product, mean or new)"),
        ("C = delat[1][0]", 5, "did you mean 'delta'?"),
        ("C = sgima(C)", 5, "did you mean 'sigma'?"),
        ("C = sum(j, C)", 9, "expected an index that its body uses (a[L][j] with j); got 'j'"),
        ("C = sum(e, C@e)", 9, "expected an index that its body uses (a[L][j] with j); got 'e'"),
        ("C = mean(e, y[e])", 10, "expected an index that its body uses (C@e with e); got 'e'"),
        ("C = sum(L, a[L][0])", 9, "expected a small letter as sum's index"),
        ("C = sum(a[0][0], a[0][0])", 9, "expected a small letter as sum's index"),
        ("C = sum(2, a[0][0])", 9, "expected a small letter as sum's index"),
        ("C = sum(a[0][0])", 5, "expected 2 arguments, sum(j, …); got 1"),
        ("C = ln(1, 2)", 5, "expected 1 argument, ln(…); got 2"),
        ("C = ln[1](2)", 7, "expected ln without it; got an index in brackets"),
        ("C = sigma[9](2)", 10, "expected a layer from 0 to 3; got 9"),
        ("C = new(C)", 9, "expected a weight or a bias in new(…); got 'C'"),
        ("C = n", 5, "expected n[l]; got n with 0 in brackets"),
        ("C = m[1]", 5, "expected m alone; got m with 1 in brackets"),
        ("C = m@1", 5, "expected m without @; got @"),
        ("C = 1e999", 5, "expected a number up to 1.7e308; got '1e999'"),
        ("C = " + "(" * 41 + "1" + ")" * 41, 45, "expected at most 40 brackets, powers and signs within each other"),
        ("C = 1" + "^1" * 200, 85, "expected at most 40 brackets, powers and signs within each other"),
        ("C = 1" + " / 2" * 41, 5, "expected at most 40 divisions in a row; got more"),
        ("C =\n  2 * q", 7, "got 'q'"),
    ],
)
def test_mistakes_have_their_column(text: str, column: int, message: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_equation(text, L=3)
    assert message in caught.value.message
    assert caught.value.column == column


def test_a_mistake_on_a_later_line_has_its_line() -> None:
    with pytest.raises(TextError, match="line 2, column 7: expected") as caught:
        parse_equation("C =\n  2 * q", L=3)
    assert (caught.value.line, caught.value.offset) == (2, 10)


def test_a_scope_holds_indices_to_their_ranges() -> None:
    scope = Scope.of((2, 3, 1), 4)
    parse_equation("a[L][0] = sum(k, w[L][0][k] * a[L-1][k]@3)", scope=scope)
    with pytest.raises(TextError, match="column 11: expected a neuron of layer 1, from 0 to 2; got 3"):
        parse_equation("a[L][0] = a[1][3]", scope=scope)
    with pytest.raises(TextError, match="column 13: expected an example from 0 to 3; got 4"):
        parse_equation("a[L][0] = C@4", scope=scope)


def _expressions() -> st.SearchStrategy[Expression]:
    leaves = st.sampled_from(
        [C, a(3, 0), y(0), w(l, j, k), d(C, b(1, 0)), d(z(3, 0), a(2, 1)), Constant("eta"), LayerSize(l), New(b(1, 0))]
    ) | st.integers(0, 99).map(Number) | st.floats(0.001, 1e9).map(Number)  # fmt: skip

    def longer(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return (
            st.builds(lambda one, other: one + other, parts, parts)
            | st.builds(lambda one, other: one - other, parts, parts)
            | st.builds(lambda one, other: one * other, parts, parts)
            | st.builds(Quotient, parts, parts)
            | st.builds(Power, parts, parts)
            | st.builds(Negative, parts)
            | st.builds(Apply, st.sampled_from(["ln", "exp", "sigma", "sigma'"]), parts)
            | st.builds(lambda body: SumOver("j", body * w(l, j, k)), parts)
        )

    return st.recursive(leaves, longer, max_leaves=12)


@given(_expressions())
def test_what_is_written_reads_back(expression: Expression) -> None:
    assert str(parse_expression(str(expression))) == str(expression)


@given(st.text(alphabet="aCyzwdLl0123.[]()+-*/^=, '@e", max_size=60))
def test_any_text_is_an_equation_or_a_mistake_inside_it(text: str) -> None:
    mistake = None
    try:
        parse_equation(text, L=3)
    except TextError as error:
        mistake = error
    if mistake is not None:
        assert 0 <= mistake.offset <= len(text)
        assert mistake.message.startswith("expected")


@given(st.lists(st.sampled_from(["C", "m", "2", "0.5", "(", ")", "+", "-", "*", "/"]), max_size=12).map(" ".join))
def test_the_value_is_that_of_the_same_text_in_python(text: str) -> None:
    trace = lesson((1, 2, 1), m=4)
    try:
        expression = parse_expression(text)
    except TextError:
        return
    try:
        expected = eval(text, {"C": trace.value(C), "m": 4})  # noqa: S307 - signs and numbers from above
    except ZeroDivisionError:
        return
    assert math.isclose(evaluate(expression, trace), expected, rel_tol=1e-9, abs_tol=1e-12)


def test_products_and_sums_stay_flat() -> None:
    assert isinstance(parse_expression("C * 2 * m"), Product)
    assert parse_expression("1 + 2 + 3") == Sum((Number(1), Number(2), Number(3)))
