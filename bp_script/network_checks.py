"""Whether a lesson's network fits together: sizes, activations and parameters."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bp_script.counts import counted
from bp_script.errors import mismatch
from bp_script.language.caller import tr, whole
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
                message = tr("expected %(key)s without %(other)s; got both", key=alone, other=name)
                found.add((_HERE, name), message, at_key=True)
    elif not given:
        found.add((_HERE,), tr("expected weights and biases, or init, or file; got none of them"))
    elif len(given) == 1:
        other = "biases" if given == ["weights"] else "weights"
        found.add((_HERE, other), tr("expected %(key)s beside %(other)s; got nothing", key=other, other=given[0]))
    if raw.get("sizes") is None and "file" not in given:
        expected = tr("neurons of each layer, the input first")
        message = tr("expected %(expected)s; got nothing, and it is required", expected=expected)
        found.add((_HERE, "sizes"), message)


def check_size(sizes: Sequence[int], found: Findings) -> bool:
    """Whether the network is small enough to be a lesson's."""
    count = sum((before + 1) * n for before, n in pairwise(sizes))
    allowed = limits().allows("parameters", count)
    if not allowed:
        expected = tr("at most %(most)s weights and biases", most=limits().most("parameters"))
        found.add((_HERE, "sizes"), mismatch(expected, whole(count) + option("parameters")))
    return allowed


def check_activations(activations: str | tuple[str, ...], sizes: Sequence[int], found: Findings) -> None:
    """One activation for each layer after the input; softmax for the last one only."""
    path = (_HERE, "activations")
    layers = len(sizes) - 1
    if isinstance(activations, str):
        if activations == "softmax" and layers > 1:
            example = ", ".join(["sigmoid"] * (layers - 1))
            message = tr(
                "expected softmax for the last layer only, as in %(example)s; got it for all",
                example=f"[{example}, softmax]",
            )
            found.add(path, message)
        return
    if len(activations) != layers:
        found.add(path, mismatch(_for_each_layer(layers, "activation"), len(activations)))
    for number, name in enumerate(activations[:-1]):
        if name == "softmax":
            message = tr("expected softmax for the last layer only; got it for layer %(layer)s", layer=number + 1)
            found.add((*path, number), message)


def _for_each_layer(layers: int, noun: str) -> str:
    return tr("%(things)s, one for each layer after the input", things=counted(layers, noun))


def check_shapes(raw: dict[str, Any], sizes: Sequence[int], found: Findings) -> None:
    """Weights and biases have the shapes that the sizes say; what is no list at all has been found before."""
    for name, check in (("weights", _check_matrix), ("biases", _check_vector)):
        layers = raw.get(name)
        if not isinstance(layers, list):
            continue
        if len(layers) != len(sizes) - 1:
            found.add((_HERE, name), mismatch(_for_each_layer(len(sizes) - 1, "list"), len(layers)))
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
                expected = tr("%(numbers)s, one for each neuron of the layer before", numbers=counted(before, "number"))
                found.add((*path, number), mismatch(expected, length))
        return
    expected = tr(
        "%(rows)s of %(numbers)s, for the layer of %(neurons)s after %(before)s",
        rows=counted(n, "row"),
        numbers=counted(before, "number"),
        neurons=counted(n, "neuron"),
        before=before,
    )
    found.add(path, mismatch(expected, _rows(lengths)))


def _rows(lengths: list[int]) -> str:
    """Rows of these lengths, as messages tell what was found."""
    if not lengths:
        return tr("none")
    rows = counted(len(lengths), "row")
    if len(set(lengths)) > 1:
        return tr("%(rows)s of different lengths", rows=rows)
    return tr("%(rows)s of %(numbers)s", rows=rows, numbers=lengths[0])


def _check_vector(row: Any, before: int, n: int, path: tuple[str | int, ...], found: Findings) -> None:  # noqa: ARG001
    if isinstance(row, list) and len(row) != n:
        expected = tr(
            "%(numbers)s, for the layer of %(neurons)s", numbers=counted(n, "number"), neurons=counted(n, "neuron")
        )
        found.add(path, mismatch(expected, len(row)))
