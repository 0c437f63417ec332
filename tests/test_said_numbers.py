"""What is said of a number agrees with what is shown of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.costs import cost_formula
from bp_core.quantities import C, d, w
from bp_script.language import language_of
from bp_script.lesson import lesson_from
from bp_script.narration import Format, Narration
from bp_script.numerals import numeral
from scenes.kit.chapter import view_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.manim_door import dry_run, quality
from scenes.kit.parameters import BaseParameters
from scenes.kit.view import View
from scenes.registry import chapter_class
from tests.rehearsals import rehearsed, shipped
from tests.said_numbers import said_otherwise


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(shipped("backpropagation_calculus"), BaseParameters())


def test_other_digits_than_those_shown_are_found() -> None:
    clip = rehearsed("backpropagation_calculus", "chain_rule")
    assert said_otherwise(clip) == []
    rounder = tuple(replace(line, text=line.text.replace("0.2458", "0.25")) for line in clip.captions)
    assert said_otherwise(replace(clip, captions=rounder)) == [
        "'The activation moves\\n0.25 times as far as z.' says 0.25; the picture shows 0.2458"
    ]


@pytest.mark.parametrize(("name", "parameter"), [("why", "w[2][0][0]"), ("which_loss", "w[2][11][0]")])
def test_the_numbers_of_many_outputs_can_be_said(name: str, parameter: str, tmp_path: Path) -> None:
    """Not all of them are drawn."""
    data = {
        "title": "Twelve outputs",
        "network": {"sizes": [2, 3, 12], "activations": "sigmoid", "init": {"scheme": "xavier", "seed": 1}},
        "cost": "half_squared_error",
        "examples": [{"x": [0.5, -0.5], "y": [1.0] + [0.0] * 11}],
        "chapters": [{name: {"parameter": parameter}}],
    }
    lesson = lesson_from(data, known_chapters={name: chapter_class(name).Parameters})
    clip = dry_run(chapter_class(name), lesson, lesson.chapters[0], quality("m", lesson.look.aspect), tmp_path)
    assert said_otherwise(clip) == []


@pytest.mark.parametrize("chapter", ["output_gradients", "hidden_sensitivities"])
def test_a_derivative_has_the_same_digits_in_a_whole_chapter(chapter: str) -> None:
    texts: dict[str, set[str]] = {}
    for number in rehearsed("two_two_one", chapter).shown:
        if number.quantity.startswith("dC/"):
            texts.setdefault(number.quantity, set()).add(number.text)
    assert len(texts) >= 3
    assert [each for each in texts.values() if len(each) > 1] == []


@pytest.mark.parametrize("decimals", [1, 4, 7])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_number_is_said_as_it_is_drawn(view: View, decimals: int, language: str) -> None:
    view = replace(view, language=language_of(language))
    slope = d(C, w(1, 0, 0))
    formula = Formula(view, slope, Side.value(slope, decimals))
    drawn = view.shown(slope, decimals=decimals).text
    said = Narration.parse(as_drawn(slope, formula)).render(view.trace, 2)
    assert view.language.numeral(said) == drawn


def test_what_is_not_drawn_as_a_number_cannot_be_said_so(view: View) -> None:
    with pytest.raises(KeyError, match="has no number in this picture"):
        as_drawn(C, Formula(view, C, cost_formula(view.trace.cost, view.trace.sizes)))


@given(st.floats(-1e7, 1e7), st.integers(0, 8), st.booleans())
def test_a_written_number_tells_its_format(value: float, decimals: int, signed: bool) -> None:
    text = numeral(value, decimals, signed=signed)
    assert Format.of(text)(value, 0).lstrip("+") == text.lstrip("+")
