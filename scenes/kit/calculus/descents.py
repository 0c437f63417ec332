"""What the chapter on mini-batches compares: from one start, steps along the gradient of all and along the batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bp_core.descent import Descent, descend
from bp_core.errors import NumberError
from bp_core.quantities import J, Variable, b, d, w
from bp_core.trace import Trace
from bp_core.training import Training
from bp_script.language.caller import callers_language, tr
from bp_script.language.mathematics import in_words
from scenes.kit.view import View


@dataclass(frozen=True)
class Descents:
    """Two parameters of a network go down, everything else held: along ∇J, and along the gradients of batches."""

    trace: Trace
    parameters: tuple[Variable, Variable]
    training: Training
    epochs: int

    @property
    def batch_size(self) -> int:
        """The size of a batch."""
        return self.training.batch_size or len(self.trace.data)

    @property
    def in_an_epoch(self) -> int:
        """The batches of an epoch."""
        return -(-len(self.trace.data) // self.batch_size)

    @property
    def steps(self) -> int:
        """How many steps each takes."""
        return self.epochs * self.in_an_epoch

    @cached_property
    def batches(self) -> Descent:
        """Along the gradients of the batches."""
        return descend(self.trace, self.parameters, self.training, self.steps)

    @cached_property
    def whole(self) -> Descent:
        """Along the gradient of all examples."""
        return descend(self.trace, self.parameters, replace(self.training, batch_size=None), self.steps)

    @property
    def examples_asked(self) -> int:
        """Over how many examples the batches' gradients went, all in all."""
        return sum(map(len, self.batches.batches))

    def view_at(self, view: View, values: np.ndarray) -> View:
        """The lesson where the two parameters have these values."""
        start = [view.trace.value(parameter) for parameter in self.parameters]
        return view.with_nudge(dict(zip(self.parameters, (values - start).tolist(), strict=True)))

    def cost(self, values: np.ndarray) -> float:
        """J where the two parameters have these values."""
        return self.trace.with_parameters(dict(zip(self.parameters, values.tolist(), strict=True))).value(J)

    @property
    def complaint(self) -> str | None:
        """Why the steps do not show a descent; None if they do."""
        rate = callers_language().numeral(f"{self.training.learning_rate:g}")
        try:
            start, ends = (
                self.cost(self.whole.values[0]),
                [self.cost(way.values[-1]) for way in (self.whole, self.batches)],
            )
            on_the_way = [self.cost(values) for values in self.whole.values]
        except NumberError as error:
            return tr(
                "expected a learning_rate at which the steps lower the cost; got %(rate)s, where %(error)s",
                rate=rate,
                error=in_words(error),
            )
        if not any(self.trace.value(d(J, parameter)) for parameter in self.parameters):
            one, other = self.parameters
            return tr(
                "expected two parameters that the cost depends on; got %(one)s and %(other)s", one=one, other=other
            )
        if max(ends) >= start or max(on_the_way[1:]) > start:
            return tr(
                "expected a learning_rate at which the steps lower the cost; got %(rate)s, at which it does not fall",
                rate=rate,
            )
        return None


def steepest_pair(trace: Trace) -> tuple[Variable, Variable]:
    """The weight of the last layer with the largest derivative, and another's largest: of another output, if there is.

    Where there is but one weight, its neuron's bias comes second.
    """
    last = trace.L
    weights = [w(last, j, k) for j in range(trace.sizes[-1]) for k in range(trace.sizes[-2])]
    weights.sort(key=lambda weight: -abs(trace.value(d(J, weight))))
    first, *rest = weights
    elsewhere = [weight for weight in rest if weight.indices[1] != first.indices[1]]
    return first, next(iter([*elsewhere, *rest]), b(last, 0))
