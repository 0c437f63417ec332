"""The output layer and the cost, computed together.

∂C/∂z = σ′(z) ∂C/∂a has factors that no float64 holds (∂C/∂a = −y/a where a underflows) although their product is an
ordinary number. For the two cross-entropies and their output activation the cost and δ therefore come straight
from z: softplus and log-sum-exp for the cost, and for δ the form a − y, written so that it keeps its digits where a is
close to y. (Derivations: C. Bishop, Pattern Recognition and Machine Learning, 2006, §4.3.2, §4.3.4 and §5.2.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bp_core.activations import ACTIVATIONS, complement, sigmoid, softplus
from bp_core.costs import COSTS, CostFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_core.arrays import Array


@dataclass(frozen=True, slots=True)
class Output:
    """A cost as a function of the output layer's z, a and the targets y; arrays of shape (..., n).

    ``value`` is C, (...); ``derivative`` is ∂C/∂a, infinite where float64 cannot hold it; ``delta`` is ∂C/∂z.
    """

    value: Callable[[Array, Array, Array], Array]
    derivative: Callable[[Array, Array, Array], Array]
    delta: Callable[[Array, Array, Array], Array]


@lru_cache
def output_of(cost: str, activation: str) -> Output:
    """How ``cost`` is computed on outputs by ``activation``.

    Raises:
        ValueError: the cost is for the outputs of another activation.
    """
    record = COSTS[cost]
    if record.output_activation not in (None, activation):
        raise ValueError(f"{cost} goes with {record.output_activation} outputs, not with {activation}")
    if cost == "binary_cross_entropy":
        return Output(_binary_value, _binary_derivative, _binary_delta)
    if cost == "cross_entropy":
        return Output(_softmax_value, _plain(record, activation).derivative, _softmax_delta)
    return _plain(record, activation)


def _plain(record: CostFunction, activation: str) -> Output:
    def value(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
        return record.value(a, y)

    def derivative(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
        return record.derivative(a, y)

    def elementwise_delta(z: Array, a: Array, y: Array) -> Array:
        return record.derivative(a, y) * slope(z)

    def softmax_delta(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
        # aᵢ(gᵢ − Σⱼ aⱼgⱼ) is the same for g shifted by a constant; shifted by that of the largest a, nothing cancels.
        g = record.derivative(a, y)
        g = g - np.take_along_axis(g, a.argmax(axis=-1, keepdims=True), axis=-1)
        return np.asarray(a * (g - (a * g).sum(axis=-1, keepdims=True)))

    slope = ACTIVATIONS[activation].derivative
    return Output(value, derivative, softmax_delta if activation == "softmax" else elementwise_delta)


def _binary_value(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
    return np.asarray((y * softplus(-z) + (1.0 - y) * softplus(z)).sum(axis=-1))


def _binary_derivative(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
    """−y/a + (1 − y)/(1 − a), where 1/a = 1 + e⁻ᶻ and 1/(1 − a) = 1 + eᶻ."""
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = np.where(y == 0.0, 0.0, y * (1.0 + np.exp(-z)))
        unwanted = np.where(y == 1.0, 0.0, (1.0 - y) * (1.0 + np.exp(z)))
        return np.asarray(unwanted - wanted)


def _binary_delta(z: Array, a: Array, y: Array) -> Array:
    """A − y as (1 − y)a − y(1 − a), with 1 − σ(z) = σ(−z)."""
    return np.asarray((1.0 - y) * a - y * sigmoid(-z))


def _softmax_value(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
    """Σⱼ yⱼ (ln Σᵢ exp(zᵢ) − zⱼ), with the largest z subtracted first: its own term is the 1 of ln(1 + …)."""
    largest = z.argmax(axis=-1, keepdims=True)
    shifted = z - np.take_along_axis(z, largest, axis=-1)
    others = np.exp(shifted)
    np.put_along_axis(others, largest, 0.0, axis=-1)
    return np.asarray((y * (np.log1p(others.sum(axis=-1, keepdims=True)) - shifted)).sum(axis=-1))


def _softmax_delta(z: Array, a: Array, y: Array) -> Array:  # noqa: ARG001
    """A − y as a(Σy − y) − y(1 − a)."""
    return np.asarray(a * (y.sum(axis=-1, keepdims=True) - y) - y * complement(a))
