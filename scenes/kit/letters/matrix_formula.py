"""Equations of matrices on screen: typeset from matrices, every entry checked before they are drawn."""

from __future__ import annotations

from manim import VGroup

from bp_core.matrices import (
    Accumulated,
    Activated,
    CostSlopes,
    Entrywise,
    MatrixEquation,
    MatrixExpression,
    Minus,
    Outer,
    OutputSlopes,
    Plus,
    Slopes,
    Times,
    Transposed,
    Vector,
    Weights,
)
from bp_core.nodes import Apply, Symbol
from bp_core.quantities import C, Variable
from scenes.kit.letters.formula import Statement
from scenes.kit.letters.lined import Lined
from scenes.kit.letters.mathematics import Part, Source, typeset
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: Entries of an equation that the film record lists, about, of each kind.
ENTRIES = 12
_SIGNS = {"=": "=", "←": "arrow.l"}
_JOINED = (Times, Plus, Minus, Entrywise)


class MatrixFormula(Lined):
    """A typeset equation of matrices, with ``relation`` between its first two sides.

    Raises:
        EquationError: two sides differ in an entry.
    """

    def __init__(self, view: View, *sides: MatrixExpression, em: float = 0.6, relation: str = "=") -> None:
        super().__init__()
        self.view = view
        self.em = em
        self.sides = sides
        self._source = Source(view, view.decimals)
        self._drawn: list[tuple[int, MatrixExpression, int]] = []
        body = ""
        self._signs = []
        for position, side in enumerate(sides):
            if position:
                sign = _SIGNS[relation if position == 1 else "="]
                self._signs.append(len(self._source.parts))
                body += self._source.mark(Part((position, "relation"), view.theme.ink), sign)
            body += f" {self._write(side, position)} "
        self.typeset = Typeset(f"$display({body})$", em=em, colour=view.theme.ink)
        for number, part in enumerate(self._source.parts):
            self.typeset.part(number).set_fill(part.colour)
        self.add(self.typeset)
        self.equations = tuple(MatrixEquation(*sides[at : at + 2]) for at in range(len(sides) - 1))
        self.typeset.origin.reading = " = ".join(map(str, sides))
        self.statements = tuple(s for equation in self.equations for s in self._checked(equation))

    @property
    def baseline(self) -> float:
        """The height of the line the formula stands on."""
        return self.typeset.baseline

    def leaf(self, matrix: MatrixExpression, nth: int = 0) -> VGroup:
        """What is drawn where a matrix stands for the nth time.

        Raises:
            KeyError: it does not stand there.
        """
        found = [number for _, drawn, number in self._drawn if drawn == matrix]
        if nth >= len(found):
            raise KeyError(f"{matrix} does not stand in this formula")
        return self.typeset.part(found[nth])

    def relation(self, position: int = 1) -> VGroup:
        """The sign before a side."""
        return self.typeset.part(self._signs[position - 1])

    # -- writing -------------------------------------------------------------

    def _write(self, matrix: MatrixExpression, side: int) -> str:
        match matrix:
            case Transposed(of=of):
                text = f"{self._write(of, side) if _bare(of) else f'({self._write(of, side)})'}^(upright(T))"
            case Times(left=left, right=right):
                text = f"{self._inside(left, side)} thin {self._inside(right, side)}"
            case Entrywise(left=left, right=right):
                text = f"{self._write(left, side)} dot.o {self._write(right, side)}"
            case Plus(left=left, right=right):
                text = f"{self._write(left, side)} + {self._write(right, side)}"
            case Minus(left=left, right=right):
                text = f"{self._write(left, side)} - {self._inside(right, side)}"
            case Activated(of=of, layer=layer, derivative=derivative):
                function = Apply("sigma'" if derivative else "sigma", Symbol(self._write(of, side)), layer)
                text = typeset(self._source, function, (), (side, len(self._drawn)), first=True)
            case Outer():
                text = self._write(matrix.product, side)
            case _:
                text = self._leaf(matrix, side)
        return text

    def _inside(self, matrix: MatrixExpression, side: int) -> str:
        return f"({self._write(matrix, side)})" if isinstance(matrix, _JOINED) else self._write(matrix, side)

    def _leaf(self, matrix: MatrixExpression, side: int) -> str:
        number = len(self._source.parts)
        self._drawn.append((side, matrix, number))
        part = Part((side, len(self._drawn)), colour_of(self.view, matrix))
        self._source.parts.append(part)
        return f"part(#{number}, {name_of(self.view, matrix)})"

    def _checked(self, equation: MatrixEquation) -> list[Statement]:
        view = self.view
        here = view.trace.at_step(view.step) if view.step else view.trace
        equation.check(here)
        return [
            Statement(f"{equation}, where {entry}", *entry.sides(here)) for entry in equation.entries(here, ENTRIES)
        ]


def name_of(view: View, matrix: MatrixExpression) -> str:
    """The letter of a matrix or a vector as Typst mathematics, the same for every example."""
    notation, net = view.notation, view.net
    match matrix:
        case Vector(symbol=symbol, layer=layer):
            name = notation.array(symbol, layer, net)
        case Weights(layer=layer, bias=bias):
            whole = notation.array("Theta", layer, net)
            name = whole if bias else whole.replace(notation.weights, f"tilde({notation.weights})", 1)
        case Accumulated(layer=layer):
            name = notation.array("Delta", layer, net)
        case Slopes(of=Variable("J"), layer=layer):
            name = notation.array("D", layer, net)
        case Slopes() | CostSlopes() | OutputSlopes():
            above, below = _derivative(view, matrix)
            name = f"frac(partial {above}, partial {below})"
        case _:
            name = _made_of_others(view, matrix)
    return name


def _derivative(view: View, matrix: Slopes | CostSlopes | OutputSlopes) -> tuple[str, str]:
    """What is derived, and by what."""
    notation, net = view.notation, view.net
    if isinstance(matrix, OutputSlopes):
        return notation.array("a", matrix.layer, net), notation.array("z", matrix.layer, net)
    by = notation.array("Theta" if isinstance(matrix, Slopes) else "a", matrix.layer, net)
    return notation.variable(matrix.of if isinstance(matrix, Slopes) else C, net), by


def _made_of_others(view: View, matrix: MatrixExpression) -> str:
    """A matrix that is another one turned on its side or put through a function, or δ aᵀ, by its parts' names."""
    match matrix:
        case Transposed(of=of):
            return f"({name_of(view, of)})^(upright(T))"
        case Outer(product=Times(left=left, right=right)):
            return f"{name_of(view, left)} {name_of(view, right)}"
        case Activated(of=of, layer=layer, derivative=derivative):
            function = Apply("sigma'" if derivative else "sigma", Symbol(name_of(view, of)), layer)
            return typeset(Source(view, view.decimals), function, (), (), first=True)
    raise TypeError(f"{matrix} has no letter of its own")


def colour_of(view: View, matrix: MatrixExpression) -> Colour:
    """The colour of a matrix as a whole: that of its quantity; of derivatives that of what they are derivatives of."""
    theme = view.theme
    match matrix:
        case Vector(symbol=symbol):
            return theme.of_symbol(symbol)
        case Weights():
            return theme.weight
        case Accumulated() | Slopes() | CostSlopes() | Outer():
            return theme.cost
        case OutputSlopes() | Activated():
            return theme.activation
        case Transposed(of=of):
            return colour_of(view, of)
    return theme.ink


def _bare(matrix: MatrixExpression) -> bool:
    """Whether an exponent can stand at it without brackets."""
    return isinstance(matrix, Vector) and matrix.symbol in "xy"
