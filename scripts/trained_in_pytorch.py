"""Trains the network of lessons/examples/trained_in_pytorch.yaml with PyTorch: exclusive or, two tanh neurons.

    scripts/judge --make && .venv-judge/bin/python scripts/trained_in_pytorch.py

The file it writes holds ``0.weight``, ``0.bias``, ``2.weight`` and ``2.bias``, as ``Sequential`` names them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.numpy import save_file
from torch import nn

PLACE = Path(__file__).resolve().parent.parent / "lessons" / "examples" / "trained_in_pytorch.safetensors"


def trained() -> dict[str, torch.Tensor]:
    """The parameters after training, float64."""
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1), nn.Sigmoid()).double()
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(x), y).backward()
        optimizer.step()
    return model.state_dict()


def main(place: Path) -> None:
    """Write the file."""
    save_file({name: tensor.numpy() for name, tensor in trained().items()}, place)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
