"""Optimizers: how a gradient becomes a step. The formulas are those of PyTorch's ``torch.optim.SGD`` and ``Adam``.

Each one is a function of the parameters θ, the gradient g, the moments it kept from the update before (empty at
first) and the number t = 1, 2, … of the update, and returns the new θ and the moments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bp_core.arrays import Array

if TYPE_CHECKING:
    from bp_core.training import Training

Moments: TypeAlias = tuple[Array, ...]
Optimizer: TypeAlias = Callable[["Training", Array, Array, Moments, int], tuple[Array, Moments]]


def sgd(training: Training, theta: Array, g: Array, moments: Moments, t: int) -> tuple[Array, Moments]:  # noqa: ARG001
    """θ ← θ − ηg."""
    return theta - training.learning_rate * g, ()


def momentum(training: Training, theta: Array, g: Array, moments: Moments, t: int) -> tuple[Array, Moments]:  # noqa: ARG001
    """V ← μv + g (at first v = g), θ ← θ − ηv."""
    velocity = training.momentum * moments[0] + g if moments else g
    return theta - training.learning_rate * velocity, (velocity,)


def nesterov(training: Training, theta: Array, g: Array, moments: Moments, t: int) -> tuple[Array, Moments]:  # noqa: ARG001
    """V ← μv + g (at first v = g), θ ← θ − η(g + μv)."""
    velocity = training.momentum * moments[0] + g if moments else g
    return theta - training.learning_rate * (g + training.momentum * velocity), (velocity,)


def adam(training: Training, theta: Array, g: Array, moments: Moments, t: int) -> tuple[Array, Moments]:
    """First and second moments of g with their bias taken out (Kingma & Ba, 2015); ε is added to the root."""
    beta1, beta2 = training.beta1, training.beta2
    first, second = moments or (np.zeros_like(g), np.zeros_like(g))
    first = beta1 * first + (1.0 - beta1) * g
    second = beta2 * second + (1.0 - beta2) * g * g
    root = np.sqrt(second) / np.sqrt(1.0 - beta2**t) + training.epsilon
    return theta - training.learning_rate / (1.0 - beta1**t) * first / root, (first, second)


#: The optimizers by name.
OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {"sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adam": adam}
)
