"""JAX in float64 as a judge: every activation with every cost, averages with the penalty, extreme outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bp_core.costs import COSTS
from bp_core.training import Training
from tests.random_lessons import HIDDEN, OUTPUTS, lesson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bp_core.trace import Trace

TOLERANCE = 1e-10
#: The same for all, since each new shape costs JAX seconds of compilation.
SIZES = (3, 3, 3)
ACTIVATION: dict[str, Callable[[Any], Any]] = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01),
    "softplus": jax.nn.softplus,
    "linear": lambda z: z,
    "softmax": jax.nn.softmax,
}
#: Of the outputs' z and a, and the targets.
COST: dict[str, Callable[[Any, Any, Any], Any]] = {
    "squared_error": lambda _z, a, y: jnp.sum((a - y) ** 2),
    "half_squared_error": lambda _z, a, y: jnp.sum((a - y) ** 2) / 2,
    "mean_squared_error": lambda _z, a, y: jnp.mean((a - y) ** 2),
    "binary_cross_entropy": lambda z, _a, y: -jnp.sum(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z)),
    "cross_entropy": lambda z, _a, y: -jnp.sum(y * jax.nn.log_softmax(z)),
}
PAIRS = [
    (cost, output)
    for cost, record in sorted(COSTS.items())
    for output in ([record.output_activation] if record.output_activation else OUTPUTS)
]


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def example_cost(trace: Trace, parameters: Any, x: Any, y: Any) -> Any:
    a = z = x
    for (W, bias), name in zip(parameters, trace.network.activations, strict=True):
        z = W @ a + bias
        a = ACTIVATION[name](z)
    return COST[trace.cost.function](z, a, y)


def total_cost(trace: Trace, parameters: Any) -> Any:
    costs = [example_cost(trace, parameters, x, y) for x, y in zip(trace.data.x, trace.data.y, strict=True)]
    squares = sum(jnp.sum(W**2) for W, _ in parameters)
    return sum(costs) / len(costs) + trace.cost.l2 / (2 * len(costs)) * squares


def parameters_of(trace: Trace) -> Any:
    return [tuple(map(jnp.asarray, layer)) for layer in zip(trace.network.weights, trace.network.biases, strict=True)]


def agrees(computed: np.ndarray, judged: Any, tolerance: float = TOLERANCE) -> None:
    """Entry by entry, relative to the largest of the array."""
    judged = np.asarray(judged)
    assert np.abs(computed - judged).max() <= tolerance * np.abs(judged).max()


def judge(trace: Trace) -> None:
    parameters = parameters_of(trace)
    for example in trace.examples:
        cost, slopes = jax.value_and_grad(lambda p, e=example: example_cost(trace, p, e.x, e.y))(parameters)
        agrees(np.array(example.C), cost)
        for layer, (by_weights, by_biases) in zip(example.layers, slopes, strict=True):
            agrees(layer.dC_dw, by_weights)
            agrees(layer.dC_db, by_biases)
        agrees(example.dC_dx, jax.grad(lambda x, e=example: example_cost(trace, parameters, x, e.y))(example.x))
    J, slopes = jax.value_and_grad(lambda p: total_cost(trace, p))(parameters)
    agrees(np.array(trace.J), J)
    for average, (by_weights, by_biases) in zip(trace.average.layers, slopes, strict=True):
        agrees(average.dJ_dw, by_weights)
        agrees(average.dJ_db, by_biases)


@pytest.mark.parametrize(("cost", "output"), PAIRS)
def test_every_cost_with_every_output(cost: str, output: str) -> None:
    judge(lesson(SIZES, ("tanh", output), cost, l2=0.7, m=2, seed=5))


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_hidden_activation(hidden: str) -> None:
    judge(lesson((3, 3, 3, 3), (hidden, hidden, "sigmoid"), "binary_cross_entropy", l2=0.1, m=2, seed=7))


@pytest.mark.parametrize(("cost", "output"), [("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")])
@pytest.mark.parametrize("scale", [30.0, 3000.0])
def test_far_out_where_naive_formulas_overflow(cost: str, output: str, scale: float) -> None:
    judge(lesson(SIZES, ("linear", output), cost, m=2, seed=3, scale=scale**0.5))


def test_a_trained_network() -> None:
    training = Training(0.5, 20)
    judge(lesson(SIZES, ("tanh", "softmax"), "cross_entropy", l2=0.1, m=2, training=training).at_step(20))
