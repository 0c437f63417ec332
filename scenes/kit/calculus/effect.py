"""The same nudge again and again: how far it moves the next quantity depends on a third, which can be turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from manim import DOWN, LEFT, RIGHT, Arrow, Line, VGroup

from bp_core.quantities import Derivative, Variable
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.diagram import Neuron
from scenes.kit.stage import Region
from scenes.kit.view import View

_EM, _FACTOR_EM = 0.56, 0.5
_RADIUS, _BAR, _SHORTEST = 0.66, 20, 0.05
#: Shares of the region's height: the neuron, the nudge, what it causes.
_NEURON, _CAUSE, _CAUSED = 0.8, 0.38, 0.1
#: In a region lower than this the neuron, smaller, stands before the bars, its name below it; their shares there.
_LOW, _LOW_RADIUS, _BEFORE, _LOW_CAUSE, _LOW_CAUSED = 2.6, 0.38, 0.45, 0.7, 0.2
#: Room between symbols and bars, and beside the arrow.
_BESIDE, _ARROW = 0.3, 0.3
#: What stands around a value: the arrow, the sign before it and brackets.
_BESIDE_VALUE = 1.15


class Effect(VGroup):
    """A neuron, a bar for the nudge of the weight it feeds, and one for what that does to z: ``factor`` times as long.

    The bars have one scale for all ``views``.
    """

    def __init__(
        self, view: View, neuron: Variable, factor: Derivative, region: Region, views: Sequence[View] = ()
    ) -> None:
        super().__init__()
        self.factor = factor
        theme = view.theme
        brightest = max(1.0, *(abs(v.value(neuron)) for v in (view, *views)))
        low = region.height < _LOW
        self.neuron = Neuron(view, neuron, _LOW_RADIUS if low else _RADIUS, brightest, theme.activation)
        self.name = Typeset(f"${view.notation.variable(neuron, view.net)}$", em=_EM, colour=view.colour(neuron))
        if low:
            self.name.next_to(self.neuron, DOWN, buff=0.12)
            VGroup(self.neuron, self.name).move_to(region.point(0, 0.44), aligned_edge=LEFT)
            region = replace(region, left=max(self.neuron.get_right()[0], self.name.get_right()[0]) + _BEFORE)
        else:
            self.neuron.move_to([region.left + 1.6 * _RADIUS, region.point(0, _NEURON)[1], 0])
            self.name.next_to(self.neuron, RIGHT, buff=0.2)
        self.symbols = VGroup(*(self._symbol(view, variable) for variable in (factor.by, factor.of)))
        names = region.left + max(symbol.width for symbol in self.symbols)
        lengths = [0.0, 1.0, *(v.value(factor) for v in (view, *views))]
        widest = max(Value(v, factor, em=_FACTOR_EM).width for v in (view, *views))
        left, right = names + _BESIDE, region.right - max(1.8, widest + _BESIDE_VALUE)
        self._unit = (right - left) / (max(lengths) - min(lengths))
        zero = left - min(lengths) * self._unit
        heights = [region.point(0, share)[1] for share in ((_LOW_CAUSE, _LOW_CAUSED) if low else (_CAUSE, _CAUSED))]
        for symbol, height in zip(self.symbols, heights, strict=True):
            symbol.move_to([names - symbol.width / 2, height, 0])
        self.zero = Line([zero, heights[0] + 0.35, 0], [zero, heights[1] - 0.35, 0], color=theme.faint, stroke_width=2)
        self.bars = VGroup(
            *(
                Line([zero, height, 0], [zero + self._unit, height, 0], color=view.colour(v), stroke_width=_BAR)
                for v, height in zip((factor.by, factor.of), heights, strict=True)
            )
        )
        tail, head = ([right + _ARROW, height, 0] for height in (heights[0] - 0.1, heights[1] + 0.1))
        self.arrow = Arrow(tail, head, buff=0, stroke_width=2.5, tip_length=0.13, color=theme.quiet)
        self.times = Typeset("$times$", em=_FACTOR_EM, colour=theme.quiet).next_to(self.arrow, RIGHT, buff=0.16)
        self.value = Value(view, factor, em=_FACTOR_EM, colour=view.colour(neuron), anchor="left")
        self.value.next_to(self.times, RIGHT, buff=0.2)
        self.brackets = VGroup(*(Words(side, em=_FACTOR_EM, colour=self.value.ink) for side in "()"))
        self.add(self.neuron, self.name, self.symbols, self.zero, self.bars)
        self.add(self.arrow, self.times, self.value, self.brackets)
        self.follow(view)

    def follow(self, view: View) -> Effect:
        """The neuron's activation in another view, and how long that makes the second bar."""
        self.neuron.follow(view)
        length = view.value(self.factor) * self._unit
        start = self.zero.get_center()[0] * RIGHT + self.bars[1].get_y() * np.array([0.0, 1.0, 0.0])
        self.bars[1].put_start_and_end_on(start, start + (length if abs(length) > _SHORTEST else _SHORTEST) * RIGHT)
        self.value.show(view)
        opacity = (1.0 if length < 0 else 0.0) * self.value[0].get_fill_opacity()
        self.brackets[0].next_to(self.value, LEFT, buff=0.04).set_opacity(opacity)
        self.brackets[1].next_to(self.value, RIGHT, buff=0.04).set_opacity(opacity)
        return self

    @staticmethod
    def _symbol(view: View, variable: Variable) -> Typeset:
        written = view.notation.variable(variable, view.net)
        return Typeset(f"$Delta {written}$", em=_EM, colour=view.colour(variable))
