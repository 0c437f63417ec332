"""Sweeps: the same lesson at many values of one weight or bias, or of several, in one vectorised pass.

The numbers are exactly those of tracing each point by itself: the same functions compute them, on stacks of networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bp_core.arrays import all_finite
from bp_core.errors import NumberError
from bp_core.indices import resolve
from bp_core.lookup import read
from bp_core.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from bp_core.arrays import Array
    from bp_core.quantities import Quantity, Variable
    from bp_core.trace import Trace

#: A sweep is computed in pieces that keep every array to about this many numbers.
_PIECE = 1 << 20


def sweep(trace: Trace, parameter: Variable, values: ArrayLike, quantity: Quantity) -> Array:
    """The values of ``quantity`` as ``parameter`` takes each of ``values`` (n,), all else as in ``trace``: (n,).

    Raises:
        QuantityError: there is no such parameter or quantity.
        NumberError: one of the numbers on the way to it is not finite; the message says at which value.
    """
    return sweep_grid(trace, {parameter: values}, quantity)


def sweep_each(trace: Trace, parameter: Variable, values: ArrayLike, quantities: Sequence[Quantity]) -> Array:
    """As :func:`sweep` for several quantities, the networks computed once: (quantities, n).

    Raises:
        QuantityError: as :func:`sweep`.
        NumberError: as :func:`sweep`.
    """
    return _swept(trace, {parameter: values}, quantities)


def sweep_grid(trace: Trace, axes: Mapping[Variable, ArrayLike], quantity: Quantity) -> Array:
    """The values of ``quantity`` where each parameter takes each of its values: one axis a parameter, in their order.

    Raises:
        QuantityError: as :func:`sweep`.
        NumberError: as :func:`sweep`.

    >>> from bp_core import Cost, Example, Network, trace
    >>> from bp_core.quantities import J, w
    >>> lesson = trace(Network([[[1.0, 2.0]]], [[0.0]], "linear"), Cost("squared_error"), [Example([1, 1], [0])])
    >>> sweep_grid(lesson, {w(1, 0, 0): [0, 1, 2], w(1, 0, 1): [0, 1]}, J)
    array([[0., 1.],
           [1., 4.],
           [4., 9.]])
    """
    (found,) = _swept(trace, axes, [quantity])
    return np.asarray(found)


def _swept(trace: Trace, axes: Mapping[Variable, ArrayLike], quantities: Sequence[Quantity]) -> Array:
    """The values of each quantity on the grid of the axes: one axis for the quantities, then one a parameter."""
    wanted = [resolve(quantity, trace.L, {}) for quantity in quantities]
    columns = {resolve(name, trace.L, {}): np.asarray(values, dtype=np.float64) for name, values in axes.items()}
    if not all(column.ndim == 1 and all_finite(column) for column in columns.values()):
        raise ValueError("the values of a sweep are rows of finite numbers")
    grid = [axis.ravel() for axis in np.meshgrid(*columns.values(), indexing="ij")]
    found = np.empty((len(wanted), len(grid[0])))
    size = max(1, _PIECE // max(trace.network.parameter_count, len(trace.data) * max(trace.sizes)))
    for start in range(0, len(grid[0]), size):
        here = slice(start, start + size)
        values = {name: axis[here] for name, axis in zip(columns, grid, strict=True)}
        stack = Stack(trace, values)
        for row, quantity in zip(found, wanted, strict=True):
            with np.errstate(all="ignore"):
                row[here] = read(stack, quantity)
            if not (stack.finite() and all_finite(row[here])):
                _refuse(trace, values, quantity)
    return found.reshape([len(wanted), *(len(column) for column in columns.values())])


def _refuse(trace: Trace, values: Mapping[Variable, Array], quantity: Quantity) -> None:
    """Say which number is not finite, and where: the trace of that point alone knows its name."""
    for point in zip(*(column.tolist() for column in values.values()), strict=True):
        here = dict(zip(values, point, strict=True))
        try:
            trace.with_parameters(here).value(quantity)
        except NumberError as error:
            where = ", ".join(f"{name} = {value!r}" for name, value in here.items())
            raise NumberError("%(error)s where %(where)s", error=error, where=where) from None
