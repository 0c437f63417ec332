"""The gradient of a batch of 100 on 784-16-16-10, against PyTorch's."""

from __future__ import annotations

import numpy as np
import pairs
import torch

from bp_core import Cost, Example, Network, trace
from bp_core.dataset import gradient

torch.set_num_threads(1)


def main() -> None:
    rng = np.random.default_rng(1)
    network = Network.initialised((784, 16, 16, 10), "sigmoid", "xavier", seed=1)
    cost = Cost("squared_error")
    data = trace(network, cost, [Example(rng.uniform(size=784), np.eye(10)[n % 10]) for n in range(100)]).data
    layers = zip(network.weights, network.biases, strict=True)
    theta = [torch.tensor(array, requires_grad=True) for layer in layers for array in layer]
    x, y = torch.tensor(data.x), torch.tensor(data.y)

    def theirs() -> tuple[torch.Tensor, ...]:
        a = x
        for W, b in zip(theta[::2], theta[1::2], strict=True):
            a = torch.sigmoid(torch.nn.functional.linear(a, W, b))
        return torch.autograd.grad(((a - y) ** 2).sum() / len(x), theta)

    def ours() -> np.ndarray:
        return gradient(network, cost, data, len(data))

    np.testing.assert_allclose(ours(), np.concatenate([part.numpy().ravel() for part in theirs()]), rtol=1e-9)
    pairs.compare("gradient of 784-16-16-10, batch of 100", ours, "PyTorch, the same", theirs, limit=1.0)


if __name__ == "__main__":
    main()
