"""The gradient check: derivatives against two-sided differences of the cost itself.

D(h) = (J(p + h) − J(p − h)) / 2h is off by a multiple of h²; (4 D(h/2) − D(h)) / 3 only by one of h⁴ (L. F. Richardson,
1911). Too small an h drowns in rounding, so h is halved from 2⁻⁴ on and the estimate taken at which two neighbours
agree best, as in C. J. F. Ridders, Advances in Engineering Software 4 (1982).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bp_core.quantities import Derivative, J, Variable
from bp_core.sweep import sweep

if TYPE_CHECKING:
    from bp_core.arrays import Array
    from bp_core.trace import Trace

#: The steps h, relative to a parameter larger than 1.
_STEPS = 2.0 ** -np.arange(4, 22)
#: Unless told otherwise, as many parameters are checked as take about a second, within these bounds.
_FEWEST, _MOST = 10, 1000
_SECOND = 30_000_000
#: The largest error at which the two agree; the differences themselves are good to some 1e-9 and better.
TOLERANCE = 1e-6
_EPSILON = float(np.finfo(np.float64).eps)
_TINY = float(np.finfo(np.float64).tiny)


class GradientCheck(NamedTuple):
    """One derivative computed twice: by backpropagation and by differences.

    ``error`` is their difference relative to the larger one, or, where both are smaller than the differences can
    resolve to six digits, relative to that.
    """

    quantity: Derivative
    analytic: float
    numeric: float
    error: float

    @property
    def agrees(self) -> bool:
        """Whether the two are the same to six digits."""
        return self.error <= TOLERANCE


class Difference(NamedTuple):
    """A derivative beside the plain two-sided difference at one step ε: (J(p + ε) − J(p − ε)) / 2ε.

    ``error`` is relative to the larger of the two; 0 where both are 0.
    """

    quantity: Derivative
    step: float
    above: float
    below: float
    analytic: float

    @property
    def numeric(self) -> float:
        """The difference quotient."""
        return (self.above - self.below) / (2 * self.step)

    @property
    def error(self) -> float:
        """How far the two are apart."""
        largest = max(abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) / largest if largest else 0.0


def two_sided(trace: Trace, parameter: Variable, step: float, of: Variable = J) -> Difference:
    """The derivative of J (or of an example's C) by one parameter, and its difference at that step.

    >>> from bp_core import Cost, Example, Network, trace
    >>> from bp_core.quantities import w
    >>> lesson = trace(Network([[[2.0]]], [[0.0]], "linear"), Cost("squared_error"), [Example([1.0], [0.0])])
    >>> check = two_sided(lesson, w(1, 0, 0), 0.5)
    >>> check.above, check.below, check.numeric, check.error
    (6.25, 2.25, 4.0, 0.0)

    Raises:
        NumberError: a number is not finite, here or nearby.
    """
    here = trace.network.parameter(parameter)
    above, below = map(float, sweep(trace, parameter, [here + step, here - step], of))
    quantity = Derivative(of.at_example(None), parameter, of.example)
    return Difference(quantity, step, above, below, trace.value(quantity))


def check_gradients(trace: Trace, of: Variable = J, limit: int | None = None) -> list[GradientCheck]:
    """The derivatives of J (or of C, the cost of an example) by the parameters, each beside its difference quotient.

    Entries where J has a kink, so that it has no derivative but a left and a right one, are left out, and those with a
    kink some 10⁻⁶ beside, where differences see both. With more than ``limit`` parameters that many are checked, evenly
    spread over all; without a limit as many as take about a second.

    Raises:
        NumberError: a number is not finite, here or nearby.
    """
    names = list(trace.network.parameters())
    if limit is None:
        limit = min(_MOST, max(_FEWEST, _SECOND // (len(names) * len(trace.data))))
    chosen = np.unique(np.linspace(0, len(names) - 1, min(limit, len(names))).astype(int))
    found = (_check(trace, of, names[i]) for i in chosen)
    return [check for check in found if check is not None]


def _check(trace: Trace, of: Variable, parameter: Variable) -> GradientCheck | None:
    here = trace.network.parameter(parameter)
    h = _STEPS * max(1.0, abs(here))
    values = sweep(trace, parameter, np.concatenate([here + h, here - h, [here]]), of)
    above, below, middle = values[: len(h)], values[len(h) : -1], values[-1]
    noise = 4 * _EPSILON * np.abs(values).max() / h
    if _kink((above - middle) / h, (middle - below) / h, noise):
        return None
    # Divided by the step that was taken, as float64 has it.
    numeric, off = _extrapolated((above - below) / ((here + h) - (here - h)), noise)
    quantity = Derivative(of.at_example(None), parameter, of.example)
    analytic = trace.value(quantity)
    error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), 1e6 * off)
    return GradientCheck(quantity, analytic, numeric, error)


def _extrapolated(differences: Array, noise: Array) -> tuple[float, float]:
    """The estimate that its neighbour bears out best, and a bound of its error: never below what rounding brings."""
    better = (4.0 * differences[1:] - differences[:-1]) / 3.0
    off = np.maximum(np.abs(np.diff(better)), noise[2:])
    best = int(off.argmin())
    return float(better[best + 1]), float(off[best]) + _TINY


def _kink(right: Array, left: Array, noise: Array) -> bool:
    """Whether the one-sided slopes stay apart as the step shrinks; over a smooth place they close in like h.

    Neither is so where a kink is nearer than the third smallest step, which leaves no three differences on one side of
    it: it shows at four times that step and is gone, or all there, at the smaller ones.
    """
    apart = np.abs(right - left)
    seen = apart[-5]
    if seen <= max(0.5 * apart[len(apart) // 2], 16 * noise[-2]):
        return False
    closer = apart[[-3, -2]] / seen * (4, 8)
    return bool((closer < 0.5).any() or (closer > 2).any())
