"""The weighted sum: what arrives at one neuron from all neurons of the layer before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import (
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    Restore,
    VGroup,
)
from pydantic import Field

from bp_core import general
from bp_core.equations import Equation
from bp_core.quantities import Variable, a, b, w, z
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.several import J_INDEX, K_INDEX, output_and_before, rooms
from scenes.kit.calculus.terms import Term, Terms, written_out
from scenes.kit.chapter import Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.moves import Morph
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Terms that are written out at most, what is left over among them.
_ROWS = 5


class WeightedSum(LayeredChapter):
    """Activation times weight, edge by edge; with the bias they add up to z, and σ makes the activation of it."""

    title = N_("The weighted sum")

    class Parameters(BaseParameters):
        """Which neuron."""

        parameter: ParameterName = Field("w[L][0][0]", description="A weight into the output to look at.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003
        """With one neuron before the last layer there is nothing to add up."""
        if lesson.trace().sizes[-2] == 1:
            return Unsuited(tr("expected several neurons in the layer before the last; got one"))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, total = self.tr, as_drawn(self.pre, self.summed)
        activation = as_drawn(self.output, self.activated)
        return {
            "neuron": tr("Look at one neuron of the last layer. Every neuron of the layer before is connected to it."),
            "formula": tr("What arrives is called z: weight times activation, added up over k, and the bias."),
            "terms": tr("Edge by edge: each activation, times the weight on its way."),
            "sum": tr("With the bias, all of it comes to %(sum)s.", sum=total),
            "activation": tr("The softmax of all of them makes the activation, %(activation)s.", activation=activation)
            if self.trace.network.activations[-1] == "softmax"
            else tr("The activation function turns that into the activation, %(activation)s.", activation=activation),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The general sum, and the activation of one neuron."""
        output, _ = output_and_before(view, parameter_of(view.trace, parameters.parameter))
        L = view.trace.L
        return [
            general.weighted_sum(view.trace, L, J_INDEX),
            general.activation(view.trace, L, J_INDEX),
            general.activation(view.trace, L, places(output)[1]),
        ]

    def construct(self) -> None:
        """From the edges to z, and from z to the activation."""
        self.open_with(self.network)
        self.look_at_one_neuron()
        self.write_the_sum()
        self.follow_the_edges()
        self.add_them_up()
        self.activate()

    def look_at_one_neuron(self) -> None:
        """The edges into it stay lit; what it holds is not known yet."""
        network = self.network
        neuron = network.diagram.neuron(self.output)
        neuron.save_state()
        with self.beat("neuron"):
            self.play(network.spotlit([self.output, *self.edges, *self.sources], outputs=[]), run_time=1)
            self.play(neuron.animate.darkened(self.theme.neuron_off), run_time=0.7)
            lights = [network.flash([network.diagram.edge(edge)], self.theme.activation) for edge in self.edges]
            self.play(LaggedStart(*lights, lag_ratio=0.5), run_time=3.6)

    def write_the_sum(self) -> None:
        """The general sum."""
        with self.beat("formula"):
            formula, L = self.formula, self.trace.L
            product = [formula.leaf(w(L, J_INDEX, K_INDEX), 1), formula.leaf(a(L - 1, K_INDEX), 1)]
            bias = formula.leaf(b(L, J_INDEX), 1)
            named = {id(glyph) for part in (*product, bias) for glyph in part.get_family()}
            rest = VGroup(*(g for g in formula.side(1).get_family() if len(g.points) and id(g) not in named))
            self.play(FadeIn(formula.side(0), shift=UP * 0.1), FadeIn(formula.relation(1)), run_time=1)
            for part in (*product, rest, bias):
                self.play(FadeIn(part, shift=UP * 0.12), run_time=0.9)
            self.add(formula)

    def follow_the_edges(self) -> None:
        """A light runs along an edge, and its term comes."""
        network, terms = self.network, self.terms
        with self.beat("terms"):
            if self.stage.square:
                self.play(FadeOut(self.formula), run_time=0.6)
            for row in terms.rows[:-1]:
                edge = next((e for e in self.edges if row.term.value == self.term(e)), None)
                if edge is None:
                    rest = [e for e in self.edges if e not in self.told]
                    lights = [network.flash([network.diagram.edge(e)], self.theme.activation) for e in rest]
                    self.play(*lights, FadeIn(row, shift=RIGHT * 0.2), run_time=1.2)
                    continue
                source = network.diagram.neuron(a(self.trace.L - 1, places(edge)[2]))
                self.play(
                    Indicate(source.ring, color=None, scale_factor=1.08),
                    network.flash([network.diagram.edge(edge)], self.theme.highlight),
                    FadeIn(row, shift=RIGHT * 0.2),
                    run_time=1.3,
                )

    def add_them_up(self) -> None:
        """The bias, the rule, the sum."""
        terms = self.terms
        with self.beat("sum"):
            self.play(FadeIn(terms.rows[-1], shift=RIGHT * 0.2), run_time=0.8)
            self.play(Create(terms.rule), FadeIn(terms.total, shift=UP * 0.15), run_time=1)

    def activate(self) -> None:
        """The function σ is applied to z, and the neuron lights up with what comes out."""
        neuron, activated = self.network.diagram.neuron(self.output), self.activated
        with self.beat("activation"):
            terms = self.terms
            total = VGroup(terms.total.label, terms.total.sign, terms.total.value)
            self.play(FadeOut(*terms.rows, terms.rule), ReplacementTransform(total, self.summed.typeset), run_time=1.2)
            self.remove(*self.summed.get_family(), terms.total)
            self.add(self.summed)
            self.play(Morph(None, activated, from_elsewhere={self.pre: self.summed.leaf(self.pre)}, run_time=1.6))
            self.play(
                Restore(neuron),
                Travel(activated.leaf(self.output, len(activated.sides) - 1), neuron.value.copy()),
                run_time=1.4,
            )
            self.play(self.network.lit(), run_time=0.8)

    def handover(self) -> Sequence[Mobject]:
        """The network and its cost."""
        return [self.network]

    # -- what is shown ---------------------------------------------------------

    @property
    def pre(self) -> Variable:
        """Its pre-activation."""
        return z(*self.output.indices)

    @cached_property
    def edges(self) -> list[Variable]:
        """The weights into the neuron that are drawn."""
        L, j = places(self.output)
        drawn = (w(L, j, places(n.variable)[1]) for n in self.network.diagram.layers[-2])
        return [weight for weight in drawn if self.network.diagram.holds(weight)]

    @property
    def sources(self) -> list[Variable]:
        """The neurons they come from."""
        return [a(self.trace.L - 1, places(edge)[2]) for edge in self.edges]

    @staticmethod
    def term(edge: Variable) -> Any:
        """Weight times activation."""
        layer, _, k = places(edge)
        return edge * a(layer - 1, k)

    @property
    def told(self) -> list[Variable]:
        """The weights whose terms have a row of their own."""
        values = [row.term.value for row in self.terms.rows]
        return [edge for edge in self.edges if self.term(edge) in values]

    @cached_property
    def places(self) -> Mapping[str, Region]:
        """Where the sum in general and its terms stand; scripts below and above each other need room."""
        found = rooms(self.stage)
        if self.stage.square:
            return found
        return {"formula": found["beside"].band(0.78, 1.0), "rows": found["beside"].band(0.0, 0.76)}

    @cached_property
    def formula(self) -> Formula:
        """The sum in general."""
        sum_of_all = general.weighted_sum(self.trace, self.trace.L, J_INDEX)
        formula = Formula(self.view, sum_of_all.left, sum_of_all.right, em=0.54)
        return self.stage.place(formula, self.places["formula"], up=1.0)

    @cached_property
    def terms(self) -> Terms:
        """The terms, the bias and the sum in numbers."""
        L, j = places(self.output)
        bias = b(L, j)
        named = {places(e)[2]: Term(self.term(e), self.term(e), self.term(e)) for e in self.edges}
        rows = written_out(self.pre - bias, named, self.trace.sizes[L - 1], most=_ROWS)
        return Terms(
            self.view,
            [*rows, Term(bias, bias)],
            Term(self.pre, self.pre),
            self.places["rows"],
            decimals=self.view.decimals,
            colour=self.theme.pre_activation,
        )

    @cached_property
    def activated(self) -> Formula:
        """The activation as a function of z, in symbols and numbers."""
        made = general.activation(self.trace, self.trace.L, places(self.output)[1]).right
        formula = Formula(self.view, self.output, made, Side.value(self.output), em=0.62)
        return self.stage.place(formula, self.places["rows"].band(0.0, 0.6), up=0.7)

    @cached_property
    def summed(self) -> Formula:
        """The sum and its value, above the activation."""
        formula = Formula(self.view, self.pre, Side.value(self.pre, self.terms.decimals), em=0.62)
        self.stage.place(formula, self.places["rows"].band(0.64, 0.94))
        return formula.shift((self.activated.relation(1).get_x() - formula.relation(1).get_x()) * RIGHT)
