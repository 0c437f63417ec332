"""A sum written out: a term a row, what the rows leave out, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manim import RIGHT, UP, Line, VGroup

from bp_core.nodes import Expression, Negative, Sum
from bp_core.quantities import Variable
from bp_script.language import N_
from bp_script.numerals import comes_out, plain_numeral, read_numeral
from scenes.kit.letters.coming_out import reckoned, short_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lined import Lined
from scenes.kit.letters.number import enough_digits, reduced
from scenes.kit.letters.style import ROOMIEST, Style
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM, Typeset
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: Letters of the rows at most, of numbers at least, and how much smaller each try is.
_MOST, _LEAST, _SMALLER = 0.56, 0.3, 0.94
#: From row to row, in ems at least and at most; room between label and row, and around the rule.
_PITCH, _WIDE, _ASIDE = 1.5, 2.3, 0.5
#: Room between the last row and the total, in rows.
_FOOT = 0.5
#: Room between lines of two rows at least, in ems.
_CLOSE = 0.35
#: Letters of labels, which have indices.
_LABEL = 0.44
#: What stands for the terms that have no row.
_OTHERS = N_("all others")


@dataclass(frozen=True, slots=True)
class Term:
    """One row: its label (of a tuple a way), its value, and if it is worked out the form that shows numbers."""

    label: Expression | str | tuple[Variable, ...]
    value: Expression
    worked: Expression | None = None


def written_out(whole: Expression, named: Mapping[int, Term], size: int, *, most: int, keep: int = 0) -> list[Term]:
    """The terms of a sum of ``size`` for its rows: all, or the first ones, the one to keep, and what is left over."""
    if size <= most and len(named) == size:
        return list(named.values())
    chosen = sorted({keep, *list(named)[: most - 2]})
    rest = Sum((whole, *(Negative(named[j].value) for j in chosen)))
    return [*(named[j] for j in chosen), Term(_OTHERS, rest)]


def without_label(term: Term) -> Term:
    """A term whose numbers say enough."""
    return term if term.worked is None else replace(term, label="")


def without_factors(term: Term) -> Term:
    """A term with its value alone."""
    label = (term.label,) if isinstance(term.label, Variable) and term.label != term.value else term.label
    return replace(term, label=label, worked=None)


def digits(view: View, terms: Sequence[Term], total: Term, usual: int) -> tuple[int, int | None]:
    """The decimals of values and of what they are worked out of: the fewest that make the rows and their sum come out.

    Where ``usual`` ones do not, values have one less, if two digits that count are left of each, or one more.
    """
    values = [view.value(term.value) for term in (*terms, total)]
    worked = [(term, Side.numbers(term.worked)) for term in terms if term.worked is not None]
    short = usual > view.decimals and all(reduced(value, usual, 1) < usual for value in values)
    for decimals in (usual, *([usual - 1] if short else []), usual + 1):
        written = [read_numeral(view.shown(term.value, decimals=decimals).text) for term in terms]
        if not comes_out(sum(written), view.shown(total.value, decimals=decimals).text):
            continue
        needed = [side.coming_out(view, Side.value(term.value, decimals), view.decimals) for term, side in worked]
        found = [fine for fine in needed if fine is not None and fine <= decimals + 1]
        if len(found) == len(worked):
            # A row may come out by chance with few digits and not with more.
            for fine in range(max(found, default=view.decimals), decimals + 2):
                if all(_comes_out(view, term, side, decimals, fine) for term, side in worked):
                    return decimals, fine
    return usual, None


def _comes_out(view: View, term: Term, side: Side, decimals: int, fine: int) -> bool:
    """Whether a row's numbers with so many decimals do."""
    numbers = dict.fromkeys(side.values, fine)
    return comes_out(reckoned(view, side.expression, numbers), view.shown(term.value, decimals=decimals).text)


class TermRow(VGroup):
    """A label, numbers, ≈ and a value."""

    def __init__(
        self, view: View, term: Term, em: float, decimals: int, *, fine: int | None = None, style: Style = ROOMIEST
    ) -> None:
        super().__init__()
        self.term = term
        theme = view.theme
        if term.label == "":
            self.label: VGroup = VGroup()
        elif isinstance(term.label, str):
            self.label = Words(view.tr(term.label), em=max(0.36, 0.9 * em), colour=theme.quiet)
        elif isinstance(term.label, tuple):
            self.label = way(view, term.label, _LABEL)
        else:
            self.label = Formula(view, term.label, em=_LABEL) if term.worked else VGroup()
        fine = view.decimals if fine is None else fine
        sides = [] if term.worked is None else [replace(Side.numbers(term.worked), decimals=fine)]
        if term.worked is None and isinstance(term.label, Expression):
            # What is not worked out is its symbol and its value.
            sides = [Side(term.label)]
            self.label = VGroup()
        size = em if term.worked else max(_LABEL, em)
        self.formula = Formula(view, *sides, Side.value(term.value, decimals), em=size, style=style)
        self.worked = self.formula.side(0) if sides else VGroup()
        baseline = self.formula.baseline
        if term.worked is None and isinstance(term.label, Variable):
            # Its symbol is as large as those that are labels.
            foot = np.array([self.worked.get_left()[0], baseline, 0.0])
            self.worked.scale(min(1.0, _LABEL / self.formula.em), about_point=foot)
        self.sign: VGroup = self.formula.relation(1) if sides else VGroup()
        self.value = self.formula.side(len(sides))
        # Indices need larger letters than digits: the numbers of a column have one size.
        foot = np.array([self.value.get_left()[0], baseline, 0.0])
        VGroup(self.sign, self.value).scale(min(1.0, em / self.formula.em), about_point=foot)
        text = plain_numeral(view.shown(term.value, decimals=short_decimals(view, term.value, decimals)).text)
        #: How much stands behind its decimal point; None if it has none, or a power of ten behind.
        self.behind: float | None = None
        if "." in text and "e" not in text:
            glyphs = sorted((g for g in self.value.get_family() if len(g.points)), key=lambda g: float(g.get_x()))
            self.behind = float(self.value.get_right()[0] - glyphs[text.index(".")].get_x())
        #: What it keeps free at its right where others have more there, so that points stand under points.
        self.short = 0.0
        # A decimal comma reaches below the line.
        self._below = baseline - float(self.value.get_bottom()[1])
        if not len(self.label) and term.label != "":
            self.label, self.worked = self.worked, VGroup()
        self.add(self.label, self.formula)

    @property
    def baseline(self) -> float:
        """The height of the line that the value stands on."""
        return float(self.value.get_bottom()[1]) + self._below

    def align(self, left: float, sign: float, right: float) -> None:
        """Label flush left, the sign at its column, the value flush right, point under point."""
        self.label.shift((left - self.label.get_left()[0]) * RIGHT)
        self.value.shift((right - self.short - self.value.get_right()[0]) * RIGHT)
        if len(self.sign):
            gap = self.sign.get_left()[0] - self.worked.get_right()[0] if len(self.worked) else 0.0
            self.sign.shift((sign - self.sign.get_x()) * RIGHT)
            if len(self.worked):
                self.worked.shift((self.sign.get_left()[0] - gap - self.worked.get_right()[0]) * RIGHT)


class Terms(VGroup):
    """Rows of a sum over each other, a rule, and the total; as large as the region lets them be.

    Where there is too little height for that, they stand two in a line, without their labels; where there is too
    little width, values have fewer digits.
    """

    def __init__(
        self, view: View, terms: Sequence[Term], total: Term, region: Region, *, decimals: int, colour: Colour
    ) -> None:
        super().__init__()
        usual, all_terms = decimals, (*terms, total)
        decimals = max(enough_digits(view.value(term.value), usual) for term in all_terms)
        #: The decimals of the values, and of the numbers that they are worked out of.
        self.decimals, self.fine = digits(view, terms, total, decimals)
        decimals = self.decimals
        sizes = self._sizes(view, terms, total, decimals)
        # Where letters would be too small, a long sum in brackets has a line for each term.
        for style, em in ((style, em) for style in (ROOMIEST, Style(lines=True)) for em in sizes):
            self._build(view, terms, total, em, decimals, style=style)
            if self._fits_in(region):
                break
        if self._fits_in(region):
            self._arrange(region, self.em, view.theme.faint)
        elif not self._in_pairs(view, region, sizes, decimals):
            self._tighten(view, terms, total, region, usual)
            self._arrange(region, self.em, view.theme.faint)
            self.fits = False
        self.total.value.set_fill(colour)
        self.add(*self.rows, self.rule, self.total)

    def _build(
        self, view: View, terms: Sequence[Term], total: Term, em: float, decimals: int, *, style: Style = ROOMIEST
    ) -> None:
        self.rows = [TermRow(view, term, em, decimals, fine=self.fine, style=style) for term in terms]
        self.total = TermRow(view, total, em, decimals)
        self.em = em
        _flush(self._all)

    def _sizes(self, view: View, terms: Sequence[Term], total: Term, decimals: int) -> list[float]:
        """The letters to try, from the largest on; all that is in them can be read in the smallest."""
        self._build(view, terms, total, _MOST, decimals)
        smallest = min((row.formula.smallest for row in self.rows if row.term.worked is not None), default=_MOST)
        least = max(_LEAST, READABLE_DIGITS_EM * _MOST / smallest)
        sizes = [_MOST]
        while sizes[-1] * _SMALLER >= least:
            sizes.append(sizes[-1] * _SMALLER)
        return sizes

    def _fits_in(self, region: Region) -> bool:
        """Whether the rows have room to be read, with nothing left out."""
        self.fits = self._width() <= region.width and self._least_height() <= region.height
        return self.fits

    def _tighten(self, view: View, terms: Sequence[Term], total: Term, region: Region, usual: int) -> None:
        """The values have fewer digits; where that is not enough, worked rows do without their labels, or factors."""
        bare, plain = [without_label(term) for term in terms], [without_factors(term) for term in terms]
        ways = ((these, decimals) for these in (terms, bare, plain) for decimals in (usual, view.decimals))
        for these, decimals in ways:
            self.decimals, self.fine = decimals, None
            sizes = self._sizes(view, these, total, decimals)
            self._build(view, these, total, sizes[-1], decimals)
            if self._fits_in(region):
                break
        for em in sizes:
            self._build(view, these, total, em, decimals)
            if self._fits_in(region):
                break

    def _in_pairs(self, view: View, region: Region, sizes: Sequence[float], decimals: int) -> bool:
        """Two rows in a line, the total the last of them, if that fits; a worked row does without its label."""
        terms = [row.term for row in self._all]
        count = (len(terms) + 1) // 2
        bare = [without_label(term) for term in terms]
        for em in sizes:
            rows = [TermRow(view, term, em, decimals, fine=self.fine) for term in bare]
            _flush(rows)
            width = max(row.width for row in rows)
            height = max(_PITCH * em, max(row.height for row in rows) + _CLOSE * em)
            if 2 * width + 2 * em <= region.width and count * height <= region.height:
                break
        else:
            return False
        self.fits, self.em, self.rows, self.total = True, em, rows[:-1], rows[-1]
        pitch = min(region.height / count, _WIDE * em)
        beside = min(region.width - 2 * width, 3 * em)
        top = region.centre[1] + (count - 1) / 2 * pitch
        lefts = region.centre[0] - beside / 2 - width, region.centre[0] + beside / 2
        for position, row in enumerate(self._all):
            line, column = (count - 1, 1) if row is self.total else divmod(position, 2)
            row.formula.shift((top - line * pitch - row.value.get_y()) * UP)
            right = lefts[column] + width
            sign = right - max(r.value.width + r.short for r in rows) - 0.8 * em
            row.align(lefts[column] if not len(row.worked) else row.get_left()[0], sign, right)
        head = self.total.get_top()[1]
        foot = min((row.get_bottom()[1] for row in self.rows[: 2 * count - 2]), default=head + _CLOSE * em)
        height = float(head + foot) / 2
        self.rule = Line(
            [lefts[1], height, 0.0], [lefts[1] + width, height, 0.0], color=view.theme.faint, stroke_width=2
        )
        return True

    @property
    def _all(self) -> list[TermRow]:
        return [*self.rows, self.total]

    def _width(self) -> float:
        worked = max(row.worked.width for row in self._all)
        labels = [row.label.width for row in self.rows if len(row.worked)] or [row.label.width for row in self._all]
        return (
            max(labels)
            + (worked + 1.6 * self.em if worked else 0.0)
            + max(row.value.width + row.short for row in self._all)
            + 2 * _ASIDE * self.em
        )

    def _least_pitch(self) -> float:
        return max(_PITCH * self.em, 1.02 * max(row.height for row in self.rows))

    def _least_height(self) -> float:
        return self._least_pitch() * (len(self.rows) + _FOOT) + self.total.height

    def _arrange(self, region: Region, em: float, rule: Colour) -> None:
        tallest = max(row.height for row in self.rows)
        foot = self.total.height
        pitch = (region.height - foot) / (len(self.rows) + _FOOT)
        pitch = float(np.clip(pitch, self._least_pitch(), max(_WIDE * em, 1.1 * tallest)))
        spare = max(0.0, region.width - self._width())
        width = self._width() + min(spare, 1.6)
        left, right = region.centre[0] - width / 2, region.centre[0] + width / 2
        values = max(row.value.width + row.short for row in self._all)
        sign = right - values - 0.8 * em
        y = region.centre[1] + (pitch * (len(self.rows) + _FOOT) + foot - pitch) / 2
        for row in self._all:
            if row is self.total:
                self.rule = Line([left, y + pitch / 2, 0.0], [right, y + pitch / 2, 0.0], color=rule, stroke_width=2)
                y += pitch / 2 - foot / 2 - _FOOT * pitch / 2
            row.align(left, sign, right)
            row.formula.shift((y - row.value.get_y()) * UP)
            if isinstance(row.label, Lined):
                row.label.set_baseline(row.baseline)
            y -= pitch


def _flush(rows: Sequence[TermRow]) -> None:
    """Point under point; the value with the most behind it ends where the rows do."""
    most = max((row.behind for row in rows if row.behind is not None), default=0.0)
    for row in rows:
        row.short = 0.0 if row.behind is None else most - row.behind


def way(view: View, variables: Sequence[Variable], em: float) -> Typeset:
    """Quantities with an arrow from each to the next."""
    symbols = [f"part(#{n}, {view.notation.variable(v, view.net)})" for n, v in enumerate(variables)]
    drawn = Typeset(f"${' arrow '.join(symbols)}$", em=em, colour=view.theme.quiet)
    for n, variable in enumerate(variables):
        drawn.part(n).set_fill(view.colour(variable))
    return drawn
