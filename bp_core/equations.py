"""Equations: two expressions that claim to be the same number, and are held to it.

:meth:`Equation.check` refuses an equation unless both sides agree at the lesson's parameters and at slightly different
ones, so that none passes that is true by coincidence. Derivatives are the exact ones of the trace, so that a relu's
kink between two parameter sets does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from bp_core.errors import Decimal, EquationError, QuantityError
from bp_core.evaluation import NO_BINDINGS, evaluate, leaf_count, magnitude, measure
from bp_core.indices import Bindings, assignments, bind
from bp_core.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_core.nodes import Expression
    from bp_core.rounding import Measured

__all__ = ["Equation", "EquationError", "evaluate", "magnitude"]

#: How far two sides may be apart, as a part of the size of their terms.
TOLERANCE = 1e-9
#: Rounding that is allowed for on top, as a multiple of the first-order bound that is carried along.
ROUNDING = 64.0
#: How many other parameter sets an equation has to hold at.
NEARBY = 3
#: How many values of its free indices a general equation is tried at: at most so many in all, and at least, for any
#: number of terms to add up in each, so many; between the two as many as come to so many terms.
MOST_CASES = 256
LEAST_CASES = 8
MOST_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Equation:
    """Two expressions that claim to be the same number.

    Indices that nothing binds make it a general equation, which claims it for all their values.

    >>> from bp_core.nodes import Apply
    >>> from bp_core.quantities import a, z
    >>> print(Equation(a(2, 0), Apply("sigma", z(2, 0), 2)))
    a[2][0] = sigma[2](z[2][0])
    """

    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"

    def bound(self, bindings: Bindings, last_layer: int | None = None) -> Equation:
        """The equation at given values of its free indices, and of L where ``last_layer`` is given."""
        return Equation(bind(self.left, bindings, last_layer), bind(self.right, bindings, last_layer))

    def cases(self, trace: Trace) -> Iterator[Equation]:
        """The equation at every value that its free indices can take together."""
        for bindings in assignments((self.left, self.right), trace):
            yield self.bound(bindings)

    def sides(self, trace: Trace, step: int = 0, bindings: Bindings = NO_BINDINGS) -> tuple[float, float]:
        """The values of both sides, whether they agree or not."""
        return evaluate(self.left, trace, step, bindings), evaluate(self.right, trace, step, bindings)

    def check(self, trace: Trace, step: int = 0) -> None:
        """Refuse the equation unless it holds here and at slightly different parameters.

        A general equation is tried at all values of its free indices; if they are many, at some in every layer.
        The sides may be ``TOLERANCE`` times the size of their terms apart, and what rounding explains.

        Raises:
            EquationError: the sides differ; the message says both.
            QuantityError: a part of it has no value here, or no values of its free indices fit this network.
            NumberError: a part of it overflows or is not a number.
        """
        cases = self._tried(trace)
        if not cases:
            raise QuantityError("%(equation)s: in this network there are no such indices", equation=self)
        here = trace.at_step(step)
        for place in (here, *nearby(here)):
            for bindings in cases:
                left, right = measure(self.left, place, 0, bindings), measure(self.right, place, 0, bindings)
                if not _agree(left, right):
                    one, other = _told_apart(left.value, right.value)
                    parts = {
                        "side": bind(self.left, bindings),
                        "one": Decimal(one),
                        "other": Decimal(other),
                        "moment": here.moment,
                    }
                    if place is here:
                        raise EquationError("%(side)s is %(one)s but the right side is %(other)s%(moment)s", **parts)
                    raise EquationError(
                        "%(side)s is %(one)s but the right side is %(other)s at slightly different parameters"
                        "%(moment)s",
                        **parts,
                    )

    def _tried(self, trace: Trace) -> list[dict[str, int]]:
        """The values of its free indices to try it at: fewer, the more terms there are to add up in each."""
        cases = list(assignments((self.left, self.right), trace, MOST_CASES))
        if not cases:
            return cases
        terms = sum(leaf_count(side, trace, cases[0]) for side in (self.left, self.right))
        most = max(LEAST_CASES, MOST_TERMS // terms)
        return cases if len(cases) <= most else list(assignments((self.left, self.right), trace, most))


def nearby(trace: Trace) -> tuple[Trace, ...]:
    """The same lesson at slightly different parameters, a few times; always the same ones for a trace."""
    if trace not in _NEARBY:
        _NEARBY[trace] = tuple(_nudged(trace, seed) for seed in range(NEARBY))
    return _NEARBY[trace]


#: Every equation of a lesson is checked at the same other parameters, so that they are traced once.
_NEARBY: WeakKeyDictionary[Trace, tuple[Trace, ...]] = WeakKeyDictionary()


def _nudged(trace: Trace, seed: int) -> Trace:
    vector = trace.network.vector
    changes = 0.01 * (1.0 + np.abs(vector)) * np.random.default_rng(seed).uniform(-1.0, 1.0, vector.shape)
    network = trace.network.with_vector(vector + changes)
    return Trace(trace.steps.from_(0, network), trace.training, trace.focus)


def _agree(left: Measured, right: Measured) -> bool:
    allowed = TOLERANCE * max(left.size, right.size) + ROUNDING * (left.error + right.error)
    return abs(left.value - right.value) <= allowed


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Both numbers with as few digits as show that they differ, three at least."""
    for digits in range(3, 17):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(one), repr(other)
