"""The derivative by a parameter of an earlier layer, in its forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bp_core.equations import Equation
from bp_core.trace import Trace
from scenes.kit.calculus.earlier import Earlier
from scenes.kit.pictures.chain import Chain
from tests.random_lessons import lesson, lessons


def ways(trace: Trace) -> list[Earlier]:
    parameters = [p for p in trace.network.parameters() if isinstance(p.layer, int) and p.layer < trace.L]
    return [Earlier(trace, Chain.through(trace.network.sizes, p), p) for p in parameters]


@given(lessons())
@settings(max_examples=40)
def test_every_form_is_the_derivative(trace: Trace) -> None:
    for earlier in ways(trace):
        for form in (earlier.short, earlier.opened, earlier.full):
            if form is not None:
                Equation(earlier.whole, form).check(trace)


def test_a_chain_has_all_factors() -> None:
    earlier = ways(lesson((1, 1, 1, 1)))[0]
    assert earlier.full is not None
    assert str(earlier.full).count(" * ") == 6
    assert str(earlier.opened).count(" * ") == 4


@pytest.mark.parametrize("outputs", [2, 3])
def test_several_ways_are_summed(outputs: int) -> None:
    earlier = ways(lesson((2, 2, outputs)))[0]
    assert earlier.full is None
    assert "sum(j, " in str(earlier.opened)
