"""What there is to work out on a lesson: the rules, as equations that hold on its numbers, and the quantities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bp_core import averages, general
from bp_core.activations import ACTIVATIONS
from bp_core.equations import Equation
from bp_core.indices import assignments, bind
from bp_core.network import Example
from bp_core.nodes import Apply, Expression, Sum, SumOver, Symbol, substitute
from bp_core.quantities import C, Index, J, Variable, b, d, w, z
from bp_core.trace import trace as traced
from bp_script.language import N_

if TYPE_CHECKING:
    from bp_core.trace import Trace

#: More parameters than these nobody works out by hand.
MOST_PARAMETERS = 40
_J, _K = Index("j"), Index("k")


@dataclass(frozen=True, slots=True)
class Blank:
    """A quantity to work out, and how: its own equation, sums written out."""

    quantity: Expression
    working: Equation


@dataclass(frozen=True, slots=True)
class Group:
    """Blanks that stand together; ``columns`` of them side by side, if it matters."""

    blanks: tuple[Blank, ...]
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One part of the exercise: what to do, the rules for it, and the blanks, a layer or a parameter matrix a group.

    ``title`` and ``words`` are messages; ``trace`` is the run that the numbers are read from. ``again`` asks for the
    cost after its first step.
    """

    title: str
    words: str
    rules: tuple[Equation, ...]
    groups: tuple[Group, ...]
    trace: Trace
    again: bool = False

    @property
    def blanks(self) -> Iterator[Blank]:
        """All of them."""
        return (blank for group in self.groups for blank in group.blanks)


def tasks(trace: Trace) -> list[Task]:
    """The parts of the exercise, from the forward pass to the update.

    Raises:
        EquationError: a rule does not hold on the lesson's numbers; that is a mistake of this program.
    """
    found = [_forward(trace), _cost(trace), _backward(trace), _gradient(trace)]
    if _steps_along_the_gradient(trace):
        found.append(_update(trace))
    for task in found:
        for rule in (*task.rules, *(blank.working for blank in task.blanks)):
            if not _is_about_symbols(rule):
                rule.check(task.trace)
    return found


def _is_about_symbols(rule: Equation) -> bool:
    """Whether it defines a function, for any z."""
    return any(isinstance(node, Symbol) for node in rule.left.walk())


def _forward(trace: Trace) -> Task:
    definitions = [
        Equation(Apply("sigma", Symbol("z"), trace.network.activations.index(name) + 1), _value_formula(name))
        for name in dict.fromkeys(trace.network.activations)
        if name not in {"softmax", "tanh", "linear"}
    ]
    rules = [general.input_layer(), general.weighted_sum(trace)]
    if len(set(trace.network.activations)) == 1 and "softmax" not in trace.network.activations:
        rules.append(general.activation(trace))
    else:
        rules += [general.activation(trace, layer) for layer in range(1, trace.L + 1)]
    groups = []
    for layer in range(1, trace.L + 1):
        for j in range(trace.network.sizes[layer]):
            pair = (general.weighted_sum(trace, layer, j), general.activation(trace, layer, j))
            groups.append(Group(tuple(_blank(trace, equation) for equation in pair)))
    words = N_(
        "Work out each neuron's pre-activation and activation, layer by layer. Keep more digits than you write down: "
        "the key rounds what it writes to four decimals, and goes on with all of them."
    )
    return Task(N_("The forward pass"), words, (*rules, *definitions), tuple(groups), trace)


def _value_formula(activation: str) -> Expression:
    return ACTIVATIONS[activation].value_formula


def _cost(trace: Trace) -> Task:
    rule = general.cost(trace)
    words = N_("How far is the output from its target?")
    if trace.network.sizes[-1] > 1:
        words = N_("How far are the outputs from their targets?")
    return Task(N_("The cost"), words, (rule,), (Group((_blank(trace, rule),)),), trace)


def _backward(trace: Trace) -> Task:
    rules = [general.delta_is_derivative(), general.output_delta(trace)]
    if trace.L > 1:
        rules.append(general.delta_recursion(trace))
    fused = trace.cost.record.output_activation is not None
    sloped = {name: layer for layer, name in enumerate(trace.network.activations[: -1 if fused else None], start=1)}
    rules += [_slope(trace, layer) for layer in sloped.values()]
    groups = []
    for layer in range(trace.L, 0, -1):
        rule = general.output_delta if layer == trace.L else _recursion(layer)
        groups.append(Group(tuple(_blank(trace, rule(trace, j)) for j in range(trace.network.sizes[layer]))))
    words = N_("Work out the error of each neuron, from the last layer back to the first.")
    return Task(N_("The backward pass"), words, tuple(rules), tuple(groups), trace)


def _slope(trace: Trace, layer: int) -> Equation:
    """σ′(z), as the rules have it, in the form of the layer's activation."""
    slope = general.slope_in_formula(trace, layer)
    if trace.network.activations[layer - 1] == "softmax":
        return slope
    return Equation(Apply("sigma'", z(layer, general.j), layer), slope.right)


def _recursion(layer: int) -> Callable[[Trace, int], Equation]:
    return lambda trace, j: general.delta_recursion(trace, layer, j)


def _gradient(trace: Trace) -> Task:
    layer = Index("l")
    rules = (general.parameter_from_delta(w(layer, _J, _K)), general.parameter_from_delta(b(layer, _J)))
    groups = _by_layer(trace, general.parameter_from_delta)
    words = N_("Work out the derivative of the cost by each weight and bias.")
    return Task(N_("The gradient"), words, rules, groups, trace)


def _update(lesson: Trace) -> Task:
    trace = lesson if _steps_by_the_focus_alone(lesson) else _with_the_focus_alone(lesson)

    def rule(parameter: Variable) -> Equation:
        equation = averages.update(trace, parameter)
        own, right = d(C, parameter), equation.right
        # Of one example the mean cost is its own, and the example in focus needs no name.
        for other in (d(J, parameter), own.at_example(trace.focus)):
            right = substitute(right, other, own)
        return Equation(equation.left, right)

    words = N_(
        "Each weight and bias takes a step. Work out its new value, then run the forward pass again: is the cost lower?"
    )
    if trace is not lesson:
        words = N_(
            "Let this example alone make a step, as with a batch of one. Work out each weight's and bias's new value, "
            "then run the forward pass again: is the cost lower?"
        )
    return Task(N_("The update"), words, (rule(w(1, 0, 0)),), _by_layer(trace, rule), trace, again=True)


def _by_layer(trace: Trace, rule: Callable[[Variable], Equation]) -> tuple[Group, ...]:
    """Each layer's weights in the rows of their matrix, then its biases."""
    groups = []
    for layer in range(1, trace.L + 1):
        rows, columns = trace.network.sizes[layer], trace.network.sizes[layer - 1]
        weights = [w(layer, j, k) for j in range(rows) for k in range(columns)]
        groups.append(Group(tuple(_blank(trace, rule(weight)) for weight in weights), columns if columns > 1 else None))
        groups.append(Group(tuple(_blank(trace, rule(b(layer, j))) for j in range(rows))))
    return tuple(groups)


def _steps_along_the_gradient(trace: Trace) -> bool:
    """Whether an update is by the learning rate and the gradient and no more."""
    training = trace.training
    return training is not None and training.optimizer == "sgd" and not trace.cost.l2 and training.epochs > 0


def _steps_by_the_focus_alone(trace: Trace) -> bool:
    """Whether the lesson's first update is by the gradient that this sheet has worked out."""
    return tuple(trace.steps.reached(1).batch) == (trace.focus,)


def _with_the_focus_alone(lesson: Trace) -> Trace:
    """The lesson if all its examples were the one in focus: their mean gradient is that example's."""
    training, shown = lesson.training, lesson.examples[lesson.focus]
    assert training is not None  # noqa: S101 -- or nothing would step
    count = max(lesson.focus + 1, min(len(lesson.examples), 2))  # so that symbols are indexed as they are
    only = replace(training, batch_size=None, shuffle=False, epochs=1)
    return traced(lesson.network, lesson.cost, [Example(shown.x, shown.y)] * count, only, lesson.focus)


def _blank(trace: Trace, equation: Equation) -> Blank:
    return Blank(equation.left, Equation(equation.left, _written_out(equation.right, trace)))


def _written_out(expression: Expression, trace: Trace) -> Expression:
    """The expression with the terms of its sums one by one."""
    for node in list(expression.walk()):
        if isinstance(node, SumOver):
            terms = tuple(bind(node.body, bindings) for bindings in assignments((node.body,), trace))
            expression = substitute(expression, node, Sum(terms) if len(terms) > 1 else terms[0])
    if isinstance(expression, Sum):
        inner = (term.terms if isinstance(term, Sum) else (term,) for term in expression.terms)
        expression = Sum(tuple(term for terms in inner for term in terms))
    return expression
