"""Expressions become numbers: the value of a tree of :mod:`bp_core.nodes` in a trace, with its rounding error."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from bp_core.activations import ACTIVATIONS
from bp_core.errors import NOT_FINITE, NumberError, QuantityError
from bp_core.example_block import example_blocks
from bp_core.indices import Bindings, bind, counts_examples, index_range, resolve, value_of
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
from bp_core.quantities import Derivative, Index, Variable
from bp_core.rounding import (
    FUNCTIONS,
    Measured,
    NotRealError,
    activated,
    added,
    added_up,
    divided,
    exact,
    multiplied,
    negated,
    raised,
    rounded,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_core.example_block import ExampleBlock
    from bp_core.trace import Trace

NO_BINDINGS: Bindings = MappingProxyType({})
#: From so many examples on, a sum or mean over them takes them together, in arrays.
MANY = 64


def measure(expression: Expression, trace: Trace | None, step: int = 0, bindings: Bindings = NO_BINDINGS) -> Measured:
    """The value of an expression together with what :class:`Measured` says of it; else as :func:`evaluate`."""
    return _Evaluation(trace.at_step(step) if trace else None).measure(expression, bindings)


def evaluate(expression: Expression, trace: Trace | None, step: int = 0, bindings: Bindings = NO_BINDINGS) -> float:
    """The value of an expression, after ``step`` updates.

    ``bindings`` gives values to free indices and symbols. A formula of nothing but numbers and symbols needs no trace.
    0 · ln 0 counts as 0 where the 0 is exact, such as a target, as information theory has it. exp(u) / Σ exp(v) has its
    value also where the powers leave float64.

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
    """About how many quantities and numbers are looked up for the value, each sum and mean written out."""
    if isinstance(expression, SumOver | ProductOver | Mean):
        run = index_range(expression.index, (expression.body,), trace, bindings)
        if not run:
            return 1
        inside = leaf_count(expression.body, trace, {**bindings, expression.index: run.start})
        together = len(run) >= MANY and counts_examples(expression.index, expression.body)
        return MANY * inside if together else len(run) * inside
    return sum(leaf_count(child, trace, bindings) for child in expression.children()) or 1


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """One evaluation: where the numbers come from.

    While examples are taken together, ``block`` are those that the index ``over`` stands for.
    """

    given: Trace | None
    over: str | None = None
    block: ExampleBlock | None = None

    def trace(self, needed_for: Expression) -> Trace:
        if self.given is None:
            raise QuantityError("%(what)s has no value without a network", what=needed_for)
        return self.given

    def measure(self, node: Expression, bindings: Bindings) -> Measured:
        try:
            measured = _RULES[type(node)](self, node, bindings)
        except (OverflowError, ZeroDivisionError):
            raise NumberError(NOT_FINITE, **self.parts(node, bindings)) from None
        except NotRealError:
            raise NumberError("%(name)s%(moment)s is not a real number", **self.parts(node, bindings)) from None
        if not measured.is_finite():
            raise NumberError(NOT_FINITE, **self.parts(node, bindings))
        return measured

    def parts(self, node: Expression, bindings: Bindings) -> dict[str, object]:
        """What an error says of the node."""
        return {"name": bind(node, bindings), "moment": self.given.moment if self.given else ""}

    def running(self, node: SumOver | ProductOver | Mean, bindings: Bindings) -> range:
        return index_range(node.index, (node.body,), self.trace(node), bindings)

    def one_by_one(self, node: SumOver | ProductOver | Mean, run: range, bindings: Bindings) -> list[Measured]:
        inner = replace(self, over=None, block=None) if node.index == self.over else self
        return [inner.measure(node.body, {**bindings, node.index: value}) for value in run]

    def together(self, node: SumOver | Mean, run: range, bindings: Bindings) -> Measured:
        """The sum over many examples, block by block."""
        trace = self.trace(node)
        outer = {name: value for name, value in bindings.items() if name != node.index}
        parts = []
        with np.errstate(all="ignore"):
            for block in example_blocks(trace, run):
                inner = _Evaluation(trace, node.index, block)
                parts.append(added_up(inner.measure(node.body, outer), len(block)))
        return added(parts)


def _symbol(_: _Evaluation, node: Symbol, bindings: Bindings) -> Measured:
    if node.name not in bindings:
        raise QuantityError("nothing gives the symbol %(name)s a value", name=node.name)
    return exact(float(bindings[node.name]))


def _constant(evaluation: _Evaluation, node: Constant, _: Bindings) -> Measured:
    trace = evaluation.trace(node)
    match node.name:
        case "m":
            return exact(float(len(trace.examples)))
        case "l2":
            return exact(trace.cost.l2)
        case "eta":
            if trace.training is None:
                raise QuantityError("eta is the learning rate, and this lesson has no training")
            return exact(trace.training.learning_rate)
        case name:
            raise QuantityError("no constant is called %(name)s", name=name)


def _layer_size(evaluation: _Evaluation, node: LayerSize, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    layer = value_of(node.layer, trace.L, bindings)
    if not 0 <= layer <= trace.L:
        raise QuantityError("there is no n[%(layer)s]: the layers are 0 to %(last)s", layer=layer, last=trace.L)
    return exact(float(trace.network.sizes[layer]))


def _quantity(evaluation: _Evaluation, node: Variable | Derivative, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    if isinstance(node.example, Index) and node.example.name == evaluation.over and evaluation.block:
        named = resolve(node.at_example(None), trace.L, bindings)
        value = evaluation.block.shifted(node.example.offset).value(named)
    else:
        value = trace.value(resolve(node, trace.L, bindings))
    # Parameters and data are what they are; everything else has been rounded on its way.
    return exact(value) if isinstance(node, Variable) and node.symbol in "wbxy" else rounded(value)


def _new(evaluation: _Evaluation, node: New, bindings: Bindings) -> Measured:
    trace = evaluation.trace(node)
    parameter = resolve(node.variable, trace.L, bindings)
    if trace.training is None:
        raise QuantityError(
            "new(%(parameter)s) is a value after an update, and this lesson has no training", parameter=parameter
        )
    return rounded(trace.next_parameters().parameter(parameter))


def _summed(evaluation: _Evaluation, node: SumOver | Mean, run: range, bindings: Bindings) -> Measured:
    if len(run) >= MANY and evaluation.block is None and counts_examples(node.index, node.body):
        # What is not finite is told by the example that it is of.
        with suppress(NumberError):
            return evaluation.together(node, run, bindings)
    return added(evaluation.one_by_one(node, run, bindings))


def _sum_over(evaluation: _Evaluation, node: SumOver, bindings: Bindings) -> Measured:
    return _summed(evaluation, node, evaluation.running(node, bindings), bindings)


def _mean(evaluation: _Evaluation, node: Mean, bindings: Bindings) -> Measured:
    run = evaluation.running(node, bindings)
    total, count = _summed(evaluation, node, run, bindings), len(run)
    mean = rounded(total.value / count, total.error / count)
    return mean._replace(size=total.size / count)


def _product_over(evaluation: _Evaluation, node: ProductOver, bindings: Bindings) -> Measured:
    return multiplied(evaluation.one_by_one(node, evaluation.running(node, bindings), bindings))


def _product(evaluation: _Evaluation, node: Product, bindings: Bindings) -> Measured:
    logarithms = [factor for factor in node.factors if isinstance(factor, Apply) and factor.function == "ln"]
    others = [evaluation.measure(factor, bindings) for factor in node.factors if factor not in logarithms]
    if any(factor.is_zero() for factor in others):  # 0 · ln 0 = 0
        logarithms = [factor for factor in logarithms if evaluation.measure(factor.argument, bindings).value != 0.0]
    return multiplied([*others, *(evaluation.measure(factor, bindings) for factor in logarithms)])


def _quotient(evaluation: _Evaluation, node: Quotient, bindings: Bindings) -> Measured:
    try:
        return divided(evaluation.measure(node.numerator, bindings), evaluation.measure(node.denominator, bindings))
    except (NumberError, ZeroDivisionError):
        match node:
            case Quotient(Apply("exp", one), SumOver(_, Apply("exp", each)) as powers) if evaluation.block is None:
                run = evaluation.running(powers, bindings)
                exponents = evaluation.one_by_one(replace(powers, body=each), run, bindings)
                return _share(evaluation.measure(one, bindings), exponents)
            case Quotient(Apply("exp", one), Apply("exp", other)):
                return _share(evaluation.measure(one, bindings), [evaluation.measure(other, bindings)])
        raise


def _share(exponent: Measured, exponents: Sequence[Measured]) -> Measured:
    """exp(u) / Σ exp(v), as softmax has it, where a power leaves float64: each is taken as a part of the largest."""
    # What all of them are shifted by cancels, however it is rounded.
    largest = exact(-max(v.value for v in exponents))
    above, *below = (FUNCTIONS["exp"](added([v, largest])) for v in [exponent, *exponents])
    return divided(above, added(below))


def _apply(evaluation: _Evaluation, node: Apply, bindings: Bindings) -> Measured:
    argument = evaluation.measure(node.argument, bindings)
    if node.function in ("sigma", "sigma'"):
        return _activation(evaluation, node, bindings, argument)
    if node.function not in FUNCTIONS:
        raise QuantityError("no function is called %(name)s", name=node.function)
    return FUNCTIONS[node.function](argument)


def _activation(evaluation: _Evaluation, node: Apply, bindings: Bindings, argument: Measured) -> Measured:
    trace = evaluation.trace(node)
    layer = trace.L if node.layer is None else value_of(node.layer, trace.L, bindings)
    if not 1 <= layer <= trace.L:
        raise QuantityError(
            "there is no %(name)s[%(layer)s]: the layers with an activation are 1 to %(last)s",
            name=node.function,
            layer=layer,
            last=trace.L,
        )
    name = trace.network.activations[layer - 1]
    if name == "softmax":
        raise QuantityError(
            "%(name)s[%(layer)s] is softmax, which is not a function of one number", name=node.function, layer=layer
        )
    activation = ACTIVATIONS[name]
    return activated(argument, activation.value, activation.derivative, derivative=node.function == "sigma'")


_RULES: dict[type[Expression], Callable[[_Evaluation, Any, Bindings], Measured]] = {
    Number: lambda _, node, __: exact(float(node.value)),
    Symbol: _symbol,
    Constant: _constant,
    LayerSize: _layer_size,
    Variable: _quantity,
    Derivative: _quantity,
    New: _new,
    Sum: lambda evaluation, node, bindings: added([evaluation.measure(term, bindings) for term in node.terms]),
    SumOver: _sum_over,
    Mean: _mean,
    Product: _product,
    ProductOver: _product_over,
    Quotient: _quotient,
    Power: lambda evaluation, node, bindings: raised(
        evaluation.measure(node.base, bindings), evaluation.measure(node.exponent, bindings)
    ),
    Negative: lambda evaluation, node, bindings: negated(evaluation.measure(node.operand, bindings)),
    Apply: _apply,
}
