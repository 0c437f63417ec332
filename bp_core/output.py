"""The output layer and the cost, computed together.

∂C/∂z = σ′(z) ∂C/∂a has factors that no float64 holds (∂C/∂a = −y/a where a underflows) although their product is an
ordinary number. For the two cross-entropies and their output activation the cost and δ therefore come straight
from z: softplus and log-sum-exp for the cost, and for δ the form a − y, written so that it keeps its digits where a is
close to y. (Derivations: C. Bishop, Pattern Recognition and Machine Learning, 2006, §4.3.2, §4.3.4 and §5.2.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bp_core.activations import ACTIVATIONS, complement, sigmoid, softplus
from bp_core.costs import COSTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_core.arrays import Array


Form: TypeAlias = "Callable[[Array, Array, Array], Array]"


@dataclass(frozen=True, slots=True)
class Output:
    """A cost as a function of the output layer's z, a and the targets y; arrays of shape (..., n).

    ``value`` is C, (...). ``derivative`` is ∂C/∂a, (..., n), infinite where float64 cannot hold it. ``slope`` is the
    activation's derivative ∂a/∂z as a function of z, and ``fused`` is δ where it is not computed as their product.
    """

    value: Form
    derivative: Form
    slope: Callable[[Array], Array]
    fused: Form | None = None

    def factors(self, z: Array, a: Array, y: Array) -> tuple[Array, Array, Array]:
        """∂C/∂a, ∂a/∂z and δ = ∂C/∂z."""
        dC_da, slope = self.derivative(z, a, y), self.slope(z)
        return dC_da, slope, self.fused(z, a, y) if self.fused else dC_da * slope

    def delta(self, z: Array, a: Array, y: Array) -> Array:
        """δ = ∂C/∂z alone."""
        return self.fused(z, a, y) if self.fused else self.derivative(z, a, y) * self.slope(z)


@lru_cache
def output_of(cost: str, activation: str) -> Output:
    """How ``cost`` is computed on outputs by ``activation``.

    Raises:
        ValueError: the cost is for the outputs of another activation.
    """
    record, slope = COSTS[cost], ACTIVATIONS[activation].derivative
    if record.output_activation not in (None, activation):
        raise ValueError(f"{cost} goes with {record.output_activation} outputs, not with {activation}")
    if cost == "binary_cross_entropy":
        return Output(_binary_value, _binary_derivative, slope, _binary_delta)

    def value(_: Array, a: Array, y: Array) -> Array:
        return record.value(a, y)

    def derivative(_: Array, a: Array, y: Array) -> Array:
        return record.derivative(a, y)

    def softmax_delta(_: Array, a: Array, y: Array) -> Array:
        # aᵢ(gᵢ − Σⱼ aⱼgⱼ) is the same for g shifted by a constant; shifted by that of the largest a, nothing cancels.
        g = record.derivative(a, y)
        g = g - np.take_along_axis(g, a.argmax(axis=-1, keepdims=True), axis=-1)
        return np.asarray(a * (g - (a * g).sum(axis=-1, keepdims=True)))

    if cost == "cross_entropy":
        return Output(_softmax_value, derivative, slope, _softmax_delta)
    return Output(value, derivative, slope, softmax_delta if activation == "softmax" else None)


def _binary_value(z: Array, _: Array, y: Array) -> Array:
    return np.asarray((y * softplus(-z) + (1.0 - y) * softplus(z)).sum(axis=-1))


def _binary_derivative(z: Array, _: Array, y: Array) -> Array:
    """−y/a + (1 − y)/(1 − a), where 1/a = 1 + e⁻ᶻ and 1/(1 − a) = 1 + eᶻ."""
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = np.where(y == 0.0, 0.0, y * (1.0 + np.exp(-z)))
        unwanted = np.where(y == 1.0, 0.0, (1.0 - y) * (1.0 + np.exp(z)))
        return np.asarray(unwanted - wanted)


def _binary_delta(z: Array, a: Array, y: Array) -> Array:
    """A − y as (1 − y)a − y(1 − a), with 1 − σ(z) = σ(−z)."""
    return np.asarray((1.0 - y) * a - y * sigmoid(-z))


def _softmax_value(z: Array, _: Array, y: Array) -> Array:
    """Σⱼ yⱼ (ln Σᵢ exp(zᵢ) − zⱼ), with the largest z subtracted first: its own term is the 1 of ln(1 + …)."""
    largest = z.argmax(axis=-1, keepdims=True)
    shifted = z - np.take_along_axis(z, largest, axis=-1)
    others = np.exp(shifted)
    np.put_along_axis(others, largest, 0.0, axis=-1)
    return np.asarray((y * (np.log1p(others.sum(axis=-1, keepdims=True)) - shifted)).sum(axis=-1))


def _softmax_delta(_: Array, a: Array, y: Array) -> Array:
    """A − y as a(Σy − y) − y(1 − a)."""
    return np.asarray(a * (y.sum(axis=-1, keepdims=True) - y) - y * complement(a))
