"""What a whole film has around its chapters: a title card before them, the whole calculation after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, LaggedStart, Mobject, VGroup

from bp_core.equations import Equation
from bp_core.nodes import New
from bp_core.quantities import Variable, a
from bp_script.language import N_
from scenes.kit.calculus.batch import Batch, stepped
from scenes.kit.calculus.definitions import made_of
from scenes.kit.calculus.factors import Factors
from scenes.kit.chapter import Chapter
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.text import Words
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Letters of the title.
_TITLE_EM = 0.95
#: How much of the width it may take: as much as leaves a margin.
_TITLE_ROOM = (0.06, 0.94)
#: What is shown of the calculation, from all to little: definitions, whether with values, whether with the step.
_PLANS = ((3, True, True), (3, False, True), (2, True, True), (2, False, True), (2, False, False), (0, False, False))
#: How its parts are called.
_PARTS = {"forward": N_("forward"), "back": N_("back"), "step": N_("step")}
#: Least room between its parts, in ems.
_GAP = 0.5


class TitleCard(Chapter):
    """The lesson's title under its own network."""

    def narration(self) -> Mapping[str, str]:
        """The title itself, for those who only hear the film."""
        return {"title": self.lesson.title.replace("{", "{{").replace("}", "}}")}

    def construct(self) -> None:
        """The network grows from the input on, the title beneath it."""
        self.title_line = self.stage.place(
            Words(self.lesson.title, em=_TITLE_EM, colour=self.theme.ink, from_lesson=True),
            self.stage["body"].band(0.0, 0.45).column(*_TITLE_ROOM),
            up=0.7,
        )
        self.opened()
        with self.beat("title", rest=1.2):
            self.grow_the_network()
            self.play(FadeIn(self.title_line, shift=UP * 0.15), run_time=1.0)

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the first chapter sets up its own picture."""
        return []

    def grow_the_network(self) -> None:
        """Layer by layer, neurons with the edges that lead to them; no numbers yet."""
        diagram = NetworkDiagram(self.view, self.stage["body"].band(0.5, 1.0).column(0.15, 0.85))
        layers = []
        for layer, column in enumerate(diagram.layers):
            edges = [edge for weight, edge in diagram.edges.items() if weight.indices[0] == layer]
            layers.append(FadeIn(VGroup(*edges, *(neuron.ring for neuron in column)), shift=RIGHT * 0.2))
        self.play(LaggedStart(*layers, lag_ratio=0.35), *map(FadeIn, diagram.marks), run_time=2.2)


class EndCard(Chapter):
    """The whole calculation on one screen: forward to the cost, back by products, and a step."""

    title = N_("The whole calculation")

    def narration(self) -> Mapping[str, str]:
        """What to take home, part by part."""
        words = {
            "forward": self.tr("Forward: each quantity from those before it."),
            "back": self.tr("Back: each derivative is a product along the way to the cost."),
            "step": self.tr("And a small step against it lets the cost fall."),
        }
        return {name: said for name, said in words.items() if name in self.parts}

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - cards take no keys of their own
        """What each quantity is made of, the products and the step."""
        made = made_of(view, Chain.through(view.trace.network.sizes))
        equations = [Equation(quantity, form) for quantity, form in made.items()]
        equations += [Equation(f.whole, f.computed_product) for f in _factors(view)]
        step = _step(view)
        return equations if step is None else [*equations, Equation(New(step[0]), stepped(step[1], step[0]))]

    def construct(self) -> None:
        """Part after part."""
        self.open_with()
        for name, part in self.parts.items():
            with self.beat(name, rest=2.5 if name == [*self.parts][-1] else 0.4):
                word = self.words.get(name)
                if word is not None:
                    self.play(FadeIn(word), run_time=0.5)
                rows = [FadeIn(row, shift=RIGHT * 0.2) for row in part]
                self.play(LaggedStart(*rows, lag_ratio=0.6), run_time=0.9 * len(part))

    @cached_property
    def words(self) -> Mapping[str, Words]:
        """What each part is, beside it where there is room."""
        if self.stage.stacked:
            return {}
        words = {name: Words(self.tr(_PARTS[name]), em=0.38, colour=self.theme.quiet) for name in self.parts}
        for name, word in words.items():
            self.stage.place(word, "body", across=0.0).set_y(self.parts[name].get_y())
        return words

    @cached_property
    def parts(self) -> Mapping[str, VGroup]:
        """The rows of each part, below each other; as much of the whole as can be read on one screen."""
        body, least = self.stage["body"], self.stage.least_em
        room = body if self.stage.stacked else body.column(0.14, 1.0)
        for defined, valued, stepping in _PLANS:
            for em in (1.12 * least, least):
                parts = self.written(em, defined=defined, valued=valued, stepping=stepping)
                free = room.height - sum(part.height for part in parts.values())
                gap = free / (len(parts) + 1)
                if gap > _GAP * em and max(part.width for part in parts.values()) <= room.width:
                    break
            else:
                continue
            break
        at = room.top
        for part in parts.values():
            self.stage.place(part, Region(room.left, room.right, at - gap - part.height, at - gap), across=0.0)
            at -= gap + part.height
        return parts

    def written(self, em: float, *, defined: int, valued: bool, stepping: bool) -> dict[str, VGroup]:
        """The parts in letters of a size: so many definitions, the products with or without values, the step."""
        view, chain = self.view, Chain.through(self.trace.network.sizes)
        made = list(made_of(view, chain).items())[:defined]
        forward = VGroup(*(Formula(view, quantity, form, em=em) for quantity, form in made))
        forward.arrange(DOWN if self.stage.stacked else RIGHT, buff=(1 if self.stage.stacked else 1.3) * em)
        if not self.stage.stacked:
            for formula in forward:
                formula.shift((forward[0].relation(1).get_y() - formula.relation(1).get_y()) * UP)
        back = VGroup()
        for f in _factors(view):
            value = (Side.value(f.whole),) if valued else ()
            back.add(Formula(view, f.whole, f.computed_product, *value, em=em, decimals=view.decimals + 2))
        back.arrange(DOWN, buff=0.4 * em, aligned_edge=LEFT)
        first = max(row.relation(1).get_x() for row in back)
        for row in back:
            row.shift((first - row.relation(1).get_x()) * RIGHT)
        parts, step = {"forward": forward, "back": back}, _step(view)
        if step is not None and stepping:
            weight, batch = step
            sides = New(weight), stepped(batch, weight)
            parts["step"] = VGroup(Formula(view, *sides, em=em, relation="←", written=batch.written(weight)))
        return {name: part for name, part in parts.items() if len(part)}


def _step(view: View) -> tuple[Variable, Batch] | None:
    """A weight of the last layer and the batch of the next update; None where no plain step is told."""
    training = view.trace.training
    if training is None or training.optimizer != "sgd" or len(view.trace.steps) < 2:
        return None
    chain = Chain.through(view.trace.network.sizes)
    return chain.w(chain.L), Batch.next(view)


def _factors(view: View) -> list[Factors]:
    """The factors of everything that z of the last layer is made of, along the chain."""
    network = view.trace.network
    chain = Chain.through(network.sizes)
    sources: tuple[Variable, ...] = (chain.w(network.L), chain.b(network.L))
    if network.sizes[-1] == 1:
        sources = (*sources, a(network.L - 1, chain.neurons[-2]))
    return [Factors.of(view.trace, source) for source in sources]
