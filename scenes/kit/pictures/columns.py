"""Equations under each other: relation under relation, factor under factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import numpy as np
from manim import RIGHT, UP, AnimationGroup, FadeIn, LaggedStart, VGroup, VMobject

from bp_core.nodes import Expression, Product
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import ROOMIEST, Style, in_rows, telling
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.travel import Travel
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Room between columns (less where there is little, less yet without dots), beside the relation, and between rows
#: (likewise), in ems.
_COLUMN, _NARROW, _DOTLESS, _RELATION, _ROW, _CLOSE = 0.9, 0.7, 0.5, 0.42, 0.65, 0.38
#: How many distances are tried between the largest and the smallest.
_TRIES = 25
#: How often factors are moved towards even gaps.
_ROUNDS = 30
#: How far a second line is set in, and how far it is below the first, in ems.
_INDENT, _BELOW, _TURN = 0.9, 0.3, 0.3


class Row(Formula):
    """An equation of a left and a right side; the factors of a product can be moved one by one.

    Below the first row the left side stays unwritten. The second line of a product starts with a dot.
    """

    def __init__(
        self,
        view: View,
        left: Side | Expression,
        right: Side,
        *,
        em: float,
        first: bool,
        style: Style = ROOMIEST,
    ) -> None:
        super().__init__(view, left, right, em=em, style=style)
        whole = right.expression
        self.count = len(whole.factors) if isinstance(whole, Product) and whole not in right.values else 1
        self.line = super().baseline
        self._signs, self._turn = self._found_signs(), VGroup()
        self.cut = style.cut if style.cut is not None and style.cut < self.count else None
        if self.cut is not None:
            self._begin_second_line(self.cut)
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
        """All glyphs of a factor, its brackets included, and the dot before it where it starts a line."""
        return VGroup(*self.bare_factor(position), *([] if position != self.cut else self._turn))

    def bare_factor(self, position: int) -> VGroup:
        """The same without such a dot."""
        if self.count == 1:
            return self.side(1)
        own = ((1, position), "turn")
        return VGroup(*(g for k, g in self._by_key.items() if k[:2] == own[0] and k[-1] != own[1] and len(g)))

    def number(self, expression: Expression) -> VGroup:
        """The digits that an expression stands as, without brackets around them."""
        return self._by_key[self.place(expression, 1)]

    def signs(self) -> list[tuple[int, VGroup]]:
        """The dots between factors, each with the number of the factor before it."""
        return self._signs

    def _found_signs(self) -> list[tuple[int, VGroup]]:
        if self.count == 1:
            return []
        middles = [self.bare_factor(i).get_x() for i in range(self.count)]
        dots = self._by_key[1, "side"]
        return [(int(np.searchsorted(middles, dot.get_x())) - 1, VGroup(dot)) for dot in dots]

    def _begin_second_line(self, cut: int) -> None:
        """The factors from ``cut`` on below the others, a dot before them."""
        first, second = (VGroup(*(self.bare_factor(i) for i in part)) for part in (range(cut), range(cut, self.count)))
        signs = dict(self._signs)
        if cut - 1 not in signs:
            dot = Typeset("$dot$", em=self.em, colour=self.view.theme.ink)
            dot.shift((self.relation(1).get_y() - dot.get_y()) * UP)
            self._turn = self._by_key[1, cut, "turn"] = VGroup(*dot)
            self.typeset.add(self._turn)
        drop = first.get_bottom()[1] - _BELOW * self.em - second.get_top()[1]
        going = [second, *(sign for before, sign in signs.items() if before >= cut - 1), self._turn]
        for part in going:
            part.shift(drop * UP)
        if len(self._turn):
            self._turn.shift((second.get_left()[0] - _TURN * self.em - self._turn.get_x()) * RIGHT)

    def _of_left(self) -> list[VGroup]:
        return [group for key, group in self._by_key.items() if key[0] == 0]


class Columns(VGroup):
    """Rows, each a formula of its own, a left and a right side, checked by itself.

    A left side that stays the same is written once. Columns move together to fit into ``width``, as far as they can
    be told apart.
    """

    def __init__(
        self,
        view: View,
        *equations: tuple[Side | Expression, Side | Expression],
        em: float,
        width: float,
        style: Style = ROOMIEST,
        gap: float = _ROW,
    ) -> None:
        super().__init__()
        self._room = width
        self.em = em
        self.style = style
        self.gap = gap
        #: Whether it can be read in the room it was made for.
        self.fits = True
        self.rows: list[Row] = []
        above: Side | Expression | None = None
        for left, side in _coming_out(view, equations) if style.finer else _sides(equations):
            first = left != above
            row = Row(view, left, side, em=em, first=first, style=style)
            self.rows.append(row)
            above = left
        self._align()
        self.add(*self.rows)

    @classmethod
    def fitting(
        cls,
        view: View,
        *choices: Sequence[tuple[Side | Expression, Side | Expression]],
        em: float,
        room: Region,
        heights: Callable[[Columns], Sequence[tuple[float, float]]] | None = None,
    ) -> Columns:
        """The first of these choices of rows that can be read in a room, ``em`` or as large as they can be there.

        A choice in which numbers come out goes before one in which they do not.
        ``heights`` are pairs of what the rows need and what there is, if not all of them and the room's. Where it has
        to be, they do without the ranges of their sums, stand closer, go on in second lines. If nothing can be read,
        it is the last choice, in the style that lets it be largest.
        """
        largest, fits = (0.0, choices[-1], ROOMIEST, _ROW), False
        ways = [(each, style) for each in choices for style in _styles(each)]
        for rows, style in sorted(ways, key=lambda way: not way[1].finer):
            one = cls(view, *rows, em=1.0, width=0.0, style=style)
            least = style.least(side for row in one.rows for side in row.sides)
            for gap in (_ROW, _CLOSE):
                one.spread(gap)
                pairs = [(one.height, room.height)] if heights is None else heights(one)
                size = min(em, room.width / one.width, *(free / needed for needed, free in pairs))
                fits = size >= least
                if fits or (rows is choices[-1] and size > largest[0]):
                    largest = size, rows, style, gap
                if fits:
                    break
            if fits:
                break
        size, chosen, style, gap = largest
        found = cls(view, *chosen, em=size, width=room.width, style=style, gap=gap)
        found.fits = fits
        return found

    def spread(self, gap: float) -> None:
        """Put that much room between the rows, in ems."""
        for above, row in pairwise(self.rows):
            row.shift((above.get_bottom()[1] - gap * self.em - row.get_top()[1]) * UP)

    def row(self, number: int) -> Row:
        """A row."""
        return self.rows[number]

    def _align(self) -> None:
        count = max(row.count for row in self.rows)
        table = [row for row in self.rows if row.count == count > 1]
        sign = self.rows[0].relation(1)
        edge = max(row.relation(1).get_left()[0] for row in self.rows) - sign.get_left()[0]
        start, begin = sign.get_x() + edge, sign.get_right()[0] + edge + _RELATION * self.em
        centres = self._centres(table, begin, range(count)) if self.style.cut is None else self._in_two(table, begin)
        below = self.rows[0].line
        for number, row in enumerate(self.rows):
            VGroup(row.side(0), row.relation(1)).shift((start - row.relation(1).get_x()) * RIGHT)
            if row in table:
                self._stand(row, centres, [max(each.factor(i).width for each in table) for i in range(count)])
            else:
                row.side(1).shift((begin - row.side(1).get_left()[0]) * RIGHT)
            if number:
                top = row.get_top()[1] - row.line
                row.shift(np.array([0.0, below - self.gap * self.em - top - row.line, 0.0]))
            below = float(row.get_bottom()[1])

    def _in_two(self, table: Sequence[Row], begin: float) -> list[float]:
        """The same for products in two lines."""
        cut, count = self.style.cut or 0, table[0].count if table else 0
        second = begin + (_INDENT + _TURN) * self.em
        return self._centres(table, begin, range(cut)) + self._centres(table, second, range(cut, count))

    def _centres(self, table: Sequence[Row], begin: float, columns: range) -> list[float]:
        """Where the columns' middles are: no two factors of a row nearer to each other than the gap."""
        if not table or not len(columns):
            return []
        first, last = (max(row.factor(i).width for row in table) / 2 for i in (columns[0], columns[-1]))
        room = self._room - (begin - self.rows[0].get_left()[0]) - first - last
        dotted = max(table, key=lambda row: len(row.signs()))
        own = _steps([dotted], columns)
        least = [step + _DOTLESS * self.em for step in _steps(table, columns)]
        # As much room around each dot as there is, and as even as what stands above and below lets it be.
        most = max([_COLUMN * self.em, *(step - mine for step, mine in zip(least, own, strict=True))])
        gaps = np.linspace(most, _NARROW * self.em, _TRIES)
        for gap in gaps:
            steps = [max(step, mine + float(gap)) for step, mine in zip(least, own, strict=True)]
            if sum(steps) <= room:
                break
        return [begin + first + at for at in accumulate(steps, initial=0.0)]

    @staticmethod
    def _evenly(row: Row, centres: Sequence[float], widths: Sequence[float]) -> list[float]:
        """Centres of a row's factors with as even gaps between them as there can be, each within its column."""
        own = [row.factor(i).width for i in range(len(centres))]
        free = [(width - mine) / 2 for width, mine in zip(widths, own, strict=True)]
        found, last = list(centres), len(centres) - 1
        for _ in range(_ROUNDS):
            gaps = [found[i + 1] - found[i] - (own[i] + own[i + 1]) / 2 for i in range(last)]
            mean = sum(gaps) / last
            for i, centre in enumerate(centres):
                ahead, behind = (gaps[i] if i < last else mean), (gaps[i - 1] if i else mean)
                found[i] = float(np.clip(found[i] + (ahead - behind) / 2, centre - free[i], centre + free[i]))
        return found

    @staticmethod
    def _stand(row: Row, centres: Sequence[float], widths: Sequence[float]) -> None:
        """Factors on their columns, the dots between them half way."""
        signs = row.signs()
        for i, at in enumerate(Columns._evenly(row, centres, widths) if signs and row.cut is None else centres):
            row.factor(i).shift((at - row.bare_factor(i).get_x()) * RIGHT)
        for before, sign in signs:
            if before + 1 == row.cut:
                sign.shift((row.bare_factor(row.cut).get_left()[0] - _TURN * row.em - sign.get_x()) * RIGHT)
                continue
            gap = (row.factor(before).get_right()[0] + row.factor(before + 1).get_left()[0]) / 2
            sign.shift((gap - sign.get_x()) * RIGHT)


def _steps(rows: Sequence[Row], columns: range) -> list[float]:
    """From middle to middle of columns that touch each other."""
    return [max(row.factor(i - 1).width + row.factor(i).width for row in rows) / 2 for i in columns[1:]]


def _sides(rows: Sequence[tuple[Side | Expression, Side | Expression]]) -> list[tuple[Side | Expression, Side]]:
    """The same, each right one a side."""
    return [(left, right if isinstance(right, Side) else Side(right)) for left, right in rows]


def _coming_out(
    view: View, rows: Sequence[tuple[Side | Expression, Side | Expression]]
) -> list[tuple[Side | Expression, Side]]:
    """The same, with the digits that make numbers come out as a row says in which their left side's value stands."""
    sides = _sides(rows)
    results = {left: side for left, side in sides if side.single}
    found = []
    for left, side in sides:
        result = results.get(left)
        decimals = side.coming_out(view, result, view.decimals) if result and side.decimals is None else None
        found.append((left, side if decimals is None else replace(side, decimals=decimals)))
    return found


def _styles(rows: Sequence[tuple[Side | Expression, Side | Expression]]) -> list[Style]:
    """Those to try for these rows."""
    rights = [side.expression for _, side in _sides(rows)]
    longest = max((len(right.factors) for right in rights if isinstance(right, Product)), default=1)
    return telling(in_rows(longest), [side if isinstance(side, Side) else Side(side) for row in rows for side in row])


def arriving(row: Row, sources: Sequence[tuple[VMobject, VGroup]], *, lag: float = 0.45) -> AnimationGroup:
    """A row comes: its left side, then these pieces from other drawings, one after the other, then what joins them."""
    travelling = {id(glyph) for _, target in sources for glyph in target.get_family() if len(glyph.points)}
    opening = VGroup(row.side(0), row.relation(1))
    rest = VGroup(*(g for g in row.side(1).get_family() if len(g.points) and id(g) not in travelling))
    moves = [Travel(source, target) for source, target in sources]
    return AnimationGroup(LaggedStart(FadeIn(opening), *moves, FadeIn(rest), lag_ratio=lag))
