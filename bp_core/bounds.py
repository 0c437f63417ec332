"""Which names a network has a number for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_core.errors import QuantityError
from bp_core.quantities import LAYERED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_core.quantities import Quantity, Variable


def checked_indices(variable: Variable, sizes: Sequence[int], named: Quantity | None = None) -> tuple[int, ...]:
    """The indices of a variable, each one checked against the layers of a network of these ``sizes``.

    Raises:
        QuantityError: an index is no number, or beyond what there is. The message names ``named``, the variable itself
            if it is left out.
    """
    named = named or variable
    found: list[int] = []
    for index in variable.indices:
        if not isinstance(index, int):
            raise QuantityError("%(name)s: the index %(index)s has no value here", name=named, index=index)
        found.append(index)
    if variable.symbol in LAYERED:
        layer, *neurons = found
        first = 0 if variable.symbol == "a" else 1
        if not first <= layer < len(sizes):
            raise QuantityError(
                "there is no %(name)s: the layers of %(symbol)s are %(first)s to %(last)s",
                name=named,
                symbol=variable.symbol,
                first=first,
                last=len(sizes) - 1,
            )
    else:
        layer, neurons = (len(sizes) - 1 if variable.symbol == "y" else 0), found
    for back, neuron in enumerate(neurons):
        # The second neuron of a weight is the one it comes from, in the layer before.
        size = sizes[layer - back]
        if not 0 <= neuron < size:
            here = layer - back
            if size == 1:
                raise QuantityError(
                    "there is no %(name)s: layer %(layer)s has 1 neuron, counted from 0", name=named, layer=here
                )
            raise QuantityError(
                "there is no %(name)s: layer %(layer)s has %(size)s neurons, counted from 0",
                name=named,
                layer=here,
                size=size,
            )
    return tuple(found)
