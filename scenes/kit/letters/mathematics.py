"""From an expression to Typst source: every leaf a numbered part, in the lesson's notation.

Nothing here draws. A :class:`Source` knows which part is which place of the tree, so that a formula can colour it,
light it up, and turn symbols into their numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from bp_core.quantities import AnyIndex, Derivative, Index, Variable
from bp_script.language import N_
from scenes.kit.letters.coming_out import short_decimals
from scenes.kit.letters.number import reduced
from scenes.kit.letters.style import ROOMIEST, Style
from scenes.kit.letters.typesetting import mantissa_source
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


def leaves(expression: Expression) -> frozenset[Expression]:
    """The quantities of an expression, to be shown as numbers."""
    return frozenset(q for q in expression.walk() if isinstance(q, Variable | Derivative))


@dataclass(frozen=True, slots=True)
class Part:
    """One marked piece of a source. ``shown`` is set where it is a number."""

    key: Key
    colour: Colour
    expression: Expression | None = None
    shown: Shown | None = None


@dataclass(slots=True)
class Source:
    """Typst source in the making, with the parts it marks.

    ``written`` says what is set in place of something long, ``style`` how the rest makes room.
    """

    view: View
    decimals: int
    written: Mapping[Expression, Expression] = field(default_factory=dict)
    style: Style = ROOMIEST
    parts: list[Part] = field(default_factory=list)

    def mark(self, part: Part, body: str) -> str:
        """``body`` as the next numbered part."""
        self.parts.append(part)
        return f"part(#{len(self.parts) - 1}, {body})"


def numeral_source(text: str) -> str:
    """A numeral as mathematics: a real minus, powers of ten written out."""
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return mantissa_source(mantissa)
    return f"{mantissa_source(mantissa)} dot 10^({int(exponent)})"


def typeset(source: Source, expression: Expression, values: Collection[Expression], key: Key, *, first: bool) -> str:
    """The source of one expression. Nodes in ``values`` stand as their numbers.

    ``first`` tells that nothing stands before it, so that a negative number needs no brackets.
    """
    if expression in values:
        return _number(source, expression, key, first=first)
    written = source.written.get(expression, expression)
    if isinstance(written, Symbol) and written is not expression:
        # A short sign keeps the colour of what it is short for.
        return source.mark(Part(key, source.view.colour(expression), expression), written.name)
    expression = written
    if isinstance(expression, Number):
        numeral = source.view.language.numeral(f"{expression.value}")
        return source.mark(Part(key, source.view.theme.ink, expression), numeral_source(numeral))
    if isinstance(expression, _LEAVES):
        return _leaf(source, expression, key)
    return _Writer(source, values, key).write(expression, first=first)


def _leaf(source: Source, expression: Expression, key: Key) -> str:
    view = source.view
    if isinstance(expression, Derivative):
        return _derivative(source, expression, key)
    if isinstance(expression, Variable | New):
        variable = expression.variable if isinstance(expression, New) else expression
        return source.mark(Part(key, view.colour(variable), expression), view.notation.variable(variable, view.net))
    return source.mark(Part(key, view.theme.ink, expression), _constant(source, expression))


_LEAVES = (Variable, Derivative, New, Constant, LayerSize, Symbol)
#: What needs brackets as a factor, and what needs them as a base of a power.
_LOOSER = (Sum, Negative)
_COMPOUND = (Sum, Negative, Product, Quotient, Power)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one compound node, its children at the keys below its own."""

    source: Source
    values: Collection[Expression]
    key: Key

    def write(self, expression: Expression, *, first: bool) -> str:
        match expression:
            case Sum(terms=terms):
                return self._sum(terms, first=first)
            case Product(factors=factors):
                return self._product(factors, first=first)
            case Quotient(numerator=above, denominator=under):
                text = f"frac({self._below(0, above)}, {self._below(1, under)})"
            case Power(base=base, exponent=exponent):
                # A symbol with a layer has a superscript already.
                scripted = isinstance(base, Variable) and base.layer is not None and base not in self.source.written
                text = self._bracketed(0, base, _COMPOUND, always=scripted or base in self.values)
                text += f"^({self._below(1, exponent)})"
            case Negative(operand=operand):
                text = f"-{self._bracketed(0, operand, _LOOSER, in_lines=self.source.style.lines)}"
            case Apply(function="max", argument=argument):
                text = f"max({self._constant(0)}, {self._below(0, argument)})"
            case Apply(function="step", argument=argument):
                where, elsewhere = (self.source.view.tr(word) for word in (N_("if"), N_("else")))
                case = f'{self._constant(1)} &"{where}" {self._below(0, argument)} > {self._constant(0, "bound")}'
                text = f'cases({case}, {self._constant(0)} &"{elsewhere}")'
            case Apply(function=function, argument=argument, layer=layer):
                text = f"{_function(self.source, function, layer)}({self._below(0, argument)})"
            case _:
                text = self._over(expression)
        return text

    def _over(self, expression: Expression) -> str:
        match expression:
            case SumOver(index=index, body=body) | ProductOver(index=index, body=body):
                sign = _big("sum" if isinstance(expression, SumOver) else "product", self.source, index, body)
            case Mean(index=index, body=body):
                notation = self.source.view.notation
                one = self.source.mark(Part((*self.key, "one"), self.source.view.theme.ink, Number(1)), "1")
                over = notation.run(index, notation.examples) if self.source.style.ranges else f"_({index})"
                sign = f"frac({one}, {notation.examples}) sum{over}"
            case _:
                raise TypeError(f"no way to write {type(expression).__name__}")
        return f"{sign} {self._bracketed(0, body, _LOOSER, in_lines=self.source.style.lines)}"

    def _constant(self, value: int, name: str = "constant") -> str:
        """A number that belongs to a function's own writing."""
        return self.source.mark(
            Part((*self.key, f"{name}_{value}"), self.source.view.theme.ink, Number(value)), str(value)
        )

    def _below(self, position: int, child: Expression, *, first: bool = True) -> str:
        return typeset(self.source, child, self.values, (*self.key, position), first=first)

    def _bracketed(
        self,
        position: int,
        child: Expression,
        looser: tuple[type[Expression], ...],
        *,
        always: bool = False,
        in_lines: bool = False,
    ) -> str:
        if in_lines and isinstance(child, Sum) and all(isinstance(term, Product) for term in child.terms):
            below = _Writer(self.source, self.values, (*self.key, position))
            return f"( {below.in_lines(child.terms)} )"
        if always or (isinstance(child, looser) and child not in self.values):
            return f"({self._below(position, child)})"
        return self._below(position, child, first=False)

    def _sum(self, terms: tuple[Expression, ...], *, first: bool) -> str:
        text = ""
        for position, term in enumerate(terms):
            begins = self._begins_a_line(position, terms)
            text += begins
            after = " thin " if begins and position else " "
            if isinstance(term, Negative):
                # The minus is part of the sum, so the term's own key is that of its operand.
                text += (f" -{after}" if position else "-") + self._bracketed(position, term.operand, _LOOSER)
            else:
                text += (f" +{after}" if position else "") + self._below(position, term, first=first and not position)
        return text

    def _begins_a_line(self, position: int, pieces: Sequence[Expression]) -> str:
        """What begins a line before a term or factor of a whole side, if one begins there."""
        fold = self.source.style.fold if len(self.key) == 1 else 0
        if not fold or len(pieces) <= fold or position % fold:
            return ""
        return " \\ & " if position else "& "

    def in_lines(self, terms: tuple[Expression, ...]) -> str:
        """Terms below each other."""
        written = [self._below(position, term, first=not position) for position, term in enumerate(terms)]
        if self.source.style.hanging:
            return " \\ & quad + ".join(written)
        return "& " + " \\ & + ".join(written)

    def _product(self, factors: tuple[Expression, ...], *, first: bool) -> str:
        text = ""
        for position, factor in enumerate(factors):
            begins = self._begins_a_line(position, factors)
            if isinstance(factor, _LOOSER) and factor not in self.values:
                piece = self._bracketed(position, factor, _LOOSER, in_lines=self.source.style.lines)
            else:
                piece = self._below(position, factor, first=first and not position)
            glue = " dot thin " if begins and position else self._glue(factors, position, piece)
            text += begins + glue + self._factor(position, piece)
        return text

    def _factor(self, position: int, piece: str) -> str:
        """A factor of a whole side is a part of its own, with its brackets, so that it can stand in a column."""
        if len(self.key) > 1:
            return piece
        return self.source.mark(Part((*self.key, position, "factor"), self.source.view.theme.ink), piece)

    def _glue(self, factors: tuple[Expression, ...], position: int, piece: str) -> str:
        """A dot beside numbers, a thin space between symbols, nothing before a bracket."""
        if not position:
            return ""
        before, factor = factors[position - 1], factors[position]
        if factor in self.values or (self.source.style.inline and isinstance(before, Derivative)):
            return " dot "
        if piece.startswith("("):
            return " "
        # 1 times 2(a - y) is not 12(a - y)
        meeting = isinstance(_outermost(before, -1), Number) and isinstance(_outermost(factor, 0), Number)
        return " dot " if meeting or isinstance(factor, Number) or before in self.values else " thin "


def _outermost(expression: Expression, end: int) -> Expression:
    """What a product begins with (0) or ends with (-1); any other expression itself."""
    while isinstance(expression, Product):
        expression = expression.factors[end]
    return expression


def _number(source: Source, expression: Expression, key: Key, *, first: bool) -> str:
    view = source.view
    decimals = reduced(view.value(expression), source.decimals, source.style.fewer)
    shown = view.shown(expression, decimals=short_decimals(view, expression, decimals))
    marked = source.mark(
        Part(key, view.colour(expression), expression, shown),
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
    quotient = f"{above} slash {under}" if source.style.inline else f"frac({above}, {under})"
    return f"part(#{whole}, {quotient})"


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
    """Σ with the range that follows from where its index stands, if ranges are written."""
    view = source.view
    if not source.style.ranges:
        return f"{sign}_({index})"
    for variable in _variables(body):
        for position, at in enumerate(variable.indices):
            if isinstance(at, Index) and at.name == index:
                layer = _layer_indexed(variable, position, view.net.L)
                if layer is not None:
                    return sign + view.notation.run(index, view.notation.size_above(layer, view.net))
    return f"{sign}_({index})"


def _variables(body: Expression) -> Iterator[Variable]:
    for node in body.walk():
        if isinstance(node, Variable):
            yield node
        elif isinstance(node, Derivative):
            yield node.of
            yield node.by


def _layer_indexed(variable: Variable, position: int, last: int) -> AnyIndex | None:
    """The layer whose neurons an index counts; None if it counts layers."""
    if variable.symbol in "xy":
        return 0 if variable.symbol == "x" else last
    if position == 0:
        return None
    layer = variable.indices[0]
    return layer - 1 if variable.symbol == "w" and position == len("jk") else layer
