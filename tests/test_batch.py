"""What an update follows, as an expression: it has to be what the training really did."""

from __future__ import annotations

import pytest

from bp_core.equations import Equation
from bp_core.nodes import Constant, New
from bp_core.quantities import C, J, d
from bp_core.training import Training
from scenes.kit.calculus.batch import Batch, averaged_derivative, parameter_count, penalised, trained, training_of
from scenes.kit.view import View
from tests.random_lessons import lesson


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("step", [0, 1])
def test_every_parameter_steps_against_the_derivative(size: int, l2: float, step: int) -> None:
    training = Training(0.5, 3, size, shuffle=True)
    view = View(lesson((2, 3, 1), l2=l2, m=5, training=training)).at_step(step)
    batch = Batch.next(view)
    assert 1 <= len(batch.examples) <= size
    for parameter in view.trace.network.parameters():
        rule = parameter - Constant("eta") * batch.derivative(parameter)
        Equation(New(parameter), rule).check(view.trace, step)


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_the_derivative_of_the_whole_cost_is_an_average(l2: float) -> None:
    view = View(lesson((2, 3, 1), l2=l2, m=5))
    for parameter in view.trace.network.parameters():
        Equation(d(J, parameter), averaged_derivative(view, parameter)).check(view.trace)
        assert penalised(view, parameter) == (l2 > 0 and parameter.symbol == "w")


def test_the_cost_of_a_batch() -> None:
    seen = [Batch.next(View(lesson((2, 1), m=4, training=Training(0.1, 1, size)))) for size in (1, 2, 4)]
    one, two, all_of_them = seen
    trace = one.view.trace
    assert (one.single, two.single, all_of_them.single) == (True, False, False)
    assert one.cost == C.at_example(0)
    assert two.view.value(two.cost) == pytest.approx((trace.examples[0].C + trace.examples[1].C) / 2)
    assert all_of_them.cost == J


def test_a_mean_over_examples_belongs_to_none() -> None:
    batch = Batch.next(View(lesson((2, 1), m=4, training=Training(0.1, 1, 2))))
    assert batch.view.shown(batch.cost).example is None
    assert batch.view.shown(C.at_example(1)).example == 1
    assert batch.view.shown(C).example == batch.view.trace.focus


def test_a_learning_rate_of_the_chapter() -> None:
    untrained = View(lesson((1, 1)))
    assert training_of(untrained, None) is None
    training = training_of(untrained, 0.25)
    assert training is not None
    assert trained(untrained, training).value(Constant("eta")) == 0.25
    view = View(lesson((1, 1), training=Training(0.5, 0, optimizer="momentum")))
    kept = training_of(view, None)
    assert kept is not None
    assert (kept.learning_rate, kept.epochs, kept.optimizer) == (0.5, 1, "momentum")


def test_parameters_are_counted() -> None:
    view = View(lesson((2, 3, 1)))
    assert view.value(parameter_count((2, 3, 1))) == view.trace.network.parameter_count
