"""The nodes that expressions are made of.

An expression is a small immutable tree. Its leaves are quantities (:mod:`bp_core.quantities`), numbers and a few
constants of the lesson; it can be *evaluated* against a trace (:mod:`bp_core.equations`), *differentiated*
(:mod:`bp_core.formulas`) and *typeset* by the pictures. Python's operators build it:

>>> from bp_core.quantities import a, y
>>> str((a(3, 0) - y(0)) ** 2)
'(a[3][0] - y[0])^2'
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_core.quantities import AnyIndex, Variable


class Tightness(IntEnum):
    """How tightly the parts of an expression hang together as written; a looser one inside a tighter gets brackets."""

    SUM = 0
    NEGATIVE = 1
    PRODUCT = 2
    DERIVATIVE = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True, slots=True)
class Expression:
    """A node of the tree. Equal trees compare equal; sums and products stay flat as they are built."""

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.ATOM

    def __add__(self, other: Operand) -> Expression:
        return Sum((*_terms(self), *_terms(_node(other))))

    def __radd__(self, other: Operand) -> Expression:
        return _node(other) + self

    def __sub__(self, other: Operand) -> Expression:
        return Sum((*_terms(self), Negative(_node(other))))

    def __rsub__(self, other: Operand) -> Expression:
        return _node(other) - self

    def __mul__(self, other: Operand) -> Expression:
        return Product((*_factors(self), *_factors(_node(other))))

    def __rmul__(self, other: Operand) -> Expression:
        return _node(other) * self

    def __truediv__(self, other: Operand) -> Expression:
        return Quotient(self, _node(other))

    def __rtruediv__(self, other: Operand) -> Expression:
        return Quotient(_node(other), self)

    def __pow__(self, exponent: Operand) -> Expression:
        return Power(self, _node(exponent))

    def __neg__(self) -> Expression:
        return Negative(self)

    def children(self) -> tuple[Expression, ...]:
        """The sub-expressions, left to right as they are written."""
        found: list[Expression] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                found.extend(item for item in value if isinstance(item, Expression))
            elif isinstance(value, Expression) and field.name not in _NOT_CHILDREN:
                found.append(value)
        return tuple(found)

    def walk(self) -> Iterator[Expression]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children():
            yield from child.walk()


#: The parts of a derivative and of ``new(…)`` are names, not sub-expressions.
_NOT_CHILDREN = frozenset({"of", "by", "variable"})


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A number that belongs to a formula, such as the 2 of 2(a − y)."""

    value: int | float

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.NEGATIVE if self.value < 0 else Tightness.ATOM

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True, slots=True)
class Symbol(Expression):
    """A free symbol of a formula that stands by itself, as the z of σ(z)."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A constant of the lesson: ``m`` (examples), ``l2``, ``eta`` (learning rate)."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class LayerSize(Expression):
    """``n[l]``, the number of neurons of layer l."""

    layer: AnyIndex

    def __str__(self) -> str:
        return f"n[{self.layer}]"


@dataclass(frozen=True, slots=True)
class New(Expression):
    """``new(w[l][j][k])``, a parameter's value after the next update."""

    variable: Variable

    def __str__(self) -> str:
        return f"new({self.variable})"


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """Terms added up; a difference holds a :class:`Negative` term."""

    terms: tuple[Expression, ...]

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.SUM

    def __str__(self) -> str:
        text = ""
        for position, term in enumerate(self.terms):
            if isinstance(term, Negative):
                text += (" - " if position else "-") + _bracketed(term.operand, Tightness.PRODUCT)
            else:
                at_least = Tightness.PRODUCT if position else Tightness.NEGATIVE
                text += (" + " if position else "") + _bracketed(term, at_least)
        return text


@dataclass(frozen=True, slots=True)
class Product(Expression):
    """Factors multiplied."""

    factors: tuple[Expression, ...]

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.PRODUCT

    def __str__(self) -> str:
        first, *others = self.factors
        texts = [_bracketed(first, Tightness.PRODUCT)]
        texts.extend(_bracketed(factor, Tightness.DERIVATIVE) for factor in others)
        return " * ".join(texts)


@dataclass(frozen=True, slots=True)
class Quotient(Expression):
    """A fraction."""

    numerator: Expression
    denominator: Expression

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.PRODUCT

    def __str__(self) -> str:
        below = _bracketed(self.denominator, Tightness.POWER)
        return f"{_bracketed(self.numerator, Tightness.PRODUCT)} / {below}"


@dataclass(frozen=True, slots=True)
class Power(Expression):
    """A base raised to an exponent."""

    base: Expression
    exponent: Expression

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.POWER

    def __str__(self) -> str:
        return f"{_bracketed(self.base, Tightness.ATOM)}^{_bracketed(self.exponent, Tightness.POWER)}"


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    """−u."""

    operand: Expression

    @property
    def tightness(self) -> Tightness:
        """How tightly it hangs together as written."""
        return Tightness.NEGATIVE

    def __str__(self) -> str:
        return f"-{_bracketed(self.operand, Tightness.PRODUCT)}"


@dataclass(frozen=True, slots=True)
class Apply(Expression):
    """A function of an argument.

    ``function`` is ``sigma`` or ``sigma'`` (the activation of ``layer``, and its derivative), ``ln`` or ``exp``;
    in the formulas of activations also ``tanh``, ``max`` (the larger of u and 0) and ``step`` (0 up to 0, 1 above it).
    ``layer`` None is the last layer.
    """

    function: str
    argument: Expression
    layer: AnyIndex | None = None

    def __str__(self) -> str:
        layer = "" if self.layer is None else f"[{self.layer}]"
        return f"{self.function}{layer}({self.argument})"


@dataclass(frozen=True, slots=True)
class SumOver(Expression):
    """Σ over a bound index; its range follows from where the index stands in the body."""

    index: str
    body: Expression

    def __str__(self) -> str:
        return f"sum({self.index}, {self.body})"


@dataclass(frozen=True, slots=True)
class ProductOver(Expression):
    """∏ over a bound index."""

    index: str
    body: Expression

    def __str__(self) -> str:
        return f"product({self.index}, {self.body})"


@dataclass(frozen=True, slots=True)
class Mean(Expression):
    """The mean over the examples; the index stands behind ``@`` in the body."""

    index: str
    body: Expression

    def __str__(self) -> str:
        return f"mean({self.index}, {self.body})"


Operand: TypeAlias = Expression | int | float


def substitute(expression: Expression, old: Expression, new: Expression) -> Expression:
    """The expression with every ``old`` in it replaced by ``new``."""
    if expression == old:
        return new
    changes: dict[str, object] = {}
    for field in fields(expression):
        value = getattr(expression, field.name)
        if isinstance(value, tuple) and any(isinstance(item, Expression) for item in value):
            changes[field.name] = tuple(substitute(item, old, new) for item in value)
        elif isinstance(value, Expression) and field.name not in _NOT_CHILDREN:
            changes[field.name] = substitute(value, old, new)
    return replace(expression, **changes) if changes else expression


def _node(operand: Operand) -> Expression:
    return operand if isinstance(operand, Expression) else Number(operand)


def _terms(expression: Expression) -> tuple[Expression, ...]:
    return expression.terms if isinstance(expression, Sum) else (expression,)


def _factors(expression: Expression) -> tuple[Expression, ...]:
    return expression.factors if isinstance(expression, Product) else (expression,)


def _bracketed(expression: Expression, at_least: Tightness) -> str:
    return str(expression) if expression.tightness >= at_least else f"({expression})"
