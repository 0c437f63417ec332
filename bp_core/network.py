# ruff: noqa: N802 - L is the last layer's own name
"""Networks and examples: what a trace starts from. Both are frozen, their arrays read-only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bp_core.activations import ACTIVATIONS, Activation
from bp_core.arrays import Array, all_finite, frozen
from bp_core.bounds import checked_indices
from bp_core.errors import QuantityError
from bp_core.from_elsewhere import layers_of_sklearn, layers_of_torch
from bp_core.quantities import Variable, b, w

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import ArrayLike


def _xavier(rng: Generator, n: int, before: int) -> Array:
    limit = math.sqrt(6.0 / (n + before))
    return rng.uniform(-limit, limit, (n, before))


def _he(rng: Generator, n: int, before: int) -> Array:
    return rng.normal(0.0, math.sqrt(2.0 / before), (n, before))


def _normal(rng: Generator, n: int, before: int) -> Array:
    return rng.standard_normal((n, before))


def _zeros(_: Generator, n: int, before: int) -> Array:
    return np.zeros((n, before))


#: How the weights of a layer are drawn, by name: Glorot uniform (Glorot & Bengio, 2010), He normal (He et al., 2015),
#: standard normal, all zero.
SCHEMES: Mapping[str, Callable[[Generator, int, int], Array]] = MappingProxyType(
    {"xavier": _xavier, "he": _he, "normal": _normal, "zeros": _zeros}
)


@dataclass(frozen=True, eq=False)
class Example:
    """One example: inputs ``x`` (n_0,) and targets ``y`` (n_L,)."""

    x: Array
    y: Array

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        for name, values in (("x", x), ("y", y)):
            array = frozen(values)
            if array.ndim != 1 or not all_finite(array):
                raise ValueError(f"{name} is a row of finite numbers, got {values!r}")
            object.__setattr__(self, name, array)


@dataclass(frozen=True, eq=False)
class Network:
    """A fully connected network.

    ``weights[l-1]`` (n_l, n_{l-1}) and ``biases[l-1]`` (n_l,) belong to layer l = 1 … L, and so does the
    ``activations[l-1]``, a name in :data:`~bp_core.activations.ACTIVATIONS`; one name alone is for all layers.

    Raises:
        ValueError: shapes that do not fit each other, a number that is not finite, softmax before the last layer.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activations: tuple[str, ...]

    def __init__(
        self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], activations: str | Sequence[str]
    ) -> None:
        names = (activations,) * len(weights) if isinstance(activations, str) else tuple(activations)
        object.__setattr__(self, "weights", tuple(map(frozen, weights)))
        object.__setattr__(self, "biases", tuple(map(frozen, biases)))
        object.__setattr__(self, "activations", names)
        self._check()

    def _check(self) -> None:
        if not len(self.weights) == len(self.biases) == len(self.activations) > 0:
            raise ValueError(
                f"weights, biases and activations are one a layer, got {len(self.weights)}, {len(self.biases)} and "
                f"{len(self.activations)}"
            )
        before = self.weights[0].shape[-1] if self.weights[0].ndim else 0
        for layer, (weights, biases, name) in enumerate(
            zip(self.weights, self.biases, self.activations, strict=True), start=1
        ):
            if weights.ndim != 2 or weights.shape[1] != before or not weights.size:
                raise ValueError(f"weights of layer {layer}: expected rows of {before} numbers, got {weights.shape}")
            if biases.shape != weights.shape[:1]:
                raise ValueError(f"biases of layer {layer}: expected {weights.shape[0]}, got shape {biases.shape}")
            if name not in ACTIVATIONS:
                raise ValueError(f"no activation is called {name!r}; there are {', '.join(ACTIVATIONS)}")
            if name == "softmax" and layer < len(self.weights):
                raise ValueError(f"softmax is for the last layer only, not for layer {layer}")
            if not (all_finite(weights) and all_finite(biases)):
                raise ValueError(f"a weight or bias of layer {layer} is not a finite number")
            before = weights.shape[0]

    @classmethod
    def initialised(cls, sizes: Sequence[int], activations: str | Sequence[str], scheme: str, seed: int = 0) -> Self:
        """A network with random weights, drawn layer by layer and row by row, and biases of zero.

        Args:
            sizes: neurons of each layer, the input first.
            activations: one name, or one for each layer after the input.
            scheme: ``xavier`` (uniform within ±√(6/(n + n_before))), ``he`` (normal, variance 2/n_before),
                ``normal`` (standard normal) or ``zeros``.
            seed: for ``numpy.random.default_rng``.
        """
        if scheme not in SCHEMES:
            raise ValueError(f"no initialisation is called {scheme!r}; there are {', '.join(SCHEMES)}")
        rng = np.random.default_rng(seed)
        draw = SCHEMES[scheme]
        weights = [draw(rng, n, before) for before, n in pairwise(sizes)]
        return cls(weights, [np.zeros(n) for n in sizes[1:]], activations)

    @classmethod
    def from_sklearn(cls, estimator: Any) -> Self:
        """The network of a fitted ``MLPClassifier`` or ``MLPRegressor`` of scikit-learn, as :func:`layers_of_sklearn`.

        Raises:
            ValueError: it is none, or not fitted.
        """
        return cls(*layers_of_sklearn(estimator))

    @classmethod
    def from_torch(cls, module: Any) -> Self:
        """The network of a PyTorch ``Sequential`` of ``Linear`` and activations, as :func:`layers_of_torch`.

        Raises:
            ValueError: there is something else in it.
        """
        return cls(*layers_of_torch(module))

    def with_vector(self, vector: Array) -> Network:
        """The network with other parameters, in the order of :attr:`vector`.

        Raises:
            ValueError: not as many numbers as there are parameters, or one that is not finite.
        """
        if vector.shape != (self.parameter_count,) or not all_finite(vector):
            raise ValueError(f"expected {self.parameter_count} finite numbers")
        values = frozen(vector) if vector.flags.writeable else vector
        weights, biases = split(values, self.sizes)
        network = object.__new__(Network)
        # What does not depend on the numbers is handed on, not checked and computed again.
        network.__dict__.update(self.__dict__, weights=tuple(weights), biases=tuple(biases), vector=values)
        return network

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Neurons of each layer, 0 (the input) to L."""
        return (self.weights[0].shape[1], *(weights.shape[0] for weights in self.weights))

    @property
    def L(self) -> int:
        """The number of the last layer."""
        return len(self.weights)

    @cached_property
    def layer_activations(self) -> tuple[Activation, ...]:
        """The activation of each layer 1 … L."""
        return tuple(ACTIVATIONS[name] for name in self.activations)

    @cached_property
    def parameter_count(self) -> int:
        """How many weights and biases there are."""
        return sum(weights.size + biases.size for weights, biases in zip(self.weights, self.biases, strict=True))

    @cached_property
    def vector(self) -> Array:
        """All parameters in order: for each layer its weights row by row, then its biases."""
        return frozen(joined(self.weights, self.biases))

    def parameters(self) -> Iterator[Variable]:
        """The names of all parameters, in the order of :attr:`vector`."""
        for layer, weights in enumerate(self.weights, start=1):
            rows, columns = weights.shape
            for j in range(rows):
                for k in range(columns):
                    yield w(layer, j, k)
            for j in range(rows):
                yield b(layer, j)

    def position(self, parameter: Variable) -> int:
        """Where ``parameter`` stands in :attr:`vector`.

        Raises:
            QuantityError: it is no weight or bias, or not one of this network.
        """
        if parameter.symbol not in ("w", "b"):
            raise QuantityError("%(name)s is no weight or bias", name=parameter)
        layer, j, *rest = checked_indices(parameter, self.sizes)
        start = sum((before + 1) * n for before, n in pairwise(self.sizes[:layer]))
        before, n = self.sizes[layer - 1], self.sizes[layer]
        return start + (j * before + rest[0] if rest else n * before + j)

    def first_not_finite(self, vector: Array) -> Variable:
        """The parameter where a vector like :attr:`vector`, such as a gradient, is not finite first."""
        position = int(np.argmin(np.isfinite(vector)))
        return next(islice(self.parameters(), position, None))

    def parameter(self, parameter: Variable) -> float:
        """The value of a weight or bias."""
        return float(self.vector[self.position(parameter)])

    def with_parameters(self, values: Mapping[Variable, float]) -> Network:
        """The network with some weights and biases replaced."""
        vector = self.vector.copy()
        for parameter, value in values.items():
            vector[self.position(parameter)] = value
        return self.with_vector(vector)


def split(vector: Array, sizes: Sequence[int]) -> tuple[list[Array], list[Array]]:
    """The weights and biases of each layer in a vector of all parameters, as views of it."""
    weights, biases = [], []
    start = 0
    for before, n in pairwise(sizes):
        middle, end = start + n * before, start + n * before + n
        weights.append(vector[start:middle].reshape(n, before))
        biases.append(vector[middle:end])
        start = end
    return weights, biases


def joined(weights: Sequence[Array], biases: Sequence[Array]) -> Array:
    """One vector of all parameters: for each layer its weights row by row, then its biases."""
    return np.concatenate([part.ravel() for layer in zip(weights, biases, strict=True) for part in layer])
