"""Expressions become numbers: the value of a tree of :mod:`bp_core.nodes` in a trace.

Along with the value goes what it takes to say whether two of them are the same number: the size of the terms added up
and a first-order bound of the rounding error (running error analysis; N. Higham, Accuracy and Stability of Numerical
Algorithms, 2nd ed., 2002, §3.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bp_core.activations import ACTIVATIONS
from bp_core.errors import NumberError, QuantityError
from bp_core.indices import Bindings, bind, index_range, resolve, value_of
from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    LayerSize,
    Mean,
    Negative,
    New,
    Number,
    Power,
    Product,
    ProductOver,
    Quotient,
    Sum,
    SumOver,
    Symbol,
)
from bp_core.quantities import Derivative, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bp_core.trace import Trace

NO_BINDINGS: Bindings = MappingProxyType({})
_EPSILON = float(np.finfo(np.float64).eps)
#: The error of a computed 0, which may be a number too small for float64.
_TINY = math.ulp(0.0)


class Measured(NamedTuple):
    """A value, the size of the terms it is added up from, and a first-order bound of its rounding error."""

    value: float
    size: float
    error: float


def measure(expression: Expression, trace: Trace | None, step: int = 0, bindings: Bindings = NO_BINDINGS) -> Measured:
    """The value of an expression together with what :class:`Measured` says of it; else as :func:`evaluate`."""
    return _Evaluation(trace.at_step(step) if trace else None).measure(expression, bindings)


def evaluate(expression: Expression, trace: Trace | None, step: int = 0, bindings: Bindings = NO_BINDINGS) -> float:
    """The value of an expression, after ``step`` updates.

    ``bindings`` gives values to free indices and symbols. A formula of nothing but numbers and symbols needs no trace.
    0 · ln 0 counts as 0 where the 0 is exact, such as a target, as information theory has it.

    Raises:
        QuantityError: a quantity, an index or a constant that has no value here; the message names it.
        NumberError: a part of it overflows or is not a number.

    >>> evaluate((Symbol("u") + 1) ** 2, None, bindings={"u": 2.0})
    9.0
    """
    return measure(expression, trace, step, bindings).value


def magnitude(expression: Expression, trace: Trace | None, step: int = 0, bindings: Bindings = NO_BINDINGS) -> float:
    """The size of an expression's terms: what its value would be if no term cancelled another."""
    return measure(expression, trace, step, bindings).size


def leaf_count(expression: Expression, trace: Trace, bindings: Bindings) -> int:
    """About how many quantities and numbers go into the value, each sum and mean written out."""
    if isinstance(expression, SumOver | ProductOver | Mean):
        run = index_range(expression.index, (expression.body,), trace, bindings)
        return len(run) * leaf_count(expression.body, trace, {**bindings, expression.index: run.start}) if run else 0
    return sum(leaf_count(child, trace, bindings) for child in expression.children()) or 1


@dataclass(frozen=True, slots=True)
class _Evaluation:
    given: Trace | None

    def trace(self, needed_for: Expression) -> Trace:
        if self.given is None:
            raise QuantityError(f"{needed_for} has no value without a network")
        return self.given

    def measure(self, node: Expression, bindings: Bindings) -> Measured:
        try:
            measured = _RULES[type(node)](self, node, bindings)
        except (OverflowError, ZeroDivisionError):
            raise NumberError(f"{self.named(node, bindings)} is not a finite number") from None
        if not math.isfinite(measured.value):
            raise NumberError(f"{self.named(node, bindings)} is not a finite number")
        return measured

    def named(self, node: Expression, bindings: Bindings) -> str:
        """The node as an error names it."""
        return f"{bind(node, bindings)}{self.given.moment if self.given else ''}"

    def over(self, node: SumOver | ProductOver | Mean, bindings: Bindings) -> Iterator[Measured]:
        """The values of the body, the index running."""
        for value in index_range(node.index, (node.body,), self.trace(node), bindings):
            yield self.measure(node.body, {**bindings, node.index: value})


def _exact(value: float) -> Measured:
    return Measured(value, abs(value), 0.0)


def _rounded(value: float, error: float) -> Measured:
    return Measured(value, abs(value), error + _EPSILON * abs(value) + _TINY)


def _is_zero(measured: Measured) -> bool:
    """Whether it is 0 by itself, as a target may be, and not because something underflowed."""
    return measured.value == 0.0 == measured.error


def _symbol(_: _Evaluation, node: Symbol, bindings: Bindings) -> Measured:
    if node.name not in bindings:
        raise QuantityError(f"nothing gives the symbol {node.name} a value")
    return _exact(float(bindings[node.name]))


def _constant(evaluation: _Evaluation, node: Constant, _: Bindings) -> Measured:
    trace = evaluation.trace(node)
    match node.name:
        case "m":
            return _exact(float(len(trace.examples)))
        case "l2":
            return _exact(trace.cost.l2)
        case "eta":
            if trace.training is None:
                raise QuantityError("eta is the learning rate, and this lesson has no training")
            return _exact(trace.training.learning_rate)
        case name:
            raise QuantityError(f"no constant is called {name}")


def _layer_size(evaluation: _Evaluation, node: LayerSize, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    layer = value_of(node.layer, trace.L, bindings)
    if not 0 <= layer <= trace.L:
        raise QuantityError(f"there is no n[{layer}]: the layers are 0 to {trace.L}")
    return _exact(float(trace.network.sizes[layer]))


def _quantity(evaluation: _Evaluation, node: Variable | Derivative, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    value = trace.value(resolve(node, trace.L, bindings))
    # Parameters and data are what they are; everything else has been rounded on its way.
    return _exact(value) if isinstance(node, Variable) and node.symbol in "wbxy" else _rounded(value, 0.0)


def _new(evaluation: _Evaluation, node: New, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    parameter = resolve(node.variable, trace.L, bindings)
    if trace.training is None:
        raise QuantityError(f"new({parameter}) is a value after an update, and this lesson has no training")
    return _rounded(trace.next_parameters().parameter(parameter), 0.0)


def _added(terms: list[Measured]) -> Measured:
    value = math.fsum(term.value for term in terms)
    size = math.fsum(term.size for term in terms)
    # One addition is off by a part of its result, a longer sum by as much of what it goes through on the way.
    through = abs(value) if len(terms) <= 2 else size
    return Measured(value, size, math.fsum(term.error for term in terms) + _EPSILON * through)


def _multiplied(factors: list[Measured]) -> Measured:
    product = _exact(1.0)
    for factor in factors:
        error = product.error * abs(factor.value) + abs(product.value) * factor.error + product.error * factor.error
        product = _rounded(product.value * factor.value, error)
    return product


def _sum(evaluation: _Evaluation, node: Sum, bindings: Bindings) -> Measured:
    return _added([evaluation.measure(term, bindings) for term in node.terms])


def _sum_over(evaluation: _Evaluation, node: SumOver, bindings: Bindings) -> Measured:
    return _added(list(evaluation.over(node, bindings)))


def _mean(evaluation: _Evaluation, node: Mean, bindings: Bindings) -> Measured:
    terms = list(evaluation.over(node, bindings))
    total = _added(terms)
    value = total.value / len(terms)
    return Measured(value, total.size / len(terms), total.error / len(terms) + _EPSILON * abs(value))


def _product(evaluation: _Evaluation, node: Product, bindings: Bindings) -> Measured:
    logarithms = [factor for factor in node.factors if isinstance(factor, Apply) and factor.function == "ln"]
    others = [evaluation.measure(factor, bindings) for factor in node.factors if factor not in logarithms]
    if any(map(_is_zero, others)):  # 0 · ln 0 = 0
        logarithms = [factor for factor in logarithms if evaluation.measure(factor.argument, bindings).value != 0.0]
    return _multiplied([*others, *(evaluation.measure(factor, bindings) for factor in logarithms)])


def _product_over(evaluation: _Evaluation, node: ProductOver, bindings: Bindings) -> Measured:
    return _multiplied(list(evaluation.over(node, bindings)))


def _quotient(evaluation: _Evaluation, node: Quotient, bindings: Bindings) -> Measured:
    above = evaluation.measure(node.numerator, bindings)
    below = evaluation.measure(node.denominator, bindings)
    if _is_zero(above) and not _is_zero(below):
        return above  # also where the denominator underflowed
    value = above.value / below.value
    return _rounded(value, (above.error + abs(value) * below.error) / abs(below.value))


def _power(evaluation: _Evaluation, node: Power, bindings: Bindings) -> Measured:
    base = evaluation.measure(node.base, bindings)
    exponent = evaluation.measure(node.exponent, bindings)
    value = base.value**exponent.value
    if isinstance(value, complex):
        raise NumberError(f"{evaluation.named(node, bindings)} is not a real number")
    around = abs(base.value) + base.error
    if not around:
        return _rounded(value, 0.0)
    by_base = abs(exponent.value) * around ** (exponent.value - 1.0) * base.error
    by_exponent = abs(value * math.log(around)) * exponent.error
    return _rounded(value, by_base + by_exponent)


def _negative(evaluation: _Evaluation, node: Negative, bindings: Bindings) -> Measured:
    value, size, error = evaluation.measure(node.operand, bindings)
    return Measured(-value, size, error)


def _apply(evaluation: _Evaluation, node: Apply, bindings: Bindings) -> Measured:
    argument = evaluation.measure(node.argument, bindings)
    u, off = argument.value, argument.error
    match node.function:
        case "sigma" | "sigma'":
            return _activation(evaluation, node, bindings, argument)
        case "ln":
            if u <= 0.0:
                raise NumberError(f"{evaluation.named(node, bindings)} is not a finite number")
            return _rounded(math.log(u), off / u)
        case "exp":
            value = math.exp(u)
            return _rounded(value, value * off)
        case "tanh":
            value = math.tanh(u)
            return _rounded(value, (1.0 - value * value) * off)
        case "max":
            return _rounded(max(u, 0.0), off if u > 0.0 else 0.0)
        case "step":
            return _exact(1.0 if u > 0.0 else 0.0)
        case name:
            raise QuantityError(f"no function is called {name}")


def _activation(evaluation: _Evaluation, node: Apply, bindings: Bindings, argument: Measured) -> Measured:
    trace = evaluation.trace(node)
    layer = trace.L if node.layer is None else value_of(node.layer, trace.L, bindings)
    if not 1 <= layer <= trace.L:
        raise QuantityError(f"there is no {node.function}[{layer}]: the layers with an activation are 1 to {trace.L}")
    name = trace.network.activations[layer - 1]
    if name == "softmax":
        raise QuantityError(f"{node.function}[{layer}] is softmax, which is not a function of one number")
    activation, u = ACTIVATIONS[name], np.asarray(argument.value)
    slope = float(activation.derivative(u))
    if node.function == "sigma":
        return _rounded(float(activation.value(u)), slope * argument.error)
    return _rounded(slope, 2.0 * slope * argument.error)  # |σ″| ≤ 2σ′ for each of them


_RULES: dict[type[Expression], Callable[[_Evaluation, Any, Bindings], Measured]] = {
    Number: lambda _, node, __: _exact(float(node.value)),
    Symbol: _symbol,
    Constant: _constant,
    LayerSize: _layer_size,
    Variable: _quantity,
    Derivative: _quantity,
    New: _new,
    Sum: _sum,
    SumOver: _sum_over,
    Mean: _mean,
    Product: _product,
    ProductOver: _product_over,
    Quotient: _quotient,
    Power: _power,
    Negative: _negative,
    Apply: _apply,
}
