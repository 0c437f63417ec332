"""Tables of numbers: a row for each quantity, columns that align at the decimal point."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manim import DOWN, RIGHT, UP, AnimationGroup, Line, VGroup, VMobject

from bp_core.nodes import Expression, Number
from bp_core.quantities import C, Derivative, Variable, d
from scenes.kit.letters.inline import inline
from scenes.kit.letters.number import Value, enough_digits, reduced
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.pictures.more import More
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: Letters of the symbols at most, as a multiple of the least; and of the rest as a share of them.
_MOST, _SMALLER = 1.6, 0.76
#: From one line to the next, in heights of the tallest symbol: at least, where that is what it takes to show all rows;
#: where some are left out anyway; before letters grow; and at most where there is room.
_CLOSE, _APART, _AIRY, _LOOSE = 1.06, 1.2, 1.35, 1.6
#: Room for a letter of a heading on two lines, in ems.
_LETTER = 0.62
#: The digits that its numbers do without where there is no room for them, before headings have two lines and columns
#: stand closer; and the most.
_FEWER, _FEWEST = 2, 4
#: A line's least height, in ems of a symbol.
_LINE = 1.08
#: How much farther the first row is from the headings, in lines: symbols are tall, and a rule lies between.
_HEAD = 0.4
#: What the last line's words have below their baseline, in ems of theirs.
_DEPTH = 0.25
#: Room that is left above and below a table whose lines are close, together, in ems of a symbol.
_BORDER = 0.3
#: Between two columns, in ems of a symbol: at least, and at most; and where the last digits had to go.
_NARROW, _WIDE, _TIGHT = 0.5, 2.4, 0.28
#: Columns that are spread over the whole width are as wide as it, but for the last bits of a float.
_CLOSE_TO = 1e-9


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and for each row's quantity the expression whose value stands there, as ``view`` has it.

    The heading is words or a derivative; ``colour`` None is each row's own.
    """

    heading: str | Derivative
    view: View
    cell: Callable[[Variable], Expression]
    decimals: int
    signed: bool = False
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Foot:
    """A line below a table's rows and a rule: a word, and the expression for each column."""

    word: str
    cells: Sequence[Expression]


class ValueTable(VGroup):
    """A row for each quantity: its symbol, and its value in every column.

    ``least`` is the smallest em of a symbol. ``of`` is how many rows there would be, an expression; where they are not
    all here, a line below them says so. ``later`` are the views it will be rewritten to: columns keep room for them.
    """

    def __init__(
        self,
        view: View,
        rows: Sequence[Variable],
        columns: Sequence[Column],
        region: Region,
        *,
        least: float = 0.42,
        of: Expression | None = None,
        foot: Foot | None = None,
        later: Sequence[Sequence[View]] = (),
        slopes: bool = False,
    ) -> None:
        super().__init__()
        self.rows = tuple(rows)
        self.view = view
        self._columns = tuple(columns)
        more = of - Number(len(rows)) if of is not None and view.value(of) > len(rows) else None
        lines = len(rows) + 1 + _HEAD + (more is not None) + (foot is not None) * (1 + _HEAD)
        tallest = _tallest(view, rows)
        self.em = float(np.clip(region.height / lines / (_AIRY * tallest), least, least * _MOST))
        self.pitch = min(region.height / lines, self.em * tallest * _LOOSE)
        self.symbols = {
            row: inline(view, d(C, row), self.em)
            if slopes
            else Typeset(f"${view.notation.variable(row, view.net)}$", em=self.em, colour=view.colour(row))
            for row in rows
        }
        words = [Words(foot.word, em=self._small, colour=view.theme.quiet)] if foot else []
        # Digits go before letters become too small.
        for self._fewer in range(_FEWEST + 1):
            self.headings = [self._heading(column.heading) for column in columns]
            self.cells = [{row: self._value(column, row) for row in rows} for column in columns]
            totals = [self._set(c, e) for c, e in zip(columns, foot.cells, strict=True)] if foot else []
            to_come = [
                [self._value(replace(column, view=views[at]), row) for views in later for row in rows]
                for at, column in enumerate(columns)
            ]
            if self._align(region.width, words, totals, to_come) <= region.width * self.em / least + _CLOSE_TO:
                break
        self._stack_headings()
        self._use_all(region.height, lines - 1, plain=not words and more is None)
        self._stack()
        self.rule = self._rule(self._between(self.headings, self.symbols[self.rows[0]], self.cells[0][self.rows[0]]))
        self.add(self.rule, *self.headings, *self.symbols.values(), *(v for c in self.cells for v in c.values()))
        self.more = self._more(more) if more is not None else VGroup()
        self.foot = self._foot(words, totals)
        self.add(self.more, self.foot)
        if self.width > region.width:
            self.scale(region.width / self.width)
        self.move_to(region.centre)

    @staticmethod
    def room(
        view: View,
        rows: Sequence[Variable],
        region: Region,
        *,
        least: float = 0.42,
        foot: bool = False,
        wanted: float | None = None,
    ) -> int:
        """How many lines a region has room for below the headings, with symbols like those of ``rows``.

        ``wanted`` is how many there are in all, if not as many as ``rows``: if they do not all fit, those that do
        stand farther apart.
        """
        lines = region.height / (least * _tallest(view, rows))
        others = (1 + _HEAD) * (1 + foot)
        closest = int(lines / _CLOSE - others)
        if closest >= (len(rows) if wanted is None else wanted):
            return closest
        return int(lines / _APART - others)

    # -- parts ---------------------------------------------------------------

    def cell(self, row: Variable, column: int) -> Value:
        """The value in a row and column."""
        return self.cells[column][row]

    def column(self, column: int) -> VGroup:
        """A column's values, from the top."""
        return VGroup(*(self.cells[column][row] for row in self.rows))

    def row(self, row: Variable) -> VGroup:
        """A row's symbol and values."""
        return VGroup(self.symbols[row], *(cells[row] for cells in self.cells))

    def dimmed(self, but: Collection[Variable] = (), columns: Iterable[int] | None = None) -> AnimationGroup:
        """Dim all rows but these, and show these fully; ``columns`` are those on screen, if not all."""
        chosen = range(len(self.cells)) if columns is None else list(columns)
        return AnimationGroup(
            *(
                part.animate.set_opacity(1.0 if row in but else self.view.theme.dim)
                for row in self.rows
                for part in VGroup(self.symbols[row], *(self.cells[c][row] for c in chosen))
            )
        )

    def rewritten(self, *views: View) -> AnimationGroup:
        """Every value as it is in another view, one view for each column."""
        return AnimationGroup(
            *(
                Rewrite(value, view, decimals=self._digits(column, view.value(value.expression)))
                for cells, column, view in zip(self.cells, self._columns, views, strict=True)
                for value in cells.values()
            )
        )

    # -- layout --------------------------------------------------------------

    @property
    def _small(self) -> float:
        return self.em * _SMALLER

    def _value(self, column: Column, row: Variable) -> Value:
        return self._set(column, column.cell(row), column.colour or self.view.colour(row))

    def _set(self, column: Column, expression: Expression, colour: Colour | None = None) -> Value:
        return Value(
            column.view,
            expression,
            em=self._small,
            decimals=self._digits(column, column.view.value(expression)),
            signed=column.signed,
            colour=colour or column.colour or self.view.theme.ink,
            anchor="point",
        )

    def _heading(self, text: str | Derivative) -> Typeset:
        """What stands above a column; words, where room is short, on two lines."""
        if isinstance(text, Derivative):
            return inline(self.view, text, self.em)
        short = self._fewer >= _FEWER and " " in text
        width = _LETTER * self._small * max(map(len, text.split())) if short else None
        return Words(text, em=self._small, colour=self.view.theme.quiet, width=width)

    def _digits(self, column: Column, value: float) -> int:
        return enough_digits(value, reduced(value, column.decimals, self._fewer))

    def _align(
        self, width: float, words: Sequence[Words], totals: Sequence[Value], to_come: Sequence[Sequence[Value]]
    ) -> float:
        """Symbols flush left, then the columns: each one's points below each other, its heading in its middle.

        Gives the width that it takes.
        """
        first = [*self.symbols.values(), *words]
        widest = max(symbol.width for symbol in first)
        columns = [[*cells.values(), *totals[at : at + 1], *to_come[at]] for at, cells in enumerate(self.cells)]
        reaches = [
            (max(v.point - v.get_left()[0] for v in c), max(v.get_right()[0] - v.point for v in c)) for c in columns
        ]
        widths = [max(sum(r), h.width) for r, h in zip(reaches, self.headings, strict=True)]
        free = (width - widest - sum(widths)) / max(len(widths), 1)
        narrow = _NARROW if self._fewer < _FEWER else _TIGHT
        gap = float(np.clip(free, narrow * self.em, _WIDE * self.em))
        for symbol in first:
            symbol.shift(-symbol.get_left()[0] * RIGHT)
        at = widest
        for values, heading, (left, right), taken in zip(columns, self.headings, reaches, widths, strict=True):
            middle = at + gap + taken / 2
            for value in values:
                value.shift((middle + (left - right) / 2 - value.point) * RIGHT)
            heading.shift((middle - heading.get_x()) * RIGHT)
            at += gap + taken
        return float(at)

    def _use_all(self, height: float, lines: float, *, plain: bool) -> None:
        """Lines farther apart by what the first and the last need less than a whole one; ``plain`` ends on a row."""
        last = self.symbols[self.rows[-1]]
        depth = last.baseline - last.get_bottom()[1] if plain else _DEPTH * self._small
        free = height - max(heading.get_top()[1] for heading in self.headings) - depth - _BORDER * self.em
        self.pitch = max(self.pitch, min(free / lines, self.em * _tallest(self.view, self.rows) * _AIRY))

    def _stack_headings(self) -> None:
        """The headings on the height of zero."""
        for heading in self.headings:
            if not isinstance(heading, Words):
                heading.set_baseline(0.0)
                continue
            one = Words(heading.text, em=heading.em, colour=self.view.theme.quiet).set_baseline(0.0)
            heading.align_to(one, DOWN)

    def _stack(self) -> None:
        """Line below line, everything in a line on one baseline."""
        for position, row in enumerate(self.rows):
            self.symbols[row].set_baseline(self._line(position))
            for cells in self.cells:
                cells[row].set_baseline(self._line(position))

    def _line(self, position: float) -> float:
        """The height of a row's baseline below that of the headings."""
        return -(position + 1 + _HEAD) * self.pitch

    @staticmethod
    def _between(above: Sequence[VMobject], *below: VMobject) -> float:
        """The height half way between two lines."""
        return float((min(part.get_bottom()[1] for part in above) + max(part.get_top()[1] for part in below)) / 2)

    def _rule(self, height: float) -> Line:
        parts = VGroup(*self.symbols.values(), *self.headings, *(v for c in self.cells for v in c.values()))
        rule = Line(parts.get_left()[0] * RIGHT, parts.get_right()[0] * RIGHT, stroke_width=2)
        return rule.set_color(self.view.theme.faint).shift(height * UP)

    def _foot(self, words: Sequence[Words], totals: Sequence[Value]) -> VGroup:
        """A rule, the word and the values of the last line."""
        if not totals:
            return VGroup()
        baseline = self._line(len(self.rows) + bool(len(self.more)) + _HEAD)
        for word in words:
            word.set_baseline(baseline)
        for value in totals:
            value.set_baseline(baseline)
        last = [self.more] if len(self.more) else [self.symbols[self.rows[-1]]]
        return VGroup(self._rule(self._between(last, *words, *totals)), *words, *totals)

    def _more(self, count: Expression) -> VGroup:
        """… and so many more."""
        line = More(self.view, count, em=self._small)
        return line.shift(
            (self.rule.get_left()[0] - line.get_left()[0]) * RIGHT + (self._line(len(self.rows)) - line.baseline) * UP
        )


def _tallest(view: View, rows: Sequence[Variable]) -> float:
    """The height of the tallest symbol, in ems; one row of each layer tells."""
    kinds = {(row.symbol, row.layer): row for row in rows}
    symbols = (
        Typeset(f"${view.notation.variable(row, view.net)}$", em=1.0, colour=view.theme.ink) for row in kinds.values()
    )
    return max(_LINE, *(symbol.height for symbol in symbols))
