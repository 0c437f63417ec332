"""Equations of a scripted scene: in symbols, with their values, and quantities side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

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
from bp_core.nodes import Apply, Constant, Expression, LayerSize, Mean, New, ProductOver, Sum, SumOver, substitute
from bp_core.quantities import Derivative, Variable
from bp_core.trace import Trace
from bp_script.language import parse_equation
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.formula import Formula, Side, leaves
from scenes.kit.motion.moves import Morph, standing_in
from scenes.kit.pictures.rows import Reach, below, stand_at
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The largest letters of an equation, as a multiple of the least.
_MOST = 2.2
#: Between two lines, in ems.
_BETWEEN = 0.5
#: Sums of at most so many terms are written out when their values go in.
_TERMS = 4
#: Derivatives have at least so many decimals.
_DERIVATIVE_DECIMALS = 4


def fitted(view: View, sides: Sequence[Side], room: Region, least: float, most: float) -> Formula:
    """The formula with letters as large as the room allows, from ``least`` to ``most``; an update has an arrow."""
    relation = "←" if isinstance(sides[0].expression, New) else None
    formula = Formula(view, *sides, em=most, relation=relation)
    share = min(1.0, room.width / formula.width, room.height / formula.height)
    return formula if share == 1.0 else Formula(view, *sides, em=max(least, share * most), relation=relation)


class EquationExhibit(Exhibit):
    """An equation, checked against the lesson's numbers before it is drawn."""

    def __init__(self, made: Making, text: str) -> None:
        view, room, least = made.view, made.room, made.least
        equation = parse_equation(text, scope=made.scope)
        self.equation, self.room, self._least = equation, room, least
        self._numbers = False
        self.lines = [fitted(view, [Side(equation.left), Side(equation.right)], room, least, _MOST * least)]
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
        self._numbers = True
        old, new = self.lines[0], self._in_numbers(view)
        self._show(new)
        arrive = [FadeIn(line, shift=0.15 * UP) for line in new[1:]]
        return [Morph(old, new[0], run_time=2.4), *arrive]

    def turned(self, view: View) -> Sequence[Animation]:
        """An equation in numbers is set anew."""
        if not self._numbers:
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
            lines = [fitted(view, [Side.numbers(*_written_out(left, view.trace)), Side(right)], self.room, 0.0, most)]
            self._place(lines, self._offset)
            return lines
        numbers = Side.numbers(*_written_out(right, view.trace))
        result = Side.value(left, _DERIVATIVE_DECIMALS if isinstance(left, Derivative | New) else None)
        first = Side(left)
        alone = numbers.expression in numbers.values
        whole = [first, result] if alone else [first, numbers, result]
        lines = [fitted(view, whole, self.room, 0.0, most)]
        if not alone and lines[0].em < self._least:
            upper = fitted(view, [first, numbers], self.room, self._least, most)
            lower = Formula(view, first, result, em=upper.em)
            # the second line goes on from the first: its left side is said already
            lower.side(0).set_opacity(0)
            lines = [upper, lower]
        self._place(lines, self._offset)
        return lines

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


def _written_out(expression: Expression, trace: Trace) -> tuple[Expression, frozenset[Expression]]:
    """An expression with its short sums written out, and what of it stands as a number: leaves, and long sums whole."""
    whole: set[Expression] = set()
    for node in [n for n in expression.walk() if isinstance(n, SumOver)]:
        if free_indices(node):
            continue
        run = index_range(node.index, (node.body,), trace, {})
        if len(run) <= _TERMS and not any(isinstance(n, SumOver) for n in node.body.walk()):
            terms = tuple(bind(node.body, {node.index: i}) for i in run)
            expression = substitute(expression, node, Sum(terms) if len(terms) > 1 else terms[0])
        else:
            whole.add(node)
    # what else has an index of its own (a product, a mean) stands as one number, too, and so does a slope
    whole |= {node for node in expression.walk() if isinstance(node, Mean | ProductOver) and not free_indices(node)}
    whole |= {node for node in expression.walk() if isinstance(node, Apply) and node.function == "sigma'"}
    inside = {leaf for node in whole for leaf in node.walk()}
    constants = {node for node in expression.walk() if isinstance(node, Constant | LayerSize)}
    return expression, ((leaves(expression) | constants) - inside) | whole
