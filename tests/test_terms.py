"""Sums written out term by term: few terms are all there, of many the rest is honest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from manim import Mobject

from bp_core.quantities import C, Variable, a, b, d, w, z
from bp_script.language import language_of
from scenes.kit.calculus.recursion import Recursion, forward
from scenes.kit.calculus.terms import Term, Terms, written_out
from scenes.kit.stage import Region
from scenes.kit.view import View
from tests.random_lessons import lesson
from tests.rehearsals import shipped

ROOM = Region(0.0, 6.2, -3.4, 1.0)


def terms_of(view: View, most: int) -> list[Term]:
    size = view.trace.sizes[0]
    whole = z(1, 0) - Variable("b", (1, 0))
    named = {k: Term(w(1, 0, k) * a(0, k), w(1, 0, k) * a(0, k), w(1, 0, k) * a(0, k)) for k in range(min(size, 8))}
    return written_out(whole, named, size, most=most, keep=3)


def table(view: View, most: int = 5) -> Terms:
    total = Term(z(1, 0), z(1, 0))
    return Terms(view, terms_of(view, most), total, ROOM, decimals=2, colour=view.theme.pre_activation)


@pytest.mark.parametrize(("size", "rows"), [(2, 2), (4, 4), (5, 5), (40, 5)])
def test_the_rows_add_up_to_the_whole(size: int, rows: int) -> None:
    view = View(lesson((size, 2)))
    found = terms_of(view, 5)
    assert len(found) == rows
    bias = view.trace.network.biases[0][0]
    assert sum(view.value(term.value) for term in found) == pytest.approx(view.value(z(1, 0)) - bias)
    assert [term.label for term in found if isinstance(term.label, str)] == (["all others"] if size > 5 else [])


def test_the_term_to_keep_is_among_the_rows() -> None:
    found = terms_of(View(lesson((40, 2))), 5)
    assert w(1, 0, 3) * a(0, 3) in [term.value for term in found]


@pytest.mark.parametrize("size", [2, 5, 40])
def test_rows_stand_over_each_other_in_their_room(size: int) -> None:
    drawn = table(View(lesson((size, 2))))
    parts: list[Mobject] = [*drawn.rows, drawn.total]
    heights = [part.get_y() for part in parts]
    assert heights == sorted(heights, reverse=True)
    signs = {round(float(row.sign.get_x()), 6) for row in [*drawn.rows, drawn.total] if len(row.sign)}
    assert len(signs) == 1
    assert drawn.width <= ROOM.width + 1e-6
    assert drawn.height <= ROOM.height + 1e-6


@pytest.mark.parametrize("language", ["en", "de"])
def test_decimal_points_stand_under_each_other(language: str) -> None:
    view = replace(View(shipped("several_neurons").trace()), language=language_of(language))
    products = [w(2, 1, k) * a(1, k) for k in range(4)]
    terms = [*(Term(product, product, product) for product in products), Term(b(2, 1), b(2, 1))]
    drawn = Terms(view, terms, Term(z(2, 1), z(2, 1)), ROOM, decimals=3, colour=view.theme.pre_activation)
    rows = [*drawn.rows, drawn.total]
    glyphs = [[glyph for glyph in row.value.get_family() if len(glyph.points)] for row in rows]
    points = [min(each, key=lambda glyph: glyph.width) for each in glyphs]
    assert {float(row.value.get_right()[0]) > rows[0].value.get_right()[0] - 0.05 for row in rows} == {True, False}
    assert max(float(point.get_x()) for point in points) - min(float(point.get_x()) for point in points) < 0.01
    assert len({round(float(point.height), 4) for point in points}) == 1


@pytest.mark.parametrize("by_delta", [False, True])
@pytest.mark.parametrize(
    ("sizes", "activations", "cost"),
    [((2, 3, 2), "tanh", "squared_error"), ((3, 4, 3, 2), ("relu", "tanh", "sigmoid"), "binary_cross_entropy")],
)
def test_the_recursion_holds(
    sizes: tuple[int, ...], activations: str | tuple[str, ...], cost: str, *, by_delta: bool
) -> None:
    view = View(lesson(sizes, activations, cost))
    recursion = Recursion(view, by_delta)
    assert recursion.back is not None
    for equation in (recursion.start, recursion.back, recursion.weight, recursion.bias, *forward(view).values()):
        equation.check(view.trace)


def test_softmax_hands_back_delta() -> None:
    view = View(lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy"))
    recursion = Recursion.of(view, "superscript")
    assert recursion.by_delta
    assert view.value(recursion.handed(2, 1)) == pytest.approx(view.value(d(C, z(2, 1))))
    for equation in (recursion.start, recursion.weight, *forward(view).values()):
        equation.check(view.trace)
    assert set(forward(view)) == {"input", "sum", "activation", "output", "cost"}
