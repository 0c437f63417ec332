# ruff: noqa: N802, N815 - the derivatives are called what the equations call them
"""The trace of one example: a frozen record a layer, with everything that was computed on the way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import all_finite
from bp_core.backward import backward
from bp_core.errors import NOT_FINITE, NumberError
from bp_core.forward import forward
from bp_core.output import output_of

if TYPE_CHECKING:
    from bp_core.arrays import Array
    from bp_core.costs import Cost
    from bp_core.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """One layer's numbers for one example; n neurons after n_before, all arrays read-only.

    ``z``, ``a``, ``dC_da``, ``delta`` = ∂C/∂z = ``dC_db`` are (n,), ``dC_dw`` is (n, n_before). ``da_dz`` is (n,);
    for softmax (n, n), row i the derivatives of aᵢ. ``dC_da`` is infinite where float64 cannot hold it.
    """

    z: Array
    a: Array
    da_dz: Array
    dC_da: Array
    delta: Array
    dC_dw: Array

    @property
    def dC_db(self) -> Array:
        """∂C/∂b, which is δ: ∂z/∂b = 1."""
        return self.delta


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTrace:
    """One example: inputs ``x`` (n_0,), targets ``y`` (n_L,), its cost ``C``, and ``layers[l-1]`` for l = 1 … L.

    ``dC_dx`` (n_0,) is ∂C/∂a of layer 0. All arrays are read-only.
    """

    x: Array
    y: Array
    C: float
    layers: tuple[LayerTrace, ...]
    dC_dx: Array

    def layer(self, number: int) -> LayerTrace:
        """Layer ``number``, counted from 1 as in the equations."""
        if not 1 <= number <= len(self.layers):
            raise IndexError(f"layers count from 1 to {len(self.layers)}, got {number}")
        return self.layers[number - 1]


def trace_example(
    network: Network, cost: Cost, x: Array, y: Array, *, suffix: str = "", moment: str = ""
) -> ExampleTrace:
    """The forward and the backward pass of one example, everything kept.

    Args:
        network: the network.
        cost: the cost; its penalty plays no part for one example.
        x: inputs (n_0,), read-only.
        y: targets (n_L,), read-only.
        suffix: the example in messages, ``@3``.
        moment: the step in messages, as `` after step 2 (epoch 1)``.

    Raises:
        NumberError: a value overflowed or is not a number; the message names the first one.
    """
    output = output_of(cost.function, network.activations[-1])
    weights, activations = network.weights, network.layer_activations
    with np.errstate(all="ignore"):
        z, a = forward(weights, network.biases, activations, x[None, :])
        C = output.value(z[-1], a[-1], y[None, :])
        back = [output.factors(z[-1], a[-1], y[None, :])]
        back.extend(backward(weights, activations, z, back[0][2]))
        layers = tuple(
            LayerTrace(_row(z[i]), _row(a[i + 1]), _row(slope), _row(dC_da), _row(delta), _kept(delta.T * a[i]))
            for i, (dC_da, slope, delta) in enumerate(reversed(back))
        )
        trace = ExampleTrace(x, y, float(C[0]), layers, _row(back[-1][2] @ weights[0]))
    numbers = [part.ravel() for layer in layers for part in (layer.z, layer.dC_dw)]
    if not (all_finite(np.concatenate(numbers)) and all_finite(C)):
        raise NumberError(NOT_FINITE, name=_first_not_finite(trace, suffix), moment=moment)
    return trace


def _kept(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _row(array: Array) -> Array:
    """The one example of an array of examples, read-only."""
    return _kept(array[0])


def _first_not_finite(trace: ExampleTrace, suffix: str) -> str:
    """The name of the first number, in the order of computation, that is not finite.

    The factors ∂C/∂a and ∂a/∂z may be beyond float64 while δ is not; the activations are finite where z is.
    """
    found = [(f"z[{i}]", layer.z) for i, layer in enumerate(trace.layers, start=1)]
    found.append(("C", np.asarray(trace.C)))
    for i in range(len(trace.layers), 0, -1):
        layer = trace.layers[i - 1]
        found += [(f"delta[{i}]", layer.delta), (f"dC/dw[{i}]", layer.dC_dw)]
    name, array = next((name, array) for name, array in found if not all_finite(array))
    indices = "".join(f"[{i}]" for i in np.argwhere(~np.isfinite(array))[0])
    return f"{name}{indices}{suffix}"
