"""The names of quantities: how they are written, what they refuse."""

from __future__ import annotations

import pytest

from bp_core.quantities import C, Derivative, Index, J, Quantity, Variable, a, b, d, delta, w, x, y, z

L, l, e = Index("L"), Index("l"), Index("e")


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (x(0), "x[0]"),
        (y(1), "y[1]"),
        (w(3, 0, 2), "w[3][0][2]"),
        (b(L, 0), "b[L][0]"),
        (z(L - 1, 2), "z[L-1][2]"),
        (a(0, 1), "a[0][1]"),
        (delta(l + 1, Index("j")), "delta[l+1][j]"),
        (C, "C"),
        (J, "J"),
        (C.at_example(2), "C@2"),
        (a(1, 0).at_example(e), "a[1][0]@e"),
        (d(C, w(L, 0, 0)).at_example(2), "dC/dw[L][0][0]@2"),
        (d(J, b(1, 0)), "dJ/db[1][0]"),
        (d(z(2, 0), a(1, 1)), "dz[2][0]/da[1][1]"),
        (d(a(2, 0), z(2, 1)).at_example(e + 1), "da[2][0]/dz[2][1]@e+1"),
    ],
)
def test_writing(quantity: Quantity, text: str) -> None:
    assert str(quantity) == text


def test_offsets_add_up() -> None:
    assert L - 1 + 1 == L
    assert str(L - 2 + 1) == "L-1"


@pytest.mark.parametrize("quantity", [w(1, 0, 0), b(1, 0), J, d(J, w(1, 0, 0))])
def test_what_belongs_to_all_examples_stays_as_it_is(quantity: Quantity) -> None:
    assert quantity.at_example(2) == quantity


def test_the_layer_of_a_quantity() -> None:
    assert w(3, 0, 2).layer == 3
    assert a(L, 0).layer == L
    assert [quantity.layer for quantity in (x(0), y(0), C, J)] == [None] * 4


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no quantity is called 'q'"):
        Variable("q", (0,))
    with pytest.raises(ValueError, match="w takes 3 indices, got 2"):
        Variable("w", (1, 0))
    with pytest.raises(ValueError, match="the example belongs to the derivative"):
        Derivative(C.at_example(1), w(1, 0, 0))


def test_equal_names_are_one_key() -> None:
    assert {w(1, 0, 0): 1.0}[Variable("w", (1, 0, 0))] == 1.0
    assert d(C, w(1, 0, 0)) != d(J, w(1, 0, 0))
