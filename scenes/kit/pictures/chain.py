"""One way through a network: a neuron a layer. The chapters of the first lesson follow it, on any network."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from bp_core.nodes import Apply, Expression, SumOver
from bp_core.quantities import C, Derivative, Index, Variable, a, b, d, w, y, z


@dataclass(frozen=True, slots=True)
class Chain:
    """The neurons a change passes, one a layer from the input (0) to the output (L)."""

    sizes: tuple[int, ...]
    neurons: tuple[int, ...]

    @classmethod
    def through(cls, sizes: tuple[int, ...], parameter: Variable | None = None) -> Chain:
        """The chain through a weight or bias, elsewhere through each layer's first neuron."""
        neurons = [0] * len(sizes)
        if parameter is not None:
            layer, j, *k = places(parameter)
            neurons[layer] = j
            if k:
                neurons[layer - 1] = k[0]
        return cls(sizes, tuple(neurons))

    @property
    def L(self) -> int:  # noqa: N802 - the field's own name
        """The number of the last layer."""
        return len(self.sizes) - 1

    @property
    def single(self) -> bool:
        """Whether the network is this chain and nothing else."""
        return max(self.sizes) == 1

    def w(self, layer: int) -> Variable:
        """The chain's weight into ``layer``."""
        return w(layer, self.neurons[layer], self.neurons[layer - 1])

    def b(self, layer: int) -> Variable:
        """The chain's bias in ``layer``."""
        return b(layer, self.neurons[layer])

    def z(self, layer: int) -> Variable:
        """The chain's pre-activation in ``layer``."""
        return z(layer, self.neurons[layer])

    def a(self, layer: int) -> Variable:
        """The chain's activation in ``layer``."""
        return a(layer, self.neurons[layer])

    def activations(self) -> list[Variable]:
        """The chain's activations, from the input on."""
        return [self.a(layer) for layer in range(len(self.sizes))]

    @property
    def y(self) -> Variable:
        """The target of the chain's output."""
        return y(self.neurons[-1])

    def weighted_sum(self, layer: int) -> Expression:
        """What z is: w a + b, with Σ over the layer before where it holds several neurons."""
        if self.sizes[layer - 1] == 1:
            return self.w(layer) * self.a(layer - 1) + self.b(layer)
        k = Index("k")
        return SumOver("k", w(layer, self.neurons[layer], k) * a(layer - 1, k)) + self.b(layer)

    def activated(self, layer: int) -> Expression:
        """What a is: σ(z)."""
        return Apply("sigma", self.z(layer), layer)

    def way(self, parameter: Variable) -> tuple[Variable, ...]:
        """From a weight, a bias or an activation of the chain to C, variable by variable."""
        layer = places(parameter)[0]
        start = layer + 1 if parameter.symbol == "a" else layer
        steps = [parameter] if parameter.symbol != "z" else []
        for at in range(start, self.L + 1):
            steps += [self.z(at), self.a(at)]
        return (*steps, C)

    def factors(self, parameter: Variable) -> tuple[Derivative, ...]:
        """The local derivatives along that way, in its order: their product is the chain's part of ∂C/∂parameter."""
        way = self.way(parameter)
        return tuple(d(after, before) for before, after in pairwise(way))


def places(variable: Variable) -> tuple[int, ...]:
    """The indices of a quantity whose place is known: plain numbers."""
    return tuple(index for index in variable.indices if isinstance(index, int))
