"""Whether two formulas are the same for every value of their symbols: proved, not sampled.

Both are brought to one fraction of polynomials with rational coefficients, in whatever cannot be taken apart: symbols,
quantities, logarithms, sums over an index, powers such as eᶻ. Two fractions are the same if they are crosswise:
p/q = r/s where ps = rq. So what is called identical is; but not every identity is found, such as ln(uv) = ln u + ln v.

>>> from bp_core.nodes import Apply, Symbol
>>> z = Symbol("z")
>>> sigma = 1 / (1 + Apply("exp", -z))
>>> identical(Apply("exp", -z) / (1 + Apply("exp", -z)) ** 2, sigma * (1 - sigma))
True
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from types import MappingProxyType
from typing import Any, TypeAlias

from bp_core.nodes import Apply, Expression, Negative, Number, Power, Product, Quotient, Sum

#: What a term of a polynomial multiplies its coefficient with: atoms and their exponents, which may be negative.
_Monomial: TypeAlias = frozenset[tuple[Hashable, int]]
_Polynomial: TypeAlias = dict[_Monomial, Fraction]

_UNIT: _Monomial = frozenset()


def identical(left: Expression, right: Expression) -> bool:
    """Whether two formulas are the same wherever both are defined (and no argument of ``max`` or ``step`` is 0).

    Numbers count as they are written, so that 1 − 0.01 is 0.99.

    Raises:
        ZeroDivisionError: one of them divides by what is always 0.
    """
    one, other = _fraction(left), _fraction(right)
    return _times(one.above, other.below) == _times(other.above, one.below)


@dataclass(frozen=True, slots=True)
class _Ratio:
    above: _Polynomial
    below: _Polynomial

    @property
    def key(self) -> Hashable:
        """What stands for it in an atom."""
        return tuple(frozenset(part.items()) for part in (self.above, self.below))

    def __add__(self, other: _Ratio) -> _Ratio:
        above = _plus(_times(self.above, other.below), _times(other.above, self.below))
        return _ratio(above, _times(self.below, other.below))

    def __mul__(self, other: _Ratio) -> _Ratio:
        return _ratio(_times(self.above, other.above), _times(self.below, other.below))

    def __pow__(self, exponent: int) -> _Ratio:
        power = _number(1)
        for _ in range(abs(exponent)):
            power = power * self
        return power if exponent >= 0 else _ratio(power.below, power.above)


@dataclass(frozen=True, slots=True)
class _Step:
    """The atom of ``step``, whose powers are all the same."""

    key: Hashable


@dataclass(frozen=True, slots=True)
class _Logarithm:
    """The atom of ``ln``, which ``exp`` undoes."""

    key: Hashable
    argument: _Ratio = field(compare=False)


def _ratio(above: _Polynomial, below: _Polynomial) -> _Ratio:
    """The fraction, with a denominator of one term divided out."""
    if not below:
        raise ZeroDivisionError("a formula divides by what is always 0")
    if len(below) > 1:
        return _Ratio(above, below)
    ((monomial, coefficient),) = below.items()
    inverse = {frozenset((atom, -exponent) for atom, exponent in monomial): 1 / coefficient}
    return _Ratio(_times(above, inverse), {_UNIT: Fraction(1)})


def _number(value: Fraction | int) -> _Ratio:
    return _Ratio({_UNIT: Fraction(value)} if value else {}, {_UNIT: Fraction(1)})


def _atom(atom: Hashable, exponent: int = 1) -> _Ratio:
    return _Ratio({frozenset({(atom, exponent)}): Fraction(1)}, {_UNIT: Fraction(1)})


def _plus(one: _Polynomial, other: _Polynomial) -> _Polynomial:
    total = defaultdict(Fraction, one)
    for monomial, coefficient in other.items():
        total[monomial] += coefficient
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def _times(one: _Polynomial, other: _Polynomial) -> _Polynomial:
    total: defaultdict[_Monomial, Fraction] = defaultdict(Fraction)
    for left, left_coefficient in one.items():
        for right, right_coefficient in other.items():
            total[_merged(left, right)] += left_coefficient * right_coefficient
    return {monomial: coefficient for monomial, coefficient in total.items() if coefficient}


def _merged(left: _Monomial, right: _Monomial) -> _Monomial:
    exponents: defaultdict[Hashable, int] = defaultdict(int)
    for atom, exponent in (*left, *right):
        total = exponents[atom] + exponent
        exponents[atom] = min(total, 1) if isinstance(atom, _Step) else total
    return frozenset((atom, exponent) for atom, exponent in exponents.items() if exponent)


def _fraction(node: Expression) -> _Ratio:
    return _RULES.get(type(node), _atom)(node)


def _power(node: Power) -> _Ratio:
    base, exponent = _fraction(node.base), node.exponent
    if isinstance(exponent, Negative) and isinstance(exponent.operand, Number):
        exponent = Number(-exponent.operand.value)
    if isinstance(exponent, Number) and exponent.value == int(exponent.value):
        return base ** int(exponent.value)
    return _atom(("power", base.key, _fraction(exponent).key))


def _applied(node: Apply) -> _Ratio:
    argument = _fraction(node.argument)
    if node.function in _FUNCTIONS:
        return _FUNCTIONS[node.function](argument)
    return _atom((node.function, node.layer, argument.key))


def _exp(argument: _Ratio) -> _Ratio:
    """The exponential of a polynomial as the product over its terms, each a whole power of an atom."""
    if len(argument.below) > 1:
        return _atom(("exp", argument.key))
    product = _number(1)
    for monomial, coefficient in argument.above.items():
        match tuple(monomial):
            case ((_Logarithm() as logarithm, 1),) if coefficient.denominator == 1:
                factor = logarithm.argument**coefficient.numerator
            case _:
                factor = _atom(("exp", monomial, coefficient.denominator), coefficient.numerator)
        product = product * factor
    return product


def _tanh(argument: _Ratio) -> _Ratio:
    square = _exp(_number(2) * argument)
    return (square + _number(-1)) * (square + _number(1)) ** -1


def _step(argument: _Ratio) -> _Ratio:
    """``step``; that of −u as 1 − step(u)."""
    if not argument.above:
        return _number(0)
    first = min(argument.above, key=lambda monomial: sorted(map(repr, monomial)))
    if argument.above[first] > 0:
        return _atom(_Step(argument.key))
    return _number(1) + _number(-1) * _step(_number(-1) * argument)


_FUNCTIONS: Mapping[str, Callable[[_Ratio], _Ratio]] = MappingProxyType(
    {
        "exp": _exp,
        "ln": lambda argument: _atom(_Logarithm(argument.key, argument)),
        "tanh": _tanh,
        "max": lambda argument: argument * _step(argument),
        "step": _step,
    }
)

_RULES: Mapping[type[Expression], Callable[[Any], _Ratio]] = MappingProxyType(
    {
        Number: lambda node: _number(Fraction(repr(node.value))),
        Negative: lambda node: _number(-1) * _fraction(node.operand),
        Sum: lambda node: reduce(operator.add, map(_fraction, node.terms), _number(0)),
        Product: lambda node: reduce(operator.mul, map(_fraction, node.factors), _number(1)),
        Quotient: lambda node: _fraction(node.numerator) * _fraction(node.denominator) ** -1,
        Power: _power,
        Apply: _applied,
    }
)
