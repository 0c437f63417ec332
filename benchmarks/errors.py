"""How far the gradients are from those of an independent judge, on random networks: the largest relative error.

The error is that of a whole gradient: the largest difference by the largest entry. Judges that are not installed here
are left out: JAX is in .venv, PyTorch in .venv-judge.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bp_core import COSTS, Cost, Example, Network, Trace, trace

NETWORKS = 8
SIZES = ((1, 1, 1, 1), (2, 2, 1), (3, 4, 2), (5, 4, 4, 3, 3))
HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear")
OUTPUTS = (*HIDDEN, "softmax")
#: Half the distance of two-sided differences: near the cube root of float64's precision, where their error is least.
STEP = 6e-6


def lessons() -> Iterator[Trace]:
    """Networks of every size, activation and cost, on three examples each, with a penalty."""
    rng = np.random.default_rng(2024)
    for function, record in COSTS.items():
        for output in [record.output_activation] if record.output_activation else OUTPUTS:
            for number in range(NETWORKS):
                sizes = SIZES[number % len(SIZES)]
                hidden = [str(rng.choice(HIDDEN)) for _ in sizes[2:]]
                weights = [rng.normal(size=(n, before)) for before, n in pairwise(sizes)]
                biases = [rng.normal(size=n) for n in sizes[1:]]
                y = rng.uniform(0.05, 0.95, (3, sizes[-1]))
                y = y / y.sum(axis=1, keepdims=True) if function == "cross_entropy" else y
                examples = [Example(x, row) for x, row in zip(rng.normal(size=(3, sizes[0])), y, strict=True)]
                yield trace(Network(weights, biases, [*hidden, output]), Cost(function, 0.1), examples)


@dataclass(frozen=True)
class Arithmetic:
    """The definitions, with the exponentials and logarithms of a library; ``where`` takes z > 0, z and what is else."""

    exp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    where: Callable[[Any, Any, Any], Any]

    def value(self, name: str, z: Any) -> Any:
        """An activation."""
        return {
            "sigmoid": lambda: 1 / (1 + self.exp(-z)),
            "tanh": lambda: 1 - 2 / (self.exp(2 * z) + 1),
            "relu": lambda: self.where(z.real > 0, z, 0 * z),
            "leaky_relu": lambda: self.where(z.real > 0, z, 0.01 * z),
            "softplus": lambda: self.log(1 + self.exp(z)),
            "linear": lambda: z,
            "softmax": lambda: self.exp(z) / self.exp(z).sum(),
        }[name]()

    def cost(self, name: str, a: Any, y: Any) -> Any:
        """A cost."""
        return {
            "squared_error": ((a - y) ** 2).sum,
            "half_squared_error": lambda: ((a - y) ** 2).sum() / 2,
            "mean_squared_error": lambda: ((a - y) ** 2).sum() / len(y),
            "binary_cross_entropy": lambda: -(y * self.log(a) + (1 - y) * self.log(1 - a)).sum(),
            "cross_entropy": lambda: -(y * self.log(a)).sum(),
        }[name]()

    def mean_cost(self, lesson: Trace, data: Sequence[tuple[Any, Any]], theta: Sequence[Any]) -> Any:
        """J of examples ``data``, with ``theta``, weights and biases by turns."""
        total = 0.0
        for x, y in data:
            a = x
            for W, b, name in zip(theta[::2], theta[1::2], lesson.network.activations, strict=True):
                a = self.value(name, W @ a + b)
            total = total + self.cost(lesson.cost.function, a, y)
        m = len(data)
        return total / m + lesson.cost.l2 / (2 * m) * sum((W * W).sum() for W in theta[::2])


def arrays(lesson: Trace) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(example.x, example.y) for example in lesson.examples]


def parts(network: Network) -> list[np.ndarray]:
    return [array for layer in zip(network.weights, network.biases, strict=True) for array in layer]


def moved(lesson: Trace, step: complex) -> np.ndarray:
    """J with each parameter moved by ``step`` in turn."""
    vector, shapes = lesson.network.vector, [part.shape for part in parts(lesson.network)]
    ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1].astype(int)
    found = []
    for point in vector + step * np.eye(len(vector)):
        theta = [part.reshape(shape) for part, shape in zip(np.split(point, ends), shapes, strict=True)]
        found.append(Arithmetic(np.exp, np.log, np.where).mean_cost(lesson, arrays(lesson), theta))
    return np.array(found)


def by_complex_steps(lesson: Trace) -> np.ndarray:
    return moved(lesson, 1e-200j).imag / 1e-200


def by_differences(lesson: Trace) -> np.ndarray:
    return (moved(lesson, STEP) - moved(lesson, -STEP)) / (2 * STEP)


def by_jax(lesson: Trace) -> np.ndarray:
    import jax  # noqa: PLC0415 - where it is installed
    import jax.numpy as jnp  # noqa: PLC0415

    jax.config.update("jax_enable_x64", True)
    judge = Arithmetic(jnp.exp, jnp.log, jnp.where)
    slopes = jax.grad(lambda theta: judge.mean_cost(lesson, arrays(lesson), theta))(parts(lesson.network))
    return np.concatenate([np.asarray(slope).ravel() for slope in slopes])


def by_torch(lesson: Trace) -> np.ndarray:
    import torch  # noqa: PLC0415 - where it is installed

    theta = [torch.tensor(part, requires_grad=True) for part in parts(lesson.network)]
    data = [(torch.tensor(x), torch.tensor(y)) for x, y in arrays(lesson)]
    Arithmetic(torch.exp, torch.log, torch.where).mean_cost(lesson, data, theta).backward()
    return np.concatenate(
        [np.zeros(part.shape).ravel() if part.grad is None else part.grad.numpy().ravel() for part in theta]
    )


JUDGES = {
    "numpy": {"complex steps, h = 1e-200": by_complex_steps, f"two-sided differences, h = {STEP:g}": by_differences},
    "jax": {"JAX, float64": by_jax},
    "torch": {"PyTorch, float64": by_torch},
}


def main() -> None:
    here = {library: judges for library, judges in JUDGES.items() if importlib.util.find_spec(library)}
    if "torch" in here:
        del here["numpy"]  # measured beside JAX
    for judges in here.values():
        for judge, gradient in judges.items():
            errors = []
            for lesson in lessons():
                ours = np.concatenate(
                    [part.ravel() for layer in lesson.average.layers for part in (layer.dJ_dw, layer.dJ_db)]
                )
                theirs = gradient(lesson)
                errors.append(float(np.abs(ours - theirs).max() / np.abs(theirs).max()))
            found = {
                "judge": judge,
                "networks": len(errors),
                "median": float(np.median(errors)),
                "largest": max(errors),
            }
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
