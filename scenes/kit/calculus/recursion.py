"""The backward pass in general: where it starts, how it goes from layer to layer, what it leaves at each weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bp_core import general
from bp_core.equations import Equation
from bp_core.quantities import AnyIndex, C, Derivative, Index, Variable, a, b, d, delta, w
from scenes.kit.theme import Colour
from scenes.kit.view import View

_L_INDEX, _J, _K = Index("l"), Index("j"), Index("k")
#: The notations whose courses hand back δ; the others hand back ∂C/∂a.
_WITH_DELTA = frozenset({"delta", "from_to"})


@dataclass(frozen=True, slots=True)
class Recursion:
    """What a lesson's backward pass hands back: ∂C/∂a, or δ where softmax ties the outputs or the notation has it."""

    view: View
    by_delta: bool

    @classmethod
    def of(cls, view: View, notation: str) -> Recursion:
        """The one of a lesson."""
        return cls(view, notation in _WITH_DELTA or view.trace.network.activations[-1] == "softmax")

    def handed(self, layer: AnyIndex, j: AnyIndex) -> Variable | Derivative:
        """What a neuron gets from behind."""
        return delta(layer, j) if self.by_delta else d(C, a(layer, j))

    @property
    def colour(self) -> Colour:
        """Its colour."""
        theme = self.view.theme
        return theme.error if self.by_delta else theme.cost

    @property
    def start(self) -> Equation:
        """At the outputs."""
        return general.output_delta(self.view.trace) if self.by_delta else general.cost_derivative(self.view.trace)

    @property
    def back(self) -> Equation | None:
        """From a layer to the one before; None where no layer lies before the last."""
        trace = self.view.trace
        if trace.L == 1:
            return None
        if self.by_delta:
            return general.delta_recursion(trace)
        return general.activation_derivative(trace, a(_L_INDEX - 1, _K))

    @property
    def weight(self) -> Equation:
        """For a weight."""
        return self._parameter(lambda layer: w(layer, _J, _K))

    @property
    def bias(self) -> Equation:
        """For a bias."""
        return self._parameter(lambda layer: b(layer, _J))

    def _parameter(self, made: Callable[[AnyIndex], Variable]) -> Equation:
        if self.by_delta:
            return general.parameter_from_delta(made(_L_INDEX))
        return general.parameter_derivative(self.view.trace, made(_L_INDEX))


def forward(view: View) -> Mapping[str, Equation]:
    """The forward pass in general, by name."""
    trace = view.trace
    softmax = trace.network.activations[-1] == "softmax"
    found = {"input": general.input_layer(), "sum": general.weighted_sum(trace)}
    if not softmax or trace.L > 1:
        found["activation"] = general.activation(trace)
    if softmax:
        found["output"] = general.activation(trace, trace.L)
    return {**found, "cost": general.cost(trace)}
