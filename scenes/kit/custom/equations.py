"""Equations of a scripted scene: in symbols, with their values, and quantities side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from manim import (
    UP,
    Animation,
    FadeIn,
    FadeOut,
    VGroup,
    VMobject,
)

from bp_core.indices import bind, free_indices, index_range
from bp_core.nodes import (
    Apply,
    Constant,
    Expression,
    LayerSize,
    Mean,
    New,
    Product,
    ProductOver,
    Sum,
    SumOver,
    substitute,
)
from bp_core.quantities import Derivative, Variable
from bp_core.trace import Trace
from bp_script.equation_language import parse_equation
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.mathematics import leaves
from scenes.kit.letters.named_value import DERIVATIVE_DECIMALS
from scenes.kit.letters.style import STYLES, Style, telling
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM
from scenes.kit.motion.moves import Morph, standing_in
from scenes.kit.pictures.rows import Reach, below, stand_at
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The largest letters of an equation, as a multiple of the least.
_MOST = 2.2
#: Between two lines, in ems.
_BETWEEN = 0.5
#: Lines that a side is folded into at most.
_MOST_LINES = 5
#: Sums of at most so many terms are written out when their values go in.
_TERMS = 4


def fitted(view: View, sides: Sequence[Side], room: Region, most: float) -> Formula:
    """The formula with letters as large as the room allows, up to ``most``; an update has an arrow.

    Where it could not be read in one line its sums do without their ranges, it is folded, or has fewer digits. What
    even so has no room keeps the smallest letters that can be read, and stands out of its room.
    """
    relation = "←" if isinstance(sides[0].expression, New) else None
    best: tuple[float, float, Style] | None = None
    for style in _styles(sides):
        whole = Formula(view, *sides, em=1.0, relation=relation, style=style)
        least = READABLE_DIGITS_EM / whole.smallest
        em = min(most, room.width / whole.width, room.height / whole.height)
        if best is None or em / least > best[0]:
            best = (em / least, max(em, least), style)
        if em >= least:
            break
    if best is None:
        raise ValueError("expected a way to set a formula")
    return Formula(view, *sides, em=best[1], relation=relation, style=best[2])


def _styles(sides: Sequence[Side]) -> Iterator[Style]:
    """From the usual one to the tightest."""
    pieces = _pieces(sides[1].expression) if len(sides) == 2 else 1
    folds = dict.fromkeys([0, *(-(-pieces // lines) for lines in range(2, min(pieces, _MOST_LINES) + 1))])
    styles = telling(STYLES, sides)
    numeric = any(side.values for side in sides)
    for fewer in (0, 1) if numeric else (0,):
        for fold in folds:
            for style in styles:
                yield replace(style, fold=fold, fewer=fewer)


def _pieces(expression: Expression) -> int:
    """Into how many pieces a side can be folded."""
    match expression:
        case Sum(terms=terms):
            return len(terms)
        case Product(factors=factors):
            return len(factors)
    return 1


class EquationExhibit(Exhibit):
    """An equation, checked against the lesson's numbers before it is drawn."""

    def __init__(self, made: Making, text: str) -> None:
        view, room, least = made.view, made.room, made.least
        equation = parse_equation(text, scope=made.scope)
        self.equation, self.room, self._least = equation, room, least
        self.in_numbers = False
        self.lines = [fitted(view, [Side(equation.left), Side(equation.right)], room, _MOST * least)]
        self._place(self.lines)
        super().__init__(VGroup(*self.lines))

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:
        """Symbols that are on screen already travel to their places."""
        (formula,) = self.lines
        return Morph(None, formula, from_elsewhere=standing_in(formula, symbols), run_time=1.8)

    def goes(self) -> Animation:
        """All lines."""
        return FadeOut(VGroup(*self.lines), run_time=0.6)

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """Each leaf where it stands, the sides' own signs with whatever is left."""
        for formula in self.lines:
            for key, group in formula.keyed().items():
                yield group, formula.within(key)

    def substitute(self, view: View) -> list[Animation]:
        """Symbols become their values in place, then the result comes."""
        self.in_numbers = True
        old, new = self.lines[0], self._in_numbers(view)
        self._show(new)
        arrive = [FadeIn(line, shift=0.15 * UP) for line in new[1:]]
        return [Morph(old, new[0], run_time=2.4), *arrive]

    def turned(self, view: View) -> Sequence[Animation]:
        """An equation in numbers is set anew."""
        if not self.in_numbers:
            return []
        old, new = self.lines, self._in_numbers(view)
        self._show(new)
        stay = [Morph(one, other) for one, other in zip(old, new, strict=False)]
        return [*stay, *map(FadeOut, old[len(new) :]), *map(FadeIn, new[len(old) :])]

    def _show(self, lines: list[Formula]) -> None:
        self.lines = lines
        self.drawing = VGroup(*lines)

    def _in_numbers(self, view: View) -> list[Formula]:
        """In one line where there is room, else the result in a second one."""
        left, right, most = self.equation.left, self.equation.right, self.lines[0].em
        if not leaves(right):  # the sum of some quantities is 1
            lines = [fitted(view, [Side.numbers(*_written_out(left, view.trace)), Side(right)], self.room, most)]
            self._place(lines, self._offset)
            return lines
        numbers = Side.numbers(*_written_out(right, view.trace))
        result = Side.value(left, DERIVATIVE_DECIMALS if isinstance(left, Derivative | New) else None)
        first = Side(left)
        alone = numbers.expression in numbers.values
        lines = [fitted(view, [first, result] if alone else [first, numbers, result], self.room, most)]
        if not alone and (lines[0].em < self._least or lines[0].width > self.room.width):
            lines = self._in_two(view, first, numbers, result, most)
        self._place(lines, self._offset)
        return lines

    def _in_two(self, view: View, first: Side, numbers: Side, result: Side, most: float) -> list[Formula]:
        """The result below the numbers, in letters of one size."""
        upper = fitted(view, [first, numbers], self.room, most)
        for _ in range(2):
            lower = Formula(view, first, result, em=upper.em)
            high = upper.height + _of_the_rest(lower).height + _BETWEEN * upper.em
            if high <= self.room.height:
                break
            above = 1 - (_of_the_rest(lower).height + _BETWEEN * upper.em) / self.room.height
            upper = fitted(view, [first, numbers], self.room.band(0.0, max(0.2, above)), upper.em)
        lower = Formula(view, first, result, em=upper.em)
        # the second line goes on from the first: its left side is said already
        lower.side(0).set_opacity(0)
        return [upper, lower]

    def _place(self, lines: Sequence[Formula], offset: np.ndarray | None = None) -> None:
        reaches = [Reach.of(line) for line in lines[:1]] + [_of_the_rest(line) for line in lines[1:]]
        high = sum(reach.height for reach in reaches) + _BETWEEN * lines[0].em * (len(lines) + 1)
        room, middle = self.room, self.room.centre[1]
        close = Region(room.left, room.right, middle - min(high, room.height) / 2, middle + min(high, room.height) / 2)
        for line, point in zip(lines, below(reaches, close), strict=True):
            stand_at(line, point if offset is None else point + offset)


def _of_the_rest(line: Formula) -> Reach:
    """How far a line reaches that begins with its sign."""
    sign, value = line.relation(1).get_center(), line.side(1)
    high = max(float(value.height), 0.4 * line.em) / 2
    return Reach(0.0, float(value.get_right()[0] - sign[0]), high, high)


def _flat(expression: Expression) -> Expression:
    """A sum of sums as one sum."""
    if not isinstance(expression, Sum):
        return expression
    return Sum(tuple(t for term in expression.terms for t in (term.terms if isinstance(term, Sum) else (term,))))


def _written_out(expression: Expression, trace: Trace) -> tuple[Expression, frozenset[Expression]]:
    """An expression with its short sums written out, and what of it stands as a number: leaves, and long sums whole."""
    whole: set[Expression] = set()
    for node in [n for n in expression.walk() if isinstance(n, SumOver)]:
        if free_indices(node):
            continue
        run = index_range(node.index, (node.body,), trace, {})
        if len(run) <= _TERMS and not any(isinstance(n, SumOver) for n in node.body.walk()):
            terms = tuple(bind(node.body, {node.index: i}) for i in run)
            expression = _flat(substitute(expression, node, Sum(terms) if len(terms) > 1 else terms[0]))
        else:
            whole.add(node)
    # what else has an index of its own (a product, a mean) stands as one number, too, and so does a slope
    whole |= {node for node in expression.walk() if isinstance(node, Mean | ProductOver) and not free_indices(node)}
    whole |= {node for node in expression.walk() if isinstance(node, Apply) and node.function == "sigma'"}
    inside = {leaf for node in whole for leaf in node.walk()}
    constants = {node for node in expression.walk() if isinstance(node, Constant | LayerSize)}
    return expression, ((leaves(expression) | constants) - inside) | whole
