"""Hidden sensitivities: how the loss changes with each hidden output, through the prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from manim import FadeIn, Indicate, VGroup

from bp_core.equations import Equation
from bp_core.nodes import Expression, LayerSize, Number
from bp_core.quantities import C, Variable, b, d, w
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.calculus.worked import Worked
from scenes.kit.calculus.worked_chapter import WorkedChapter, no_hidden_layer
from scenes.kit.calculus.working import Working, written
from scenes.kit.chapter import Unsuited
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Side
from scenes.kit.letters.style import Style
from scenes.kit.motion.moves import standing_at, taken
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.more import COUNT, More
from scenes.kit.view import View


class HiddenSensitivities(WorkedChapter):
    """The loss's derivative by each hidden output: handed back through the prediction, times the weight between."""

    title = N_("What the hidden outputs do to the loss")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        words = {
            "question": tr(
                "How does the loss change with a hidden output? Such an output cannot be set, "
                "but there are {@behind} weights behind it."
            ),
            "chain": tr("It reaches the loss through every prediction, so the ways add up.")
            if self.trace.sizes[-1] > 1
            else tr("It reaches the loss through the prediction. Again two derivatives multiply."),
            "weight": tr("In the prediction's sum it stands beside its weight, so now the weight is the factor.")
            if self.trace.network.activations[-1] == "linear"
            else tr(
                "In the prediction's sum it stands beside its weight, so now the weight is a factor, "
                "beside the slope of the activation function."
            ),
            "number": self.in_numbers,
        }
        if len(self.hidden) > 1:
            words["others"] = tr("The next hidden output has a weight of its own, and so a number of its own.")
        words["door"] = tr("These numbers are what the output layer hands back. From here the layer before goes on.")
        return words

    @property
    def in_numbers(self) -> str:
        """The loss's derivative by the first hidden output, and what its sign says."""
        tr, first = self.tr, d(C, self.hidden[0])
        number, value = as_drawn(first, self.rows[self.hidden[0]].last), self.view.value(first)
        if value == 0:
            return tr("In numbers: %(derivative)s.", derivative=number)
        if value < 0:
            return tr("In numbers: %(derivative)s. A little more of it would lower the loss.", derivative=number)
        return tr("In numbers: %(derivative)s. A little more of it would raise the loss.", derivative=number)

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """A network without hidden neurons."""
        return no_hidden_layer(lesson) or super().unsuited(lesson, parameters)

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """What is known of the prediction, and every derivative that is worked out."""
        worked = Worked(view.trace, parameters.output)
        found = [Equation(worked.loss_by_prediction, worked.loss_formula)]
        for neuron in worked.neurons(worked.L - 1):
            found += [Equation(d(C, neuron), form) for form in (worked.through(neuron), worked.computed(neuron))]
        return found

    def construct(self) -> None:
        """From the prediction back to each hidden output."""
        self.open_with(self.network, coming=[self.known.last])
        self.ask()
        self.chain_to_the_first()
        self.find_the_factor()
        self.put_in_the_numbers()
        if len(self.hidden) > 1:
            self.do_the_others()
        self.hand_them_back()

    def ask(self) -> None:
        """The hidden outputs."""
        with self.beat("question"):
            self.play(self.network.lit([C, *self.hidden]), run_time=1)
            self.play(*(Indicate(self.network.drawn(n), color=None, scale_factor=1.15) for n in self.hidden))
            behind = [p for n in self.hidden for p in self.worked.parameters(n)]
            self.wait_until("behind")
            self.play(self.network.lit([C, *self.hidden, *behind]), run_time=1)
            named = [self.network.names[p] for p in behind if p in self.network.names]
            if named:
                self.play(*(Indicate(name, color=None, scale_factor=1.3) for name in named), run_time=1.2)

    def chain_to_the_first(self) -> None:
        """The chain rule, along the way there."""
        row, slope = self.rows[self.hidden[0]], self.worked.loss_by_prediction
        with self.beat("chain"):
            self.play(self.network.lit(self.way_to(self.hidden[0])), run_time=0.8)
            self.play(self.network.ahead_along([self.weight(self.hidden[0])]), run_time=2)
            self.play(row.begin(taken(row.stages[0], 1, self.known.last, 0, slope), run_time=2.4))

    def find_the_factor(self) -> None:
        """Each factor's formula."""
        row = self.rows[self.hidden[0]]
        with self.beat("weight"):
            sources = standing_at(row.stages[1], 1, self.pictured(self.known.last))
            self.play(row.go_on(1, sources, run_time=2))
            name = self.network.names.get(self.weight(self.hidden[0]))
            if name is not None:
                self.play(Indicate(name, color=None, scale_factor=1.4))

    def put_in_the_numbers(self) -> None:
        """Its numbers, then the product behind the symbols."""
        row, known = self.rows[self.hidden[0]], self.known.last
        with self.beat("number"):
            for stage in range(2, len(row.stages)):
                sources = taken(row.stages[stage], 1, known, 2, self.worked.loss_by_prediction)
                self.play(row.go_on(stage, sources, run_time=1.6))
                self.wait(1.2)
            self.play(FadeIn(self.halo(self.hidden[0])))

    def do_the_others(self) -> None:
        """The other hidden outputs, each in one go."""
        with self.beat("others"):
            for neuron in self.hidden[1:]:
                row = self.rows[neuron]
                self.play(self.network.lit(self.way_to(neuron)), run_time=0.6)
                self.play(self.network.back_along([self.weight(neuron)]), run_time=1.6)
                self.play(row.begin(standing_at(row.stages[0], 1, self.pictured(self.known.last)), run_time=1.8))
                self.play(row.go_on(1, run_time=1.2), FadeIn(self.halo(neuron)))
            if len(self.more):
                self.play(FadeIn(self.more), run_time=0.6)

    def hand_them_back(self) -> None:
        """All of them, and the layer before."""
        with self.beat("door"):
            self.play(self.network.all_lit(), run_time=0.8)
            results = [self.rows[n].last.side(len(self.rows[n].last.sides) - 1) for n in self.hidden]
            self.play(*(Indicate(result, color=None, scale_factor=1.15) for result in results), run_time=1.4)
            self.play(*(Indicate(self.network.drawn(n), color=None, scale_factor=1.15) for n in self.hidden))
            self.play(edge_pulse(self.network.diagram, self.trace.L - 1, self.theme.cost, backward=True), run_time=1.6)

    # -- what it tells -------------------------------------------------------------

    @property
    def hidden(self) -> tuple[Variable, ...]:
        """The hidden outputs that stand for all."""
        return self.worked.neurons(self.trace.L - 1)

    def weight(self, neuron: Variable) -> Variable:
        """The weight between a hidden output and the prediction."""
        return w(self.trace.L, self.worked.output, places(neuron)[1])

    def way_to(self, neuron: Variable) -> list[Variable]:
        """What lies on the way."""
        return [C, self.worked.prediction, self.weight(neuron), neuron]

    # -- what is shown -------------------------------------------------------------

    def halo(self, neuron: Variable) -> VGroup:
        """A ring around a hidden neuron, by the size of its derivative."""
        part = self.glow.part(b(*neuron.indices))
        return VGroup(part)

    @cached_property
    def glow(self) -> Glow:
        """How much each counts."""
        strengths = {b(*neuron.indices): self.view.value(d(C, neuron)) for neuron in self.hidden}
        return Glow(self.network.diagram, strengths, self.theme.cost)

    @cached_property
    def more(self) -> VGroup:
        """How many hidden outputs are not written down."""
        if self.worked.whole(self.trace.L - 1):
            return VGroup()
        count = LayerSize(self.trace.L - 1) - Number(len(self.hidden))
        said = self.view.language.tr_n(
            "… and %(n)s more hidden output",
            "… and %(n)s more hidden outputs",
            round(self.view.value(count)),
            n=COUNT,
        )
        more = More(self.view, count, em=self.letters * 0.8, said=said)
        return self.stage.place(more, self.rooms["written"].band(0.02, 0.1))

    @property
    def known(self) -> Working:
        """∂L/∂ŷ."""
        return self.all_rows[0]

    @property
    def rows(self) -> Mapping[Variable, Working]:
        """The row of each hidden output."""
        return dict(zip(self.hidden, self.all_rows[1:], strict=True))

    @cached_property
    def all_rows(self) -> Sequence[Working]:
        """The rows in one block."""
        room = self.rooms["written"].band(0.0 if self.worked.whole(self.trace.L - 1) else 0.14, 1.0)
        shorter = partial(self.at_size, upstream=True)
        return written(self.at_size, room, em=1.2 * self.letters, least=self.least_letters, otherwise=[shorter])

    def at_size(self, em: float, style: Style, *, upstream: bool = False) -> list[Working]:
        """All rows in letters of a size; with ``upstream`` only the first says what ∂L/∂ŷ is."""
        slope = self.worked.loss_by_prediction
        known_digits, digits = self.product_digits(self.hidden[0], style)
        known = (slope, self.worked.loss_formula, Side.value(slope, known_digits))
        rows = [Working(self.view, known, em=em, style=style)]
        for neuron in self.hidden:
            whole, computed = d(C, neuron), self.worked.computed(neuron, upstream=upstream)
            value, numbers = Side.value(whole, digits), self.worked.numbers(neuron)
            stages: list[tuple[Side | Expression, ...]] = [(whole, computed), (whole, computed, value)]
            if neuron == self.hidden[0]:
                in_numbers = [] if numbers is None else [(whole, Side.numbers(numbers), value)]
                stages = [(whole, self.worked.through(neuron)), (whole, computed), *in_numbers, stages[-1]]
            rows.append(Working(self.view, *stages, em=em, style=style))
        return rows
