"""Indices: which are free, what they run over, how they are replaced."""

from __future__ import annotations

import pytest

from bp_core.indices import assignments, bind, free_indices, index_range
from bp_core.nodes import Apply, Expression, LayerSize, Mean, New, SumOver
from bp_core.quantities import C, Index, a, b, d, delta, w, y, z
from tests.random_lessons import lesson

L, e, i, j, k, l = (Index(name) for name in "Leijkl")
LESSON = lesson((3, 4, 2), "tanh")
CLASSES = lesson((3, 4, 2), ("tanh", "softmax"), "cross_entropy")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (w(l, j, k) * a(l - 1, k) + b(l, j), "ljk"),
        (SumOver("k", w(l, j, k) * a(l - 1, k)), "lj"),
        (SumOver("k", a(1, k)) * a(0, k), "k"),
        (d(C, w(L, j, 0)).at_example(e), "je"),
        (Mean("e", delta(L, j).at_example(e)), "j"),
        (New(w(l, 0, 0)) - LayerSize(i), "li"),
        (Apply("sigma", z(1, 0), l), "l"),
        (C + y(0), ""),
    ],
)
def test_free_indices_are_those_that_nothing_binds(expression: Expression, names: str) -> None:
    assert free_indices(expression) == tuple(names)


def test_binding_replaces_free_indices_everywhere() -> None:
    body = d(z(l, j), w(l, j, k + 1)).at_example(e) * New(b(l - 1, j)) * LayerSize(l) * Apply("sigma", z(l, j), l)
    bound = bind(body, {"l": 2, "j": 0, "k": 1, "e": 3})
    assert str(bound) == "dz[2][0]/dw[2][0][2]@3 * new(b[1][0]) * n[2] * sigma[2](z[2][0])"


def test_binding_leaves_what_is_bound_inside_alone() -> None:
    assert str(bind(a(0, j) * SumOver("j", a(1, j)), {"j": 2})) == "a[0][2] * sum(j, a[1][j])"
    assert str(bind(a(L - 1, 0), {})) == "a[L-1][0]"
    assert str(bind(a(L - 1, 0), {}, last_layer=3)) == "a[2][0]"


def test_an_index_takes_the_place_of_another_unless_it_would_be_caught() -> None:
    assert str(bind(SumOver("j", w(1, j, k)), {"k": i + 1})) == "sum(j, w[1][j][i+1])"
    with pytest.raises(ValueError, match=r"the index j from outside would be caught in sum\(j, w\[1\]\[j\]\[k\]\)"):
        bind(SumOver("j", w(1, j, k)), {"k": j})


def test_sigma_leaves_a_layer_of_softmax_out() -> None:
    sides = (a(l, j), Apply("sigma", z(l, j), l))
    assert index_range("l", sides, LESSON, {}) == range(1, 3)
    assert index_range("l", sides, CLASSES, {}) == range(1, 2)


def test_assignments_are_all_that_fit_together() -> None:
    weights = list(assignments((w(l, j, k),), LESSON))
    assert len(weights) == 3 * 4 + 4 * 2
    assert weights[0] == {"l": 1, "j": 0, "k": 0}
    assert weights[-1] == {"l": 2, "j": 1, "k": 3}
    assert len({tuple(values.items()) for values in weights}) == len(weights)
    assert list(assignments((C,), LESSON)) == [{}]


def test_of_too_many_some_are_drawn_in_every_layer_and_always_alike() -> None:
    wide = lesson((100, 50, 2), "linear")
    drawn = list(assignments((w(l, j, k),), wide, 40))
    assert drawn == list(assignments((w(l, j, k),), wide, 40))
    by_layer = {layer: [values for values in drawn if values["l"] == layer] for layer in (1, 2)}
    assert all(20 <= len(found) <= 22 for found in by_layer.values())
    assert {"l": 1, "j": 49, "k": 99} in drawn
    assert {"l": 2, "j": 0, "k": 0} in drawn
    assert len({values["k"] for values in by_layer[1]}) > 10
