"""Tables of numbers: a row for each quantity, columns that align at the decimal point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from manim import LEFT, RIGHT, UP, AnimationGroup, Line, VGroup

from bp_core.nodes import Expression
from bp_core.quantities import Variable
from scenes.kit.number import Value
from scenes.kit.stage import Region
from scenes.kit.text import Words
from scenes.kit.theme import Colour
from scenes.kit.typesetting import Typeset
from scenes.kit.view import View

#: Letters of a row's symbol, and of everything else as a share of them: indices have to stay readable.
_LEAST, _MOST, _SMALLER = 0.42, 0.54, 0.74
#: From one row's line to the next, in ems of a symbol.
_PITCH = 1.16
#: Between two columns, in ems: at least, and at most where there is room.
_CLOSE, _WIDE = 0.75, 2.2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and for each row's quantity the expression whose value it shows in ``view``."""

    heading: str
    view: View
    cell: Callable[[Variable], Expression]
    decimals: int
    signed: bool = False
    colour: Callable[[Variable], Colour] | None = None


class Table(VGroup):
    """Rows of quantities, each with its value in every column.

    What does not fit is left out from the end of ``rows``, and ``remark`` stands in the last row instead;
    :meth:`fitting` says how many rows there is room for.
    """

    def __init__(
        self,
        view: View,
        rows: Sequence[Variable],
        columns: Sequence[Column],
        region: Region,
        *,
        remark: VGroup | None = None,
    ) -> None:
        super().__init__()
        self.rows = tuple(rows)
        lines = len(rows) + 1 + (remark is not None)
        self.em = float(np.clip(region.height / lines / _PITCH, _LEAST, _MOST))
        theme = view.theme
        self.symbols = {
            row: Typeset(f"${view.notation.variable(row, view.net)}$", em=self.em, colour=view.colour(row))
            for row in rows
        }
        small = self.em * _SMALLER
        self.cells = [
            {
                row: Value(
                    column.view,
                    column.cell(row),
                    em=small,
                    decimals=column.decimals,
                    signed=column.signed,
                    colour=column.colour(row) if column.colour else view.colour(row),
                )
                for row in rows
            }
            for column in columns
        ]
        self.headings = [Words(column.heading, em=small, colour=theme.quiet) for column in columns]
        self._stand(region, lines)
        self.rule = Line(LEFT, RIGHT, stroke_width=2, color=theme.faint)
        self.remark = remark
        parts = VGroup(*self.symbols.values(), *(v for cells in self.cells for v in cells.values()), *self.headings)
        self._rule_off(parts, region, lines)
        self.add(self.rule, *parts)
        if remark is not None:
            self._remark(remark, region, lines)

    @staticmethod
    def fitting(region: Region) -> int:
        """How many rows a region has room for, the headings' not counted."""
        return int(region.height / (_LEAST * _PITCH)) - 1

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

    def dimmed(self, but: Iterable[Variable] = (), *, columns: Iterable[int] | None = None) -> AnimationGroup:
        """Dim all rows but these, in the given columns (and the symbols) alone; what is kept gets its full strength."""
        kept = set(but)
        chosen = range(len(self.cells)) if columns is None else list(columns)
        return AnimationGroup(
            *(
                part.animate.set_opacity(1.0 if row in kept else self._dim)
                for row in self.rows
                for part in (self.symbols[row], *(self.cells[c][row] for c in chosen))
            )
        )
