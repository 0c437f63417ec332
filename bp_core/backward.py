"""The backward pass; shapes as in :mod:`bp_core.forward`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bp_core.activations import Activation
    from bp_core.arrays import Array


def backward(
    weights: Sequence[Array], activations: Sequence[Activation], z: Sequence[Array], output_delta: Array
) -> Iterator[tuple[Array, Array, Array]]:
    """∂C/∂a, σ′(z) and their product δ = ∂C/∂z of the layers L − 1, L − 2, … 1, each (..., m, n_l).

    ∂C/∂a[l] = δ[l+1] W[l+1]: each neuron's share of every error it feeds. ``output_delta`` is δ of the last layer,
    which comes from the cost and the outputs together (:mod:`bp_core.output`).
    """
    delta = output_delta
    for layer in range(len(weights) - 1, 0, -1):
        dC_da = delta @ weights[layer]
        slope = activations[layer - 1].derivative(z[layer - 1])
        delta = dC_da * slope
        yield dC_da, slope, delta
