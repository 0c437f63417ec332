"""Dependencies: what the prediction is made of, and what that is made of, down to the numbers that can be set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from manim import AnimationGroup, Indicate, LaggedStart

from bp_core.equations import Equation
from bp_core.quantities import C, Variable, a, y
from bp_script.language import N_
from scenes.kit.calculus.batch import parameter_count
from scenes.kit.calculus.worked import Worked
from scenes.kit.calculus.worked_chapter import WorkedChapter
from scenes.kit.calculus.working import Working, written
from scenes.kit.letters.formula import Side
from scenes.kit.letters.style import Style
from scenes.kit.motion.moves import standing_at
from scenes.kit.pictures.chain import places
from scenes.kit.view import View

#: How the numbers below a weight are read, by its ends in the notation's order.
_READ = {
    ("from", "to"): N_(
        "Read the numbers below a weight as from, to: first the neuron it comes from, then the one it goes to."
    ),
    ("to", "from"): N_(
        "Read the numbers below a weight as to, from: first the neuron it goes to, then the one it comes from."
    ),
}


class Dependencies(WorkedChapter):
    """The prediction as a formula, its parts lit in the network; the hidden outputs open into formulas of their own."""

    title = N_("What does the prediction depend on?")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        L, tr = self.trace.L, self.tr
        words = {
            "question": tr("The loss depends on the prediction. What does the prediction depend on?")
            if self.trace.sizes[-1] == 1
            else tr("The loss depends on this prediction. What does this prediction depend on?"),
            "output": tr("On a weighted sum of the inputs, plus a bias.")
            if L == 1
            else tr("On a weighted sum of the hidden outputs, plus a bias."),
            "parts": self.its_parts,
            "indices": tr(_READ[self.view.notation.ends]),
        }
        if self.trace.network.activations[-1] != "linear":
            words["output"] += " " + tr("Then comes the activation function.")
        if L > 1:
            words["hidden"] = tr(
                "Weights and bias are ours to set. A hidden output is not: it is made of weights and a bias of its own."
            )
            words["opened"] = (
                tr("There are the inputs. They are given, {@label} as the label is.")
                if L == 2
                else tr("And so it goes on, layer by layer, back to the inputs.")
            )
        words["all"] = tr(
            "Altogether there are %(count)s numbers that can be set.",
            count=f"{{{parameter_count(self.trace.sizes)}:d}}",
        )
        if L > 1:
            words["way"] = tr(
                "But a weight of the first layer does not touch the prediction itself. It reaches it only "
                "through its hidden neuron: a chain. So its gradient has to come back along that chain."
            )
        return words

    @property
    def its_parts(self) -> str:
        """How many of each kind the prediction is made of, in words."""
        tr_n, before = self.view.language.tr_n, self.trace.sizes[-2]
        if self.trace.L == 1:
            return tr_n(
                "So here are its dependencies: {n[L-1]:d} weight, {n[L-1]:d} input, and a bias.",
                "So here are its dependencies: {n[L-1]:d} weights, {n[L-1]:d} inputs, and a bias.",
                before,
            )
        return tr_n(
            "So here are its dependencies: {n[L-1]:d} weight, {n[L-1]:d} hidden output, and a bias.",
            "So here are its dependencies: {n[L-1]:d} weights, {n[L-1]:d} hidden outputs, and a bias.",
            before,
        )

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """What each neuron that is opened is."""
        worked = Worked(view.trace, parameters.output)
        return [equation for neuron in opened(worked) for equation in worked.definitions(neuron)]

    def construct(self) -> None:
        """From the loss to the last number that can be set."""
        self.open_with(self.network)
        self.ask()
        self.write_the_output()
        self.light_its_parts()
        self.read_the_indices()
        if self.trace.L > 1:
            self.open_the_hidden()
            self.reach_the_inputs()
        self.count_the_parameters()
        if self.trace.L > 1:
            self.follow_one_way()

    def ask(self) -> None:
        """The loss, then the prediction."""
        with self.beat("question"):
            self.play(Indicate(self.network.loss, color=None, scale_factor=1.3), run_time=1.4)
            self.play(self.network.lit([self.worked.prediction, C]), run_time=1)
            self.play(Indicate(self.network.drawn(self.worked.prediction), color=None, scale_factor=1.15))

    def write_the_output(self) -> None:
        """Its formula, each symbol from its place in the network."""
        neuron = self.worked.prediction
        with self.beat("output"):
            self.play(self.network.lit([neuron, *self.parts_of(neuron)]), run_time=1)
            for row in self.rows[neuron]:
                self.play(row.begin(self.drawn_for(row), run_time=3))

    def light_its_parts(self) -> None:
        """Part by part, in the network and in the formula."""
        neuron, row = self.worked.prediction, self.rows[self.worked.prediction][-1]
        with self.beat("parts"):
            moves = []
            for part in self.parts_of(neuron):
                drawn = self.network.names.get(part, self.network.drawn(part))
                there = [drawn]
                if part in leaves_of(row):
                    there.append(row.last.leaf(part, 1))
                moves.append(AnimationGroup(*(Indicate(it, color=None, scale_factor=1.3) for it in there)))
            self.play(LaggedStart(*moves, lag_ratio=0.55), run_time=1.1 * len(moves))

    def read_the_indices(self) -> None:
        """The two ends of a weight, one after the other."""
        weight = self.worked.weights(self.worked.prediction)[-1]
        layer, j, k = places(weight)
        ends = {"from": self.network.diagram.neuron(a(layer - 1, k)), "to": self.network.diagram.neuron(a(layer, j))}
        name = self.network.names.get(weight, self.network.drawn(weight))
        with self.beat("indices"):
            self.play(Indicate(name, color=None, scale_factor=1.4), run_time=1.6)
            for end in self.view.notation.ends:
                self.play(Indicate(ends[end], color=None, scale_factor=1.2), run_time=1.6)

    def open_the_hidden(self) -> None:
        """Of the parts, the hidden outputs are those that cannot be set: each one's formula comes from the network."""
        hidden = self.worked.neurons(self.trace.L - 1)
        with self.beat("hidden"):
            self.play(*(Indicate(self.network.drawn(p), color=None) for p in self.settable(self.worked.prediction)))
            self.play(self.network.lit([*hidden, self.worked.prediction]), run_time=1)
            self.play(*(Indicate(self.network.drawn(neuron), color=None, scale_factor=1.2) for neuron in hidden))
            for neuron in hidden:
                self.play(self.network.lit([*self.parts_of(neuron), neuron]), run_time=0.6)
                for row in self.rows[neuron]:
                    self.play(row.begin(self.drawn_for(row), run_time=2.2))

    def reach_the_inputs(self) -> None:
        """Layer by layer back to the inputs, which are given; so is the label."""
        with self.beat("opened"):
            for layer in reversed(self.network.diagram.layers[: self.trace.L - 1]):
                neurons = [neuron.variable for neuron in layer]
                self.play(self.network.lit(neurons), run_time=0.6)
                lighting = (Indicate(self.network.drawn(v), color=None, scale_factor=1.15) for v in neurons)
                self.play(*lighting, run_time=1.2)
            if self.trace.L == 2 and len(self.network.target):
                self.wait_until("label")
                self.play(self.network.lit([*neurons, y(0)]), run_time=0.4)
                self.play(Indicate(self.network.target, color=None, scale_factor=1.15), run_time=1.2)

    def count_the_parameters(self) -> None:
        """Every weight and bias that is drawn."""
        parameters = [*self.network.diagram.edges, *(v for v in self.network.names if v.symbol == "b")]
        with self.beat("all"):
            self.play(self.network.lit(parameters), run_time=1)
            each = [Indicate(self.network.names.get(p, self.network.drawn(p)), color=None) for p in parameters]
            self.play(LaggedStart(*each, lag_ratio=0.15), run_time=2.4)

    def follow_one_way(self) -> None:
        """From a weight of the layer before, through its neuron and the prediction, to the loss."""
        neuron = self.worked.neurons(self.trace.L - 1)[0]
        weight, onward = self.worked.weights(neuron)[0], self.worked.weights(self.worked.prediction)[0]
        way = [weight, neuron, onward, self.worked.prediction, C]
        with self.beat("way"):
            self.play(self.network.lit(way), run_time=1)
            self.play(Indicate(self.network.names.get(weight, self.network.drawn(weight)), color=None), run_time=1)
            self.play(self.network.ahead_along([weight, onward], run_time=3))
            self.play(Indicate(self.network.loss, color=None), run_time=1)
            self.play(self.network.back_along([onward, weight], run_time=3))
            self.play(self.network.all_lit(), run_time=0.8)

    # -- what it tells -----------------------------------------------------------

    def parts_of(self, neuron: Variable) -> list[Variable]:
        """What a neuron depends on, in the order of its formula."""
        layer, _ = places(neuron)
        parts: list[Variable] = []
        for weight in self.worked.weights(neuron):
            parts += [weight, a(layer - 1, places(weight)[2])]
        return [*parts, self.worked.parameters(neuron)[-1]]

    def settable(self, neuron: Variable) -> list[Variable]:
        """Those of them that can be set."""
        return [part for part in self.parts_of(neuron) if part.symbol in "wb"]

    # -- what is shown -----------------------------------------------------------

    def drawn_for(self, row: Working) -> dict[Any, Any]:
        """Where the symbols of a formula come from."""
        left = row.last.sides[0].expression
        return standing_at(row.last, 1, self.pictured()) | standing_at(
            row.last, 0, {v: drawn for v, drawn in self.pictured().items() if v == left}
        )

    @cached_property
    def rows(self) -> Mapping[Variable, Sequence[Working]]:
        """The formulas of the prediction and of the hidden outputs, in one block, by neuron."""
        neurons = opened(self.worked)

        def make(em: float, style: Style, worked: Worked = self.worked, *, valued: bool = True) -> list[Working]:
            claims = (claim for neuron in neurons for claim in worked.definitions(neuron))
            return [self.row(claim, em, style, valued=valued) for claim in claims]

        room, least = self.rooms["written"], self.least_letters
        apart = replace(summed(self.worked), apart=True)
        shorter = [
            partial(make, valued=False),
            *(partial(make, worked=summed(self.worked), valued=v) for v in (True, False)),
            *(partial(make, worked=apart, valued=v) for v in (True, False)),
        ]
        found = list(written(make, room, em=self.letters, least=least, otherwise=shorter))
        counts = [[len(chosen.definitions(neuron)) for neuron in neurons] for chosen in (self.worked, apart)]
        chosen = next(each for each in counts if sum(each) == len(found))
        return {neuron: [found.pop(0) for _ in range(n)] for neuron, n in zip(neurons, chosen, strict=True)}

    def row(self, equation: Equation, em: float, style: Style, *, valued: bool) -> Working:
        """A neuron's formula, with the value it comes to if there is room for it."""
        value = (Side.value(equation.left),) if valued else ()
        return Working(self.view, (equation.left, equation.right, *value), em=em, style=style)


def opened(worked: Worked) -> list[Variable]:
    """The neurons whose formulas are shown."""
    return [worked.prediction, *(worked.neurons(worked.L - 1) if worked.L > 1 else ())]


def summed(worked: Worked) -> Worked:
    """The same with a Σ for every sum of more than one term."""
    return replace(worked, terms=1)


def leaves_of(row: Working) -> set[Any]:
    """The quantities that stand in a formula's second side by themselves."""
    return set(row.last.sides[1].expression.walk()) | {row.last.sides[0].expression}
