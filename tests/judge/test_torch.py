"""PyTorch in float64 as a judge: every activation, cost and optimizer, run by scripts/judge."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch.func import jacrev

from bp_core import ACTIVATIONS, COSTS, Cost, Example, Network, Training
from bp_core.trace import trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bp_core import Trace

TOLERANCE = 1e-10
SIZES = [(1, 1, 1, 1), (2, 2, 1), (3, 4, 2), (5, 4, 4, 3, 3)]
HIDDEN = ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear"]
ACTIVATION: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "softplus": lambda z: F.softplus(z, threshold=500),  # by default z itself from 20 on, which is off by 2e-9
    "linear": lambda z: z,
    "softmax": lambda z: F.softmax(z, dim=-1),
}
COST: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "squared_error": lambda a, y: F.mse_loss(a, y, reduction="sum"),
    "half_squared_error": lambda a, y: F.mse_loss(a, y, reduction="sum") / 2,
    "mean_squared_error": lambda a, y: F.mse_loss(a, y, reduction="mean"),
    "binary_cross_entropy": lambda a, y: F.binary_cross_entropy(a, y, reduction="sum"),
    "cross_entropy": lambda a, y: -(y * a.log()).sum(),
}
CASES = [
    (cost, output)
    for cost in COST
    for output in ([COSTS[cost].output_activation] if COSTS[cost].output_activation else ACTIVATION)
]


def lesson(
    sizes: Sequence[int],
    cost: str,
    output: str,
    *,
    hidden: str = "tanh",
    l2: float = 0.0,
    m: int = 1,
    training: Training | None = None,
    scale: float = 0.5,
) -> Trace:
    """A random network, the same for the same arguments, on m random examples."""
    rng = np.random.default_rng([*sizes, *cost.encode(), *output.encode(), *hidden.encode()])
    weights = [scale * rng.normal(size=(n, before)) for before, n in pairwise(sizes)]
    biases = [scale * rng.normal(size=n) for n in sizes[1:]]
    targets = rng.uniform(0.05, 0.95, size=(m, sizes[-1]))
    if cost == "cross_entropy":
        targets /= targets.sum(axis=1, keepdims=True)
    examples = [Example(rng.normal(size=sizes[0]), y) for y in targets]
    network = Network(weights, biases, [hidden] * (len(sizes) - 2) + [output])
    return trace(network, Cost(cost, l2), examples, training)


def leaf(array: np.ndarray) -> torch.Tensor:
    """A tensor that autograd follows."""
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def parameters(network: Network) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(leaf(W), leaf(b)) for W, b in zip(network.weights, network.biases, strict=True)]


def forward(
    theta: list[tuple[torch.Tensor, torch.Tensor]], names: Sequence[str], x: np.ndarray
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """z and a of the layers 1 … L."""
    zs, activations, a = [], [], torch.tensor(x)
    for (W, b), name in zip(theta, names, strict=True):
        zs.append(W @ a + b)
        a = ACTIVATION[name](zs[-1])
        activations.append(a)
    return zs, activations


def objective(theta: list[tuple[torch.Tensor, torch.Tensor]], lesson: Trace, batch: Sequence[int]) -> torch.Tensor:
    """The batch's mean cost and the penalty of the whole data set."""
    cost = COST[lesson.cost.function]
    examples = [lesson.examples[e] for e in batch]
    total = sum(cost(forward(theta, lesson.network.activations, e.x)[1][-1], torch.tensor(e.y)) for e in examples)
    penalty = sum((W**2).sum() for W, _ in theta) * lesson.cost.l2 / (2 * len(lesson.examples))
    return total / len(batch) + penalty


def assert_same(ours: np.ndarray | float, judged: torch.Tensor | None, what: str) -> None:
    """Equal to TOLERANCE of the largest number; where no path leads to the cost, PyTorch has none and ours are 0."""
    expected = np.zeros_like(ours) if judged is None else judged.detach().numpy()
    size = float(np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=TOLERANCE * size, err_msg=what)


def test_every_activation_and_cost_is_judged() -> None:
    assert set(ACTIVATION) == set(ACTIVATIONS)
    assert set(COST) == set(COSTS)
    assert {output for _, output in CASES} == set(ACTIVATIONS)


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("cost", "output"), CASES)
def test_one_example(cost: str, output: str, hidden: str, sizes: tuple[int, ...]) -> None:
    ours = lesson(sizes, cost, output, hidden=hidden)
    example = ours.examples[0]
    theta = parameters(ours.network)
    zs, activations = forward(theta, ours.network.activations, example.x)
    C = COST[cost](activations[-1], torch.tensor(example.y))
    for tensor in (*zs, *activations):
        if tensor.requires_grad:
            tensor.retain_grad()
    C.backward()
    assert_same(example.C, C, "C")
    for l, (layer, z, a, (W, b)) in enumerate(zip(example.layers, zs, activations, theta, strict=True), start=1):
        slopes = jacrev(ACTIVATION[ours.network.activations[l - 1]])(z.detach())
        assert_same(layer.z, z, f"z[{l}]")
        assert_same(layer.a, a, f"a[{l}]")
        assert_same(layer.da_dz, slopes if layer.da_dz.ndim == 2 else slopes.diagonal(), f"da/dz[{l}]")
        assert_same(layer.dC_da, a.grad, f"dC/da[{l}]")
        assert_same(layer.delta, z.grad, f"delta[{l}]")
        assert_same(layer.dC_dw, W.grad, f"dC/dw[{l}]")
        assert_same(layer.dC_db, b.grad, f"dC/db[{l}]")


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize(("cost", "output"), CASES)
def test_the_data_set(cost: str, output: str, l2: float) -> None:
    ours = lesson((3, 4, 2), cost, output, l2=l2, m=5)
    theta = parameters(ours.network)
    J = objective(theta, ours, range(5))
    J.backward()
    assert_same(ours.average.J, J, "J")
    for l, (layer, (W, b)) in enumerate(zip(ours.average.layers, theta, strict=True), start=1):
        assert_same(layer.dJ_dw, W.grad, f"dJ/dw[{l}]")
        assert_same(layer.dJ_db, b.grad, f"dJ/db[{l}]")


@pytest.mark.parametrize(("cost", "output"), [("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")])
def test_saturated_outputs(cost: str, output: str) -> None:
    """Pre-activations of some thousands, where only PyTorch's functions of z stay finite."""
    ours = lesson((3, 4), cost, output, scale=2000.0)
    example = ours.examples[0]
    theta = parameters(ours.network)
    z = forward(theta, ["linear"], example.x)[0][-1]
    z.retain_grad()
    assert z.detach().abs().max() > 1000
    y = torch.tensor(example.y)
    C = F.cross_entropy(z, y) if output == "softmax" else F.binary_cross_entropy_with_logits(z, y, reduction="sum")
    C.backward()
    assert_same(example.C, C, "C")
    assert_same(example.layer(1).delta, z.grad, "delta")
    assert_same(example.layer(1).dC_dw, theta[0][0].grad, "dC/dw")


OPTIMIZER: dict[str, Callable[[list[torch.Tensor], Training], torch.optim.Optimizer]] = {
    "sgd": lambda theta, t: torch.optim.SGD(theta, lr=t.learning_rate),
    "momentum": lambda theta, t: torch.optim.SGD(theta, lr=t.learning_rate, momentum=t.momentum),
    "nesterov": lambda theta, t: torch.optim.SGD(theta, lr=t.learning_rate, momentum=t.momentum, nesterov=True),
    "adam": lambda theta, t: torch.optim.Adam(theta, lr=t.learning_rate, betas=(t.beta1, t.beta2), eps=t.epsilon),
}


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [None, 1, 2])
@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("optimizer", OPTIMIZER)
def test_training(optimizer: str, l2: float, batch_size: int | None, shuffle: bool) -> None:
    training = Training(
        0.05,
        epochs=4,
        batch_size=batch_size,
        optimizer=optimizer,
        shuffle=shuffle,
        seed=3,
        momentum=0.8,
        beta1=0.85,
        beta2=0.95,
        epsilon=1e-6,
    )
    ours = lesson((2, 3, 2), "cross_entropy", "softmax", l2=l2, m=5, training=training)
    theta = parameters(ours.network)
    judge = OPTIMIZER[optimizer]([tensor for layer in theta for tensor in layer], training)
    rng = np.random.default_rng(training.seed)
    size = batch_size or 5
    batches = [
        (epoch, tuple(map(int, order[start : start + size])))
        for epoch in range(1, 5)
        for order in [rng.permutation(5) if shuffle else range(5)]
        for start in range(0, 5, size)
    ]
    assert [(step.epoch, step.batch) for step in ours.steps] == [(0, ()), *batches]
    for number, (_, batch) in enumerate(batches, start=1):
        judge.zero_grad()
        objective(theta, ours, batch).backward()
        judge.step()
        step = ours.steps[number]
        assert_same(step.J, objective(theta, ours, range(5)), f"J after step {number}")
        for l, (W, b) in enumerate(theta, start=1):
            assert_same(step.network.weights[l - 1], W, f"w[{l}] after step {number}")
            assert_same(step.network.biases[l - 1], b, f"b[{l}] after step {number}")
