"""The equations of backpropagation over all examples: the cost and its gradient as averages, penalty, update.

Indices that are not given are free, as in :mod:`bp_core.general`. The penalty λ/(2m) Σ w² leaves the biases out; its
terms are written only where the lesson has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_core.equations import Equation
from bp_core.general import by_delta
from bp_core.nodes import Constant, Mean, New, SumOver
from bp_core.quantities import C, Index, J, d, w

if TYPE_CHECKING:
    from bp_core.nodes import Expression
    from bp_core.quantities import Variable
    from bp_core.trace import Trace

l, j, k, e = Index("l"), Index("j"), Index("k"), Index("e")
_M, _L2, _ETA = Constant("m"), Constant("l2"), Constant("eta")


def total_cost(lesson: Trace) -> Equation:
    """J = mean of C + (λ/(2m)) Σ w², the penalty only where there is one."""
    mean: Expression = Mean("e", C.at_example(e))
    if lesson.cost.l2:
        squares = SumOver("l", SumOver("j", SumOver("k", w(l, j, k) ** 2)))
        mean += _L2 / (2 * _M) * squares
    return Equation(J, mean)


def average(lesson: Trace, parameter: Variable) -> Equation:
    """∂J/∂w = mean of ∂C/∂w over the examples, and (λ/m) w for a weight where there is a penalty."""
    mean: Expression = Mean("e", d(C, parameter).at_example(e))
    return Equation(d(J, parameter), mean + _L2 / _M * parameter if _penalised(lesson, parameter) else mean)


def accumulation(lesson: Trace, parameter: Variable) -> Equation:
    """D = ∂J/∂w = (Δ + λw)/m with Δ = Σ δ[l][j] a[l−1][k] over the examples; for a bias (Σ δ[l][j])/m."""
    total: Expression = SumOver("e", by_delta(parameter, e))
    return Equation(d(J, parameter), (total + _L2 * parameter if _penalised(lesson, parameter) else total) / _M)


def update(lesson: Trace, parameter: Variable, step: int = 0) -> Equation:
    """new(w) = w − η ∂J/∂w at ``step``, the gradient taken over the examples of the batch.

    Raises:
        ValueError: the lesson has no training, or its optimizer goes by more than this gradient.
    """
    training = lesson.training
    if training is None:
        raise ValueError(f"{New(parameter)}: this lesson has no training")
    if training.optimizer != "sgd" and not (training.optimizer == "momentum" and step == 0):
        raise ValueError(f"{New(parameter)}: {training.optimizer} goes by more than the gradient of this moment")
    batch = lesson.steps.reached(step + 1).batch
    if len(batch) == len(lesson.examples):
        return Equation(New(parameter), parameter - _ETA * d(J, parameter))
    first, *others = (d(C, parameter).at_example(example) for example in batch)
    slope: Expression = first
    for other in others:
        slope += other
    if others:
        slope /= len(batch)
    if _penalised(lesson, parameter):
        slope += _L2 / _M * parameter
    return Equation(New(parameter), parameter - _ETA * slope)


def _penalised(lesson: Trace, parameter: Variable) -> bool:
    return lesson.cost.l2 > 0.0 and parameter.symbol == "w"
