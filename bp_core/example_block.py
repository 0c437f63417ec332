"""Many examples of a trace at once: what a mean over a large data set is taken over.

Forward and backward pass are those of a single example, on arrays whose first axis is the example.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from bp_core import backward, forward
from bp_core.lookup import read
from bp_core.output import output_of
from bp_core.quantities import Derivative, a, delta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_core.arrays import Array
    from bp_core.lookup import Values
    from bp_core.quantities import Quantity, Variable
    from bp_core.trace import Trace

#: A block holds about so many numbers.
_BLOCK = 1 << 21


class ExampleBlock:
    """The examples ``run`` of a trace, all numbers arrays (examples,); a source for :func:`bp_core.lookup.read`."""

    def __init__(self, trace: Trace, run: range) -> None:
        self.trace = trace
        self.run = run
        self.sizes, self.focus, self.examples = trace.sizes, 0, (self,)
        self.x, self.y = trace.data.x[run.start : run.stop], trace.data.y[run.start : run.stop]

    def __len__(self) -> int:
        return len(self.run)

    def shifted(self, offset: int) -> ExampleBlock:
        """The block of the examples that come ``offset`` later."""
        return block_of(self.trace, range(self.run.start + offset, self.run.stop + offset)) if offset else self

    def value(self, quantity: Quantity) -> Any:
        """The number that a name without an example stands for, for each example; one where they share it.

        Raises:
            QuantityError: this network has no such quantity.
        """
        if isinstance(quantity, Derivative) and (quantity.of.symbol, quantity.by.symbol) == ("C", "w"):
            # An array of every weight's for every example would be too large.
            layer, j, k = quantity.by.indices
            return self.value(delta(layer, j)) * self.value(a(layer - 1, k))
        source: Any = self
        found: Values = read(source, quantity)
        return found

    def parameter(self, name: Variable) -> float:
        """A weight or bias."""
        return self.trace.parameter(name)

    @property
    def J(self) -> float:  # noqa: N802 - its name in the equations
        """The cost of the data set."""
        return self.trace.J

    def dJ(self, symbol: str, layer: int) -> Array:  # noqa: N802
        """The derivatives of J by a layer's weights or biases."""
        return self.trace.dJ(symbol, layer)

    @cached_property
    def forward(self) -> tuple[list[Array], list[Array]]:
        """The pre-activations of the layers 1 … L and the activations of 0 … L."""
        network = self.trace.network
        return forward.forward(network.weights, network.biases, network.layer_activations, self.x)

    @cached_property
    def _output(self) -> tuple[Array, Array, Array, Array]:
        """C, and ∂C/∂a, ∂a/∂z and δ of the last layer."""
        z, activations = self.forward
        output = output_of(self.trace.cost.function, self.trace.network.activations[-1])
        last = z[-1], activations[-1], self.y
        return output.value(*last), *output.factors(*last)

    @cached_property
    def backward(self) -> list[tuple[Array, Array, Array]]:
        """∂C/∂a, ∂a/∂z and δ of the layers 1 … L."""
        network = self.trace.network
        last = self._output[1:]
        earlier = backward.backward(network.weights, network.layer_activations, self.forward[0], last[-1])
        return [last, *earlier][::-1]

    @property
    def C(self) -> Array:  # noqa: N802
        """The cost of each example."""
        return self._output[0]

    @property
    def dC_dx(self) -> Array:  # noqa: N802
        """∂C/∂a of layer 0."""
        return self.backward[0][2] @ self.trace.network.weights[0]

    def layer(self, number: int) -> _Layer:
        """Layer ``number``, counted from 1."""
        return _Layer(self, number)


class _Layer:
    """The numbers of one layer, as :class:`~bp_core.example_trace.LayerTrace` has them for one example."""

    def __init__(self, block: ExampleBlock, number: int) -> None:
        self._block = block
        self._number = number

    @property
    def z(self) -> Array:
        """The pre-activations."""
        return self._block.forward[0][self._number - 1]

    @property
    def a(self) -> Array:
        """The activations."""
        return self._block.forward[1][self._number]

    @property
    def dC_da(self) -> Array:  # noqa: N802
        """∂C/∂a."""
        return self._block.backward[self._number - 1][0]

    @property
    def da_dz(self) -> Array:
        """∂a/∂z."""
        return self._block.backward[self._number - 1][1]

    @property
    def delta(self) -> Array:
        """∂C/∂z."""
        return self._block.backward[self._number - 1][2]


def example_blocks(trace: Trace, run: range) -> Iterator[ExampleBlock]:
    """The examples of a run, in blocks of a size that fits in memory."""
    jacobian = trace.sizes[-1] ** 2 if trace.network.activations[-1] == "softmax" else 0
    rows = max(1, _BLOCK // (5 * sum(trace.sizes) + jacobian))
    for start in range(run.start, run.stop, rows):
        yield block_of(trace, range(start, min(start + rows, run.stop)))


@lru_cache(maxsize=2)
def block_of(trace: Trace, run: range) -> ExampleBlock:
    """A block of examples; the last ones are kept, as one equation asks for them many times."""
    return ExampleBlock(trace, run)
