"""Four ways to write the same quantities.

An expression is typeset in the lesson's notation: ``superscript`` w⁽ᴸ⁾ⱼₖ and C₀, ``delta`` Θ, g and J with layers
counted from 1, ``from_to`` w_ij and the loss L, ``worked`` i, O, ŷ and w²₁₁. Indices that a network of one neuron
a layer does not need are left out.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bp_core.quantities import AnyIndex, Index, Variable


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a notation needs to know: neurons a layer, the example in focus, and how many examples there are."""

    sizes: tuple[int, ...]
    focus: int = 0
    examples: int = 1

    @property
    def L(self) -> int:  # noqa: N802 - the field's own name
        """The number of the last layer."""
        return len(self.sizes) - 1

    def of(self, layer: AnyIndex) -> int:
        """Neurons of a layer; of a layer that an index names, the most of any."""
        if isinstance(layer, int):
            return self.sizes[layer]
        if layer.name == "L":
            return self.sizes[self.L + layer.offset]
        return max(self.sizes)


class Notation(ABC):
    """How variables, layers and a few fixed signs are written, as Typst mathematics."""

    cost = "C"
    activation_function = "sigma"
    learning_rate = "eta"
    penalty = "lambda"
    examples = "n"
    #: What neurons and examples are counted from.
    first = 0
    #: Which neuron the two numbers of a weight name, in their order.
    ends = ("to", "from")

    #: The letter for a layer's weights, its biases among them, as a matrix.
    weights = "W"

    @abstractmethod
    def variable(self, v: Variable, net: Sizes) -> str:
        """A variable as Typst source."""

    def array(self, symbol: str, layer: AnyIndex, net: Sizes) -> str:
        """A vector or a matrix as a whole: a, z, delta, x or y of neurons, or Theta, Delta, D of weights."""
        if symbol in "xy":
            return symbol
        matrix = symbol in {"Theta", "Delta", "D"}
        number = self.layer(self.matrix_layer(layer) if matrix else layer, net)
        return _scripts(self.weights if symbol == "Theta" else symbol, (), f"({number})")

    def entry(self, letter: str, parameter: Variable, net: Sizes) -> str:
        """An entry of Delta or D: as its weight or bias, with another letter; b marks the column of the biases."""
        written = self.variable(parameter, net)
        found = re.fullmatch(r"([a-zA-Z]+)(?:_\((.*?)\))?(\^\(.*\))?", written)
        assert found is not None  # noqa: S101 - a base with its scripts
        base, below, above = found.groups()
        marked = " ".join(filter(None, [below, "b" if base == "b" else None]))
        return letter + (f"_({marked})" if marked else "") + (above or "")

    def matrix_layer(self, layer: AnyIndex) -> AnyIndex:
        """The layer that the weights into a layer are named by."""
        return layer

    def layer(self, layer: AnyIndex, net: Sizes) -> str:
        """A layer as it stands in a superscript, counted back from L."""
        if isinstance(layer, Index):
            return _offset(layer.name, layer.offset)
        return _offset("L", layer - net.L)

    def function(self, layer: AnyIndex | None, net: Sizes) -> str:  # noqa: ARG002 - some notations name the layer
        """The activation function of a layer."""
        return self.activation_function

    def size(self, layer: AnyIndex, net: Sizes) -> str:
        """The number of neurons of a layer."""
        return f"n_({self.layer(layer, net)})"

    def run(self, index: str, count: str) -> str:
        """Where an index runs that counts so many neurons or examples, as limits of a Σ."""
        return f"_({index} = {self.first})^({count if self.first else f'{count} - 1'})"

    def size_above(self, layer: AnyIndex, net: Sizes) -> str:
        """The same above a Σ, its index large enough for a script of a script to be read."""
        return f"n_(#text(size: 1.4em)[$sscript({self.layer(layer, net)})$])"


class Superscript(Notation):
    """w⁽ᴸ⁾ⱼₖ into j from k; C₀ is the cost of example 0, C that of all."""

    def variable(self, v: Variable, net: Sizes) -> str:  # noqa: D102
        if v.symbol == "C":
            return f"C_({_example(v, net)})"
        if v.symbol == "J":
            return "C"
        if v.symbol in "xy":
            count = net.sizes[0] if v.symbol == "x" else net.sizes[-1]
            return _scripts(v.symbol, _needed(v.indices, (count,)), None, v.example)
        layer = v.indices[0]
        name = "delta" if v.symbol == "delta" else v.symbol
        around = (net.of(layer), net.of(_before(layer))) if v.symbol == "w" else (net.of(layer),)
        return _scripts(name, _needed(v.indices[1:], around), f"({self.layer(layer, net)})", v.example)


class DeltaCourse(Notation):
    """Θ⁽ˡ⁾ leads from layer l to l + 1, layers and neurons counted from 1, the bias is the weight from unit 0."""

    cost = "J"
    activation_function = "g"
    learning_rate = "alpha"
    examples = "m"
    weights = "Theta"
    first = 1

    def layer(self, layer: AnyIndex, net: Sizes) -> str:  # noqa: ARG002, D102
        return _offset(layer.name, layer.offset) if isinstance(layer, Index) else str(layer + 1)

    def variable(self, v: Variable, net: Sizes) -> str:  # noqa: D102
        if v.symbol == "C":
            return f"J_({_counted(net.focus if v.example is None else v.example)})"
        if v.symbol == "J":
            return "J"
        if v.symbol in "xy":
            count = net.sizes[0] if v.symbol == "x" else net.sizes[-1]
            return _scripts(v.symbol, _needed(tuple(_counted(i) for i in v.indices), (count,)), None, v.example)
        layer = v.indices[0]
        neurons = tuple(_counted(i) for i in v.indices[1:])
        if v.symbol in "wb":
            source = neurons[1] if v.symbol == "w" else 0
            return _scripts("Theta", (neurons[0], source), f"({self.layer(self.matrix_layer(layer), net)})")
        name = "delta" if v.symbol == "delta" else v.symbol
        return _scripts(name, _needed(neurons, (net.of(layer),)), f"({self.layer(layer, net)})", v.example)

    def matrix_layer(self, layer: AnyIndex) -> AnyIndex:  # noqa: D102
        return layer - 1


class FromTo(Notation):
    """w_ij leads from i to j; the loss of the example is L, δⱼ its derivative by zⱼ.

    The mean loss of several examples is L̄, where there are several.
    """

    cost = "L"
    ends = ("from", "to")

    def layer(self, layer: AnyIndex, net: Sizes) -> str:  # noqa: D102
        if isinstance(layer, Index):
            return _offset("l" if layer.name == "L" else layer.name, layer.offset)
        return _offset("l", layer - net.L)

    def variable(self, v: Variable, net: Sizes) -> str:  # noqa: D102
        if v.symbol == "J":
            return "L" if net.examples == 1 else "overline(L)"
        if v.symbol == "C":
            return "L" if v.example is None else f"L_({_index(v.example)})"
        if v.symbol in "xy":
            count = net.sizes[0] if v.symbol == "x" else net.sizes[-1]
            return _scripts(v.symbol, _needed(v.indices, (count,)), None, v.example)
        layer = v.indices[0]
        name = "delta" if v.symbol == "delta" else v.symbol
        if v.symbol == "w":
            around = (net.of(_before(layer)), net.of(layer))
            return _scripts(name, _needed((v.indices[2], v.indices[1]), around), f"({self.layer(layer, net)})")
        return _scripts(name, _needed(v.indices[1:], (net.of(layer),)), f"({self.layer(layer, net)})", v.example)


class Worked(Notation):
    """Inputs i, hidden outputs O, prediction ŷ; wˡ_{from,to} and b_{layer,neuron}, all counted from 1.

    Notes of this kind write dL/dw and ∂L/∂w by turns. It is ∂ here throughout, as in the other notations: L depends on
    all parameters at once, and the others are held fast. Of one example alone, its loss and that of the data set are
    the same L; of several, L₁ is that of the first.
    """

    cost = "L"
    first = 1
    ends = ("from", "to")

    def layer(self, layer: AnyIndex, net: Sizes) -> str:  # noqa: ARG002, D102
        return _offset(layer.name, layer.offset) if isinstance(layer, Index) else str(layer)

    def variable(self, v: Variable, net: Sizes) -> str:  # noqa: D102
        if v.symbol in "CJ":
            return self._loss(v, net)
        if v.symbol == "x":
            return self._of_example("i", (_counted(v.indices[0]),), v.example)
        if v.symbol == "y":
            return self._of_example("y", _needed((_counted(v.indices[0]),), (net.sizes[-1],)), v.example)
        layer, *rest = v.indices
        counted = tuple(_counted(i) for i in rest)
        if v.symbol == "a":
            return self._activation(layer, counted, net, v.example)
        if v.symbol == "w":
            return _scripts("w", (counted[1], counted[0]), self.layer(layer, net))
        name = "delta" if v.symbol == "delta" else v.symbol
        return _scripts(name, (_offset(self.layer(layer, net), 0), *counted), None, v.example)

    def array(self, symbol: str, layer: AnyIndex, net: Sizes) -> str:  # noqa: D102
        return self._activation(layer, (), net, None) if symbol == "a" else super().array(symbol, layer, net)

    def _activation(self, layer: AnyIndex, counted: tuple[AnyIndex, ...], net: Sizes, example: AnyIndex | None) -> str:
        if layer == 0:
            return self._of_example("i", counted, example)
        if layer == net.L or (isinstance(layer, Index) and layer.name == "L" and not layer.offset):
            return self._of_example("hat(y)", _needed(counted, (net.sizes[-1],)), example)
        told = net.L > 2 or (isinstance(layer, Index) and layer.name != "L")
        return _scripts("O", counted, f"({layer})" if told else None, example)

    @staticmethod
    def _of_example(base: str, sub: tuple[AnyIndex, ...], example: AnyIndex | None) -> str:
        """The example counts where nothing else does, and is raised where neurons count."""
        if example is None or sub:
            return _scripts(base, sub, None if example is None else f"({_index(_counted(example))})")
        return _scripts(base, (_counted(example),))

    @staticmethod
    def _loss(v: Variable, net: Sizes) -> str:
        if v.symbol == "J" or (v.example is None and net.examples == 1):
            return "L"
        return f"L_({_index(_counted(net.focus if v.example is None else v.example))})"


NOTATIONS: Mapping[str, Notation] = MappingProxyType(
    {"superscript": Superscript(), "delta": DeltaCourse(), "from_to": FromTo(), "worked": Worked()}
)


def _scripts(
    base: str, sub: tuple[AnyIndex | str, ...] = (), sup: str | None = None, example: AnyIndex | None = None
) -> str:
    if example is not None:
        sub = (*sub, f"[{example}]")
    below = (" thin " if any(len(str(i)) > 1 for i in sub) else " ").join(_index(i) for i in sub)
    return base + (f"_({below})" if sub else "") + (f"^({sup})" if sup else "")


def _index(index: AnyIndex | str) -> str:
    return _offset(index.name, index.offset) if isinstance(index, Index) else str(index)


def _needed(indices: tuple[AnyIndex, ...], counts: tuple[int, ...]) -> tuple[AnyIndex, ...]:
    """The indices, or none where every place they choose from holds one neuron."""
    return indices if any(count > 1 for count in counts) else ()


def _before(layer: AnyIndex) -> AnyIndex:
    return layer - 1


def _counted(index: AnyIndex) -> AnyIndex:
    return index + 1 if isinstance(index, int) else index


def _offset(name: str, offset: int) -> str:
    return name if not offset else f"{name}{'+' if offset > 0 else '-'}{abs(offset)}"


def _example(v: Variable, net: Sizes) -> str:
    return _index(net.focus if v.example is None else v.example)
