"""Wherever a shown sum, product or power can be recomputed from the shown digits, it comes out, or the sign is ≈."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from bp_core.equations import evaluate
from bp_core.quantities import Derivative, Variable
from bp_core.trace import Trace
from bp_script.equation_language import parse_expression
from bp_script.errors import TextError
from bp_script.numerals import comes_out
from scenes.registry import chapter_class
from tests.rehearsals import rehearsed, shipped
from tests.test_chapters import PLAIN, REHEARSED, random_lesson, record, suited_lesson

CLAIM = re.compile(r"^(.*) (=|≈) ([^=≈]*)$")
#: What a text that is no expression of the language may still consist of, to be one of nothing but digits.
NUMERAL = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
#: A side that is one number.
ONE = re.compile(rf"\(?-?(?:{NUMERAL.pattern})\)?")
FUNCTIONS = {"sigma", "ln", "exp", "tanh", "max", "step"}


def recomputed(text: str, trace: Trace) -> float | None:
    """What the digits of one side come to; None if a symbol stands in it."""
    try:
        expression = parse_expression(text, trace.L)
    except TextError:
        # Whole vectors and the formulas of activations are no expressions of the language.
        if set(re.findall(r"[A-Za-z]+", NUMERAL.sub("", text))) - FUNCTIONS:
            return None
        raise
    if any(isinstance(node, Variable | Derivative) for node in expression.walk()):
        return None
    return evaluate(expression, trace)


def is_honest(claim: str, trace: Trace) -> bool | None:
    """Whether the sign is the right one; None where nothing can be recomputed. Of a matrix its entry is judged."""
    left, sign, right = CLAIM.match(claim.rpartition(", where ")[2]).groups()  # type: ignore[union-attr]
    values = [recomputed(side, trace) for side in (left, right)]
    if None in values:
        return None
    equal = math.isclose(*values, rel_tol=1e-12, abs_tol=1e-15)  # type: ignore[arg-type]
    return equal == (sign == "=")


def missed(claims: list[str], trace: Trace) -> list[str]:
    """Of the claims that numbers make another one, those that they do not make as it is written.

    A row of numbers makes what a row with the same left side says.
    """
    split = [CLAIM.match(claim.rpartition(", where ")[2]).groups() for claim in claims]  # type: ignore[union-attr]
    results = {left: right for left, _, right in split if ONE.fullmatch(right)}
    found = []
    for left, sign, right in split:
        for numbers, result in ((left, right), (right, left), (right, results.get(left, ""))):
            if ONE.fullmatch(result) and not ONE.fullmatch(numbers):
                value = recomputed(numbers, trace)
                if value is not None and not comes_out(value, result.strip("()")):
                    found.append(f"{numbers} {sign} {result}")
    return found


def claims_of(seed: int, folder: Path) -> list[tuple[str, Trace]]:
    lessons = {name: suited_lesson(seed, chapter_class(name), folder) for name in PLAIN}
    return [
        (equation.text, lesson.trace())
        for name, lesson in lessons.items()
        for equation in record(lesson, name, folder).equations
        if "←" not in equation.text
    ]


@pytest.mark.parametrize("name", REHEARSED)
def test_what_is_reckoned_comes_out_as_it_is_shown(name: str) -> None:
    """Whoever takes the shown numbers and reckons gets the digits that stand behind the sign."""
    film = chapter_class(name).example_lesson
    claims = [equation.text for equation in rehearsed(film, name).equations if "←" not in equation.text]
    assert missed(claims, shipped(film).trace()) == []


@pytest.mark.parametrize("seed", range(100, 104))
def test_signs_are_honest_on_random_lessons(seed: int, tmp_path: Path) -> None:
    judged = [(claim, is_honest(claim, trace)) for claim, trace in claims_of(seed, tmp_path)]
    assert [claim for claim, honest in judged if honest is False] == []
    assert any(honest for _, honest in judged)


def test_numbers_that_do_not_come_out_are_caught() -> None:
    trace = random_lesson(1).trace()
    assert missed(["0.47 * 0.25 ≈ 0.1175", "C ≈ 0.47 * 0.5", "C ≈ 0.24", "z[1][0] ≈ 0.12"], trace) == []
    assert missed(["0.47 * 0.25 ≈ 0.12", "0.47 * 0.25 ≈ 0.1162"], trace) == ["0.47 * 0.25 ≈ 0.1162"]
    assert missed(["C ≈ 0.47 * (-0.5)", "C ≈ (-0.25)"], trace) == ["0.47 * (-0.5) ≈ (-0.25)"]


def test_a_dishonest_sign_is_caught() -> None:
    trace = random_lesson(1).trace()
    assert is_honest("0.57 * 2 = 1.14", trace)
    assert is_honest("0.57 * 0.57 = 0.32", trace) is False
    assert is_honest("0.5 * 2 ≈ 1.0", trace) is False
    assert is_honest("u = W @ v, where 0.5 * 0.5 = 0.2", trace) is False
    assert is_honest("tanh(z[1][0]) = exp(z[1][0])", trace) is None
    with pytest.raises(TextError):
        is_honest("0.5 * * 2 = 1.0", trace)
