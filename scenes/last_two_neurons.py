"""The last two neurons: what a network's output is compared with, and what the comparison costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from manim import (
    UP,
    Animation,
    AnimationGroup,
    Circle,
    FadeIn,
    GrowFromCenter,
    Indicate,
    LaggedStart,
    Line,
    ReplacementTransform,
    Restore,
    ShowPassingFlash,
    VGroup,
    there_and_back,
)
from manim.utils.color import ManimColor
from pydantic import Field

from bp_core.costs import cost_formula
from bp_core.equations import Equation
from bp_core.quantities import C, a
from bp_script.language import N_
from scenes.kit.calculus.last_two import LastTwo, cost_in_numbers, cost_in_symbols
from scenes.kit.chapter import Chapter
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula
from scenes.kit.motion.moves import Morph, standing_in
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.view import View

#: What a network looks like at first, a chain of single neurons and any other.
_NETWORK = {
    True: N_("Here is a network with one neuron in each layer."),
    False: N_("Here is a network with an example at its input."),
}
#: How a more active neuron looks on this ground: whether it is brighter, and whether no activation is below zero.
_ACTIVE = {
    (True, True): N_("The brighter a neuron, the larger its activation."),
    (True, False): N_("The brighter a neuron, the farther its activation is from zero."),
    (False, True): N_("The darker a neuron, the larger its activation."),
    (False, False): N_("The darker a neuron, the farther its activation is from zero."),
}
#: How a cost is said, one output and several.
_SAID = {
    "squared_error": (
        N_("What that costs the network is the difference between the two, squared."),
        N_("What that costs the network is the differences, squared and added up."),
    ),
    "half_squared_error": (
        N_("What that costs the network is half the square of the difference."),
        N_("What that costs the network is half the squares of the differences, added up."),
    ),
    "mean_squared_error": (
        N_("What that costs the network is the difference between the two, squared."),
        N_("What that costs the network is the mean of the squared differences."),
    ),
    "binary_cross_entropy": (
        N_("What that costs the network is the cross-entropy of the two."),
        N_("What that costs the network is the cross-entropies, added up."),
    ),
    "cross_entropy": (
        N_("What that costs the network is the cross-entropy of the two."),
        N_("What that costs the network is the cross-entropy of outputs and targets."),
    ),
}


class LastTwoNeurons(Chapter):
    """Zoom to the last two neurons with the target beside them; the cost in symbols, then in numbers."""

    title = N_("The last two neurons")

    class Parameters(BaseParameters):
        """Which neurons, where the layers hold several."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose neurons are looked at.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        last, target, tr = self.chain.a(self.chain.L), self.chain.y, self.tr
        several = self.trace.network.sizes[-1] > 1
        active = _ACTIVE[self.brighter_when_active(), self.nowhere_negative()]
        return {
            "signal": f"{tr(_NETWORK[self.chain.single])} {tr(active)}",
            "zoom": tr("Zoom in on the last two, and on the weight between them."),
            "names": tr("Each activation has a name. The raised index tells the layer; it is not a power.")
            if self.lesson.look.notation != "worked"
            else tr("Each activation has a name of its own."),
            "target": tr(
                "For this training example the last one should be y, %(target)s. It is %(activation)s.",
                target=as_drawn(target, self.two.target),
                activation=as_drawn(last, self.two.last),
            ),
            "cost": tr(_SAID[self.trace.cost.function][several]),
            "numbers": tr(
                "With the numbers of this example, the cost comes to %(cost)s.", cost=as_drawn(C, self.numbers)
            ),
            "question": tr("To bring it down, this activation has to change. So what is it made of?"),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The cost of one example."""
        return [Equation(C, cost_formula(view.trace.cost, view.trace.network.sizes))]

    def nowhere_negative(self) -> bool:
        """Whether no activation of the example is below zero."""
        return all(
            self.view.value(a(layer, j)) >= 0
            for layer, size in enumerate(self.trace.network.sizes)
            for j in range(size)
        )

    def brighter_when_active(self) -> bool:
        """Whether a more active neuron looks brighter on this ground, and not darker."""
        on, off = (ManimColor(colour).to_hsl()[2] for colour in (self.theme.neuron_on, self.theme.neuron_off))
        return bool(on > off)

    def construct(self) -> None:
        """From the whole network to one number."""
        self.open_with(*self.network.edges.values(), *self.dark.values(), *self.network.marks)
        self.let_the_signal_through()
        self.zoom_in()
        self.name_the_activations()
        self.set_the_target()
        self.write_the_cost()
        self.put_in_the_numbers()
        self.ask_what_it_is_made_of()

    def let_the_signal_through(self) -> None:
        """Layer after layer lights up."""
        with self.beat("signal"):
            self.play(LaggedStart(*self.lighting(), lag_ratio=0.5), run_time=4.5)
            self.remove(*self.network.get_family())
            self.add(self.network)

    def zoom_in(self) -> None:
        """The last two grow into their places; the rest leaves on the same move."""
        network, two, L = self.network, self.two, self.chain.L
        two.shift(self.lower)
        self.pair.save_state()
        self.pair.scale(self.closer).move_to(self.stage["body"].centre)
        kept = {
            network.edge(self.chain.w(L)): two.edge,
            network.neuron(self.chain.a(L - 1)): two.before,
            network.neuron(self.chain.a(L)): two.last,
        }
        rest = VGroup(*(p for p in (*network.edges.values(), *network.neurons(), *network.marks) if p not in kept))
        factor = two.last.ring.width / network.neuron(self.chain.a(L)).ring.width
        way = two.last.get_center() - network.neuron(self.chain.a(L)).get_center()
        with self.beat("zoom"):
            leaving = rest.animate.scale(factor, about_point=two.last.get_center() - way).shift(way).set_opacity(0)
            moving = (ReplacementTransform(part, into) for part, into in kept.items())
            self.play(*([leaving] if len(rest) else []), *moving, run_time=2.4)
            self.remove(network, rest)
            light = Line(two.edge.get_start(), two.edge.get_end(), color=self.theme.highlight, stroke_width=8)
            self.play(ShowPassingFlash(light, time_width=1 / 2), run_time=1.2)

    def name_the_activations(self) -> None:
        """Their symbols appear above them."""
        with self.beat("names"):
            names = self.two.names[:2]
            self.play(LaggedStart(*(FadeIn(n, shift=0.2 * UP) for n in names), lag_ratio=0.8), run_time=2.4)
            indices = [VGroup(*name[1:]) for name in names if len(name) > 1]
            # from their left end, so that they do not grow over the letter
            raised = [i.animate(rate_func=there_and_back).scale(1.4, about_point=i.get_left()) for i in indices]
            if raised:
                self.play(LaggedStart(*raised, lag_ratio=0.7), run_time=2)

    def set_the_target(self) -> None:
        """The two make room, and what the last one should be comes beside it."""
        two = self.two
        with self.beat("target"):
            self.play(Restore(self.pair), run_time=1.4)
            self.play(FadeIn(two.target, scale=0.6), FadeIn(two.names[-1], shift=0.2 * UP), run_time=1.2)
            self.wait(1)
            self.play(Indicate(two.last, color=None, scale_factor=1.12), run_time=1.2)

    def write_the_cost(self) -> None:
        """The cost in symbols, which come from the picture."""
        two = self.two
        pictured = {C: two.cost, two.last.variable: two.names[1], two.target.variable: two.names[2]}
        sources = standing_in(self.symbols, pictured)
        with self.beat("cost"):
            self.play(VGroup(self.pair, two.target, two.names[-1]).animate.shift(-self.lower), run_time=1)
            VGroup(two.arrow, two.cost).shift(-self.lower)
            self.play(GrowFromCenter(two.arrow), FadeIn(two.cost, shift=0.15 * UP), run_time=1)
            self.play(Morph(None, self.symbols, from_elsewhere=sources, run_time=2))

    def put_in_the_numbers(self) -> None:
        """A copy of the formula comes down, and the neurons' values take the places of their symbols."""
        two = self.two
        pictured = {two.last.variable: two.last.value, two.target.variable: two.target.value}
        sources = standing_in(self.numbers, pictured)
        with self.beat("numbers"):
            copied = self.symbols.copy()
            if not sources:
                # A sum over outputs has no single symbols for the numbers to take the place of.
                self.play(Morph(None, self.numbers, from_elsewhere={C: self.symbols.leaf(C)}, run_time=2))
                return
            self.play(copied.animate.shift(self.numbers.relation(1).get_center() - copied.relation(1).get_center()))
            self.play(Morph(copied, self.numbers, from_elsewhere=sources, run_time=2))

    def ask_what_it_is_made_of(self) -> None:
        """Back to the neuron that the next chapter takes apart."""
        with self.beat("question"):
            self.play(Indicate(self.numbers.side(2), color=None, scale_factor=1.15), run_time=1.2)
            self.play(Indicate(self.two.last, color=None, scale_factor=1.15), run_time=1.4)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def chain(self) -> Chain:
        """The neurons that are looked at."""
        return Chain.through(self.trace.network.sizes, self.parameter(self.parameters.parameter))

    @cached_property
    def network(self) -> NetworkDiagram:
        """The whole network."""
        return NetworkDiagram(self.view, self.stage["whole"], keep=self.chain.activations())

    @cached_property
    def dark(self) -> dict[Neuron, Circle]:
        """The neurons before any signal."""
        return self.network.unlit()

    def lighting(self) -> Iterator[Animation]:
        """Each layer's neurons light up, then its edges carry the signal on."""
        for layer, neurons in enumerate(self.network.layers):
            if layer:
                yield edge_pulse(self.network, layer, self.theme.activation)
            yield AnimationGroup(
                *(ReplacementTransform(self.dark[neuron], neuron.ring) for neuron in neurons),
                *(FadeIn(neuron.value) for neuron in neurons),
            )

    @cached_property
    def two(self) -> LastTwo:
        """The last two neurons, large, and the target."""
        return LastTwo(self.view, self.chain, self.stage["body"].band(0.42, 1))

    @cached_property
    def pair(self) -> VGroup:
        """The two neurons with what belongs to them; they are looked at alone before the target comes."""
        two = self.two
        return VGroup(two.edge, two.before, two.last, *two.names[:2])

    @cached_property
    def lower(self) -> np.ndarray:
        """How far below that they stand as long as there is no formula."""
        return (self.stage["body"].centre - self.two.get_center()) * UP

    @cached_property
    def closer(self) -> float:
        """How much larger the two are while they are alone."""
        body, pair = self.stage["body"], self.pair
        return max(1, min(2 * body.width / (2 + 1) / pair.width, body.height / 2 / pair.height))

    @cached_property
    def symbols(self) -> Formula:
        """The cost in symbols."""
        return cost_in_symbols(self.view, self.stage)

    @cached_property
    def numbers(self) -> Formula:
        """The cost in this example's numbers, below the symbols."""
        return cost_in_numbers(self.view, self.stage)
