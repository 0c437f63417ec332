"""Faults are planted, and the equations have to refuse each: in single numbers, in the algorithm, in equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from bp_core import averages, dataset, example_trace, lookup, training
from bp_core.activations import ACTIVATIONS
from bp_core.algorithm import general_equations
from bp_core.costs import Cost
from bp_core.equations import Equation
from bp_core.errors import CoreError, EquationError
from bp_core.nodes import Expression, Mean, Negative, Number, Power, Product, Sum
from bp_core.output import output_of
from bp_core.quantities import Derivative, Index, Quantity, Variable, b, w
from bp_core.trace import Trace
from bp_core.training import Training
from tests.random_lessons import lesson

COST = Cost("squared_error", l2=0.3)
j, k, l = Index("j"), Index("k"), Index("l")
trace = import_module("bp_core.trace")  # bp_core.trace itself is the function
Plant = Callable[[pytest.MonkeyPatch], None]


def square_lesson(batch_size: int | None = None) -> Trace:
    """Layers of the same width, so that a transposed matrix fits everywhere."""
    return lesson((3, 3, 3), ("tanh", "sigmoid"), l2=0.3, m=4, training=Training(0.5, batch_size=batch_size))


def refused(faulty: Trace) -> set[str]:
    """The names of the equations that do not hold."""
    equations = general_equations(faulty)
    equations["update_weight"] = averages.update(faulty, w(l, j, k))
    equations["update_bias"] = averages.update(faulty, b(l, j))
    names = set()
    for name, equation in equations.items():
        try:
            equation.check(faulty)
        except EquationError:
            names.add(name)
    return names


def test_without_a_fault_every_equation_holds() -> None:
    assert refused(square_lesson()) == refused(square_lesson(batch_size=3)) == set()


# In single numbers.

NUMBERS = (
    *("x", "y", "w", "b", "z", "a", "C", "J", "delta"),
    *("dC/dw", "dC/db", "dC/da", "dC/dz", "dJ/dw", "dJ/db", "dz/dw", "dz/db", "dz/da", "da/dz"),
)
ALTERATIONS: dict[str, Callable[[float], float]] = {
    "wrong sign": lambda value: -value,
    "twice": lambda value: 2 * value,
    "a millionth off": lambda value: value * (1 + 1e-6),
    "missing": lambda _: 0.0,
}


def kind(quantity: Quantity) -> str:
    return f"d{quantity.of.symbol}/d{quantity.by.symbol}" if isinstance(quantity, Derivative) else quantity.symbol


def alter(plant: pytest.MonkeyPatch, alteration: Callable[[float], float], chosen: Callable[[Quantity], bool]) -> None:
    def read(source: Any, quantity: Quantity) -> Any:
        value = lookup.read(source, quantity)
        return alteration(value) if chosen(quantity) else value

    plant.setattr(trace, "read", read)


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_is_wrong(
    name: str, alteration: Callable[[float], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = square_lesson()
    alter(monkeypatch, alteration, lambda quantity: kind(quantity) == name)
    assert refused(faulty)


@pytest.mark.parametrize(
    "name",
    ["w[2][2][0]", "b[1][2]", "z[1][1]", "a[1][2]", "delta[1][0]", "dC/dw[2][0][2]", "dJ/dw[1][2][1]", "dJ/db[2][2]"],
)
def test_one_entry_that_is_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = square_lesson()
    alter(monkeypatch, lambda value: value * (1 + 1e-6), lambda quantity: str(quantity).split("@")[0] == name)
    assert refused(faulty)


# In the algorithm.


def forward_by(
    add: Callable[[Any, Any, Any], Any], activate: Callable[[Any, Any], Any] = lambda record, z: record.value(z)
) -> Plant:
    """A forward pass with its weighted sum or its activation changed."""

    def forward(weights: Any, biases: Any, activations: Any, x: Any) -> tuple[list[Any], list[Any]]:
        z, a = [], [x]
        for W, bias, record in zip(weights, biases, activations, strict=True):
            z.append(add(a[-1], W, bias))
            a.append(activate(record, z[-1]))
        return z, a

    return lambda plant: replaced(plant, "forward", forward)


def backward_by(step: Callable[[Any, Any, Any, Any], tuple[Any, Any, Any]]) -> Plant:
    """A backward pass with its step from layer l + 1 to l changed."""

    def backward(weights: Any, activations: Any, z: Any, delta: Any) -> Iterator[tuple[Any, Any, Any]]:
        for layer in range(len(weights) - 1, 0, -1):
            found = step(delta, weights[layer], activations[layer - 1], z[layer - 1])
            delta = found[-1]
            yield found

    return lambda plant: replaced(plant, "backward", backward)


def output_by(change: Callable[[Any], Any]) -> Plant:
    """The cost and the δ of the last layer changed."""
    return lambda plant: replaced(plant, "output_of", lambda *names: change(output_of(*names)))


def replaced(plant: pytest.MonkeyPatch, name: str, function: Callable[..., Any]) -> None:
    for module in (example_trace, dataset):
        plant.setattr(module, name, function)


def gradient_by(change: Callable[[Any, Any, Any, int], Any]) -> Plant:
    """The gradient of J, and of each update, changed: from itself, the network, the examples and λ/m."""

    def gradient(network: Any, cost: Any, batch: Any, m: int) -> Any:
        return change(dataset.gradient(network, cost, batch, m), network, batch, cost.l2 / m)

    def plant_it(plant: pytest.MonkeyPatch) -> None:
        for module in (trace, training):
            plant.setattr(module, "gradient", gradient)

    return plant_it


def weight_gradient_by(change: Callable[[Any, Any], Any]) -> Plant:
    """∂C/∂w of an example changed, from each layer's record and the activations that come in."""

    def traced(*arguments: Any, **named: Any) -> Any:
        example = example_trace.trace_example(*arguments, **named)
        before = (example.x, *(layer.a for layer in example.layers))
        layers = tuple(
            replace(layer, dC_dw=change(layer, incoming))
            for layer, incoming in zip(example.layers, before, strict=False)
        )
        return replace(example, layers=layers)

    return lambda plant: plant.setattr(trace, "trace_example", traced)


def mean_cost_by(change: Callable[[float, Any, Any, Any], float]) -> Plant:
    def mean_cost(network: Any, cost: Any, data: Any) -> float:
        return change(dataset.mean_cost(network, cost, data), network, cost, data)

    return lambda plant: plant.setattr(training, "mean_cost", mean_cost)


def update_by(change: Callable[[Any, Any, Any], Any]) -> Plant:
    """Gradient descent changed: from the learning rate, the parameters and the gradient."""

    def sgd(settings: Training, theta: Any, g: Any, *_: Any) -> tuple[Any, tuple[()]]:
        return change(settings.learning_rate, theta, g), ()

    return lambda plant: plant.setattr(training, "OPTIMIZERS", {"sgd": sgd})


def slope_by(name: str, derivative: Callable[[Any], Any]) -> Plant:
    """An activation whose derivative is wrong in its record, and so wherever it is used."""
    records = dict(ACTIVATIONS) | {name: replace(ACTIVATIONS[name], derivative=derivative)}

    def plant_it(plant: pytest.MonkeyPatch) -> None:
        output_of.cache_clear()
        for module in ("network", "output", "evaluation"):
            plant.setattr(f"bp_core.{module}.ACTIVATIONS", records)

    return plant_it


def squares(network: Any) -> float:
    return float(sum(np.square(W).sum() for W in network.weights))


def weights_alone(network: Any) -> Any:
    """The vector of parameters, with 0 for the biases."""
    return np.concatenate([part for W in network.weights for part in (W.ravel(), np.zeros(len(W)))])


def sigmoid(z: Any) -> Any:
    return ACTIVATIONS["sigmoid"].value(z)


FAULTS: dict[str, tuple[Plant, set[str]]] = {
    "the bias left out": (forward_by(lambda a, W, _: a @ W.mT), {"weighted_sum"}),
    "the bias with the wrong sign": (forward_by(lambda a, W, bias: a @ W.mT - bias), {"weighted_sum"}),
    "the weights transposed on the way there": (forward_by(lambda a, W, bias: a @ W + bias), {"weighted_sum"}),
    "the activation left out": (
        forward_by(lambda a, W, bias: a @ W.mT + bias, lambda _, z: z),
        {"activation", "output"},
    ),
    "the slope in place of the activation": (
        forward_by(lambda a, W, bias: a @ W.mT + bias, lambda record, z: record.derivative(z)),
        {"activation", "output"},
    ),
    "the weights transposed on the way back": (
        backward_by(lambda delta, W, f, z: (delta @ W.mT, f.derivative(z), delta @ W.mT * f.derivative(z))),
        {"delta_recursion", "activation_chain"},
    ),
    "the error handed back with the wrong sign": (
        backward_by(lambda delta, W, f, z: (-(delta @ W), f.derivative(z), -(delta @ W) * f.derivative(z))),
        {"delta_recursion", "activation_chain"},
    ),
    "the slope left out of a hidden delta": (
        backward_by(lambda delta, W, f, z: (delta @ W, f.derivative(z), delta @ W)),
        {"delta_recursion", "delta_chain", "weight_chain", "bias_chain"},
    ),
    "the slope squared": (
        backward_by(lambda delta, W, f, z: (delta @ W, f.derivative(z), delta @ W * f.derivative(z) ** 2)),
        {"delta_recursion", "delta_chain"},
    ),
    "the slope taken at a in place of z": (
        backward_by(
            lambda delta, W, f, z: (
                delta @ W,
                f.derivative(f.value(z)),
                delta @ W * f.derivative(f.value(z)),
            )
        ),
        {"delta_recursion", "slope_in_formula_1"},
    ),
    "only one of the paths": (
        backward_by(
            lambda delta, W, f, z: (
                delta[..., :1] @ W[:1],
                f.derivative(z),
                delta[..., :1] @ W[:1] * f.derivative(z),
            )
        ),
        {"delta_recursion", "activation_chain"},
    ),
    "y − a at the output": (
        output_by(lambda out: replace(out, fused=lambda z, a, y: -out.delta(z, a, y))),
        {"output_delta", "delta_chain"},
    ),
    "the factor 2 missing at the output": (
        output_by(lambda out: replace(out, derivative=lambda z, a, y: out.derivative(z, a, y) / 2)),
        {"output_delta", "cost_derivative"},
    ),
    "the slope missing at the output": (
        output_by(lambda out: replace(out, fused=out.derivative)),
        {"output_delta", "delta_chain"},
    ),
    "another cost than its derivative": (
        output_by(lambda out: replace(out, value=lambda z, a, y: out.value(z, a, y) / 2)),
        {"cost"},
    ),
    "the gradient of the weights transposed": (
        weight_gradient_by(lambda layer, _: layer.dC_dw.T.copy()),
        {"weight_from_delta", "weight_chain"},
    ),
    "the gradient of the weights with the layer's own activation": (
        weight_gradient_by(lambda layer, _: np.outer(layer.delta, layer.a)),
        {"weight_from_delta", "weight_chain"},
    ),
    "the gradient of the weights without the activation": (
        weight_gradient_by(lambda layer, incoming: np.outer(layer.delta, np.ones_like(incoming))),
        {"weight_from_delta", "weight_chain"},
    ),
    "the gradient summed and not averaged": (
        gradient_by(lambda g, _, batch, __: g * len(batch)),
        {"average_weight", "average_bias", "accumulated_weight", "accumulated_bias"},
    ),
    "the gradient of one example for that of all": (
        gradient_by(lambda _, network, batch, __: dataset.gradient(network, COST, batch.rows([0]), len(batch))),
        {"average_weight", "average_bias"},
    ),
    "the penalty left out of the gradient": (
        gradient_by(lambda g, network, _, strength: g - strength * weights_alone(network)),
        {"average_weight", "accumulated_weight"},
    ),
    "the penalty twice": (
        gradient_by(lambda g, network, _, strength: g + strength * weights_alone(network)),
        {"average_weight", "accumulated_weight"},
    ),
    "the penalty not divided by m": (
        gradient_by(lambda g, network, batch, strength: g + (len(batch) - 1) * strength * weights_alone(network)),
        {"average_weight", "accumulated_weight"},
    ),
    "the biases penalised": (
        gradient_by(lambda g, network, _, strength: g + strength * (network.vector - weights_alone(network))),
        {"average_bias", "accumulated_bias"},
    ),
    "the costs summed and not averaged": (
        mean_cost_by(lambda J, _, __, data: J * len(data)),
        {"total_cost"},
    ),
    "the penalty of the cost without its half": (
        mean_cost_by(lambda J, network, cost, data: J + cost.l2 / (2 * len(data)) * squares(network)),
        {"total_cost"},
    ),
    "the penalty left out of the cost": (
        mean_cost_by(lambda J, network, cost, data: J - cost.l2 / (2 * len(data)) * squares(network)),
        {"total_cost"},
    ),
    "uphill": (update_by(lambda eta, theta, g: theta + eta * g), {"update_weight", "update_bias"}),
    "an update without the rate": (update_by(lambda _, theta, g: theta - g), {"update_weight", "update_bias"}),
    "an update from nothing": (update_by(lambda eta, _, g: -eta * g), {"update_weight", "update_bias"}),
    "σ(1 + σ) for the slope": (slope_by("sigmoid", lambda z: sigmoid(z) * (1 + sigmoid(z))), {"slope_in_formula_2"}),
    "1 − tanh for the slope": (slope_by("tanh", lambda z: 1 - np.tanh(z)), {"slope_in_formula_1"}),
}


@pytest.mark.parametrize(("plant", "expected"), FAULTS.values(), ids=FAULTS)
def test_an_algorithm_that_is_wrong(plant: Plant, expected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    try:
        assert expected <= refused(square_lesson())
    finally:
        output_of.cache_clear()


def test_a_batch_averaged_over_all_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient_by(lambda g, _, batch, __: g * len(batch) / 4)(monkeypatch)
    assert refused(square_lesson(batch_size=2)) >= {"update_weight", "update_bias"}


def test_examples_of_another_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    original = dataset.DataSet.rows
    monkeypatch.setattr(dataset.DataSet, "rows", lambda data, batch: original(data, [3 - example for example in batch]))
    assert refused(square_lesson(batch_size=2)) >= {"update_weight", "update_bias"}


# In equations.


def mutants(node: Expression) -> Iterator[Expression]:
    """The expression with one thing in it wrong."""
    match node:
        case Product(factors):
            yield from (Product((Number(1), *factors[:n], *factors[n + 1 :])) for n in range(len(factors)))
        case Sum(terms):
            yield from (Sum((*terms[:n], *terms[n + 1 :])) for n in range(len(terms)))
            yield from (Sum((*terms[:n], Negative(terms[n]), *terms[n + 1 :])) for n in range(len(terms)))
        case Power(base, exponent):
            yield from (base, Power(base, exponent + 1))
        case Number(value):
            yield from (Number(value + 1), Number(-value) if value else Number(1))
        case Mean(index, body):
            yield Sum((node, node))
            yield from (Mean(index, mutant) for mutant in without_example(body))
        case Variable(symbol, (layer, *neurons)) if len(neurons) in {1, 2} and symbol not in {"x", "y"}:
            yield replace(node, indices=(layer + 1 if isinstance(layer, Index) else layer - 1, *neurons))
            if symbol == "w":
                yield replace(node, indices=(layer, *reversed(neurons)))
    yield from part_mutants(node)


def part_mutants(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Variable | Derivative):
        return
    for field in fields(node):
        part = getattr(node, field.name)
        if isinstance(part, Expression):
            yield from (replace(node, **{field.name: mutant}) for mutant in mutants(part))
        elif isinstance(part, tuple):
            for position, item in enumerate(part):
                for mutant in mutants(item):
                    yield replace(node, **{field.name: (*part[:position], mutant, *part[position + 1 :])})


def without_example(body: Expression) -> Iterator[Expression]:
    if isinstance(body, Variable | Derivative) and isinstance(body.example, Index):
        yield replace(body, example=0)


#: Changes that change nothing: a factor of 1 left out, and a sum over every weight by other names of its indices.
EQUIVALENT = {
    "dC/db[l][j] = 1 * da[l][j]/dz[l][j] * dC/da[l][j]",
    "dC/db[l][j] = 1 * sum(i, da[l][i]/dz[l][j] * dC/da[l][i])",
    "J = mean(e, C@e) + l2 / (2 * m) * sum(l, sum(j, sum(k, w[l][k][j]^2)))",
    "J = mean(e, C@e) + l2 / (2 * m) * sum(l, sum(j, sum(k, w[l+1][j][k]^2)))",
}


@pytest.mark.parametrize(
    "output", [("sigmoid", "squared_error"), ("softmax", "cross_entropy"), ("softmax", "squared_error")]
)
@pytest.mark.parametrize("sizes", [(3, 3, 3, 3), (2, 4, 3)])
def test_an_equation_that_is_wrong(output: tuple[str, str], sizes: tuple[int, ...]) -> None:
    activation, cost = output
    sound = lesson(sizes, (*("tanh",) * (len(sizes) - 2), activation), cost, l2=0.3, training=Training(0.5))
    equations = general_equations(sound) | {"update": averages.update(sound, w(l, j, k))}
    passed, tried = [], 0
    for equation in equations.values():
        wrong = [Equation(equation.left, Negative(equation.right))]
        wrong += [Equation(equation.left, mutant) for mutant in mutants(equation.right)]
        for mutant in wrong:
            tried += 1
            try:
                mutant.check(sound)
            except CoreError:
                continue
            if str(mutant) not in EQUIVALENT:
                passed.append(str(mutant))
    assert passed == []
    assert tried > 150
