"""Quantities of a scripted scene with their values: in a list, side by side, before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from manim import (
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    FadeIn,
    Mobject,
    Succession,
    Transform,
    VGroup,
    VMobject,
)

from bp_core.nodes import Expression
from bp_core.quantities import Derivative, Variable
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.named_value import DERIVATIVE_DECIMALS, NamedValue, readable_digits
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.pictures.bars import SignedBars
from scenes.kit.view import View

#: Letters at most, as a multiple of the least.
_MOST = 1.65
#: Digits of a value at least, where there is little room.
_FEWEST = 2


class QuantityList(Exhibit):
    """Quantities under each other, each with its value, sign below sign."""

    def __init__(self, made: Making, names: Sequence[str]) -> None:
        room, least = made.room, made.least
        quantities = [made.quantity(name) for name in names]
        pitch = min(room.height / len(quantities), 4 * least)
        em = float(np.clip(0.5 * pitch, least, _MOST * least))
        self.rows = [NamedValue(made.view, quantity, em) for quantity in quantities]
        wide = max(row.sign.get_x() - row.get_left()[0] for row in self.rows)
        wide += max(row.get_right()[0] - row.sign.get_x() for row in self.rows)
        if wide > room.width:
            em = max(least, em * room.width / wide)
            self.rows = [NamedValue(made.view, quantity, em) for quantity in quantities]
        for position, row in enumerate(self.rows):
            height = room.centre[1] + pitch * ((len(self.rows) - 1) / 2 - position)
            row.shift(UP * (height - row.sign.get_y()) + RIGHT * (room.centre[0] - row.sign.get_x()))
        whole = VGroup(*self.rows)
        super().__init__(whole.shift(RIGHT * (room.centre[0] - whole.get_x())))

    def symbols(self) -> Mapping[Variable, VMobject]:
        """Those of plain quantities."""
        return {row.quantity: row.symbol for row in self.rows if isinstance(row.quantity, Variable)}

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """A row a quantity."""
        return ((row, (row.quantity,)) for row in self.rows)

    def followers(self) -> Sequence[Mobject]:
        """All rows."""
        return self.rows

    def stepped(self, view: View) -> Sequence[Animation]:
        """Every value as it is in another view."""
        return [Rewrite(row.value, view) for row in self.rows]


class Comparison(QuantityList):
    """Two quantities under each other, each with a bar as long as it is large; their bars have one scale."""

    def __init__(self, made: Making, names: Sequence[str]) -> None:
        self._made = made
        left = made.room.column(0.0, 0.6)
        super().__init__(replace(made, room=left), names)
        self.bars = self._bars(made.view)
        self.drawing = VGroup(*self.rows, self.bars)

    def _bars(self, view: View) -> SignedBars:
        heights: dict[Expression, float] = {row.quantity: float(row.sign.get_y()) for row in self.rows}
        pitch = self.rows[0].sign.get_y() - self.rows[-1].sign.get_y()
        return SignedBars(view, heights, self._made.room.column(0.66, 1.0), pitch=pitch, colour=view.theme.quiet)

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """A row and its bar."""
        for row in self.rows:
            yield row, (row.quantity,)
            yield self.bars.bar(row.quantity), (row.quantity,)

    def turned(self, view: View) -> Sequence[Animation]:
        """The bars grow or shrink."""
        return [Transform(self.bars, self._bars(view).shift(self._offset[0] * RIGHT))]

    def stepped(self, view: View) -> Sequence[Animation]:
        """Values and bars."""
        return [*super().stepped(view), *self.turned(view)]


class BeforeAndAfter(Exhibit):
    """A quantity as it was when the scene began, an arrow, and as it is."""

    def __init__(self, made: Making, names: Sequence[str]) -> None:
        (name,) = names
        quantity, room, em = made.quantity(name), made.room, 1.6 * made.least
        before, view = made.views[0], made.view
        usual = DERIVATIVE_DECIMALS if isinstance(quantity, Derivative) else view.decimals + 1
        most = max(readable_digits(v.value(quantity), usual) for v in (before, view))
        for decimals in range(most, min(most, _FEWEST) - 1, -1):
            line = self._line((before, view), quantity, em, decimals)
            if line.width <= room.width:
                break
        line.scale(min(1.0, room.width / line.width)).move_to(room.centre)
        self._quantity = quantity
        super().__init__(line)

    def _line(self, views: Sequence[View], quantity: Variable | Derivative, em: float, decimals: int) -> VGroup:
        """Symbol, past, arrow, present."""
        theme, colour = views[0].theme, views[0].colour(quantity)
        self.symbol = Formula(views[0], quantity, em=em)
        self.arrow = Typeset("$arrow.long$", em=em, colour=theme.quiet)
        self.before, self.after = (Value(v, quantity, em=0.9 * em, decimals=decimals, colour=colour) for v in views)
        line = VGroup(self.symbol, self.before, self.arrow, self.after).arrange(RIGHT, buff=0.5 * em)
        for value in (self.before, self.after):
            value.set_baseline(self.symbol.baseline)
        if isinstance(quantity, Derivative):
            for piece in (self.before, self.arrow, self.after):
                piece.shift(UP * (self.symbol.get_y() - piece.get_y()))
        return line

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002
        """The past first, then the present."""
        first = FadeIn(VGroup(self.symbol, self.before), run_time=0.8)
        return Succession(first, FadeIn(VGroup(self.arrow, self.after), shift=0.2 * RIGHT, run_time=0.8))

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """All of it."""
        return [(self.drawing, (self._quantity,))]

    def turned(self, view: View) -> Sequence[Animation]:
        """The present."""
        return [AnimationGroup(Rewrite(self.after, view))]
