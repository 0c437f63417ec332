"""The example network that PyTorch trained: its file is what its script makes, and PyTorch agrees with its lesson."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

from bp_script.lesson import load

ROOT = Path(__file__).resolve().parent.parent.parent
LESSON = ROOT / "lessons" / "examples" / "trained_in_pytorch.yaml"


def test_the_file_is_what_the_script_makes(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "trained_in_pytorch.py"))
    script["main"](tmp_path / "again.safetensors")
    again, shipped = load_file(tmp_path / "again.safetensors"), load_file(LESSON.with_suffix(".safetensors"))
    assert again.keys() == shipped.keys()
    for name, array in shipped.items():
        np.testing.assert_allclose(again[name], array, rtol=1e-6)


def test_pytorch_computes_the_same_outputs() -> None:
    lesson = load(LESSON)
    parameters = {name: torch.tensor(array) for name, array in load_file(LESSON.with_suffix(".safetensors")).items()}
    for example, traced in zip(lesson.examples, lesson.trace().examples, strict=True):
        hidden = torch.tanh(parameters["0.weight"] @ torch.tensor(example.x) + parameters["0.bias"])
        output = torch.sigmoid(parameters["2.weight"] @ hidden + parameters["2.bias"])
        np.testing.assert_allclose(output.numpy(), traced.layer(2).a, rtol=1e-12)
