"""Glyphs from Typst: parts, baselines, sizes, and that text is never markup."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.kit.letters.compiler import TypesetError
from scenes.kit.letters.face import X_HEIGHT
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset, numeral_glyphs

WHITE = "#ffffff"


def test_a_letter_has_the_fonts_x_height() -> None:
    assert Typeset("x", em=0.5, colour=WHITE).height == pytest.approx(X_HEIGHT * 0.5, rel=0.05)


def test_parts_are_told_apart_and_change_nothing_in_the_layout() -> None:
    plain = Typeset("$display(frac(a, b) = c + d)$", em=1, colour=WHITE)
    marked = Typeset("$display(part(#0, frac(part(#1, a), b)) = c part(#300, +) d)$", em=1, colour=WHITE)
    assert marked.width == pytest.approx(plain.width)
    assert marked.numbers_of_parts() == [1, 0, 300]
    assert len(marked.part(0)) == 2, "the bar and b"
    assert len(marked.part(7)) == 0


def test_the_baseline_moves_and_scales_along() -> None:
    high, low = (Typeset(s, em=1, colour=WHITE) for s in ("$display(frac(a, b)) x$", "x"))
    assert high.baseline == pytest.approx(0) == pytest.approx(low.baseline)
    high.scale(0.5).shift(np.array([1.0, 2.0, 0.0]))
    letter = high[-1]
    assert high.baseline == pytest.approx(letter.get_bottom()[1], abs=0.01)
    assert high.set_baseline(-1).baseline == pytest.approx(-1)


def test_numerals_are_set_like_typst_sets_them() -> None:
    alone = numeral_glyphs("-0.4657", 1, WHITE)
    together = Typeset('#"\u22120.4657"', em=1, colour=WHITE)
    assert len(alone) == len(together)
    for one, other in zip(alone, together, strict=True):
        assert one.get_left() - alone[0].get_left() == pytest.approx(
            other.get_left() - together[0].get_left(), abs=0.002
        )


@given(st.text(max_size=40))
def test_text_is_never_markup(text: str) -> None:
    Words(text, em=0.4, colour=WHITE)


@pytest.mark.parametrize(
    "text", ['#read("/etc/passwd")', "$x$", "= Heading", "`raw`", '"; #panic("no")', "\\", "*bold*"]
)
def test_markup_is_drawn_as_it_is_written(text: str) -> None:
    glyphs = len("".join(text.split()))
    assert len(Words(text, em=0.4, colour=WHITE)) == glyphs


def test_a_bad_source_is_named() -> None:
    with pytest.raises(TypesetError, match="unclosed"):
        Typeset("$frac(", em=1, colour=WHITE)
