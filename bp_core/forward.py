"""The forward pass.

Every function here takes examples as rows, and any number of leading axes for as many networks at once:
x (..., m, n_0), weights (..., n_l, n_{l-1}), biases (..., n_l) — for stacked networks (..., 1, n_l).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_core.activations import Activation
    from bp_core.arrays import Array


def forward(
    weights: Sequence[Array], biases: Sequence[Array], activations: Sequence[Activation], x: Array
) -> tuple[list[Array], list[Array]]:
    """The pre-activations z of the layers 1 … L and the activations a of 0 … L, each (..., m, n_l).

    z[l-1] = a[l-1] Wᵀ + b, a[l] = σ(z[l-1]).
    """
    z: list[Array] = []
    a = [x]
    for W, b, activation in zip(weights, biases, activations, strict=True):
        z.append(a[-1] @ W.mT + b)
        a.append(activation.value(z[-1]))
    return z, a
