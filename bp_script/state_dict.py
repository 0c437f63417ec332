"""Parameters as PyTorch names them, from a ``.safetensors`` file or a ``state_dict`` that ``torch.save`` wrote.

Each layer is a matrix ``….weight`` (n_l, n_{l-1}) and, unless its biases are zero, a row ``….bias`` (n_l,). A ``.pt``
file keeps the layers in their order; a ``.safetensors`` file does not, so there they follow their names, numbers by
size: ``0.weight``, ``2.weight``, ``10.weight`` or ``fc1.weight``, ``fc2.weight``. Nothing in either is run.
"""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from bp_script.errors import in_a_line, mismatch, shown
from bp_script.files import FileRefused
from bp_script.language.caller import tr
from bp_script.limits import limits, option

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Before it, a file could run code in spite of ``weights_only`` (CVE-2025-32434).
_SAFE_TORCH = (2, 6)
_INSTALL = "python -m pip install 'torch>=2.6'"

#: Weights and biases by layer.
Layers = list[tuple[Any, Any]]


def safetensors_layers(content: bytes, name: str) -> Layers:
    """The layers of a ``.safetensors`` file.

    Raises:
        FileRefused: it is none, or holds something else.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - only where such a file is read
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        tensors = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{shown(name)}: {in_a_line(error)}"
        raise FileRefused(mismatch(tr("a .safetensors file"), said)) from None
    return _layers(dict(sorted(tensors.items(), key=lambda item: _natural(item[0]))), name)


def torch_layers(content: bytes, name: str) -> Layers:
    """The layers of a ``state_dict`` file, where PyTorch is installed.

    Raises:
        FileRefused: it is not, or the file is none or holds something else.
    """
    torch = _torch(name)
    _check_unpacked(content, name)
    try:
        found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes PyTorch raise
        said = f"{shown(name)}: {in_a_line(error)}"
        raise FileRefused(mismatch(tr("a state_dict file of PyTorch"), said)) from None
    if not isinstance(found, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in found.values()):
        raise FileRefused(tr("expected a state_dict of tensors in %(file)s; got something else", file=name))
    # a tensor can be larger than its storage
    if not limits().allows("parameters", sum(tensor.numel() for tensor in found.values())):
        raise too_many(name)
    try:
        return _layers({str(key): tensor.double().numpy() for key, tensor in found.items()}, name)
    except (TypeError, RuntimeError) as error:  # sparse, quantised, without data
        said = tr("expected tensors of plain numbers in %(file)s; got others: %(got)s", file=name, got=in_a_line(error))
        raise FileRefused(said) from None


def _torch(name: str) -> Any:
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        said = tr(
            "expected PyTorch to be installed, to read %(file)s: %(command)s; got none",
            file=shown(name),
            command=_INSTALL,
        )
        raise FileRefused(said) from None
    version = str(torch.__version__)
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < _SAFE_TORCH:
        expected = tr("PyTorch from 2.6, to read %(file)s safely: %(command)s", file=shown(name), command=_INSTALL)
        raise FileRefused(mismatch(expected, version))
    return torch


def _check_unpacked(content: bytes, name: str) -> None:
    """PyTorch 1.6 and later writes a zip file; a small one can unpack to a huge one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise FileRefused(mismatch(tr("a state_dict file of PyTorch 1.6 or later"), shown(name))) from None
    if size > 2 * 8 * limits().parameters:
        raise too_many(name)


def too_many(name: str) -> FileRefused:
    """What a file is refused with that holds, or unpacks to, more parameters than a network may have."""
    most = limits().most("parameters")
    expected = tr("at most %(most)s weights and biases in %(file)s", most=most, file=name)
    return FileRefused(mismatch(expected, tr("more") + option("parameters")))


def _layers(tensors: Mapping[str, Any], name: str) -> Layers:
    layers: dict[str, dict[str, Any]] = {}
    for key, tensor in tensors.items():
        prefix, _, kind = key.rpartition(".")
        if kind not in {"weight", "bias"}:
            expected = tr("….weight and ….bias of each layer in %(file)s, such as 0.weight and 0.bias", file=name)
            raise FileRefused(mismatch(expected, shown(key)))
        layers.setdefault(prefix, {})[kind] = tensor
    for prefix, layer in layers.items():
        if "weight" not in layer:
            bias = shown(f"{prefix}.bias")
            raise FileRefused(tr("expected a weight beside %(bias)s in %(file)s; got none", bias=bias, file=name))
    return [(layer["weight"], layer.get("bias", np.zeros(np.shape(layer["weight"])[:1]))) for layer in layers.values()]


def _natural(key: str) -> list[tuple[str, int]]:
    """Names in their order, numbers in them by size."""
    return [(word, int(number or 0)) for word, number in re.findall(r"(\D*)(\d*)", key)]
