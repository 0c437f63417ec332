# ruff: noqa: N802 - J is the cost's own name
"""Training: the updates a network goes through, one by one.

An update follows the gradient of its batch's mean cost plus the penalty of the whole data set,
(l2/(2m)) Σ w² with m all examples. An epoch goes through all examples once; its last batch is shorter if need be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import all_finite
from bp_core.dataset import DataSet, gradient, mean_cost
from bp_core.errors import NOT_FINITE, NumberError, Phrase, QuantityError
from bp_core.optimizers import OPTIMIZERS, Moments

if TYPE_CHECKING:
    from bp_core.costs import Cost
    from bp_core.network import Example, Network


#: All steps are kept as long as they hold at most about this many numbers.
_KEPT = 1 << 25


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is trained.

    ``batch_size`` None is all examples. ``shuffle`` permutes the examples anew each epoch, with
    ``numpy.random.default_rng(seed)``. ``momentum`` (μ) is read by the optimizers ``momentum`` and ``nesterov``;
    ``beta1``, ``beta2`` and ``epsilon`` by ``adam``.
    """

    learning_rate: float
    epochs: int = 1
    batch_size: int | None = None
    optimizer: str = "sgd"
    shuffle: bool = False
    seed: int = 0
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"no optimizer is called {self.optimizer!r}; there are {', '.join(OPTIMIZERS)}")
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(f"learning_rate is a number above 0, got {self.learning_rate}")
        if self.epochs < 0 or (self.batch_size is not None and self.batch_size < 1):
            raise ValueError("epochs is a number from 0 upwards, batch_size one from 1 upwards")
        for name in ("momentum", "beta1", "beta2"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a number from 0 to below 1, got {getattr(self, name)}")
        if not 0 < self.epsilon < float("inf"):
            raise ValueError(f"epsilon is a number above 0, got {self.epsilon}")


@dataclass(frozen=True, eq=False)
class Step:
    """The network after ``number`` updates; step 0, in epoch 0 and with an empty batch, is before the first."""

    number: int
    epoch: int
    batch: tuple[int, ...]
    network: Network
    cost: Cost
    data: DataSet
    moments: Moments = ()

    @property
    def moment(self) -> str:
        """When this is, for messages: empty before training."""
        return _moment(self.number, self.epoch) if self.number else ""

    @cached_property
    def J(self) -> float:
        """The cost of the whole data set at this moment, penalty included.

        Raises:
            NumberError: it is not a finite number.
        """
        value = mean_cost(self.network, self.cost, self.data)
        if not np.isfinite(value):
            raise NumberError(NOT_FINITE, name="J", moment=self.moment)
        return value


def _moment(step: int, epoch: int) -> Phrase:
    return Phrase(" after step %(step)s (epoch %(epoch)s)", step=step, epoch=epoch)


class Schedule:
    """Which examples each update takes; it goes on for as long as it is asked."""

    def __init__(self, training: Training, m: int) -> None:
        self.batch_size = m if training.batch_size is None else training.batch_size
        if self.batch_size > m:
            raise ValueError(f"batch_size: expected at most the {m} examples, got {self.batch_size}")
        self._training = training
        self._m = m
        self.batches_per_epoch = -(-m // self.batch_size)
        self._restart()

    def _restart(self) -> None:
        self._rng = np.random.default_rng(self._training.seed)
        self._epoch = 0
        self._order: Sequence[int] = range(self._m)

    def batch(self, update: int) -> tuple[int, tuple[int, ...]]:
        """The epoch (from 1) and the batch of an update (from 1)."""
        epoch, position = divmod(update - 1, self.batches_per_epoch)
        if self._training.shuffle:
            self._shuffle(epoch + 1)
        start = position * self.batch_size
        return epoch + 1, tuple(self._order[start : start + self.batch_size])

    def _shuffle(self, epoch: int) -> None:
        """Go on to the order of ``epoch``; the generator only goes forward, so back means once more from the start."""
        if epoch < self._epoch:
            self._restart()
        while self._epoch < epoch:
            self._order = self._rng.permutation(self._m).tolist()
            self._epoch += 1


class Run(Sequence[Step]):
    """The steps of a training, computed as far as they are asked for.

    They are kept, unless they would fill the memory: then every so many of them, and those between are computed again.
    """

    def __init__(self, start: Step, training: Training | None, schedule: Schedule | None = None) -> None:
        self.training = training
        self._schedule = schedule or (Schedule(training, len(start.data)) if training else None)
        self._first = start.number
        numbers = 3 * start.network.parameter_count + (self._schedule.batch_size if self._schedule else 0)
        self._stride = -(-len(self) * numbers // _KEPT)
        self._kept = [start]
        self._from_kept = lru_cache(maxsize=2)(lambda i: [self._kept[i]])

    def __len__(self) -> int:
        if self.training is None or self._schedule is None:
            return 1
        return max(0, self.training.epochs * self._schedule.batches_per_epoch - self._first) + 1

    def __getitem__(self, index: int) -> Step:  # type: ignore[override]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(f"step {index} of {len(self)}")
        return self.reached(position)

    def reached(self, position: int) -> Step:
        """The step at ``position``, also beyond the end: as training would go on."""
        which, further = divmod(position, self._stride)
        while len(self._kept) <= which:
            self._kept.append(self._next(self._walked(len(self._kept) - 1, self._stride - 1)))
        return self._walked(which, further)

    def _walked(self, which: int, further: int) -> Step:
        """The step so many after a kept one."""
        steps = self._from_kept(which)
        while len(steps) <= further:
            steps.append(self._next(steps[-1]))
        return steps[further]

    def from_(self, position: int, network: Network) -> Run:
        """The same training taken up at a step, with another network in its place."""
        step = self.reached(position)
        start = Step(step.number, step.epoch, step.batch, network, step.cost, step.data, step.moments)
        return Run(start, self.training, self._schedule)

    def _next(self, step: Step) -> Step:
        if self.training is None or self._schedule is None:
            raise QuantityError("this lesson has no training, so there is no next update")
        number = step.number + 1
        epoch, batch = self._schedule.batch(number)
        slope = gradient(step.network, step.cost, step.data.rows(batch), len(step.data))
        optimizer = OPTIMIZERS[self.training.optimizer]
        with np.errstate(all="ignore"):
            theta, moments = optimizer(self.training, step.network.vector, slope, step.moments, number)
        if not all_finite(theta):
            name = step.network.first_not_finite(theta)
            raise NumberError(NOT_FINITE, name=name, moment=_moment(number, epoch))
        theta.setflags(write=False)
        return Step(number, epoch, batch, step.network.with_vector(theta), step.cost, step.data, moments)


def train(network: Network, cost: Cost, examples: Sequence[Example], training: Training) -> Iterator[Step]:
    """The network before training and after each update.

    Raises:
        NumberError: a parameter overflowed or is not a number; the message names it and the step.
    """
    data = DataSet.of(examples, network, cost)
    run = Run(Step(0, 0, (), network, cost, data), training)
    yield from run
