"""The examples of a lesson as two arrays, and what is averaged over them: J and its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import Array, frozen
from bp_core.backward import backward
from bp_core.forward import forward
from bp_core.network import Example, Network, joined
from bp_core.output import output_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bp_core.costs import Cost

#: Examples are taken in blocks of about this many numbers a layer, so that any data set fits in memory.
_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False, slots=True)
class DataSet:
    """Inputs ``x`` (m, n_0) and targets ``y`` (m, n_L), one example a row."""

    x: Array
    y: Array

    @classmethod
    def of(cls, examples: Sequence[Example], network: Network, cost: Cost) -> DataSet:
        """The examples as arrays, checked against the network and the cost.

        Raises:
            ValueError: a row of the wrong length, or targets that the cost has no meaning for.
        """
        if not examples:
            raise ValueError("at least one example is needed")
        output_of(cost.function, network.activations[-1])
        for number, example in enumerate(examples):
            for name, row, size in (("x", example.x, network.sizes[0]), ("y", example.y, network.sizes[-1])):
                if row.size != size:
                    raise ValueError(f"{name} of example {number}: expected {size} numbers, got {row.size}")
        data = cls(frozen([example.x for example in examples]), frozen([example.y for example in examples]))
        data._check_targets(cost)
        return data

    def _check_targets(self, cost: Cost) -> None:
        if cost.function == "binary_cross_entropy":
            wrong, wanted = ((self.y < 0) | (self.y > 1)).any(axis=1), "from 0 to 1"
        elif cost.function == "cross_entropy":
            wrong = (self.y < 0).any(axis=1) | (np.abs(self.y.sum(axis=1) - 1) > 1e-9)
            wanted = "from 0 upwards that sum to 1"
        else:
            return
        if wrong.any():
            number = int(wrong.argmax())
            raise ValueError(f"y of example {number}: {cost.function} needs targets {wanted}, got {self.y[number]}")

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, batch: Sequence[int]) -> DataSet:
        """Some of the examples, in the order given."""
        chosen = list(batch)
        return DataSet(self.x[chosen], self.y[chosen])

    def blocks(self, sizes: Sequence[int]) -> Iterator[tuple[Array, Array]]:
        """The rows in blocks that keep the arrays of a network of these ``sizes`` small."""
        rows = max(1, _BLOCK // max(sizes))
        for start in range(0, len(self), rows):
            yield self.x[start : start + rows], self.y[start : start + rows]


def mean_cost(network: Network, cost: Cost, data: DataSet) -> float:
    """J = (1/m) Σ C + (l2/(2m)) Σ w²; not finite where it overflows."""
    return float(stacked_mean_cost(network.weights, network.biases, network, cost, data))


def stacked_mean_cost(
    weights: Sequence[Array], biases: Sequence[Array], network: Network, cost: Cost, data: DataSet
) -> Array:
    """J of as many networks as the leading axes of ``weights`` and ``biases`` hold, shaped as ``network``."""
    output = output_of(cost.function, network.activations[-1])
    total: Array | float = 0.0
    with np.errstate(all="ignore"):
        for x, y in data.blocks(network.sizes):
            z, a = forward(weights, biases, network.layer_activations, x)
            total = total + output.value(z[-1], a[-1], y).sum(axis=-1)
        if cost.l2:
            penalty = sum(np.square(W).sum(axis=(-2, -1)) for W in weights)
            total = total + 0.5 * cost.l2 * penalty
        return np.asarray(total / len(data))


def gradient(network: Network, cost: Cost, batch: DataSet, m: int) -> Array:
    """The gradient of the batch's mean cost plus (l2/(2m)) Σ w², in the order of ``network.vector``.

    ``m`` is the number of examples of the whole data set. With the whole data set as the batch this is ∇J.
    Not finite where it overflows.
    """
    return joined(*stacked_gradient(network.weights, network.biases, network, cost, batch, m=m))


def stacked_gradient(
    weights: Sequence[Array], biases: Sequence[Array], network: Network, cost: Cost, batch: DataSet, *, m: int
) -> tuple[list[Array], list[Array]]:
    """As :func:`gradient`, by the weights and by the biases of each layer, for a stack of networks."""
    output = output_of(cost.function, network.activations[-1])
    activations = network.layer_activations
    dC_dw: list[Array | float] = [0.0] * network.L
    dC_db: list[Array | float] = [0.0] * network.L
    with np.errstate(all="ignore"):
        for x, y in batch.blocks(network.sizes):
            z, a = forward(weights, biases, activations, x)
            last = output.delta(z[-1], a[-1], y)
            earlier = (delta for _, _, delta in backward(weights, activations, z, last))
            for layer, delta in zip(range(network.L, 0, -1), chain((last,), earlier), strict=True):
                dC_dw[layer - 1] += delta.mT @ a[layer - 1]
                dC_db[layer - 1] += delta.sum(axis=-2)
        by_weights = [np.asarray(total / len(batch)) for total in dC_dw]
        if cost.l2:
            by_weights = [mean + cost.l2 / m * W for mean, W in zip(by_weights, weights, strict=True)]
        return by_weights, [np.asarray(total / len(batch)) for total in dC_db]
