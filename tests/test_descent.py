"""Descent on a few parameters: against training itself, against a second computation, and what stays still."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bp_core.descent import descend
from bp_core.errors import NumberError, QuantityError
from bp_core.network import Example
from bp_core.quantities import J, b, d, w
from bp_core.training import Training, train
from tests.random_lessons import lesson, lessons

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_on_all_parameters_it_is_training(optimizer: str) -> None:
    trace = lesson((3, 4, 2), m=7, l2=0.3, seed=5)
    training = Training(0.1, 2, 3, optimizer, shuffle=True, seed=9)
    found = descend(trace, list(trace.network.parameters()), training, 6)
    examples = [trace.data.x, trace.data.y]
    steps = list(train(trace.network, trace.cost, _examples(*examples), training))
    assert found.batches == tuple(step.batch for step in steps[1:])
    for values, step in zip(found.values, steps, strict=True):
        np.testing.assert_allclose(values, step.network.vector, rtol=1e-12)


def _examples(xs: np.ndarray, ys: np.ndarray) -> list[Example]:
    return [Example(x, y) for x, y in zip(xs, ys, strict=True)]


@given(lessons(), st.integers(0, 3))
def test_each_step_follows_the_gradient_where_it_is(trace: object, steps: int) -> None:
    parameters = list(trace.network.parameters())[:2]  # type: ignore[attr-defined]
    found = descend(trace, parameters, Training(0.01), steps)  # type: ignore[arg-type]
    here = trace
    for values, after in zip(found.values, found.values[1:], strict=False):
        here = trace.with_parameters(dict(zip(parameters, values.tolist(), strict=True)))  # type: ignore[attr-defined]
        slope = [here.value(d(J, parameter)) for parameter in parameters]
        np.testing.assert_allclose(after, values - 0.01 * np.array(slope), rtol=1e-9, atol=1e-12)


def test_the_trace_stays_as_it_is() -> None:
    trace = lesson((2, 3, 1))
    before = trace.network.vector.copy()
    descend(trace, [w(2, 0, 1), b(1, 0)], Training(0.5), 4)
    assert (trace.network.vector == before).all()


def test_none_but_finite_parameters_of_the_network() -> None:
    trace = lesson((2, 3, 1), "linear", scale=1e3)
    with pytest.raises(QuantityError):
        descend(trace, [w(9, 0, 0)], Training(0.5), 1)
    with pytest.raises(NumberError, match="after step"):
        descend(trace, [w(2, 0, 0)], Training(1e200), 5)
