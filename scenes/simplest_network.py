"""The simplest network: one neuron a layer, and the question what each of its parameters does to the cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from manim import (
    DOWN,
    UP,
    AnimationGroup,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    Transform,
    VGroup,
)
from pydantic import Field

from bp_core.quantities import J, Variable
from bp_script.language import N_
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.motion.moves import carried
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.clearance import Obstacles, pushed
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron

#: How many neurons the layers of an ordinary network are drawn with.
_FIRST, _HIDDEN, _LAST = 3, 4, 2
#: Room between them, in radii, and how many arguments of the cost are written out.
_SPREAD, _MOST_NAMED = 3, 8
#: Counts up to here are said as they are.
_COUNTED = 12
#: What is said where the network is a chain, and where the chain is one of several.
_CHAIN = {
    True: N_("So take the simplest one there is, with a single neuron in each layer."),
    False: N_("To begin with, follow just one chain, with a single neuron in each layer."),
}
_COST = {
    True: N_("%(parameters)s: the cost is a function of all of them."),
    False: N_("%(parameters)s: the cost is a function of these, and of all the others."),
}


class SimplestNetwork(Chapter):
    """An ordinary network becomes a chain of single neurons; its weights and biases; how sensitive is the cost?"""

    title = N_("The simplest network")

    class Parameters(BaseParameters):
        """Which neurons, where the layers hold several."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight or bias whose chain is looked at.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        single, tr = self.chain.single, self.tr
        return {
            "ordinary": tr("A network has layers of neurons, and a weight on every connection between them."),
            "chain": tr(_CHAIN[single]),
            "weights": tr("Now there is one weight from each neuron to the next."),
            "biases": tr("And every neuron after the input has its bias."),
            "cost": tr(_COST[single], parameters=self.counted),
            "question": tr("How sensitive is it to each of them? Which change lowers the cost the fastest?"),
        }

    @property
    def counted(self) -> str:
        """How many weights and biases the chain has, in words, as a sentence begins."""
        L, language = self.chain.L, self.view.language
        count = language.count(L) if L <= _COUNTED else self.tr("many")
        said = language.tr_n("one weight and one bias", "%(count)s weights and %(count)s biases", L, count=count)
        return f"{said[0].upper()}{said[1:]}"

    def construct(self) -> None:
        """From many neurons to few, and to a question."""
        self.open_with(*(neuron for column in self.ordinary for neuron in column), *self.network.marks)
        self.connect_the_neurons()
        self.become_a_chain()
        self.show_the_weights()
        self.show_the_biases()
        self.write_the_cost()
        self.ask_the_question()

    def connect_the_neurons(self) -> None:
        """Every neuron with every neuron of the next layer, layer after layer."""
        with self.beat("ordinary"):
            layers = [AnimationGroup(*(Create(edge) for edge in edges)) for edges in self.ordinary_edges]
            self.play(LaggedStart(*layers, lag_ratio=0.6), run_time=4.4)

    def become_a_chain(self) -> None:
        """Each layer's neurons become one, and so do the edges between them."""
        with self.beat("chain"):
            if not self.chain.single:
                self.play(FadeOut(self.others), run_time=2)
                return
            lines = VGroup(*(line for lines in self.ordinary_edges for line in lines))
            self.play(
                *(
                    Transform(n, self.dark[c[0]])
                    for ns, c in zip(self.ordinary, self.network.layers, strict=True)
                    for n in ns
                ),
                *(
                    line.animate.put_start_and_end_on(edge.get_start(), edge.get_end())
                    for lines, edge in zip(self.ordinary_edges, self.network.edges.values(), strict=True)
                    for line in lines
                ),
                run_time=3,
            )
            self.remove(*(neuron for column in self.ordinary for neuron in column))
            self.add(*self.dark.values())
            self.play(FadeOut(lines), FadeIn(VGroup(*self.network.edges.values())), run_time=1.2)

    def show_the_weights(self) -> None:
        """Symbol and value of each, from the input on."""
        with self.beat("weights"):
            self.appear(self.chain.w(layer) for layer in self.layers)

    def show_the_biases(self) -> None:
        """Symbol and value of each, below its neuron."""
        with self.beat("biases"):
            self.appear(self.chain.b(layer) for layer in self.layers)

    def appear(self, parameters: Iterable[Variable]) -> None:
        """Labels come one after the other."""
        labels = [FadeIn(self.labels[p], shift=0.15 * UP) for p in parameters]
        self.play(LaggedStart(*labels, lag_ratio=0.5), run_time=2.6)

    def write_the_cost(self) -> None:
        """The cost as a function: each symbol leaves its place in the network for the brackets."""
        with self.beat("cost"):
            arriving = [carried(self.labels[p][0], self.function.part(n)) for n, p in enumerate(self.named, 1)]
            rest = VGroup(*(part for part in self.function if not self.is_argument(part)))
            self.play(FadeIn(rest), LaggedStart(*arriving, lag_ratio=0.25), run_time=4)
            self.remove(*self.function.get_family())
            self.add(self.function)

    def is_argument(self, part: Mobject) -> bool:
        """Whether a piece of the function is one of its arguments."""
        return any(part is self.function.part(n) for n, _ in enumerate(self.named, 1))

    def ask_the_question(self) -> None:
        """Each of them in turn, in the network and in the function."""
        with self.beat("question"):
            turns = [
                AnimationGroup(
                    Indicate(self.labels[p], color=None, scale_factor=1.15),
                    Indicate(self.function.part(n), color=None, scale_factor=1.15),
                )
                for n, p in enumerate(self.named, 1)
            ]
            self.play(LaggedStart(*turns, lag_ratio=0.55), run_time=4)
            self.play(Indicate(self.function.part(0), color=None, scale_factor=1.3), run_time=1.2)
        if not self.chain.single:
            self.play(FadeIn(self.others), FadeOut(*self.labels.values()), run_time=0.8)

    def handover(self) -> Sequence[Mobject]:
        """The network, not lit yet."""
        return [*self.network.edges.values(), *self.dark.values(), *self.network.marks]

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def chain(self) -> Chain:
        """The neurons that are looked at."""
        return Chain.through(self.trace.network.sizes, parameter_of(self.trace, self.parameters.parameter))

    @property
    def layers(self) -> range:
        """The layers after the input."""
        return range(1, self.chain.L + 1)

    @cached_property
    def network(self) -> NetworkDiagram:
        """The lesson's network."""
        return NetworkDiagram(self.view, self.stage["whole"], keep=self.chain.activations())

    @cached_property
    def dark(self) -> dict[Neuron, Circle]:
        """Its neurons before any signal."""
        return self.network.unlit()

    @cached_property
    def ordinary(self) -> list[list[Circle]]:
        """The neurons at the start: the lesson's own, or several a layer where it has but one."""
        if not self.chain.single:
            return [[self.dark[neuron] for neuron in column] for column in self.network.layers]
        radius = self.network.radius * 2 / (1 + 2)
        gap = min(self.stage["body"].height * 0.8 / _HIDDEN, radius * _SPREAD)
        columns = []
        for layer, column in enumerate(self.network.layers):
            count = _FIRST if not layer else _LAST if layer == self.chain.L else _HIDDEN
            model, centre = self.dark[column[0]], column[0].get_center()
            columns.append(
                [
                    model.copy().scale_to_fit_width(2 * radius).move_to(centre + ((count - 1) / 2 - j) * gap * UP)
                    for j in range(count)
                ]
            )
        return columns

    @cached_property
    def ordinary_edges(self) -> list[list[Line]]:
        """The edges between them, layer by layer."""
        if not self.chain.single:
            return [
                [edge for weight, edge in self.network.edges.items() if weight.layer == layer] for layer in self.layers
            ]
        return [
            [self.connecting(one, other) for one in before for other in after]
            for before, after in pairwise(self.ordinary)
        ]

    def connecting(self, one: Circle, other: Circle) -> Line:
        """A thin line from rim to rim; it has no weight, for this network is but a picture."""
        line = Line(one.get_center(), other.get_center(), buff=one.width / 2, stroke_width=2)
        return line.set_stroke(self.theme.weight, opacity=0.7)

    @cached_property
    def others(self) -> VGroup:
        """What is not on the chain."""
        neurons = {self.dark[self.network.neuron(self.chain.a(layer))] for layer in (0, *self.layers)}
        edges = {self.network.edge(self.chain.w(layer)) for layer in self.layers}
        return VGroup(*(p for p in self.handover() if p not in neurons | edges))

    @cached_property
    def labels(self) -> dict[Variable, VGroup]:
        """Symbol and value of every parameter of the chain; a long one of a weight stands clear of the neurons."""
        network, labels = self.network, {}
        for layer in self.layers:
            weight, bias = self.chain.w(layer), self.chain.b(layer)
            label = labels[weight] = network.parameter_label(weight, em=0.6)
            labels[bias] = network.parameter_label(bias, em=0.6)
            if label.width > network.edge(weight).get_length():
                label.next_to(network.edge(weight).get_center(), UP, buff=network.radius)
        if not self.chain.single:
            chain = [network.neuron(self.chain.a(layer)) for layer in (0, *self.layers)]
            edges = [network.edge(self.chain.w(layer)) for layer in self.layers]
            obstacles = Obstacles([*chain, *edges, self.heading()])
            for parameter, label in labels.items():
                pushed(label, UP if parameter.symbol == "w" else DOWN, obstacles, self.stage["body"])
        return labels

    @cached_property
    def named(self) -> list[Variable]:
        """The arguments that the function is written with: all, or the first and the last where they are many."""
        parameters = list(self.labels)
        fits = self.function_of(parameters, em=READABLE_EM).width <= self.stage["body"].width
        return parameters if len(parameters) <= _MOST_NAMED and fits else [*parameters[:2], *parameters[-2:]]

    @cached_property
    def function(self) -> Typeset:
        """The cost as a function of the parameters."""
        return self.stage.place(self.function_of(self.named, em=0.72), self.stage["body"].band(0.0, 0.17))

    def function_of(self, named: Sequence[Variable], *, em: float) -> Typeset:
        """The cost as a function of these, and of what they leave out."""
        view = self.view
        quantities = [J, *named]
        cost, *written = (f"part(#{n}, {view.notation.variable(q, view.net)})" for n, q in enumerate(quantities))
        if len(named) < len(self.labels):
            written.insert(2, "dots.h")
        if not self.chain.single:
            written.append("dots.h")
        function = Typeset(f"${cost} lr(({', thin '.join(written)}))$", em=em, colour=self.theme.ink)
        for n, q in enumerate(quantities):
            function.part(n).set_fill(view.colour(q))
        return function
