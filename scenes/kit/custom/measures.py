"""Number lines and tables of a scripted scene."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    LaggedStart,
    Mobject,
    Succession,
    TransformFromCopy,
    VGroup,
    VMobject,
)

from bp_core.activations import ACTIVATIONS
from bp_core.nodes import Constant, Expression, LayerSize
from bp_core.quantities import C, Variable, a, d, y
from scenes.kit.calculus.batch import parameter_count
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.number import Value, enough_digits
from scenes.kit.pictures.number_line import QuantityLine, span_of
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.view import View, decimals_for

#: The line's share of its room; the rest is for its symbol and value.
_LENGTH = 0.66
#: The room of a line at most, so that few do not stand far apart.
_PITCH = 1.5
#: From a line to its symbol, and free at its other end; lines closer than so many ems have values beside symbols.
_ASIDE, _END, _CLOSE = 0.5, 0.2, 2.15
#: Where an activation that tends to something is as good as there.
_FAR = 30.0


class _Line(VGroup):
    """A quantity's line with its value under its symbol, or beside it where lines are close."""

    def __init__(
        self,
        view: View,
        variable: Variable,
        span: tuple[float, float],
        *,
        length: float,
        em: float,
        decimals: int,
        close: bool,
    ) -> None:
        super().__init__()
        self.line = QuantityLine(view, variable, span, length=length, em=em)
        self.value = Value(view, variable, em=0.78 * em, decimals=decimals, anchor="right" if close else "centre")
        if close:
            self.value.next_to(self.line.axis, LEFT, buff=_ASIDE + 0.2)
            self.line.symbol.next_to(self.value, LEFT, buff=0.4 * em)
        else:
            self.value.next_to(self.line.symbol, DOWN, buff=0.3 * em)
            VGroup(self.line.symbol, self.value).next_to(self.line.axis, LEFT, buff=_ASIDE)
        self.add(self.line, self.value)

    @property
    def beside(self) -> float:
        """How far symbol and value reach to the left of the line."""
        return float(self.line.axis.get_left()[0] - min(self.line.symbol.get_left()[0], self.value.get_left()[0]))

    def follow(self, view: View) -> _Line:
        """Slide the dot and run the value."""
        self.line.follow(view)
        self.value.show(view)
        return self

    def settle(self, view: View) -> None:
        """From here on the trail starts where the dot is."""
        self.line.start = view.value(self.line.variable)


class LinesExhibit(Exhibit):
    """Each quantity on a line of its own, long enough for all that it will come to show."""

    def __init__(self, made: Making, names: Sequence[str]) -> None:
        room, variables = made.room, [made.variable(name) for name in names]
        pitch = min(room.height / len(variables), _PITCH)
        em = float(np.clip(0.42 * pitch, made.least, 1.4 * made.least))
        drawn = [self._drawn(made, variable, _LENGTH * room.width, em, pitch) for variable in variables]
        length = room.width - max(line.beside for line in drawn) - 2 * _END
        if length < _LENGTH * room.width:
            drawn = [self._drawn(made, variable, length, em, pitch) for variable in variables]
        for position, line in enumerate(drawn):
            height = room.centre[1] + pitch * ((len(drawn) - 1) / 2 - position)
            right = room.right - _END
            line.shift((right - line.line.axis.get_right()[0]) * RIGHT + (height - line.line.axis.get_y()) * UP)
        self.lines = drawn
        super().__init__(VGroup(*self.lines))

    @staticmethod
    def _drawn(made: Making, variable: Variable, length: float, em: float, pitch: float) -> _Line:
        values = [view.value(variable) for view in made.views]
        decimals = max(enough_digits(value, made.view.decimals) for value in values)
        span, close = _within(made.view, variable, _span(values)), pitch < _CLOSE * em
        return _Line(made.view, variable, span, length=length, em=em, decimals=decimals, close=close)

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:
        """A symbol that is on screen travels to its line, which unrolls beside it."""
        return LaggedStart(*(self._unrolls(line, symbols) for line in self.lines), lag_ratio=0.4, run_time=2.4)

    @staticmethod
    def _unrolls(line: _Line, symbols: Mapping[Variable, VMobject]) -> Animation:
        drawn = line.line
        source = symbols.get(drawn.variable)
        name = FadeIn(drawn.symbol) if source is None else TransformFromCopy(source, drawn.symbol)
        marks = AnimationGroup(FadeIn(drawn.ends), FadeIn(drawn.ghost), FadeIn(drawn.dot), FadeIn(line.value))
        return AnimationGroup(name, Succession(Create(drawn.ruler), marks))

    def symbols(self) -> Mapping[Variable, VMobject]:
        """One a line."""
        return {line.line.variable: line.line.symbol for line in self.lines}

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """One a line."""
        return ((line, (line.line.variable,)) for line in self.lines)

    def followers(self) -> Sequence[Mobject]:
        """All lines."""
        return self.lines

    def stepped(self, view: View) -> Sequence[Animation]:
        """Nothing: the player lets them run."""
        del view
        return []


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Round ends that hold the values; around one that stays, room on both sides."""
    low, high = min(values), max(values)
    if high - low < 1e-9 * max(1.0, abs(high)):
        room = max(abs(low), 0.5)
        low, high = low - room, high + room
    room = 0.5 * (high - low)
    return span_of(np.array([low - room, high + room]))


def _within(view: View, variable: Variable, span: tuple[float, float]) -> tuple[float, float]:
    """A span that does not reach beyond what the quantity can be: costs and many activations have a bound."""
    low, high = span
    if variable.symbol in {"C", "J"}:
        return max(low, 0.0), high
    layer = variable.layer
    if variable.symbol != "a" or not isinstance(layer, int) or not layer:
        return span
    name = view.trace.network.activations[layer - 1]
    tends = ACTIVATIONS["sigmoid" if name == "softmax" else name].value(_FAR * np.array([-2, -1, 1, 2]))
    least, less, more, most = (float(value) for value in np.round(tends, 6))
    return max(low, least) if least == less else low, min(high, most) if most == more else high


class TableExhibit(Exhibit):
    """A table of the network's numbers: its gradient, its parameters, its activations, or its examples."""

    def __init__(self, made: Making, kind: str) -> None:
        view, room, least = made.view, made.room, made.least
        rows, columns, count = _CONTENTS[kind](view)
        fits = ValueTable.room(view, rows, room, least=least)
        if len(rows) > fits:
            chosen = set(sorted(rows, key=lambda row: row not in made.spoken_of)[: max(1, fits - 1)])
            rows = [row for row in rows if row in chosen]
        self.table = ValueTable(view, rows, columns, room, least=least, of=count)
        super().__init__(self.table)

    def symbols(self) -> Mapping[Variable, VMobject]:
        """One a row."""
        return self.table.symbols

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """Symbols and values; a value belongs to its row's quantity, too."""
        for row in self.table.rows:
            yield self.table.symbols[row], (row, d(C, row) if row.symbol in "wb" else row)
            for cells in self.table.cells:
                yield cells[row], (row, cells[row].expression)

    def turned(self, view: View) -> Sequence[Animation]:
        """Every value as it is in another view."""
        return [self.table.rewritten(*([view] * len(self.table.cells)))]


def _gradient(view: View) -> tuple[list[Variable], list[Column], Expression]:
    rows = list(view.trace.network.parameters())
    slopes = [view.value(d(C, row)) for row in rows]
    usual = decimals_for(slopes, view.decimals + 2)
    columns = [
        Column(view.tr("value"), view, lambda row: row, view.decimals),
        Column(view.tr("gradient"), view, lambda row: d(C, row), usual, signed=True, colour=view.theme.cost),
    ]
    return rows, columns, parameter_count(view.trace.network.sizes)


def _parameters(view: View) -> tuple[list[Variable], list[Column], Expression]:
    rows = list(view.trace.network.parameters())
    return (
        rows,
        [Column(view.tr("value"), view, lambda row: row, view.decimals + 1)],
        parameter_count(view.trace.network.sizes),
    )


def _activations(view: View) -> tuple[list[Variable], list[Column], Expression]:
    sizes = view.trace.network.sizes
    rows = [a(layer, j) for layer, size in enumerate(sizes) for j in range(size)]
    count = sum((LayerSize(layer) for layer in range(1, len(sizes))), start=cast("Expression", LayerSize(0)))
    return rows, [Column(view.tr("value"), view, lambda row: row, view.decimals)], count


def _examples(view: View) -> tuple[list[Variable], list[Column], Expression]:
    rows = [C.at_example(e) for e in range(len(view.trace.data))]
    columns = [Column(view.tr("cost"), view, lambda row: row, view.decimals + 1)]
    if view.trace.network.sizes[-1] == 1:
        output, theme = a(view.trace.L, 0), view.theme
        columns = [
            Column(
                view.tr("output"),
                view,
                lambda row: output.at_example(row.example),
                view.decimals,
                colour=theme.activation,
            ),
            Column(
                view.tr("target"), view, lambda row: y(0).at_example(row.example), view.decimals, colour=theme.target
            ),
            *columns,
        ]
    return rows, columns, Constant("m")


_CONTENTS = {"gradient": _gradient, "parameters": _parameters, "activations": _activations, "examples": _examples}
