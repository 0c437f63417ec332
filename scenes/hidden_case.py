"""Hidden case: a hidden neuron's δ from those of the next layer, handed back along the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    ShowPassingFlash,
    TransformFromCopy,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Apply, Expression, SumOver
from bp_core.quantities import C, Index, Variable, a, b, d, delta, w, z
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.chapter import Chapter, Unsuited, parameter_of
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lined import level
from scenes.kit.letters.mathematics import leaves
from scenes.kit.letters.number import Value, significant
from scenes.kit.letters.style import TIGHTER, Style
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.motion.moves import Morph, taken
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.clearance import Obstacles, first_clear, pushed, spread
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron
from scenes.kit.stage import Region
from scenes.kit.view import View

#: How many ways are worked out in numbers; the others are in the sum.
_WAYS = 3
#: Letters with limits below them, and others, as multiples of the least.
_LARGE, _EM = 4 / 3, 9 / 8
#: From one δ to the next below it, in heights of a symbol over its value; and from a symbol to its value beside it.
_APART, _ACROSS = 1.15, 0.24


class HiddenCase(Chapter):
    """A hidden neuron reaches the loss through all neurons of the next layer: their δ come back along the edges."""

    title = N_("A neuron of a hidden layer")
    example_lesson = "output_and_hidden"

    class Parameters(BaseParameters):
        """Which neuron."""

        neuron: ParameterName | None = Field(
            None, description="The hidden neuron, by its bias; else the first of the last hidden layer."
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """It needs a hidden neuron."""
        if lesson.network.L == 1:
            return Unsuited(tr("expected a network with a hidden layer; got none"))
        if (
            parameters.neuron is not None
            and neuron_of(lesson.trace().L, parameters.neuron, lesson)[0] == lesson.network.L
        ):
            return Unsuited(tr("expected the bias of a hidden neuron; got %(got)s", got=parameters.neuron), "neuron")
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        several = len(self.next) > 1
        return {
            "where": self.tr("For a hidden neuron there is no target. What does the loss say to it?"),
            "ways": self.tr(
                "Its activation goes into z of every neuron of the next layer, "
                "so it reaches the loss on as many ways, and the ways add up."
            )
            if several
            else self.tr("Its activation goes into z of the next layer, and only so does it reach the loss."),
            "known": self.tr("What the loss says to each of these z is known already: that is its delta."),
            "back": self.tr("Each delta comes back along its edge, multiplied by the edge's weight."),
            "sum": self.tr("Added up, that is the derivative of the loss with respect to the hidden activation."),
            "slope": self.tr(
                "The last step leads from the activation to its z: multiply by the slope of the activation "
                "function, and there is the hidden neuron's own delta."
            ),
            "rule": self.tr(
                "From here on, the rules are as before. And so it goes on, layer by layer, back to the input."
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The hidden δ, in letters and for the one neuron."""
        layer, k = neuron_of(view.trace.L, parameters.neuron, view)
        i, h = Index("i"), Index("h")
        shown = [
            *claims(layer, i),
            Equation(d(C, w(layer, i, h)), delta(layer, i) * a(layer - 1, h)),
            Equation(d(C, b(layer, i)), delta(layer, i)),
        ]
        return [*shown, *(claim for claim in claims(layer, k))]

    def construct(self) -> None:
        """From no target to a δ."""
        self.open_with(coming=[self.diagram])
        self.look_at_the_neuron()
        self.go_all_ways()
        self.show_what_is_known()
        self.come_back()
        self.add_up()
        self.multiply_by_the_slope()
        self.go_on()

    def look_at_the_neuron(self) -> None:
        """The neuron lights up, and is named."""
        with self.beat("where"):
            self.play(Indicate(self.here, color=None, scale_factor=1.2), FadeIn(self.label), run_time=1.6)

    def go_all_ways(self) -> None:
        """A pulse on each edge from the neuron, and the sum over them."""
        with self.beat("ways"):
            others = [edge for weight, edge in self.diagram.edges.items() if weight not in self.edges]
            self.play(*(edge.animate.set_stroke(opacity=self.theme.dim) for edge in others), run_time=0.8)
            self.play(*self.pulses(backward=False), run_time=1.6)
            self.play(FadeIn(self.summed), run_time=1.5)

    def show_what_is_known(self) -> None:
        """δ at each neuron of the next layer."""
        with self.beat("known"):
            self.play(LaggedStart(*(FadeIn(mark, scale=0.7) for mark in self.marks), lag_ratio=0.4), run_time=2)

    def come_back(self) -> None:
        """Each δ runs back, and is multiplied by its weight."""
        with self.beat("back"):
            self.play(*self.pulses(backward=True), run_time=1.6)
            for mark, way in zip(self.marks[:_WAYS], self.ways, strict=True):
                self.play(TransformFromCopy(mark[0], way.side(0)), run_time=1)
                rest = [p for s in (1, 2) for p in (way.relation(s), way.side(s))]
                self.play(FadeIn(*rest, shift=0.1 * LEFT), run_time=0.8)
                self.add(way)

    def add_up(self) -> None:
        """The sum of the ways."""
        with self.beat("sum"):
            self.play(FadeIn(self.rule_line, self.total, shift=0.1 * UP), run_time=1.2)

    def multiply_by_the_slope(self) -> None:
        """Times σ′, and δ of the hidden neuron."""
        with self.beat("slope"):
            ways = taken(self.rule, 1, self.summed, 1, *leaves(self.summed.sides[1].expression))
            leaving = FadeOut(self.summed, run_time=0.7)
            self.play(leaving, Morph(None, self.rule, from_elsewhere=ways, run_time=2))
            self.play(FadeIn(self.result, shift=0.1 * UP), run_time=1.4)
            self.play(FadeOut(self.label), FadeIn(self.own_mark, scale=0.7), run_time=1)

    def go_on(self) -> None:
        """The rules for its weights and its bias."""
        with self.beat("rule"):
            leaving = [*self.ways, self.rule_line, self.total, self.result]
            self.play(*map(FadeOut, leaving), run_time=1)
            self.play(LaggedStart(*(FadeIn(rule, shift=0.1 * UP) for rule in self.rules), lag_ratio=0.6), run_time=2)

    def pulses(self, *, backward: bool) -> list[ShowPassingFlash]:
        """A light on each edge of the neuron to the next layer."""
        found = []
        for weight in self.edges:
            one, other = self.diagram.ends(weight)
            ends = [one.ring.get_center(), other.ring.get_center()]
            start, end = reversed(ends) if backward else ends
            colour = self.theme.error if backward else self.theme.activation
            found.append(ShowPassingFlash(Line(start, end, color=colour, stroke_width=9), time_width=1 / 2))
        return found

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def at(self) -> tuple[int, int]:
        """The neuron's layer and place."""
        return neuron_of(self.trace.L, self.parameters.neuron, self.view)

    @property
    def next(self) -> list[int]:
        """The neurons of the next layer that are drawn."""
        return list(self.diagram.drawn[self.at[0] + 1])

    @property
    def here(self) -> Neuron:
        """The hidden neuron in the picture."""
        return self.diagram.neuron(a(*self.at))

    @property
    def edges(self) -> list[Variable]:
        """The weights from it to the next layer, those that are drawn."""
        layer, k = self.at
        return [w(layer + 1, j, k) for j in self.next if w(layer + 1, j, k) in self.diagram.edges]

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network; δ have room at its right."""
        room = (
            self.stage["body"].band(0.67 if self.stage.square else 0.6, 0.96)
            if self.stage.stacked
            else self.stage["body"].column(0.0, 0.43).band(0.06, 0.94)
        )
        at = neuron_of(self.trace.L, self.parameters.neuron, self.view)
        return NetworkDiagram(self.view, room.column(0.0, 0.74), keep=[a(*at)], room_for="values")

    def sign(self, variable: Variable) -> Typeset:
        """A quantity's symbol."""
        view = self.view
        source = f"${view.notation.variable(variable, view.net)}$"
        return Typeset(source, em=self.stage.least_em, colour=view.colour(variable))

    @cached_property
    def label(self) -> Typeset:
        """The neuron's name: its activation."""
        return self.sign(a(*self.at)).next_to(self.here, UP, buff=0.12)

    def mark(self, variable: Variable, neuron: Neuron) -> VGroup:
        """δ and its value, beside a neuron of the last layer, else above it."""
        value = Value(
            self.view,
            variable,
            em=0.85 * self.stage.least_em,
            decimals=significant(self.view.value(variable), self.view.decimals),
        )
        mark = VGroup(self.sign(variable), value)
        if places(variable)[0] == self.trace.L:
            heights = sorted(one.get_y() for one in self.diagram.layers[-1])
            needed = _APART * (mark[0].height + mark[1].height)
            close = min((high - low for low, high in pairwise(heights)), default=needed) < needed
            level(mark.arrange(RIGHT, buff=_ACROSS)) if close else mark.arrange(DOWN, buff=0.1)
            return spread(mark.next_to(neuron, RIGHT, buff=0.18), neuron.get_y(), heights)
        level(mark.arrange(RIGHT, buff=_ACROSS))
        sides = [mark.next_to(neuron, way, buff=0.12).get_center() for way in (UP, DOWN)]
        obstacles = Obstacles([self.diagram, *(self.marks if variable == delta(*self.at) else ())])
        pushed(first_clear(mark, sides, obstacles), UP, obstacles, self.stage["body"])
        return mark

    @cached_property
    def marks(self) -> list[VGroup]:
        """δ at the neurons of the next layer."""
        layer = self.at[0] + 1
        return [self.mark(delta(layer, j), self.diagram.neuron(a(layer, j))) for j in self.next]

    @cached_property
    def own_mark(self) -> VGroup:
        """δ of the hidden neuron."""
        return self.mark(delta(*self.at), self.here)

    @property
    def writing(self) -> Region:
        """Where the equations stand."""
        if not self.stage.stacked:
            return self.stage["body"].column(0.44, 1.0)
        return self.stage["body"].band(0.0, 0.63 if self.stage.square else 0.57)

    def at_the_top(self, claim: Equation, *further: Expression) -> Formula:
        """An equation in letters, at the head of the writing."""
        room, em = self.writing.band(0.7, 1.02), self.stage.least_em * _LARGE
        sides = claim.left, claim.right, *further
        formula = Formula.fitting(self.view, *sides, em=em, width=room.width, height=room.height)
        return self.stage.place(formula, room, across=0.0, up=1.0)

    @cached_property
    def summed(self) -> Formula:
        """∂L/∂a as the sum over the ways."""
        return self.at_the_top(claims(self.at[0], Index("i"))[0])

    @cached_property
    def rule(self) -> Formula:
        """The hidden δ."""
        return self.at_the_top(claims(self.at[0], Index("i"))[1])

    @cached_property
    def ways(self) -> list[Formula]:
        """Each way in numbers."""
        return self.rows[0]

    @property
    def total(self) -> Formula:
        """∂L/∂a of the one neuron."""
        return self.rows[1]

    @property
    def result(self) -> Formula:
        """δ of the one neuron."""
        return self.rows[2]

    @cached_property
    def rows(self) -> tuple[list[Formula], Formula, Formula]:
        """The ways, their sum, and δ, below each other."""
        room, em = self.writing.band(0.0, 0.68), self.stage.least_em * _EM
        for style in TIGHTER:
            ways, total, result = self.in_numbers(style)
            stack = VGroup(*ways, total, result).arrange(DOWN, buff=0.15 if style.inline else 0.26, aligned_edge=LEFT)
            fits = em * min(room.width / stack.width, room.height / stack.height) >= READABLE_EM
            self.stage.place(stack, room, across=0.0, up=0.9)
            if fits:
                break
        if not style.wrapped:
            in_columns(ways, room)
        return ways, total, result

    def in_numbers(self, style: Style) -> tuple[list[Formula], Formula, Formula]:
        """The same, not yet in their places."""
        layer, k = self.at
        write = partial(self.in_room, style)
        ways = []
        for j in self.next[:_WAYS]:
            product = w(layer + 1, j, k) * delta(layer + 1, j)
            ways.append(write(product, Side.numbers(product), Side.value(product)))
        back, slope = d(C, a(layer, k)), Apply("sigma'", z(layer, k), layer)
        total = write(back, Side.value(back))
        own, value = slope * back, Side.value(delta(layer, k))
        result = write(delta(layer, k), Side(own, frozenset({slope, back})), value)
        return ways, total, result

    def in_room(self, style: Style, *sides: Side | Expression) -> Formula:
        """A formula in a style, on one line if that can be read."""
        write = partial(Formula, self.view, *sides, em=self.stage.least_em * _EM, decimals=self.digits)
        whole = write(style=replace(style, wrapped=False))
        fits = not style.wrapped or whole.width * READABLE_EM <= self.writing.width * whole.em
        return whole if fits else write(style=style)

    @property
    def digits(self) -> int:
        """Decimals of all numbers: enough digits of the smallest δ of the next layer."""
        layer, k = self.at
        shown = [delta(layer, k), *(delta(layer + 1, j) for j in self.next[:_WAYS])]
        return max(significant(self.view.value(one), self.view.decimals + 1) for one in shown)

    @cached_property
    def rule_line(self) -> Line:
        """A rule between the ways and their sum."""
        last, total = self.ways[-1], self.total
        height = (last.get_bottom()[1] + total.get_top()[1]) / 2
        left, right = min(w.get_left()[0] for w in self.ways), max(w.get_right()[0] for w in self.ways)
        line = Line(left * RIGHT + height * UP, right * RIGHT + height * UP, stroke_width=2)
        return line.set_color(self.theme.faint)

    @cached_property
    def rules(self) -> list[Formula]:
        """The rules for the neuron's weights and its bias."""
        layer, i, h, em = self.at[0], Index("i"), Index("h"), self.stage.least_em * _LARGE
        found = [
            Formula(self.view, d(C, w(layer, i, h)), delta(layer, i) * a(layer - 1, h), em=em),
            Formula(self.view, d(C, b(layer, i)), delta(layer, i), em=em),
        ]
        stack = VGroup(*found).arrange(DOWN, buff=0.4, aligned_edge=LEFT)
        self.stage.place(stack, self.writing.band(0.0, 0.7), across=0.0, up=0.8)
        return found


def in_columns(ways: Sequence[Formula], room: Region) -> None:
    """Sign below sign, with what stands before the second flush with it, where there is room for that."""
    first = max(way.relation(1).get_x() for way in ways)
    second = first + max(way.relation(2).get_x() - way.relation(1).get_x() for way in ways)
    if second + max(way.side(2).get_right()[0] - way.relation(2).get_x() for way in ways) > room.right:
        return
    for way in ways:
        way.relation(1).shift((first - way.relation(1).get_x()) * RIGHT)
        VGroup(way.side(1), way.relation(2), way.side(2)).shift((second - way.relation(2).get_x()) * RIGHT)


def neuron_of(last: int, name: str | None, where: Any) -> tuple[int, int]:
    """The layer and place of a neuron named by its bias; else of the first of the last hidden layer."""
    if name is None:
        return last - 1, 0
    trace = where.trace() if isinstance(where, Lesson) else where.trace
    layer, j, *_ = places(parameter_of(trace, name))
    return layer, j


def claims(layer: int, i: int | Index) -> tuple[Equation, Equation]:
    """∂L/∂a of a hidden neuron as the sum over the next layer, and its δ."""
    j = Index("j")
    ways = SumOver("j", w(layer + 1, j, i) * delta(layer + 1, j))
    return (
        Equation(d(C, a(layer, i)), ways),
        Equation(delta(layer, i), Apply("sigma'", z(layer, i), layer) * ways),
    )
