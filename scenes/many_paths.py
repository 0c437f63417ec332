"""Many paths: an activation of the layer before reaches the cost through every neuron of the last layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import RIGHT, UP, Create, FadeIn, FadeOut, Indicate, LaggedStart, Mobject, VGroup
from pydantic import Field

from bp_core import general
from bp_core.equations import Equation
from bp_core.nodes import Product
from bp_core.quantities import C, Derivative, Variable, a, d, w, z
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.several import K_INDEX, output_and_before, rooms
from scenes.kit.calculus.terms import Term, Terms, written_out
from scenes.kit.chapter import Unsuited, parameter_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.typesetting import READABLE_EM
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.view import View

#: Paths that are written out at most, what is left over among them.
_ROWS = 5
#: Letters of the general rule at most, and how much smaller each try is.
_EM, _SMALLER = 0.62, 0.97


class ManyPaths(LayeredChapter):
    """Each path from an activation to the cost lights up with its value, and the values add up."""

    title = N_("One activation, many paths")

    class Parameters(BaseParameters):
        """Which neuron."""

        parameter: ParameterName = Field("w[L][0][0]", description="A weight from the neuron to look at.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003
        """With one output there is one path."""
        if lesson.trace().sizes[-1] == 1:
            return Unsuited(tr("expected several neurons in the last layer; got one, to which a single path leads"))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, whole = self.tr, as_drawn(self.whole, self.terms.total)
        return {
            "question": tr(
                "This does change: how the cost depends on an activation of the layer before. "
                "It is an input of every neuron of the last layer."
            ),
            "paths": tr(
                "With softmax, each z moves every output. So there is a path for each pair of the two, "
                "and along each the factors multiply."
            )
            if self.softmax
            else tr("So it reaches the cost through each of them. Along a path, the factors multiply."),
            "sum": f"{self.signs} " + tr("Added up, they make %(derivative)s.", derivative=whole),
            "rule": tr("That is the chain rule with many paths: a sum over j and over i.")
            if self.softmax
            else tr(
                "That is the chain rule with many paths: a sum over j, "
                "{@terms} with a term for each neuron of the last layer."
            ),
            "back": tr(
                "And once this is known for a whole layer, {@part} that layer can play the part of the last one."
            ),
        }

    @property
    def signs(self) -> str:
        """How the values of the paths go together."""
        values = [self.view.value(row.term.value) for row in self.terms.rows]
        if any(v < 0 for v in values) and any(v > 0 for v in values):
            return self.tr("Some paths raise the cost and some lower it.")
        return (
            self.tr("All paths push the cost the same way.") if any(values) else self.tr("No path has any effect here.")
        )

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The sum over all paths, in general and for one neuron."""
        _, before = output_and_before(view, parameter_of(view.trace, parameters.parameter))
        return [
            general.activation_chain(view.trace, a(view.trace.L - 1, K_INDEX)),
            general.activation_chain(view.trace, before),
        ]

    def construct(self) -> None:
        """From the paths to their sum, and from the sum to the rule."""
        self.open_with(self.network)
        self.ask()
        self.follow_the_paths()
        self.add_them_up()
        self.write_the_rule()
        self.look_back()

    def ask(self) -> None:
        """One neuron lights up, and lights leave it for all outputs."""
        network, weights = self.network, [self.weight_to(j) for j in self.outputs]
        with self.beat("question"):
            self.play(network.spotlit([self.before], outputs=[]), run_time=1)
            self.play(Indicate(network.diagram.neuron(self.before), color=None, scale_factor=1.12), run_time=1)
            lights = [network.flash([network.diagram.edge(weight)], self.theme.highlight) for weight in weights]
            self.play(LaggedStart(*lights, lag_ratio=0.4), run_time=2)
            outputs = [Indicate(n, color=None, scale_factor=1.1) for n in network.diagram.layers[-1]]
            self.play(LaggedStart(*outputs, lag_ratio=0.5), run_time=2)

    def follow_the_paths(self) -> None:
        """What multiplies along a path; a light runs along each to the cost, and its product comes."""
        network, told = self.network, dict(self.told)
        rest = [path for path in self.paths if path not in told.values()]
        with self.beat("paths"):
            if not self.stage.square:
                self.play(FadeIn(self.factors, shift=UP * 0.15), run_time=1)
            for position, row in enumerate(self.terms.rows):
                if position in told:
                    j, i = told[position]
                    self.play(
                        network.lighting(self.weight_to(j), i), FadeIn(row.label, shift=RIGHT * 0.2), run_time=0.7
                    )
                    self.play(
                        network.flash(network.way(self.weight_to(j), i), self.theme.highlight),
                        FadeIn(row.worked, shift=RIGHT * 0.2),
                        run_time=1.3,
                    )
                    self.play(FadeIn(row.sign), FadeIn(row.value, shift=RIGHT * 0.1), run_time=0.7)
                    self.add(row)
                else:
                    flashes = [network.flash(network.way(self.weight_to(j), i), self.theme.highlight) for j, i in rest]
                    lighting = [network.lighting(self.weight_to(j), i) for j, i in rest]
                    self.play(*lighting[:1], *flashes, FadeIn(row, shift=RIGHT * 0.2), run_time=1.4)

    def add_them_up(self) -> None:
        """The rule and the sum."""
        terms = self.terms
        with self.beat("sum"):
            self.play(
                LaggedStart(*(Indicate(row.value, color=None) for row in terms.rows), lag_ratio=0.4), run_time=1.8
            )
            self.play(Create(terms.rule), FadeIn(terms.total, shift=UP * 0.15), run_time=1)

    def write_the_rule(self) -> None:
        """The sum in general; its left side comes from the total."""
        rule, terms = self.rule, self.terms
        with self.beat("rule"):
            leaving = []
            if self.stage.square:
                whole = terms.total.label.copy()
                self.add(whole)
                self.play(FadeOut(terms), run_time=0.6)
                leaving = [FadeOut(whole)]
            self.play(Travel(terms.total.label, rule.side(0)), *leaving, FadeIn(rule.relation(1)), run_time=1.2)
            factors = [] if self.stage.square else self.factors.get_family()
            joining = VGroup(*(g for g in rule.side(1).get_family() if len(g.points) and g not in factors))
            self.play(FadeIn(joining, shift=RIGHT * 0.2), run_time=1.4)
            self.add(rule)
            if not self.softmax:
                self.wait_until("terms")
                outputs = [Indicate(n, color=None, scale_factor=1.1) for n in self.network.diagram.layers[-1]]
                self.play(LaggedStart(*outputs, lag_ratio=0.5), run_time=2)

    def look_back(self) -> None:
        """All neurons of the layer before, and the edges that lead to them."""
        network = self.network
        column = network.diagram.layers[-2]
        with self.beat("back"):
            self.play(network.lit(), run_time=0.8)
            self.play(
                LaggedStart(*(Indicate(n, color=None, scale_factor=1.1) for n in column), lag_ratio=0.2), run_time=1.6
            )
            if self.trace.L > 1:
                self.wait_until("part")
                back = edge_pulse(network.diagram, self.trace.L - 1, self.theme.cost, backward=True)
                self.play(back, run_time=1.6)

    def handover(self) -> Sequence[Mobject]:
        """The network and its cost."""
        return [self.network]

    # -- what is shown ---------------------------------------------------------

    @property
    def whole(self) -> Derivative:
        """The derivative by it."""
        return d(C, self.before)

    @property
    def softmax(self) -> bool:
        """Whether the outputs are tied together."""
        return self.trace.network.activations[-1] == "softmax"

    def weight_to(self, j: int) -> Variable:
        """The weight from the neuron to an output."""
        return w(self.trace.L, j, places(self.before)[1])

    @property
    def outputs(self) -> list[int]:
        """The outputs that are drawn and joined with the neuron."""
        return [j for j in self.network.lines if self.network.diagram.holds(self.weight_to(j))]

    @cached_property
    def paths(self) -> list[tuple[int, int]]:
        """The paths that are drawn: the neuron whose z is moved, and the output that moves."""
        if self.softmax:
            return [(j, i) for j in self.outputs for i in self.network.lines]
        return [(j, j) for j in self.outputs]

    @property
    def told(self) -> list[tuple[int, tuple[int, int]]]:
        """The rows that are a path, by their number."""
        found = []
        for position, row in enumerate(self.terms.rows):
            path = next((p for p in self.paths if row.term.value == self.product(p)), None)
            if path is not None:
                found.append((position, path))
        return found

    def product(self, path: tuple[int, int]) -> Product:
        """The factors along a path."""
        L, (j, i) = self.trace.L, path
        return Product((d(z(L, j), self.before), d(a(L, i), z(L, j)), d(C, a(L, i))))

    @cached_property
    def terms(self) -> Terms:
        """The paths in numbers, and their sum."""
        size = self.trace.sizes[-1]
        named = {position: self.term(path) for position, path in enumerate(self.paths)}
        rows = written_out(self.whole, named, size**2 if self.softmax else size, most=_ROWS)
        return Terms(
            self.view,
            rows,
            Term(self.whole, self.whole),
            rooms(self.stage)["rows"],
            decimals=self.view.decimals + 2,
            colour=self.theme.cost,
        )

    def term(self, path: tuple[int, int]) -> Term:
        """A path as a row."""
        L, (j, i) = self.trace.L, path
        label = (z(L, j), a(L, i)) if self.softmax else (a(L, j),)
        return Term(label, self.product(path), self.product(path))

    @cached_property
    def rule(self) -> Formula:
        """The sum over all paths in general."""
        chain = general.activation_chain(self.trace, a(self.trace.L - 1, K_INDEX))
        room, em = rooms(self.stage)["formula"], _EM
        while (rule := Formula(self.view, chain.left, chain.right, em=em)).width > room.width:
            em *= _SMALLER
            if em < READABLE_EM:
                rule = Formula.fitting(self.view, chain.left, chain.right, em=_EM, width=room.width, height=room.height)
                break
        return self.stage.place(rule, room, up=0.8)

    @property
    def factors(self) -> VGroup:
        """Its factors, which each path has."""
        body = self.rule.sides[1].expression
        return VGroup(*(self.rule.leaf(q, side=1) for q in dict.fromkeys(body.walk()) if isinstance(q, Derivative)))
