"""A second computation of the cost, straight from its definition and on complex numbers.

f(x + ih) = f(x) + ih f′(x) + O(h²), so that Im f(x + ih)/h is the derivative without a difference that could cancel
(W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40, 1998).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_core.network import Network
    from bp_core.trace import Trace

Complex = np.ndarray[Any, np.dtype[np.complex128]]
STEP = 1e-200

COMPLEX_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "leaky_relu": lambda z: np.where(z.real > 0, z, 0.01 * z),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "linear": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
}
COMPLEX_COSTS: dict[str, Callable[[Any, Any], Any]] = {
    "squared_error": lambda a, y: ((a - y) ** 2).sum(axis=-1),
    "half_squared_error": lambda a, y: ((a - y) ** 2).sum(axis=-1) / 2,
    "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(axis=-1),
    "binary_cross_entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(axis=-1),
    "cross_entropy": lambda a, y: -(y * np.log(a)).sum(axis=-1),
}


def complex_step(function: Callable[[Any], Any], at: np.ndarray) -> np.ndarray:
    """The derivatives of ``function``, a number of a vector, by each entry of the vector."""
    slopes = []
    for i in range(len(at)):
        point = at.astype(np.complex128)
        point[i] += 1j * STEP
        slopes.append(np.imag(function(point)) / STEP)
    return np.array(slopes)


def layers(network: Network, vector: Any) -> list[tuple[Any, Any]]:
    """Weights and bias of each layer, cut from a vector of all parameters."""
    found = []
    start = 0
    for before, n in zip(network.sizes[:-1], network.sizes[1:], strict=True):
        W = vector[start : start + n * before].reshape(n, before)
        found.append((W, vector[start + n * before : start + n * (before + 1)]))
        start += n * (before + 1)
    return found


def last_pre_activations(network: Network, vector: Any, x: Any) -> Any:
    """z of the last layer for inputs ``x`` (..., n_0)."""
    a = z = x
    for (W, bias), name in zip(layers(network, vector), network.activations, strict=True):
        z = a @ W.T + bias
        a = COMPLEX_ACTIVATIONS[name](z)
    return z


def costs(trace: Trace, vector: Any, x: Any, y: Any) -> Any:
    """C for inputs ``x`` (..., n_0) and targets ``y`` (..., n_L)."""
    z = last_pre_activations(trace.network, vector, x)
    a = COMPLEX_ACTIVATIONS[trace.network.activations[-1]](z)
    if trace.cost.function == "binary_cross_entropy":
        # 1 − σ(z) = σ(−z), of which a sum to 1 would leave few digits where a neuron is sure.
        return -(y * np.log(a) + (1 - y) * np.log(COMPLEX_ACTIVATIONS["sigmoid"](-z))).sum(axis=-1)
    return COMPLEX_COSTS[trace.cost.function](a, y)


def example_cost(trace: Trace, vector: Any, number: int) -> Any:
    """C of an example."""
    return costs(trace, vector, trace.data.x[number], trace.data.y[number])


def total_cost(trace: Trace, vector: Any, batch: Any = slice(None)) -> Any:
    """J of the examples in ``batch``: the mean of C, and the penalty of the whole data set, on the weights alone."""
    mean = costs(trace, vector, trace.data.x[batch], trace.data.y[batch]).mean()
    squares = sum((W**2).sum() for W, _ in layers(trace.network, vector))
    return mean + trace.cost.l2 / (2 * len(trace.data)) * squares
