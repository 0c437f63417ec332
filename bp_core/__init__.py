"""The mathematics: networks, their traces and the equations that hold on them.

>>> import bp_core as bp
>>> network = bp.Network([[[1.1]], [[-0.6]], [[1.4]]], [[0.1], [0.3], [-0.4]], "sigmoid")
>>> lesson = bp.trace(network, bp.Cost("squared_error"), [bp.Example([0.6], [1.0])])
>>> round(lesson.examples[0].C, 4)
0.1891

The names below are loaded when they are first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bp_core.activations import ACTIVATIONS, Activation
    from bp_core.costs import COSTS, Cost, CostFunction, cost_derivative_formula, cost_formula
    from bp_core.equations import Equation, evaluate
    from bp_core.errors import CoreError, EquationError, NumberError, PathCountError, QuantityError
    from bp_core.example_trace import ExampleTrace, LayerTrace
    from bp_core.gradient_check import GradientCheck, check_gradients
    from bp_core.network import Example, Network
    from bp_core.paths import Path, path_count, paths
    from bp_core.sweep import sweep, sweep_each, sweep_grid
    from bp_core.trace import Average, LayerAverage, Trace, trace
    from bp_core.trace_json import trace_json
    from bp_core.training import Step, Training, train

_HOMES = {
    "activations": ("ACTIVATIONS", "Activation"),
    "costs": ("COSTS", "Cost", "CostFunction", "cost_derivative_formula", "cost_formula"),
    "equations": ("Equation", "evaluate"),
    "errors": ("CoreError", "EquationError", "NumberError", "PathCountError", "QuantityError"),
    "example_trace": ("ExampleTrace", "LayerTrace"),
    "network": ("Example", "Network"),
    "trace": ("Average", "LayerAverage", "Trace", "trace"),
    "trace_json": ("trace_json",),
    "gradient_check": ("GradientCheck", "check_gradients"),
    "paths": ("Path", "path_count", "paths"),
    "sweep": ("sweep", "sweep_each", "sweep_grid"),
    "training": ("Step", "Training", "train"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ACTIVATIONS",
    "COSTS",
    "Activation",
    "Average",
    "CoreError",
    "Cost",
    "CostFunction",
    "Equation",
    "EquationError",
    "Example",
    "ExampleTrace",
    "GradientCheck",
    "LayerAverage",
    "LayerTrace",
    "Network",
    "NumberError",
    "Path",
    "PathCountError",
    "QuantityError",
    "Step",
    "Trace",
    "Training",
    "check_gradients",
    "cost_derivative_formula",
    "cost_formula",
    "evaluate",
    "path_count",
    "paths",
    "sweep",
    "sweep_each",
    "sweep_grid",
    "trace",
    "trace_json",
    "train",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """This package: its names are those above, also where a module is called the same, such as ``trace``."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system binds each module it loads as an attribute of its package; here the function goes first.
        if isinstance(value, ModuleType) and name in _HOME:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
