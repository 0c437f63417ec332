"""The final equations: the whole algorithm on one card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Indicate, LaggedStart, Line, VGroup
from pydantic import Field

from bp_core.equations import Equation
from bp_script.language import N_
from scenes.kit.calculus.layered_chapter import LayeredChapter
from scenes.kit.calculus.recursion import Recursion, forward
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.text import Words
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.rows import stacked
from scenes.kit.stage import Region
from scenes.kit.view import View


class FinalEquations(LayeredChapter):
    """The whole algorithm on one card: forward on the left, backward on the right, all indices general."""

    title = N_("The whole algorithm")

    class Parameters(BaseParameters):
        """Which neurons are drawn in any case."""

        parameter: ParameterName = Field("w[L][0][0]", description="A weight whose neurons are drawn in any case.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        words = {
            "forward": tr(
                "Here is all of it. Forward: from the input, layer by layer, sums and activations, to the cost."
            ),
            "start": tr("Backward: it starts at the outputs, with the formula of the cost."),
        }
        if self.trace.L > 1:
            words["back"] = tr("From each layer to the one before, everything is added up over all paths.")
        words["parameters"] = tr("And on the way, each weight and each bias gets its derivative.")
        words["card"] = tr("These lines hold for any number of layers, and any number of neurons in each.")
        return words

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """All of them, in both forms that a notation may ask for."""
        found = list(forward(view).values())
        for by_delta in (False, True):
            recursion = Recursion(view, by_delta)
            if by_delta or view.trace.network.activations[-1] != "softmax":
                back = [recursion.back] if recursion.back else []
                found += [recursion.start, *back, recursion.weight, recursion.bias]
        return found

    def construct(self) -> None:
        """Forward, backward, and all of it at once."""
        self.open_with(self.network)
        self.go_forward()
        self.start_backward()
        if self.trace.L > 1:
            self.hand_back()
        self.reach_the_parameters()
        self.see_the_card()

    def go_forward(self) -> None:
        """The equations come as the signal reaches their place in the network; then they take its place."""
        network, lines = self.network, list(self.forward.values())
        with self.beat("forward"):
            pulses = [edge_pulse(network.diagram, layer, self.theme.activation) for layer in range(1, self.trace.L + 1)]
            coming = [FadeIn(line, shift=RIGHT * 0.2) for line in lines]
            if self.in_turn:
                self.play(LaggedStart(*pulses, lag_ratio=0.7), run_time=2)
                self.play(FadeOut(network), FadeIn(self.headings[0], shift=UP * 0.1), run_time=0.8)
                self.play(LaggedStart(*coming, lag_ratio=0.7), run_time=3)
                return
            self.play(
                LaggedStart(*pulses, lag_ratio=0.7, run_time=3),
                LaggedStart(*coming, lag_ratio=0.7, run_time=4.5),
                FadeIn(self.headings[0], shift=UP * 0.1),
            )
            way = self.columns[0].centre - self.columns[1].centre
            self.play(FadeOut(network, shift=LEFT * 0.5), run_time=0.8)
            self.play(VGroup(self.headings[0], *lines).animate.shift(way), run_time=1.2)

    def start_backward(self) -> None:
        """The first equation of the way back."""
        with self.beat("start"):
            if self.in_turn:
                self.play(FadeOut(self.headings[0], *self.forward.values()), run_time=0.6)
            else:
                self.play(Create(self.wall), run_time=0.6)
            self.play(FadeIn(self.headings[1], shift=UP * 0.1), run_time=0.8)
            self.play(FadeIn(self.backward["start"], shift=LEFT * 0.3), run_time=1)

    def hand_back(self) -> None:
        """The recursion."""
        with self.beat("back"):
            self.play(FadeIn(self.backward["back"], shift=LEFT * 0.3), run_time=1)

    def reach_the_parameters(self) -> None:
        """What weights and biases get."""
        with self.beat("parameters"):
            coming = [FadeIn(self.backward[name], shift=DOWN * 0.2) for name in ("weight", "bias")]
            self.play(LaggedStart(*coming, lag_ratio=0.8), run_time=2.4)

    def see_the_card(self) -> None:
        """Everything together."""
        with self.beat("card", rest=2.0):
            lines = [*(() if self.in_turn else self.forward.values()), *self.backward.values()]
            lights = [Indicate(line, color=None, scale_factor=1.06) for line in lines]
            self.play(LaggedStart(*lights, lag_ratio=0.5), run_time=5)

    # -- what is shown ---------------------------------------------------------

    @property
    def in_turn(self) -> bool:
        """Whether the halves stand one after the other, where a frame has room for one."""
        body = self.stage["body"]
        return self.stage.stacked and body.height < body.width

    @property
    def columns(self) -> Sequence[Region]:
        """Where the two halves of the card stand."""
        body = self.stage["body"]
        if self.in_turn:
            return [body, body]
        if self.stage.stacked:
            return [body.band(0.52, 1.0), body.band(0.0, 0.48)]
        return [body.column(0.0, 0.48), body.column(0.52, 1.0)]

    @property
    def lines_room(self) -> Sequence[Region]:
        """Where their equations stand, below the headings."""
        return [column.band(0.0, 0.87) for column in self.columns]

    @cached_property
    def headings(self) -> Sequence[Words]:
        """What the halves are called; the first stands where its equations come."""
        tops = [column.band(0.93, 1.0) for column in (self.columns[1], self.columns[1])]
        return [
            self.stage.place(Words(said, em=0.42, colour=self.theme.quiet), top, across=0.5)
            for said, top in zip((self.tr("forward"), self.tr("backward")), tops, strict=True)
        ]

    @cached_property
    def wall(self) -> Line:
        """A thin line between the halves."""
        one, other = self.columns
        if self.stage.stacked:
            ends = [one.left, (one.bottom + other.top) / 2, 0], [one.right, (one.bottom + other.top) / 2, 0]
        else:
            middle = (one.right + other.left) / 2
            ends = [middle, one.bottom, 0], [middle, one.top, 0]
        return Line(*ends, color=self.theme.faint, stroke_width=2)

    @cached_property
    def forward(self) -> Mapping[str, Formula]:
        """The forward pass; at first where the backward pass will stand."""
        found = forward(self.view)
        lines = stacked(self.view, list(found.values()), self.lines_room[1], em=0.56)
        return dict(zip(found, lines, strict=True))

    @cached_property
    def backward(self) -> Mapping[str, Formula]:
        """The backward pass."""
        recursion = Recursion.of(self.view, self.lesson.look.notation)
        found = {"start": recursion.start}
        if recursion.back is not None:
            found["back"] = recursion.back
        found |= {"weight": recursion.weight, "bias": recursion.bias}
        lines = stacked(self.view, list(found.values()), self.lines_room[1], em=0.56)
        return dict(zip(found, lines, strict=True))
