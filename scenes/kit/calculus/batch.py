"""What the next update follows: the examples of its batch, their mean cost and its derivatives, as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bp_core.network import Example
from bp_core.nodes import Constant, Expression, LayerSize, Mean, Number, Product, Quotient, Sum, SumOver, Symbol
from bp_core.quantities import C, Index, J, Variable, d
from bp_core.trace import trace
from bp_core.training import Training
from scenes.kit.view import View

#: λ, the strength of the penalty, and m, the number of examples.
PENALTY, EXAMPLES = Constant("l2"), Constant("m")


@dataclass(frozen=True, slots=True)
class Batch:
    """The examples of a trace's next update."""

    view: View
    examples: tuple[int, ...]

    @classmethod
    def next(cls, view: View) -> Batch:
        """The batch of the update after the view's step; the lesson needs training."""
        return cls(view, view.trace.steps.reached(view.step + 1).batch)

    @property
    def whole(self) -> bool:
        """Whether it is the whole data set."""
        return len(self.examples) == len(self.view.trace.examples)

    @property
    def single(self) -> bool:
        """Whether it is one example of several."""
        return len(self.examples) == 1 and not self.whole

    @property
    def cost(self) -> Expression:
        """Its mean cost; of the whole data set J, penalty included."""
        return J if self.whole else self._mean([C.at_example(self._named(example)) for example in self.examples])

    def derivative(self, parameter: Variable) -> Expression:
        """The derivative by a weight or bias of what the update follows: its mean cost, and the penalty's share."""
        if self.whole:
            return d(J, parameter)
        mean = self._mean([d(C, parameter).at_example(self._named(example)) for example in self.examples])
        return _with_penalty(self.view, mean, parameter)

    def written(self, parameter: Variable) -> Mapping[Expression, Expression]:
        """How the mean of several examples' derivatives is set in a formula: as a sum over the batch B."""
        if self.whole or self.single:
            return {}
        mean = self._mean([d(C, parameter).at_example(self._named(example)) for example in self.examples])
        over = SumOver("k in B", d(C, parameter).at_example(Index("k")))
        return {mean: Product((Quotient(Number(1), Symbol("abs(B)")), over))}

    @property
    def symbol(self) -> str:
        """The cost as its symbol: C_B is the mean over the batch B."""
        notation = self.view.notation
        if self.whole or self.single:
            return notation.variable(J if self.whole else C, self.view.net)
        return f"{notation.cost}_B"

    def _named(self, example: int) -> int | None:
        return None if example == self.view.trace.focus else example

    @staticmethod
    def _mean(terms: Sequence[Expression]) -> Expression:
        return terms[0] if len(terms) == 1 else Quotient(Sum(tuple(terms)), Number(len(terms)))


def stepped(batch: Batch, parameter: Variable) -> Expression:
    """The parameter after a plain step against what the batch says."""
    return parameter - Constant("eta") * batch.derivative(parameter)


def averaged_derivative(view: View, parameter: Variable) -> Expression:
    """What ∂J by a weight or bias is: the mean over all examples, and the penalty's share."""
    return _with_penalty(view, Mean("k", d(C, parameter).at_example(Index("k"))), parameter)


def penalised(view: View, parameter: Variable) -> bool:
    """Whether the cost of the data set holds a penalty on this parameter."""
    return view.trace.cost.l2 != 0 and parameter.symbol == "w"


def _with_penalty(view: View, mean: Expression, parameter: Variable) -> Expression:
    return mean + Constant("l2") / Constant("m") * parameter if penalised(view, parameter) else mean


def parameter_count(sizes: tuple[int, ...]) -> Expression:
    """How many weights and biases a network has."""
    layers = [LayerSize(n) * LayerSize(n - 1) + LayerSize(n) for n in range(1, len(sizes))]
    return sum(layers[1:], start=layers[0])


def training_of(view: View, learning_rate: float | None) -> Training | None:
    """The lesson's training with at least one step, at another learning rate if one is given."""
    training = view.trace.training
    if learning_rate is not None:
        training = replace(training or Training(learning_rate), learning_rate=learning_rate)
    return None if training is None else replace(training, epochs=max(1, training.epochs))


def trained(view: View, training: Training) -> View:
    """The same lesson, trained like this."""
    given = view.trace
    examples = [Example(x, y) for x, y in zip(given.data.x, given.data.y, strict=True)]
    return replace(view, trace=trace(given.network, given.cost, examples, training, given.focus))
