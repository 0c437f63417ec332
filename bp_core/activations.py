"""Activations: each one's value, derivative and formula side by side.

Conventions: relu's derivative at 0 is 0 and leaky_relu's is 0.01, the slope from the left, as in PyTorch, TensorFlow
and JAX (what the choice does: D. Bertoin et al., Numerical influence of ReLU'(0) on backpropagation, NeurIPS 2021).
Softmax gives equal z equal shares. leaky_relu's slope of 0.01 is that of A. Maas et al., Rectifier nonlinearities
improve neural network acoustic models, 2013.

The numbers are written so that no exponential overflows and no 1 − a cancels: they keep their relative precision for
every z that float64 can hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bp_core.nodes import Apply, Expression, Number, SumOver, Symbol
from bp_core.quantities import Index
from bp_core.quantities import a as a_
from bp_core.quantities import z as z_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bp_core.arrays import Array

LEAKY_SLOPE = 0.01


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function a = σ(z).

    ``value`` and ``derivative`` take an array of any shape (..., n) and return one of that shape; softmax acts along
    the last axis, and its derivative has the shape (..., n, n), row i the derivatives of aᵢ.

    ``value_formula`` and ``derivative_formula`` are expressions in ``Symbol("z")``, ``derivative_from_value``
    the derivative in ``Symbol("a")``, the activation's own value, where that is the shorter form. Softmax's are in the
    quantities of the last layer, the derivative for j = i (see :data:`SOFTMAX_CROSS_DERIVATIVE` for the rest).
    """

    name: str
    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    value_formula: Expression
    derivative_formula: Expression
    derivative_from_value: Expression | None = None

    def __call__(self, z: Array) -> Array:
        """The activation's value."""
        return self.value(z)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ); below zero as eᶻ / (1 + eᶻ), which cannot overflow."""
    return np.asarray(np.exp(np.minimum(z, 0.0)) / (1.0 + np.exp(-np.abs(z))))


def sigmoid_derivative(z: Array) -> Array:
    """σ(1 − σ) as e / (1 + e)² with e = exp(−|z|): 1 − σ would lose its digits where σ is close to 1."""
    e = np.exp(-np.abs(z))
    return np.asarray(e / np.square(1.0 + e))


def tanh_derivative(z: Array) -> Array:
    """1 − tanh² as 4e / (1 + e)² with e = exp(−2|z|), for the same reason."""
    e = np.exp(-2.0 * np.abs(z))
    return np.asarray(4.0 * e / np.square(1.0 + e))


def relu(z: Array) -> Array:
    """max(0, z)."""
    return np.asarray(np.maximum(z, 0.0))


def relu_derivative(z: Array) -> Array:
    """1 above zero, else 0."""
    return np.asarray(np.greater(z, 0.0), dtype=np.float64)


def leaky_relu(z: Array) -> Array:
    """Z above zero, 0.01 z below."""
    return np.asarray(np.maximum(z, LEAKY_SLOPE * z))


def leaky_relu_derivative(z: Array) -> Array:
    """1 above zero, else 0.01."""
    return np.where(np.greater(z, 0.0), 1.0, LEAKY_SLOPE)


def softplus(z: Array) -> Array:
    """ln(1 + eᶻ) as max(0, z) + ln(1 + exp(−|z|))."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))


def linear(z: Array) -> Array:
    """Z itself."""
    return np.asarray(z, dtype=np.float64)


def softmax(z: Array) -> Array:
    """exp(zⱼ) / Σᵢ exp(zᵢ) along the last axis, with the largest z subtracted first."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def complement(a: Array) -> Array:
    """1 − aⱼ for probabilities that sum to 1 along the last axis, exact where aⱼ is close to 1.

    Only the largest can be close to 1; for it the others are added up instead.
    """
    largest = a.argmax(axis=-1, keepdims=True)
    others = a.copy()
    np.put_along_axis(others, largest, 0.0, axis=-1)
    rest = 1.0 - a
    np.put_along_axis(rest, largest, others.sum(axis=-1, keepdims=True), axis=-1)
    return rest


def softmax_derivative(z: Array) -> Array:
    """∂aᵢ/∂zⱼ = aᵢ(1 − aᵢ) for j = i, else −aᵢaⱼ; shape (..., n, n)."""
    a = softmax(z)
    jacobian = -a[..., :, None] * a[..., None, :]
    diagonal = np.arange(a.shape[-1])
    jacobian[..., diagonal, diagonal] = a * complement(a)
    return np.asarray(jacobian)


def _ones(z: Array) -> Array:
    return np.ones_like(z, dtype=np.float64)


_Z, _A = Symbol("z"), Symbol("a")
_i, _j, _L = Index("i"), Index("j"), Index("L")


def _exp(argument: Expression) -> Expression:
    return Apply("exp", argument)


#: ∂aⱼ/∂zᵢ of softmax for i ≠ j.
SOFTMAX_CROSS_DERIVATIVE: Expression = -(a_(_L, _j) * a_(_L, _i))

#: The activations by name. Softmax is for the last layer only.
ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        activation.name: activation
        for activation in (
            Activation(
                "sigmoid",
                sigmoid,
                sigmoid_derivative,
                1 / (1 + _exp(-_Z)),
                _exp(-_Z) / (1 + _exp(-_Z)) ** 2,
                _A * (1 - _A),
            ),
            Activation(
                "tanh",
                np.tanh,
                tanh_derivative,
                Apply("tanh", _Z),
                1 - Apply("tanh", _Z) ** 2,
                1 - _A**2,
            ),
            Activation("relu", relu, relu_derivative, Apply("max", _Z), Apply("step", _Z)),
            Activation(
                "leaky_relu",
                leaky_relu,
                leaky_relu_derivative,
                Apply("max", _Z) - Number(LEAKY_SLOPE) * Apply("max", -_Z),
                Number(LEAKY_SLOPE) + Number(1 - LEAKY_SLOPE) * Apply("step", _Z),
            ),
            Activation("softplus", softplus, sigmoid, Apply("ln", 1 + _exp(_Z)), 1 / (1 + _exp(-_Z)), 1 - _exp(-_A)),
            Activation("linear", linear, _ones, _Z, Number(1)),
            Activation(
                "softmax",
                softmax,
                softmax_derivative,
                _exp(z_(_L, _j)) / SumOver("i", _exp(z_(_L, _i))),
                a_(_L, _j) * (1 - a_(_L, _j)),
            ),
        )
    }
)
