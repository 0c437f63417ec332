"""What a whole film has around its chapters: a title card before them, the whole calculation after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, LaggedStart, Mobject, VGroup

from bp_core.equations import Equation
from bp_core.quantities import Variable, a
from scenes.kit.calculus.factors import Factors
from scenes.kit.chapter import Chapter
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.text import Words
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.view import View

#: Letters of the title, and of the calculation's rows.
_TITLE_EM, _ROW_EM = 0.95, 0.5


class TitleCard(Chapter):
    """The lesson's title under its own network."""

    def narration(self) -> Mapping[str, str]:
        """The title itself, for those who only hear the film."""
        return {"title": self.lesson.title.replace("{", "{{").replace("}", "}}")}

    def construct(self) -> None:
        """The network grows from the input on, the title beneath it."""
        self.title_line = self.stage.place(
            Words(self.lesson.title, em=_TITLE_EM, colour=self.theme.ink, from_lesson=True),
            self.stage["body"].band(0.0, 0.45),
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
    """The whole calculation on one screen: the product for each quantity of the last layer, and what became of it."""

    title = "The whole calculation"

    def narration(self) -> Mapping[str, str]:
        """One sentence to take home."""
        return {
            "rows": "Each derivative is a product along the way to the cost. "
            "For earlier layers, the product only grows longer.",
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - cards take no keys of their own
        """The products and their values."""
        return [Equation(f.whole, f.computed_product) for f in _factors(view)]

    def construct(self) -> None:
        """Row after row."""
        self.open_with()
        with self.beat("rows", rest=2.5):
            self.play(LaggedStart(*(FadeIn(row, shift=RIGHT * 0.2) for row in self.rows), lag_ratio=0.6), run_time=5)

    @cached_property
    def rows(self) -> VGroup:
        """∂C by the weight, the bias and the activation before, lined up at their first relation."""
        rows = VGroup(
            *(
                Formula(self.view, f.whole, f.computed_product, Side.value(f.whole), em=_ROW_EM)
                for f in _factors(self.view)
            )
        )
        rows.arrange(DOWN, buff=0.75, aligned_edge=LEFT)
        first = max(row.relation(1).get_x() for row in rows)
        for row in rows:
            row.shift((first - row.relation(1).get_x()) * RIGHT)
        return self.stage.place(rows, "body")

    def row(self, factors: Factors) -> Formula:
        """A derivative, its product, its value."""
        sides = factors.computed_product, Side.value(factors.whole)
        return Formula(self.view, factors.whole, *sides, em=_ROW_EM, decimals=self.view.decimals + 2)


def _factors(view: View) -> list[Factors]:
    """The factors of everything that z of the last layer is made of, along the chain."""
    network = view.trace.network
    chain = Chain.through(network.sizes)
    sources: tuple[Variable, ...] = (chain.w(network.L), chain.b(network.L))
    if network.sizes[-1] == 1:
        sources = (*sources, a(network.L - 1, chain.neurons[-2]))
    return [Factors.of(view.trace, source) for source in sources]
