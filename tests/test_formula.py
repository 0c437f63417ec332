"""Formulas on screen: refused if false, honest about rounding, and their parts know what they are."""

from __future__ import annotations

import pytest

from bp_core.equations import EquationError
from bp_core.nodes import Apply, Constant, Number, Product, SumOver
from bp_core.quantities import C, Index, a, b, d, w, y, z
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import Style
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.motion.moves import Morph
from tests.kit_lessons import view, wide_trace

SQUARE = (a(3, 0) - y(0)) ** 2
RULE = d(z(3, 0), w(3, 0, 0)) * d(a(3, 0), z(3, 0)) * d(C, a(3, 0))


def test_a_false_equation_is_not_drawn() -> None:
    with pytest.raises(EquationError):
        Formula(view(), C, (a(3, 0) + y(0)) ** 2)


def test_signs_tell_whether_the_digits_come_out() -> None:
    formula = Formula(view(), C, SQUARE, Side.numbers(SQUARE), Side.value(C))
    texts = [statement.text for statement in formula.statements]
    assert texts == [
        "C = (a[3][0] - y[0])^2",
        "(a[3][0] - y[0])^2 ≈ (0.565 - 1.00)^2",
        "(0.565 - 1.00)^2 ≈ 0.19",
    ]
    exact = Formula(view(), b(3, 0), Side.value(b(3, 0)))
    assert exact.statements[0].text == "b[3][0] = -0.40"


def test_what_is_recorded_has_no_parentheses_too_many() -> None:
    sides = Side.numbers(Apply("exp", b(3, 0))), Side.value(Apply("exp", b(3, 0)))
    assert Formula(view(), *sides).statements[0].text == "exp(-0.40) ≈ 0.67"


def test_numbers_have_the_digits_that_make_a_result_come_out() -> None:
    sides = Side.numbers(RULE), Side.value(RULE, 4)
    assert Formula(view(), *sides).statements[0].text == "0.4728 * 0.2458 * (-0.8698) ≈ -0.1011"
    assert Formula(view(), *sides, style=Style(finer=False)).statements[0].text == "0.47 * 0.25 * (-0.87) ≈ -0.1011"
    # Where more digits than there may be are asked for, the result has one less.
    assert Formula(view(), sides[0], Side.value(RULE, 5)).statements[0].text == "0.4728 * 0.2458 * (-0.8698) ≈ -0.1011"


def test_what_comes_out_of_the_shown_digits_is_equal() -> None:
    total = b(1, 0) + b(2, 0)
    formula = Formula(view(), Side.numbers(total), Side.value(total), decimals=1)
    assert formula.statements[0].text == "0.1 + 0.3 = 0.4"


def test_both_sides_are_evaluated() -> None:
    statement = Formula(view(), d(C, w(3, 0, 0)), RULE).statements[0]
    assert statement.left == pytest.approx(statement.right, rel=1e-12)
    assert statement.left == pytest.approx(view().value(d(C, w(3, 0, 0))))


def test_leaves_know_their_numbers() -> None:
    formula = Formula(view(), C, Side.numbers(SQUARE))
    shown = formula.leaf(a(3, 0), side=1)[0].shown
    assert (shown.quantity, shown.example, shown.text) == ("a[3][0]", 0, "0.57")
    assert shown.value == view().value(a(3, 0))
    with pytest.raises(KeyError):
        formula.leaf(z(3, 0))


def test_a_derivative_is_one_leaf_with_its_bar() -> None:
    formula = Formula(view(), d(C, w(3, 0, 0)), RULE)
    whole = formula.leaf(d(a(3, 0), z(3, 0)), side=1)
    assert len(whole) == 3
    assert len({glyph.get_fill_color().to_hex() for part in whole for glyph in part}) == 3


@pytest.mark.parametrize("notation", ["superscript", "delta", "from_to", "worked"])
def test_sums_and_functions_are_written_in_every_notation(notation: str) -> None:
    k = Index("k")
    seen = view(wide_trace(), notation)
    total = SumOver("k", w(2, 1, k) * a(1, k)) + b(2, 1)
    assert Formula(seen, z(2, 1), total).statements
    assert Formula(seen, a(2, 1), Apply("sigma", z(2, 1), 2)).statements


def test_what_is_counted_has_no_decimals_but_a_learning_rate_has() -> None:
    eta, m = Constant("eta"), Constant("m")
    assert Formula(view(), Side.numbers(eta, [eta])).width > Formula(view(), Side.numbers(m, [m])).width
    text = Formula(view(), Side.numbers(eta * m, [eta, m]), Side.value(eta * m)).statements[0].text
    assert text == "0.5 * 2 = 1.00"


def test_negative_numbers_are_bracketed_where_they_have_to_be() -> None:
    product = b(3, 0) * b(3, 0)
    formula = Formula(view(), Side.numbers(product), Side.value(product), decimals=1)
    assert formula.statements[0].text.startswith("(-0.4) * (-0.4)")
    assert formula.width < Formula(view(), Side.numbers(product * Number(2)), Side.value(product * Number(2))).width


def test_a_morph_ends_on_the_new_formula() -> None:
    old, new = Formula(view(), C, SQUARE), Formula(view(), C, Side.numbers(SQUARE))
    morph = Morph(old, new)
    assert morph.new is new


def test_a_constant_is_as_short_as_it_can_be() -> None:
    """The learning rate 0.5 reads 0.5: neither 0.50 nor a power of ten."""
    step = Constant("eta") * w(3, 0, 0)
    formula = Formula(view(), step, Side.numbers(step, [Constant("eta")]), decimals=4)
    (shown,) = (part.shown for part in formula.typeset.get_family() if hasattr(part, "shown"))
    assert shown.text == "0.5"


def test_digits_go_before_letters_become_too_small() -> None:
    """In less and less room: fewer digits, two that count at least; then the last side on a line of its own."""
    rule = d(C, w(3, 0, 0))
    sides = (rule, Side(RULE, frozenset(RULE.factors), 5), Side.value(rule, 5))
    whole = Formula(view(), *sides, em=1.0)
    texts = []
    for share in (1.0, 0.9, 0.75):
        room = whole.width * READABLE_EM * share
        formula = Formula.fitting(view(), *sides, em=READABLE_EM, width=room, height=1.5)
        assert formula.em == pytest.approx(READABLE_EM)
        assert formula.width <= room + 1e-9
        texts.append(formula.statements[0].text)
        lines = formula.relation(2).get_y() < formula.relation(1).get_y() - formula.em
        assert lines == (share == 0.75)
    assert len(texts[1]) < len(texts[0])


def test_a_small_number_keeps_two_digits_that_count() -> None:
    small = b(3, 0) / Number(7000)
    formula = Formula(view(), small, Side.value(small), decimals=7, style=Style(fewer=3))
    assert formula.statements[0].text.endswith("≈ -0.000057")


def test_two_numbers_have_a_dot_between_them_when_one_of_them_begins_a_product() -> None:
    """1 times 2a does not read as 12a."""
    inner = Product((Number(2), a(3, 0)))
    nested, flat = (Formula(view(), Product(factors)) for factors in ((Number(1), inner), (Number(1), *inner.factors)))
    assert nested.width == pytest.approx(flat.width)


def test_derivatives_stand_on_one_line_where_height_is_short() -> None:
    """With a dot between them, so that no bar reaches over the next."""
    sides = d(C, w(3, 0, 0)), RULE
    flat = Formula(view(), *sides, style=Style(inline=True))
    tall = Formula(view(), *sides)
    assert flat.height < 0.7 * tall.height < tall.height
    assert flat.statements == tall.statements
    low = Formula.fitting(view(), *sides, em=READABLE_EM, width=9.0, height=flat.height * READABLE_EM / flat.em)
    assert low.em == pytest.approx(READABLE_EM)
