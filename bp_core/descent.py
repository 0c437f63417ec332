"""Descent on a few parameters: training that moves some weights and biases, while all others stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import all_finite, frozen
from bp_core.dataset import gradient
from bp_core.errors import NumberError
from bp_core.optimizers import OPTIMIZERS, Moments
from bp_core.training import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_core.arrays import Array
    from bp_core.quantities import Variable
    from bp_core.trace import Trace
    from bp_core.training import Training


@dataclass(frozen=True, eq=False, slots=True)
class Descent:
    """Where some parameters are before and after each step, one row a step, and the batch that each step followed."""

    parameters: tuple[Variable, ...]
    values: Array
    batches: tuple[tuple[int, ...], ...]


def descend(trace: Trace, parameters: Sequence[Variable], training: Training, steps: int) -> Descent:
    """So many steps of training from a trace's network on, in which only these parameters move.

    Raises:
        QuantityError: one of them is no parameter of the network.
        NumberError: one of them is not finite after a step.

    >>> from bp_core import Cost, Example, Network, Training, trace
    >>> from bp_core.quantities import w
    >>> lesson = trace(Network([[[1.0, 2.0]]], [[0.0]], "linear"), Cost("half_squared_error"), [Example([1, 1], [0])])
    >>> descend(lesson, [w(1, 0, 0)], Training(0.5), 2).values.tolist()
    [[1.0], [-0.5], [-1.25]]
    """
    network, cost, data = trace.network, trace.cost, trace.data
    moved = [network.position(parameter) for parameter in parameters]
    schedule, optimizer = Schedule(training, len(data)), OPTIMIZERS[training.optimizer]
    theta = network.vector
    moments: Moments = ()
    batches: list[tuple[int, ...]] = []
    found = [theta[moved]]
    for number in range(1, steps + 1):
        _, batch = schedule.batch(number)
        slope = gradient(network, cost, data.rows(batch), len(data))[moved]
        with np.errstate(all="ignore"):
            values, moments = optimizer(training, found[-1], slope, moments, number)
        if not all_finite(values):
            name = parameters[int(np.argmin(np.isfinite(values)))]
            raise NumberError(
                "%(name)s after step %(step)s of a descent is not a finite number", name=name, step=number
            )
        theta = theta.copy()
        theta[moved] = values
        network = network.with_vector(frozen(theta))
        found.append(values)
        batches.append(batch)
    return Descent(tuple(parameters), frozen(found), tuple(batches))
