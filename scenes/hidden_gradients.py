"""Hidden gradients: through the slope of each hidden neuron to its weights and its bias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from manim import UP, AnimationGroup, Create, FadeIn, Indicate, LaggedStart, VGroup, VMobject

from bp_core.equations import Equation
from bp_core.nodes import Expression, Number, Product
from bp_core.quantities import C, Variable, a, d, w
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.calculus.worked import Worked, factors_of
from scenes.kit.calculus.worked_chapter import WorkedChapter, no_hidden_layer
from scenes.kit.calculus.working import Working, written
from scenes.kit.chapter import Unsuited
from scenes.kit.layerwise import flashed
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.coming_out import short_decimals
from scenes.kit.letters.formula import Side
from scenes.kit.letters.style import Style
from scenes.kit.motion.moves import carried, standing_at
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

#: The table's columns.
_BACK, _SLOPE, _IN, _GRADIENT = 0, 1, 2, 3
#: How the slope of an activation comes from the neuron's own output, in words.
_SAID = {
    "sigmoid": N_(
        "For the sigmoid that is easy: sigma of z, times one minus sigma of z. "
        "And sigma of z is the neuron's own output."
    ),
    "tanh": N_("For the hyperbolic tangent it is one minus the square of the neuron's own output."),
    "linear": N_("This neuron has none: its output is its sum, and the slope is one."),
}
_AT_ITS_SUM = N_("That slope is taken at this neuron's own sum.")


class HiddenGradients(WorkedChapter):
    """Through each hidden neuron's slope, σ′ = σ(1 − σ), to the gradients of its weights and its bias."""

    title = N_("The gradients of the hidden layer")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, neuron, first = self.tr, self.neurons[0], self.parameters_shown[0]
        words = {
            "chain": tr(
                "A weight of the hidden layer moves its neuron's output. {@known} How that moves the loss, we know."
            ),
            "inside": tr(
                "Inside the neuron there are two steps. The weight moves the sum, as fast as what it is multiplied by. "
                "The sum moves the output by the slope of the activation function."
            ),
            "slope": tr(_SAID.get(self.kind, _AT_ITS_SUM)),
        }
        if self.slope_row is not None:
            words["slope"] += " " + tr(
                "Here: %(slope)s.", slope=as_drawn(self.worked.slope_symbol(neuron), self.slope_row.last)
            )
        if self.kind != "linear":
            words["careful"] = tr("Careful: one prime, not two. It is a first derivative.")
        words["first"] = tr(
            "So three numbers multiply. Together they make %(gradient)s.",
            gradient=as_drawn(d(C, first), self.table),
        )
        words["same"] = (
            tr(
                "The other weights of this neuron share the first two numbers; only what comes in differs. "
                "The bias has a one there."
            )
            if len(self.parameters_of(neuron)) > 2
            else tr("The bias shares the first two numbers. What comes in there is a one.")
        )
        if len(self.neurons) > 1:
            words["second"] = tr(
                "The next neuron has its own number from behind and its own slope. What comes in is the same."
            )
        if self.way_fits:
            words["way"] = tr("Written out for the first weight, it is the whole way back from the loss.")
        words["all"] = tr(
            "That makes %(count)s gradients in this layer, all by the same product.",
            count=f"{{{self.worked.parameter_count(self.layer)}:d}}",
        )
        return words

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """A network without hidden neurons."""
        return no_hidden_layer(lesson) or super().unsuited(lesson, parameters)

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule, the product and the slope of the first hidden neuron; the products of all that are shown."""
        worked = Worked(view.trace, parameters.output)
        neurons = worked.neurons(worked.L - 1)
        first = worked.parameters(neurons[0])[0]
        slopes = [worked.slope(neurons[0]), worked.slope(neurons[0], of_the_sum=True)]
        whole = worked.whole_way(first)
        found = [Equation(d(C, first), worked.through(first)), *(slope for slope in slopes if slope)]
        found += [] if whole is None else [Equation(d(C, first), whole)]
        return found + [equation for neuron in neurons for equation in worked.steps_back(neuron)]

    def construct(self) -> None:
        """From what is handed back to every weight and bias of the layer."""
        self.open_with(self.network)
        self.chain_to_the_first()
        self.look_inside()
        self.compute_the_slope()
        if self.kind != "linear":
            self.mind_the_prime()
        self.multiply_the_first()
        self.share_them()
        if len(self.neurons) > 1:
            self.do_the_next_neurons()
        if self.way_fits:
            self.write_the_whole_way()
        self.count_them()

    def chain_to_the_first(self) -> None:
        """The chain rule over the neuron."""
        first = self.parameters_shown[0]
        with self.beat("chain"):
            onward = w(self.layer + 1, self.worked.output, places(self.neurons[0])[1])
            self.play(self.network.lit([C, *self.network.with_source(first), self.neurons[0], onward]), run_time=0.8)
            edges = self.network.diagram.edges
            if first in edges:
                self.play(flashed(edges[first], self.theme.highlight), run_time=1.4)
            self.play(Indicate(self.network.drawn(self.neurons[0]), color=None, scale_factor=1.2), run_time=1.2)
            self.wait_until("known")
            self.play(self.network.back_along([onward]), run_time=1.6)
            self.play(self.product.begin(run_time=2.4))

    def look_inside(self) -> None:
        """The neuron's own derivative opens into two factors."""
        with self.beat("inside"):
            self.play(Indicate(self.network.drawn(self.neurons[0]), color=None, scale_factor=1.2), run_time=1.4)
            sources = standing_at(self.product.stages[1], 1, self.pictured())
            self.play(self.product.go_on(1, sources, run_time=2.4))
            opened = self.product.stages[1]
            comes_in = opened.leaf(self.comes_in(self.parameters_shown[0]), 1)
            for part in (comes_in, *([VGroup(*self.slope_of_the_product.values())] if self.kind != "linear" else [])):
                self.wait(1.2)
                self.play(Indicate(part, color=None, scale_factor=1.25), run_time=1.6)
                self.remove(part)
                self.add(opened)

    def compute_the_slope(self) -> None:
        """σ′ from the neuron's own output."""
        row = self.slope_row
        with self.beat("slope"):
            if row is None:
                return
            self.play(row.begin(self.slope_of_the_product, run_time=2.4))
            self.wait(1.2)
            self.play(row.go_on(1, standing_at(row.stages[1], 1, self.pictured())))
            for stage in range(2, len(row.stages)):
                self.wait(1.2)
                self.play(row.go_on(stage, standing_at(row.stages[stage], 1, self.valued(*self.neurons[:1]))))

    def mind_the_prime(self) -> None:
        """σ with its prime."""
        with self.beat("careful"):
            symbol = VGroup(*self.slope_of_the_product.values())
            self.play(Indicate(symbol, color=None, scale_factor=1.25), run_time=1.8)
            self.remove(symbol)
            self.add(self.product.stages[1])

    def multiply_the_first(self) -> None:
        """The first line of the table: three numbers and their product."""
        table, first = self.table, self.parameters_shown[0]
        with self.beat("first"):
            self.play(Create(table.rule), FadeIn(table.symbols[first]), *map(FadeIn, table.headings), run_time=1.2)
            self.play(
                LaggedStart(
                    *(FadeIn(table.cell(first, column), shift=0.3 * UP) for column in (_BACK, _SLOPE, _IN)),
                    lag_ratio=0.5,
                ),
                run_time=2,
            )
            self.play(self.arriving(first), run_time=1.2)

    def share_them(self) -> None:
        """The neuron's other parameters: the first two numbers come down from the line above."""
        first, *others = self.parameters_of(self.neurons[0])
        with self.beat("same"):
            for parameter in others:
                self.play(self.network.lit([C, *self.network.with_source(parameter), self.neurons[0]]), run_time=0.6)
                shared = (carried(self.table.cell(first, c), self.table.cell(parameter, c)) for c in (_BACK, _SLOPE))
                self.play(FadeIn(self.table.symbols[parameter]), *shared, run_time=1)
                self.play(FadeIn(self.table.cell(parameter, _IN)), run_time=0.6)
                self.play(self.arriving(parameter), run_time=0.8)

    def do_the_next_neurons(self) -> None:
        """The other neurons, line by line."""
        table = self.table
        with self.beat("second"):
            for neuron in self.neurons[1:]:
                onward = w(self.layer + 1, self.worked.output, places(neuron)[1])
                parameters = self.parameters_of(neuron)
                sources = [v for p in parameters for v in self.network.with_source(p)]
                self.play(self.network.lit([C, neuron, onward, *sources]), run_time=0.8)
                self.play(self.network.back_along([onward, parameters[0]]), run_time=1.6)
                lines = [
                    FadeIn(
                        table.symbols[parameter],
                        *(table.cell(parameter, column) for column in (_BACK, _SLOPE, _IN)),
                        shift=0.2 * UP,
                    )
                    for parameter in parameters
                ]
                self.play(LaggedStart(*lines, lag_ratio=0.4), run_time=1.8)
                self.play(LaggedStart(*map(self.arriving, parameters), lag_ratio=0.4), run_time=1.8)

    def write_the_whole_way(self) -> None:
        """What is handed back, opened into its own factors."""
        with self.beat("way"):
            first = self.parameters_shown[0]
            onward = w(self.layer + 1, self.worked.output, places(self.neurons[0])[1])
            way = [C, self.worked.prediction, onward, self.neurons[0], *self.network.with_source(first)]
            self.play(self.network.lit(way), run_time=0.8)
            sources = standing_at(self.product.last, 1, self.pictured())
            self.play(self.product.go_on(2, sources, run_time=2.4))

    def count_them(self) -> None:
        """All of the layer."""
        with self.beat("all"):
            self.play(self.network.all_lit(), FadeIn(self.table.more), run_time=0.8)
            gradients = [self.table.cell(parameter, _GRADIENT) for parameter in self.parameters_shown]
            self.play(LaggedStart(*(Indicate(g, color=None) for g in gradients), lag_ratio=0.2), run_time=2.4)

    def arriving(self, parameter: Variable) -> AnimationGroup:
        """A gradient comes into its line, and its parameter glows."""
        there = FadeIn(self.table.cell(parameter, _GRADIENT))
        glow = [FadeIn(self.glow.part(parameter))] if self.network.diagram.holds(parameter) else []
        return AnimationGroup(there, *glow)

    # -- what it tells -------------------------------------------------------------

    @property
    def layer(self) -> int:
        """The hidden layer."""
        return self.trace.L - 1

    @property
    def kind(self) -> str:
        """Its activation function."""
        return self.trace.network.activations[self.layer - 1]

    @cached_property
    def neurons(self) -> tuple[Variable, ...]:
        """The hidden neurons that stand for all, as far as the table has room for them."""
        rows, least = self.worked.parameters_of_layer(self.layer), self.stage.least_em
        neurons = self.worked.neurons(self.layer)
        wanted = self.view.value(self.worked.parameter_count(self.layer))
        lines = ValueTable.room(self.view, rows, self.places["table"], least=least, wanted=wanted)
        lines -= lines < wanted  # for what says how many more
        return neurons[: max(1, lines * len(neurons) // len(rows))]

    def parameters_of(self, neuron: Variable) -> tuple[Variable, ...]:
        """A neuron's weights that stand for all, and its bias."""
        return self.worked.parameters(neuron)

    @property
    def parameters_shown(self) -> tuple[Variable, ...]:
        """Those of all these neurons."""
        return tuple(p for neuron in self.neurons for p in self.parameters_of(neuron))

    # -- what is shown -------------------------------------------------------------

    @cached_property
    def whole_way(self) -> Expression | None:
        """The first weight's derivative with every factor written out; None where there is more than one way."""
        return self.worked.whole_way(self.parameters_shown[0])

    @property
    def way_fits(self) -> bool:
        """Whether that is written."""
        return len(self.product.stages) > 2

    @property
    def product(self) -> Working:
        """The first weight's derivative: the chain rule, then its factors."""
        return self.formulas[0]

    @property
    def slope_of_the_product(self) -> dict[Any, VMobject]:
        """σ′(z) in it, by the places that it has in the slope's own row."""
        product = self.product.stages[1]
        position = factors_of(product.sides[1].expression).index(self.worked.slope_symbol(self.neurons[0]))
        pieces = product.keyed()
        return {(0, "side"): pieces[1, position, "factor"], (0, 0): pieces[1, position, 0]}

    @property
    def slope_row(self) -> Working | None:
        """The slope from the neuron's output; None where it has no such form."""
        return self.formulas[1] if len(self.formulas) > 1 else None

    @cached_property
    def formulas(self) -> Sequence[Working]:
        """Both, above the table."""
        room, shorter = self.places["formulas"], partial(self.at_size, short=True)
        otherwise = [shorter, partial(shorter, own=True)]
        return written(self.at_size, room, em=self.letters, least=self.least_letters, otherwise=otherwise)

    def at_size(self, em: float, style: Style, *, short: bool = False, own: bool = False) -> list[Working]:
        """The formulas in letters of a size; ``short`` the slope has its numbers alone, then its value alone.

        With ``own`` it begins with the neuron's own value.
        """
        first, neuron = self.parameters_shown[0], self.neurons[0]
        whole, slope = d(C, first), self.worked.slope(neuron)
        forms = [self.worked.through(first), self.worked.computed(first, upstream=True)]
        forms += [] if self.whole_way is None or short else [self.whole_way]
        product = Working(self.view, *((whole, form) for form in forms), em=em, style=style)
        if slope is None:
            return [product]
        value, function = Side.value(slope.left, self.factor_digits), self.worked.slope(neuron, of_the_sum=True)
        stages: list[tuple[Side | Expression, ...]] = [(slope.left, function.right)] if function and not own else []
        stages += [(slope.left, slope.right)]
        if short:
            stages += [(slope.left, Side.numbers(slope.right)), (slope.left, value)]
        else:
            stages += [(slope.left, Side.numbers(slope.right), value), (slope.left, slope.right, value)]
        return [product, Working(self.view, *stages, em=em, style=style)]

    @cached_property
    def places(self) -> Mapping[str, Region]:
        """Where the formulas and the table stand."""
        room = self.rooms["written"]
        if self.stage.square:
            return {"formulas": room.band(0.705, 1.0), "table": room.band(0.0, 0.7)}
        return {"formulas": room.band(0.68, 1.0), "table": room.band(0.0, 0.65)}

    @cached_property
    def table(self) -> ValueTable:
        """A line for each parameter: what is handed back, the slope, what comes in, and their product."""
        rows, view, fine = self.parameters_shown, self.view, self.factor_digits
        inputs = [short_decimals(view, self.comes_in(row), fine) for row in rows]
        back = [view.value(d(C, neuron)) for neuron in self.neurons]
        gradients = [view.value(d(C, row)) for row in rows]
        columns = [
            Column(
                view.tr("handed back"),
                view,
                self.handed_back,
                decimals_for(back, fine),
                colour=self.theme.cost,
            ),
            Column(view.tr("slope"), view, self.slope_at, fine, colour=self.theme.activation),
            Column(view.tr("input"), view, self.comes_in, max(inputs), colour=self.theme.activation),
            Column(
                view.tr("gradient"),
                view,
                lambda row: d(C, row),
                decimals_for(gradients, self.fine),
                signed=True,
                colour=self.theme.cost,
            ),
        ]
        count = self.worked.parameter_count(self.layer)
        least = self.least_letters if self.stage.square else self.stage.least_em
        return ValueTable(view, rows, columns, self.places["table"], least=least, of=count)

    @property
    def factor_digits(self) -> int:
        """The decimals of what is multiplied in the table: as many as it takes for each row to come out."""
        view, usual, needed = self.view, self.view.decimals + 1, []
        fine = decimals_for([view.value(d(C, row)) for row in self.parameters_shown], self.fine)
        for row in self.parameters_shown:
            each = (self.handed_back(row), self.slope_at(row), self.comes_in(row))
            factors = Side.numbers(Product(each), each)
            needed.append(factors.coming_out(view, Side.value(d(C, row), fine), usual) or usual)
        return max(needed)

    def handed_back(self, parameter: Variable) -> Expression:
        """The loss's derivative by the output of the parameter's neuron."""
        return d(C, a(*parameter.indices[:2]))

    def slope_at(self, parameter: Variable) -> Expression:
        """The slope of the parameter's neuron."""
        return self.worked.slope_symbol(a(*parameter.indices[:2]))

    def comes_in(self, parameter: Variable) -> Expression:
        """What the parameter is multiplied by."""
        layer, _, *before = places(parameter)
        return a(layer - 1, before[0]) if before else Number(1)

    @cached_property
    def glow(self) -> Glow:
        """How much each counts."""
        drawn = [p for p in self.parameters_shown if self.network.diagram.holds(p)]
        return Glow(self.network.diagram, {p: self.view.value(d(C, p)) for p in drawn}, self.theme.cost)
