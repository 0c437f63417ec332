"""Classification: one output for two classes, one each for more; cross-entropy, and the cost of the whole data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Indicate, LaggedStart, VGroup

from bp_core import averages, general
from bp_core.equations import Equation
from bp_core.matrices import Vector
from bp_core.nodes import Expression, Sum
from bp_core.quantities import C, J, Variable, a, y
from bp_script.errors import one_of
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.classes import several_classes, short_cost, two_classes
from scenes.kit.chapter import Unsuited
from scenes.kit.layerwise import Layerwise, flashed
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lines import broken
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import READABLE_EM, Typeset
from scenes.kit.otherwise import EquationThere
from scenes.kit.pictures.diagram import Neuron
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.matrix import MatrixLine
from scenes.kit.stage import Region
from scenes.kit.view import View

_COSTS = ("binary_cross_entropy", "cross_entropy")
#: Lines of a list at most.
_LINES = 5
#: Letters of the pair of an output and its target, and of headings.
_LETTERS_EM, _LINES_EM = 0.5, 0.4
#: Between the columns and what stands beside them.
_GAP = 0.3
#: What a pair too wide is made smaller by, beyond what it has to.
_SPARE = 0.95
#: How much wider the columns of outputs and targets may be where they have powers of ten.
_COLUMNS_SCALE = 1.4


class Classification(Layerwise):
    """A classifier's outputs and targets, for two classes and for several; its cost, and the penalty on its weights."""

    title = N_("Networks that classify")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:  # noqa: ARG003 - it takes no keys of its own
        """Only a classifier has classes."""
        if lesson.cost.function not in _COSTS:
            return Unsuited(
                tr(
                    "expected a cost of classifiers, %(costs)s; got %(cost)s",
                    costs=one_of(_COSTS),
                    cost=lesson.cost.function,
                )
            )
        if lesson.network.sizes[-1] == 1 and lesson.network.activations[-1] == "softmax":
            return Unsuited(tr("expected several outputs of softmax; got one, which is always the same"))
        return None

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "question": self.tr(
                "A classifier is given measurements, and answers with probabilities: how likely each class is."
            ),
            "binary": self.tr(
                "For two classes, one output is enough. "
                "The target y is one for the one class and zero for the other. "
                "The cost is cross-entropy, with a minus sign: {@negative} logarithms of probabilities are negative."
            ),
            "several": self._several_words,
            "value": self._value_words,
            "whole": self._whole_words,
            **(
                {
                    "penalty": self.tr(
                        "The second term keeps weights small. It squares every weight of the network. "
                        "Biases are left out."
                    )
                }
                if self.trace.cost.l2
                else {}
            ),
        }

    @property
    def _several_words(self) -> str:
        one_hot = all(value in {0.0, 1.0} for value in self.several.trace.data.y[self.several.trace.focus].tolist())
        if one_hot:
            return self.tr(
                "For more classes, each gets an output of its own, and the target is one for the right class "
                "and zero for all others. The cost adds up over the outputs."
            )
        return self.tr(
            "For more classes, each gets an output of its own, and each has its own target. "
            "The cost adds up over the outputs."
        )

    @property
    def _value_words(self) -> str:
        if short_cost(self.several.trace) is None:
            return self.tr("For this example, it comes to {C:.2f}.")
        return self.tr(
            "Only the right class counts: the more probability it gets, the lower the cost. Here it is {C:.2f}."
        )

    @property
    def _whole_words(self) -> str:
        if self.trace.cost.l2:
            return self.tr("The cost of the whole data set is the average over its {m:d} examples, and a penalty.")
        return self.tr("The cost of the whole data set is the average over its {m:d} examples.")

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - it takes no keys of its own
        """Both costs of an example, and the whole cost."""
        found: list[Equation] = [averages.total_cost(view.trace)]
        for other in (two_classes(view).trace, several_classes(view).trace):
            equation = general.cost(other)
            found.append(EquationThere(equation.left, equation.right, other))
        return found

    def construct(self) -> None:
        """Two classes, several, all examples."""
        self.open_with(self.diagram)
        self.ask()
        self.take_two_classes()
        self.take_several()
        self.read_the_value()
        self.take_the_whole_data_set()
        if self.trace.cost.l2:
            self.keep_weights_small()

    def handover(self) -> list[Any]:
        """The network alone."""
        return [self.diagram]

    def ask(self) -> None:
        """The measurements run through the network to the outputs."""
        with self.beat("question"):
            self.play(LaggedStart(*map(FadeIn, self.given), lag_ratio=0.15), run_time=1.2)
            self.play(self.ringed(0, self.theme.highlight), run_time=1.0)
            for layer in range(1, self.trace.L + 1):
                self.play(edge_pulse(self.diagram, layer, self.theme.activation), run_time=0.9)
            self.play(self.ringed(self.trace.L, self.theme.highlight), run_time=1.0)
            self.play(LaggedStart(*map(FadeIn, self.answer), lag_ratio=0.15), run_time=1.2)

    def take_two_classes(self) -> None:
        """One output, one target, and their cost."""
        with self.beat("binary"):
            self.play(FadeOut(self.given, self.answer), run_time=0.6)
            self.play(FadeIn(self.heading_of_two, shift=0.1 * UP), run_time=0.7)
            self.play(FadeIn(self.output, scale=0.8), run_time=0.9)
            self.wait(0.8)
            self.play(FadeIn(self.target, shift=0.1 * LEFT), run_time=0.9)
            self.wait(2)
            self.play(FadeIn(self.cost_of_two, shift=0.1 * UP), run_time=1.2)
            self.wait_until("negative")
            self.play(Indicate(self.cost_of_two.side(1), color=None, scale_factor=1.05), run_time=1.4)

    def take_several(self) -> None:
        """A column of outputs, a column of targets, and their cost."""
        line = self.columns
        outputs, targets = line.pictures
        with self.beat("several"):
            self.play(FadeIn(self.heading_of_several, shift=0.1 * UP), run_time=0.7)
            self.play(FadeIn(outputs, line.names[0]), run_time=1.0)
            self.wait(1.2)
            self.play(FadeIn(targets, line.names[1]), run_time=1.0)
            self.wait(1.5)
            self.play(FadeIn(self.cost_of_several, shift=0.1 * UP), run_time=1.2)

    def read_the_value(self) -> None:
        """What is left of the sum, in numbers."""
        outputs, targets = self.columns.pictures
        with self.beat("value"):
            right = max(targets.rows.kept, key=lambda j: targets.entry(j).shown.value)
            lit = [Indicate(picture.entry(right), color=self.theme.highlight) for picture in (targets, outputs)]
            self.play(LaggedStart(*lit, lag_ratio=0.5), run_time=1.8)
            self.play(FadeIn(self.value_of_several, shift=0.1 * UP), run_time=1.0)

    def take_the_whole_data_set(self) -> None:
        """J in symbols and its value."""
        leaving: list[Any] = [self.heading_of_two, self.output, self.target, self.cost_of_two, self.heading_of_several]
        with self.beat("whole"):
            self.play(FadeOut(*leaving, self.columns, self.cost_of_several, self.value_of_several), run_time=0.9)
            self.play(
                FadeIn(self.total.side(0), self.total.relation(1), self.total.side(1), shift=0.1 * UP), run_time=1.2
            )
            self.add(self.total)
            self.play(FadeIn(self.total_value), run_time=0.8)

    def keep_weights_small(self) -> None:
        """The edges light up."""
        with self.beat("penalty"):
            self.play(Indicate(self.penalty, color=self.theme.highlight, scale_factor=1.08), run_time=1.4)
            lights = [flashed(edge, self.theme.weight) for edge in self.diagram.edges.values()]
            self.play(*lights, run_time=2.0)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Two panels, each with its picture and its formula; in a stacked stage a heading above its picture."""
        rooms = super().rooms
        work = rooms["work"]
        stacked = self.stage.stacked
        upper, lower = work.band(0.6 if stacked else 0.66, 1.0), work.band(0.0, 0.575 if stacked else 0.61)
        share = 0.38 if stacked else 0.27
        return {
            **rooms,
            "given": work.band(0.2, 0.85).column(0.0, 0.44),
            "answer": work.band(0.2, 0.85).column(0.56, 1.0),
            "heading of two": upper.band(0.83, 1.0) if stacked else upper.band(0.46, 1.0).column(0.0, 0.55),
            "two": upper.band(0.3, 0.8) if stacked else upper.band(0.4, 1.0).column(0.56, 1.0),
            "cost of two": upper.band(0.0, 0.28 if stacked else 0.37),
            "heading of several": lower.band(0.87, 1.0),
            "several": lower.band(0.06, 0.8).column(0.0, share),
            "long cost": lower.band(0.43, 0.86),
            "several below": lower.band(0.0, 0.41).column(0.0, share),
            "value of several": lower.band(0.02, 0.26).column(share + 0.04, 1.0),
            "cost of several": lower.band(0.285, 0.835).column(share + 0.04, 1.0),
        }

    @cached_property
    def given(self) -> VGroup:
        """The inputs by name, with their values."""
        return self._list([a(0, k) for k in range(self.trace.sizes[0])], self.lesson.input_names, "given")

    @cached_property
    def answer(self) -> VGroup:
        """The outputs by the names of their classes."""
        L = self.trace.L
        return self._list([a(L, j) for j in range(self.trace.sizes[L])], self.lesson.class_names, "answer")

    def _list(self, quantities: Sequence[Variable], names: Sequence[str], room: str) -> VGroup:
        """A line for each: its name, or its symbol where it has none, and its value; the first ones of many."""
        rows, pitch = VGroup(), self.stage.least_em * 2
        for place, quantity in enumerate(quantities[:_LINES]):
            name: Typeset
            if names:
                name = Words(names[place], em=0.4, colour=self.theme.ink, from_lesson=True)
            else:
                name = Typeset(
                    f"${self.view.notation.variable(quantity, self.view.net)}$", em=0.5, colour=self.theme.ink
                )
            value = Value(self.view, quantity, em=0.4)
            name.set_baseline(-place * pitch)
            value.set_baseline(-place * pitch)
            rows.add(VGroup(name.shift(-name.get_left()[0] * RIGHT), value))
        at = max(row[0].width for row in rows) + self.stage.least_em
        for row in rows:
            row[1].shift((at - row[1].get_left()[0]) * RIGHT)
        return self.stage.place(rows, self.rooms[room])

    @cached_property
    def two(self) -> View:
        """The classifier of two classes."""
        return two_classes(self.view)

    @cached_property
    def several(self) -> View:
        """The classifier of several."""
        return several_classes(self.view)

    @cached_property
    def heading_of_two(self) -> Words:
        """What the upper panel shows."""
        names = self.lesson.class_names
        if len(names) < 2 or self.trace.network.activations[-1] != "softmax":
            return self._heading_line(self.tr("two classes: one output"), "heading of two")
        words = self.tr("%(one)s or %(other)s: one output", one=names[0], other=names[1])
        return self._heading_line(words, "heading of two", from_lesson=True)

    @cached_property
    def heading_of_several(self) -> Words:
        """What the lower panel shows."""
        return self._heading_line(self.tr("several classes: an output for each"), "heading of several")

    def _heading_line(self, words: str, room: str, *, from_lesson: bool = False) -> Words:
        """A heading; one too long for its room goes on below its colon."""
        write = partial(Words, em=_LINES_EM, colour=self.theme.quiet, from_lesson=from_lesson)
        heading, first = write(words), write(words[: words.rfind(":") + 1] or words)
        if heading.width > self.rooms[room].width > first.width:
            heading = write(words, width=first.width + _LINES_EM / 2)
        return self.stage.place(heading, self.rooms[room], across=0.0)

    @cached_property
    def pair(self) -> VGroup:
        """The one output with its letter, and the target beside it; room for a power of ten in the output."""
        room, pair = self.rooms["two"], self._pair(_LETTERS_EM)
        if pair.width > room.width and "e" in pair[0][0].value.shown.text:
            pair = self._pair(_LETTERS_EM * room.width / pair.width * _SPARE)
        return self.stage.place(pair, room, across=0.5 if self.stage.stacked else 1.0)

    def _pair(self, em: float) -> VGroup:
        theme, L, net = self.theme, self.trace.L, self.two.net
        gap = 0.2 if self.stage.stacked else 0.4
        neuron = Neuron(self.two, a(L, 0), radius=0.5, brightest=1.0, ring=theme.activation)
        letter = Typeset(f"${self.two.notation.variable(a(L, 0), net)}$", em=em, colour=theme.activation)
        symbol = Typeset(f"${self.two.notation.variable(y(0), net)} =$", em=em, colour=theme.target)
        value = Value(self.two, y(0), em=0.92 * em, colour=theme.target, decimals=_whole(self.two, y(0)))
        letter.next_to(neuron, LEFT, buff=gap * em)
        symbol.next_to(neuron, RIGHT, buff=2 * gap * em)
        value.next_to(symbol, RIGHT, buff=0.14)
        value.set_baseline(symbol.baseline)
        return VGroup(VGroup(neuron, letter), VGroup(symbol, value))

    @property
    def output(self) -> VGroup:
        """The output."""
        return self.pair[0]

    @property
    def target(self) -> VGroup:
        """The target."""
        return self.pair[1]

    @cached_property
    def cost_of_two(self) -> Formula:
        """Its cross-entropy."""
        formula = Formula(self.two, C, general.cost(self.two.trace).right, em=0.5)
        return self.stage.place(formula, self.rooms["cost of two"], across=0.0)

    @cached_property
    def columns(self) -> MatrixLine:
        """Outputs and targets."""
        L = self.trace.L
        pieces = [Vector("a", L), Vector("y", L)]
        room = self.rooms["several below" if self.long_cost else "several"]
        line = MatrixLine(self.several, pieces, room, shaped=False)
        if not line.readable:
            # Powers of ten are long.
            room = replace(room, right=room.left + _COLUMNS_SCALE * room.width)
            line = MatrixLine(self.several, pieces, room, shaped=False)
        return line.shift((room.left - line.get_left()[0]) * RIGHT)

    @cached_property
    def cost_of_several(self) -> Formula:
        """Their cross-entropy."""
        room = self.rooms["long cost" if self.long_cost else "cost of several"]
        if not self.long_cost:
            room = self._beside_columns(room)
        return self.stage.place(self._cost_in(room), room, across=0.0)

    def _beside_columns(self, room: Region) -> Region:
        """What the columns leave of a room."""
        return replace(room, left=max(room.left, self.columns.get_right()[0] + _GAP))

    def _cost_in(self, room: Region) -> Formula:
        right = general.cost(self.several.trace).right
        return Formula.fitting(self.several, C, right, em=0.56, width=room.width, height=room.height)

    @cached_property
    def long_cost(self) -> bool:
        """Whether it cannot be read beside the columns, and stands above them in a tall frame."""
        return self.stage.stacked and self._cost_in(self.rooms["cost of several"]).em < READABLE_EM

    @cached_property
    def value_of_several(self) -> Formula:
        """What it comes to."""
        short = short_cost(self.several.trace)
        sides: list[Side | Expression] = [C] if short is None else [C, Side.numbers(short)]
        formula = Formula(self.several, *sides, Side.value(C), em=0.56)
        return self.stage.place(formula, self._beside_columns(self.rooms["value of several"]), across=0.0)

    @cached_property
    def total(self) -> Formula:
        """J as an average, and the penalty."""
        equation = averages.total_cost(self.trace)
        formula = Formula(self.view, equation.left, equation.right, em=0.66)
        if isinstance(equation.right, Sum):
            formula = broken(formula, equation.right, (1,), lines=2, height=3)
        return self.stage.place(formula, self.rooms["work"].band(0.22, 0.97))

    @cached_property
    def penalty(self) -> VGroup:
        """Its second term."""
        return VGroup(*(group for key, group in self.total.keyed().items() if key[:2] == (1, 1)))

    @cached_property
    def total_value(self) -> Formula:
        """J in numbers."""
        formula = Formula(self.view, J, Side.value(J), em=0.62, decimals=self.view.decimals + 1)
        formula.next_to(self.total, DOWN, buff=0.6, aligned_edge=LEFT)
        return formula


def _whole(view: View, quantity: Any) -> int:
    """No digits after the point where they would tell nothing."""
    return 0 if view.value(quantity) in {0.0, 1.0} else view.decimals
