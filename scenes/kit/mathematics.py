"""From an expression to Typst source: every leaf a numbered part, in the lesson's notation.

Nothing here draws. A :class:`Source` knows which part is which place of the tree, so that a formula can colour it,
light it up, and turn symbols into their numbers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeAlias

from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    LayerSize,
    Mean,
    Negative,
    New,
    Number,
    Power,
    Product,
    ProductOver,
    Quotient,
    Sum,
    SumOver,
    Symbol,
)
from bp_core.quantities import Derivative, Index, Variable
from scenes.kit.theme import Colour
from scenes.kit.view import Shown, View

#: A place in a formula: the side, then the way down its tree, then the piece of a leaf.
Key: TypeAlias = tuple[int | str, ...]

_ACTIVATION_NAMES = {
    "sigmoid": None,  # the notation's own letter
    "softmax": 'op("softmax")',
    "tanh": "tanh",
    "relu": 'op("ReLU")',
    "leaky_relu": 'op("LReLU")',
    "softplus": 'op("softplus")',
    "linear": 'op("id")',
}


@dataclass(frozen=True, slots=True)
class Part:
    """One marked piece of a source. ``shown`` is set where it is a number."""

    key: Key
    colour: Colour
    expression: Expression | None = None
    shown: Shown | None = None


@dataclass(slots=True)
class Source:
    """Typst source in the making, with the parts it marks."""

    view: View
    decimals: int
    parts: list[Part] = field(default_factory=list)

    def mark(self, part: Part, body: str) -> str:
        """``body`` as the next numbered part."""
        self.parts.append(part)
        return f"part(#{len(self.parts) - 1}, {body})"


def numeral_source(text: str) -> str:
    """A numeral as mathematics: a real minus, powers of ten written out."""
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa} dot 10^({int(exponent)})"


def typeset(source: Source, expression: Expression, values: Collection[Expression], key: Key, *, first: bool) -> str:
    """The source of one expression. Nodes in ``values`` stand as their numbers.

    ``first`` tells that nothing stands before it, so that a negative number needs no brackets.
    """
    if expression in values:
        return _number(source, expression, key, first=first)
    match expression:
        case Variable():
            body = source.view.notation.variable(expression, source.view.net)
            return source.mark(Part(key, source.view.colour(expression), expression), body)
        case Derivative():
            return _derivative(source, expression, key)
        case New(variable=variable):
            body = source.view.notation.variable(variable, source.view.net)
            return source.mark(Part(key, source.view.colour(variable), expression), body)
        case Number(value=value):
            return f"{value}"
        case Constant() | LayerSize() | Symbol():
            return source.mark(Part(key, source.view.theme.ink, expression), _constant(source, expression))
        case _:
            return _compound(source, expression, values, key, first=first)


def _compound(source: Source, expression: Expression, values: Collection[Expression], key: Key, *, first: bool) -> str:
    def below(position: int, child: Expression, *, first: bool = False) -> str:
        return typeset(source, child, values, (*key, position), first=first)

    def bracketed(position: int, child: Expression, *looser: type[Expression]) -> str:
        if isinstance(child, looser) and child not in values:
            return f"({below(position, child, first=True)})"
        return below(position, child)

    match expression:
        case Sum(terms=terms):
            return _sum(terms, below, bracketed, first=first)
        case Product(factors=factors):
            pieces = [
                below(i, f, first=first and i == 0)
                if not isinstance(f, (Sum, Negative)) or f in values
                else f"({below(i, f, first=True)})"
                for i, f in enumerate(factors)
            ]
            return _product(factors, pieces, values)
        case Quotient(numerator=above, denominator=under):
            return f"frac({below(0, above, first=True)}, {below(1, under, first=True)})"
        case Power(base=base, exponent=exponent):
            held = bracketed(0, base, Sum, Negative, Product, Quotient, Power)
            if base in values:
                held = f"({below(0, base, first=True)})"
            return f"{held}^({below(1, exponent, first=True)})"
        case Negative(operand=operand):
            return f"-{bracketed(0, operand, Sum, Negative)}"
        case Apply(function=function, argument=argument, layer=layer):
            return f"{_function(source, function, layer)}({below(0, argument, first=True)})"
        case SumOver(index=index, body=body):
            return f"{_big('sum', source, index, body)} {bracketed(0, body, Sum, Negative)}"
        case ProductOver(index=index, body=body):
            return f"{_big('product', source, index, body)} {bracketed(0, body, Sum, Negative)}"
        case Mean(index=index, body=body):
            n = source.view.notation.examples
            return f"frac(1, {n}) sum_({index} = 0)^({n} - 1) {bracketed(0, body, Sum, Negative)}"
    raise TypeError(f"no way to write {type(expression).__name__}")


def _sum(terms, below, bracketed, *, first):  # type: ignore[no-untyped-def]  # closures of _compound
    text = ""
    for position, term in enumerate(terms):
        if isinstance(term, Negative):
            text += " - " if position else "-"
            text += bracketed(position, term.operand, Sum, Negative)
        else:
            text += " + " if position else ""
            text += below(position, term, first=first and position == 0)
    return text


def _product(factors: tuple[Expression, ...], pieces: list[str], values: Collection[Expression]) -> str:
    text = pieces[0]
    for before, factor, piece in zip(factors, factors[1:], pieces[1:], strict=False):
        if piece.startswith("("):
            glue = " "
        elif factor in values or isinstance(factor, Number) or (before in values and not isinstance(factor, Sum)):
            glue = " dot "
        else:
            glue = " thin "
        text += glue + piece
    return text


def _number(source: Source, expression: Expression, key: Key, *, first: bool) -> str:
    shown = source.view.shown(expression, decimals=source.decimals)
    marked = source.mark(
        Part(key, source.view.colour(expression), expression, shown),
        numeral_source(shown.text),
    )
    return f"({marked})" if shown.text.startswith("-") and not first else marked


def _derivative(source: Source, derivative: Derivative, key: Key) -> str:
    view = source.view
    of = derivative.of if derivative.example is None else derivative.of.at_example(derivative.example)
    whole = len(source.parts)
    source.parts.append(Part(key, view.theme.ink, derivative))
    above = source.mark(
        Part((*key, "of"), view.colour(of), derivative), f"partial {view.notation.variable(of, view.net)}"
    )
    under = source.mark(
        Part((*key, "by"), view.colour(derivative.by), derivative),
        f"partial {view.notation.variable(derivative.by, view.net)}",
    )
    return f"part(#{whole}, frac({above}, {under}))"


def _constant(source: Source, expression: Expression) -> str:
    view = source.view
    match expression:
        case Constant(name=name):
            written = {"m": view.notation.examples, "l2": view.notation.penalty, "eta": view.notation.learning_rate}
            return written[name]
        case LayerSize(layer=layer):
            return view.notation.size(layer, view.net)
        case Symbol(name=name):
            return name
    raise TypeError(f"no constant: {expression}")


def _function(source: Source, function: str, layer: object) -> str:
    if function not in {"sigma", "sigma'"}:
        return function
    view = source.view
    prime = "'" if function.endswith("'") else ""
    number = layer if isinstance(layer, int) else view.net.L
    own = _ACTIVATION_NAMES[view.trace.network.activations[number - 1]] if not isinstance(layer, Index) else None
    return (own or view.notation.activation_function) + prime


def _big(sign: str, source: Source, index: str, body: Expression) -> str:
    """Σ with the range that follows from where its index stands."""
    view = source.view
    for node in body.walk():
        variables = [node.of, node.by] if isinstance(node, Derivative) else [node] if isinstance(node, Variable) else []
        for variable in variables:
            for position, at in enumerate(variable.indices):
                if not (isinstance(at, Index) and at.name == index):
                    continue
                if variable.symbol in "xy":
                    layer: object = 0 if variable.symbol == "x" else view.net.L
                elif position == 0:
                    return f"{sign}_({index})"
                else:
                    layer = variable.indices[0]
                    if variable.symbol == "w" and position == 2:
                        layer = layer - 1  # type: ignore[operator]
                size = view.notation.size(layer, view.net)  # type: ignore[arg-type]
                return f"{sign}_({index} = 0)^({size} - 1)"
    return f"{sign}_({index})"
