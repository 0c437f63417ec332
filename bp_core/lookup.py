"""What number a name stands for, in a trace or in a sweep of many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from bp_core.bounds import checked_indices
from bp_core.errors import QuantityError
from bp_core.quantities import Derivative, w

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_core.arrays import Array
    from bp_core.example_trace import ExampleTrace
    from bp_core.quantities import Quantity, Variable
    from bp_core.stack import Stack, StackedExample
    from bp_core.trace import Trace

#: Where the numbers come from: one network, or a stack of them.
Source: TypeAlias = "Trace | Stack"
#: One number, or one for each network of a stack: there each array has one more axis, the first.
Values: TypeAlias = "Array | float"


def read(source: Source, quantity: Quantity) -> Values:
    """The value of a quantity whose indices are numbers.

    Raises:
        QuantityError: there is no such quantity.
    """
    return _derivative(source, quantity) if isinstance(quantity, Derivative) else _variable(source, quantity)


def _variable(source: Source, variable: Variable) -> Values:
    symbol = variable.symbol
    if symbol in ("w", "b"):
        return source.parameter(variable)
    if symbol == "J":
        return source.J
    at = checked_indices(variable, source.sizes)
    example = _example(source, variable)
    if symbol == "C":
        return example.C
    if symbol in ("x", "y"):
        return _entry(example.x if symbol == "x" else example.y, at)
    layer, *entry = at
    return _entry(_of_layer(example, symbol, layer), entry)


def _of_layer(example: ExampleTrace | StackedExample, symbol: str, layer: int) -> Array:
    if layer == 0:
        return example.x
    record = example.layer(layer)
    if symbol == "delta":
        return record.delta
    return record.z if symbol == "z" else record.a


def _derivative(source: Source, quantity: Derivative) -> Values:
    of, by = (checked_indices(part, source.sizes, quantity) for part in (quantity.of, quantity.by))
    match quantity.of.symbol, quantity.by.symbol:
        case "C", "w" | "b" | "a" | "z" as symbol:
            return _of_cost(_example(source, quantity), symbol, by)
        case "J", "w" | "b" as symbol:
            return _entry(source.dJ(symbol, by[0]), by[1:])
        case "z", "w" | "b" | "a":
            return _of_weighted_sum(source, quantity, of, by)
        case "a", "z":
            return _of_activation(source, quantity, of, by)
        case "a", "w" | "b" | "a":
            return _of_neuron(source, quantity, of, by)
    raise QuantityError("%(name)s is not a derivative that a trace holds", name=quantity)


def _of_cost(example: ExampleTrace | StackedExample, symbol: str, by: tuple[int, ...]) -> Values:
    layer, *entry = by
    if layer == 0:
        return _entry(example.dC_dx, entry)
    record = example.layer(layer)
    if symbol == "w":
        return _entry(record.dC_dw, entry)
    return _entry(record.dC_da if symbol == "a" else record.delta, entry)


def _of_weighted_sum(source: Source, quantity: Derivative, of: tuple[int, ...], by: tuple[int, ...]) -> Values:
    """∂z[l][j] by a weight or bias of layer l, or by an activation of the layer before; zero for another neuron's."""
    layer, j = of
    symbol = quantity.by.symbol
    if by[0] != (layer - 1 if symbol == "a" else layer):
        raise QuantityError(
            "%(name)s: z[%(layer)s] is made of w[%(layer)s], b[%(layer)s] and a[%(before)s] alone",
            name=quantity,
            layer=layer,
            before=layer - 1,
        )
    if symbol == "a":
        return source.parameter(w(layer, j, by[1]))
    example = _example(source, quantity)
    if by[1] != j:
        return 0.0
    if symbol == "b":
        return 1.0
    return _entry(_of_layer(example, "a", layer - 1), by[2:])


def _of_activation(source: Source, quantity: Derivative, of: tuple[int, ...], by: tuple[int, ...]) -> Values:
    """∂a[l][j]/∂z[l][i]; zero for another neuron's z, except with softmax."""
    (layer, j), (same, i) = of, by
    if layer == 0 or same != layer:
        if layer == 0:
            raise QuantityError("%(name)s: a[0] is made of the input alone", name=quantity)
        raise QuantityError("%(name)s: a[%(layer)s] is made of z[%(layer)s] alone", name=quantity, layer=layer)
    slope = _example(source, quantity).layer(layer).da_dz
    if _jacobian(source, quantity, layer):
        return _entry(slope, (j, i))
    return _entry(slope, (j,)) if i == j else 0.0


def _of_neuron(source: Source, quantity: Derivative, of: tuple[int, ...], by: tuple[int, ...]) -> Values:
    """∂a[l][j] by what z[l] is made of: ∂a/∂z · ∂z/∂w, with softmax over every z[l][i]."""
    layer, j = of
    if quantity.by.symbol != "a":
        through: Sequence[int] = (by[1],)
    else:
        through = range(source.sizes[layer]) if _jacobian(source, quantity, layer) else (j,)
    total: Values = 0.0
    for i in through:
        slope = _of_activation(source, quantity, of, (layer, i))
        total = total + slope * _of_weighted_sum(source, quantity, (layer, i), by)
    return total


def _jacobian(source: Source, quantity: Derivative, layer: int) -> bool:
    """Whether every activation of a layer depends on every z, as with softmax."""
    if not layer:
        return False
    record = _example(source, quantity).layer(layer)
    return record.da_dz.ndim > record.z.ndim


def _example(source: Source, quantity: Quantity) -> ExampleTrace | StackedExample:
    number = source.focus if quantity.example is None else quantity.example
    if not isinstance(number, int) or not 0 <= number < len(source.examples):
        last = len(source.examples) - 1
        raise QuantityError("there is no %(name)s: the examples are 0 to %(last)s", name=quantity, last=last)
    return source.examples[number]


def _entry(array: Array, indices: Sequence[int]) -> Values:
    """An entry of the last axes."""
    at: Any = (..., *indices)
    found: Array = array[at]
    return found
