"""The numbers of a trace as JSON has them: what ``bp trace --json`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bp_core.arrays import Array
    from bp_core.example_trace import ExampleTrace, LayerTrace
    from bp_core.trace import Trace
    from bp_core.training import Step


def trace_json(trace: Trace) -> dict[str, Any]:
    """Every number of a trace, in the shape of the contract; ``json.dumps`` writes it so that it reads back the same.

    Raises:
        NumberError: a number overflowed. A factor (∂C/∂a, ∂a/∂z) beyond float64 is no error here, but None.
    """
    network = trace.network
    return {
        "version": 1,
        "network": {
            "sizes": list(network.sizes),
            "activations": list(network.activations),
            **_parameters(trace.steps[0]),
        },
        "cost": {"function": trace.cost.function, "l2": float(trace.cost.l2)},
        "examples": [_example(example) for example in trace.examples],
        "average": {
            "J": trace.J,
            "layers": [
                {"dJ_dw": layer.dJ_dw.tolist(), "dJ_db": layer.dJ_db.tolist()} for layer in trace.average.layers
            ],
        },
        "steps": [
            {"epoch": step.epoch, "batch": list(step.batch), "J": step.J, **_parameters(step)} for step in trace.steps
        ],
    }


def _parameters(step: Step) -> dict[str, Any]:
    return {
        "weights": [weights.tolist() for weights in step.network.weights],
        "biases": [biases.tolist() for biases in step.network.biases],
    }


def _example(example: ExampleTrace) -> dict[str, Any]:
    return {
        "x": example.x.tolist(),
        "y": example.y.tolist(),
        "C": example.C,
        "layers": [_layer(layer) for layer in example.layers],
    }


def _layer(layer: LayerTrace) -> dict[str, Any]:
    return {
        "z": layer.z.tolist(),
        "a": layer.a.tolist(),
        "da_dz": _factor(layer.da_dz),
        "dC_da": _factor(layer.dC_da),
        "delta": layer.delta.tolist(),
        "dC_dw": layer.dC_dw.tolist(),
        "dC_db": layer.dC_db.tolist(),
    }


def _factor(array: Array) -> list[Any]:
    """The array as a list, with None for what float64 cannot hold."""
    return [_factor(row) if row.ndim else (float(row) if np.isfinite(row) else None) for row in map(np.asarray, array)]
