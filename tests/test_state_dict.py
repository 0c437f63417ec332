"""Networks in files of PyTorch: ``.safetensors``, and ``.pt`` as far as it goes without PyTorch (see tests/judge)."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save, save_file

from bp_script.lesson import Lesson, LessonErrors, lesson_from

W1, b1 = np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]]), np.array([0.1, 0.2, 0.3])
W2, b2 = np.array([[1.0, 2.0, 3.0]]), np.array([0.5])


def lesson(folder: Path, name: str = "model.safetensors", n: int = 2) -> Lesson:
    data = {
        "title": "From files",
        "network": {"activations": "sigmoid", "file": name},
        "cost": "squared_error",
        "examples": [{"x": [1] * n, "y": [0]}],
        "chapters": ["cost_tree"],
    }
    return lesson_from(data, folder=folder)


def mistake(folder: Path, name: str = "model.safetensors") -> str:
    with pytest.raises(LessonErrors) as caught:
        lesson(folder, name)
    (only,) = str(caught.value).splitlines()
    assert only.startswith("network.file: expected ")
    return only


@pytest.mark.parametrize("names", [("0", "2"), ("fc1", "fc2"), ("net.0", "net.10"), ("layers.9", "layers.10")])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_a_network_from_safetensors(tmp_path: Path, names: tuple[str, str], kind: type) -> None:
    first, second = names
    arrays = {f"{second}.weight": W2, f"{first}.bias": b1, f"{first}.weight": W1, f"{second}.bias": b2}
    save_file({name: array.astype(kind) for name, array in arrays.items()}, tmp_path / "model.safetensors")
    network = lesson(tmp_path).network
    assert [W.tolist() for W in network.weights] == [W1.tolist(), W2.tolist()]
    assert network.biases[0].tolist() == b1.astype(kind).astype(float).tolist()


def test_a_layer_without_biases_has_zeros(tmp_path: Path) -> None:
    save_file({"0.weight": W1, "2.weight": W2, "2.bias": b2}, tmp_path / "model.safetensors")
    assert [b.tolist() for b in lesson(tmp_path).network.biases] == [[0.0, 0.0, 0.0], [0.5]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "expected 2 to 16 layers with the input in model.safetensors; got 1"),
        ({"0.weight": W1, "0.scale": b1}, "….weight and ….bias of each layer in model.safetensors, such as"),
        ({"0.bias": b1}, "expected a weight beside '0.bias' in model.safetensors; got none"),
        ({"0.weight": W2, "2.weight": W1}, "expected 1 weights in each row of layer 2 in model.safetensors"),
        ({"0.weight": W1[None]}, "rows of weights for layer 1 in model.safetensors; got shape (1, 3, 2)"),
        ({"0.weight": np.float64([[np.inf]])}, "expected finite numbers in model.safetensors"),
        ({"0.weight": np.array([[True]])}, "expected rows of numbers, all of the same length, in model.safetensors"),
        ({"0.weight": np.zeros((1001, 1000))}, "expected at most 1,000,000 weights and biases in model.safetensors"),
    ],
)
def test_safetensors_that_hold_no_network(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    save_file(arrays, tmp_path / "model.safetensors")
    assert message in mistake(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 250), st.binary(min_size=1, max_size=3))
def test_any_safetensors_is_read_or_refused(tmp_path: Path, at: int, bytes_: bytes) -> None:
    content = save({"0.weight": W1, "0.bias": b1})
    (tmp_path / "model.safetensors").write_bytes(content[:at] + bytes_ + content[at + len(bytes_) :])
    with contextlib.suppress(LessonErrors):
        lesson(tmp_path)


def test_types_that_numpy_has_not_are_refused(tmp_path: Path) -> None:
    content = save({"0.weight": np.zeros((1, 2), dtype=np.float16)})
    (tmp_path / "model.safetensors").write_bytes(content.replace(b'"F16"', b'"BF16"'[:6]))
    assert "expected a .safetensors file; got 'model.safetensors'" in mistake(tmp_path)


def test_without_pytorch_the_message_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.pt").write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert mistake(tmp_path, "model.pt").endswith(
        "to be installed, to read 'model.pt': python -m pip install 'torch>=2.6'; got none"
    )


def test_a_pytorch_that_could_run_the_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.pt").write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(__version__="2.5.1+cpu"))
    assert "expected PyTorch from 2.6, to read 'model.pt' safely" in mistake(tmp_path, "model.pt")
