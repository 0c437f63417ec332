"""Numbers that know how far rounding may have moved them.

:class:`Measured` carries with a value what it takes to say whether two of them are the same number: the size of the
terms that were added up and a first-order bound of the rounding error (running error analysis; N. Higham, Accuracy and
Stability of Numerical Algorithms, 2nd ed., 2002, §3.3). All three may also be arrays, one entry for each of many
examples; what is not finite then stays in them, where a single number raises OverflowError, ZeroDivisionError or
NotRealError.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_EPSILON = float(np.finfo(np.float64).eps)
#: The error of a computed 0, which may be a number too small for float64.
_TINY = math.ulp(0.0)


class NotRealError(ArithmeticError):
    """The logarithm or the root of a negative number."""


class Measured(NamedTuple):
    """A value, the size of the terms it is added up from, and a bound of its rounding error."""

    value: float
    size: float
    error: float

    def is_finite(self) -> bool:
        """Whether the value is, or all of them are."""
        value: object = self.value
        return bool(np.isfinite(value).all()) if isinstance(value, np.ndarray) else math.isfinite(self.value)

    def is_zero(self) -> bool:
        """Whether it is 0 by itself, as a target may be, and not because something underflowed."""
        return not _is_array(self.value) and self.value == 0.0 == self.error


def exact(value: float) -> Measured:
    """A number that is what it is, such as a parameter."""
    return Measured(value, abs(value), 0.0)


def rounded(value: float, error: float = 0.0) -> Measured:
    """A number that was rounded, after an error of what went into it."""
    return Measured(value, abs(value), error + _EPSILON * abs(value) + _TINY)


def added(terms: Sequence[Measured]) -> Measured:
    """The sum."""
    value, size = _total(term.value for term in terms), _total(term.size for term in terms)
    # One addition is off by a part of its result, a longer sum by as much of what it goes through on the way.
    through = abs(value) if len(terms) <= 2 else size
    return Measured(value, size, _total(term.error for term in terms) + _EPSILON * through)


def added_up(terms: Measured, count: int) -> Measured:
    """The sum of ``count`` terms that are given as arrays, or all alike."""
    value, size, error = (float(np.broadcast_to(part, count).sum()) for part in terms)
    return Measured(value, size, error + _EPSILON * size)


def multiplied(factors: Iterable[Measured]) -> Measured:
    """The product."""
    product = exact(1.0)
    for factor in factors:
        error = product.error * abs(factor.value) + abs(product.value) * factor.error + product.error * factor.error
        product = rounded(product.value * factor.value, error)
    return product


def divided(above: Measured, below: Measured) -> Measured:
    """The quotient; 0 by itself stays 0 also where what it is divided by underflowed."""
    if above.is_zero() and not below.is_zero():
        return above
    value = above.value / below.value
    return rounded(value, (above.error + abs(value) * below.error) / abs(below.value))


def raised(base: Measured, exponent: Measured) -> Measured:
    """The power."""
    value = base.value**exponent.value
    if isinstance(value, complex):
        raise NotRealError
    around = abs(base.value) + base.error
    if not np.all(around):
        return rounded(value)
    error = abs(exponent.value) * around ** (exponent.value - 1.0) * base.error
    if np.any(exponent.error):
        error = error + abs(value * _either(math.log, np.log, around)) * exponent.error
    return rounded(value, error)


def negated(operand: Measured) -> Measured:
    """−u."""
    return Measured(-operand.value, operand.size, operand.error)


def _ln(u: Measured) -> Measured:
    if not _is_array(u.value) and u.value < 0.0:
        raise NotRealError
    relative = u.error / u.value
    return rounded(_either(math.log, np.log, u.value), relative)


def _exp(u: Measured) -> Measured:
    value = _either(math.exp, np.exp, u.value)
    return rounded(value, value * u.error)


def _tanh(u: Measured) -> Measured:
    value = _either(math.tanh, np.tanh, u.value)
    return rounded(value, (1.0 - value * value) * u.error)


def _step(u: Measured) -> Measured:
    return exact((u.value > 0.0) * 1.0)


def _max(u: Measured) -> Measured:
    above = _step(u).value
    return rounded(above * u.value, above * u.error)


#: The functions of one number by name; ``max`` is the larger of it and 0, ``step`` 0 up to 0 and 1 above it.
FUNCTIONS: Mapping[str, Callable[[Measured], Measured]] = MappingProxyType(
    {"ln": _ln, "exp": _exp, "tanh": _tanh, "max": _max, "step": _step}
)


def activated(u: Measured, value: Callable[[Any], Any], slope: Callable[[Any], Any], *, derivative: bool) -> Measured:
    """σ(u), or σ′(u) for ``derivative``; for each activation |σ″| ≤ 2σ′."""
    at = np.asarray(u.value)
    steep = slope(at)
    found, error = (steep, 2.0 * steep * u.error) if derivative else (value(at), steep * u.error)
    return rounded(found if _is_array(u.value) else float(found), error)


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def _either(one: Callable[[float], float], many: Callable[[Any], Any], value: float) -> float:
    """A function of a number (by math, which is quicker and raises) or of an array."""
    found: float = many(value) if _is_array(value) else one(value)
    return found


def _total(parts: Iterable[float]) -> float:
    found = list(parts)
    return sum(found) if any(map(_is_array, found)) else math.fsum(found)
