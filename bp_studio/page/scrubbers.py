"""Scrubbers: what happens to z, a, C and the derivatives as one weight or bias is dragged.

Every number is computed by :mod:`bp_core.sweep` for points of a fixed spacing, and written as it is shown: a page only
chooses among them. The amount is bounded for any network: by the number of parameters that can be dragged, the points
of each, and the layers and neurons that are followed.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bp_core.bounds import checked_indices
from bp_core.errors import NumberError, QuantityError
from bp_core.quantities import C, Variable, a, d, z
from bp_core.sweep import sweep_each
from bp_script.errors import TextError
from bp_script.names import parse_quantity
from bp_script.numerals import MOST_DECIMALS, is_exact, numeral

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bp_core.arrays import Array
    from bp_core.quantities import Derivative, Quantity
    from bp_core.trace import Trace

#: How many parameters can be dragged: those that the film mentions, then the others in the network's order.
MOST_PARAMETERS = 24
#: Points on each side of the lesson's own value.
POINTS = 50
#: How many layers are followed (the parameter's own, those after it, and the last), and how many neurons in each: the
#: parameter's own, and of later layers those that move most.
MOST_LAYERS, MOST_NEURONS = 4, 3
#: How far a parameter is dragged at least, to each side.
_REACH = 2.5
#: How often the reach is halved where numbers overflow.
_HALVINGS = 8
#: The least and most decimals; a line's are enough to tell so many places on it apart.
_DECIMALS, _MOST_DECIMALS, _PLACES = 4, 9, 500
#: A line has no zero where its values keep so close together; one that stands still has so much air.
_CLOSE, _AIR = 0.4, 1.4
#: Points keep so many decimals: beyond is the dust of floating point.
_DUST = 12
_BOUNDED = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_PARAMETER = re.compile(r"w\[\d+\]\[\d+\]\[\d+\]|b\[\d+\]\[\d+\]")


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity on its number line: from ``low`` to ``high``, and what it is at each point, as written."""

    quantity: Quantity
    low: str
    high: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scrubber:
    """A parameter to drag: its own line first, then what depends on it; ``home`` is the point of the lesson's value.

    ``factors`` are the local derivatives whose product is the first of the ``derivatives``.
    """

    parameter: Variable
    step: str
    home: int
    line: Line
    forward: tuple[Line, ...]
    derivatives: tuple[Line, ...]


def scrubbers(trace: Trace, mentioned: Iterable[str]) -> list[Scrubber]:
    """Scrubbers for the parameters that these names of quantities mention, in their order, then for others."""
    found: list[Scrubber] = []
    for parameter in _first(trace, mentioned):
        if len(found) == MOST_PARAMETERS:
            break
        if (scrubber := _scrubber(trace, parameter)) is not None:
            found.append(scrubber)
    return found


def _first(trace: Trace, mentioned: Iterable[str]) -> Iterator[Variable]:
    seen: set[Variable] = set()
    for name in (found for text in mentioned for found in _PARAMETER.findall(text)):
        with suppress(TextError, QuantityError):  # of another network, as one chapter may show beside this one
            parameter = parse_quantity(name, trace.L)
            if isinstance(parameter, Variable) and parameter not in seen:
                trace.network.position(parameter)
                seen.add(parameter)
                yield parameter
    yield from (parameter for parameter in trace.network.parameters() if parameter not in seen)


def _scrubber(trace: Trace, parameter: Variable) -> Scrubber | None:
    """The scrubber, over a shorter way where numbers overflow; None if there is none at all."""
    value = trace.network.parameter(parameter)
    step = _nice(max(_REACH, 1.5 * abs(value))) / POINTS
    for _ in range(_HALVINGS):
        try:
            return _swept(trace, parameter, value, step)
        except NumberError:
            step /= 2
    return None


def _swept(trace: Trace, parameter: Variable, value: float, step: float) -> Scrubber:
    points = [round(value + step * n, _DUST) if n else value for n in range(-POINTS, POINTS + 1)]
    neurons = _followed(trace, parameter, points)
    forward: list[Quantity] = [quantity for neuron in neurons for quantity in (z(*neuron), a(*neuron))]
    derivatives = _derivatives(trace, parameter)
    wanted: list[Quantity] = [*forward, C, *derivatives]
    swept = dict(zip(wanted, sweep_each(trace, parameter, points, wanted), strict=True))
    texts = _texts(points)
    return Scrubber(
        parameter,
        f"{step:g}",
        POINTS,
        Line(parameter, texts[0], texts[-1], texts),
        tuple(_line(trace, quantity, swept[quantity]) for quantity in (*forward, C)),
        tuple(_line(trace, quantity, swept[quantity]) for quantity in derivatives),
    )


def _followed(trace: Trace, parameter: Variable, points: Sequence[float]) -> Iterator[tuple[int, int]]:
    """The neurons to follow, as layer and number."""
    own, j, *_ = checked_indices(parameter, trace.sizes)
    layers = list(range(own, trace.L + 1))
    if len(layers) > MOST_LAYERS:
        layers = [*layers[: MOST_LAYERS - 1], trace.L]
    ends = [points[0], points[POINTS], points[-1]]
    for layer in layers:
        if layer == own and not _is_softmax(trace, own):
            yield own, j
            continue
        kept = {j} if layer == own else set()
        moved = np.ptp(sweep_each(trace, parameter, ends, [a(layer, i) for i in range(trace.sizes[layer])]), axis=1)
        most = [i for i in np.argsort(-moved, kind="stable").tolist() if i not in kept]
        yield from ((layer, i) for i in sorted([*kept, *most[: MOST_NEURONS - len(kept)]]))


def _derivatives(trace: Trace, parameter: Variable) -> list[Derivative]:
    """∂C by the parameter, then its factors: with softmax the last two are one, for each z moves every a."""
    layer, j, *_ = checked_indices(parameter, trace.sizes)
    reached, answer = z(layer, j), a(layer, j)
    if _is_softmax(trace, layer):
        return [d(C, parameter), d(reached, parameter), d(C, reached)]
    return [d(C, parameter), d(reached, parameter), d(answer, reached), d(C, answer)]


def _is_softmax(trace: Trace, layer: int) -> bool:
    return trace.network.activations[layer - 1] == "softmax"


def _line(trace: Trace, quantity: Quantity, values: Array) -> Line:
    span = float(np.ptp(values))
    most = max(_DECIMALS, min(_MOST_DECIMALS, math.ceil(math.log10(_PLACES / span)))) if span else _DECIMALS
    low, high = _ends(trace, quantity, values)
    (start,), (end,) = _texts([low], MOST_DECIMALS), _texts([high], MOST_DECIMALS)
    return Line(quantity, start, end, _texts(values.tolist(), most))


def _ends(trace: Trace, quantity: Quantity, values: Array) -> tuple[float, float]:
    """Round ends of a line that holds all values, and zero unless it is far off; bounded activations have theirs."""
    if isinstance(quantity, Variable) and quantity.symbol == "a":
        activation = trace.network.activations[checked_indices(quantity, trace.sizes)[0] - 1]
        if activation in _BOUNDED:
            return _BOUNDED[activation]
    lowest, highest = float(values.min()), float(values.max())
    span, far = highest - lowest, max(abs(lowest), abs(highest))
    if not far:
        return -1.0, 1.0
    if not span:
        return (0.0, _nice(_AIR * far)) if highest > 0 else (-_nice(_AIR * far), 0.0)
    if lowest * highest > 0 and span < _CLOSE * far:
        unit = 10.0 ** max(math.floor(math.log10(span)), math.floor(math.log10(far)) - _MOST_DECIMALS)
        return math.floor(lowest / unit) * unit, math.ceil(highest / unit) * unit
    return -_nice(max(0.0, -lowest)), _nice(max(0.0, highest))


def _nice(value: float) -> float:
    """The next round number that is no smaller."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((factor * power for factor in _ROUND if factor * power >= value), 10 * power)


def _texts(values: Sequence[float], most: int = _DECIMALS) -> tuple[str, ...]:
    """Numbers as the page writes them: with as many decimals as all of them need, at most ``most``."""
    for decimals in range(most):
        texts = tuple(numeral(value, decimals) for value in values)
        plain = not any("e" in text for text in texts)
        if plain and all(is_exact(value, text) for value, text in zip(values, texts, strict=True)):
            return texts
    return tuple(numeral(value, most) for value in values)
