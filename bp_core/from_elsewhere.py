"""Networks of other libraries: their weights, biases and activations, read without importing the library.

What is asked of an object is what scikit-learn's ``MLPClassifier`` and ``MLPRegressor`` and PyTorch's ``Sequential``
document; anything else is refused by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from bp_core.arrays import Array

#: Weights (n_l, n_{l-1}), biases (n_l,) and the activation's name of each layer 1 … L.
Layers: TypeAlias = tuple[list[Array], list[Array], list[str]]

_OF_SKLEARN = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax"}
_OF_TORCH = {
    "Identity": "linear",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "Softplus": "softplus",
    "Softmax": "softmax",
}
#: The constants of PyTorch's activations, and what they may be for ours; a row's softmax is over its last axis.
_CONSTANTS: Mapping[str, tuple[str, tuple[float | None, ...]]] = {
    "LeakyReLU": ("negative_slope", (0.01,)),
    "Softplus": ("beta", (1,)),
    "Softmax": ("dim", (-1, 1, None)),
}
#: PyTorch's layers that hand on what they get: a flat row stays a row, and nothing is dropped outside training.
_IDLE = ("Flatten", "Dropout")


def layers_of_sklearn(estimator: Any) -> Layers:
    """The layers of a fitted ``MLPClassifier`` or ``MLPRegressor``.

    Its ``coefs_[l]`` is (n_l, n_{l+1}), a column for each neuron, and is transposed.

    Raises:
        ValueError: it is no such estimator, not fitted yet, or has an activation of another name.
    """
    name = type(estimator).__name__
    try:
        hidden, output = estimator.activation, estimator.out_activation_
        weights = [np.array(one, dtype=np.float64).T for one in estimator.coefs_]
        biases = [np.array(one, dtype=np.float64) for one in estimator.intercepts_]
    except AttributeError as error:
        raise ValueError(
            f"expected a fitted MLPClassifier or MLPRegressor of scikit-learn; got {name}, which has no {error.name}"
        ) from None
    activations = [hidden] * (len(weights) - 1) + [output]
    for activation in activations:
        if activation not in _OF_SKLEARN:
            raise ValueError(f"expected {name} with one of {', '.join(_OF_SKLEARN)}; got {activation!r}")
    return weights, biases, [_OF_SKLEARN[activation] for activation in activations]


def layers_of_torch(module: Any) -> Layers:
    """The layers of a ``Sequential`` of ``Linear`` and activations, as it computes outside training.

    A ``Linear`` without an activation behind it is linear, one without a bias has biases of zero; ``Flatten`` and
    ``Dropout`` are passed over, and a ``Sequential`` within is read in its place. PyTorch's ``Softplus`` is z itself
    above its threshold of 20, ours never, a difference below 2.1e-9.

    Raises:
        ValueError: another module, an activation before the first or after another, or one with other constants.
    """
    weights: list[Array] = []
    biases: list[Array] = []
    activations: list[str | None] = []
    for part in _flat(module):
        kind = type(part).__name__
        if kind == "Linear":
            weights.append(_array(part.weight))
            biases.append(np.zeros(len(weights[-1])) if part.bias is None else _array(part.bias))
            activations.append(None)
        elif kind in _OF_TORCH:
            if not activations or activations[-1]:
                raise ValueError(f"expected each activation behind a Linear of its own; got {kind} elsewhere")
            _check_constants(part, kind)
            activations[-1] = _OF_TORCH[kind]
        elif kind not in _IDLE:
            known = ", ".join(["Linear", *_OF_TORCH, *_IDLE])
            raise ValueError(f"expected a Sequential of {known}; got {kind}")
    if not weights:
        raise ValueError(f"expected a Sequential with a Linear in it; got {type(module).__name__} without one")
    return weights, biases, [activation or "linear" for activation in activations]


def _flat(module: Any) -> Iterator[Any]:
    if type(module).__name__ == "Sequential":
        for part in module:
            yield from _flat(part)
    else:
        yield module


def _array(tensor: Any) -> Array:
    # double() first: NumPy knows no bfloat16
    return np.array(tensor.detach().cpu().double().numpy())


def _check_constants(part: Any, kind: str) -> None:
    """The constants of an activation are those of ours, in :mod:`bp_core.activations`."""
    if kind in _CONSTANTS:
        name, values = _CONSTANTS[kind]
        if getattr(part, name) not in values:
            raise ValueError(f"expected {kind} with {name} {values[0]}; got {getattr(part, name)!r}")
