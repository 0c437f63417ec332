"""The equation language of contracts.md, read into expressions.

>>> str(parse_equation("dC/da[L][0] = 2 * (a[L][0] - y[0])", L=3))
'dC/da[3][0] = 2 * (a[3][0] - y[0])'
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

from bp_core.equations import Equation
from bp_core.indices import places
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
    ProductOver,
    SumOver,
)
from bp_core.quantities import INDEX_COUNTS, AnyIndex, Variable
from bp_script.counts import counted
from bp_script.errors import TextError, did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr
from bp_script.names import Scope, index_name, read_index, read_quantity
from bp_script.syntax import DEEPEST, Syntax, branches, offset_of, syntax, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Token

CONSTANTS = ("m", "l2", "eta")
_ACTIVATIONS = ("sigma", "sigma'")
_FUNCTIONS = (*_ACTIVATIONS, "ln", "exp", "sum", "product", "mean", "new")
_NAMES = (*INDEX_COUNTS, *CONSTANTS, "n")


def parse_expression(text: str, L: int | None = None, *, scope: Scope | None = None) -> Expression:
    """The expression of a text; with ``L`` given, ``L`` and ``L-1`` become that layer's number.

    With a ``scope`` every index is held to its range, too.

    Raises:
        TextError: it is not in the equation language; says the column.
    """
    return _Reader(text, scope or Scope(L)).read(syntax(text, "sum"))


def parse_equation(text: str, L: int | None = None, *, scope: Scope | None = None) -> Equation:
    """The equation of a text, ``left = right``, as :func:`parse_expression`. Whether it holds is for its ``check``.

    Raises:
        TextError: it is not in the equation language; says the column.
    """
    tree = syntax(text, "equation")
    reader = _Reader(text, scope or Scope(L))
    left, right = map(reader.read, branches(tree))
    return Equation(left, right)


class _Reader:
    """Turns one text's syntax tree into an expression."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def read(self, tree: Syntax) -> Expression:
        if tree.data in {"named", "derivative"}:
            return self._quantity(tree)
        readers: dict[str, Callable[[Syntax], Expression]] = {
            "sum": self._sum,
            "product": self._product,
            "negative": lambda tree: Negative(self.read(branches(tree)[0])),
            "raised": lambda tree: Power(*map(self.read, branches(tree))),
            "bracket": lambda tree: self.read(branches(tree)[0]),
            "number": self._number,
            "call": self._call,
        }
        return readers[tree.data](tree)

    def _sum(self, tree: Syntax) -> Expression:
        signs, terms = tokens(tree), [self.read(term) for term in branches(tree)]
        total = -terms[0] if len(signs) == len(terms) else terms[0]
        for sign, term in zip(signs[1 - len(terms) or len(signs) :], terms[1:], strict=True):
            total = total + term if sign.type == "PLUS" else total - term
        return total

    def _product(self, tree: Syntax) -> Expression:
        signs, factors = tokens(tree), [self.read(factor) for factor in branches(tree)]
        if sum(sign.type == "SLASH" for sign in signs) > DEEPEST:
            self._refuse(tree, tr("at most %(most)s divisions in a row", most=DEEPEST), tr("more"))
        total = factors[0]
        for sign, factor in zip(signs, factors[1:], strict=True):
            total = total * factor if sign.type == "STAR" else total / factor
        return total

    def _number(self, tree: Syntax) -> Expression:
        token = tokens(tree)[0]
        if token.isdigit() and len(token) <= 15:
            return Number(int(token))
        value = float(token)
        if not math.isfinite(value):
            self._refuse(token, tr("a number up to %(most)s", most="1.7e308"), shown(str(token)))
        return Number(value)

    def _quantity(self, tree: Syntax) -> Expression:
        if tree.data == "derivative":
            return read_quantity(tree, self.text, self.scope)
        head = branches(tree)[0]
        name, indices = tokens(head)[0], branches(head)
        if name in CONSTANTS or name == "n":
            if len(tree.children) > 1:
                self._refuse(name, tr("%(name)s without @", name=name), "@")
            if len(indices) != (name == "n"):
                form = "n[l]" if name == "n" else tr("%(name)s alone", name=name)
                self._refuse(name, form, tr("%(name)s with %(count)s in brackets", name=name, count=len(indices)))
            return LayerSize(self._layer(indices[0])) if name == "n" else Constant(str(name))
        if name not in INDEX_COUNTS:
            expected = tr("a quantity, a constant or a function (%(names)s)", names=one_of(_NAMES))
            near = did_you_mean(str(name), (*_NAMES, *_FUNCTIONS))
            self._refuse(name, expected, shown(str(name)) + near)
        return read_quantity(tree, self.text, self.scope)

    def _call(self, tree: Syntax) -> Expression:
        head, *arguments = branches(tree)
        name, indices = tokens(head)[0], branches(head)
        if name not in _FUNCTIONS:
            hint = did_you_mean(str(name), _FUNCTIONS)
            if name in _NAMES:
                hint = tr("; a product needs its sign: *")
            self._refuse(name, tr("a function (%(names)s)", names=one_of(_FUNCTIONS)), shown(str(name)) + hint)
        if len(indices) > (name in _ACTIVATIONS):
            self._refuse(indices[-1], tr("%(name)s without it", name=name), tr("an index in brackets"))
        takes = 2 if name in {"sum", "product", "mean"} else 1
        if len(arguments) != takes:
            example = f"{name}({'j, …' if takes == 2 else '…'})"
            self._refuse(head, f"{counted(takes, 'argument')}, {example}", str(len(arguments)))
        if takes == 2:
            return self._over(str(name), *arguments)
        if name == "new":
            return self._new(arguments[0])
        layer = self._layer(indices[0]) if indices else None
        return Apply(str(name), self.read(arguments[0]), layer)

    def _over(self, kind: str, variable: Syntax, body: Syntax) -> Expression:
        letter = _bare_name(variable)
        if letter is None or str(letter) == "L":
            expected = tr("a small letter as %(kind)s's index, as in %(kind)s(j, …)", kind=kind)
            self._refuse(variable, expected, self._source(variable))
        index = index_name(letter, self.text)
        expression = self.read(body)
        if not any((place.counts == "examples") == (kind == "mean") for place in places(expression, index)):
            expected = (
                tr("an index that its body uses (C@e with e)")
                if kind == "mean"
                else tr("an index that its body uses (a[L][j] with j)")
            )
            self._refuse(letter, expected, shown(index))
        if kind == "mean":
            return Mean(index, expression)
        return SumOver(index, expression) if kind == "sum" else ProductOver(index, expression)

    def _new(self, argument: Syntax) -> Expression:
        variable = self.read(argument)
        if not isinstance(variable, Variable) or variable.symbol not in {"w", "b"}:
            self._refuse(argument, tr("a weight or a bias in new(…)"), self._source(argument))
        return New(variable)

    def _layer(self, index: Syntax) -> AnyIndex:
        layer = read_index(index, self.text, self.scope)
        L = self.scope.L
        if isinstance(layer, int) and not 0 <= layer <= (layer if L is None else L):
            last = "L" if L is None else L
            self._refuse(index, tr("a layer from %(first)s to %(last)s", first=0, last=last), str(layer))
        return layer

    def _source(self, tree: Syntax) -> str:
        return shown(self.text[offset_of(tree) : getattr(tree.meta, "end_pos", None)])

    def _refuse(self, part: Syntax | Token, expected: str, got: str) -> NoReturn:
        raise TextError(self.text, offset_of(part), mismatch(expected, got))


def _bare_name(tree: Syntax) -> Token | None:
    """The name that a whole argument consists of, without index, sign or bracket."""
    while len(tree.children) == 1 and branches(tree):
        tree = branches(tree)[0]
    found = tokens(tree)
    return found[0] if tree.data == "head" and len(tree.children) == 1 else None
