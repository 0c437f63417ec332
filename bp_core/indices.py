"""What an index stands for: the values it runs over, and the quantity that is meant once it has one.

Nobody writes down the range of the j in ``sum(j, w[l][j][k] * delta[l][j])``: it follows from where j stands, as the
neurons of layer l. Layers count from 0, neurons and examples from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeVar, overload

import numpy as np

from bp_core.errors import Phrase, QuantityError
from bp_core.nodes import Apply, Expression, LayerSize, Mean, New, ProductOver, SumOver
from bp_core.quantities import LAYERED, AnyIndex, Derivative, Index, Variable

if TYPE_CHECKING:
    from numpy.random import Generator

    from bp_core.quantities import Quantity
    from bp_core.trace import Trace

Bindings = Mapping[str, float]
_Item = TypeVar("_Item")

#: The index that always has a value: the last layer.
LAST = "L"


@dataclass(frozen=True, slots=True)
class Place:
    """One spot where an index stands, and what it counts there.

    Layers count from ``first``, neurons are those of the layer ``of``.
    """

    index: Index
    counts: Literal["layers", "neurons", "examples"]
    where: Expression
    first: int = 0
    of: AnyIndex = 0


def value_of(index: AnyIndex, last_layer: int, bindings: Bindings) -> int:
    """The number an index stands for.

    Raises:
        QuantityError: nothing gives the index a value.
    """
    if not isinstance(index, Index):
        return index
    if index.name == LAST:
        return last_layer + index.offset
    if index.name not in bindings:
        raise QuantityError("nothing gives the index %(name)s a value", name=index.name)
    return int(bindings[index.name]) + index.offset


def bind(expression: Expression, bindings: Mapping[str, AnyIndex | float], last_layer: int | None = None) -> Expression:
    """The expression with the named indices replaced by numbers or other indices, and L where it is given.

    Raises:
        ValueError: an index that takes another's place would be caught by a sum, product or mean over its name.

    >>> from bp_core.quantities import w
    >>> str(bind(w(Index("L"), Index("j"), Index("k", 1)), {"j": 2, "k": 0}))
    'w[L][2][1]'
    """
    if isinstance(expression, SumOver | ProductOver | Mean):
        free = free_indices(expression)
        bindings = {name: value for name, value in bindings.items() if name in free}
        if any(isinstance(value, Index) and value.name == expression.index for value in bindings.values()):
            raise ValueError(f"the index {expression.index} from outside would be caught in {expression}")

    def bound(part: object) -> object:
        if isinstance(part, Expression):
            return bind(part, bindings, last_layer)
        if isinstance(part, tuple):
            return tuple(bound(item) for item in part)
        if isinstance(part, Index) and part.name in bindings:
            value = bindings[part.name]
            return (value if isinstance(value, Index) else int(value)) + part.offset
        if isinstance(part, Index) and part.name == LAST and last_layer is not None:
            return last_layer + part.offset
        return part

    return replace(expression, **{field.name: bound(getattr(expression, field.name)) for field in fields(expression)})


@overload
def resolve(quantity: Variable, last_layer: int, bindings: Bindings) -> Variable: ...
@overload
def resolve(quantity: Derivative, last_layer: int, bindings: Bindings) -> Derivative: ...
def resolve(quantity: Quantity, last_layer: int, bindings: Bindings) -> Quantity:
    """The quantity with every index a number, be there such a neuron or not.

    Raises:
        QuantityError: an index has no value.
    """
    example = quantity.example
    if isinstance(example, Index):
        example = value_of(example, last_layer, bindings)
    if isinstance(quantity, Derivative):
        of, by = resolve(quantity.of, last_layer, bindings), resolve(quantity.by, last_layer, bindings)
        if of is quantity.of and by is quantity.by and example is quantity.example:
            return quantity
        return Derivative(of, by, example)
    indices = tuple(
        [value_of(index, last_layer, bindings) if isinstance(index, Index) else index for index in quantity.indices]
    )
    if indices == quantity.indices and example is quantity.example:
        return quantity
    return Variable(quantity.symbol, indices, example)


def places(node: Expression, name: str) -> Iterator[Place]:
    """Every spot of an expression where the index ``name`` stands unbound, in reading order."""
    if isinstance(node, SumOver | ProductOver | Mean) and node.index == name:
        return
    yield from (place for place in _own_places(node) if place.index.name == name)
    for child in node.children():
        yield from places(child, name)


def free_indices(expression: Expression) -> tuple[str, ...]:
    """The names of the indices that nothing in the expression binds, in reading order; L is none of them."""
    names: dict[str, None] = {}
    _collect_free(expression, frozenset({LAST}), names)
    return tuple(names)


def _collect_free(node: Expression, bound: frozenset[str], names: dict[str, None]) -> None:
    if isinstance(node, SumOver | ProductOver | Mean):
        bound |= {node.index}
    names.update((place.index.name, None) for place in _own_places(node) if place.index.name not in bound)
    for child in node.children():
        _collect_free(child, bound, names)


def _own_places(node: Expression) -> Iterator[Place]:
    """The spots of the node itself, not those of its sub-expressions."""
    match node:
        case Variable():
            yield from _variable_places(node, node)
        case New():
            yield from _variable_places(node.variable, node)
        case Derivative():
            yield from _variable_places(node.of, node)
            yield from _variable_places(node.by, node)
        case Apply(layer=Index() as layer):
            yield Place(layer, "layers", node, first=1)
        case LayerSize(layer=Index() as layer):
            yield Place(layer, "layers", node)
        case _:
            pass
    if isinstance(node, Variable | Derivative) and isinstance(node.example, Index):
        yield Place(node.example, "examples", node)


def _variable_places(variable: Variable, where: Expression) -> Iterator[Place]:
    layer: AnyIndex = Index(LAST) if variable.symbol == "y" else 0
    neurons = variable.indices
    if variable.symbol in LAYERED:
        layer, *neurons_of = variable.indices
        neurons = tuple(neurons_of)
        if isinstance(layer, Index):
            yield Place(layer, "layers", where, first=0 if variable.symbol == "a" else 1)
    for back, neuron in enumerate(neurons):
        if isinstance(neuron, Index):
            # The second neuron of a weight is the one it comes from, in the layer before.
            yield Place(neuron, "neurons", where, of=layer - back)


def index_range(name: str, expressions: tuple[Expression, ...], trace: Trace, bindings: Bindings) -> range:
    """The values an index runs over: those for which everything it stands in exists.

    So a layer runs over 1 … L (0 … L where it only names activations; not over a layer of softmax where it stands in
    ``sigma[l]``), a neuron over its layer, an example over the data set, each without what an offset, as in ``l+1``,
    would lead beyond the end.

    Raises:
        QuantityError: the index stands nowhere, or counts different things in different places.
    """
    found = _all_places(expressions, name)
    if not found:
        where = " = ".join(map(str, expressions))
        raise QuantityError("nothing says what %(name)s runs over in %(where)s", name=name, where=where)
    sizes = [_size(place, trace, bindings) for place in found]
    for place, size in zip(found, sizes, strict=True):
        if (place.counts, size) != (found[0].counts, sizes[0]):
            raise QuantityError(
                "%(name)s counts %(one)s in %(here)s but %(other)s in %(there)s",
                name=name,
                one=_counted(found[0], sizes[0], trace, bindings),
                here=found[0].where,
                other=_counted(place, size, trace, bindings),
                there=place.where,
            )
    return range(
        max(0, *(place.first - place.index.offset for place in found)),
        min(
            sizes[0], *(_end(place, size, trace) - place.index.offset for place, size in zip(found, sizes, strict=True))
        ),
    )


@lru_cache(maxsize=4096)
def _all_places(expressions: tuple[Expression, ...], name: str) -> tuple[Place, ...]:
    return tuple(place for expression in expressions for place in places(expression, name))


def counts_examples(name: str, expression: Expression) -> bool:
    """Whether an index stands for examples, behind ``@``."""
    return any(place.counts == "examples" for place in _all_places((expression,), name))


def _size(place: Place, trace: Trace, bindings: Bindings) -> int:
    """How many layers, neurons or examples there are to count."""
    if place.counts == "layers":
        return len(trace.network.sizes)
    if place.counts == "examples":
        return len(trace.examples)
    try:
        layer = value_of(place.of, trace.L, bindings)
    except QuantityError as error:
        raise QuantityError(
            "nothing says what %(name)s runs over in %(where)s: %(error)s",
            name=place.index.name,
            where=place.where,
            error=error,
        ) from None
    if not 0 <= layer <= trace.L:
        raise QuantityError(
            "there is no %(where)s in layer %(layer)s: the layers are 0 to %(last)s",
            where=place.where,
            layer=layer,
            last=trace.L,
        )
    return trace.network.sizes[layer]


def _end(place: Place, size: int, trace: Trace) -> int:
    """Where the counting ends; softmax, which only the last layer may have, is no function of one number."""
    return size - (isinstance(place.where, Apply) and trace.network.activations[-1] == "softmax")


def _counted(place: Place, size: int, trace: Trace, bindings: Bindings) -> str:
    if place.counts == "neurons":
        layer = value_of(place.of, trace.L, bindings)
        if size == 1:
            return Phrase("the 1 neuron of layer %(layer)s", layer=layer)
        return Phrase("the %(size)s neurons of layer %(layer)s", size=size, layer=layer)
    return Phrase("the layers") if place.counts == "layers" else Phrase("the examples")


def assignments(expressions: tuple[Expression, ...], trace: Trace, most: int | None = None) -> Iterator[dict[str, int]]:
    """The values that the free indices of the expressions can take together; layers and examples vary slowest.

    With ``most``, about as many at most: every layer gets its share of them, its neurons drawn at random, always alike.
    """
    names = list(dict.fromkeys(name for expression in expressions for name in free_indices(expression)))
    inner = [name for name in names if any(place.counts == "neurons" for place in _all_places(expressions, name))]
    # The range of a neuron depends on its layer, which therefore gets its value first.
    outer = list(_assign([name for name in names if name not in inner], expressions, trace, {}))
    rng = np.random.default_rng(0)
    for bindings in outer if most is None else _some(outer, most, rng):
        ranges = [index_range(name, expressions, trace, bindings) for name in inner]
        count = math.prod(map(len, ranges))
        share = count if most is None else max(1, most // len(outer))
        for position in _some(range(count), share, rng):
            yield bindings | dict(zip(inner, _entry(position, ranges), strict=True))


def _assign(
    names: list[str], expressions: tuple[Expression, ...], trace: Trace, bindings: dict[str, int]
) -> Iterator[dict[str, int]]:
    if not names:
        yield bindings
        return
    for value in index_range(names[0], expressions, trace, bindings):
        yield from _assign(names[1:], expressions, trace, bindings | {names[0]: value})


def _some(items: Sequence[_Item], most: int, rng: Generator) -> Sequence[_Item]:
    """All of the items if they are not too many; else the first, the last and some between."""
    if len(items) <= most:
        return items
    drawn = rng.choice(len(items), size=most, replace=False).tolist()
    return [items[position] for position in sorted({0, len(items) - 1, *drawn})]


def _entry(position: int, ranges: list[range]) -> list[int]:
    """The values of the indices at a position of all their combinations, the last varying fastest."""
    values = []
    for run in reversed(ranges):
        position, inner = divmod(position, len(run))
        values.append(run[inner])
    return values[::-1]
