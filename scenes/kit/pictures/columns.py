"""Equations under each other: relation under relation, factor under factor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from manim import RIGHT, AnimationGroup, FadeIn, LaggedStart, VGroup, VMobject

from bp_core.nodes import Expression, Product
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.travel import Travel
from scenes.kit.view import View

#: Room between columns (less where there is little), beside the relation, and between rows, in ems.
_COLUMN, _NARROW, _RELATION, _ROW = 0.9, 0.5, 0.42, 0.65


class Row(Formula):
    """An equation of a left and a right side; the factors of a product can be moved one by one.

    Below the first row the left side stays unwritten.
    """

    def __init__(self, view: View, left: Side | Expression, right: Side, *, em: float, first: bool) -> None:
        super().__init__(view, left, right, em=em)
        whole = right.expression
        self.count = len(whole.factors) if isinstance(whole, Product) and whole not in right.values else 1
        self.line = super().baseline
        if not first:
            for group in self._by_key.values():
                if group in self._of_left():
                    group.submobjects = []

    @property
    def baseline(self) -> float:
        """The height of the line the row stands on."""
        return self.line

    def shift(self, *vectors: np.ndarray) -> Row:
        """Move, the line along."""
        super().shift(*vectors)
        self.line += float(sum(vectors)[1])  # type: ignore[index]
        return self

    def factor(self, position: int) -> VGroup:
        """All glyphs of a factor, its brackets included."""
        if self.count == 1:
            return self.side(1)
        return VGroup(*(g for k, g in self._by_key.items() if k[:2] == (1, position) and len(g)))

    def number(self, expression: Expression) -> VGroup:
        """The digits that an expression stands as, without brackets around them."""
        return self._by_key[self.place(expression, 1)]

    def signs(self) -> list[tuple[int, VGroup]]:
        """The dots between factors, each with the number of the factor before it."""
        if self.count == 1:
            return []
        middles = [self.factor(i).get_x() for i in range(self.count)]
        dots = self._by_key[1, "side"]
        return [(int(np.searchsorted(middles, dot.get_x())) - 1, VGroup(dot)) for dot in dots]

    def _of_left(self) -> list[VGroup]:
        return [group for key, group in self._by_key.items() if key[0] == 0]


class Columns(VGroup):
    """Rows, each a formula of its own, a left and a right side, checked by itself.

    A left side that stays the same is written once. Columns move together to fit into ``width``, as far as they can
    be told apart.
    """

    def __init__(
        self, view: View, *equations: tuple[Side | Expression, Side | Expression], em: float, width: float
    ) -> None:
        super().__init__()
        self._room = width
        self.em = em
        self.rows: list[Row] = []
        above: Side | Expression | None = None
        for left, right in equations:
            side = right if isinstance(right, Side) else Side(right)
            self.rows.append(Row(view, left, side, em=em, first=left != above))
            above = left
        self._align()
        self.add(*self.rows)

    def row(self, number: int) -> Row:
        """A row."""
        return self.rows[number]

    def _align(self) -> None:
        count = max(row.count for row in self.rows)
        table = [row for row in self.rows if row.count == count > 1]
        sign = self.rows[0].relation(1)
        edge = max(row.relation(1).get_left()[0] for row in self.rows) - sign.get_left()[0]
        start, begin = sign.get_x() + edge, sign.get_right()[0] + edge + _RELATION * self.em
        centres = self._centres(table, begin, count)
        below = self.rows[0].line
        for number, row in enumerate(self.rows):
            VGroup(row.side(0), row.relation(1)).shift((start - row.relation(1).get_x()) * RIGHT)
            if row in table:
                self._stand(row, centres)
            else:
                row.side(1).shift((begin - row.side(1).get_left()[0]) * RIGHT)
            if number:
                top = row.get_top()[1] - row.line
                row.shift(np.array([0.0, below - _ROW * self.em - top - row.line, 0.0]))
            below = float(row.get_bottom()[1])

    def _centres(self, table: Sequence[Row], begin: float, count: int) -> list[float]:
        """Where the columns' middles are: no two factors of a row nearer to each other than the gap."""
        if not table:
            return []
        apart = [max((row.factor(i - 1).width + row.factor(i).width) / 2 for row in table) for i in range(1, count)]
        first, last = (max(row.factor(i).width for row in table) / 2 for i in (0, count - 1))
        spare = self._room - (begin - self.rows[0].get_left()[0]) - first - sum(apart) - last
        gap = float(np.clip(spare / (count - 1), _NARROW * self.em, _COLUMN * self.em))
        return [begin + first + at for at in accumulate((space + gap for space in apart), initial=0.0)]

    @staticmethod
    def _stand(row: Row, centres: Sequence[float]) -> None:
        """Factors on their columns, the dots between them half way."""
        signs = row.signs()
        for i, centre in enumerate(centres):
            row.factor(i).shift((centre - row.factor(i).get_x()) * RIGHT)
        for before, sign in signs:
            gap = (row.factor(before).get_right()[0] + row.factor(before + 1).get_left()[0]) / 2
            sign.shift((gap - sign.get_x()) * RIGHT)


def arriving(row: Row, sources: Sequence[tuple[VMobject, VGroup]], *, lag: float = 0.45) -> AnimationGroup:
    """A row comes: its left side, then these pieces from other drawings, one after the other, then what joins them."""
    travelling = {id(glyph) for _, target in sources for glyph in target.get_family() if len(glyph.points)}
    opening = VGroup(row.side(0), row.relation(1))
    rest = VGroup(*(g for g in row.side(1).get_family() if len(g.points) and id(g) not in travelling))
    moves = [Travel(source, target) for source, target in sources]
    return AnimationGroup(LaggedStart(FadeIn(opening), *moves, FadeIn(rest), lag_ratio=lag))
