"""What is backpropagation: forward to the loss, its gradient handed back, a small step, a better output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import (
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    ReplacementTransform,
    VGroup,
)

from bp_core import averages
from bp_core.costs import cost_formula
from bp_core.equations import Equation
from bp_core.nodes import Expression, Mean, SumOver, substitute
from bp_core.quantities import C, Index, J, Variable, b, y
from bp_script.language import N_
from scenes.kit.calculus.cost_step import CostStep
from scenes.kit.calculus.stepping import Stepping
from scenes.kit.calculus.worked_chapter import WorkedChapter
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM, Typeset
from scenes.kit.motion.moves import Morph, standing_at
from scenes.kit.motion.travel import Travel
from scenes.kit.pictures.diagram import Neuron
from scenes.kit.pictures.forward import edge_pulse, forward_pass
from scenes.kit.pictures.glow import Glow
from scenes.kit.stage import Region
from scenes.kit.view import View

_SQUARED = N_(
    "How wrong is it? The loss is the mean of the squared distance between prediction and label, over n examples."
)
_HALF_SQUARED = N_(
    "How wrong is it? The loss is the mean of half the squared distance between prediction and label, over n examples."
)
_CROSS_ENTROPY = N_(
    "How wrong is it? The loss is the mean of the cross-entropy of prediction and label, over n examples."
)
#: What a loss is the mean of, in words.
_LOSS = {
    "squared_error": _SQUARED,
    "half_squared_error": _HALF_SQUARED,
    "mean_squared_error": _SQUARED,
    "binary_cross_entropy": _CROSS_ENTROPY,
    "cross_entropy": _CROSS_ENTROPY,
}
#: What the step did to the loss.
_BECAME = {
    "falls": N_("Forward once more, and the loss has fallen: a better output."),
    "rises": N_("Forward once more, and the loss has risen: this step was too long."),
    "stays": N_("Forward once more, and the loss is the same, as far as these digits tell."),
}


class WhatIsBackpropagation(WorkedChapter, Stepping):
    """Forward to the loss, the loss's gradient handed backward, weights and biases updated, a better output."""

    title = N_("What is backpropagation?")

    class Parameters(WorkedChapter.Parameters, Stepping.Parameters):
        """Which output is spoken of, and how far the network steps."""

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, loss = self.tr, as_drawn(C, self.one)
        return {
            "forward": tr("A network takes its inputs and turns them, layer by layer, into a prediction."),
            "loss": tr(_LOSS[self.trace.cost.function]),
            "one": tr("Here there is one example, so n is one, and the loss is %(loss)s.", loss=loss)
            if len(self.trace.examples) == 1
            else tr("Of this example alone it is %(loss)s.", loss=loss),
            "fixed": tr(
                "A label is given: it cannot be changed. A prediction can, for it is made of weights and biases. "
                "But which of them, and which way?"
            ),
            "backward": tr(
                "Backpropagation computes the gradient of the loss at the output "
                "and hands it backward, through all layers, to every weight and bias."
            ),
            "update": tr("Each of them is then moved a little, so that the loss should fall."),
            "better": tr(_BECAME[self.became()]),
            "by_hand": tr("That is the whole idea. Now the same again, slowly, with every number worked out by hand."),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The loss of all examples, and that of one."""
        return [mean_loss(view), Equation(C, cost_formula(view.trace.cost, view.trace.sizes))]

    def construct(self) -> None:
        """There, back, a step, and there again."""
        network = self.network
        self.open_with(*network.diagram.edges.values(), *self.dark.values(), *network.diagram.marks, *self.first_names)
        self.run_forward()
        self.tell_the_loss()
        self.take_one_example()
        self.say_what_is_fixed()
        self.hand_back()
        self.step()
        self.run_again()
        self.begin_by_hand()

    def run_forward(self) -> None:
        """Layer after layer lights up."""
        with self.beat("forward"):
            self.play(LaggedStart(*self.lighting(), lag_ratio=0.5), run_time=4)
            self.remove(*self.network.diagram.get_family())
            self.add(self.network.diagram)
            output = self.network.drawn(self.worked.prediction)
            self.play(Indicate(output, color=None, scale_factor=1.15))

    def tell_the_loss(self) -> None:
        """The label, the loss between the two, and its formula."""
        network = self.network
        with self.beat("loss"):
            self.play(FadeIn(network.target, shift=0.2 * UP), run_time=1)
            self.play(Create(network.ties), FadeIn(network.loss, scale=0.6), run_time=1.4)
            self.play(Morph(None, self.mean, from_elsewhere=standing_at(self.mean, 0, {J: network.loss}), run_time=2.4))

    def take_one_example(self) -> None:
        """Its loss in symbols and numbers."""
        with self.beat("one"):
            sources = standing_at(self.one, 0, {C: self.network.loss})
            if len(self.one.sides) > 2:
                sources |= standing_at(self.one, 1, self.valued(self.worked.prediction))
            self.play(Morph(None, self.one, from_elsewhere=sources, run_time=2.4))

    def say_what_is_fixed(self) -> None:
        """Prediction and label, side by side."""
        with self.beat("fixed"):
            label, prediction = self.statements
            sources = [self.network.target[1:], self.network.names.get(self.worked.prediction)]
            for statement, source in zip((label, prediction), sources, strict=True):
                arriving = Travel(source, statement[0]) if source is not None and len(source) else FadeIn(statement[0])
                self.play(arriving, run_time=1.2)
                self.play(FadeIn(statement[1], shift=0.2 * RIGHT), run_time=0.8)
                self.wait(0.8)
            movable = [*self.network.diagram.edges, *(v for v in self.network.names if v.symbol == "b")]
            self.play(self.network.lit([*movable, self.worked.prediction, C]), run_time=0.8)

    def hand_back(self) -> None:
        """The gradient runs back, and each weight and bias glows by its own."""
        with self.beat("backward"):
            self.play(self.network.back_along([b(self.trace.L, self.worked.output)]), run_time=1.4)
            for layer in range(self.trace.L, 0, -1):
                pulse = edge_pulse(self.network.diagram, layer, self.theme.cost, backward=True)
                glowing = [FadeIn(self.glow.part(p)) for p in self.glowing if p.layer == layer]
                self.play(LaggedStart(pulse, AnimationGroup(*glowing), lag_ratio=0.4), run_time=4 / self.trace.L)

    def step(self) -> None:
        """Every edge becomes what it is after the step."""
        with self.beat("update"):
            self.play(self.network.all_lit(), run_time=0.6)
            names = [self.network.names[p] for p in self.glowing if p in self.network.names]
            self.play(
                self.network.diagram.strengthened(self.after),
                *(Indicate(name, color=None) for name in names),
                FadeOut(self.glow),
                run_time=2.4,
            )

    def run_again(self) -> None:
        """The same example, and its new loss."""
        with self.beat("better"):
            self.play(FadeOut(self.one, self.statements), run_time=0.5)
            self.play(FadeIn(self.costs.opening, shift=0.1 * UP), run_time=0.7)
            for layer in forward_pass(self.network.diagram, self.after):
                self.play(layer)
            self.play(Indicate(self.network.loss, color=None, scale_factor=1.3), run_time=0.8)
            self.play(FadeIn(self.costs.result, shift=0.2 * RIGHT), run_time=1)

    def begin_by_hand(self) -> None:
        """Back to where it began."""
        with self.beat("by_hand"):
            network = self.network
            written = VGroup(self.mean, self.costs)
            self.play(FadeOut(written), network.diagram.strengthened(self.view), run_time=1.2)
            for layer in forward_pass(network.diagram, self.view):
                self.play(layer)
            self.remove(*network.get_family())
            self.add(network)

    # -- what is shown ---------------------------------------------------------------

    @cached_property
    def dark(self) -> dict[Neuron, Circle]:
        """The neurons before any signal."""
        return self.network.diagram.unlit()

    @property
    def first_names(self) -> list[Typeset]:
        """The names that are there from the start."""
        return list(self.network.names.values())

    def lighting(self) -> Iterator[Animation]:
        """Each layer's neurons light up, then its edges carry the signal on."""
        for layer, neurons in enumerate(self.network.diagram.layers):
            if layer:
                yield edge_pulse(self.network.diagram, layer, self.theme.activation)
            yield AnimationGroup(
                *(ReplacementTransform(self.dark[neuron], neuron.ring) for neuron in neurons),
                *(FadeIn(neuron.value) for neuron in neurons),
            )

    @property
    def glowing(self) -> list[Variable]:
        """The weights and biases that the picture shows."""
        return [p for p in self.trace.network.parameters() if self.network.diagram.holds(p)]

    @cached_property
    def glow(self) -> Glow:
        """How much each counts for the step."""
        strengths = {p: self.view.value(self.batch.derivative(p)) for p in self.glowing}
        return Glow(self.network.diagram, strengths, self.theme.cost)

    @cached_property
    def places(self) -> Mapping[str, Region]:
        """Where the formulas, the statements and the two losses stand."""
        room = self.rooms["written"].column(0.04, 1.0)
        if self.stage.square:
            return {
                "mean": room.band(0.7, 1.0),
                "one": room.band(0.48, 0.68),
                "statements": room.band(0.06, 0.46),
                "loss": room.band(0.42, 0.64),
            }
        return {
            "mean": room.band(0.74, 1.0),
            "one": room.band(0.5, 0.7),
            "statements": room.band(0.2, 0.46),
            "loss": room.band(0.44, 0.6),
        }

    @cached_property
    def mean(self) -> Formula:
        """The loss of all examples."""
        equation = mean_loss(self.view)
        shorter = averages.total_cost(self.trace)
        return self.fitting("mean", (J, equation.right), (J, shorter.right), em=1.25)

    @cached_property
    def one(self) -> Formula:
        """That of the example."""
        formula = cost_formula(self.trace.cost, self.trace.sizes)
        summed = any(isinstance(node, SumOver) for node in formula.walk())
        sides = (Side(formula),) if summed else (Side.numbers(formula),)
        value = Side.value(C, self.fine)
        return self.fitting("one", (C, *sides, value), (C, value), em=1.15)

    def fitting(self, place: str, *choices: Sequence[Side | Expression], em: float) -> Formula:
        """The first formula that can be read in its place, else the last; ``em`` in names' sizes, at most."""
        room = self.places[place]
        size = {"em": em * self.letters, "width": room.width, "height": room.height}
        fitted = (Formula.fitting(self.view, *sides, **size) for sides in choices)
        formula = next((each for each in fitted if each.smallest >= READABLE_DIGITS_EM), None)
        return self.stage.place(formula or Formula.fitting(self.view, *choices[-1], **size), room, across=0.0)

    @cached_property
    def statements(self) -> VGroup:
        """What can be changed and what cannot: symbol and words, one below the other."""
        rows = VGroup(
            self.statement(y(self.worked.output), self.tr("is given, it cannot be changed")),
            self.statement(self.worked.prediction, self.tr("is computed, it can be changed")),
        )
        widest = max(row[0].width for row in rows)
        for row in rows:
            row[1].shift((widest - row[0].width) * RIGHT)
        rows[1].set_y(rows[0].get_y() - 1.9 * self.letters)
        return self.stage.place(rows, self.places["statements"], across=0.0)

    def statement(self, variable: Variable, text: str) -> VGroup:
        """A symbol and words on one line."""
        symbol = Typeset(
            f"${self.view.notation.variable(variable, self.view.net)}$",
            em=1.2 * self.letters,
            colour=self.view.colour(variable),
        ).set_baseline(0.0)
        words = Words(text, em=self.letters, colour=self.theme.ink).set_baseline(0.0)
        words.shift((symbol.get_right()[0] + 0.35 - words.get_left()[0]) * RIGHT)
        return VGroup(symbol, words)

    @cached_property
    def costs(self) -> CostStep:
        """The loss before and after."""
        line = CostStep(self.batch, self.after, em=1.4 * self.letters, decimals=self.fine)
        return self.stage.place(line, self.places["loss"], across=0.0)


def mean_loss(view: View) -> Equation:
    """J as the mean of the cost's formula over the examples, and its penalty where there is one."""
    whole = averages.total_cost(view.trace)
    formula: Expression = cost_formula(view.trace.cost, view.trace.sizes)
    for variable in {node for node in formula.walk() if isinstance(node, Variable)}:
        formula = substitute(formula, variable, variable.at_example(Index("k")))
    mean = next(node for node in whole.right.walk() if isinstance(node, Mean))
    return Equation(J, substitute(whole.right, mean, Mean("k", formula)))
