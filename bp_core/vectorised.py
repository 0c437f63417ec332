"""The algorithm a layer at a time: forward pass, δ and its recursion, Δ and the gradient, as equations of matrices.

They are those of A. Ng's course on machine learning: a bias unit of 1 before each layer's activations, the biases as
the first column of the weights. Layers that are not given are free.

>>> print(delta_recursion(1))
delta[1] = (Theta[2] without biases^T @ delta[2]) * sigma'[1](z[1])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_core.matrices import (
    Accumulated,
    Activated,
    CostSlopes,
    MatrixEquation,
    MatrixExpression,
    Outer,
    OutputSlopes,
    Slopes,
    Vector,
    Weights,
)
from bp_core.quantities import C, Index

if TYPE_CHECKING:
    from bp_core.quantities import AnyIndex
    from bp_core.trace import Trace

l = Index("l")


def input_layer() -> MatrixEquation:
    """a[0] = x."""
    return MatrixEquation(Vector("a", 0), Vector("x", 0))


def weighted_sum(layer: AnyIndex = l) -> MatrixEquation:
    """z[l] = Θ[l] a[l−1], the bias unit among the activations."""
    return MatrixEquation(Vector("z", layer), Weights(layer) @ Vector("a", layer - 1, bias=True))


def activation(lesson: Trace, layer: AnyIndex = l) -> MatrixEquation:
    """a[l] = σ(z[l]), for each entry; of softmax for all together."""
    softmax = layer == lesson.L and lesson.network.activations[-1] == "softmax"
    return MatrixEquation(Vector("a", layer), Activated(Vector("z", layer), layer, softmax=softmax))


def output_delta(lesson: Trace) -> MatrixEquation:
    """δ[L] = a − y for a cross-entropy with its outputs; else ∂C/∂a ⊙ σ′(z), behind softmax (∂a/∂z)ᵀ ∂C/∂a."""
    L = lesson.L
    right: MatrixExpression
    if lesson.cost.record.output_activation:
        right = Vector("a", L) - Vector("y", L)
    elif lesson.network.activations[-1] == "softmax":
        right = OutputSlopes(L).T @ CostSlopes(L)
    else:
        right = CostSlopes(L) * Activated(Vector("z", L), L, derivative=True)
    return MatrixEquation(Vector("delta", L), right)


def delta_recursion(layer: AnyIndex = l) -> MatrixEquation:
    """δ[l] = (Θ[l+1] without its bias column)ᵀ δ[l+1] ⊙ σ′(z[l]), for l < L."""
    back = Weights(layer + 1, bias=False).T @ Vector("delta", layer + 1)
    return MatrixEquation(Vector("delta", layer), back * Activated(Vector("z", layer), layer, derivative=True))


def example_slopes(layer: AnyIndex = l, example: int | None = None) -> MatrixEquation:
    """∂C/∂Θ[l] = δ[l] a[l−1]ᵀ: what one example says of a layer's weights and biases."""
    return MatrixEquation(Slopes(layer, of=C.at_example(example)), Outer(layer, example).product)


def accumulation(layer: int, example: int) -> MatrixEquation:
    """Δ[l] ← Δ[l] + δ[l] a[l−1]ᵀ at one example: the sum up to it, and what it adds."""
    before = Accumulated(layer, upto=example)
    return MatrixEquation(Accumulated(layer, upto=example + 1), before + Outer(layer, example).product)
