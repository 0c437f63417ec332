"""The equations of backpropagation for one example and any network: forward pass, chain rule, δ.

Those of all examples are in :mod:`bp_core.averages`.

Each function gives an :class:`~bp_core.equations.Equation` in the form that fits the lesson's network and cost: a sum
over a layer of one neuron is written without its Σ, and behind softmax, where every z reaches every a, there is one
more sum. Indices that are not given are free: the equation is then a general one, which holds for all their values.

Sources: the chain rule and δ form of D. Rumelhart, G. Hinton and R. Williams, Learning representations by
back-propagating errors, Nature 323, 1986; δ at the output for each pair of cost and activation as in C. Bishop, Pattern
Recognition and Machine Learning, 2006, §5.2 and §5.3.

>>> from bp_core.costs import Cost
>>> from bp_core.network import Example, Network
>>> from bp_core.trace import trace
>>> network = Network.initialised([2, 3, 1], "sigmoid", "xavier")
>>> lesson = trace(network, Cost("squared_error"), [Example([0.3, 0.8], [1.0])])
>>> print(delta_recursion(lesson))
delta[l][j] = sigma'[l](z[l][j]) * sum(i, w[l+1][i][j] * delta[l+1][i])
>>> print(output_delta(lesson, j=0))
delta[2][0] = sigma'[2](z[2][0]) * 2 * (a[2][0] - y[0])
>>> output_delta(lesson, j=0).check(lesson)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_core.activations import ACTIVATIONS
from bp_core.costs import cost_derivative_formula, cost_formula
from bp_core.equations import Equation
from bp_core.nodes import Apply, Expression, Number, SumOver, Symbol, substitute
from bp_core.quantities import C, Index, Variable, a, b, d, delta, w, x, y, z

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_core.quantities import AnyIndex
    from bp_core.trace import Trace

l, j, k = Index("l"), Index("j"), Index("k")


# The forward pass.


def input_layer(k: AnyIndex = k) -> Equation:
    """a[0][k] = x[k]."""
    return Equation(a(0, k), x(k))


def weighted_sum(lesson: Trace, layer: AnyIndex = l, j: AnyIndex = j) -> Equation:
    """z[l][j] = Σₖ w[l][j][k] a[l−1][k] + b[l][j]."""
    total = _over(lesson, layer - 1, lambda k: w(layer, j, k) * a(layer - 1, k), "kipq", j)
    return Equation(z(layer, j), total + b(layer, j))


def activation(lesson: Trace, layer: AnyIndex = l, j: AnyIndex = j) -> Equation:
    """a[l][j] = σ(z[l][j]); of softmax exp(z[L][j]) / Σᵢ exp(z[L][i]), which a free layer leaves out."""
    if _softmax(lesson, layer):
        total = _over(lesson, layer, lambda i: Apply("exp", z(layer, i)), "ikpq", j)
        return Equation(a(layer, j), Apply("exp", z(layer, j)) / total)
    return Equation(a(layer, j), Apply("sigma", z(layer, j), layer))


def cost(lesson: Trace) -> Equation:
    """C over the outputs of the example in focus."""
    return Equation(C, cost_formula(lesson.cost, lesson.network.sizes))


# Each step's own derivative.


def local_derivative(lesson: Trace, of: Variable, by: Variable) -> Equation:
    """∂z/∂w = a, ∂z/∂b = 1, ∂z/∂a = w, or ∂a/∂z = σ′(z); of softmax aⱼ(1 − aⱼ), and −aⱼaᵢ by another zᵢ.

    Raises:
        ValueError: the one is not computed from the other directly.
    """
    match of, by:
        case Variable("z", neuron), Variable("w", (layer, j, k)) if neuron == (layer, j):
            return Equation(d(of, by), a(layer - 1, k))
        case Variable("z", neuron), Variable("b", same) if neuron == same:
            return Equation(d(of, by), Number(1))
        case Variable("z", (layer, j)), Variable("a", (before, k)) if layer == before + 1:
            return Equation(d(of, by), w(layer, j, k))
        case Variable("a", (layer, j)), Variable("z", (same, source)) if layer == same:
            return Equation(d(of, by), _activation_derivative(lesson, layer, j, source))
    raise ValueError(f"{of} is not computed from {by} directly")


def _activation_derivative(lesson: Trace, layer: AnyIndex, j: AnyIndex, source: AnyIndex) -> Expression:
    softmax = _softmax(lesson, layer)
    if j == source:
        return a(layer, j) * (1 - a(layer, j)) if softmax else _slope(layer, j)
    return -(a(layer, j) * a(layer, source)) if softmax else Number(0)


def slope_in_formula(lesson: Trace, layer: int, j: AnyIndex = j) -> Equation:
    """∂a/∂z as its layer's activation has it: a(1 − a) for sigmoid, 1 − a² for tanh, 1 for linear, …."""
    record = ACTIVATIONS[lesson.network.activations[layer - 1]]
    if record.name == "softmax":
        return local_derivative(lesson, a(layer, j), z(layer, j))
    formula = record.derivative_from_value or record.derivative_formula
    for symbol, quantity in (("a", a(layer, j)), ("z", z(layer, j))):
        formula = substitute(formula, Symbol(symbol), quantity)
    return Equation(d(a(layer, j), z(layer, j)), formula)


def cost_derivative(lesson: Trace, j: AnyIndex = j) -> Equation:
    """∂C/∂a[L][j], such as 2(a − y)."""
    formula = cost_derivative_formula(lesson.cost, lesson.L, j, lesson.network.sizes)
    return Equation(d(C, a(lesson.L, j)), formula)


# The chain rule, in symbols and with each factor's formula.


def parameter_chain(lesson: Trace, parameter: Variable) -> Equation:
    """∂C/∂w = ∂z/∂w · ∂a/∂z · ∂C/∂a for a weight or a bias; behind softmax ∂z/∂w Σᵢ ∂aᵢ/∂z · ∂C/∂aᵢ."""
    layer, j = parameter.indices[:2]
    return Equation(d(C, parameter), d(z(layer, j), parameter) * _cost_by_z(lesson, layer, j, parameter))


def activation_chain(lesson: Trace, activation: Variable) -> Equation:
    """∂C/∂a[l−1][k] = Σⱼ ∂z[l][j]/∂a[l−1][k] · ∂a[l][j]/∂z[l][j] · ∂C/∂a[l][j]; behind softmax over i as well."""
    before, k = activation.indices

    def along(j: AnyIndex) -> Expression:
        return d(z(before + 1, j), activation) * _cost_by_z(lesson, before + 1, j, activation)

    return Equation(d(C, activation), _over(lesson, before + 1, along, "jipq", k))


def through_neurons(lesson: Trace, by: Variable) -> Equation:
    """∂C/∂w = ∂C/∂a · ∂a/∂w by a parameter of a neuron, ∂C/∂a[l−1][k] = Σⱼ ∂C/∂a[l][j] · ∂a[l][j]/∂a[l−1][k].

    A neuron is one function of what it is made of here, without its z; behind softmax all outputs are.
    """
    layer = by.indices[0] + 1 if by.symbol == "a" else by.indices[0]
    if by.symbol == "a" or _softmax(lesson, layer):
        along = _over(lesson, layer, lambda i: d(C, a(layer, i)) * d(a(layer, i), by), "jipq", *by.indices)
        return Equation(d(C, by), along)
    neuron = a(layer, by.indices[1])
    return Equation(d(C, by), d(C, neuron) * d(neuron, by))


def neuron_derivative(lesson: Trace, of: Variable, by: Variable) -> Equation:
    """∂a/∂w = σ′(z) a[l−1][k], ∂a/∂b = σ′(z), ∂a/∂a[l−1][k] = σ′(z) w; of a linear neuron without the σ′.

    Of softmax it is ∂a/∂z · ∂z/∂w, by an activation summed over every z.
    """
    layer, j = of.indices
    if _softmax(lesson, layer):
        if by.symbol == "a":
            along = _over(lesson, layer, lambda i: d(of, z(layer, i)) * w(layer, i, by.indices[1]), "ikpq", *of.indices)
            return Equation(d(of, by), along)
        slope: Expression = d(of, z(layer, by.indices[1]))
    else:
        slope = _slope(layer, j)
    if by.symbol == "b":
        step: Expression = Number(1)
    else:
        step = w(layer, j, by.indices[1]) if by.symbol == "a" else a(layer - 1, by.indices[2])
    if isinstance(layer, int) and lesson.network.activations[layer - 1] == "linear":
        return Equation(d(of, by), step)
    return Equation(d(of, by), slope if by.symbol == "b" else slope * step)


def delta_chain(lesson: Trace, layer: AnyIndex = l, j: AnyIndex = j) -> Equation:
    """δ[l][j] = ∂a/∂z · ∂C/∂a; behind softmax Σᵢ ∂aᵢ/∂zⱼ · ∂C/∂aᵢ."""
    return Equation(delta(layer, j), _cost_by_z(lesson, layer, j))


def long_chain(lesson: Trace, parameter: Variable) -> Equation:
    """The way from a weight or bias (of a given layer) to C, every factor of it, where each layer has one neuron.

    Raises:
        ValueError: a layer on the way has several neurons, so that there are several ways.
    """
    first = parameter.indices[0]
    if not isinstance(first, int) or any(size > 1 for size in lesson.network.sizes[first:]):
        raise ValueError(f"from {parameter} to C there is more than one way")
    product: Expression = d(z(first, 0), parameter) * d(a(first, 0), z(first, 0))
    for layer in range(first + 1, lesson.L + 1):
        product = product * d(z(layer, 0), a(layer - 1, 0)) * d(a(layer, 0), z(layer, 0))
    return Equation(d(C, parameter), product * d(C, a(lesson.L, 0)))


def parameter_derivative(lesson: Trace, parameter: Variable) -> Equation:
    """∂C/∂w = a[l−1][k] σ′(z) ∂C/∂a, ∂C/∂b = σ′(z) ∂C/∂a; in the last layer with the formula of ∂C/∂a."""
    layer, j = parameter.indices[:2]
    slope = _delta_in_formula(lesson, layer, j)
    return Equation(d(C, parameter), slope if parameter.symbol == "b" else a(layer - 1, parameter.indices[2]) * slope)


def activation_derivative(lesson: Trace, activation: Variable) -> Equation:
    """∂C/∂a[l−1][k] = Σⱼ w[l][j][k] σ′(z[l][j]) ∂C/∂a[l][j]; before the last layer with the formula of ∂C/∂a."""
    before, k = activation.indices

    def along(j: AnyIndex) -> Expression:
        return w(before + 1, j, k) * _delta_in_formula(lesson, before + 1, j)

    return Equation(d(C, activation), _over(lesson, before + 1, along, "jipq", k))


# The δ form.


def output_delta(lesson: Trace, j: AnyIndex = j) -> Equation:
    """δ[L][j]: a − y for a cross-entropy with its outputs, else σ′(z) times the formula of ∂C/∂a."""
    L = lesson.L
    if lesson.cost.record.output_activation:
        return Equation(delta(L, j), a(L, j) - y(j))
    return Equation(delta(L, j), _delta_in_formula(lesson, L, j))


def delta_recursion(lesson: Trace, layer: AnyIndex = l, j: AnyIndex = j) -> Equation:
    """δ[l][j] = σ′(z[l][j]) Σᵢ w[l+1][i][j] δ[l+1][i], for l < L."""
    handed_back = _over(lesson, layer + 1, lambda i: w(layer + 1, i, j) * delta(layer + 1, i), "ikpq", j)
    return Equation(delta(layer, j), _slope(layer, j) * handed_back)


def delta_is_derivative(layer: AnyIndex = l, j: AnyIndex = j) -> Equation:
    """δ[l][j] = ∂C/∂z[l][j]."""
    return Equation(delta(layer, j), d(C, z(layer, j)))


def parameter_from_delta(parameter: Variable) -> Equation:
    """∂C/∂w = δ[l][j] a[l−1][k], ∂C/∂b = δ[l][j]."""
    return Equation(d(C, parameter), by_delta(parameter))


def by_delta(parameter: Variable, example: AnyIndex | None = None) -> Expression:
    """An example's derivative by a weight or a bias from δ: δ[l][j] a[l−1][k], or δ[l][j]."""
    layer, j, *before = parameter.indices
    slope = delta(layer, j).at_example(example)
    return slope * a(layer - 1, before[0]).at_example(example) if before else slope


# What they are made of.


def _slope(layer: AnyIndex, j: AnyIndex) -> Expression:
    return Apply("sigma'", z(layer, j), layer)


def _cost_by_z(lesson: Trace, layer: AnyIndex, j: AnyIndex, start: Variable | None = None) -> Expression:
    """∂a/∂z · ∂C/∂a of neuron j; over all neurons i that z[l][j] reaches where that can be softmax."""
    if not _softmax(lesson, layer, maybe=True):
        return d(a(layer, j), z(layer, j)) * d(C, a(layer, j))
    used = (j, *(start.indices if start else ()))
    return _over(lesson, layer, lambda i: d(a(layer, i), z(layer, j)) * d(C, a(layer, i)), "ikpq", *used)


def _delta_in_formula(lesson: Trace, layer: AnyIndex, j: AnyIndex) -> Expression:
    """σ′(z) ∂C/∂a, in the last layer with the formula of ∂C/∂a; of softmax a − y or the sum over i."""
    if not _is_last(lesson, layer):
        return _slope(layer, j) * d(C, a(layer, j))
    if not _softmax(lesson, layer):
        return _slope(layer, j) * cost_derivative(lesson, j).right
    if lesson.cost.record.output_activation:
        return a(layer, j) - y(j)
    return _over(lesson, layer, lambda i: d(a(layer, i), z(layer, j)) * cost_derivative(lesson, i).right, "ikpq", j)


def _is_last(lesson: Trace, layer: AnyIndex) -> bool:
    return layer in (lesson.L, Index("L"))


def _softmax(lesson: Trace, layer: AnyIndex, *, maybe: bool = False) -> bool:
    """Whether a layer is of softmax; ``maybe``: whether a free layer can come to be."""
    free = isinstance(layer, Index) and layer.name != "L"
    return lesson.network.activations[-1] == "softmax" and (_is_last(lesson, layer) or (maybe and free))


def _over(
    lesson: Trace, layer: AnyIndex, term: Callable[[AnyIndex], Expression], names: str, *used: AnyIndex
) -> Expression:
    """The sum of a term over the neurons of a layer, by the first name that is not in use; of one neuron, the term."""
    sizes = lesson.network.sizes
    if isinstance(layer, Index):
        possible = {sizes[lesson.L + layer.offset]} if layer.name == "L" else set(sizes)
    else:
        possible = {sizes[layer]}
    if possible == {1}:
        return term(0)
    name = next(name for name in names if all(not isinstance(i, Index) or i.name != name for i in used))
    return SumOver(name, term(Index(name)))
