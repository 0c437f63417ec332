"""Classifiers of two and of several classes made of one another: the same probabilities, by another way."""

from __future__ import annotations

import numpy as np
import pytest

from bp_core.equations import Equation
from bp_core.network import Example
from bp_core.quantities import C, a
from bp_core.trace import trace
from scenes.kit.calculus.classes import several_classes, short_cost, two_classes
from scenes.kit.view import View
from tests.random_lessons import lesson

SOFTMAX = View(lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy", l2=0.1, m=5))
BINARY = View(lesson((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy", m=4))
ANSWERS = View(lesson((2, 3, 3), ("tanh", "sigmoid"), "binary_cross_entropy", m=4))


def test_two_of_several_classes_share_as_softmax_has_it() -> None:
    both = two_classes(SOFTMAX)
    first, second = (SOFTMAX.value(a(2, j)) for j in range(2))
    assert both.value(a(2, 0)) == pytest.approx(first / (first + second))
    y = SOFTMAX.trace.data.y[SOFTMAX.trace.focus]
    assert both.trace.data.y[both.trace.focus][0] == pytest.approx(y[0] / (y[0] + y[1]))
    assert both.instead


def test_one_output_as_two() -> None:
    both = several_classes(BINARY)
    one = BINARY.value(a(2, 0))
    assert [both.value(a(2, j)) for j in range(2)] == pytest.approx([one, 1 - one])
    assert both.value(C) == pytest.approx(BINARY.value(C))
    assert two_classes(BINARY) is BINARY
    assert several_classes(SOFTMAX) is SOFTMAX


def test_of_several_answers_the_first() -> None:
    assert two_classes(ANSWERS).value(a(2, 0)) == pytest.approx(ANSWERS.value(a(2, 0)))


def test_an_example_of_another_class_is_left_out() -> None:
    given = SOFTMAX.trace
    examples = [Example(x, np.eye(3)[e % 3]) for e, x in enumerate(given.data.x)]
    both = two_classes(View(trace(given.network, given.cost, examples, None, 2)))
    assert both.trace.data.y[:, 0].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert both.trace.focus == 0


def test_the_short_form_of_the_cost_holds() -> None:
    for view, targets in ((SOFTMAX, np.eye(3)), (BINARY, [[0.0], [1.0]])):
        given = view.trace
        examples = [Example(given.data.x[0], y) for y in targets]
        for focus in range(len(examples)):
            other = trace(given.network, given.cost, examples, None, focus)
            short = short_cost(other)
            assert short is not None
            Equation(C, short).check(other)
    assert short_cost(SOFTMAX.trace) is None
