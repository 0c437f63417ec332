"""A network worked out by hand: what each neuron is made of, and how the loss depends on it, term by term.

Sums are written out while they are short; where layers are wide, Σ stands for them, and the first neurons for all.
"""

from __future__ import annotations

from dataclasses import dataclass

from bp_core import general
from bp_core.activations import ACTIVATIONS
from bp_core.costs import cost_derivative_formula
from bp_core.equations import Equation
from bp_core.nodes import Apply, Expression, LayerSize, Number, Product, Sum, SumOver, Symbol, substitute
from bp_core.quantities import AnyIndex, C, Derivative, Index, Variable, a, b, d, w, z
from bp_core.trace import Trace
from scenes.kit.pictures.chain import places

#: The most terms of a sum that is written out where there is room, and the most neurons that stand for all of a layer.
_TERMS, _NEURONS = 3, 2


@dataclass(frozen=True, slots=True)
class Worked:
    """The equations of a network around one of its outputs."""

    trace: Trace
    output: int = 0
    #: The most terms of a sum that is written out.
    terms: int = _TERMS
    #: Whether a neuron's weighted sum has an equation of its own, as it has with softmax.
    apart: bool = False

    @property
    def L(self) -> int:  # noqa: N802 - the field's own name
        """The number of the last layer."""
        return self.trace.L

    @property
    def prediction(self) -> Variable:
        """The output that is followed."""
        return a(self.L, self.output)

    def neurons(self, layer: int) -> tuple[Variable, ...]:
        """The first neurons of a layer, which stand for all; in the last layer the one that is followed."""
        if layer == self.L:
            return (self.prediction,)
        return tuple(a(layer, j) for j in range(min(_NEURONS, self.trace.sizes[layer])))

    def whole(self, layer: int) -> bool:
        """Whether these are all its neurons."""
        return len(self.neurons(layer)) == self.trace.sizes[layer]

    def weights(self, neuron: Variable) -> tuple[Variable, ...]:
        """The weights into a neuron from those."""
        layer, j = places(neuron)
        return tuple(w(layer, j, places(before)[1]) for before in self.neurons(layer - 1))

    def parameters(self, neuron: Variable) -> tuple[Variable, ...]:
        """The same, and its bias."""
        return (*self.weights(neuron), b(*neuron.indices))

    def parameters_of_layer(self, layer: int) -> tuple[Variable, ...]:
        """Those of the neurons that stand for all."""
        return tuple(parameter for neuron in self.neurons(layer) for parameter in self.parameters(neuron))

    def parameter_count(self, layer: int) -> Expression:
        """How many weights and biases a layer has."""
        return LayerSize(layer) * LayerSize(layer - 1) + LayerSize(layer)

    # -- forward -------------------------------------------------------------

    def written_out(self, neuron: Variable) -> bool:
        """Whether the neuron's sum is written term by term."""
        return self.trace.sizes[places(neuron)[0] - 1] <= self.terms

    def weighted_sum(self, neuron: Variable) -> Expression:
        """The sum of what comes in, each times its weight, and the bias."""
        layer, j = places(neuron)
        if not self.written_out(neuron):
            return SumOver("k", w(layer, j, Index("k")) * a(layer - 1, Index("k"))) + b(layer, j)
        terms = [w(layer, j, k) * a(layer - 1, k) for k in range(self.trace.sizes[layer - 1])]
        return Sum((*terms, b(layer, j)))

    def definitions(self, neuron: Variable) -> tuple[Equation, ...]:
        """What a neuron is: σ of its weighted sum; with softmax, or where the two stand ``apart``, two equations."""
        layer, j = places(neuron)
        total = self.weighted_sum(neuron)
        kind = self.trace.network.activations[layer - 1]
        if kind == "softmax" or (self.apart and kind != "linear"):
            return general.activation(self.trace, layer, j), Equation(z(layer, j), total)
        return (Equation(neuron, total if kind == "linear" else Apply("sigma", total, layer)),)

    # -- backward ------------------------------------------------------------

    @property
    def loss_by_prediction(self) -> Derivative:
        """∂L/∂ŷ."""
        return d(C, self.prediction)

    @property
    def loss_formula(self) -> Expression:
        """What that is: 2(ŷ − y)."""
        return cost_derivative_formula(self.trace.cost, self.L, self.output, self.trace.sizes)

    def through(self, by: Variable) -> Expression:
        """The chain rule over the neuron that a parameter or an activation feeds, or over all such neurons."""
        return general.through_neurons(self.trace, by).right

    def computed(self, by: Variable, *, upstream: bool = False) -> Expression:
        """The same with each factor's formula; with ``upstream`` the loss's derivative by the neuron stays a symbol."""
        layer, j, *_ = places(by)
        layer += by.symbol == "a"
        if self._softmax(layer):
            into_all = general.activation_derivative if by.symbol == "a" else general.parameter_derivative
            return into_all(self.trace, by).right
        if by.symbol != "a":
            return self._along(layer, j, by, upstream=upstream)
        if self.trace.sizes[layer] == 1:
            return self._along(layer, 0, by, upstream=upstream)
        return SumOver("j", self._along(layer, Index("j"), by, upstream=upstream))

    def whole_way(self, parameter: Variable) -> Expression | None:
        """A derivative by a parameter of the layer before the last, every factor written out; None if ways add up."""
        layer, j, *_ = places(parameter)
        if layer != self.L - 1 or self.trace.sizes[-1] > 1 or self._softmax(self.L):
            return None
        own = general.neuron_derivative(self.trace, a(layer, j), parameter).right
        back = self.computed(a(layer, j))
        return back if own == Number(1) else back * own

    def numbers(self, by: Variable) -> Expression | None:
        """The product whose factors are to stand as numbers; None where it is a sum, or one factor alone."""
        product = self.through(by)
        if isinstance(product, SumOver) or self._own(by) == Number(1):
            return None
        return product

    def slope(self, neuron: Variable, *, of_the_sum: bool = False) -> Equation | None:
        """σ′(z) by the neuron's own value, a(1 − a), or ``of_the_sum``: σ(z)(1 − σ(z)); None without such a form."""
        layer, j = places(neuron)
        kind = self.trace.network.activations[layer - 1]
        form = ACTIVATIONS[kind].derivative_from_value
        if form is None or kind in {"linear", "softmax"}:
            return None
        own = Apply("sigma", z(layer, j), layer) if of_the_sum else neuron
        return Equation(self.slope_symbol(neuron), substitute(form, Symbol("a"), own))

    def slope_symbol(self, neuron: Variable) -> Apply:
        """σ′(z)."""
        layer, j = places(neuron)
        return Apply("sigma'", z(layer, j), layer)

    def steps_back(self, neuron: Variable) -> tuple[Equation, ...]:
        """The derivatives by a neuron's parameters, with the loss's derivative by the neuron as a symbol."""
        return tuple(Equation(d(C, p), self.computed(p, upstream=True)) for p in self.parameters(neuron))

    def _along(self, layer: int, j: AnyIndex, by: Variable, *, upstream: bool) -> Expression:
        last = layer == self.L and not upstream
        outer: Expression = d(C, a(layer, j))
        if last:
            outer = cost_derivative_formula(self.trace.cost, layer, j, self.trace.sizes)
        step = general.neuron_derivative(self.trace, a(layer, j), by).right
        return outer if step == Number(1) else outer * step

    def _own(self, by: Variable) -> Expression | None:
        layer, j, *_ = places(by)
        if by.symbol == "a" or self._softmax(layer):
            return None
        return general.neuron_derivative(self.trace, a(layer, j), by).right

    def _softmax(self, layer: int) -> bool:
        return layer == self.L and self.trace.network.activations[-1] == "softmax"


def factors_of(expression: Expression) -> tuple[Expression, ...]:
    """The factors of a product; of anything else itself."""
    return expression.factors if isinstance(expression, Product) else (expression,)
