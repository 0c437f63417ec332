"""Indices: several neurons in each layer, and the letters that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import (
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    ReplacementTransform,
    VGroup,
)
from pydantic import Field

from bp_core.costs import cost_formula
from bp_core.equations import Equation
from bp_core.indices import bind
from bp_core.nodes import Expression, SumOver, substitute
from bp_core.quantities import C, Variable, a, w, y
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.several import J_INDEX, K_INDEX, rooms
from scenes.kit.calculus.terms import Term, Terms, written_out
from scenes.kit.chapter import Unsuited
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.motion.moves import Morph
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.diagram import Neuron
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.view import View

#: Rows for what outputs add at most, and at least where there is little room.
_ROWS, _FEWEST = 5, 3


class Indices(LayeredChapter):
    """The labels of neurons, targets and weights find their places; the cost adds up over the outputs."""

    title = N_("Several neurons in each layer")

    class Parameters(BaseParameters):
        """Which neurons."""

        parameter: ParameterName = Field("w[L][0][0]", description="The weight of the last layer to look at.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003
        """A single neuron in each of the last two layers needs no indices."""
        before, last = lesson.trace().sizes[-2:]
        if before == last == 1:
            return Unsuited(tr("expected several neurons in one of the last two layers; got one in each"))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, several = self.tr, self.trace.sizes[-1] > 1
        return {
            "layers": tr(
                "With several neurons in a layer, the idea stays the same. "
                "There are just more indices to keep track of."
            ),
            "before": tr("Say k counts the neurons of the layer before the last."),
            "last": tr("And j counts the neurons of the last layer. Each has a target of its own.")
            if several
            else tr("The last layer has one neuron, with one target."),
            "weight": tr(
                "The weight between the two carries both letters: "
                "first the one it leads to, then the one it comes from."
            )
            if self.leads_first
            else tr(
                "The weight between the two carries both letters: "
                "first the one it comes from, then the one it leads to."
            ),
            "cost": tr("Every output adds its share to the cost of the example.")
            if several
            else tr("The cost of the example compares the one output with its target."),
            "numbers": tr("Together they make %(cost)s for this example.", cost=as_drawn(C, self.terms.total)),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The cost of one example."""
        return [Equation(C, cost_formula(view.trace.cost, view.trace.sizes))]

    #: Whether the formula leaves before the rows come.
    in_turn = False

    def construct(self) -> None:
        """From bare neurons to names, and from names to the cost."""
        self.open_with(self.network.diagram)
        self.run_through_the_layers()
        self.count_the_layer_before()
        self.count_the_last_layer()
        self.name_the_weight()
        self.write_the_cost()
        self.put_in_numbers()

    def run_through_the_layers(self) -> None:
        """A pulse from the input to the outputs."""
        diagram = self.network.diagram
        with self.beat("layers"):
            pulses = [edge_pulse(diagram, layer, self.theme.activation) for layer in range(1, self.trace.L + 1)]
            self.play(LaggedStart(*pulses, lag_ratio=0.8), run_time=3)
            columns = [VGroup(*column) for column in diagram.layers]
            self.play(
                LaggedStart(*(Indicate(c, color=None, scale_factor=1.05) for c in columns), lag_ratio=0.6), run_time=3
            )

    def count_the_layer_before(self) -> None:
        """A name goes from neuron to neuron and stays as the general one."""
        with self.beat("before"):
            self.walk(self.trace.L - 1, self.names[0], self.before)
            self.explain(0, self.names[0])

    def count_the_last_layer(self) -> None:
        """The same with the outputs; each gets its target."""
        with self.beat("last"):
            self.walk(self.trace.L, self.names[1], self.output)
            self.play(
                LaggedStart(*(FadeIn(target, shift=LEFT * 0.2) for target in self.targets), lag_ratio=0.3),
                run_time=1,
            )
            self.explain(1, self.names[1])
            self.play(self.network.naming(self.target, self.names[2]), run_time=0.8)
            self.explain(2, self.names[2])

    def name_the_weight(self) -> None:
        """The edge lights up; its name takes its indices from the two neurons."""
        network, weight = self.network, self.weight
        with self.beat("weight"):
            self.play(network.diagram.spotlit([weight, self.output, self.before]), run_time=0.8)
            self.play(network.flash([network.diagram.edge(weight)], self.theme.highlight), run_time=1)
            symbol, words = self.legend[-1]
            sources = VGroup(self.names[1][-1].copy(), self.names[0][-1].copy())
            edge = network.diagram.edge(weight).get_center()
            self.play(
                FadeIn(symbol, target_position=edge, scale=0.6),
                *(FadeOut(s, target_position=symbol, scale=0.8) for s in sources),
                run_time=1.4,
            )
            self.play(FadeIn(words, shift=RIGHT * 0.1), run_time=0.6)
            for name in self.names[:2] if not self.leads_first else (self.names[1], self.names[0]):
                self.play(Indicate(name, color=None, scale_factor=1.25), run_time=1.1)

    @property
    def leads_first(self) -> bool:
        """Whether a weight's first index is the neuron that it leads to."""
        return self.lesson.look.notation in {"superscript", "delta"}

    def write_the_cost(self) -> None:
        """The targets become the cost, to which a line leads from every output."""
        network = self.network
        symbols = {a(self.trace.L, J_INDEX): self.legend[1][0], y(J_INDEX): self.legend[2][0]}
        with self.beat("cost"):
            named = [network.diagram.neuron(v) for v in self.ends]
            named.append(self.target)
            self.play(network.diagram.lit(), FadeOut(self.names), *network.unnamed(named), run_time=0.7)
            self.play(
                *(FadeOut(target, target_position=network.cost, scale=0.4) for target in self.targets),
                FadeIn(network.cost, scale=0.4),
                LaggedStart(*(Create(line) for line in network.lines.values()), lag_ratio=0.2),
                run_time=1.6,
            )
            there = {node for side in self.formula.sides for node in side.expression.walk()}
            sources: dict[Any, Mobject] = {v: drawn for v, drawn in symbols.items() if v in there}
            rest = VGroup(*(part for pair in self.legend for part in pair))
            self.play(
                Morph(None, self.formula, from_elsewhere={C: network.cost, **sources}),
                FadeOut(rest),
                run_time=2,
            )

    def put_in_numbers(self) -> None:
        """Each output's share, and their sum."""
        terms, network = self.terms, self.network
        with self.beat("numbers"):
            leaving = [FadeOut(self.formula)] if self.in_turn else []
            for row in terms.rows:
                moves = [*leaving, FadeIn(row, shift=RIGHT * 0.15)]
                leaving = []
                if isinstance(row.term.label, Variable):
                    j = places(row.term.label)[1]
                    moves.insert(0, network.flash([network.lines[j]], self.theme.cost))
                self.play(*moves, run_time=1)
            self.play(Create(terms.rule), FadeIn(terms.total, shift=UP * 0.15), run_time=1)
            self.play(Indicate(network.cost, color=None), run_time=1)

    def handover(self) -> Sequence[Mobject]:
        """The network and its cost."""
        return [self.network]

    # -- moves -----------------------------------------------------------------

    def walk(self, layer: int, general: Typeset, looked_at: Variable) -> None:
        """The neurons of a layer get their names one after the other; one of them then stands for all."""
        network = self.network
        neurons = network.diagram.layers[layer]
        if network.headed(layer):
            self.walk_below_the_name(neurons, general, looked_at)
            return
        names = {neuron.variable: network.label(neuron.variable) for neuron in neurons}
        coming = [network.naming(neuron, names[neuron.variable]) for neuron in neurons]
        self.play(LaggedStart(*coming, lag_ratio=0.5), run_time=1 + len(coming) / 2)
        others = [name for variable, name in names.items() if variable != looked_at]
        self.play(ReplacementTransform(names[looked_at], general), *map(FadeOut, others), run_time=0.9)
        back = [neuron for neuron in neurons if neuron.variable != looked_at]
        if moves := network.unnamed(back):
            self.play(*moves, run_time=0.6)

    def walk_below_the_name(self, neurons: Sequence[Neuron], general: Typeset, looked_at: Variable) -> None:
        """The same where neurons have no room for names: each is marked while its name stands over the layer."""
        order = [*(n for n in neurons if n.variable != looked_at), self.network.diagram.neuron(looked_at)]
        before: list[tuple[Neuron, Typeset]] = []
        for neuron in order:
            name = self.network.label(neuron.variable)
            going = [move for n, old in before[-1:] for move in (n.animate.ringed(self.theme.activation), FadeOut(old))]
            coming = [neuron.animate.ringed(self.theme.highlight), FadeIn(name)]
            self.play(*going, *coming, run_time=(1 + len(order) / 2) / len(order))
            before.append((neuron, name))
        self.play(ReplacementTransform(before[-1][1], general), run_time=0.9)

    def explain(self, line: int, name: Typeset) -> None:
        """A copy of the name goes to the list, with what it means."""
        symbol, words = self.legend[line]
        self.play(Travel(name, symbol), run_time=0.9)
        self.play(FadeIn(words, shift=RIGHT * 0.1), run_time=0.5)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def names(self) -> VGroup:
        """The general names of the three, in their places."""
        L, network = self.trace.L, self.network
        return VGroup(
            network.label(a(L - 1, K_INDEX), at=self.before),
            network.label(a(L, J_INDEX), at=self.output),
            network.label(y(J_INDEX), at=self.output).move_to(self.target),
        )

    @property
    def target(self) -> Neuron:
        """The target of the output that is looked at."""
        neurons = self.network.diagram.layers[-1]
        found: Neuron = self.targets[[n.variable for n in neurons].index(self.output)]
        return found

    @cached_property
    def targets(self) -> VGroup:
        """A target beside every output that is drawn."""
        network, theme = self.network, self.theme
        x = network.cost.get_x()
        return VGroup(
            *(
                Neuron(self.view, y(places(n.variable)[1]), network.diagram.radius, n.brightest, theme.target).move_to(
                    [x, n.get_y(), 0]
                )
                for n in network.diagram.layers[-1]
            )
        )

    @cached_property
    def legend(self) -> list[tuple[Typeset, Words]]:
        """The names and what they mean."""
        L, view, theme, square = self.trace.L, self.view, self.theme, self.stage.square
        tr, em = self.tr, 0.56 if square else 0.66
        meanings: list[tuple[Expression, str]] = [
            (a(L - 1, K_INDEX), tr("layer before") if square else tr("a neuron of the layer before")),
            (a(L, J_INDEX), tr("last layer") if square else tr("a neuron of the last layer")),
            (y(J_INDEX), tr("its target")),
            (w(L, J_INDEX, K_INDEX), tr("from k to j") if square else tr("the weight from k to j")),
        ]
        pairs = [
            (
                Typeset(f"${view.notation.variable(v, view.net)}$", em=em, colour=view.colour(v)),
                Words(said, em=0.42, colour=theme.ink),
            )
            for v, said in meanings
            if isinstance(v, Variable)
        ]
        room = rooms(self.stage)["beside"]
        widest = max(symbol.width for symbol, _ in pairs)
        if square:
            self.lay_two_by_two(pairs)
            return pairs
        spare = room.width - widest - 0.5
        share = min(1.0, spare / max(words.width for _, words in pairs))
        for _, words in pairs:
            words.scale(share)
        pitch = room.height / (len(pairs) + 1)
        whole = widest + 0.5 + max(words.width for _, words in pairs)
        left = room.right - min(whole, room.width)
        for position, (symbol, words) in enumerate(pairs):
            height = room.top - pitch * (position + 1)
            symbol.move_to([left + widest / 2, height, 0.0])
            symbol.set_baseline(height)
            words.shift((left + widest + 0.5 - words.get_left()[0]) * RIGHT)
            words.set_baseline(height)
        return pairs

    def lay_two_by_two(self, pairs: Sequence[tuple[Typeset, Words]]) -> None:
        """The list where it has little height: two names a line, what they mean beside them."""
        room, columns = rooms(self.stage)["beside"], (pairs[::2], pairs[1::2])
        gap = 0.25
        wide = [max(symbol.width for symbol, _ in column) + gap for column in columns]
        said = [max(words.width for _, words in column) for column in columns]
        share = min(1.0, (room.width - sum(wide) - 2 * gap) / sum(said))
        left = room.left
        for column, names in zip(columns, wide, strict=True):
            for line, (symbol, words) in enumerate(column):
                height = room.top - room.height * (line + 0.5) / 2
                symbol.move_to([left + (names - gap) / 2, height, 0.0])
                symbol.set_baseline(height)
                words.scale(share).shift((left + names - words.get_left()[0]) * RIGHT)
                words.set_baseline(height)
            left = room.right - wide[1] - share * said[1]

    @property
    def cost(self) -> Expression:
        """The formula of the cost."""
        return cost_formula(self.trace.cost, self.trace.sizes)

    @cached_property
    def formula(self) -> Formula:
        """The cost as a sum over the outputs; too long for its place, it stands alone until the rows come."""
        places = rooms(self.stage)
        for room in (places["formula"], places["beside"]):
            formula = Formula.fitting(self.view, C, self.cost, em=0.62, width=room.width, height=room.height)
            if formula.em >= READABLE_EM:
                break
        self.in_turn = room.bottom < places["rows"].top
        return self.stage.place(formula, room)

    @cached_property
    def terms(self) -> Terms:
        """What each output adds to it."""
        L, size = self.trace.L, self.trace.sizes[-1]
        drawn = [places(n.variable)[1] for n in self.network.diagram.layers[-1]]
        named = {j: Term(a(L, j), self.share(j), self.share(j)) for j in drawn}
        room = rooms(self.stage)["rows"]
        for most in range(_ROWS, _FEWEST - 1, -1):
            rows = written_out(self.cost, named, size, most=most, keep=places(self.output)[1])
            terms = Terms(self.view, rows, Term(C, C), room, decimals=self.view.decimals, colour=self.theme.cost)
            if terms.fits:
                break
        return terms

    def share(self, j: int) -> Expression:
        """What output j adds to the cost."""
        sums = [node for node in self.cost.walk() if isinstance(node, SumOver)]
        if not sums:
            return self.cost
        return substitute(self.cost, sums[0], bind(sums[0].body, {sums[0].index: j}))
