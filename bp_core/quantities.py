"""The names of the numbers a network holds.

One name serves the lesson, the captions, the command line, JSON, error messages and the film record:
``w[3][0][0]``, ``a[L-1][2]``, ``dC/dw[L][0][0]@2``. Layers count from 0 (the input) to L; neurons and examples from 0.

A name is also an expression (see :mod:`bp_core.nodes`): ``Variable("a", (3, 0)) - Variable("y", (0,))``
is the tree of a⁽³⁾₀ − y₀.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from bp_core.nodes import Expression, Tightness

#: How many indices follow each symbol.
INDEX_COUNTS: dict[str, int] = {"x": 1, "y": 1, "w": 3, "b": 2, "z": 2, "a": 2, "delta": 2, "C": 0, "J": 0}
#: The symbols whose first index is a layer.
LAYERED = frozenset({"w", "b", "z", "a", "delta"})
#: The symbols that belong to the data set, not to one example.
OF_THE_DATA_SET = frozenset({"w", "b", "J"})


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is not a plain number: a name and an offset, as in ``L-1`` or ``l+1``.

    ``L`` is the last layer; any other name is bound by the sum, product or mean around it,
    or runs freely over all its values in a general equation.
    """

    name: str
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.name}{self.offset:+d}" if self.offset else self.name

    def __add__(self, offset: int) -> Index:
        return replace(self, offset=self.offset + offset)

    def __sub__(self, offset: int) -> Index:
        return replace(self, offset=self.offset - offset)


AnyIndex: TypeAlias = int | Index


def _suffix(example: AnyIndex | None) -> str:
    return "" if example is None else f"@{example}"


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A value of the network, an example or the cost.

    ``indices`` as the name has them: ``w`` (layer, to, from), ``b``, ``z``, ``a``, ``delta`` (layer, neuron),
    ``x`` and ``y`` (position,), ``C`` and ``J`` none. ``example`` is the ``@`` suffix, None the example in focus.
    """

    symbol: str
    indices: tuple[AnyIndex, ...] = ()
    example: AnyIndex | None = None

    def __post_init__(self) -> None:
        expected = INDEX_COUNTS.get(self.symbol)
        if expected is None:
            raise ValueError(f"no quantity is called {self.symbol!r}")
        if len(self.indices) != expected:
            raise ValueError(f"{self.symbol} takes {expected} indices, got {len(self.indices)}")

    def __str__(self) -> str:
        return self.symbol + "".join(f"[{i}]" for i in self.indices) + _suffix(self.example)

    @property
    def layer(self) -> AnyIndex | None:
        """The layer, or None for ``x``, ``y``, ``C`` and ``J``."""
        return self.indices[0] if self.symbol in LAYERED else None

    def at_example(self, example: AnyIndex | None) -> Variable:
        """The same quantity of another example; parameters and J belong to all and stay as they are."""
        return self if self.symbol in OF_THE_DATA_SET else replace(self, example=example)


@dataclass(frozen=True, slots=True)
class Derivative(Expression):
    """The partial derivative of one variable by another: ``dC/dw[3][0][0]``, ``dz[3][0]/da[2][1]``."""

    of: Variable
    by: Variable
    example: AnyIndex | None = None

    def __post_init__(self) -> None:
        if self.of.example is not None or self.by.example is not None:
            raise ValueError("the example belongs to the derivative: dC/dw[1][0][0]@2")

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.DERIVATIVE

    def __str__(self) -> str:
        return f"d{self.of}/d{self.by}{_suffix(self.example)}"

    def at_example(self, example: AnyIndex | None) -> Derivative:
        """The same derivative for another example; derivatives of J belong to all and stay as they are."""
        return self if self.of.symbol == "J" else replace(self, example=example)


Quantity: TypeAlias = Variable | Derivative


def x(k: AnyIndex) -> Variable:
    """Input k of the example."""
    return Variable("x", (k,))


def y(j: AnyIndex) -> Variable:
    """Target j of the example."""
    return Variable("y", (j,))


def w(layer: AnyIndex, j: AnyIndex, k: AnyIndex) -> Variable:
    """The weight into neuron j of ``layer`` from neuron k of the layer before."""
    return Variable("w", (layer, j, k))


def b(layer: AnyIndex, j: AnyIndex) -> Variable:
    """The bias of neuron j of ``layer``."""
    return Variable("b", (layer, j))


def z(layer: AnyIndex, j: AnyIndex) -> Variable:
    """The pre-activation of neuron j of ``layer``."""
    return Variable("z", (layer, j))


def a(layer: AnyIndex, j: AnyIndex) -> Variable:
    """The activation of neuron j of ``layer``; layer 0 is the input."""
    return Variable("a", (layer, j))


def delta(layer: AnyIndex, j: AnyIndex) -> Variable:
    """δ, the derivative of the example's cost by the pre-activation."""
    return Variable("delta", (layer, j))


C = Variable("C")
J = Variable("J")


def d(of: Variable, by: Variable) -> Derivative:
    """The partial derivative of ``of`` by ``by``."""
    return Derivative(of, by)
