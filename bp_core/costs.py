"""Costs of one example: each one's value, derivative and formula side by side.

The record holds the definition. How a cost and its output layer are computed together, so that nothing overflows on
the way, is told in :mod:`bp_core.output`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bp_core.nodes import Apply, Expression, LayerSize, Number, Quotient, SumOver, Symbol, substitute
from bp_core.quantities import AnyIndex, Index
from bp_core.quantities import a as a_
from bp_core.quantities import y as y_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bp_core.arrays import Array


@dataclass(frozen=True, slots=True)
class CostFunction:
    """The cost C of one example with outputs a and targets y.

    ``value(a, y)`` sums over the last axis, (..., n) → (...); ``derivative(a, y)`` is ∂C/∂aⱼ, (..., n) → (..., n).
    ``value_formula`` and ``derivative_formula`` (of ∂C/∂aⱼ) are expressions in ``Symbol("a")``, ``Symbol("y")``
    (the j-th of each) and ``Symbol("n")`` (their number); the sum over j is in ``value_formula``.
    """

    name: str
    value: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    value_formula: Expression
    derivative_formula: Expression
    output_activation: str | None = None  #: the one activation whose outputs it is for; None for any


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost function by name, and the strength λ of the penalty: J = (1/m) Σ C + (l2/(2m)) Σ w²."""

    function: str
    l2: float = 0.0

    def __post_init__(self) -> None:
        if self.function not in COSTS:
            raise ValueError(f"no cost is called {self.function!r}; there are {', '.join(COSTS)}")
        if not 0 <= self.l2 < float("inf"):
            raise ValueError(f"l2 is a number from 0 upwards, got {self.l2}")

    @property
    def record(self) -> CostFunction:
        """The cost function itself."""
        return COSTS[self.function]


def _squared_error(a: Array, y: Array) -> Array:
    return np.asarray(np.square(a - y).sum(axis=-1))


def _half_squared_error(a: Array, y: Array) -> Array:
    return np.asarray(0.5 * np.square(a - y).sum(axis=-1))


def _mean_squared_error(a: Array, y: Array) -> Array:
    return np.asarray(np.square(a - y).sum(axis=-1) / a.shape[-1])


def _squared_error_derivative(a: Array, y: Array) -> Array:
    return 2.0 * (a - y)


def _half_squared_error_derivative(a: Array, y: Array) -> Array:
    return a - y


def _mean_squared_error_derivative(a: Array, y: Array) -> Array:
    return np.asarray(2.0 * (a - y) / a.shape[-1])


def _times_log(y: Array, a: Array) -> Array:
    """Y ln a, with 0 ln 0 = 0 as in information theory."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(y == 0.0, 0.0, y * np.log(a)))


def _over(y: Array, a: Array) -> Array:
    """Y / a, with 0 / 0 = 0: what is not asked for does not count."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.where(y == 0.0, 0.0, y / a)


def _binary_cross_entropy(a: Array, y: Array) -> Array:
    return np.asarray((_times_log(-y, a) + _times_log(y - 1.0, 1.0 - a)).sum(axis=-1))


def _binary_cross_entropy_derivative(a: Array, y: Array) -> Array:
    return _over(1.0 - y, 1.0 - a) - _over(y, a)


def _cross_entropy(a: Array, y: Array) -> Array:
    return np.asarray(_times_log(-y, a).sum(axis=-1))


def _cross_entropy_derivative(a: Array, y: Array) -> Array:
    return _over(-y, a)


_A, _Y, _N = Symbol("a"), Symbol("y"), Symbol("n")


def _ln(argument: Expression) -> Expression:
    return Apply("ln", argument)


#: The costs by name.
COSTS: Mapping[str, CostFunction] = MappingProxyType(
    {
        cost.name: cost
        for cost in (
            CostFunction(
                "squared_error",
                _squared_error,
                _squared_error_derivative,
                SumOver("j", (_A - _Y) ** 2),
                2 * (_A - _Y),
            ),
            CostFunction(
                "half_squared_error",
                _half_squared_error,
                _half_squared_error_derivative,
                Number(1) / Number(2) * SumOver("j", (_A - _Y) ** 2),
                _A - _Y,
            ),
            CostFunction(
                "mean_squared_error",
                _mean_squared_error,
                _mean_squared_error_derivative,
                SumOver("j", (_A - _Y) ** 2) / _N,
                2 * (_A - _Y) / _N,
            ),
            CostFunction(
                "binary_cross_entropy",
                _binary_cross_entropy,
                _binary_cross_entropy_derivative,
                -SumOver("j", _Y * _ln(_A) + (1 - _Y) * _ln(1 - _A)),
                -(_Y / _A) + (1 - _Y) / (1 - _A),
                output_activation="sigmoid",
            ),
            CostFunction(
                "cross_entropy",
                _cross_entropy,
                _cross_entropy_derivative,
                -SumOver("j", _Y * _ln(_A)),
                -(_Y / _A),
                output_activation="softmax",
            ),
        )
    }
)


def cost_formula(cost: Cost, sizes: Sequence[int]) -> Expression:
    """The cost C of one example over the network's outputs; with a single output without the sum."""
    last = len(sizes) - 1
    formula = cost.record.value_formula
    if sizes[-1] > 1:
        return _in_quantities(formula, last, Index("j"))
    for node in formula.walk():
        if isinstance(node, SumOver):
            formula = substitute(formula, node, node.body)
    return _in_quantities(_over_one(formula), last, 0)


def cost_derivative_formula(cost: Cost, L: int, j: AnyIndex, sizes: Sequence[int]) -> Expression:
    """The formula of ∂C/∂a[L][j], such as 2(a − y)."""
    formula = cost.record.derivative_formula
    return _in_quantities(_over_one(formula) if sizes[-1] == 1 else formula, L, j)


def _over_one(formula: Expression) -> Expression:
    """The formula without its division by the number of outputs, which is 1."""
    return formula.numerator if isinstance(formula, Quotient) and formula.denominator == _N else formula


def _in_quantities(formula: Expression, layer: int, j: AnyIndex) -> Expression:
    for symbol, quantity in ((_A, a_(layer, j)), (_Y, y_(j)), (_N, LayerSize(layer))):
        formula = substitute(formula, symbol, quantity)
    return formula
