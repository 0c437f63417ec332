# ruff: noqa: N802, N815 - the derivatives are called what the equations call them
"""The trace of one example: a frozen record a layer, with everything that was computed on the way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import Array, all_finite
from bp_core.backward import backward
from bp_core.errors import NumberError
from bp_core.forward import forward
from bp_core.output import output_of

if TYPE_CHECKING:
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


@dataclass(frozen=True, eq=False)
class ExampleTrace:
    """One example: inputs ``x`` (n_0,), targets ``y`` (n_L,), its cost ``C``, and ``layers[l-1]`` for l = 1 … L."""

    x: Array
    y: Array
    C: float
    layers: tuple[LayerTrace, ...]
    network: Network

    def layer(self, number: int) -> LayerTrace:
        """Layer ``number``, counted from 1 as in the equations."""
        if not 1 <= number <= len(self.layers):
            raise IndexError(f"layers count from 1 to {len(self.layers)}, got {number}")
        return self.layers[number - 1]

    @cached_property
    def dC_dx(self) -> Array:
        """∂C/∂a of layer 0, (n_0,)."""
        with np.errstate(all="ignore"):
            slope = self.layers[0].delta @ self.network.weights[0]
        slope.setflags(write=False)
        return slope


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
        targets = y[None, :]
        C = float(output.value(z[-1], a[-1], targets)[0])
        delta = output.delta(z[-1], a[-1], targets)
        found = [(output.derivative(z[-1], a[-1], targets), activations[-1].derivative(z[-1]), delta)]
        found.extend(backward(weights, activations, z, delta))
        layers = []
        for number, (dC_da, slope, delta) in enumerate(reversed(found)):
            row = delta[0]
            record = LayerTrace(z[number][0], a[number + 1][0], slope[0], dC_da[0], row, row[:, None] * a[number])
            for array in (record.z, record.a, record.da_dz, record.dC_da, record.delta, record.dC_dw):
                array.setflags(write=False)
            layers.append(record)
    trace = ExampleTrace(x, y, C, tuple(layers), network)
    _check(trace, suffix, moment)
    return trace


def _check(trace: ExampleTrace, suffix: str, moment: str) -> None:
    """Refuse what is not finite; the factors ∂C/∂a and ∂a/∂z may be beyond float64 while δ is not."""
    for number, layer in enumerate(trace.layers, start=1):
        if not all_finite(layer.z):
            raise NumberError(f"z[{number}]{_first(layer.z)}{suffix}{moment} is not a finite number")
    if not np.isfinite(trace.C):
        raise NumberError(f"C{suffix}{moment} is not a finite number")
    for number in range(len(trace.layers), 0, -1):
        layer = trace.layers[number - 1]
        if not all_finite(layer.dC_dw):
            if not all_finite(layer.delta):
                raise NumberError(f"delta[{number}]{_first(layer.delta)}{suffix}{moment} is not a finite number")
            raise NumberError(f"dC/dw[{number}]{_first(layer.dC_dw)}{suffix}{moment} is not a finite number")


def _first(array: Array) -> str:
    """The indices of the first entry that is not finite, as a name has them."""
    return "".join(f"[{i}]" for i in np.argwhere(~np.isfinite(array))[0])
