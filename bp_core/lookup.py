"""What number a name stands for in a trace."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bp_core.bounds import checked_indices
from bp_core.errors import NumberError, QuantityError
from bp_core.indices import resolve
from bp_core.quantities import Derivative, w

if TYPE_CHECKING:
    from bp_core.example_trace import ExampleTrace
    from bp_core.quantities import Quantity, Variable
    from bp_core.trace import Trace


def value_of(trace: Trace, quantity: Quantity) -> float:
    """The value of ``quantity`` at the trace's network, as :meth:`bp_core.trace.Trace.value` tells it."""
    if isinstance(quantity, Derivative):
        quantity = resolve(quantity, trace.L, {})
        value = _derivative(trace, quantity)
    else:
        quantity = resolve(quantity, trace.L, {})
        value = _variable(trace, quantity)
    if not math.isfinite(value):
        raise NumberError(f"{quantity}{trace.steps[0].moment} is not a finite number")
    return value


def _variable(trace: Trace, variable: Variable) -> float:
    if variable.symbol in ("w", "b"):
        return trace.network.parameter(variable)
    if variable.symbol == "J":
        return trace.J
    at = checked_indices(variable, trace.network.sizes)
    example = _example(trace, variable)
    if variable.symbol == "C":
        return example.C
    if variable.symbol in ("x", "y"):
        return float((example.x if variable.symbol == "x" else example.y)[at[0]])
    layer, neuron = at
    if layer == 0:
        return float(example.x[neuron])
    record = example.layer(layer)
    return float({"z": record.z, "a": record.a, "delta": record.delta}[variable.symbol][neuron])


def _derivative(trace: Trace, quantity: Derivative) -> float:
    sizes = trace.network.sizes
    of, by = (checked_indices(part, sizes, quantity) for part in (quantity.of, quantity.by))
    match quantity.of.symbol, quantity.by.symbol:
        case "C", "w" | "b" | "a" | "z":
            return _of_cost(_example(trace, quantity), quantity.by.symbol, by)
        case "J", "w" | "b":
            average = trace.average.layers[by[0] - 1]
            return float((average.dJ_dw if quantity.by.symbol == "w" else average.dJ_db)[by[1:]])
        case "z", "w" | "b" | "a":
            return _of_weighted_sum(trace, quantity, of, by)
        case "a", "z":
            return _of_activation(trace, quantity, of, by)
    raise QuantityError(f"{quantity} is not a derivative that a trace holds")


def _of_cost(example: ExampleTrace, symbol: str, by: tuple[int, ...]) -> float:
    layer, *entry = by
    if layer == 0:
        return float(example.dC_dx[entry[0]])
    record = example.layer(layer)
    array = {"w": record.dC_dw, "b": record.dC_db, "a": record.dC_da, "z": record.delta}[symbol]
    return float(array[tuple(entry)])


def _of_weighted_sum(trace: Trace, quantity: Derivative, of: tuple[int, ...], by: tuple[int, ...]) -> float:
    """∂z[l][j] by a weight or bias of layer l, or by an activation of the layer before; zero for another neuron's."""
    layer, j = of
    symbol = quantity.by.symbol
    if by[0] != (layer - 1 if symbol == "a" else layer):
        raise QuantityError(f"{quantity}: z[{layer}] is made of w[{layer}], b[{layer}] and a[{layer - 1}] alone")
    if symbol == "a":
        return trace.network.parameter(w(layer, j, by[1]))
    if by[1] != j:
        return 0.0
    if symbol == "b":
        return 1.0
    example = _example(trace, quantity)
    before = example.x if layer == 1 else example.layer(layer - 1).a
    return float(before[by[2]])


def _of_activation(trace: Trace, quantity: Derivative, of: tuple[int, ...], by: tuple[int, ...]) -> float:
    """∂a[l][j]/∂z[l][i]; zero for another neuron's z, except with softmax."""
    (layer, j), (same, i) = of, by
    if layer == 0 or same != layer:
        raise QuantityError(f"{quantity}: a[{layer}] is made of {f'z[{layer}]' if layer else 'the input'} alone")
    slope = _example(trace, quantity).layer(layer).da_dz
    if slope.ndim == 2:
        return float(slope[j, i])
    return float(slope[j]) if i == j else 0.0


def _example(trace: Trace, quantity: Quantity) -> ExampleTrace:
    number = trace.focus if quantity.example is None else quantity.example
    if not isinstance(number, int) or not 0 <= number < len(trace.data):
        raise QuantityError(f"there is no {quantity}: the examples are 0 to {len(trace.data) - 1}")
    return trace.examples[number]
