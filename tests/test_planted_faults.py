"""Faults planted into the computation itself: the checks see every one of them."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bp_core.activations import ACTIVATIONS
from bp_core.backward import backward
from bp_core.dataset import stacked_gradient
from bp_core.gradient_check import check_gradients
from bp_core.network import Network
from bp_core.output import Output, output_of
from bp_core.quantities import C, J
from tests.complex_step import complex_step, total_cost
from tests.random_lessons import lesson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bp_core.trace import Trace

#: The modules that hold each function under its own name.
HOMES = {
    "backward": ("bp_core.example_trace", "bp_core.dataset", "bp_core.stack"),
    "output_of": ("bp_core.example_trace", "bp_core.dataset", "bp_core.stack"),
    "stacked_gradient": ("bp_core.dataset",),
}


def make(cost: str = "squared_error", output: str = "sigmoid") -> Trace:
    """Layers of one size, so that a transposed weight matrix fits as well."""
    return lesson((3, 3, 3, 3), ("tanh", "sigmoid", output), cost, l2=0.5, m=3, seed=11)


def all_agree(trace: Trace) -> bool:
    """Whether the two-sided differences bear out J's gradient and every example's."""
    kinds = [J, *(C.at_example(e) for e in range(len(trace.examples)))]
    return all(check.agrees for of in kinds for check in check_gradients(trace, of))


def steps_agree(trace: Trace) -> bool:
    """Whether complex steps bear out J's gradient."""
    expected = complex_step(lambda vector: total_cost(trace, vector), trace.network.vector)
    layers = trace.average.layers
    computed = np.concatenate([part.ravel() for layer in layers for part in (layer.dJ_dw, layer.dJ_db)])
    return bool(np.allclose(computed, expected, rtol=1e-9, atol=1e-12))


def plant(monkeypatch: pytest.MonkeyPatch, name: str, faulty: Any) -> None:
    for home in HOMES[name]:
        monkeypatch.setattr(importlib.import_module(home), name, faulty)


def missing_slope(weights: Any, activations: Any, z: Any, output_delta: Any) -> Iterator[Any]:
    delta = output_delta
    for layer in range(len(weights) - 1, 0, -1):
        delta = delta @ weights[layer]
        yield delta, np.ones_like(delta), delta


def transposed_weights(weights: Any, activations: Any, z: Any, output_delta: Any) -> Iterator[Any]:
    yield from backward([W.mT for W in weights], activations, z, output_delta)


def wrong_sign(weights: Any, activations: Any, z: Any, output_delta: Any) -> Iterator[Any]:
    for dC_da, slope, delta in backward(weights, activations, z, output_delta):
        yield -dC_da, slope, -delta


def slope_of_another_layer(weights: Any, activations: Any, z: Any, output_delta: Any) -> Iterator[Any]:
    yield from backward(weights, activations, [*z[1:], z[0]], output_delta)


def weights_of_another_layer(weights: Any, activations: Any, z: Any, output_delta: Any) -> Iterator[Any]:
    yield from backward([weights[-1], *weights[:-1]], activations, z, output_delta)


BACKWARD = [missing_slope, transposed_weights, wrong_sign, slope_of_another_layer, weights_of_another_layer]


@pytest.mark.parametrize("fault", BACKWARD, ids=lambda fault: fault.__name__)
def test_in_the_backward_pass(monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    assert all_agree(make())
    assert steps_agree(make())
    plant(monkeypatch, "backward", fault)
    assert not all_agree(make())
    assert not steps_agree(make())


def test_in_the_trace_of_an_example_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """J's gradient goes another way than the examples'; each is checked by itself."""
    monkeypatch.setattr(importlib.import_module("bp_core.example_trace"), "backward", wrong_sign)
    trace = make()
    assert all(check.agrees for check in check_gradients(trace, J))
    assert not all(check.agrees for check in check_gradients(trace, C))


OUTPUT: dict[str, Callable[[Output], Output]] = {
    "targets minus outputs": lambda output: replace(output, fused=lambda _, a, y: y - a),
    "a factor of 2 lost": lambda output: replace(output, fused=lambda z, a, y: output.delta(z, a, y) / 2),
    "the outputs' slope lost": lambda output: replace(output, fused=output.derivative),
    "the targets of another output": lambda output: replace(
        output, fused=lambda z, a, y: output.delta(z, a, np.roll(y, 1, axis=-1))
    ),
}


@pytest.mark.parametrize("fault", sorted(OUTPUT))
@pytest.mark.parametrize(
    ("cost", "activation"),
    [("squared_error", "tanh"), ("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")],
)
def test_at_the_output(monkeypatch: pytest.MonkeyPatch, fault: str, cost: str, activation: str) -> None:
    assert all_agree(make(cost, activation))
    plant(monkeypatch, "output_of", lambda *names: OUTPUT[fault](output_of(*names)))
    assert not all_agree(make(cost, activation))
    assert not steps_agree(make(cost, activation))


def not_averaged(*given: Any, m: int) -> Any:
    by_weights, by_biases = stacked_gradient(*given, m=m)
    return [3 * each for each in by_weights], [3 * each for each in by_biases]


def penalty_forgotten(weights: Any, biases: Any, network: Any, cost: Any, batch: Any, *, m: int) -> Any:
    return stacked_gradient(weights, biases, network, replace(cost, l2=0.0), batch, m=m)


def penalty_not_divided_by_m(weights: Any, biases: Any, network: Any, cost: Any, batch: Any, *, m: int) -> Any:
    return stacked_gradient(weights, biases, network, cost, batch, m=1)


def biases_penalised(weights: Any, biases: Any, network: Any, cost: Any, batch: Any, *, m: int) -> Any:
    by_weights, by_biases = stacked_gradient(weights, biases, network, cost, batch, m=m)
    return by_weights, [slope + cost.l2 / m * bias for slope, bias in zip(by_biases, biases, strict=True)]


def one_example_forgotten(weights: Any, biases: Any, network: Any, cost: Any, batch: Any, *, m: int) -> Any:
    return stacked_gradient(weights, biases, network, cost, batch.rows(range(1, len(batch))), m=m)


AVERAGE = [not_averaged, penalty_forgotten, penalty_not_divided_by_m, biases_penalised, one_example_forgotten]


@pytest.mark.parametrize("fault", AVERAGE, ids=lambda fault: fault.__name__)
def test_in_the_average(monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    plant(monkeypatch, "stacked_gradient", fault)
    assert not all_agree(make())
    assert not steps_agree(make())


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "leaky_relu"])
@pytest.mark.parametrize("off", [1.001, -1.0])
def test_in_the_slope_of_an_activation(monkeypatch: pytest.MonkeyPatch, name: str, off: float) -> None:
    right = ACTIVATIONS[name]
    wrong = replace(right, derivative=lambda z: off * right.derivative(z))
    network = lesson((3, 3, 3), (name, "linear")).network
    records = tuple(wrong if record is right else record for record in network.layer_activations)
    assert all_agree(lesson((3, 3, 3), (name, "linear")))
    monkeypatch.setattr(Network, "layer_activations", records)
    assert not all_agree(lesson((3, 3, 3), (name, "linear")))
