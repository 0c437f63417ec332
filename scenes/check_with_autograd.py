"""Check with autograd: the derivatives of the lesson beside those of an automatic-differentiation library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import DOWN, LEFT, UP, Create, FadeIn, Indicate, LaggedStart, Mobject, VGroup

from bp_core.equations import Equation
from bp_core.nodes import Expression, Number
from bp_core.quantities import C, Variable, d
from bp_script.autograd_file import AutogradFile, AutogradFileError, autograd_of
from bp_script.language import N_
from bp_script.lesson import Lesson
from bp_script.numerals import EXACT
from scenes.kit.calculus.batch import parameter_count
from scenes.kit.calculus.quoted import Quoted
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

#: Decimals of a derivative.
_DECIMALS = 7
OURS, THEIRS = 0, 1


class CheckWithAutograd(Chapter):
    """The same derivatives from backpropagation and from an automatic-differentiation library, line by line."""

    title = N_("The same numbers from a library")
    example_lesson = "output_and_hidden"

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """It needs the library's file beside the lesson, made for this network, cost and example."""
        try:
            _file(lesson, parameters)
        except AutogradFileError as error:
            return Unsuited(str(error))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "ours": self.tr(
                "These are the derivatives of this example's loss, worked out by the two rules, from the back."
            ),
            "library": self.tr(
                "In practice nobody writes them down. A library notes every step of the forward pass, "
                "and takes its derivative automatically. That is backpropagation, too."
            ),
            "theirs": self.tr(
                "Here is what %(library)s found for the same network and the same example.", library=self.file.library
            ),
            "compare": self.tr("Line by line, they are the same. %(verdict)s", verdict=self.verdict),
            "so": self.tr(
                "So whether by hand or by a library, the rules are these two: delta at the output, "
                "and delta handed back along the edges."
            ),
        }

    @property
    def verdict(self) -> str:
        """How far they are apart, in words."""
        apart = abs(self.view.value(self.difference))
        if apart == 0:
            return self.tr("No two of them differ in a single digit.")
        if apart <= EXACT * max(1.0, *(abs(self.view.value(d(C, row))) for row in self.every)):
            return self.tr("What differs is rounding, far behind the digits shown.")
        return self.tr("The largest difference stands below.")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003
        """None: two programs are compared."""
        return []

    def construct(self) -> None:
        """From our numbers to theirs."""
        self.open_with(coming=[self.diagram])
        self.list_ours()
        self.tell_of_the_library()
        self.list_theirs()
        self.compare()
        self.conclude()

    def list_ours(self) -> None:
        """The derivatives come into the table, layer by layer from the back."""
        table = self.table
        with self.beat("ours"):
            self.play(Create(table.rule), FadeIn(table.headings[OURS]), run_time=0.8)
            for layer in range(self.trace.L, 0, -1):
                rows = [row for row in table.rows if row.layer == layer]
                pulse = edge_pulse(self.diagram, layer, self.theme.error, backward=True)
                lines = (FadeIn(table.symbols[row], table.cell(row, OURS), shift=0.1 * LEFT) for row in rows)
                self.play(LaggedStart(pulse, *lines, lag_ratio=0.2), run_time=2.5)
            if len(table.more):
                self.play(FadeIn(table.more), run_time=0.5)

    def tell_of_the_library(self) -> None:
        """A forward pass that is noted."""
        with self.beat("library"):
            layers = range(1, self.trace.L + 1)
            forward = [edge_pulse(self.diagram, layer, self.theme.activation) for layer in layers]
            back = [edge_pulse(self.diagram, layer, self.theme.error, backward=True) for layer in reversed(layers)]
            self.play(LaggedStart(*forward, *back, lag_ratio=0.8), run_time=6)

    def list_theirs(self) -> None:
        """The library's column, with its name and version."""
        table = self.table
        with self.beat("theirs"):
            self.play(FadeIn(table.headings[THEIRS], self.named, shift=0.15 * DOWN), run_time=1)
            column = [FadeIn(value) for value in table.column(THEIRS)]
            self.play(LaggedStart(*column, lag_ratio=0.3), run_time=3)

    def compare(self) -> None:
        """Line by line, and the largest difference of all."""
        table = self.table
        with self.beat("compare"):
            pairs = (VGroup(table.cell(row, OURS), table.cell(row, THEIRS)) for row in table.rows)
            self.play(LaggedStart(*(Indicate(pair, color=None) for pair in pairs), lag_ratio=0.3), run_time=3)
            self.play(FadeIn(self.foot, shift=0.15 * UP), run_time=1)

    def conclude(self) -> None:
        """The network once more."""
        with self.beat("so"):
            back = [
                edge_pulse(self.diagram, layer, self.theme.error, backward=True) for layer in range(self.trace.L, 0, -1)
            ]
            self.play(LaggedStart(*back, lag_ratio=0.8), run_time=3)

    def handover(self) -> Sequence[Mobject]:
        """Nothing."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def file(self) -> AutogradFile:
        """What the library says."""
        return _file(self.lesson, self.parameters)

    @cached_property
    def theirs(self) -> Quoted:
        """The library's values."""
        return Quoted.beside(self.view, self.file.values, self.file.source)

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network."""
        upper = self.stage["body"].band(0.76 if self.stage.square else 0.66, 1.0)
        room = upper if self.stage.stacked else self.stage["diagram"]
        return NetworkDiagram(self.view, room.column(0.0, 0.96))

    @property
    def every(self) -> list[Variable]:
        """All weights and biases, from the last layer to the first."""
        return sorted(self.trace.network.parameters(), key=lambda p: -p.layer if isinstance(p.layer, int) else 0)

    @property
    def writing(self) -> Region:
        """Where the table and what belongs to it stand."""
        if not self.stage.stacked:
            return self.stage["right"]
        return self.stage["body"].band(0.0, 0.74 if self.stage.square else 0.62)

    @property
    def places(self) -> tuple[Region, Region, Region]:
        """Where the table stands, the library's name and the difference."""
        room = self.writing
        if self.stage.square:
            return room.band(0.22, 1.0), room.band(0.135, 0.195), room.band(0.0, 0.095)
        return room.band(0.16, 1.0), room.band(0.095, 0.15), room.band(-0.01, 0.065)

    @cached_property
    def table(self) -> ValueTable:
        """A line for each parameter, as many as there is room for, some of each layer."""
        room, every = self.places[0], self.every
        least = self.stage.least_em
        lines = ValueTable.room(self.view, every[:1], room, least=least, wanted=len(every))
        rows = every if len(every) <= lines else _some(every, max(1, lines - 1))
        digits = decimals_for([self.view.value(d(C, row)) for row in rows], _DECIMALS)
        sides = (self.tr("backpropagation"), self.view), (self.file.library, self.theirs)
        columns = [
            Column(name, view, lambda row: d(C, row), digits, signed=True, colour=self.theme.cost)
            for name, view in sides
        ]
        return ValueTable(
            self.view, rows, columns, room, least=least, of=parameter_count(self.trace.sizes), slopes=True
        )

    @cached_property
    def named(self) -> Words:
        """The library with its version, as its file says."""
        words = Words(self.file.source, em=0.8 * self.stage.least_em, colour=self.theme.quiet, from_lesson=True)
        return self.stage.place(words, self.places[1], across=1.0, up=1.0)

    @cached_property
    def difference(self) -> Expression:
        """The largest difference of all derivatives."""
        theirs = {row: Number(self.theirs.value(d(C, row))) for row in self.every}
        differences = [way for row, value in theirs.items() for way in (d(C, row) - value, value - d(C, row))]
        return max(differences, key=self.view.value)

    @cached_property
    def foot(self) -> VGroup:
        """The largest difference."""
        em = self.stage.least_em
        words = Words(self.tr("largest difference of all"), em=0.8 * em, colour=self.theme.quiet)
        value = Value(self.view, self.difference, em=0.8 * em, colour=self.theme.ink, decimals=1)
        line = VGroup(words, value).arrange(buff=0.25)
        room = self.places[2]
        # A decimal comma hangs below the line: for that the letters need not become smaller.
        deep = Region(room.left, room.right, room.top - max(room.height, line.height), room.top)
        self.stage.place(line, deep, across=1.0, up=0.0)
        value.set_baseline(words.baseline)
        return line


def _file(lesson: Lesson, parameters: Any) -> AutogradFile:
    trace = lesson.trace()
    return autograd_of(lesson, trace if parameters.example is None else trace.with_focus(parameters.example))


def _some(every: Sequence[Variable], count: int) -> list[Variable]:
    """So many of the parameters, as evenly taken from all layers as may be, in their order."""
    layers = sorted({p.layer for p in every if isinstance(p.layer, int)}, reverse=True)
    queues = [[p for p in every if p.layer == layer] for layer in layers]
    chosen: list[Variable] = []
    while len(chosen) < count and any(queues):
        for queue in queues:
            if queue and len(chosen) < count:
                chosen.append(queue.pop(0))
    return [parameter for parameter in every if parameter in chosen]
