"""The same lesson, but for one of its keys: other activations, another cost, another training.

The film record tells such numbers apart by what the lesson would have to say instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from bp_core.costs import Cost
from bp_core.equations import Equation
from bp_core.evaluation import NO_BINDINGS
from bp_core.indices import Bindings, bind
from bp_core.network import Example, Network
from bp_core.trace import Trace, trace
from bp_core.training import Training
from scenes.kit.view import View


def otherwise(
    view: View,
    *,
    activations: Sequence[str] | None = None,
    cost: Cost | None = None,
    training: Training | None = None,
) -> View:
    """The view of the lesson with these in place of its own.

    Raises:
        ValueError: they do not go together, as softmax before the last layer.
    """
    given = view.trace
    network = given.network
    instead = dict(view.instead)
    if activations is not None and tuple(activations) != network.activations:
        network = Network(network.weights, network.biases, tuple(activations))
        instead["activations"] = ", ".join(activations)
    if cost is not None and cost != given.cost:
        instead["cost"] = cost.function + (f", l2 {cost.l2!r}" if cost.l2 else "")
    if training is not None and training != given.training:
        instead["training"] = _told(training)
    examples = [Example(x, y) for x, y in zip(given.data.x, given.data.y, strict=True)]
    other = trace(network, cost or given.cost, examples, training or given.training, given.focus)
    return replace(view, trace=other, instead=tuple(instead.items()))


@dataclass(frozen=True, slots=True)
class EquationThere(Equation):
    """An equation that is claimed of another trace than the one it is held against, wherever that comes from."""

    there: Trace

    def bound(self, bindings: Bindings, last_layer: int | None = None) -> EquationThere:
        """The equation at given values of its free indices."""
        sides = bind(self.left, bindings, last_layer), bind(self.right, bindings, last_layer)
        return EquationThere(*sides, self.there)

    def cases(self, trace: Trace) -> Iterator[Equation]:  # noqa: ARG002
        """The equation at every value that its free indices can take there."""
        return Equation.cases(self, self.there)

    def sides(self, trace: Trace, step: int = 0, bindings: Bindings = NO_BINDINGS) -> tuple[float, float]:  # noqa: ARG002
        """The values of both sides there."""
        return Equation.sides(self, self.there, step, bindings)

    def check(self, trace: Trace, step: int = 0) -> None:  # noqa: ARG002
        """Refuse it unless it holds there."""
        Equation(self.left, self.right).check(self.there, step)


def _told(training: Training) -> str:
    """What a training's keys say where they are not the usual ones."""
    said = ((field.name, getattr(training, field.name), field.default) for field in fields(training))
    return ", ".join(f"{name} {value}" for name, value, usual in said if value != usual)
