"""Formulas are simplified: numbers folded, like terms and like factors brought together, nothing multiplied out.

This is formal: u/u becomes 1 without asking whether u is 0.

>>> from bp_core.nodes import Symbol
>>> u = Symbol("u")
>>> str(simplify((u + u - 0) * u * 1 / u**3))
'2 / u'
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from typing import TypeAlias

from bp_core.nodes import Apply, Expression, Mean, Negative, Number, Power, Product, ProductOver, Quotient, Sum, SumOver

_Rational: TypeAlias = Fraction | float

#: Functions of a number that is in the formula as such.
_KNOWN = {
    ("exp", Number(0)): Number(1),
    ("ln", Number(1)): Number(0),
    ("tanh", Number(0)): Number(0),
    ("max", Number(0)): Number(0),
    ("step", Number(0)): Number(0),
}


def simplify(expression: Expression) -> Expression:
    """The same formula with less in it; simplifying it again changes nothing."""
    simpler = _once(expression)
    while simpler != expression:
        expression, simpler = simpler, _once(simpler)
    return expression


def _once(expression: Expression) -> Expression:
    node = _with_simpler_children(expression)
    if isinstance(node, Product | Quotient | Power | Negative | Number):
        return _rebuilt(*_factored(node))
    if isinstance(node, SumOver | ProductOver | Mean):
        # A sum or mean of nothing but 0, a product of nothing but 1.
        idle = Number(1 if isinstance(node, ProductOver) else 0)
        return idle if node.body == idle else node
    return _sum(node) if isinstance(node, Sum) else _applied(node)


def _applied(node: Expression) -> Expression:
    match node:
        case Apply("ln", Apply("exp", argument)) | Apply("exp", Apply("ln", argument)):
            return argument
        case Apply(function, Number() as argument):
            return _KNOWN.get((function, argument), node)
    return node


def _with_simpler_children(node: Expression) -> Expression:
    children = set(node.children())
    if not children:
        return node
    changes: dict[str, object] = {}
    for field in fields(node):
        part = getattr(node, field.name)
        if isinstance(part, tuple):
            changes[field.name] = tuple(_once(item) if item in children else item for item in part)
        elif part in children:
            changes[field.name] = _once(part)
    return replace(node, **changes)


def _sum(node: Sum) -> Expression:
    """Like terms added up, in the order in which they first appear."""
    coefficients: dict[Expression, _Rational] = {}
    for term in node.terms:
        for coefficient, rest in _flat(term):
            coefficients[rest] = _exactly(operator.add, coefficients.get(rest, Fraction(0)), coefficient)
    terms: list[Expression] = []
    for rest, coefficient in coefficients.items():
        if coefficient:
            factors = {} if rest == Number(1) else _factored(rest)[1]
            terms.append(_rebuilt(coefficient, factors))
    if len(terms) < 2:
        return terms[0] if terms else Number(0)
    return Sum(tuple(terms))


def _flat(term: Expression) -> list[tuple[_Rational, Expression]]:
    """The terms within a term, each as its number and the rest."""
    coefficient, factors = _factored(term)
    rest = _rebuilt(Fraction(1), factors)
    if isinstance(rest, Sum) and abs(coefficient) == 1:
        return [
            (_exactly(operator.mul, coefficient, inner), part) for item in rest.terms for inner, part in _flat(item)
        ]
    return [(coefficient, rest)]


def _factored(node: Expression) -> tuple[_Rational, dict[Expression, _Rational]]:
    """A product as its number and its other factors with their exponents."""
    match node:
        case Number(value):
            return Fraction(value) if isinstance(value, int) else value, {}
        case Negative(operand):
            coefficient, factors = _factored(operand)
            return -coefficient, factors
        case Product(parts):
            return _multiplied([(part, Fraction(1)) for part in parts])
        case Quotient(numerator, denominator) if _factored(denominator)[0]:
            return _multiplied([(numerator, Fraction(1)), (denominator, Fraction(-1))])
        case Power(base, Number(value)) if _is_foldable(base, value):
            return _multiplied([(base, Fraction(value) if isinstance(value, int) else value)])
    return Fraction(1), {node: Fraction(1)}


def _is_foldable(base: Expression, exponent: float) -> bool:
    """Whether a power may be taken factor by factor: not where roots of negative numbers or 1/0 would appear."""
    coefficient, factors = _factored(base)
    whole = exponent == int(exponent)
    return bool(coefficient or exponent > 0) and (whole or (coefficient == 1 and factors == {base: 1}))


def _multiplied(parts: list[tuple[Expression, _Rational]]) -> tuple[_Rational, dict[Expression, _Rational]]:
    total: _Rational = Fraction(1)
    exponents: dict[Expression, _Rational] = {}
    for part, exponent in parts:
        coefficient, factors = _factored(part)
        whole = int(exponent) if exponent == int(exponent) else exponent
        if isinstance(whole, int):  # else the number is 1: see _is_foldable
            total = _exactly(operator.mul, total, _exactly(lambda number, n=whole: number**n, coefficient))
        for factor, inner in factors.items():
            exponents[factor] = exponents.get(factor, Fraction(0)) + inner * exponent
    return total, {factor: exponent for factor, exponent in exponents.items() if exponent}


def _exactly(operation: Callable[..., Fraction], *numbers: _Rational) -> _Rational:
    """What comes out for the numbers as they are written: a decimal where it is one, else a fraction.

    In float64, 0.1 · 3 would not be 0.3.
    """
    exact = operation(*map(_as_written, numbers))
    if all(isinstance(number, Fraction) for number in numbers):
        return exact
    try:
        decimal = float(exact)
    except OverflowError:
        return exact
    return decimal if _as_written(decimal) == exact else exact


def _as_written(number: _Rational) -> Fraction:
    return number if isinstance(number, Fraction) else Fraction(repr(number))


def _rebuilt(coefficient: _Rational, factors: dict[Expression, _Rational]) -> Expression:
    if not coefficient:
        return Number(0)
    above = [_raised(factor, exponent) for factor, exponent in factors.items() if exponent > 0]
    below = [_raised(factor, -exponent) for factor, exponent in factors.items() if exponent < 0]
    size: _Rational = coefficient if coefficient > 0 else -coefficient
    if isinstance(size, Fraction):
        over = Number(size.numerator)
        if size.denominator != 1:
            below.insert(0, Number(size.denominator))
    else:
        over = Number(size)
    if over.value != 1 or not above:
        above.insert(0, over)
    whole = _joined(above) / _joined(below) if below else _joined(above)
    if coefficient > 0:
        return whole
    return Number(-over.value) if whole == over else Negative(whole)


def _raised(base: Expression, exponent: _Rational) -> Expression:
    if exponent == 1:
        return base
    return base ** (int(exponent) if exponent == int(exponent) else float(exponent))


def _joined(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
