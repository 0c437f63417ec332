"""The names of quantities, as contracts.md has them: ``w[L][0][0]``, ``a[L-1][2]``, ``dC/dw[L][0][0]@2``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bp_core.indices import free_indices
from bp_core.quantities import (
    INDEX_COUNTS,
    LAYERED,
    OF_THE_DATA_SET,
    AnyIndex,
    Derivative,
    Index,
    Quantity,
    Variable,
)
from bp_script.errors import TextError, did_you_mean, mismatch, one_of, shown, suggested
from bp_script.language.caller import tr, tr_n
from bp_script.syntax import Syntax, branches, offset_of, syntax, tokens, whole_number

if TYPE_CHECKING:
    from lark import Token

    from bp_core.nodes import Expression

_INDICES = {"x": "[k]", "y": "[j]", "w": "[l][j][k]", "b": "[l][j]", "z": "[l][j]", "a": "[l][j]", "delta": "[l][j]"}
#: What can be differentiated by what: whole derivatives of the cost, and one step's local ones.
DERIVATIVES = {"C": ("w", "b", "a", "z"), "J": ("w", "b"), "z": ("w", "b", "a"), "a": ("z", "w", "b", "a")}


@dataclass(frozen=True, slots=True)
class Scope:
    """What names can refer to: a network of these ``sizes`` and so many ``examples``, None where it is not known."""

    L: int | None = None
    sizes: tuple[int, ...] | None = None
    examples: int | None = None

    @classmethod
    def of(cls, sizes: tuple[int, ...] | None, examples: int | None) -> Scope:
        """The scope of a lesson, as far as it is known."""
        return cls(len(sizes) - 1 if sizes else None, sizes, examples)


def parse_quantity(text: str, L: int | None = None, *, scope: Scope | None = None) -> Quantity:
    """The quantity of a name; with ``L`` given, ``L`` and ``L-1`` become that layer's number.

    With a ``scope`` every index is held to its range, too.

    >>> str(parse_quantity("dC/dw[L][0][0]@2", L=3))
    'dC/dw[3][0][0]@2'

    Raises:
        TextError: no quantity has this name; says the column.
    """
    quantity = read_quantity(syntax(text, "quantity"), text, scope or Scope(L))
    refuse_free_indices(quantity, text)
    return quantity


def refuse_free_indices(expression: Expression, text: str) -> None:
    """Hold the expression of a text to one value: every index is a number, L or bound by a sum.

    Raises:
        TextError: an index runs freely; says its column.
    """
    for name in free_indices(expression):
        found = re.search(rf"[\[@]\s*({name})\b", text)
        raise TextError(text, found.start(1) if found else 0, mismatch(tr("numbers or L as indices"), repr(name)))


def read_quantity(tree: Syntax, text: str, scope: Scope) -> Quantity:
    """The quantity of a ``named`` or ``derivative`` tree of :mod:`bp_script.syntax`."""
    parts = branches(tree)
    example = _read_example(parts.pop(), text, scope) if parts[-1].data == "at" else None
    if tree.data == "named":
        return _variable(parts[0], 0, text, scope, example)
    return _derivative(parts[0], parts[1], text, scope, example)


def read_index(tree: Syntax, text: str, scope: Scope) -> AnyIndex:
    """The number or the named index between square brackets."""
    first, *rest = tokens(tree)
    if first.type == "NUMBER":
        return whole_number(first, text)
    name = index_name(first, text)
    offset = 0
    if rest:
        offset = whole_number(rest[1], text) * (-1 if rest[0].type == "MINUS" else 1)
    if name == "L" and scope.L is not None:
        return scope.L + offset
    return Index(name, offset)


def index_name(token: Token, text: str) -> str:
    """The name of an index: L, or a small letter."""
    name = str(token)
    if name != "L" and not (len(name) == 1 and name.islower()):
        hint = suggested("L") if name in {"l_max", "Last", "last"} else ""
        raise TextError(text, offset_of(token), mismatch(tr("a number, L or a small letter"), shown(name) + hint))
    return name


def _check_variable(variable: Variable, scope: Scope) -> None:
    L, sizes = scope.L, scope.sizes
    indices = [
        L + i.offset if L is not None and isinstance(i, Index) and i.name == "L" else i for i in variable.indices
    ]
    layers: list[int] = []
    if variable.symbol in LAYERED:
        layer = indices.pop(0)
        if L is None or not isinstance(layer, int):
            return
        first = 0 if variable.symbol == "a" else 1
        if not first <= layer <= L:
            raise ValueError(
                mismatch(tr("a layer from %(first)s to %(last)s", first=first, last=L), _in(variable, layer))
            )
        layers = [layer, layer - 1]
    elif L is not None:
        layers = [0 if variable.symbol == "x" else L]
    if sizes is None:
        return
    for index, layer in zip(indices, layers, strict=False):
        if isinstance(index, int) and index >= sizes[layer]:
            last = sizes[layer] - 1
            expected = {
                "x": tr("an input, from 0 to %(last)s", last=last),
                "y": tr("a target, from 0 to %(last)s", last=last),
            }.get(variable.symbol, tr("a neuron of layer %(layer)s, from 0 to %(last)s", layer=layer, last=last))
            raise ValueError(mismatch(expected, _in(variable, index)))


def _in(variable: Variable, index: int) -> str:
    return tr("%(index)s in %(quantity)s", index=index, quantity=variable)


def _check_example(example: AnyIndex | None, scope: Scope) -> None:
    if isinstance(example, int) and scope.examples is not None and example >= scope.examples:
        raise ValueError(mismatch(tr("an example from 0 to %(last)s", last=scope.examples - 1), example))


def _read_example(tree: Syntax, text: str, scope: Scope) -> AnyIndex:
    token = tokens(tree)[0]
    example = whole_number(token, text) if token.type == "NUMBER" else Index(index_name(token, text))
    try:
        _check_example(example, scope)
    except ValueError as error:
        raise TextError(text, offset_of(token), str(error)) from None
    return example


def _variable(tree: Syntax, skip: int, text: str, scope: Scope, example: AnyIndex | None = None) -> Variable:
    """The variable of a name and its indices; ``skip`` leaves out the d of dw[…]."""
    token, indices = tokens(tree)[0], branches(tree)
    name = str(token[skip:])
    if name not in INDEX_COUNTS:
        expected = tr("a quantity (%(names)s)", names=one_of(INDEX_COUNTS))
        raise TextError(text, offset_of(token), mismatch(expected, shown(name) + did_you_mean(name, INDEX_COUNTS)))
    if len(indices) != INDEX_COUNTS[name]:
        got = (
            tr_n("%(name)s with %(n)s index", "%(name)s with %(n)s indices", len(indices), name=name)
            if indices
            else tr("%(name)s with no index", name=name)
        )
        raise TextError(text, offset_of(token), mismatch(f"{name}{_INDICES.get(name, '')}", got))
    variable = Variable(name, tuple(read_index(index, text, scope) for index in indices), example)
    if example is not None and variable.symbol in OF_THE_DATA_SET:
        said = tr("expected %(name)s without @, it is the same for every example; got @", name=name)
        raise TextError(text, offset_of(token), said)
    try:
        _check_variable(variable, scope)
    except ValueError as error:
        raise TextError(text, offset_of(token), str(error)) from None
    return variable


def _derivative(top: Syntax, bottom: Syntax, text: str, scope: Scope, example: AnyIndex | None) -> Derivative:
    of, by = _variable(top, 1, text, scope), _variable(bottom, 1, text, scope)
    allowed = DERIVATIVES.get(of.symbol)
    if allowed is None:
        known = one_of(f"d{symbol}" for symbol in DERIVATIVES)
        raise TextError(text, offset_of(top), mismatch(tr("a derivative of %(known)s", known=known), f"d{of.symbol}"))
    if by.symbol not in allowed:
        known = one_of(f"d{symbol}" for symbol in allowed)
        expected = tr("%(of)s by %(known)s", of=f"d{of.symbol}", known=known)
        raise TextError(text, offset_of(bottom), mismatch(expected, f"d{by.symbol}"))
    if not _is_one_step(of, by):
        form = _LOCAL[of.symbol, by.symbol]
        raise TextError(
            text, offset_of(top), mismatch(tr("one step's derivative, %(form)s", form=form), f"d{of}/d{by}")
        )
    if example is not None and of.symbol == "J":
        raise TextError(text, offset_of(top), tr("expected dJ without @, J is the cost of all examples; got @"))
    return Derivative(of, by, example)


_LOCAL = {
    ("z", "w"): "dz[l][j]/dw[l][j][k]",
    ("z", "b"): "dz[l][j]/db[l][j]",
    ("z", "a"): "dz[l][j]/da[l-1][k]",
    ("a", "z"): "da[l][j]/dz[l][i]",
    ("a", "w"): "da[l][j]/dw[l][i][k]",
    ("a", "b"): "da[l][j]/db[l][i]",
    ("a", "a"): "da[l][j]/da[l-1][k]",
}


def _is_one_step(of: Variable, by: Variable) -> bool:
    if (of.symbol, by.symbol) not in _LOCAL:
        return True
    if _differ(of.indices[0], by.indices[0] + (1 if by.symbol == "a" else 0)):
        return False
    # Of softmax, every output depends on every neuron's weights.
    return of.symbol == "a" or by.symbol not in {"w", "b"} or not _differ(of.indices[1], by.indices[1])


def _differ(left: AnyIndex, right: AnyIndex) -> bool:
    """Whether two indices surely differ; L and 3 may be the same."""
    if isinstance(left, int) and isinstance(right, int):
        return left != right
    return isinstance(left, Index) and isinstance(right, Index) and left.name == right.name and left != right
