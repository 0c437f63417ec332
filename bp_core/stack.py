# ruff: noqa: N802 - J and the derivatives are called what the equations call them
"""A trace at many points at once: stacks of networks that differ in a few parameters.

The source of numbers of a sweep. Forward and backward pass are those of a single trace, on arrays with one more axis,
the first, for the points; a layer before the first one that differs is computed once.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bp_core.arrays import all_finite
from bp_core.backward import backward
from bp_core.bounds import checked_indices
from bp_core.dataset import stacked_gradient, stacked_mean_cost
from bp_core.forward import forward
from bp_core.output import output_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bp_core.arrays import Array
    from bp_core.lookup import Values
    from bp_core.quantities import Variable
    from bp_core.trace import Trace


class Stack:
    """A trace whose parameters in ``values`` are arrays (points,); a source for :func:`bp_core.lookup.read`."""

    def __init__(self, trace: Trace, values: Mapping[Variable, Array]) -> None:
        self.trace = trace
        self.sizes, self.focus = trace.sizes, trace.focus
        self._values = values
        weights, biases = trace.network.weights, trace.network.biases
        for name in values:
            trace.network.position(name)  # refuses what is not one of its parameters
        self.weights = [self._layer("w", layer, array) for layer, array in enumerate(weights, start=1)]
        self.biases = [self._layer("b", layer, array) for layer, array in enumerate(biases, start=1)]
        self.examples = StackedExamples(self)

    def _layer(self, symbol: str, layer: int, array: Array) -> Array:
        """A layer's weights (points, n, n_before) or biases (points, 1, n); just the array if none of them differs."""
        entries = {name: checked_indices(name, self.sizes) for name in self._values if name.symbol == symbol}
        here = {at[1:]: self._values[name] for name, at in entries.items() if at[0] == layer}
        if not here:
            return array
        stack = np.repeat(array[None], len(next(iter(here.values()))), axis=0)
        for at, column in here.items():
            where: Any = (slice(None), *at)
            stack[where] = column
        return stack if symbol == "w" else stack[:, None, :]

    def parameter(self, name: Variable) -> Values:
        """A weight or bias."""
        return self._values[name] if name in self._values else self.trace.parameter(name)

    @cached_property
    def J(self) -> Array:
        """The cost of the data set, (points,)."""
        trace = self.trace
        return stacked_mean_cost(self.weights, self.biases, trace.network, trace.cost, trace.data)

    @cached_property
    def _gradient(self) -> tuple[list[Array], list[Array]]:
        trace = self.trace
        return stacked_gradient(self.weights, self.biases, trace.network, trace.cost, trace.data, m=len(trace.data))

    def dJ(self, symbol: str, layer: int) -> Array:
        """The derivatives of J by a layer's weights or biases."""
        by_weights, by_biases = self._gradient
        return (by_weights if symbol == "w" else by_biases)[layer - 1]

    def finite(self) -> bool:
        """Whether all that was computed so far is finite, except factors that may be beyond float64."""
        return self.examples.finite()


class StackedExamples:
    """The examples of a stack, each computed when it is first asked for."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._found: dict[int, StackedExample] = {}

    def __len__(self) -> int:
        return len(self._stack.trace.data)

    def __getitem__(self, number: int) -> StackedExample:
        if number not in self._found:
            self._found[number] = StackedExample(self._stack, number)
        return self._found[number]

    def finite(self) -> bool:
        """Whether what was computed so far is finite."""
        return all(example.finite() for example in self._found.values())


class StackedExample:
    """One example on all networks of a stack; the backward pass only if one of its numbers is asked for."""

    def __init__(self, stack: Stack, number: int) -> None:
        self._stack = stack
        trace = stack.trace
        self.x, self.y = trace.data.x[number], trace.data.y[number]
        self._output = output_of(trace.cost.function, trace.network.activations[-1])
        with np.errstate(all="ignore"):
            self.z, self.a = forward(stack.weights, stack.biases, trace.network.layer_activations, self.x[None, :])
            self.C = self._output.value(self.z[-1], self.a[-1], self.y[None, :])[..., 0]

    @cached_property
    def back(self) -> list[tuple[Array, Array, Array]]:
        """∂C/∂a, ∂a/∂z and δ, one triple a layer, 1 … L."""
        weights, activations = self._stack.weights, self._stack.trace.network.layer_activations
        with np.errstate(all="ignore"):
            last = self._output.factors(self.z[-1], self.a[-1], self.y[None, :])
            return [last, *backward(weights, activations, self.z, last[2])][::-1]

    @property
    def dC_dx(self) -> Array:
        """∂C/∂a of layer 0."""
        with np.errstate(all="ignore"):
            return np.asarray((self.back[0][2] @ self._stack.weights[0])[..., 0, :])

    def layer(self, number: int) -> StackedLayer:
        """Layer ``number``, counted from 1."""
        return StackedLayer(self, number - 1)

    def finite(self) -> bool:
        """Whether what was computed so far is finite; factors beyond float64 do not count."""
        arrays = [*self.z, self.C]
        if "back" in self.__dict__:
            arrays += [delta for _, _, delta in self.back]
        return all(map(all_finite, arrays))


class StackedLayer:
    """The numbers of one layer, shaped as those of :class:`~bp_core.example_trace.LayerTrace` with an axis before."""

    def __init__(self, example: StackedExample, position: int) -> None:
        self._example = example
        self._position = position
        self.z = example.z[position][..., 0, :]
        self.a = example.a[position + 1][..., 0, :]

    @property
    def dC_da(self) -> Array:
        """∂C/∂a."""
        dC_da = self._example.back[self._position][0]
        return dC_da[..., 0, :]

    @property
    def da_dz(self) -> Array:
        """∂a/∂z."""
        slope = self._example.back[self._position][1]
        return slope[..., 0, :, :] if slope.ndim > self._example.z[self._position].ndim else slope[..., 0, :]

    @property
    def delta(self) -> Array:
        """∂C/∂z."""
        delta = self._example.back[self._position][2]
        return delta[..., 0, :]

    @property
    def dC_dw(self) -> Array:
        """∂C/∂w."""
        with np.errstate(all="ignore"):
            return np.asarray(self._example.back[self._position][2].mT * self._example.a[self._position])
