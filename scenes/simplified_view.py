"""A simplified view: one example, one neuron; its δ measured by a nudge, and the same δ from the errors it feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    ShowPassingFlash,
    TransformFromCopy,
    VGroup,
)
from pydantic import Field

from bp_core import general
from bp_core.equations import Equation
from bp_core.nodes import Apply, Sum
from bp_core.quantities import C, Variable, a, d, delta, z
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.shrinking import ShrinkingNudges
from scenes.kit.chapter import Unsuited
from scenes.kit.layerwise import Layerwise, flashed
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import result_decimals
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lines import fitted
from scenes.kit.letters.mathematics import leaves
from scenes.kit.letters.style import Style
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM, READABLE_EM
from scenes.kit.parameters import BaseParameters, Number, Range, Whole
from scenes.kit.pictures.clearance import Obstacles, pushed
from scenes.kit.pictures.diagram import Neuron
from scenes.kit.pictures.feeds import Feeds
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The most terms that are written out.
_TERMS = 4
#: Letters of a slope's value, and what keeps it from the neurons beside it.
_LETTERS_EM = 0.44
_GAP = 0.1


class SimplifiedView(Layerwise):
    """One δ as a measured derivative, and as g′(z) times the errors that come back along the neuron's edges."""

    title = N_("What one error means")

    class Parameters(BaseParameters):
        """Which neuron."""

        layer: Annotated[Whole, Range(1)] | None = Field(
            None, description="A hidden layer, the input being 0; else the last hidden one."
        )
        neuron: Annotated[Whole, Range(0)] = Field(0, description="Which neuron of it, from 0.")
        by: Annotated[Number, Range(0, above=True)] = Field(0.1, description="The first nudge of its z.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """A hidden neuron that the network has."""
        last = lesson.network.L - 1
        if not last:
            return Unsuited(tr("expected a network with a hidden layer; got none"))
        if (parameters.layer or last) > last:
            told = tr("expected a hidden layer, %(most)s at most; got %(got)s", most=last, got=parameters.layer)
            return Unsuited(told, "layer")
        size = lesson.network.sizes[parameters.layer or last]
        if parameters.neuron >= size:
            told = tr("expected a neuron, %(most)s at most; got %(got)s", most=size - 1, got=parameters.neuron)
            return Unsuited(told, "neuron")
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        several = self.trace.sizes[self.layer + 1] > 1
        return {
            "one": self.tr(
                "Once more, but for one example and one neuron. Its cost is %(cost)s.", cost=as_drawn(C, self.cost)
            ),
            "nudge": self.tr(
                "Move this neuron's z a little, let everything after it follow, and see how the cost moves. "
                "The smaller the nudge, the closer the ratio comes to the derivative. "
                "{@delta} That is the neuron's delta."
            ),
            "feeds": self.tr(
                "Now without any nudge. The neuron acts on the cost only through the next layer, "
                "and there the errors are known."
            )
            if several
            else self.tr(
                "Now without any nudge. The neuron acts on the cost only through the next layer, "
                "and there the error is known."
            ),
            "along": self.tr("Each error comes back along its edge, times the weight. They add up.")
            if several
            else self.tr("That error comes back along the edge, times the weight."),
            "slope": self.tr(
                "And since z acts through the activation function, its slope scales the sum. "
                "It is the number that the nudge closed in on."
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The cost, δ as a derivative, and its recursion."""
        layer, j = parameters.layer or view.trace.L - 1, parameters.neuron
        recursion = general.delta_recursion(view.trace, layer, j)
        return [general.cost(view.trace), Equation(delta(layer, j), d(C, z(layer, j))), recursion]

    def construct(self) -> None:
        """The nudge first, then the edges."""
        self.open_with(self.diagram, self.units)
        self.take_one()
        self.nudge()
        self.see_what_it_feeds()
        self.come_back()
        self.scale_by_the_slope()

    def take_one(self) -> None:
        """All dims but the neuron and what lies between it and the cost."""
        with self.beat("one"):
            self.play(self.light_on(weight for weight in self.diagram.edges if self.after(weight)), run_time=1.0)
            self.play(FadeIn(self.cost, shift=0.1 * UP), run_time=1.0)
            self.play(self.ringed(self.layer, self.theme.pre_activation, self.neuron), run_time=1.2)

    def nudge(self) -> None:
        """The quotient at smaller and smaller nudges, then what it closes in on."""
        with self.beat("nudge"):
            self.play(
                self.ringed(self.layer, self.theme.pre_activation, self.neuron),
                FadeIn(self.measured[0], shift=0.1 * UP),
                run_time=1.2,
            )
            for row in self.measured[1:]:
                self.play(self.light_onward(), run_time=1.2)
                self.play(FadeIn(row, shift=0.1 * UP), run_time=0.8)
            self.wait_until("delta")
            self.play(FadeIn(self.meaning, shift=0.1 * UP), run_time=1.0)

    def see_what_it_feeds(self) -> None:
        """The neuron and the next layer, large, with the errors that are known there."""
        with self.beat("feeds"):
            self.play(FadeOut(self.cost, self.measured, self.meaning), run_time=0.8)
            feeds = self.feeds
            self.play(TransformFromCopy(self.here.ring, feeds.ring), FadeIn(feeds.letter), run_time=1.2)
            self.play(LaggedStart(*map(FadeIn, feeds.edges.values()), lag_ratio=0.2), run_time=1.2)
            coming = [FadeIn(VGroup(n, label)) for n, label in zip(feeds.next.values(), feeds.letters, strict=True)]
            self.play(LaggedStart(*coming, FadeIn(feeds.gap), lag_ratio=0.3), run_time=1.6)
            self.play(FadeIn(*feeds.weights.values()), run_time=0.8)

    def come_back(self) -> None:
        """Each error along its edge, times the weight, into the sum."""
        formula, feeds = self.formula, self.feeds
        with self.beat("along"):
            self.play(FadeIn(formula.side(0), formula.relation(1)), run_time=0.8)
            moves = []
            for i, edge in feeds.edges.items():
                moves.append(self.flowing(edge))
                if self.written_out:
                    error, weight = delta(self.layer + 1, i), self.feeds.weight(i)
                    self.play(
                        moves.pop(),
                        TransformFromCopy(feeds.next[i].value, formula.leaf(error, side=1)),
                        TransformFromCopy(feeds.weights[i], formula.leaf(weight, side=1)),
                        run_time=1.4,
                    )
            if moves:
                self.play(LaggedStart(*moves, lag_ratio=0.3), run_time=2.0)
            self.play(FadeIn(self.joining), run_time=0.6)

    def scale_by_the_slope(self) -> None:
        """g′ of the neuron's z, and the result lands in the neuron."""
        formula = self.formula
        with self.beat("slope"):
            self.play(FadeIn(self.slope_value, shift=0.1 * UP), run_time=1.0)
            if self.written_out:
                value = self.slope_value.leaf(self.slope, side=1)
                slope, dot = self.slope_factor
                self.play(FadeIn(dot), TransformFromCopy(value, slope), run_time=1.2)
            self.play(FadeIn(formula.relation(2), formula.side(2)), run_time=0.8)
            self.add(formula)
            self.play(FadeOut(self.feeds.ring), FadeIn(self.feeds.result), run_time=0.8)
            self.play(self.ringed(self.layer, self.theme.error, self.neuron), self.whole_again(), run_time=1.2)

    # -- moves -----------------------------------------------------------------

    def after(self, weight: Variable) -> bool:
        """Whether a weight lies between the neuron and the cost."""
        layer, _, k = weight.indices
        return int(layer) > self.layer + 1 or (layer == self.layer + 1 and k == self.neuron)  # type: ignore[arg-type]

    def light_onward(self) -> AnimationGroup:
        """What the nudge sets going."""
        edges = [e for weight, e in self.diagram.edges.items() if self.after(weight)]
        return AnimationGroup(
            *(
                ShowPassingFlash(Line(e.get_start(), e.get_end(), color=self.theme.pre_activation, stroke_width=8))
                for e in edges
            )
        )

    def flowing(self, edge: Line) -> ShowPassingFlash:
        """An error comes back along an edge."""
        return flashed(Line(edge.get_end(), edge.get_start()), self.theme.error)

    # -- what it tells -----------------------------------------------------------

    @property
    def layer(self) -> int:
        """The neuron's layer."""
        return int(self.parameters.layer or self.trace.L - 1)

    @property
    def neuron(self) -> int:
        """Which neuron of it."""
        return int(self.parameters.neuron)

    @property
    def fine(self) -> int:
        """Digits of δ."""
        return self.view.decimals + 2

    @property
    def error(self) -> Variable:
        """The neuron's δ."""
        return delta(self.layer, self.neuron)

    @property
    def slope(self) -> Apply:
        """The slope of its activation function at its z."""
        return Apply("sigma'", z(self.layer, self.neuron), self.layer)

    @property
    def written_out(self) -> bool:
        """Whether the sum is written term by term: where these are few, and can be read."""
        return self.in_numbers is not None

    # -- what is shown: the nudge ------------------------------------------------

    @property
    def spoken_of(self) -> Sequence[Variable]:
        """The neuron."""
        return [a(self.layer, self.neuron)]

    @cached_property
    def here(self) -> Neuron:
        """The neuron in the network."""
        return self.diagram.neuron(a(self.layer, self.neuron))

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """The edges above what is written of them."""
        rooms = super().rooms
        share = 0.29 if self.stage.square else 0.26
        work = rooms["work"]
        square = work.band(0.1, 0.8)
        # In a square what the quotients close in on stands beside them.
        measured = square.column(0.0, 0.42) if self.stage.square else rooms["matrices"]
        meaning = square.column(0.47, 1.0) if self.stage.square else rooms["foot"]
        own = {
            "measured": measured,
            "meaning": meaning,
            "feeds": work.band(share + 0.04, 1.0),
            "below": work.band(0.0, share),
        }
        return {**rooms, **own}

    @cached_property
    def cost(self) -> Formula:
        """The cost of the example."""
        formula = Formula(self.view, C, Side.value(C), em=0.66, decimals=self.view.decimals + 1)
        return self.stage.place(formula, self.rooms["formula"])

    @cached_property
    def measured(self) -> ShrinkingNudges:
        """What is measured, and for each nudge its size and the quotient."""
        nudges = ShrinkingNudges(self.view, self.layer, self.neuron, self.parameters.by, decimals=self.fine)
        return self.stage.place(nudges, self.rooms["measured"])

    @cached_property
    def meaning(self) -> Formula:
        """What the quotient closes in on."""
        derivative = d(C, z(self.layer, self.neuron))
        sides = derivative, Side.value(derivative)
        # As many digits as it has where it is worked out, so that it is seen to be the same number.
        result = None if self.in_numbers is None else self.in_numbers.sides[-1].decimals
        formula = Formula(self.view, self.error, *sides, em=0.6, decimals=result or self.fine)
        return self.stage.place(formula, self.rooms["meaning"])

    # -- what is shown: the edges ------------------------------------------------

    @cached_property
    def feeds(self) -> Feeds:
        """The neuron and those it feeds."""
        return Feeds(self.view, self.layer, self.neuron, self.rooms["feeds"])

    @cached_property
    def formula(self) -> Formula:
        """δ as the sum of what comes back, times the slope: in numbers where these are few."""
        room = self.rooms["below"]
        if self.in_numbers is not None:
            return self.stage.place(self.in_numbers, room)
        recursion = general.delta_recursion(self.trace, self.layer, self.neuron).right
        sides = recursion, Side.value(self.error, self.fine)
        formula = Formula.fitting(self.view, self.error, *sides, em=0.5, width=room.width, height=room.height)
        return self.stage.place(formula, room)

    @cached_property
    def in_numbers(self) -> Formula | None:
        """The sum with each term in numbers; None where these are many, or could not be read below the edges."""
        if self.trace.sizes[self.layer + 1] > _TERMS:
            return None
        terms = [self.feeds.weight(i) * delta(self.layer + 1, i) for i in range(self.trace.sizes[self.layer + 1])]
        total = Sum(tuple(terms)) if len(terms) > 1 else terms[0]
        numbers = Side.numbers(total * self.slope, {*leaves(total), self.slope})
        room = self.rooms["below"]

        def make(decimals: int) -> Formula:
            digits = dict.fromkeys(numbers.values, decimals)
            fine = result_decimals(self.view, numbers.expression, digits, self.fine, self.view.decimals)
            value = Side.value(self.error, fine)
            return Formula(self.view, self.error, numbers, value, em=0.46, decimals=decimals, style=Style(finer=False))

        formula = fitted(make, total, (1, 0), room, range(self.fine, 0, -1))
        share = min(1.0, room.share(formula.width, formula.height))
        return formula if share * formula.smallest >= READABLE_DIGITS_EM else None

    @cached_property
    def joining(self) -> VGroup:
        """What joins the terms: brackets and signs; all of the sum where it is not written out.

        The dot before the slope comes with it.
        """
        formula = self.formula
        if not self.written_out:
            return formula.side(1)
        taken = [
            formula.leaf(q, side=1) for i in self.feeds.next for q in (self.feeds.weight(i), delta(self.layer + 1, i))
        ]
        apart = {id(g) for group in (*taken, self.slope_factor) for g in group.get_family()}
        return VGroup(*(g for g in formula.side(1).get_family() if len(g.points) and id(g) not in apart))

    @cached_property
    def slope_factor(self) -> VGroup:
        """The slope in the product, and the dot before it."""
        slope = self.formula.leaf(self.slope, side=1)
        glyphs = (g for g in self.formula.side(1).get_family() if len(g.points))
        level = (g for g in glyphs if abs(g.get_y() - slope.get_y()) < self.formula.em / 2)
        before = [g for g in level if g.get_right()[0] <= slope.get_left()[0]]
        return VGroup(slope, max(before, key=lambda g: float(g.get_x())))

    @cached_property
    def slope_value(self) -> Formula:
        """The neuron's slope, below it; with fewer digits where those it feeds are near."""
        feeds, left, usual = self.feeds, self.rooms["work"].left, self.view.decimals + 1
        room = min(neuron.get_left()[0] for neuron in feeds.next.values()) - left - _GAP
        tries = ((em, digits) for em in (_LETTERS_EM, READABLE_EM) for digits in range(usual, 0, -1))
        found = (Formula(self.view, self.slope, Side.value(self.slope, digits), em=em) for em, digits in tries)
        formula = next((one for one in found if one.width <= room), None)
        if formula is None:
            formula = Formula(self.view, self.slope, Side.value(self.slope, 1), em=READABLE_EM)
        formula.next_to(feeds.result, DOWN, buff=0.3)
        formula.shift(max(0.0, left - formula.get_left()[0]) * RIGHT)
        obstacles = Obstacles([feeds.result, *feeds.edges.values(), *feeds.next.values()])
        return pushed(formula, DOWN, obstacles, self.rooms["work"])
