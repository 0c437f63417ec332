"""One example, forward and backward: the full trace against what PyTorch keeps of it, the gradient alone."""

from __future__ import annotations

import numpy as np
import pairs
import torch

from bp_core import Cost, Example, ExampleTrace, Network, trace

torch.set_num_threads(1)


def full_trace_of(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    network = Network.initialised(sizes, "sigmoid", "xavier", seed=1)
    cost = Cost("squared_error")
    examples = [Example(rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1]))]
    weights = [torch.tensor(array, requires_grad=True) for array in network.weights]
    biases = [torch.tensor(array, requires_grad=True) for array in network.biases]
    x, y = torch.tensor(examples[0].x), torch.tensor(examples[0].y)

    def ours() -> ExampleTrace:
        return trace(network, cost, examples).examples[0]

    def theirs() -> tuple[torch.Tensor, ...]:
        a = x
        for W, b in zip(weights, biases, strict=True):
            a = torch.sigmoid(W @ a + b)
        return torch.autograd.grad(((a - y) ** 2).sum(), [*weights, *biases])

    np.testing.assert_allclose(ours().layers[0].dC_dw, theirs()[0].numpy(), rtol=1e-10)
    name = "-".join(map(str, sizes))
    pairs.compare(f"full trace of {name}, one example", ours, "PyTorch, the gradient alone", theirs, limit=1.0)


if __name__ == "__main__":
    for sizes in (1, 1, 1, 1), (2, 2, 1), (3, 4, 2):
        full_trace_of(sizes)
