"""Networks that PyTorch made: modules, and the files that it writes."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from bp_core import Cost, Example, Network, trace
from bp_script.files import FileRefused
from bp_script.network_file import read_parameters_file

TOLERANCE = 1e-10


def module(hidden: type[nn.Module] = nn.Tanh, last: nn.Module | None = None) -> nn.Sequential:
    torch.manual_seed(3)
    layers = [nn.Linear(3, 5), hidden(), nn.Linear(5, 4, bias=False), hidden(), nn.Linear(4, 2)]
    return nn.Sequential(*layers, *([last] if last else []))


@pytest.mark.parametrize("hidden", [nn.Identity, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.Softplus])
@pytest.mark.parametrize("last", [None, nn.Sigmoid(), nn.Softmax(dim=-1)])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16])
def test_a_module(hidden: type[nn.Module], last: nn.Module | None, kind: torch.dtype) -> None:
    made = module(hidden, last).to(kind)
    x = np.random.default_rng(1).normal(size=3)
    lesson = trace(Network.from_torch(made), Cost("squared_error"), [Example(x, [0, 1])])
    with torch.no_grad():
        expected = made.double()(torch.tensor(x)).numpy()
    np.testing.assert_allclose(lesson.examples[0].layer(3).a, expected, rtol=TOLERANCE)


def held(folder: Path, name: str, made: nn.Module) -> None:
    expected = Network.from_torch(made)
    found = Network(*read_parameters_file(name, folder), expected.activations)
    assert found.vector.tolist() == expected.vector.tolist()


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16])
def test_a_state_dict_file(tmp_path: Path, kind: torch.dtype) -> None:
    made = module().to(kind)
    torch.save(made.state_dict(), tmp_path / "model.pt")
    held(tmp_path, "model.pt", made)


def test_more_than_ten_layers_keep_their_order(tmp_path: Path) -> None:
    made = nn.Sequential(*(nn.Linear(2, 2) for _ in range(12)))
    torch.save(made.state_dict(), tmp_path / "model.pt")
    held(tmp_path, "model.pt", made)
    save_file(made.state_dict(), tmp_path / "model.safetensors")
    held(tmp_path, "model.safetensors", made)


class Harm:
    """Leaves a folder if it is ever unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    torch.save({"0.weight": Harm(tmp_path / "harmed")}, tmp_path / "model.pt")
    with pytest.raises(FileRefused, match="expected a state_dict file of PyTorch"):
        read_parameters_file("model.pt", tmp_path)
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "expected a state_dict of tensors in model.pt"),
        ({"0.weight": 1.0}, "expected a state_dict of tensors in model.pt"),
        ({"0.weight": torch.zeros(1).expand(100_000, 100_000)}, "expected at most 1,000,000 weights and biases"),
        ({"0.weight": torch.eye(3).to_sparse()}, "expected tensors of plain numbers in model.pt"),
        ({"0.weight": torch.zeros(2, 2), "1.running_mean": torch.zeros(2)}, "expected ….weight and ….bias"),
        ({"0.weight": torch.full((1, 1), torch.nan)}, "expected finite numbers"),
    ],
)
def test_what_is_no_state_dict_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(FileRefused, match=message):
        read_parameters_file("model.pt", tmp_path)


def test_broken_files_are_refused(tmp_path: Path) -> None:
    torch.save(module().state_dict(), tmp_path / "whole.pt")
    content = (tmp_path / "whole.pt").read_bytes()
    for cut in (0, 10, 1000, len(content) - 30):
        (tmp_path / "model.pt").write_bytes(content[:cut])
        with pytest.raises(FileRefused, match="expected a state_dict file of PyTorch"):
            read_parameters_file("model.pt", tmp_path)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(100_000_000))
    with pytest.raises(FileRefused, match="expected at most 1,000,000 weights and biases"):
        read_parameters_file("model.pt", tmp_path)
