"""Forward propagation: a layer's weights as a matrix, its pre-activations as one product, and on to the next layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from manim import (
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    TransformFromCopy,
    VGroup,
)

from bp_core import vectorised
from bp_core.equations import Equation
from bp_core.matrices import MatrixExpression, Place, Times, Vector, Weights
from bp_core.quantities import Index, z
from bp_script.language import N_
from scenes.kit.layerwise import BRIM, Layerwise, flashed, row_by_row
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lined import level
from scenes.kit.letters.lines import fitted
from scenes.kit.letters.matrix_formula import ENTRIES, MatrixFormula
from scenes.kit.letters.style import Style
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.matrix import MatrixLine, MatrixPicture
from scenes.kit.view import View

#: The most terms of a sum that is written out.
_TERMS = 6

l = Index("l")


class ForwardPropagation(Layerwise):
    """A bias unit joins each layer, its weights become a matrix, and a product and g carry the input to the output."""

    title = N_("Forward propagation, a layer at a time")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "input": self.tr("The activations of the first layer are the input, written as a column."),
            "bias": self.tr(
                "Each layer but the last gets one unit more, which is always one. "
                "{@edges} Its edges carry the biases, so a bias is a weight like any other."
            ),
            "weights": self.tr(
                "All weights into the next layer make a matrix: a row for each neuron there, "
                "a column for each unit here. The biases come first. It is %(rows)s by %(columns)s.",
                rows=f"{{{self.theta.rows.length}:d}}",
                columns=f"{{{self.theta.columns.length}:d}}",
            ),
            "product": self.tr("Row times column, and then the next row: one product gives the whole layer's z."),
            "activation": self.tr("The activation function turns each z into an activation."),
            **self._further,
        }

    @property
    def _further(self) -> dict[str, str]:
        if self.trace.L == 1:
            return {"rule": self.tr("That is the whole network: one product and one function.")}
        return {
            "rule": self.tr("Every layer works the same way. A product, then a function."),
            "layers": self.tr("So the input travels on, layer after layer, until the last one gives the outputs."),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - it takes no keys of its own
        """Input, product and activation, in general and for each layer."""
        trace = view.trace
        matrices = [vectorised.input_layer(), *(vectorised.weighted_sum(n + 1) for n in range(trace.L))]
        matrices += [vectorised.activation(trace, n + 1) for n in range(trace.L)]
        matrices += [vectorised.weighted_sum(l + 1)] + [vectorised.activation(trace, l + 1)] * (trace.L > 1)
        return [entry for equation in matrices for entry in equation.entries(trace, ENTRIES)]

    def construct(self) -> None:
        """From the input to the output."""
        self.open_with(self.diagram)
        self.write_the_input()
        self.add_the_bias_units()
        self.collect_the_weights()
        self.multiply()
        self.activate()
        self.state_the_rule()
        if self.trace.L > 1:
            self.go_on()

    def write_the_input(self) -> None:
        """What was computed goes dark; the input's numbers leave their neurons for a column."""
        column = self.input_line.pictures[0]
        with self.beat("input"):
            self.play(*(FadeIn(ring) for rings in self.unlit for ring in rings), run_time=0.8)
            self.play(FadeIn(self.first, shift=0.1 * UP), FadeIn(column.brackets), run_time=0.8)
            self.play(
                self.out_of_neurons(column), FadeIn(*self.input_line.names, *self.input_line.shapes), run_time=1.4
            )

    def add_the_bias_units(self) -> None:
        """The units appear, and a 1 at the head of the column; then their edges."""
        before, after = self.input_line, self.line.picture(self.a)
        with self.beat("bias"):
            self.play(LaggedStart(*(FadeIn(unit, scale=1.4) for unit in self.units.units), lag_ratio=0.4), run_time=1.6)
            moves = [TransformFromCopy(before.pictures[0].entry(k), after.entry(k)) for k in self.shared]
            at = self.line.pictures.index(after)
            self.play(
                FadeOut(before, self.first),
                *moves,
                FadeIn(after.brackets, after.dots, self.line.names[at], self.line.shapes[at]),
                run_time=1.2,
            )
            if None in after.rows.kept:
                self.play(TransformFromCopy(self.units.units[0][1], after.entry(None)), run_time=1.2)
            self.add(after)
            self.wait_until("edges")
            self.play(FadeIn(self.units[0]), run_time=0.8)
            self.play(*(flashed(edge, self.theme.bias) for edge in self.units.edges.values()), run_time=1.6)

    def collect_the_weights(self) -> None:
        """Row by row, the edges into a neuron become a row of the matrix."""
        theta = self.line.picture(self.theta)
        at = self.line.pictures.index(theta)
        with self.beat("weights"):
            lit = self.light_on(self.weights_into(1), biases=[1])
            self.play(lit, FadeIn(theta.brackets, theta.dots, self.line.names[at]), run_time=0.8)
            for row in theta.rows.kept:
                edges = self.edges_into(row)
                self.play(
                    LaggedStart(edges, FadeIn(theta.row(row), shift=0.3 * RIGHT), lag_ratio=0.3),
                    run_time=1.3,
                )
            self.play(FadeIn(self.line.shapes[at]), run_time=0.4)
            self.play(Indicate(self.line.shapes[at], color=self.theme.ink), run_time=0.6)

    def multiply(self) -> None:
        """A row at a time, the first one written out."""
        theta, vector, result = (self.line.picture(m) for m in (self.theta, self.a, self.z))
        at = self.line.pictures.index(result)
        with self.beat("product"):
            self.play(
                FadeIn(self.product, shift=0.1 * UP),
                FadeIn(result.brackets, result.dots, *self.line.signs, self.line.names[at], self.line.shapes[at]),
                run_time=1.0,
            )
            first, *others = row_by_row(theta, vector, result)
            self.play(first, run_time=1.8)
            if self.written_out is not None:
                self.play(FadeIn(self.written_out, shift=0.1 * UP), run_time=0.8)
                self.wait(1.2)
            for row in others:
                self.play(row, run_time=1.2)
            self.play(theta.lit(), run_time=0.5)

    def activate(self) -> None:
        """Each z goes through g, and the neurons of the layer light up."""
        line, z_before = self.activation_lines[0], self.line.picture(self.z)
        leaving = [self.line, *([self.written_out] if self.written_out is not None else [])]
        with self.beat("activation"):
            inside = line.pictures[1]
            self.play(
                FadeOut(*leaving, self.product),
                *(
                    TransformFromCopy(z_before.entry(j), inside.entry(j))
                    for j in inside.rows.kept
                    if j in z_before.rows.kept
                ),
                FadeIn(self.activations[0], shift=0.1 * UP),
                FadeIn(inside.brackets, inside.dots, line.names[1], line.shapes[1], *line.signs),
                run_time=1.4,
            )
            self.add(inside)
            self.play(self.activated(line), run_time=1.4)
            self.play(self.lighting(1, line.pictures[0]), run_time=1.2)

    def state_the_rule(self) -> None:
        """The two equations with a free layer."""
        with self.beat("rule"):
            self.play(FadeOut(self.activations[0]), FadeIn(self.rule[0], shift=0.1 * UP), run_time=1.0)
            self.play(FadeIn(self.rule[1], shift=0.1 * UP), self.whole_again(), run_time=1.0)

    def go_on(self) -> None:
        """The other layers, one after the other."""
        with self.beat("layers"):
            shown: MatrixLine = self.activation_lines[0]
            for layer in range(2, self.trace.L + 1):
                line = self.further_lines[layer - 2]
                a, z_, theta, before = line.pictures
                lit = self.light_on(self.weights_into(layer), biases=[layer])
                self.play(FadeOut(shown), lit, run_time=0.5)
                self.play(FadeIn(theta, before, *line.names[2:], *line.shapes[2:]), run_time=0.9)
                self.play(
                    edge_pulse(self.diagram, layer, self.theme.activation),
                    FadeIn(z_, line.signs[1], line.names[1], line.shapes[1]),
                    run_time=1.0,
                )
                coming = FadeIn(a, line.signs[0], line.names[0], line.shapes[0])
                self.play(coming, self.lighting(layer, None), run_time=1.0)
                self.wait(0.6)
                shown = line
            self.play(self.whole_again(), run_time=0.8)

    # -- moves -----------------------------------------------------------------

    def out_of_neurons(self, column: MatrixPicture) -> AnimationGroup:
        """The input's values leave their neurons."""
        moves = []
        for neuron in self.diagram.layers[0]:
            k = neuron.variable.indices[1]
            if k in column.rows.kept and neuron.value.submobjects:
                moves.append(TransformFromCopy(neuron.value, column.entry(k)))
        there = {id(move.mobject) for move in moves}
        others = [cell for cell in column.entries if id(cell) not in there]
        return AnimationGroup(*moves, *map(FadeIn, others), FadeIn(column.dots))

    def edges_into(self, row: Place) -> AnimationGroup:
        """A flash along the edges into one neuron of the second layer."""
        lines = [edge for weight, edge in self.diagram.edges.items() if weight.indices[:2] == (1, row)]
        lines += [edge for bias, edge in self.units.edges.items() if bias.indices == (1, row)]
        return AnimationGroup(*(flashed(edge, edge.get_stroke_color()) for edge in lines))

    def activated(self, line: MatrixLine) -> LaggedStart:
        """Each z becomes an activation."""
        a, inside = line.pictures
        moves = [TransformFromCopy(inside.entry(j), a.entry(j)) for j in a.rows.kept]
        return LaggedStart(
            FadeIn(a.brackets, a.dots, line.names[0], line.shapes[0]), AnimationGroup(*moves), lag_ratio=0.3
        )

    def lighting(self, layer: int, column: MatrixPicture | None) -> AnimationGroup:
        """A layer's neurons take on their activations."""
        found = [FadeOut(ring) for ring in self.unlit[layer - 1]]
        if column is not None:
            found += [Indicate(column.entries, color=self.theme.activation, scale_factor=1.1)]
        return AnimationGroup(*found)

    # -- what is shown ---------------------------------------------------------

    @property
    def a(self) -> Vector:
        """The input with its bias unit."""
        return Vector("a", 0, bias=True)

    @property
    def theta(self) -> Weights:
        """The weights into the second layer."""
        return Weights(1)

    @property
    def z(self) -> Vector:
        """Its pre-activations."""
        return Vector("z", 1)

    @property
    def vectors(self) -> list[Vector]:
        """Each layer's activations with their bias unit."""
        return [Vector("a", layer, bias=True) for layer in range(self.trace.L)]

    @cached_property
    def unlit(self) -> list[list[Any]]:
        """What covers the neurons of each layer after the input until they are computed."""
        covers = self.diagram.unlit()
        return [[covers[neuron] for neuron in column] for column in self.diagram.layers[1:]]

    @cached_property
    def first(self) -> MatrixFormula:
        """That a is x, in symbols."""
        equation = vectorised.input_layer()
        return self.stage.place(MatrixFormula(self.view, equation.left, equation.right, em=0.7), self.rooms["formula"])

    @cached_property
    def input_line(self) -> MatrixLine:
        """The input as a column, where it will stand in the product."""
        there = self.line.picture(self.a)
        line = MatrixLine(self.view, [Vector("a", 0)], self.rooms["matrices"], largest=there.em)
        line.shift((there.get_x() - line.pictures[0].get_x()) * RIGHT)
        return line

    @property
    def shared(self) -> list[Place]:
        """The inputs that stand in the column with and without the bias unit."""
        before, after = self.input_line.pictures[0], self.line.picture(self.a)
        return [k for k in after.rows.kept if k in before.rows.kept]

    @cached_property
    def lines(self) -> list[MatrixLine]:
        """Each layer's product in numbers: z = Θ a."""
        made = []
        for layer in range(1, self.trace.L + 1):
            product = vectorised.weighted_sum(layer).right
            assert isinstance(product, Times)  # noqa: S101 - that is how it is built
            pieces: list[MatrixExpression | str] = [Vector("z", layer), "=", product.left, product.right]
            made.append(MatrixLine(self.view, pieces, self.rooms["matrices"]))
        return made

    @property
    def line(self) -> MatrixLine:
        """That of the second layer."""
        return self.lines[0]

    @cached_property
    def product(self) -> MatrixFormula:
        """The same in symbols."""
        equation = vectorised.weighted_sum(1)
        return self.stage.place(MatrixFormula(self.view, equation.left, equation.right, em=0.7), self.rooms["formula"])

    @cached_property
    def written_out(self) -> Formula | None:
        """The first row times the column, term by term; None if that would be too long."""
        product = vectorised.weighted_sum(1).right
        assert isinstance(product, Times)  # noqa: S101 - that is how it is built
        if self.trace.sizes[0] + 1 > _TERMS:
            return None
        total = product.written_out(0, 0, self.trace.sizes)

        def make(decimals: int) -> Formula:
            return Formula(
                self.view,
                z(1, 0),
                Side.numbers(total),
                Side.value(z(1, 0)),
                em=0.42,
                decimals=decimals,
                style=Style(finer=False),
            )

        usual = self.view.decimals
        room = self.rooms["foot"].widened(BRIM)
        return self.stage.place(fitted(make, total, (1,), room, range(usual, usual - 2, -1)), room)

    @cached_property
    def activations(self) -> list[MatrixFormula]:
        """Each layer's a = g(z)."""
        equations = [vectorised.activation(self.trace, layer + 1) for layer in range(self.trace.L)]
        return [
            self.stage.place(MatrixFormula(self.view, e.left, e.right, em=0.7), self.rooms["formula"])
            for e in equations
        ]

    @cached_property
    def activation_lines(self) -> list[MatrixLine]:
        """The same in numbers: z on the right, a on the left of an arrow."""
        pieces: list[MatrixExpression | str] = [Vector("a", 1), "arrow.l.long", Vector("z", 1)]
        return [MatrixLine(self.view, pieces, self.rooms["matrices"])]

    @cached_property
    def further_lines(self) -> list[MatrixLine]:
        """Each later layer in one line: a ← z = Θ a."""
        made = []
        for layer in range(2, self.trace.L + 1):
            product = vectorised.weighted_sum(layer).right
            assert isinstance(product, Times)  # noqa: S101 - that is how it is built
            pieces: list[MatrixExpression | str] = [Vector("a", layer), "arrow.l.long", Vector("z", layer), "="]
            made.append(MatrixLine(self.view, [*pieces, product.left, product.right], self.rooms["matrices"]))
        return made

    @cached_property
    def rule(self) -> VGroup:
        """Both with a free layer; of a network of one layer, for that one."""
        layer = 1 if self.trace.L == 1 else l + 1
        equations = [vectorised.weighted_sum(layer), vectorised.activation(self.trace, layer)]
        formulas = VGroup(*(MatrixFormula(self.view, e.left, e.right, em=0.62) for e in equations))
        formulas.arrange(RIGHT, buff=0.9)
        return self.stage.place(level(formulas), self.rooms["formula"])
