# ruff: noqa: N802, N815 - L, J and the derivatives are called what the equations call them
"""Traces: everything that a film can show about a network, its examples and its training.

>>> from bp_core import Cost, Example, Network
>>> from bp_core.quantities import C, d, w
>>> network = Network([[[1.1]], [[-0.6]]], [[0.1], [0.3]], "sigmoid")
>>> lesson = trace(network, Cost("squared_error"), [Example([0.6], [1.0])])
>>> lesson.examples[0].layer(2).a.shape
(1,)
>>> lesson.value(d(C, w(2, 0, 0))) == float(lesson.examples[0].layer(2).dC_dw[0, 0])
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bp_core.arrays import Array, all_finite
from bp_core.dataset import DataSet, gradient
from bp_core.errors import NOT_FINITE, NumberError, QuantityError
from bp_core.example_trace import ExampleTrace, trace_example
from bp_core.indices import resolve
from bp_core.lookup import read
from bp_core.network import Example, Network, split
from bp_core.training import Run, Step, Training

if TYPE_CHECKING:
    from bp_core.costs import Cost
    from bp_core.quantities import Quantity, Variable

#: Traced examples are kept until they hold about this many numbers.
_KEPT = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class LayerAverage:
    """∂J/∂w (n, n_before) and ∂J/∂b (n,) of one layer."""

    dJ_dw: Array
    dJ_db: Array


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """The cost J of the data set, penalty included, and its gradient, ``layers[l-1]`` for l = 1 … L."""

    J: float
    layers: tuple[LayerAverage, ...]


class ExampleTraces(Sequence[ExampleTrace]):
    """The traces of all examples, each computed when it is first asked for."""

    def __init__(self, step: Step) -> None:
        network, cost, data = step.network, step.cost, step.data
        moment = step.moment

        def traced(number: int) -> ExampleTrace:
            return trace_example(network, cost, data.x[number], data.y[number], suffix=f"@{number}", moment=moment)

        self._count = len(data)
        self._traced = lru_cache(maxsize=max(4, _KEPT // network.parameter_count))(traced)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> ExampleTrace:  # type: ignore[override]
        position = index + self._count if index < 0 else index
        if not 0 <= position < self._count:
            raise IndexError(f"example {index} of {self._count}")
        return self._traced(position)


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """A network with its cost, its examples and its training; made by :func:`trace`.

    Everything is computed when it is first asked for, and then kept. ``steps`` are the network before training and
    after each update, ``focus`` is the example that is meant where none is named.
    """

    steps: Run
    training: Training | None
    focus: int

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        return f"<Trace of {sizes}, {self.cost.function}, {len(self.data)} examples, {len(self.steps)} steps>"

    @property
    def network(self) -> Network:
        """The network that is traced."""
        return self.steps[0].network

    @property
    def cost(self) -> Cost:
        """The cost."""
        return self.steps[0].cost

    @property
    def data(self) -> DataSet:
        """The examples as arrays."""
        return self.steps[0].data

    @property
    def L(self) -> int:
        """The number of the last layer."""
        return self.network.L

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons of each layer, 0 (the input) to L."""
        return self.network.sizes

    @property
    def moment(self) -> str:
        """When this is, for messages: empty before training, else as `` after step 2 (epoch 1)``."""
        return self.steps[0].moment

    @cached_property
    def examples(self) -> Sequence[ExampleTrace]:
        """The trace of each example."""
        return ExampleTraces(self.steps[0])

    @property
    def J(self) -> float:
        """The cost of the data set, penalty included."""
        return self.steps[0].J

    @cached_property
    def average(self) -> Average:
        """J and its gradient.

        Raises:
            NumberError: one of the numbers is not finite.
        """
        network = self.network
        slope = gradient(network, self.cost, self.data, len(self.data))
        if not all_finite(slope):
            name = network.first_not_finite(slope)
            raise NumberError(NOT_FINITE, name=f"dJ/d{name}", moment=self.moment)
        slope.setflags(write=False)
        return Average(self.J, tuple(map(LayerAverage, *split(slope, network.sizes))))

    def parameter(self, name: Variable) -> float:
        """The value of a weight or bias."""
        return self.network.parameter(name)

    def dJ(self, symbol: str, layer: int) -> Array:
        """The derivatives of J by a layer's weights (``"w"``) or biases (``"b"``)."""
        record = self.average.layers[layer - 1]
        return record.dJ_dw if symbol == "w" else record.dJ_db

    def value(self, quantity: Quantity, step: int = 0) -> float:
        """The number a name stands for, of the network after ``step`` updates.

        A name without an example means the one in focus; ``L`` in an index is the last layer.

        Raises:
            QuantityError: this network has no such quantity.
            NumberError: it is not a finite number.
        """
        here = self.at_step(step)
        named = resolve(quantity, self.L, {})
        value = float(read(here, named))
        if not math.isfinite(value):
            raise NumberError(NOT_FINITE, name=named, moment=here.moment)
        return value

    def at_step(self, step: int) -> Trace:
        """The same lesson with the network after ``step`` updates; its own steps go on from there."""
        if step == 0:
            return self
        if not 0 < step < len(self.steps):
            last = len(self.steps) - 1
            raise QuantityError("step %(step)s: this lesson has the steps 0 to %(last)s", step=step, last=last)
        return self._at_step(step)

    @cached_property
    def _at_step(self) -> Callable[[int], Trace]:
        def at(step: int) -> Trace:
            return Trace(self.steps.from_(step, self.steps[step].network), self.training, self.focus)

        return lru_cache(maxsize=32)(at)

    def nudged(self, changes: Mapping[Variable, float]) -> Trace:
        """The same lesson with some weights and biases changed by so much, as if training came by here."""
        return self.with_parameters({name: self.network.parameter(name) + change for name, change in changes.items()})

    def with_parameters(self, values: Mapping[Variable, float]) -> Trace:
        """The same lesson with other values of some weights and biases, as if training came by here."""
        network = self.network.with_parameters(values)
        return Trace(self.steps.from_(0, network), self.training, self.focus)

    def with_focus(self, example: int) -> Trace:
        """The same lesson with another example in focus."""
        if not 0 <= example < len(self.data):
            last = len(self.data) - 1
            raise QuantityError(
                "example %(example)s: this lesson has the examples 0 to %(last)s", example=example, last=last
            )
        return self if example == self.focus else Trace(self.steps, self.training, example)

    def next_parameters(self, step: int = 0) -> Network:
        """The network after the next update: the one training takes at ``step``, or would take if it went on.

        Raises:
            QuantityError: the lesson has no training.
        """
        return self.steps.reached(step + 1).network


def trace(
    network: Network,
    cost: Cost,
    examples: Sequence[Example],
    training: Training | None = None,
    focus: int = 0,
) -> Trace:
    """The trace of a network on its examples.

    Raises:
        ValueError: the examples do not fit the network or the cost.
    """
    data = DataSet.of(examples, network, cost)
    if not 0 <= focus < len(data):
        raise ValueError(f"focus: expected an example from 0 to {len(data) - 1}, got {focus}")
    return Trace(Run(Step(0, 0, (), network, cost, data), training), training, focus)
