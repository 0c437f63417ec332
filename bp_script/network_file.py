"""Parameters from a file: ``network: {file: model.npz}``.

A ``.npz`` file holds an array for each layer's weights, of shape (n_l, n_{l-1}), and one for its biases: either
``weights_1``, ``biases_1``, ``weights_2``, … or ``W1``, ``b1``, ``W2``, …, and nothing else. A ``.json`` file holds a
mapping of ``weights`` and ``biases``, as a lesson does. Files of PyTorch are read in :mod:`bp_script.state_dict`.
Nothing in any of them is run.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.lib import format as npy

from bp_core.arrays import Array, all_finite
from bp_script.entries.network import MOST_LAYERS, MOST_NEURONS
from bp_script.errors import in_a_line, mismatch, shown
from bp_script.files import FileRefused, in_a_folder, parsed_json, read_beside
from bp_script.language.caller import tr, whole
from bp_script.limits import limits
from bp_script.state_dict import Layers, safetensors_layers, too_many, torch_layers

if TYPE_CHECKING:
    from pathlib import Path

Parameters: TypeAlias = tuple[list[Array], list[Array]]

_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_KEY = re.compile(r"(weights_|biases_|W|b)([1-9][0-9]?)")
_NAMINGS = (("weights_", "biases_"), ("W", "b"))


def read_parameters_file(name: str, folder: Path | None) -> Parameters:
    """The weights and biases, layer by layer, of a file beside the lesson.

    Raises:
        FileRefused: it cannot be read, or does not hold a network.
    """
    content = read_beside(in_a_folder(folder, name), name, tuple(_READERS))
    read = next(reader for ending, reader in _READERS.items() if name.lower().endswith(ending))
    arrays = read(content, name)
    weights = [arrays["weights", layer] for layer in range(1, len(arrays) // 2 + 1)]
    biases = [arrays["biases", layer] for layer in range(1, len(arrays) // 2 + 1)]
    _check_shapes(weights, biases, name)
    return weights, biases


Arrays: TypeAlias = dict[tuple[str, int], Array]


def _npz_arrays(content: bytes, name: str) -> Arrays:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _unpacked(archive, name)
    except FileRefused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever else a broken archive makes zipfile, zlib and NumPy raise
        said = f"{shown(name)}: {in_a_line(error)}"
        raise FileRefused(mismatch(tr("a .npz file of numpy"), said)) from None


def _unpacked(archive: zipfile.ZipFile, name: str) -> Arrays:
    members = archive.infolist()
    keys = [_key(member.filename, name) for member in members]
    _check_keys(keys, name)
    room = 8 * limits().parameters + 1024 * len(members)
    arrays: Arrays = {}
    for (word, layer), member in zip(keys, members, strict=True):
        if member.compress_type not in _COMPRESSIONS:  # others may ask for gigabytes to unpack a byte
            raise FileRefused(tr("expected %(file)s compressed as numpy does it; got another way", file=name))
        with archive.open(member) as file:
            unpacked = file.read(room + 1)  # a small file can unpack to a huge one
        room -= len(unpacked)
        if room < 0:
            raise too_many(name)
        arrays["weights" if word in {"weights_", "W"} else "biases", layer] = _npy_array(unpacked, name)
    return arrays


def _key(member: str, name: str) -> tuple[str, int]:
    found = _KEY.fullmatch(member.removesuffix(".npy"))
    if not found:
        expected = tr("weights_1, biases_1, … or W1, b1, … in %(file)s", file=name)
        raise FileRefused(mismatch(expected, shown(member)))
    return found[1], int(found[2])


def _check_keys(keys: list[tuple[str, int]], name: str) -> None:
    layers = range(1, len(keys) // 2 + 1)
    if not any(sorted(keys) == sorted((word, n) for word in words for n in layers) for words in _NAMINGS):
        got = ", ".join(f"{word}{number}" for word, number in keys[:8]) or tr("nothing")
        expected = tr("weights_1, biases_1, … or W1, b1, …, two for each layer, in %(file)s", file=name)
        raise FileRefused(mismatch(expected, got))


def _npy_array(unpacked: bytes, name: str) -> Array:
    """An array of a .npz file; its header is held to what is there before NumPy makes room for it."""
    file = io.BytesIO(unpacked)
    read_header = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(file)
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        said = tr("expected an array of numbers in %(file)s; got one of type %(type)s", file=name, type=dtype.name)
        raise FileRefused(said)
    if math.prod(shape) * dtype.itemsize != len(unpacked) - file.tell():
        got = tr("%(file)s, an array of which is cut", file=shown(name))
        raise FileRefused(mismatch(tr("a .npz file of numpy"), got))
    return _array(npy.read_array(io.BytesIO(unpacked), allow_pickle=False), name)


def _json_arrays(content: bytes, name: str) -> Arrays:
    data = parsed_json(content, name)
    if not isinstance(data, dict) or set(data) != {"weights", "biases"}:
        raise FileRefused(tr("expected a mapping of weights and biases in %(file)s; got something else", file=name))
    arrays = {}
    for key in ("weights", "biases"):
        if not isinstance(data[key], list):
            said = tr("expected a list of layers as %(key)s in %(file)s; got something else", key=key, file=name)
            raise FileRefused(said)
        for layer, values in enumerate(data[key], start=1):
            arrays[key, layer] = _array(values, name)
    if len(data["weights"]) != len(data["biases"]):
        said = tr("expected weights and biases for each layer in %(file)s; got different numbers of layers", file=name)
        raise FileRefused(said)
    return arrays


def _safetensors_arrays(content: bytes, name: str) -> Arrays:
    return _numbered(safetensors_layers(content, name), name)


def _torch_arrays(content: bytes, name: str) -> Arrays:
    return _numbered(torch_layers(content, name), name)


def _numbered(layers: Layers, name: str) -> Arrays:
    arrays = {}
    for layer, (weights, biases) in enumerate(layers, start=1):
        arrays["weights", layer], arrays["biases", layer] = _array(weights, name), _array(biases, name)
    return arrays


_READERS: dict[str, Callable[[bytes, str], Arrays]] = {
    ".npz": _npz_arrays,
    ".json": _json_arrays,
    ".safetensors": _safetensors_arrays,
    ".pt": _torch_arrays,
}


def _array(values: Any, name: str) -> Array:
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "fiu":
        said = tr("expected rows of numbers, all of the same length, in %(file)s; got something else", file=name)
        raise FileRefused(said)
    array = array.astype(np.float64)
    if not all_finite(array):
        raise FileRefused(tr("expected finite numbers in %(file)s; got others", file=name))
    return array


def _check_shapes(weights: list[Array], biases: list[Array], name: str) -> None:
    if not 1 <= len(weights) < MOST_LAYERS:
        expected = tr("2 to %(most)s layers with the input in %(file)s", most=MOST_LAYERS, file=name)
        raise FileRefused(mismatch(expected, len(weights) + 1))
    if not limits().allows("parameters", sum(array.size for array in (*weights, *biases))):
        raise too_many(name)
    before = None
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        if W.ndim != 2 or not all(1 <= n <= MOST_NEURONS for n in W.shape):
            most = whole(MOST_NEURONS)
            expected = tr(
                "1 to %(most)s rows of weights for layer %(layer)s in %(file)s", most=most, layer=layer, file=name
            )
            raise FileRefused(mismatch(expected, _shape(W)))
        if before is not None and W.shape[1] != before:
            expected = tr(
                "%(weights)s weights in each row of layer %(layer)s in %(file)s, one for each neuron before",
                weights=before,
                layer=layer,
                file=name,
            )
            raise FileRefused(mismatch(expected, W.shape[1]))
        if b.shape != W.shape[:1]:
            n = W.shape[0]
            expected = tr("%(n)s biases for layer %(layer)s in %(file)s", n=n, layer=layer, file=name)
            raise FileRefused(mismatch(expected, _shape(b)))
        before = W.shape[0]


def _shape(array: Array) -> str:
    return tr("shape %(shape)s", shape=str(array.shape))
