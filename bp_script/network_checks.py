"""Whether a lesson's network fits together: sizes, activations and parameters."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bp_script.errors import plural
from bp_script.limits import limits, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.reading import Findings

_HERE = "network"
#: Where the parameters can come from; the first two go together.
_SOURCES = ("weights", "biases", "init", "file")


def check_sources(raw: dict[str, Any], found: Findings) -> None:
    """Parameters come from weights and biases, or from init, or from a file; only a file says the sizes, too."""
    given = [name for name in _SOURCES if raw.get(name) is not None]
    alone = next((name for name in ("file", "init") if name in given), None)
    if alone:
        for name in given:
            if name != alone:
                found.add((_HERE, name), f"expected {alone} without {name}; got both", at_key=True)
    elif not given:
        found.add((_HERE,), "expected weights and biases, or init, or file; got none of them")
    elif len(given) == 1:
        other = "biases" if given == ["weights"] else "weights"
        found.add((_HERE, other), f"expected {other} beside {given[0]}; got nothing")
    if raw.get("sizes") is None and "file" not in given:
        found.add((_HERE, "sizes"), "expected neurons of each layer, the input first; got nothing, and it is required")


def check_size(sizes: Sequence[int], found: Findings) -> bool:
    """Whether the network is small enough to be a lesson's."""
    count = sum((before + 1) * n for before, n in pairwise(sizes))
    allowed = limits().allows("parameters", count)
    if not allowed:
        expected = f"expected at most {limits().most('parameters')} weights and biases"
        found.add((_HERE, "sizes"), f"{expected}; got {count:,}{option('parameters')}")
    return allowed


def check_activations(activations: str | tuple[str, ...], sizes: Sequence[int], found: Findings) -> None:
    """One activation for each layer after the input; softmax for the last one only."""
    path = (_HERE, "activations")
    layers = len(sizes) - 1
    if isinstance(activations, str):
        if activations == "softmax" and layers > 1:
            example = ", ".join(["sigmoid"] * (layers - 1))
            found.add(path, f"expected softmax for the last layer only, as in [{example}, softmax]; got it for all")
        return
    if len(activations) != layers:
        expected = f"{plural(layers, 'activation')}, one for each layer after the input"
        found.add(path, f"expected {expected}; got {len(activations)}")
    for number, name in enumerate(activations[:-1]):
        if name == "softmax":
            found.add((*path, number), f"expected softmax for the last layer only; got it for layer {number + 1}")


def check_shapes(raw: dict[str, Any], sizes: Sequence[int], found: Findings) -> None:
    """Weights and biases have the shapes that the sizes say; what is no list at all has been found before."""
    for name, check in (("weights", _check_matrix), ("biases", _check_vector)):
        layers = raw.get(name)
        if not isinstance(layers, list):
            continue
        if len(layers) != len(sizes) - 1:
            expected = f"{plural(len(sizes) - 1, 'list')}, one for each layer after the input"
            found.add((_HERE, name), f"expected {expected}; got {len(layers)}")
        for number, (layer, before, n) in enumerate(zip(layers, sizes[:-1], sizes[1:], strict=False)):
            check(layer, before, n, (_HERE, name, number), found)


def _check_matrix(rows: Any, before: int, n: int, path: tuple[str | int, ...], found: Findings) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    lengths = [len(row) for row in rows]
    if lengths == [before] * n:
        return
    if len(rows) == n and len(set(lengths)) > 1:
        for number, length in enumerate(lengths):
            if length != before:
                expected = f"{plural(before, 'number')}, one for each neuron of the layer before"
                found.add((*path, number), f"expected {expected}; got {length}")
        return
    got = plural(len(rows), "row") + (f" of {lengths[0]}" if len(set(lengths)) == 1 else " of different lengths")
    expected = f"{plural(n, 'row')} of {plural(before, 'number')}"
    where = f"for the layer of {plural(n, 'neuron')} after {before}"
    found.add(path, f"expected {expected}, {where}; got {got if rows else 'none'}")


def _check_vector(row: Any, before: int, n: int, path: tuple[str | int, ...], found: Findings) -> None:  # noqa: ARG001
    if isinstance(row, list) and len(row) != n:
        found.add(path, f"expected {plural(n, 'number')}, for the layer of {plural(n, 'neuron')}; got {len(row)}")
