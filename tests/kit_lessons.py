"""Traces and views for the tests of the pictures."""

from __future__ import annotations

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.trace import Trace, trace
from bp_core.training import Training
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.theme import THEMES
from scenes.kit.view import View


def chain_trace() -> Trace:
    """The flagship's network 1-1-1-1 with two examples."""
    network = Network([[[1.1]], [[-0.6]], [[1.4]]], [[0.1], [0.3], [-0.4]], "sigmoid")
    examples = [Example([0.6], [1.0]), Example([-0.3], [0.0])]
    return trace(network, Cost("squared_error"), examples, Training(0.5, 3, 1))


def wide_trace() -> Trace:
    """A network 2-3-2 with tanh inside."""
    network = Network(
        [[[0.5, -1.0], [0.25, 2.0], [-0.125, 0.75]], [[1.0, -0.5, 0.3], [0.2, 0.4, -0.6]]],
        [[0.1, -0.2, 0.3], [0.0, 0.5]],
        ("tanh", "sigmoid"),
    )
    return trace(network, Cost("squared_error"), [Example([0.5, -0.25], [1.0, 0.0])])


def view(of: Trace | None = None, notation: str = "superscript", decimals: int = 2) -> View:
    """A view of a trace in the dark theme."""
    return View(chain_trace() if of is None else of, THEMES["dark"], NOTATIONS[notation], decimals)
