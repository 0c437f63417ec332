"""Matrices and vectors as tables of numbers between brackets, large ones with ⋮ and ⋯ for what is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, AnimationGroup, VGroup

from bp_core.matrices import Axis, MatrixExpression, Place, Transposed, Vector, Weights
from bp_core.nodes import Number
from bp_script.numerals import is_exact, numeral
from scenes.kit.letters.matrix_formula import colour_of, name_of
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import EXPONENT, READABLE_EM, Typeset
from scenes.kit.pictures.vector import bracket_pair
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View, decimals_for

#: The smallest letters of an entry, and the largest.
LEAST, MOST = 0.28, 0.42
#: How much larger they are set where a line is too wide all the same, and shrinks.
_SPARE = 1.02
#: The share of the room between matrices that is left where there is too little.
_AIR = 0.5
#: From row to row and between two columns, in ems; a bracket's distance and hook; between matrices.
_PITCH, _GAP, _ROOM, _HOOK, _APART, _CLOSE = 1.5, 0.75, 0.4, 0.28, 0.5, 0.45
#: The smallest letters of a name, which has a script.
_NAME = 1.03 * READABLE_EM
#: The size of a fraction as a name, as a share of the others'.
_FRACTION = 0.8
#: How often a size is tried before rows and columns are left out.
_TRIES = 3
#: The narrowest column, in ems.
_NARROWEST = 1.8
#: From here on a number needs fewer digits after its point.
_LONG = 100.0
#: Rows and columns that are kept at least of a matrix that is too large.
_FEWEST = 3


class MatrixPicture(VGroup):
    """A matrix with its entries' values; ``most`` is how many rows and columns are drawn, dots among them.

    Its columns stand as those of ``under`` do, if that is given; they have room for the values of ``turns``,
    matrices that are shown in its places in turn, and of a row that stands ``above`` it.
    """

    def __init__(
        self,
        view: View,
        matrix: MatrixExpression,
        *,
        em: float = MOST,
        decimals: int | None = None,
        most: int | None = None,
        colour: Colour | None = None,
        under: MatrixPicture | None = None,
        turns: Sequence[MatrixExpression] = (),
        above: MatrixExpression | None = None,
    ) -> None:
        super().__init__()
        self.view, self.matrix, self.em = view, matrix, em
        self._under, self._turns, self._above = under, turns, above
        self.rows, self.columns = (shown_places(axis, view, most) for axis in (matrix.rows, matrix.columns))
        usual = view.decimals if decimals is None else decimals
        numbers = [view.value(matrix.entry(r, c)) for r in self.rows.kept for c in self.columns.kept]
        self.decimals = _enough(numbers, usual)
        self.cells = {
            (row, column): self._cell(row, column, colour) for row in self.rows.kept for column in self.columns.kept
        }
        self.dots = VGroup()
        end = self._stand()
        inside = VGroup(*self.cells.values(), *self.dots)
        room, hook = _ROOM * em, _HOOK * em
        top, bottom = room * 0.6 + em * 0.75, -_PITCH * em * (len(self.rows.slots) - 1) - room * 0.6
        edges = inside.get_left()[0] - room, inside.get_right()[0] + room
        if turns:
            edges = min(edges[0], -room), max(edges[1], end + room)
        self.brackets = bracket_pair(*edges, top, bottom, hook=hook, colour=view.theme.ink)
        self.add(self.brackets, *self.cells.values(), self.dots)

    # -- parts ---------------------------------------------------------------

    def entry(self, row: Place, column: Place = 0) -> Value:
        """The value of an entry that is drawn."""
        return self.cells[row, column]

    def row(self, row: Place) -> VGroup:
        """The values of a row."""
        return VGroup(*(self.cells[row, column] for column in self.columns.kept))

    def column(self, column: Place) -> VGroup:
        """The values of a column."""
        return VGroup(*(self.cells[row, column] for row in self.rows.kept))

    @property
    def entries(self) -> VGroup:
        """All values, row by row."""
        return VGroup(*self.cells.values())

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not len(self.dots)

    def lit(self, rows: Collection[Place] | None = None) -> AnimationGroup:
        """Show these rows fully and dim the others; None is all."""
        dim = self.view.theme.dim
        return AnimationGroup(
            *(
                cell.animate.set_opacity(1.0 if rows is None or row in rows else dim)
                for (row, _), cell in self.cells.items()
            )
        )

    def letter(self, em: float, *, where: np.ndarray = UP) -> Typeset:
        """The matrix's letter, above it unless told otherwise."""
        name = name_of(self.view, self.matrix)
        if "frac(" in name:
            # A fraction in a line is set in small letters.
            name, em = f"display({name})", max(_NAME, em * _FRACTION)
        symbol = Typeset(f"${name}$", em=em, colour=colour_of(self.view, self.matrix))
        return symbol.next_to(self.brackets, where, buff=0.2)

    def shape_label(self, em: float = LEAST) -> VGroup:
        """How many rows and columns it has in truth, below it."""
        quiet = self.view.theme.quiet
        lengths = self.matrix.rows.length, self.matrix.columns.length
        down, across = (Value(self.view, length, em=em, colour=quiet, decimals=0) for length in lengths)
        sign = Typeset("$times$", em=em, colour=quiet)
        line = VGroup(down, sign, across).arrange(RIGHT, buff=0.3 * em)
        return line.next_to(self.brackets, DOWN, buff=0.16)

    def showing(self, matrix: MatrixExpression, *, decimals: int | None = None) -> VGroup:
        """Values of another matrix of the same shape, in the places of this one's, to take their turn there."""
        turn = VGroup()
        for (row, column), cell in self.cells.items():
            expression = matrix.entry(row, column)
            digits = 0 if isinstance(expression, Number) else self.decimals if decimals is None else decimals
            value = Value(self.view, expression, em=cell.em_now, colour=cell.ink, decimals=digits, anchor="point")
            value.set_baseline(cell.baseline).shift((cell.point - value.point) * RIGHT)
            turn.add(value)
        return turn

    # -- layout --------------------------------------------------------------

    def _cell(self, row: Place, column: Place, colour: Colour | None) -> Value:
        expression = self.matrix.entry(row, column)
        own = colour or self._colour(row, column)
        decimals = 0 if isinstance(expression, Number) else self.decimals
        return Value(self.view, expression, em=self.em, colour=own, decimals=decimals, anchor="point")

    def _colour(self, row: Place, column: Place) -> Colour:
        theme = self.view.theme
        of = self.matrix
        if isinstance(of, Transposed):
            of, row, column = of.of, column, row
        if isinstance(of, Weights) and column is None:
            return theme.bias
        if isinstance(of, Vector) and row is None:
            return theme.bias
        return colour_of(self.view, of)

    def _stand(self) -> float:
        """Rows on their baselines, columns at their decimal points; where the last column ends."""
        at = 0.0
        for place in self.columns.slots:
            if place is LEFT_OUT:
                at += self._across(at)
                continue
            column = [self.cells[row, place] for row in self.rows.kept]  # type: ignore[index]
            reach = [*column, *self._taking_turns(place)]
            left = max(v.point - v.get_left()[0] for v in reach)
            right = max(v.get_right()[0] - v.point for v in reach)
            point = at + left if self._under is None else self._under.column(place)[0].point  # type: ignore[arg-type]
            for value in column:
                value.shift((point - value.point) * RIGHT)
            at = point + right + _GAP * self.em
        for number, place in enumerate(self.rows.slots):
            height = -number * _PITCH * self.em
            if place is LEFT_OUT:
                self._down(height)
                continue
            for column_place in self.columns.kept:
                value = self.cells[place, column_place]  # type: ignore[index]
                value.set_baseline(height)
        return at - _GAP * self.em

    def _taking_turns(self, column: Place | Gap) -> list[Value]:
        """What stands in a column in turn."""
        entries = [matrix.entry(row, column) for matrix in self._turns for row in self.rows.kept]  # type: ignore[arg-type]
        if self._above is not None:
            entries.append(self._above.entry(0, column))  # type: ignore[arg-type]
        return [
            Value(self.view, entry, em=self.em, decimals=self.decimals, anchor="point")
            for entry in entries
            if not isinstance(entry, Number)
        ]

    def _across(self, at: float) -> float:
        """Dots in every row for the columns left out."""
        for number, place in enumerate(self.rows.slots):
            sign = "dots.down" if place is LEFT_OUT else "dots.h.c"
            mark = self._mark(sign)
            mark.move_to([at + mark.width / 2, (0.33 - number * _PITCH) * self.em, 0.0])
        return mark.width + _GAP * self.em

    def _down(self, height: float) -> None:
        """Dots in every column for the rows left out."""
        for place in self.columns.kept:
            column = VGroup(*(self.cells[row, place] for row in self.rows.kept))
            self._mark("dots.v").move_to([column.get_x(), height + 0.33 * self.em, 0.0])

    def _mark(self, sign: str) -> Typeset:
        mark = Typeset(f"${sign}$", em=self.em, colour=self.view.theme.quiet)
        self.dots.add(mark)
        return mark


def _enough(numbers: Sequence[float], usual: int) -> int:
    """Digits after the point for all: as usual, none that tell nothing, fewer where a number is long."""
    if any(abs(number) >= _LONG for number in numbers):
        return decimals_for(numbers, usual)
    exactly = (d for d in range(usual) if all(is_exact(n, numeral(n, d)) for n in numbers))
    return next(exactly, usual)


class Gap:
    """Stands for the places that are left out."""


LEFT_OUT = Gap()


class Shown:
    """The places along an axis: ``kept`` are drawn, ``slots`` has a gap between where some are left out."""

    def __init__(self, places: Sequence[Place], most: int | None) -> None:
        if most is None or len(places) <= most:
            self.kept = tuple(places)
            self.slots: tuple[Place | Gap, ...] = tuple(places)
            return
        head = max(1, most - 2)
        self.kept = (*places[:head], places[-1])
        self.slots = (*places[:head], LEFT_OUT, places[-1])


def shown_places(axis: Axis, view: View, most: int | None) -> Shown:
    """The places of an axis that are drawn, at most so many with the gap."""
    return Shown(axis.places(view.trace.sizes), most)


def most_lines(region: Region) -> int:
    """So many rows or columns at most can be read in a region."""
    return max(_FEWEST, int(max(region.height / _PITCH, region.width / _NARROWEST) / LEAST))


def fewer(most: int, em: float) -> int:
    """How many rows and columns to try next, where so many fit at a size too small."""
    return max(_FEWEST, min(most - 1, int(most * em / LEAST)))


def _break(pieces: Sequence[MatrixExpression | str]) -> int:
    """Where a line too long goes on below: at its last sign, if that is not the one of equality; else nowhere, 0."""
    last = max((at for at, piece in enumerate(pieces) if isinstance(piece, str)), default=0)
    return last if pieces[last] != "=" else 0


class MatrixLine(VGroup):
    """Matrices side by side, with signs between them where these are given, as large as a region has room for.

    Each has its letter above, or one alone ``beside`` it, and its shape below. Large ones keep so few rows and columns
    that the rest can be read. ``turns`` are shown in the places of a matrix that stands alone.
    """

    def __init__(
        self,
        view: View,
        pieces: Sequence[MatrixExpression | str],
        region: Region,
        *,
        largest: float = MOST,
        decimals: int | None = None,
        beside: bool = False,
        shaped: bool = True,
        turns: Sequence[MatrixExpression] = (),
    ) -> None:
        super().__init__()
        self._turns, self._air, self._broken = turns, 1.0, False
        self._view, self._decimals, self._beside, self._shaped = view, decimals, beside, shaped
        longest = max(
            len(axis.places(view.trace.sizes)) for p in pieces if not isinstance(p, str) for axis in (p.rows, p.columns)
        )
        em, most = self._largest(pieces, region, largest, min(longest, most_lines(region)))
        digits = view.decimals if decimals is None else decimals
        found = [(em / self._least, most, decimals)]
        while em < self._least and (decimals is None or digits > 1) and digits > 0:
            # Even so few are too many: shorter numbers, unless these need a power of ten for their digits that count.
            digits = self._decimals = digits - 1
            em, most = self._largest(pieces, region, largest, most)
            found.append((em / self._least, most, digits))
        if em < self._least:
            _, most, self._decimals = max(found, key=lambda each: each[0])
            em, most = self._largest(pieces, region, largest, most)
        if em < self._least:
            self._air = _AIR
            em, most = self._largest(pieces, region, largest, most)
        if em < self._least and _break(pieces) and not beside:
            self._broken, self._air = True, 1.0
            em, most = self._largest(pieces, region, largest, most)
        self._lay_out(pieces, max(em, _SPARE * self._least), most)
        share = min(region.width / self.width, region.height / self.height)
        if share < 1:
            self.scale(share)
        self.move_to(region.centre)

    @property
    def _least(self) -> float:
        """The smallest letters in which its entries can be read: exponents of ten are smaller."""
        powers = any("e" in entry.shown.text for picture in self.pictures for entry in picture.entries)
        return LEAST / EXPONENT if powers else LEAST

    @property
    def readable(self) -> bool:
        """Whether its entries are large enough."""
        return all(entry.em_now >= self._least for picture in self.pictures for entry in picture.entries)

    def picture(self, matrix: MatrixExpression, nth: int = 0) -> MatrixPicture:
        """The picture of a matrix."""
        return [p for p in self.pictures if p.matrix == matrix][nth]

    def with_labels(self, picture: MatrixPicture) -> VGroup:
        """A picture with its letter and its shape."""
        at = self.pictures.index(picture)
        return VGroup(picture, *(labels[at] for labels in (self.names, self.shapes) if labels))

    def _largest(
        self, pieces: Sequence[MatrixExpression | str], region: Region, largest: float, most: int
    ) -> tuple[float, int]:
        """The size of the entries, and how many rows and columns there are room for."""
        while True:
            em = largest
            # Names and shapes do not shrink below what can be read, so that one step does not tell.
            for _ in range(_TRIES):
                em = self._fitting(pieces, region, em, most)
            if em >= self._least or most <= _FEWEST:
                return em, most
            most = fewer(most, em)

    def _fitting(self, pieces: Sequence[MatrixExpression | str], region: Region, em: float, most: int) -> float:
        """The size at which all of them fit, at most ``em``."""
        self._lay_out(pieces, em, most)
        return em * min(1.0, region.width / self.width, region.height / self.height)

    def _level(self, first: int) -> None:
        """Names on one line and shapes at one height, in the line of the first so many and in the one below it."""
        for row in (self.names[:first], self.names[first:]) if not self._beside else ():
            line = max((name.baseline for name in row), default=0.0)
            for name in row:
                name.set_baseline(line)
        for labels in (self.shapes[:first], self.shapes[first:]):
            lowest = min((label.get_y() for label in labels), default=0.0)
            for label in labels:
                label.set_y(lowest)

    def _lay_out(self, pieces: Sequence[MatrixExpression | str], em: float, most: int) -> None:
        self.remove(*self.submobjects)
        view = self._view
        self.pictures: list[MatrixPicture] = []
        self.signs: list[Typeset] = []
        line: list[MatrixPicture | Typeset] = []
        for piece in pieces:
            drawn: MatrixPicture | Typeset
            if isinstance(piece, str):
                drawn = Typeset(f"${piece}$", em=em * 1.35, colour=view.theme.ink)
                self.signs.append(drawn)
            else:
                drawn = MatrixPicture(view, piece, em=em, decimals=self._decimals, most=most, turns=self._turns)
                self.pictures.append(drawn)
            line.append(drawn)
        where = LEFT if self._beside else UP
        at, last = 0.0, -np.inf
        for number, drawn in enumerate(line):
            matrix = isinstance(drawn, MatrixPicture)
            middle = drawn.brackets.get_y() if isinstance(drawn, MatrixPicture) else drawn.get_y()
            drawn.shift(np.array([at - drawn.get_left()[0], -middle, 0.0]))
            touching = matrix and number + 1 < len(line) and isinstance(line[number + 1], MatrixPicture)
            if isinstance(drawn, MatrixPicture) and not self._beside:
                # A name may be wider than what it names.
                name = drawn.letter(max(_NAME, em * 1.25))
                more = max(0.0, last + _CLOSE * em - name.get_left()[0])
                sign = line[number - 1] if number and isinstance(line[number - 1], Typeset) else None
                drawn.shift(more * RIGHT)
                if sign is not None:
                    sign.shift(more / 2 * RIGHT)
                last = name.get_right()[0] + more
            at = drawn.get_right()[0] + self._air * em * (_CLOSE if touching else _APART)
        self.names = [p.letter(max(_NAME, em * 1.25), where=where) for p in self.pictures]
        self.shapes = [p.shape_label(max(_SPARE * LEAST, em * 0.8)) for p in self.pictures] if self._shaped else []
        first = sum(not isinstance(piece, str) for piece in pieces[: _break(pieces) if self._broken else None])
        self._level(first)
        if self._broken:
            below = VGroup(*line[_break(pieces) :], *self.names[first:], *self.shapes[first:])
            above_it = VGroup(*line[: _break(pieces)], *self.names[:first], *self.shapes[:first])
            start = self.signs[0].get_left()[0] - below[0].get_left()[0]
            below.shift(start * RIGHT + (above_it.get_bottom()[1] - below.get_top()[1] - _CLOSE * em) * UP)
        self.add(*line, *self.names, *self.shapes)
