"""One example: which outputs it wants to rise or fall, and how it would nudge each weight and bias for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    GrowFromPoint,
    Indicate,
    LaggedStart,
    Mobject,
    Transform,
    VGroup,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.nodes import Expression, Negative
from bp_core.quantities import C, Variable, a, b, d, w
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.batch import parameter_count
from scenes.kit.calculus.wishes import (
    FROM,
    NUDGE,
    farthest,
    here_is,
    nudge_equation,
    nudge_grows_with,
    nudge_table,
    off,
    one_vector,
    output_nudges,
    strongest,
    take,
    wanted,
)
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.letters.formula import Formula
from scenes.kit.motion.moves import Morph
from scenes.kit.parameters import BaseParameters, Range, Whole
from scenes.kit.pictures.answering import AnsweringNetwork
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.input_picture import InputPicture, NudgePictures, picture_shape
from scenes.kit.pictures.nudge_table import NudgeTable, nudge
from scenes.kit.pictures.table import ValueTable
from scenes.kit.pictures.targets import Targets
from scenes.kit.pictures.wish_marks import FAINT, NeuronWishes, ParameterWishes
from scenes.kit.stage import Region
from scenes.kit.view import View


class OneExample(Chapter):
    """One example's wishes: outputs that should rise or fall, and the nudge it gives each weight and bias for that."""

    title = N_("What one example wants")
    example_lesson = "what_examples_want"

    class Parameters(BaseParameters):
        """Where to look closely."""

        output: Annotated[Whole, Range(0)] | None = Field(
            None, description="The output whose weights are nudged first, if not the one that is farthest off."
        )

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """The output has to be there."""
        count = lesson.network.sizes[-1]
        if parameters.output is None or parameters.output < count:
            return None
        told = tr(
            "expected the number of an output, from 0 to %(last)s; got %(got)s", last=count - 1, got=parameters.output
        )
        return Unsuited(told, "output")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        several = self.trace.sizes[-1] > 1
        return {
            "input": self.tr(
                "%(here)s Its {n[0]:d} numbers go in, and layer by layer the network answers.",
                here=here_is(self.lesson, self.view),
            ),
            "target": self.tr("Beside each output stands what it should have been.")
            if several
            else self.tr("Beside the output stands what it should have been."),
            "wishes": self.tr(
                "So the example has wishes. %(wanted)s The longer the arrow, the farther it is off.",
                wanted=wanted(self.view),
            ),
            "one": self.tr(
                "%(take)s It can be moved by each of the weights that lead into it, and by its bias.",
                take=take(self.view, chosen=self.parameters.output is not None),
            ),
            "nudge": self.tr(
                "Each is nudged by minus the derivative of this example's cost. {@more}%(more)s "
                "{@bias}The bias counts as a weight from a neuron that is always at one.",
                more=nudge_grows_with(self.view),
            ),
            "others": self.tr("The other outputs nudge their own weights in the same way.")
            if several
            else self.tr("Now for the layer before."),
            "before": self.tr(
                "They cannot set the activations before them, but they would like them changed. "
                "For each neuron, all these wishes add up."
            )
            if several
            else self.tr("The output cannot set the activations before it, but it would like them changed."),
            "earlier": self.tr(
                "With these wishes, the layer before nudges its own weights, and so on back to the first layer."
            )
            if self.trace.L > 2
            else self.tr("With these wishes, the layer before nudges its own weights."),
            "picture": self.tr("There, the nudges of each neuron are the picture itself, times one number."),
            "column": self.tr(
                "All in all, the example hands out %(count)s nudges. "
                "Written in a column, they are minus the gradient of its cost.",
                count=f"{{{parameter_count(self.trace.sizes)}:d}}",
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The nudges that are worked out: of the last layer, and of the first."""
        j = farthest(view) if parameters.output is None else parameters.output
        return [nudge_equation(weight) for weight in (strongest(view, view.trace.L, j), strongest(view, 1))]

    def construct(self) -> None:
        """From the input to the answer, and back with the wishes."""
        self.open_with(*self.at_first)
        self.run_forward()
        self.set_the_targets()
        self.see_the_wishes()
        self.look_at_one_output()
        self.nudge_its_weights()
        if self.trace.sizes[-1] > 1:
            self.nudge_the_others()
        if self.trace.L > 1:
            self.hand_wishes_back()
            self.nudge_earlier_layers()
        if self.pictures:
            self.see_pictures()
        self.write_the_column()

    def handover(self) -> Sequence[Mobject]:
        """The column."""
        table, focus = self.table, self.trace.focus
        return [*table.symbols.values(), table.more_rows, table.heads[focus], *table.column(focus), self.vector]

    def run_forward(self) -> None:
        """The input becomes the first layer, then layer by layer."""
        diagram = self.diagram
        with self.beat("input"):
            arriving: list[Animation] = [LaggedStart(*(FadeIn(n, scale=0.6) for n in diagram.layers[0]), lag_ratio=0.1)]
            arriving = [*(Indicate(p, color=None, scale_factor=1.08) for p in self.pictures), *arriving]
            self.play(LaggedStart(*arriving, lag_ratio=0.5), run_time=2)
            for layer in range(1, self.trace.L + 1):
                lighting = AnimationGroup(*(FadeIn(n, scale=0.6) for n in diagram.layers[layer]))
                self.play(LaggedStart(edge_pulse(diagram, layer, self.theme.activation), lighting, lag_ratio=0.6))
            self.remove(*self.at_first, *diagram.get_family())
            self.add(diagram, *self.pictures)

    def set_the_targets(self) -> None:
        """Targets, and the names of the classes if the outputs have some."""
        targets = self.targets
        with self.beat("target"):
            rows = [FadeIn(row, shift=RIGHT * 0.2) for row in targets.rows]
            self.play(FadeIn(targets.headings), LaggedStart(*rows, lag_ratio=0.3), run_time=1.6)
            self.add(targets)

    def see_the_wishes(self) -> None:
        """Arrows up and down."""
        with self.beat("wishes"):
            self.play(self.wishes.growing(), run_time=2.4)
            self.add(self.wishes)

    def look_at_one_output(self) -> None:
        """Room is made; one output and what leads into it stay bright, and its weights are listed."""
        diagram, j, table = self.diagram, self.output, self.nudges
        kept = [diagram.edge(weight) for weight in self.weights_into(j) if diagram.holds(weight)]
        mine = self.wishes.of(a(self.trace.L, j))
        with self.beat("one"):
            self.play(*(m.animate.shift(self.aside * LEFT) for m in self.on_stage), run_time=1.2)
            quiet = [edge.animate.set_stroke(opacity=FAINT) for edge in diagram.edges.values() if edge not in kept]
            quiet += [arrow.animate.set_opacity(self.theme.dim) for arrow in self.wishes if arrow is not mine]
            self.play(*quiet, Indicate(diagram.neuron(a(self.trace.L, j)), color=None), run_time=1)
            self.play(Create(table.rule), *(FadeIn(h) for h in table.headings), run_time=0.8)
            coming = [FadeIn(table.symbols[r], table.cell(r, FROM), shift=RIGHT * 0.2) for r in table.rows]
            self.play(LaggedStart(*coming, FadeIn(table.more), lag_ratio=0.3), run_time=2)

    def nudge_its_weights(self) -> None:
        """The rule, then each nudge on its edge and in the table."""
        table = self.nudges
        with self.beat("nudge"):
            self.play(FadeIn(self.formula, shift=UP * 0.1), run_time=1.2)
            moves = []
            for row in filter(self.diagram.holds, [*self.weights_into(self.output), table.rows[-1]]):
                coming = [FadeIn(table.cell(row, NUDGE), shift=RIGHT * 0.2)] if row in table.rows else []
                moves.append(AnimationGroup(self.nudging([row]), *coming))
            self.play(LaggedStart(*moves, lag_ratio=0.4), run_time=4)
            weight = max(table.rows[:-1], key=lambda row: abs(self.view.value(nudge(row))))
            for row, said in ((weight, "more"), (table.rows[-1], "bias")):
                self.wait_until(said)
                pair = (table.cell(row, FROM), table.cell(row, NUDGE))
                self.play(*(Indicate(value, color=None, scale_factor=1.25) for value in pair), run_time=1.4)

    def nudge_the_others(self) -> None:
        """The other outputs come back with their edges."""
        others = [i for i in self.diagram.drawn[-1] if i != self.output]
        rows = [row for i in others for row in (*self.weights_into(i), b(self.trace.L, i))]
        with self.beat("others"):
            bright = AnimationGroup(*(arrow.animate.set_opacity(1.0) for arrow in self.wishes))
            self.play(bright, self.nudging(rows), run_time=1.6)

    def hand_wishes_back(self) -> None:
        """An arrow at every neuron of the layer before."""
        with self.beat("before"):
            self.play(edge_pulse(self.diagram, self.trace.L, self.theme.cost, backward=True), run_time=1.4)
            self.play(self.wishes_before.growing(), run_time=2)
            self.add(self.wishes_before)

    def nudge_earlier_layers(self) -> None:
        """Layer by layer back to the first."""
        diagram = self.diagram
        with self.beat("earlier"):
            for layer in range(self.trace.L - 1, 0, -1):
                row = [p for p in self.trace.network.parameters() if p.layer == layer and diagram.holds(p)]
                self.play(edge_pulse(diagram, layer, self.theme.cost, backward=True), self.nudging(row), run_time=1.8)

    def see_pictures(self) -> None:
        """The nudges into each neuron of the first layer, drawn like the input: copies of it, brighter or darker."""
        pictures = self.nudge_pictures
        with self.beat("picture"):
            self.play(FadeOut(self.nudges), Morph(self.formula, self.formula_of_first), run_time=1.2)
            coming = [
                AnimationGroup(GrowFromPoint(picture, self.diagram.neuron(a(1, j)).ring.get_center()), FadeIn(value))
                for j, picture, value in zip(self.diagram.drawn[1], pictures.pictures, pictures.values, strict=True)
            ]
            self.play(LaggedStart(*coming, lag_ratio=0.35), run_time=3.6)

    def write_the_column(self) -> None:
        """The network leaves; the picture goes to its place in the table, and symbols and nudges come below."""
        table, focus = self.table, self.trace.focus
        values = dict(zip(table.rows, table.column(focus), strict=True))
        with self.beat("column"):
            head = table.heads[focus]
            arriving = [Transform(picture, head) for picture in self.pictures] or [FadeIn(head)]
            self.play(FadeOut(self.all_but(*self.pictures, self._heading)), *arriving, run_time=1.4)
            self.remove(*self.pictures)
            self.add(head)
            rows = [FadeIn(table.symbols[row], values[row], shift=DOWN * 0.2) for row in table.rows]
            self.play(LaggedStart(*rows, FadeIn(table.more_rows), lag_ratio=0.3), run_time=2.4)
            self.play(Create(self.vector[0]), FadeIn(self.vector[1], shift=RIGHT * 0.2), run_time=1.2)
            self.add(self.vector)

    # -- moves -----------------------------------------------------------------

    def nudging(self, parameters: Sequence[Variable]) -> Animation:
        """Nudges are drawn over their edges, which step back."""
        diagram = self.diagram
        weights = (p for p in parameters if p.symbol == "w" and diagram.holds(p))
        edges = [diagram.edge(p).animate.set_stroke(opacity=FAINT) for p in weights]
        return AnimationGroup(*edges, *(Create(mark) for mark in self.marks.some(parameters)))

    def weights_into(self, j: int) -> list[Variable]:
        """The weights from the neurons that are drawn into an output."""
        return [w(self.trace.L, j, k) for k in self.diagram.drawn[-2]]

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def output(self) -> int:
        """The output that is looked at."""
        given: int | None = self.parameters.output
        return farthest(self.view) if given is None else given

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the picture, the network, the formula and the table stand."""
        body = self.stage["body"]
        if not self.stage.stacked:
            left, right = body.column(0.0, 0.58), body.column(0.62, 1.0)
            rooms = {"formula": right.band(0.835, 1.03), "table": right.band(-0.01, 0.82)}
        elif body.height > body.width:
            left, lower = body.band(0.5, 1.0), body.band(0.0, 0.46)
            rooms = {"formula": lower.band(0.8, 1.0), "table": lower.band(0.0, 0.76)}
        else:
            left, lower = body.band(0.63, 1.0), body.band(0.0, 0.61)
            rooms = {"formula": lower.band(0.735, 1.035), "table": lower.band(-0.01, 0.73)}
        return {**rooms, "left": left}

    @cached_property
    def aside(self) -> float:
        """How far to the right of its place the network stands as long as it is alone."""
        return float(self.stage["body"].centre[0] - self.rooms["left"].centre[0])

    @cached_property
    def network(self) -> AnsweringNetwork:
        """The network, with the example at its input, in the middle at first."""
        weight = strongest(self.view, self.trace.L, self.output)
        shape, classes = picture_shape(self.lesson), self.lesson.class_names
        room, margin = self.rooms["left"], self.stage.stacked
        return AnsweringNetwork(self.view, room, shape, classes, keep=[weight], margin=margin).shift(self.aside * RIGHT)

    @property
    def pictures(self) -> list[InputPicture]:
        """The picture, if there is one."""
        return self.network.pictures

    @property
    def diagram(self) -> NetworkDiagram:
        """The network's neurons and edges."""
        return self.network.diagram

    @property
    def targets(self) -> Targets:
        """The target of each output, and its class."""
        return self.network.targets

    @cached_property
    def at_first(self) -> list[Mobject]:
        """The network before any signal, and the picture."""
        diagram = self.diagram
        return [*self.pictures, *diagram.edges.values(), *diagram.unlit().values(), *diagram.marks]

    @property
    def on_stage(self) -> list[Mobject]:
        """What stands in the middle until the table needs room."""
        return [*self.pictures, self.diagram, self.targets, self.wishes]

    @cached_property
    def wishes(self) -> NeuronWishes:
        """Arrows at the outputs."""
        wishes = {a(self.trace.L, j): off(j) for j in self.diagram.drawn[-1]}
        return NeuronWishes(self.view, self.diagram, wishes, self.theme.activation)

    @cached_property
    def wishes_before(self) -> NeuronWishes:
        """Arrows at the neurons of the layer before."""
        before = [a(self.trace.L - 1, k) for k in self.diagram.drawn[-2]]
        wishes: dict[Variable, Expression] = {neuron: Negative(d(C, neuron)) for neuron in before}
        return NeuronWishes(self.view, self.diagram, wishes, self.theme.activation)

    @cached_property
    def marks(self) -> ParameterWishes:
        """Every drawn parameter's nudge."""
        wishes = {p: nudge(p) for p in self.trace.network.parameters() if self.diagram.holds(p)}
        return ParameterWishes(self.view, self.diagram, wishes)

    @cached_property
    def nudges(self) -> ValueTable:
        """The output's weights and its bias: the activation each comes from, and its nudge."""
        return output_nudges(self.view, self.diagram, self.output, self.rooms["table"], least=self.stage.least_em)

    @cached_property
    def formula(self) -> Formula:
        """The nudge of a weight into the output."""
        return self.nudge_formula(strongest(self.view, self.trace.L, self.output))

    @cached_property
    def formula_of_first(self) -> Formula:
        """The nudge of a weight of the first layer."""
        return self.nudge_formula(strongest(self.view, 1))

    def nudge_formula(self, weight: Variable) -> Formula:
        """A weight's nudge as a product."""
        equation = nudge_equation(weight)
        return self.stage.place(Formula(self.view, equation.left, equation.right, em=0.5), self.rooms["formula"])

    @cached_property
    def nudge_pictures(self) -> NudgePictures:
        """The nudges into each neuron of the first layer that is drawn."""
        shape = picture_shape(self.lesson) or (1, self.trace.sizes[0])
        return NudgePictures(self.view, shape, self.diagram.drawn[1], self.rooms["table"], em=self.stage.least_em * 0.8)

    @cached_property
    def vector(self) -> VGroup:
        """What the column is."""
        return one_vector(self.table, self.view, self.stage)

    @cached_property
    def table(self) -> NudgeTable:
        """The table that this column is the first of."""
        return nudge_table(self.lesson, self.view, self.stage)
