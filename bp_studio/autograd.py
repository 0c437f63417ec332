"""Writes what JAX, an automatic-differentiation library, says of a lesson: ``python -m bp_studio.autograd LESSON…``.

The library runs the network on its own, in float64, and differentiates the cost of the example in focus by every
weight and bias; nothing of ``bp_core``'s forward or backward pass is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bp_core.trace import Trace
from bp_script.autograd_file import AutogradFile, autograd_path, made_for
from bp_script.errors import LessonErrors
from bp_script.language.caller import tr
from bp_script.lesson import load

_INSTALL = "python -m pip install jax"


def by_jax(trace: Trace) -> AutogradFile:
    """The cost of the example in focus and its derivatives, by JAX.

    Raises:
        ModuleNotFoundError: JAX is not installed.
    """
    # A judge, not a dependency: it is there in a development environment.
    jax, jnp = import_module("jax"), import_module("jax.numpy")
    activations: dict[str, Callable[[Any], Any]] = {
        "sigmoid": jax.nn.sigmoid,
        "tanh": jnp.tanh,
        "relu": jax.nn.relu,
        "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01),
        "softplus": jax.nn.softplus,
        "linear": lambda z: z,
        "softmax": jax.nn.softmax,
    }
    costs: dict[str, Callable[[Any, Any, Any], Any]] = {
        "squared_error": lambda _z, a, y: jnp.sum((a - y) ** 2),
        "half_squared_error": lambda _z, a, y: jnp.sum((a - y) ** 2) / 2,
        "mean_squared_error": lambda _z, a, y: jnp.mean((a - y) ** 2),
        "binary_cross_entropy": lambda z, _a, y: -jnp.sum(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z)),
        "cross_entropy": lambda z, _a, y: -jnp.sum(y * jax.nn.log_softmax(z)),
    }
    network, cost = trace.network, costs[trace.cost.function]

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        a = z = x
        for (weights, biases), name in zip(parameters, network.activations, strict=True):
            z = weights @ a + biases
            a = activations[name](z)
        return cost(z, a, y)

    with jax.enable_x64(True):
        parameters = [(jnp.asarray(w), jnp.asarray(b)) for w, b in zip(network.weights, network.biases, strict=True)]
        x, y = (jnp.asarray(rows[trace.focus]) for rows in (trace.data.x, trace.data.y))
        value, slopes = jax.value_and_grad(loss)(parameters, x, y)
        values = {"C": float(value)}
        for layer, (by_weights, by_biases) in enumerate(slopes, start=1):
            for j, row in enumerate(by_weights.tolist()):
                values |= {f"dC/dw[{layer}][{j}][{k}]": slope for k, slope in enumerate(row)}
            values |= {f"dC/db[{layer}][{j}]": slope for j, slope in enumerate(by_biases.tolist())}
    return AutogradFile("JAX", jax.__version__, made_for(trace), values)


def main(arguments: Sequence[str]) -> int:
    """Write the file of each lesson, and say where."""
    if not arguments:
        sys.stderr.write(tr("usage: %(command)s LESSON…", command="python -m bp_studio.autograd") + "\n")
        return 2
    for argument in arguments:
        try:
            lesson = load(Path(argument))
            found = by_jax(lesson.trace())
        except LessonErrors as errors:
            sys.stderr.write(f"{errors}\n")
            return 2
        except ModuleNotFoundError as error:
            told = tr("%(package)s is not installed: %(command)s", package=error.name, command=_INSTALL)
            sys.stderr.write(f"{told}\n")
            return 1
        path = autograd_path(lesson)
        assert path is not None  # noqa: S101 - the lesson was read from a file
        path.write_text(found.to_json(), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
