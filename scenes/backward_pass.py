"""The backward pass: from the cost back to the input, layer by layer, with what each layer hands to the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import (
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    VGroup,
    VMobject,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.matrices import Slopes
from bp_core.quantities import C, Variable, d
from bp_script.language import N_
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.recursion import Recursion
from scenes.kit.calculus.several import Handed, rooms
from scenes.kit.calculus.worked import factors_of
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.matrix_formula import name_of
from scenes.kit.letters.number import enough_digits
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.matrix import LEAST, MOST, MatrixPicture
from scenes.kit.pictures.rows import stacked
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Rows and columns of a matrix of derivatives that are drawn at most, the gap among them.
_MOST, _FEWEST = 5, 3
#: Letters of its name, and how much smaller each try is.
_NAME, _SMALLER = 0.44, 0.94
#: Where a matrix and one equation share a square's room.
_SHARE = 0.51


class BackwardPass(LayeredChapter):
    """The recursion over all layers, from the cost to the input; its values land on neurons and edges."""

    title = N_("The backward pass")

    class Parameters(BaseParameters):
        """Which neurons are drawn in any case."""

        parameter: ParameterName = Field("w[L][0][0]", description="A weight whose neurons are drawn in any case.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        L, by_delta, tr = self.trace.L, self.recursion.by_delta, self.tr
        words = {
            "start": tr("Now run it backward. At each output, the delta comes straight from the cost.")
            if by_delta
            else tr("Now run it backward. At each output, the derivative comes straight from the cost."),
            "weights": tr(
                "With it, every weight into the layer has its derivative: "
                "{@large} thick lines where it is large, {@negative} dashed where it is negative."
            ),
        }
        if L > 1:
            words["back"] = (
                tr("Handed back along the edges and added up, the same numbers give the deltas one layer earlier.")
                if by_delta
                else tr(
                    "Handed back along the edges and added up, the same numbers give the derivatives one layer earlier."
                )
            )
            words["again"] = (
                tr("Then it is the same again, for the weights into that layer.")
                if L == 2
                else tr("Then it is the same again, layer by layer, until the input.")
            )
        words["end"] = tr(
            "One run forward, one run back, and every weight has its derivative. "
            "So has every bias: {@bias} for it, the activation is replaced by one."
        )
        return words

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """The recursion, in both forms that a notation may ask for."""
        found = []
        for by_delta in (False, True):
            recursion = Recursion(view, by_delta)
            if by_delta or view.trace.network.activations[-1] != "softmax":
                found += [recursion.start, *([recursion.back] if recursion.back else []), recursion.weight]
        return found

    #: The equation that came last.
    written: Formula | None = None

    def construct(self) -> None:
        """Layer after layer, from the last to the first."""
        self.open_with(self.network)
        self.start_at_the_cost()
        self.give_the_weights_theirs()
        if self.trace.L > 1:
            self.hand_back()
            self.go_on()
        self.end_at_the_input()

    def start_at_the_cost(self) -> None:
        """Lights run from the cost to the outputs, which take their numbers."""
        network, L = self.network, self.trace.L
        with self.beat("start"):
            self.play(Indicate(network.cost, color=None, scale_factor=1.3), run_time=1)
            lights = [network.flash([line], self.theme.cost, backward=True) for line in network.lines.values()]
            self.play(LaggedStart(*lights, lag_ratio=0.2), run_time=1.4)
            self.play(self.handed.landing(L), *self.coming("start"), run_time=1.4)

    def give_the_weights_theirs(self) -> None:
        """The edges into the last layer, and the matrix of their derivatives."""
        with self.beat("weights"):
            self.play(*self.coming("weight"), run_time=1)
            self.slopes_of(self.trace.L, run_time=2)
            for bookmark, edges in (("large", self.steep), ("negative", self.falling)):
                self.wait_until(bookmark)
                if edges:
                    self.play(*(self.network.flash([edge], self.theme.highlight) for edge in edges), run_time=1.4)

    def hand_back(self) -> None:
        """Lights run back along the edges, and the layer before takes its numbers."""
        before = self.trace.L - 1
        with self.beat("back"):
            self.play(*self.coming("back"), run_time=1)
            self.play(self.pulse(before + 1), run_time=1.4)
            self.play(self.handed.landing(before), run_time=1.2)

    def go_on(self) -> None:
        """The same for all earlier layers."""
        rows, last = self.rows, self.trace.L - 1
        seconds = max(0.5, 2.4 / last)
        with self.beat("again"):
            if self.stage.square:
                self.play(*self.coming("weight"), run_time=0.8)
            for layer in range(last, 0, -1):
                self.play(Indicate(rows["weight"].relation(1), color=self.theme.highlight), run_time=seconds / 2)
                self.slopes_of(layer, run_time=seconds)
                if layer > 1:
                    self.play(self.pulse(layer), run_time=seconds)
                    self.play(self.handed.landing(layer - 1), run_time=seconds)

    def end_at_the_input(self) -> None:
        """The numbers of the forward pass come back, from the input on."""
        network = self.network
        with self.beat("end"):
            self.wait(1)
            lights = [self.pulse(layer) for layer in range(self.trace.L, 0, -1)]
            self.play(LaggedStart(*lights, lag_ratio=0.6), run_time=2)
            self.play(FadeOut(self.matrices[1]), run_time=0.6)
            for layer in range(1, self.trace.L + 1):
                shown = [edge for weight, edge in network.diagram.edges.items() if weight.layer == layer]
                back = [edge.animate.set_stroke(opacity=1) for edge in shown]
                self.play(self.handed.leaving(layer), *back, run_time=max(0.4, 1.6 / self.trace.L))
            self.play(network.lit(), run_time=0.4)
            self.wait_until("bias")
            row = self.rows["weight"]
            factors = factors_of(row.sides[1].expression)
            replaced = [row.leaf(f, 1) for f in factors if isinstance(f, Variable) and f.symbol == "a"]
            if replaced and not (self.stage.square and self.written is not row):
                self.play(Indicate(replaced[0], color=self.theme.highlight, scale_factor=1.3), run_time=1.4)

    def handover(self) -> Sequence[Mobject]:
        """The network and its cost."""
        return [self.network]

    # -- moves -----------------------------------------------------------------

    @property
    def steep(self) -> list[VMobject]:
        """The edges into the last layer with the largest derivatives."""
        slopes = self.last_slopes
        most = max(map(abs, slopes.values()), default=0.0)
        edges = self.network.diagram.edges
        return [edges[weight] for weight, slope in slopes.items() if slope and abs(slope) >= most / 2]

    @property
    def falling(self) -> list[VMobject]:
        """Those with negative ones."""
        edges = self.network.diagram.edges
        return [edges[weight] for weight, slope in self.last_slopes.items() if slope < 0]

    @property
    def last_slopes(self) -> dict[Variable, float]:
        """The derivatives by the weights into the last layer that are drawn."""
        drawn = (weight for weight in self.network.diagram.edges if weight.layer == self.trace.L)
        return {weight: self.view.value(d(C, weight)) for weight in drawn}

    def coming(self, name: str) -> list[Animation]:
        """An equation comes; in a square it takes the place of the one before it."""
        before, self.written = self.written, self.rows[name]
        leaving = [FadeOut(before, shift=UP * 0.15)] if self.stage.square and before is not None else []
        return [*leaving, FadeIn(self.rows[name], shift=UP * 0.15)]

    def pulse(self, layer: int) -> AnimationGroup:
        """Lights back along the edges into a layer."""
        return edge_pulse(self.network.diagram, layer, self.recursion.colour, backward=True)

    def slopes_of(self, layer: int, *, run_time: float) -> None:
        """The edges into a layer become their derivatives, and the matrix has them in numbers."""
        matrix = self.matrices[layer]
        going = [FadeOut(self.matrices[layer + 1])] if layer < self.trace.L else []
        self.play(self.handed.strengthening(layer), *going, run_time=run_time / 2)
        self.play(FadeIn(matrix, shift=RIGHT * 0.3), run_time=run_time / 2)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def recursion(self) -> Recursion:
        """What is handed back."""
        return Recursion.of(self.view, self.lesson.look.notation)

    @cached_property
    def handed(self) -> Handed:
        """What the pass leaves on the network."""
        return Handed(self.network, self.recursion)

    @cached_property
    def rows(self) -> Mapping[str, Formula]:
        """The recursion, equation by equation."""
        recursion = self.recursion
        found = {"start": recursion.start, "weight": recursion.weight}
        if recursion.back is not None:
            found["back"] = recursion.back
        room = rooms(self.stage)["beside"]
        if self.stage.square:
            return {name: stacked(self.view, [e], room.band(_SHARE, 1.0), em=0.56)[0] for name, e in found.items()}
        room = room.band(0.355, 1.0)
        return dict(
            zip(
                found,
                stacked(self.view, list(found.values()), room, em=0.56),
                strict=True,
            )
        )

    @cached_property
    def matrices(self) -> Mapping[int, VGroup]:
        """The derivatives by the weights into each layer."""
        room = rooms(self.stage)["beside"].band(0.0, _SHARE if self.stage.square else 0.31)
        return {layer: self.matrix_of(layer, room) for layer in range(1, self.trace.L + 1)}

    def matrix_of(self, layer: int, room: Region) -> VGroup:
        """One of them, with its name."""
        # The course's Θ holds the biases, too.
        view, slopes = self.view, Slopes(layer, bias=self.lesson.look.notation == "delta", of=C)
        name = Typeset(f"$display({name_of(view, slopes)})$", em=_NAME, colour=self.theme.cost)
        sign = Typeset("$approx$", em=_NAME, colour=self.theme.ink)
        em, most = MOST, _MOST
        shown = [view.value(d(C, weight)) for weight in self.handed.edges if weight.layer == layer]
        decimals = max(enough_digits(value, view.decimals) for value in shown)
        least = max((enough_digits(value, 1) for value in shown if value), default=decimals) - 1
        while True:
            numbers = MatrixPicture(view, slopes, em=em, decimals=decimals, most=most, colour=self.theme.cost)
            whole = VGroup(name, sign, numbers).arrange(RIGHT, buff=0.2)
            if whole.width <= room.width and whole.height <= room.height:
                return self.stage.place(whole, room)
            if em * _SMALLER >= LEAST:
                em *= _SMALLER
            elif most > _FEWEST:
                em, most = LEAST, most - 1
            elif decimals > max(least, view.decimals):
                decimals -= 1
            else:
                return self.stage.place(whole, room)
