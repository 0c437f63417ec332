"""The derivative by a weight: with several neurons in each layer it is in form what it was with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

from manim import RIGHT, UP, FadeIn, FadeOut, Indicate, LaggedStart, Mobject, VGroup
from pydantic import Field

from bp_core import general
from bp_core.equations import Equation
from bp_core.nodes import Apply, Product
from bp_core.quantities import C, Derivative, a, d, w, z
from bp_script.language import N_
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.several import J_INDEX, K_INDEX, output_and_before, rooms
from scenes.kit.chapter import parameter_of
from scenes.kit.layerwise import BRIM
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import ROOMIEST, Style
from scenes.kit.motion.moves import Morph
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.columns import Row
from scenes.kit.pictures.rows import Reach
from scenes.kit.view import View

#: Letters of the equations at most and at least, and how much smaller each try is.
_EM, _LEAST, _SMALLER = 0.62, 0.4, 0.95
#: Room between a square's two lines.
_GAP = 0.1
#: How far a second line is set in, in ems.
_INDENT = 0.6


class WeightDerivative(LayeredChapter):
    """The way from one weight to the cost, and the same three factors as with one neuron a layer."""

    title = N_("The derivative by a weight")

    class Parameters(BaseParameters):
        """Which weight."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight of the last layer to look at.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, whole = self.tr, as_drawn(self.whole, self.numbers)
        words = {
            "way": tr(
                "How does the cost depend on one weight? It touches the sum of one neuron only, "
                "so there is one way to the cost."
            ),
            "rule": tr("The chain rule looks as it did before: there are only indices on everything."),
            "formulas": tr(
                "The factors are the old ones, too: {@first} the activation that the weight is multiplied with, "
                "{@slope} the slope of the activation function, {@cost} and how the cost depends on that output."
            ),
            "numbers": tr("For this weight they come to %(derivative)s.", derivative=whole)
            if self.view.value(self.whole)
            else tr("For this weight they come to nothing: a factor is zero."),
        }
        if self.softmax:
            words["way"] = tr(
                "How does the cost depend on one weight? It touches the sum of one neuron only, "
                "and with softmax that sum moves every output."
            )
            words["rule"] = tr("The chain rule has one more sum: over all outputs that this one z moves.")
            words["formulas"] = tr(
                "{@first} The first factor is the activation that the weight is multiplied with. "
                "{@rest} The rest is how the cost depends on z."
            )
        if self.others:
            words["others"] = tr("The other outputs have no part in it. Nothing new so far.")
        return words

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule in general, and with the formulas of its factors."""
        trace = view.trace
        output, before = output_and_before(view, parameter_of(trace, parameters.parameter))
        weight = w(trace.L, places(output)[1], places(before)[1])
        general_weight = w(trace.L, J_INDEX, K_INDEX)
        return [
            general.parameter_chain(trace, general_weight),
            general.parameter_derivative(trace, general_weight),
            general.parameter_derivative(trace, weight),
        ]

    def construct(self) -> None:
        """From the way to its factors."""
        self.open_with(self.network)
        self.follow_the_way()
        self.write_the_rule()
        self.write_the_formulas()
        self.put_in_numbers()
        if self.others:
            self.look_at_the_others()

    def follow_the_way(self) -> None:
        """A light runs from the weight to the cost."""
        network, j = self.network, places(self.output)[1]
        with self.beat("way"):
            self.play(network.spotlit([self.weight, self.output, self.before], self.reached), run_time=1)
            for _ in range(2):
                flashes = [network.flash(network.way(self.weight, i), self.theme.highlight) for i in self.reached]
                self.play(LaggedStart(*flashes, lag_ratio=0.4), run_time=2)
            self.play(Indicate(network.diagram.neuron(a(self.trace.L, j)), color=None, scale_factor=1.08), run_time=0.8)

    def write_the_rule(self) -> None:
        """Factor after factor leaves its piece of the way."""
        network, rule = self.network, self.rule
        j = places(self.output)[1]
        origins = [
            network.diagram.edge(self.weight).get_center(),
            network.diagram.neuron(self.output).get_center(),
            network.lines[j].get_center(),
        ]
        with self.beat("rule"):
            self.play(FadeIn(rule.side(0), shift=UP * 0.1), FadeIn(rule.relation(1)), run_time=0.9)
            pieces = self.factors_of(rule)
            coming = [
                FadeIn(piece, target_position=origins[min(position, 2)], scale=0.5)
                for position, piece in enumerate(pieces)
            ]
            self.play(LaggedStart(*coming, lag_ratio=0.7), run_time=3.2)
            self.add(rule)

    def write_the_formulas(self) -> None:
        """Under each factor what it is."""
        formulas = self.formulas
        with self.beat("formulas"):
            self.play(FadeIn(formulas.relation(1)), run_time=0.6)
            for bookmark, factors, pieces in self.told:
                self.wait_until(bookmark)
                self.play(*(Indicate(factor, color=None) for factor in factors), run_time=1)
                coming = [FadeIn(piece, shift=UP * 0.15) for piece in pieces]
                if coming:
                    self.play(LaggedStart(*coming, lag_ratio=0.6), run_time=1.2)
            self.add(formulas)

    def put_in_numbers(self) -> None:
        """The numbers of this weight, and what they come to."""
        numbers = self.numbers
        with self.beat("numbers"):
            if self.stage.square:
                self.play(FadeOut(*self.factors_of(self.formulas), self.formulas.relation(1)), run_time=0.6)
            first = d(z(*self.output.indices), self.weight)
            there = {node for side in numbers.sides for node in side.values}
            value = self.network.diagram.neuron(self.before).value
            held: dict[Any, Mobject] = {first: value} if first in there and len(value) else {}
            self.play(Morph(None, numbers, from_elsewhere=held, run_time=2))
            self.play(Indicate(numbers.side(len(numbers.sides) - 1), color=None), run_time=1)
            if not self.others:
                self.play(self.network.lit(), run_time=0.8)

    def look_at_the_others(self) -> None:
        """The other outputs light up by themselves, then everything."""
        network = self.network
        others = [n for n in network.diagram.layers[-1] if n.variable != self.output]
        with self.beat("others"):
            self.play(*(Indicate(n, color=None, scale_factor=1.08) for n in others), run_time=1.2)
            self.play(network.lit(), run_time=0.8)

    def handover(self) -> Sequence[Mobject]:
        """The network and its cost."""
        return [self.network]

    @staticmethod
    def factors_of(row: Row) -> list[VGroup]:
        """The factors of the right side, each with the sign before it."""
        whole = row.sides[1].expression
        if not isinstance(whole, Product):
            return [row.side(1)]
        signs = dict(row.signs())
        return [VGroup(*([signs[n - 1]] if n - 1 in signs else []), row.factor(n)) for n in range(row.count)]

    @property
    def told(self) -> list[tuple[str, list[VGroup], list[VGroup]]]:
        """Each part of the words, by its bookmark: the factors it names, and what stands for them in the formulas."""
        first, *others = self.factors_of(self.rule)
        piece, *rest = self.factors_of(self.formulas)
        parts = [("first", [first], [piece])]
        if self.softmax:
            return [*parts, ("rest", others, rest)]
        whole = self.formulas.sides[1].expression
        count = sum(isinstance(factor, Apply) for factor in whole.factors) if isinstance(whole, Product) else 0
        return [*parts, ("slope", others[:1], rest[:count]), ("cost", others[1:], rest[count:])]

    # -- what is shown ---------------------------------------------------------

    @property
    def whole(self) -> Derivative:
        """The derivative by it."""
        return d(C, self.weight)

    @property
    def softmax(self) -> bool:
        """Whether the outputs are tied together."""
        return self.trace.network.activations[-1] == "softmax" and self.trace.sizes[-1] > 1

    @property
    def others(self) -> bool:
        """Whether there are outputs that the weight does not move."""
        return self.trace.sizes[-1] > 1 and not self.softmax

    @property
    def reached(self) -> list[int]:
        """The outputs that the weight moves, as far as they are drawn."""
        return list(self.network.lines) if self.softmax else [places(self.output)[1]]

    @property
    def rule(self) -> Row:
        """The chain rule."""
        return self.written[0]

    @property
    def formulas(self) -> Row:
        """With each factor's formula."""
        return self.written[1]

    @property
    def numbers(self) -> Formula:
        """With the numbers of the weight that is looked at."""
        return self.written[2]

    @cached_property
    def written(self) -> tuple[Row, Row, Formula]:
        """The three, relation under relation, as large as there is room for."""
        room, square = rooms(self.stage)["beside"].widened(BRIM), self.stage.square
        sizes = [_EM]
        while sizes[-1] > _LEAST:
            sizes.append(max(sizes[-1] * _SMALLER, _LEAST))
        for style, em in product(self.styles, sizes):
            rows = self.rows(em, style)
            high = square or style.wrapped
            if reach(rows) <= room.width and (
                not high or sum(heights_of(in_lines(rows, square))) <= room.height - _GAP
            ):
                break
        for row in rows[1:]:
            row.shift(rows[0].relation(1).get_center() - row.relation(1).get_center())
        lines = in_lines(rows, square)
        heights = heights_of(lines)
        gap = min(0.8, (room.height - sum(heights)) / len(lines))
        top = room.centre[1] + (sum(heights) + gap * (len(lines) - 1)) / 2
        for line, height in zip(lines, heights, strict=True):
            for row in line:
                row.shift((top - height / 2 - row.get_y()) * UP)
            top -= height + gap
        group = VGroup(*rows)
        group.shift((room.centre[0] - group.get_x()) * RIGHT)
        return rows

    @property
    def styles(self) -> list[Style]:
        """What the numbers come to has a line of its own, then they have fewer digits, then a factor is cut off."""
        count = self.rows(_EM, ROOMIEST)[1].count
        cut = [Style(finer=False, cut=count - 1)] if count > 1 else []
        return [ROOMIEST, Style(wrapped=True), Style(finer=False), *cut]

    def rows(self, em: float, style: Style) -> tuple[Row, Row, Formula]:
        """The chain rule, its factors' formulas, and the numbers of one weight."""
        trace, view = self.trace, self.view
        weight = w(trace.L, J_INDEX, K_INDEX)
        chain, derivative = general.parameter_chain(trace, weight), general.parameter_derivative(trace, weight)
        value = Side.value(self.whole, view.decimals + 2)
        mine = general.parameter_chain(trace, self.weight).right
        numbers = () if self.softmax else (Side.numbers(mine),)
        alone = replace(style, wrapped=style.wrapped and not self.softmax)
        formulas = Row(view, derivative.left, Side(derivative.right), em=em, first=False, style=Style(cut=style.cut))
        if style.cut is not None:
            second = VGroup(*(formulas.factor(n) for n in range(style.cut, formulas.count)))
            begin = formulas.factor(0).get_left()[0] + _INDENT * em
            second.shift((begin - second.get_left()[0]) * RIGHT)
        return (
            Row(view, chain.left, Side(chain.right), em=em, first=True),
            formulas,
            Formula(view, self.whole, *numbers, value, em=em, style=alone),
        )


def in_lines(rows: Sequence[Formula], square: bool) -> list[Sequence[Formula]]:
    """What stands in each line; in a square the numbers take the place of the formulas."""
    return [rows[:1], rows[1:]] if square else [[row] for row in rows]


def heights_of(lines: Sequence[Sequence[Formula]]) -> list[float]:
    """How high the lines are."""
    return [max(row.height for row in line) for line in lines]


def reach(rows: Sequence[Formula]) -> float:
    """How wide rows are with their signs of equality under each other."""
    reaches = [Reach.of(row) for row in rows]
    return max(r.left for r in reaches) + max(r.right for r in reaches)
