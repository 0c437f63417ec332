"""The same network, data and start with one activation function after another inside: costs and gradients, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bp_core.arrays import Array
from bp_core.errors import NumberError
from bp_core.nodes import Expression, LayerSize, Number, SumOver
from bp_core.quantities import Index, J, d, w
from bp_core.training import Training
from scenes.kit.otherwise import otherwise
from scenes.kit.view import View

#: The most epochs that are trained unless more are asked for, and the most points of a cost curve.
_EPOCHS, _POINTS = 400, 200


@dataclass(frozen=True)
class Contestant:
    """The lesson with ``function`` in all hidden layers, trained like this."""

    given: View
    function: str
    training: Training

    @cached_property
    def view(self) -> View:
        """Its view, before training."""
        activations = self.given.trace.network.activations
        inside = [self.function] * (len(activations) - 1)
        return otherwise(self.given, activations=[*inside, activations[-1]], training=self.training)

    @property
    def batches(self) -> int:
        """Updates an epoch."""
        m = len(self.given.trace.data)
        return -(-m // (self.training.batch_size or m))

    @cached_property
    def costs(self) -> tuple[Array, Array]:
        """Epochs and the cost of the data set after each, as far as it is a finite number."""
        stride = max(1, -(-self.training.epochs // _POINTS))
        epochs = sorted({*range(0, self.training.epochs + 1, stride), self.training.epochs})
        found = []
        for epoch in epochs:
            try:
                found.append(self.view.trace.steps[epoch * self.batches].J)
            except NumberError:
                break
        return np.array(epochs[: len(found)], dtype=np.float64), np.array(found)

    @property
    def after(self) -> View:
        """Its view after the last epoch whose cost is a finite number."""
        return self.view.at_step(int(self.costs[0][-1]) * self.batches)

    @cached_property
    def gradients(self) -> Array:
        """How large the derivatives by the weights are, layer 1 … L: the root of their mean square."""
        layers = self.view.trace.average.layers
        return np.array([float(np.sqrt(np.mean(np.square(layer.dJ_dw)))) for layer in layers])

    @property
    def shrinks(self) -> float:
        """How many times smaller the gradient of the first layer is than that of the last."""
        first, last = float(self.gradients[0]), float(self.gradients[-1])
        return last / first if first else (np.inf if last else 1.0)


def gradient_size(layer: int) -> Expression:
    """The root of the mean square of ∂J/∂w over the weights of a layer."""
    squares = SumOver("j", SumOver("k", d(J, w(layer, Index("j"), Index("k"))) ** 2))
    return (squares / (LayerSize(layer) * LayerSize(layer - 1))) ** (Number(1) / Number(2))


def contestants(view: View, functions: Sequence[str], epochs: int | None) -> dict[str, Contestant]:
    """One for each function; the lesson needs training."""
    training = view.trace.training
    if training is None:
        raise ValueError("the lesson has no training")
    wanted = epochs or min(training.epochs, _EPOCHS)
    return {f: Contestant(view, f, replace(training, epochs=max(1, wanted))) for f in functions}
