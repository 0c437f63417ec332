"""Formulas are differentiated as expressions.

So that σ′ = σ(1 − σ), 2(a − y) and softmax's a − y are derived, not asserted. Whether two formulas are the same is for
:mod:`bp_core.identities`.

>>> from bp_core.quantities import a, y
>>> str(differentiate((a(3, 0) - y(0)) ** 2, a(3, 0)))
'2 * (a[3][0] - y[0])'
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bp_core.indices import bind, free_indices
from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    Mean,
    Negative,
    Number,
    Power,
    Product,
    ProductOver,
    Quotient,
    Sum,
    SumOver,
    Symbol,
)
from bp_core.quantities import Index, Variable
from bp_core.simplify import simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bp_core.quantities import AnyIndex

    #: A part of a derivative, and the values that indices must have for it to count (its Kronecker deltas).
    Term = tuple[Mapping[str, AnyIndex], Expression]

#: Ends the names that the indices of ``by`` go by meanwhile: a sum inside may use the same ones for others.
_OUTSIDE = " outside"


def differentiate(expression: Expression, by: Symbol | Variable) -> Expression:
    """The partial derivative of a formula, simplified; other symbols and quantities are held fixed.

    Of a sum over j only the term counts whose j is that of ``by``: Σⱼ(aⱼ − yⱼ)² by a₁ is 2(a₁ − y₁).

    Raises:
        ValueError: it cannot be told whether an index is that of ``by``; or there is no formula for it, as for the
            derivative of σ′.
    """
    aside: dict[str, AnyIndex | float] = {name: Index(name + _OUTSIDE) for name in free_indices(by)}
    back: dict[str, AnyIndex | float] = {name + _OUTSIDE: Index(name) for name in aside}
    outer = bind(by, aside)
    assert isinstance(outer, Symbol | Variable)  # noqa: S101 - names do not change what it is
    terms = _terms(bind(expression, aside), outer)
    for conditions, _ in terms:
        for name, value in conditions.items():
            told = f"whether {name} is {value}".replace(_OUTSIDE, "")
            raise ValueError(f"{expression} by {by}: it is not said {told}")
    return simplify(bind(Sum((Number(0), *(term for _, term in terms))), back))


def _terms(node: Expression, by: Symbol | Variable) -> list[Term]:
    """The derivative as terms to be added up, each with its conditions."""
    if isinstance(node, Symbol | Variable):
        conditions = _conditions(node, by)
        return [] if conditions is None else [(conditions, Number(1))]
    if isinstance(node, SumOver | Mean):
        return [_collapsed(node, term) for term in _terms(node.body, by)]
    if isinstance(node, ProductOver):
        logarithms = SumOver(node.index, Apply("ln", node.body))
        return [(conditions, node * term) for conditions, term in _terms(logarithms, by)]
    found: list[Term] = []
    for position, part in enumerate(node.children()):
        # The chain rule: by the part, times the part's own.
        if inner := _terms(part, by):
            outer = _PARTIALS[type(node)](node, position)
            found.extend((conditions, outer * term) for conditions, term in inner)
    return found


def _collapsed(node: SumOver | Mean, term: Term) -> Term:
    """What the sum or mean makes of a term: all alike, or the one whose index meets the condition."""
    conditions, body = term
    if node.index not in conditions:
        return conditions, type(node)(node.index, body)
    rest = {name: value for name, value in conditions.items() if name != node.index}
    chosen = bind(body, {node.index: conditions[node.index]})
    return rest, chosen / Constant("m") if isinstance(node, Mean) else chosen


def _conditions(leaf: Symbol | Variable, by: Symbol | Variable) -> dict[str, AnyIndex] | None:
    """What has to be for a leaf to be ``by``; None if it is another."""
    if isinstance(leaf, Symbol) or isinstance(by, Symbol):
        return {} if leaf == by else None
    if leaf.symbol != by.symbol:
        return None
    if (leaf.example is None) != (by.example is None):
        raise ValueError(f"it is not said whether {leaf} and {by} are of the same example")
    conditions: dict[str, AnyIndex] = {}
    for one, other in zip((*leaf.indices, leaf.example or 0), (*by.indices, by.example or 0), strict=True):
        if isinstance(one, int) and isinstance(other, int):
            met = one == other
        elif isinstance(one, Index) and isinstance(other, Index) and one.name == other.name:
            met = one.offset == other.offset
        else:
            name, value = (one, other) if isinstance(one, Index) else (other, one)
            assert isinstance(name, Index)  # noqa: S101 - for the type checker
            met = conditions.setdefault(name.name, value - name.offset) == value - name.offset
        if not met:
            return None
    return conditions


def _product(node: Product, position: int) -> Expression:
    return Product((Number(1), *node.factors[:position], *node.factors[position + 1 :]))


def _quotient(node: Quotient, position: int) -> Expression:
    return -(node.numerator / node.denominator**2) if position else 1 / node.denominator


def _power(node: Power, position: int) -> Expression:
    if position:
        return node * Apply("ln", node.base)
    return node.exponent * node.base ** (node.exponent - 1)


def _apply(node: Apply, _: int) -> Expression:
    if node.function == "sigma":
        return Apply("sigma'", node.argument, node.layer)
    if node.function not in _FUNCTIONS:
        raise ValueError(f"there is no formula for the derivative of {node.function}")
    return _FUNCTIONS[node.function](node.argument)


#: The derivative of each function by its argument; that of ``step`` is 0, as everywhere but at its jump.
_FUNCTIONS: Mapping[str, Callable[[Expression], Expression]] = MappingProxyType(
    {
        "ln": lambda u: 1 / u,
        "exp": lambda u: Apply("exp", u),
        "tanh": lambda u: 1 - Apply("tanh", u) ** 2,
        "max": lambda u: Apply("step", u),
        "step": lambda _: Number(0),
    }
)

#: The derivative of each node by the sub-expression at a position, the others held fixed.
_PARTIALS: Mapping[type[Expression], Callable[[Any, int], Expression]] = MappingProxyType(
    {
        Sum: lambda _, __: Number(1),
        Negative: lambda _, __: Number(-1),
        Product: _product,
        Quotient: _quotient,
        Power: _power,
        Apply: _apply,
    }
)
