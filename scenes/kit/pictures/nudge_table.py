"""A column for each example, a row for each parameter: how each example would nudge each weight and bias."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from manim import LEFT, RIGHT, UP, Line, VGroup, VMobject

from bp_core.nodes import Expression, Negative
from bp_core.quantities import C, J, Variable, d
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

#: Letters of the symbols at most, as a multiple of the least; numbers as a share of them.
_MOST, _SMALLER = 1.2, 0.74
#: From line to line, in heights of the tallest symbol: at least, and at most.
_CLOSE, _LOOSE = 1.2, 1.5
#: A head's height in lines, what a gap between rows takes, and the room between columns in ems, least and most.
_HEAD, _GAP, _BETWEEN, _WIDE = 1.55, 0.55, 0.55, 1.5

#: Letters of the word above the averages.
_WORD_EM = 0.34

#: How many examples are asked which rows to show, and the share of the largest nudge that shows.
_ASKED, _SEEN = 40, 0.03


def nudge(parameter: Variable, example: int | None = None) -> Expression:
    """What an example wants of a parameter: minus the derivative of its cost."""
    return Negative(d(C, parameter).at_example(example))


def average_nudge(parameter: Variable) -> Expression:
    """What all examples want together: minus the derivative of the whole cost, a component of −∇C."""
    return Negative(d(J, parameter))


class NudgeTable(VGroup):
    """Rows of parameters, columns of examples and a last column of averages, each with dots where some are left out.

    ``head`` draws what stands above an example's column, ``first`` is the example beside the symbols. The
    averages have the word ``average``, which comes later.
    """

    def __init__(
        self, view: View, region: Region, head: Callable[[int, float], VMobject], *, least: float, first: int
    ) -> None:
        super().__init__()
        self.view = view
        everything = list(view.trace.network.parameters())
        tallest = max(_symbol(view, kind, 1.0).height for kind in _kinds(everything))
        self.rows = _blocks(view, everything, region.height / (least * _CLOSE * tallest) - _HEAD)
        slots = _slots(self.rows, everything)
        lines = _HEAD + sum(1.0 if slot is not None else _GAP for slot in slots)
        self.em = float(np.clip(region.height / lines / (_CLOSE * tallest), least, least * _MOST))
        self.pitch = min(region.height / lines, self.em * tallest * _LOOSE)
        self.symbols = {row: _symbol(view, row, self.em) for row in self.rows}
        self.averages = {row: self._value(average_nudge(row), self._usual(average_nudge)) for row in self.rows}
        self.average: VMobject = Words(view.tr("average"), em=_WORD_EM, colour=view.theme.quiet)
        self.columns: dict[int, dict[Variable, Value]] = {}
        widths = self._choose(region.width, first)
        self.heads = {example: head(example, _HEAD * self.pitch * 0.78) for example in self.columns}
        self.more_rows, self.more_columns, self.more_averages = VGroup(), VGroup(), VGroup()
        self._stand_in_lines(slots)
        self._stand_in_columns(widths)
        self.add(*self.symbols.values(), *self.heads.values(), self.rule)
        self.add(self.more_rows, self.more_columns, self.more_averages)
        self.add(*(value for column in [*self.columns.values(), self.averages] for value in column.values()))
        VGroup(self, self.above_averages(self.average)).move_to(region.centre)

    # -- parts ---------------------------------------------------------------

    @property
    def examples(self) -> list[int]:
        """The examples that have a column, from left to right."""
        return list(self.columns)

    def column(self, example: int) -> list[Value]:
        """An example's nudges, from the top."""
        return list(self.columns[example].values())

    def row(self, parameter: Variable) -> list[Value]:
        """A parameter's nudges, one an example."""
        return [column[parameter] for column in self.columns.values()]

    def brackets(self, example: int | None = None) -> VGroup:
        """The brackets that make a vector of an example's column, or of the averages."""
        column = VGroup(*(self.averages if example is None else self.columns[example]).values())
        room = 0.26 * self.em
        ends = self._reach() if example is None else (column.get_bottom()[1] - room, column.get_top()[1] + room)
        bottom, top = ends[0] - room, ends[1] + room
        pair = VGroup()
        for edge, inward in ((column.get_left()[0] - room, 1), (column.get_right()[0] + room, -1)):
            hook = inward * 0.3 * self.em
            corners = [(edge + hook, top), (edge, top), (edge, bottom), (edge + hook, bottom)]
            bracket = VMobject(stroke_color=self.view.theme.ink, stroke_width=2.6)
            pair.add(bracket.set_points_as_corners(np.array([[x, y, 0.0] for x, y in corners])))
        return pair

    def above_averages(self, mobject: VMobject) -> VMobject:
        """Put something over the column of averages, level with the heads."""
        level = VGroup(*self.heads.values()).get_y()
        return mobject.move_to([VGroup(*self.averages.values()).get_x(), level, 0.0])

    # -- layout --------------------------------------------------------------

    def _value(self, expression: Expression, decimals: int) -> Value:
        view = self.view
        digits = enough_digits(view.value(expression), decimals)
        small = self.em * _SMALLER
        return Value(view, expression, em=small, colour=view.theme.cost, decimals=digits, signed=True, anchor="point")

    def _usual(self, of: Callable[[Variable], Expression]) -> int:
        return decimals_for([self.view.value(of(row)) for row in self.rows], self.view.decimals + 1)

    def _choose(self, width: float, first: int) -> list[float]:
        """The examples there is room for, the first one first; the widths of columns, symbols and averages."""
        count = len(self.view.trace.examples)
        ends = [_width(list(self.symbols.values())), max(_width(list(self.averages.values())), self.average.width)]
        between = _BETWEEN * self.em
        dots, room = between + self.em, width - sum(ends) - 2 * between
        order = list(dict.fromkeys([*range(count)]))
        chosen: dict[int, dict[Variable, Value]] = {}
        for example in sorted(order, key=lambda e: (e != first, e)):
            usual = self._usual(lambda row, e=example: nudge(row, e))  # type: ignore[misc]
            column = {row: self._value(nudge(row, example), usual) for row in self.rows}
            taken = sum(_width(list(c.values())) + between for c in [*chosen.values(), column])
            left_out = len(chosen) + 1 < count
            if chosen and taken + left_out * dots > room:
                break
            chosen[example] = column
        self.columns = chosen
        widths = [_width(list(column.values())) for column in self.columns.values()]
        free = width - sum(ends) - sum(widths) - (len(widths) < count) * self.em
        self.between = float(np.clip(free / (len(widths) + 1 + (len(widths) < count)), between, _WIDE * self.em))
        return [ends[0], *widths, ends[1]]

    def _stand_in_lines(self, slots: Sequence[Variable | None]) -> None:
        """Every row on its line, dots between."""
        at = -_HEAD * self.pitch
        for row in slots:
            if row is None:
                mark = Typeset("$dots.v$", em=0.8 * self.em, colour=self.view.theme.quiet)
                mark.move_to((at + self.pitch * (0.8 - _GAP / 2)) * UP)
                self.more_rows.add(mark)
                self.more_averages.add(mark.copy())
                at -= self.pitch * _GAP
                continue
            self.symbols[row].set_baseline(at)
            for column in [*self.columns.values(), self.averages]:
                column[row].set_baseline(at)
            at -= self.pitch

    def _stand_in_columns(self, widths: Sequence[float]) -> None:
        """Symbols flush left, then the examples, dots, and the averages behind a rule."""
        for symbol in self.symbols.values():
            symbol.shift(symbol.get_left()[0] * LEFT)
        for mark in self.more_rows:
            mark.set_x(widths[0] / 2)
        x, level = widths[0], 0.5 * (1 - _HEAD) * self.pitch
        for (example, column), width in zip(self.columns.items(), widths[1:-1], strict=True):
            x += self.between
            self._centre(column, x + width / 2, width)
            self.heads[example].move_to([x + width / 2, level, 0.0])
            x += width
        low, high = self._reach()
        if len(self.columns) < len(self.view.trace.examples):
            x += self.between + self.em
            for height in (level, (low + high) / 2):
                mark = Typeset("$dots.c$", em=self.em * 1.2, colour=self.view.theme.quiet)
                self.more_columns.add(mark.move_to([x - self.em / 2, height, 0.0]))
        x += self.between
        self._centre(self.averages, x + widths[-1] / 2, _width(list(self.averages.values())))
        for mark in self.more_averages:
            mark.set_x(x + widths[-1] / 2)
        self.rule = Line(low * UP, high * UP, stroke_width=2, color=self.view.theme.faint)
        self.rule.shift((x - self.between / 2) * RIGHT)

    def _reach(self) -> tuple[float, float]:
        parts = VGroup(*self.symbols.values(), *self.more_rows)
        return float(parts.get_bottom()[1]), float(parts.get_top()[1])

    @staticmethod
    def _centre(column: dict[Variable, Value], x: float, width: float) -> None:
        """A column's decimal points below each other, the whole in the middle of its room."""
        left = max(value.point - value.get_left()[0] for value in column.values())
        for value in column.values():
            value.shift((x - width / 2 + left - value.point) * RIGHT)


def _width(parts: Sequence[Value | Typeset]) -> float:
    """How wide a column is: of numbers, with their points below each other."""
    values = [part for part in parts if isinstance(part, Value)]
    if not values:
        return max(float(part.width) for part in parts)
    left = max(value.point - value.get_corner(LEFT)[0] for value in values)
    return float(left + max(value.get_corner(RIGHT)[0] - value.point for value in values))


def _symbol(view: View, parameter: Variable, em: float) -> Typeset:
    return Typeset(f"${view.notation.variable(parameter, view.net)}$", em=em, colour=view.colour(parameter))


def _kinds(parameters: Sequence[Variable]) -> list[Variable]:
    """One weight and one bias of each layer."""
    return list({(p.symbol, p.layer): p for p in parameters}.values())


def _slots(rows: Sequence[Variable], everything: Sequence[Variable]) -> list[Variable | None]:
    """The lines from the top: parameters, and None for those left out between."""
    return list(_gapped([everything.index(row) for row in rows], everything))


def _gapped(places: Sequence[int], everything: Sequence[Variable]) -> Iterator[Variable | None]:
    for before, place in pairwise([-1, *places, len(everything)]):
        if place - before > 1:
            yield None
        if place < len(everything):
            yield everything[place]


def _blocks(view: View, everything: Sequence[Variable], room: float) -> list[Variable]:
    """All parameters; if there is no room, neighbours of the first layer that most examples nudge, and the last."""
    if len(everything) <= room:
        return list(everything)
    lines = max(2, int(room - 2 * _GAP))
    upper = (lines + 1) // 2
    last = len(everything) - (lines - upper)
    sizes = _sizes(view)
    starts = range(max(1, min(len(sizes) - upper + 1, last - upper)))
    start = max(starts, key=lambda at: min(sizes[at : at + upper]))
    return [*everything[start : start + upper], *everything[last:]]


def _sizes(view: View) -> list[tuple[int, float]]:
    """For each weight of the first layer, how many examples nudge it so that it shows, and by how much on average."""
    some = min(_ASKED, len(view.trace.data))
    sizes = np.array([np.abs(view.trace.examples[k].layer(1).dC_dw).ravel() for k in range(some)])
    seen = (sizes >= _SEEN * sizes.max()).sum(axis=0)
    return list(zip(seen.tolist(), sizes.mean(axis=0).tolist(), strict=True))
