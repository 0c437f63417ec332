"""Matrices of a network, entry by entry: one statement about many numbers is a family of scalar equations.

A matrix is known by what its rows and columns stand for and by the expression of each entry. So z = Θa is not a line of
text but one equation for every entry, held to the numbers as any other, and every entry that is shown is a quantity.
A layer's bias unit, which is always 1, stands first among the rows of its activations; the biases are the first column
of its weights.

>>> from bp_core.quantities import Index
>>> equation = MatrixEquation(Vector("z", 1), Weights(1) @ Vector("a", 0, bias=True))
>>> print(equation)
z[1] = Theta[1] @ (1, a[0])
>>> print(*equation.equations())
z[1][j] = b[1][j] + sum(p, w[1][j][p] * a[0][p])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import TypeAlias

from bp_core.equations import Equation
from bp_core.indices import assignments
from bp_core.nodes import Apply, Expression, LayerSize, Number, Sum, SumOver
from bp_core.quantities import AnyIndex, C, Index, J, Variable, a, b, d, w, z
from bp_core.trace import Trace

#: A row or column: the number or index of a neuron; None is the bias unit.
Place: TypeAlias = AnyIndex | None
#: The names that sums over an inner axis go by.
_INNER = "pqrs"


@dataclass(frozen=True, slots=True)
class Axis:
    """What rows or columns stand for: the neurons of a layer, the bias unit before them if there is one, or just one.

    >>> str(Axis(1, bias=True).length), str(Axis().length)
    ('n[1] + 1', '1')
    """

    layer: AnyIndex | None = None
    bias: bool = False

    @property
    def length(self) -> Expression:
        """How many there are."""
        if self.layer is None:
            return Number(1)
        return LayerSize(self.layer) + 1 if self.bias else LayerSize(self.layer)

    def places(self, sizes: tuple[int, ...]) -> tuple[Place, ...]:
        """Every place, in order."""
        if self.layer is None:
            return (0,)
        layer = self.layer if isinstance(self.layer, int) else len(sizes) - 1 + self.layer.offset
        return ((None,) if self.bias else ()) + tuple(range(sizes[layer]))

    def kinds(self, index: str) -> tuple[Place, ...]:
        """The bias unit, and any neuron."""
        if self.layer is None:
            return (0,)
        return (None, Index(index)) if self.bias else (Index(index),)


@dataclass(frozen=True, slots=True)
class MatrixExpression:
    """A matrix; a vector is one of a single column. Python's operators build larger ones, ``*`` entry by entry."""

    @property
    def rows(self) -> Axis:
        """What its rows stand for."""
        raise NotImplementedError

    @property
    def columns(self) -> Axis:
        """What its columns stand for."""
        return Axis()

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """The expression of one entry."""
        raise NotImplementedError

    def children(self) -> tuple[MatrixExpression, ...]:
        """The matrices it is made of, left to right as they are written."""
        found = (getattr(self, field.name) for field in fields(self))
        return tuple(part for part in found if isinstance(part, MatrixExpression))

    def __matmul__(self, other: MatrixExpression) -> MatrixExpression:
        return Times(self, other)

    def __mul__(self, other: MatrixExpression) -> MatrixExpression:
        return Entrywise(self, other)

    def __add__(self, other: MatrixExpression) -> MatrixExpression:
        return Plus(self, other)

    def __sub__(self, other: MatrixExpression) -> MatrixExpression:
        return Minus(self, other)

    @property
    def T(self) -> MatrixExpression:  # noqa: N802 - the sign of the transposed
        """Rows and columns exchanged."""
        return Transposed(self)


# What a network holds.


@dataclass(frozen=True, slots=True)
class Vector(MatrixExpression):
    """A number for each neuron of a layer: a, z, delta, x or y; ``bias`` puts the bias unit's 1 first."""

    symbol: str
    layer: AnyIndex
    bias: bool = False
    example: AnyIndex | None = None

    @property
    def rows(self) -> Axis:
        """The neurons."""
        return Axis(self.layer, self.bias)

    def entry(self, row: Place, column: Place = 0) -> Expression:  # noqa: ARG002 - there is one column
        """A neuron's number."""
        if row is None:
            return Number(1)
        indices = (row,) if self.symbol in "xy" else (self.layer, row)
        return Variable(self.symbol, indices).at_example(self.example)

    def __str__(self) -> str:
        name = self.symbol if self.symbol in "xy" else f"{self.symbol}[{self.layer}]"
        name += "" if self.example is None else f"@{self.example}"
        return f"(1, {name})" if self.bias else name


@dataclass(frozen=True, slots=True)
class _OfWeights(MatrixExpression):
    """A number for each weight into a layer: a row a neuron, a column a source; with ``bias`` the biases first."""

    layer: AnyIndex
    bias: bool = True

    @property
    def rows(self) -> Axis:
        """The neurons that the weights lead to."""
        return Axis(self.layer)

    @property
    def columns(self) -> Axis:
        """Where they come from."""
        return Axis(self.layer - 1, self.bias)

    def parameter(self, row: Place, column: Place) -> Variable:
        """The weight or bias at a place."""
        assert row is not None  # noqa: S101 - no weight leads to a bias unit
        return b(self.layer, row) if column is None else w(self.layer, row, column)

    def _named(self, name: str) -> str:
        return f"{name}[{self.layer}]{'' if self.bias else ' without biases'}"


@dataclass(frozen=True, slots=True)
class Weights(_OfWeights):
    """Θ: the weights into a layer, the biases first."""

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """A weight, or a bias."""
        return self.parameter(row, column)

    def __str__(self) -> str:
        return self._named("Theta")


@dataclass(frozen=True, slots=True)
class Slopes(_OfWeights):
    """The derivatives by the weights and biases into a layer: of J, or of the cost of one example."""

    of: Variable = J

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """One derivative."""
        slope = d(self.of.at_example(None), self.parameter(row, column))
        return slope.at_example(self.of.example)

    def __str__(self) -> str:
        return self._named(f"d{self.of}/dTheta")


@dataclass(frozen=True, slots=True)
class Accumulated(_OfWeights):
    """Δ: what the examples up to number ``upto`` add up to, δ times activation each; None is all of them."""

    upto: int | None = None

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """One sum, over no example 0."""
        if self.upto is None:
            return SumOver("e", self._term(row, column, Index("e")))
        terms = tuple(self._term(row, column, example) for example in range(self.upto))
        return Sum(terms) if len(terms) > 1 else terms[0] if terms else Number(0)

    def _term(self, row: Place, column: Place, example: AnyIndex) -> Expression:
        return Outer(self.layer, example, bias=self.bias).entry(row, column)

    def __str__(self) -> str:
        return self._named("Delta") + ("" if self.upto is None else f" after {self.upto} examples")


@dataclass(frozen=True, slots=True)
class CostSlopes(MatrixExpression):
    """∂C/∂a of the outputs."""

    layer: AnyIndex

    @property
    def rows(self) -> Axis:
        """The outputs."""
        return Axis(self.layer)

    def entry(self, row: Place, column: Place = 0) -> Expression:  # noqa: ARG002 - there is one column
        """The derivative by one output."""
        assert row is not None  # noqa: S101 - the outputs have no bias unit
        return d(C, a(self.layer, row))

    def __str__(self) -> str:
        return f"dC/da[{self.layer}]"


@dataclass(frozen=True, slots=True)
class OutputSlopes(MatrixExpression):
    """∂aᵢ/∂zⱼ of the outputs, i down and j across: what softmax has in place of σ′."""

    layer: AnyIndex

    @property
    def rows(self) -> Axis:
        """The outputs."""
        return Axis(self.layer)

    @property
    def columns(self) -> Axis:
        """Their pre-activations."""
        return Axis(self.layer)

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """How one output follows one pre-activation."""
        assert row is not None and column is not None  # noqa: S101, PT018 - the outputs have no bias unit
        return d(a(self.layer, row), z(self.layer, column))

    def __str__(self) -> str:
        return f"da[{self.layer}]/dz[{self.layer}]"


# What is made of them.


@dataclass(frozen=True, slots=True)
class Activated(MatrixExpression):
    """σ (or σ′) of each entry, by a layer's activation; of softmax each entry's share in the sum of their powers."""

    of: MatrixExpression
    layer: AnyIndex
    derivative: bool = False
    softmax: bool = False

    @property
    def rows(self) -> Axis:
        """Those of what it is applied to."""
        return self.of.rows

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """One entry's."""
        own = self.of.entry(row, column)
        if not self.softmax:
            return Apply("sigma'" if self.derivative else "sigma", own, self.layer)
        inner = _fresh(row)
        return Apply("exp", own) / SumOver(inner, Apply("exp", self.of.entry(Index(inner), column)))

    def __str__(self) -> str:
        return f"{'softmax' if self.softmax else 'sigma'}{chr(39) * self.derivative}[{self.layer}]({self.of})"


@dataclass(frozen=True, slots=True)
class Transposed(MatrixExpression):
    """Rows and columns exchanged."""

    of: MatrixExpression

    @property
    def rows(self) -> Axis:
        """The columns of the other."""
        return self.of.columns

    @property
    def columns(self) -> Axis:
        """The rows of the other."""
        return self.of.rows

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """The other's entry across the diagonal."""
        return self.of.entry(column, row)

    def __str__(self) -> str:
        return f"{_inside(self.of)}^T"


@dataclass(frozen=True, slots=True)
class Times(MatrixExpression):
    """The product of two matrices: each row with each column, over what the one's columns and the other's rows are."""

    left: MatrixExpression
    right: MatrixExpression

    def __post_init__(self) -> None:
        if self.left.columns != self.right.rows:
            raise ValueError(f"{self}: the columns of the left are not the rows of the right")

    @property
    def rows(self) -> Axis:
        """Those of the left."""
        return self.left.rows

    @property
    def columns(self) -> Axis:
        """Those of the right."""
        return self.right.columns

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """A row of the left with a column of the right."""

        def term(at: Place) -> Expression:
            left, right = self.left.entry(row, at), self.right.entry(at, column)
            return left if right == Number(1) else right if left == Number(1) else left * right

        inner = self.left.columns
        if inner.layer is None:
            return term(0)
        name = _fresh(row, column)
        total = SumOver(name, term(Index(name)))
        return term(None) + total if inner.bias else total

    def written_out(self, row: Place, column: Place, sizes: tuple[int, ...]) -> Expression:
        """The same entry term by term, without its Σ."""
        terms = [self.left.entry(row, at) * self.right.entry(at, column) for at in self.left.columns.places(sizes)]
        return Sum(tuple(terms)) if len(terms) > 1 else terms[0]

    def __str__(self) -> str:
        return f"{_inside(self.left)} @ {_inside(self.right)}"


@dataclass(frozen=True, slots=True)
class _TwoAlike(MatrixExpression):
    """Something of two matrices of one shape, entry by entry."""

    left: MatrixExpression
    right: MatrixExpression

    def __post_init__(self) -> None:
        if (self.left.rows, self.left.columns) != (self.right.rows, self.right.columns):
            raise ValueError(f"{self}: the two are not of one shape")

    @property
    def rows(self) -> Axis:
        """Those of both."""
        return self.left.rows

    @property
    def columns(self) -> Axis:
        """Those of both."""
        return self.left.columns


@dataclass(frozen=True, slots=True)
class Entrywise(_TwoAlike):
    """The product ⊙, entry by entry."""

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """The product of two entries."""
        return self.left.entry(row, column) * self.right.entry(row, column)

    def __str__(self) -> str:
        return f"{_inside(self.left)} * {_inside(self.right)}"


@dataclass(frozen=True, slots=True)
class Plus(_TwoAlike):
    """The sum."""

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """The sum of two entries."""
        return self.left.entry(row, column) + self.right.entry(row, column)

    def __str__(self) -> str:
        return f"{self.left} + {self.right}"


@dataclass(frozen=True, slots=True)
class Minus(_TwoAlike):
    """The difference."""

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """The difference of two entries."""
        return self.left.entry(row, column) - self.right.entry(row, column)

    def __str__(self) -> str:
        return f"{self.left} - {_inside(self.right)}"


@dataclass(frozen=True, slots=True)
class Outer(_OfWeights):
    """What one example adds to Δ: δ of the layer times the activations before it, laid out as its weights are."""

    example: AnyIndex | None = None

    def __init__(self, layer: AnyIndex, example: AnyIndex | None = None, *, bias: bool = True) -> None:
        object.__setattr__(self, "layer", layer)
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "example", example)

    @property
    def product(self) -> Times:
        """Δ's step as the product δ aᵀ."""
        before = Vector("a", self.layer - 1, self.bias, self.example)
        return Times(Vector("delta", self.layer, example=self.example), before.T)

    def entry(self, row: Place, column: Place = 0) -> Expression:
        """δ times activation."""
        return self.product.entry(row, column)

    def __str__(self) -> str:
        return str(self.product)


# What is said of them.


@dataclass(frozen=True, slots=True)
class MatrixEquation:
    """Two matrices that claim to be the same, entry by entry. A layer that is an index makes it general."""

    left: MatrixExpression
    right: MatrixExpression

    def __post_init__(self) -> None:
        if (self.left.rows, self.left.columns) != (self.right.rows, self.right.columns):
            raise ValueError(f"{self}: the two are not of one shape")

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"

    def equations(self) -> Iterator[Equation]:
        """The scalar equations that it stands for, the rows and columns of neurons left free."""
        kinds = product(self.left.rows.kinds("j"), self.left.columns.kinds("k"))
        for row, column in kinds:
            yield Equation(self.left.entry(row, column), self.right.entry(row, column))

    def entries(self, trace: Trace, most: int) -> Iterator[Equation]:
        """The equation of each entry with a value; if they are many, about so many of each kind."""
        for equation in self.equations():
            for bindings in assignments((equation.left, equation.right), trace, most):
                yield equation.bound(bindings, trace.L)

    def check(self, trace: Trace, step: int = 0) -> None:
        """Refuse it unless it holds here and at slightly different parameters, as a scalar equation is.

        Raises:
            EquationError: two entries differ; the message names them.
            QuantityError: an entry has no value here.
            NumberError: an entry overflows or is not a number.
        """
        for equation in self.equations():
            equation.check(trace, step)


def _fresh(*places: Place) -> str:
    """A name for an inner index that none of these goes by."""
    taken = {place.name for place in places if isinstance(place, Index)}
    return next(name for name in _INNER if name not in taken)


def _inside(matrix: MatrixExpression) -> str:
    return f"({matrix})" if isinstance(matrix, Times | _TwoAlike) else str(matrix)


def with_layer(matrix: MatrixExpression, name: str, layer: int) -> MatrixExpression:
    """The matrix with a layer's number in place of an index.

    >>> print(with_layer(Weights(Index("l", 1)).T, "l", 2))
    Theta[3]^T
    """
    changes: dict[str, object] = {}
    for field in fields(matrix):
        part = getattr(matrix, field.name)
        if isinstance(part, MatrixExpression):
            changes[field.name] = with_layer(part, name, layer)
        elif isinstance(part, Index) and part.name == name:
            changes[field.name] = layer + part.offset
    return replace(matrix, **changes) if changes else matrix
