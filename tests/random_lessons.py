"""Random networks with examples, costs and training, for the property tests of the equations."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from bp_core.costs import COSTS, Cost
from bp_core.network import Example, Network
from bp_core.trace import Trace, trace

if TYPE_CHECKING:
    from bp_core.training import Training

HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear")
OUTPUTS = (*HIDDEN, "softmax")


def lesson(
    sizes: tuple[int, ...],
    activations: str | tuple[str, ...] = "tanh",
    cost: str = "squared_error",
    *,
    l2: float = 0.0,
    m: int = 3,
    seed: int = 0,
    scale: float = 1.0,
    training: Training | None = None,
) -> Trace:
    """A network of random weights and biases (both normal times ``scale``) on ``m`` random examples."""
    rng = np.random.default_rng(seed)
    weights = [scale * rng.normal(size=(n, before)) for before, n in pairwise(sizes)]
    biases = [scale * rng.normal(size=n) for n in sizes[1:]]
    targets = rng.uniform(0.05, 0.95, size=(m, sizes[-1]))
    if cost == "cross_entropy":
        targets /= targets.sum(axis=1, keepdims=True)
    examples = [Example(rng.normal(size=sizes[0]), y) for y in targets]
    return trace(Network(weights, biases, activations), Cost(cost, l2), examples, training, focus=m - 1)


@st.composite
def lessons(draw: st.DrawFn, **given: Any) -> Trace:
    """Lessons of every output and cost that go together; ``given`` fixes arguments of :func:`lesson`."""
    sizes = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=4)))
    cost = draw(st.sampled_from(sorted(COSTS)))
    output = COSTS[cost].output_activation or draw(st.sampled_from(OUTPUTS))
    hidden = draw(st.lists(st.sampled_from(HIDDEN), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    drawn: dict[str, Any] = {
        "sizes": sizes,
        "activations": (*hidden, output),
        "cost": cost,
        "l2": draw(st.sampled_from([0.0, 0.1, 3.0])),
        "m": draw(st.integers(1, 4)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return lesson(**(drawn | given))
