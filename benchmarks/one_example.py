"""One example, forward and backward: the full trace against what PyTorch keeps of it, the gradient alone."""

from __future__ import annotations

import pairs  # first: it sets the number of threads
import numpy as np  # noqa: I001
import torch

from bp_core import Cost, Example, Network, trace

torch.set_num_threads(1)
SIZES = ((1, 1, 1, 1), (2, 2, 1), (3, 4, 2))


def main() -> None:
    for sizes in SIZES:
        rng = np.random.default_rng(1)
        network = Network.initialised(sizes, "sigmoid", "xavier", seed=1)
        cost = Cost("squared_error")
        examples = [Example(rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1]))]
        weights, biases = (
            [torch.tensor(array, requires_grad=True) for array in arrays] for arrays in (network.weights, network.biases)
        )
        x, y = torch.tensor(examples[0].x), torch.tensor(examples[0].y)

        def theirs() -> tuple[torch.Tensor, ...]:
            a = x
            for W, b in zip(weights, biases, strict=True):
                a = torch.sigmoid(W @ a + b)
            return torch.autograd.grad(((a - y) ** 2).sum(), [*weights, *biases])

        def ours() -> object:
            return trace(network, cost, examples).examples[0]

        np.testing.assert_allclose(ours().layers[0].dC_dw, theirs()[0].numpy(), rtol=1e-10)
        name = "-".join(map(str, sizes))
        pairs.compare(f"full trace of {name}, one example", ours, "PyTorch, gradient alone", theirs, limit=1.0)


if __name__ == "__main__":
    main()
