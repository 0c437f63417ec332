"""A classifier of two classes and one of several, made of one another, so that both have real numbers.

A softmax over two of the classes is a sigmoid of the difference of their z; and a sigmoid is a softmax beside a z of 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.nodes import Apply, Expression
from bp_core.quantities import a
from bp_core.trace import Trace, trace
from scenes.kit.view import View


def two_classes(view: View) -> View:
    """The lesson with one output: itself, or its first two classes told apart, of several answers the first."""
    given = view.trace
    if given.sizes[-1] == 1:
        return view
    w, b = given.network.weights[-1], given.network.biases[-1]
    if given.network.activations[-1] != "softmax":
        y, told = given.data.y[:, :1], "the first of them"
        return _with_outputs(view, w[:1], b[:1], y, cost="binary_cross_entropy", told=told)
    among = given.data.y[:, 0] + given.data.y[:, 1]
    shares = np.divide(given.data.y[:, :1], among[:, None], out=np.zeros((len(among), 1)), where=among[:, None] > 0)
    told, apart = "one, for the first class against the second", (w[:1] - w[1:2], b[:1] - b[1:2])
    return _with_outputs(view, *apart, shares, cost="binary_cross_entropy", told=told, chosen=among > 0)


def several_classes(view: View) -> View:
    """The lesson with several outputs: itself, or its one output beside another whose z is always 0."""
    given = view.trace
    if given.sizes[-1] > 1:
        return view
    w, b, y = given.network.weights[-1], given.network.biases[-1], given.data.y
    both = np.concatenate([y, 1.0 - y], axis=1)
    weights, biases = np.concatenate([w, 0.0 * w]), np.concatenate([b, 0.0 * b])
    return _with_outputs(view, weights, biases, both, cost="cross_entropy", told="two, the second's z always zero")


def short_cost(of: Trace) -> Expression | None:
    """What is left of the cost of the example in focus where its target is all or nothing: −ln of one share."""
    y = of.data.y[of.focus]
    if of.cost.function == "cross_entropy" and max(y.tolist()) == 1.0:
        return -Apply("ln", a(of.L, int(np.argmax(y))))
    if of.cost.function == "binary_cross_entropy" and len(y) == 1 and y[0] in {0.0, 1.0}:
        return -Apply("ln", a(of.L, 0) if y[0] else 1 - a(of.L, 0))
    return None


def _with_outputs(
    view: View,
    weights: np.ndarray,
    biases: np.ndarray,
    y: np.ndarray,
    *,
    cost: str,
    told: str,
    chosen: np.ndarray | None = None,
) -> View:
    """The same hidden layers with other outputs, on the examples that are chosen."""
    given = view.trace
    output = "sigmoid" if cost == "binary_cross_entropy" else "softmax"
    network = Network(
        [*given.network.weights[:-1], weights],
        [*given.network.biases[:-1], biases],
        (*given.network.activations[:-1], output),
    )
    kept = range(len(y)) if chosen is None else np.flatnonzero(chosen).tolist()
    examples = [Example(given.data.x[e], y[e]) for e in kept]
    focus = list(kept).index(given.focus) if given.focus in kept else 0
    other = trace(network, Cost(cost, given.cost.l2), examples, None, focus)
    return replace(view, trace=other, instead=(*view.instead, ("outputs", told)))
