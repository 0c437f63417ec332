"""Paths: every way along which a change of one variable reaches the cost.

Along a path the local derivatives multiply; over all paths the products add up to the derivative. That is the chain
rule, and what backpropagation computes without walking each path by itself.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bp_core.bounds import checked_indices
from bp_core.errors import Many, PathCountError, QuantityError
from bp_core.indices import resolve
from bp_core.quantities import C, Derivative, Variable, a, z

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_core.trace import Trace

#: More paths than this are not listed unless asked for.
PATH_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the first of ``variables`` to the last.

    ``factors`` are the local derivatives, from each variable to the next one, ``values`` their numbers, and
    ``product`` is that of the values.
    """

    variables: tuple[Variable, ...]
    factors: tuple[Derivative, ...]
    values: tuple[float, ...]

    @property
    def product(self) -> float:
        """What a unit of change at the start becomes at the end, along this path."""
        return math.prod(self.values)


#: Where paths start and end.
_STARTS, _ENDS = ("w", "b", "z", "a"), ("z", "a", "C")


def paths(trace: Trace, source: Variable, target: Variable = C, *, limit: int = PATH_LIMIT) -> list[Path]:
    """All paths from a weight, bias, pre-activation or activation to the cost, or to a z or an a on the way.

    The sum of their products is the derivative of ``target`` by ``source``. The example is that of ``source``
    (``a[1][0]@2``), without one the example in focus.

    Raises:
        PathCountError: there are more than ``limit``; nothing is computed.
        QuantityError: there is no such quantity, or no path starts or ends there.
        NumberError: a factor on the way is not a finite number.

    >>> from bp_core import Cost, Example, Network, trace
    >>> from bp_core.quantities import w
    >>> lesson = trace(Network.initialised([1, 2, 2], "tanh", "xavier"), Cost("squared_error"), [Example([1], [1, 0])])
    >>> for path in paths(lesson, w(1, 0, 0)):
    ...     print(" ".join(map(str, path.factors)))
    dz[1][0]/dw[1][0][0] da[1][0]/dz[1][0] dz[2][0]/da[1][0] da[2][0]/dz[2][0] dC/da[2][0]
    dz[1][0]/dw[1][0][0] da[1][0]/dz[1][0] dz[2][1]/da[1][0] da[2][1]/dz[2][1] dC/da[2][1]
    """
    example = source.example
    source, target = (resolve(variable, trace.L, {}).at_example(None) for variable in (source, target))
    if source.symbol not in _STARTS:
        some = ", ".join(_STARTS)
        raise QuantityError("no path starts at %(variable)s: it starts at one of %(some)s", variable=source, some=some)
    checked_indices(source, trace.sizes)
    if target.symbol not in _ENDS:
        some = ", ".join(_ENDS)
        raise QuantityError("no path ends at %(variable)s: it ends at one of %(some)s", variable=target, some=some)
    checked_indices(target, trace.sizes)
    count = path_count(trace, source, target)
    if count > limit:
        raise PathCountError(
            "%(count)s paths lead from %(source)s to %(target)s; the limit is %(limit)s",
            count=Many(count),
            source=source,
            target=target,
            limit=Many(limit),
        )
    found = []
    for way in _ways(trace, (source,), target):
        factors = tuple(Derivative(after, before, example) for before, after in itertools.pairwise(way))
        found.append(Path(way, factors, tuple(map(trace.value, factors))))
    return found


def path_count(trace: Trace, source: Variable, target: Variable = C) -> int:
    """How many paths there are from ``source`` to ``target``, without walking them."""
    layer, neuron, *_ = checked_indices(source, trace.sizes)
    symbol = "a" if source.symbol == "a" else "z"
    count = [int(j == neuron) for j in range(trace.sizes[layer])]
    while (symbol, layer) != (target.symbol, target.layer):
        # To every z of the next layer lead the paths of all activations before; so it is with softmax's a and its z.
        if symbol == "z":
            count = [sum(count)] * len(count) if _is_softmax(trace, layer) else count
            symbol = "a"
        elif layer < trace.L:
            layer += 1
            count = [sum(count)] * trace.sizes[layer]
            symbol = "z"
        else:
            return sum(count) if target == C else 0
    return count[checked_indices(target, trace.sizes)[1]]


def _ways(trace: Trace, way: tuple[Variable, ...], target: Variable) -> Iterator[tuple[Variable, ...]]:
    if way[-1] == target:
        yield way
        return
    for after in _next(trace, way[-1]):
        if _leads_to(trace, after, target):
            yield from _ways(trace, (*way, after), target)


def _next(trace: Trace, variable: Variable) -> list[Variable]:
    """What depends on a variable directly."""
    layer, neuron, *_ = checked_indices(variable, trace.sizes)
    if variable.symbol in ("w", "b"):
        return [z(layer, neuron)]
    if variable.symbol == "z":
        return [a(layer, i) for i in (range(trace.sizes[layer]) if _is_softmax(trace, layer) else (neuron,))]
    if layer == trace.L:
        return [C]
    return [z(layer + 1, j) for j in range(trace.sizes[layer + 1])]


def _leads_to(trace: Trace, variable: Variable, target: Variable) -> bool:
    if target in (C, variable):
        return True
    if variable == C:
        return False
    (layer, neuron), (end, at) = (checked_indices(each, trace.sizes) for each in (variable, target))
    if layer < end:
        return True
    alone = neuron == at or _is_softmax(trace, layer)
    return layer == end and (variable.symbol, target.symbol) == ("z", "a") and alone


def _is_softmax(trace: Trace, layer: int) -> bool:
    return trace.network.activations[layer - 1] == "softmax"
