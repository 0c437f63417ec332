"""The whole algorithm on one card: the general equations that hold on a lesson, each with free indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bp_core import averages, general
from bp_core.quantities import Index, a, b, w, z

if TYPE_CHECKING:
    from bp_core.equations import Equation
    from bp_core.trace import Trace

l, j, k = Index("l"), Index("j"), Index("k")


def general_equations(lesson: Trace) -> dict[str, Equation]:
    """The equations of forward pass, backward pass and averages, by name; those of hidden layers if there are any."""
    weight, bias, before, L = w(l, j, k), b(l, j), a(l - 1, k), lesson.L
    equations = {
        "input": general.input_layer(),
        "weighted_sum": general.weighted_sum(lesson),
        "output": general.activation(lesson, L),
        "cost": general.cost(lesson),
        "output_delta": general.output_delta(lesson),
        "weight_from_delta": general.parameter_from_delta(weight),
        "bias_from_delta": general.parameter_from_delta(bias),
        "delta_is_derivative": general.delta_is_derivative(),
        "cost_derivative": general.cost_derivative(lesson),
        "weighted_sum_by_weight": general.local_derivative(lesson, z(l, j), weight),
        "weighted_sum_by_bias": general.local_derivative(lesson, z(l, j), bias),
        "weighted_sum_by_activation": general.local_derivative(lesson, z(l, j), before),
        "output_slope": general.local_derivative(lesson, a(L, j), z(L, j)),
        "weight_chain": general.parameter_chain(lesson, weight),
        "bias_chain": general.parameter_chain(lesson, bias),
        "activation_chain": general.activation_chain(lesson, before),
        "through_neuron_by_weight": general.through_neurons(lesson, w(L, j, k)),
        "through_neuron_by_bias": general.through_neurons(lesson, b(L, j)),
        "through_neurons": general.through_neurons(lesson, a(L - 1, k)),
        "output_by_weight": general.neuron_derivative(lesson, a(L, j), w(L, j, k)),
        "output_by_bias": general.neuron_derivative(lesson, a(L, j), b(L, j)),
        "output_by_activation": general.neuron_derivative(lesson, a(L, j), a(L - 1, k)),
        "delta_chain": general.delta_chain(lesson),
        "total_cost": averages.total_cost(lesson),
        "average_weight": averages.average(lesson, weight),
        "average_bias": averages.average(lesson, bias),
        "accumulated_weight": averages.accumulation(lesson, weight),
        "accumulated_bias": averages.accumulation(lesson, bias),
    }
    for layer in range(1, L + 1):
        equations[f"slope_in_formula_{layer}"] = general.slope_in_formula(lesson, layer)
    for name, parameter in (("weight", w(L, j, k)), ("bias", b(L, j))):
        equations[f"output_{name}_derivative"] = general.parameter_derivative(lesson, parameter)
    equations["activation_derivative"] = general.activation_derivative(lesson, a(L - 1, k))
    if L > 1:
        equations["activation"] = general.activation(lesson)
        equations["delta_recursion"] = general.delta_recursion(lesson)
        equations["weight_derivative"] = general.parameter_derivative(lesson, weight)
    return equations
