"""The δ of each layer: a difference at the outputs, and from there backwards, one product a layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from manim import (
    DOWN,
    UP,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    ReplacementTransform,
)

from bp_core import vectorised
from bp_core.equations import Equation
from bp_core.matrices import Entrywise, MatrixExpression, Times, Weights
from bp_core.nodes import Apply, Expression, Sum
from bp_core.quantities import C, Index, d, delta, w, z
from bp_script.language import N_
from scenes.kit.layerwise import BRIM, Layerwise, row_by_row
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lines import fitted
from scenes.kit.letters.mathematics import leaves
from scenes.kit.letters.matrix_formula import ENTRIES, MatrixFormula
from scenes.kit.letters.style import Style
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.halo import Halos
from scenes.kit.pictures.matrix import MatrixLine, MatrixPicture
from scenes.kit.view import View

#: The most terms of a sum that is written out.
_TERMS = 4

l = Index("l")


class DeltaRecursion(Layerwise):
    """At the outputs δ is a difference; each earlier layer's is the next one's, handed back and scaled by g′."""

    title = N_("Errors, from the last layer backwards")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        return {
            "meaning": self.tr(
                "Each neuron gets an error, delta: how fast this example's cost changes when the neuron's z is moved."
            ),
            "output": self._output_words,
            **self._backward,
            "stop": self.tr("There it ends: the input has no delta, for nothing made it that could be changed.")
            if self.trace.L > 1
            else self.tr("There is no layer between, so that is all. The input has no delta: nothing made it."),
        }

    @property
    def _output_words(self) -> str:
        if self.trace.cost.record.output_activation:
            return self.tr("At the outputs, cross-entropy makes it simple: what came out, minus what was wanted.")
        if self.trace.network.activations[-1] == "softmax":
            return self.tr("At the outputs, each z moves every output. So its delta adds up over all of them.")
        return self.tr("At the outputs, it is the slope of the cost, times the slope of the activation function.")

    @property
    def _backward(self) -> dict[str, str]:
        if self.trace.L == 1:
            return {}
        beats = {
            "columns": self.tr(
                "For the layer before, take the matrix between the two. "
                "Its bias column goes: no neuron stands behind the bias unit."
            ),
            "transpose": self.tr("Then turn it on its side. Now each row holds the weights that leave one neuron."),
            "back": self.tr(
                "Row times delta: each neuron collects the errors it feeds, weighted by its edges. "
                "Its own slope scales the sum."
            ),
        }
        if self.trace.L > 2:
            beats["further"] = self.tr("And so on, a layer at a time, with the same equation.")
        return beats

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:  # noqa: ARG003 - it takes no keys of its own
        """What δ is, at the outputs and before them."""
        trace = view.trace
        matrices = [vectorised.output_delta(trace), *(vectorised.delta_recursion(n) for n in range(1, trace.L))]
        if trace.L > 2:
            matrices.append(vectorised.delta_recursion())
        found = [entry for equation in matrices for entry in equation.entries(trace, ENTRIES)]
        return [Equation(delta(trace.L, 0), d(C, z(trace.L, 0))), *found]

    def construct(self) -> None:
        """From the outputs to the first hidden layer."""
        self.open_with(self.diagram, self.units)
        self.say_what_it_is()
        self.subtract()
        if self.trace.L > 1:
            self.drop_the_biases()
            self.transpose()
            self.hand_back()
        if self.trace.L > 2:
            self.go_on()
        self.stop()

    def say_what_it_is(self) -> None:
        """δ as a derivative, at one output."""
        with self.beat("meaning"):
            self.play(self.light_on(self.weights_into(self.trace.L)), run_time=1.0)
            self.play(self.ringed(self.trace.L, self.theme.pre_activation, 0), run_time=1.2)
            self.play(FadeIn(self.meaning, shift=0.1 * UP), run_time=1.2)

    def subtract(self) -> None:
        """The outputs' δ, entry by entry."""
        line = self.output_line
        result = line.pictures[0]
        with self.beat("output"):
            self.play(FadeOut(self.meaning), run_time=0.5)
            self.play(FadeIn(self.output_formula, shift=0.1 * UP), run_time=0.8)
            others = range(1, len(line.pictures))
            self.play(*(FadeIn(*parts) for parts in self.labelled(line, others)), run_time=1.2)
            self.play(FadeIn(result.brackets, result.dots, line.names[0], line.shapes[0], *line.signs), run_time=0.7)
            coming = [FadeIn(result.entry(j), scale=1.3) for j in result.rows.kept]
            self.play(LaggedStart(*coming, lag_ratio=0.4), run_time=1.6)
            self.play(Create(self.halos[-1]), run_time=1.2)

    def drop_the_biases(self) -> None:
        """The weights into the last layer, and their first column leaves."""
        with self.beat("columns"):
            line, shown = self.output_line, self.weights_line
            self.play(FadeOut(line, self.output_formula), run_time=0.6)
            self.play(FadeIn(shown), run_time=1.0)
            self.wait(1.2)
            self.play(Indicate(shown.pictures[0].column(None), color=self.theme.bias), run_time=1.2)
            theta, bare = shown.pictures[0], self.bare_line.pictures[0]
            # Of a large matrix the two may show different columns.
            both = [at for at in bare.cells if at in theta.cells]
            moving = [ReplacementTransform(theta.cells[at], bare.cells[at]) for at in both]
            coming = [FadeIn(cell) for at, cell in bare.cells.items() if at not in both]
            going = [cell for at, cell in theta.cells.items() if at not in both and at[1] is not None]
            self.play(
                FadeOut(theta.column(None), shift=0.6 * DOWN),
                *moving,
                *coming,
                *map(FadeOut, going),
                ReplacementTransform(theta.brackets, bare.brackets),
                ReplacementTransform(shown.names[0], self.bare_line.names[0]),
                FadeOut(shown.shapes[0], theta.dots),
                FadeIn(self.bare_line.shapes[0], bare.dots),
                run_time=1.6,
            )
            self.remove(shown)
            self.add(self.bare_line)

    def transpose(self) -> None:
        """Rows become columns, in the place the matrix has in the product."""
        line, bare = self.lines[0], self.bare_line.pictures[0]
        turned = line.pictures[1]
        with self.beat("transpose"):
            pairs = [
                (bare.cells.get((c, r)), turned.entry(r, c)) for r in turned.rows.kept for c in turned.columns.kept
            ]
            self.play(
                *(
                    ReplacementTransform(one, other, path_arc=1) if one is not None else FadeIn(other)
                    for one, other in pairs
                ),
                *(FadeOut(cell) for (r, c), cell in bare.cells.items() if (c, r) not in turned.cells),
                ReplacementTransform(bare.brackets, turned.brackets),
                FadeOut(self.bare_line.names[0], self.bare_line.shapes[0], bare.dots),
                FadeIn(line.names[1], line.shapes[1], turned.dots),
                run_time=2.0,
            )
            self.remove(self.bare_line)
            self.add(turned)
            self.play(Indicate(turned.row(turned.rows.kept[0]), color=self.theme.highlight), run_time=1.2)

    def hand_back(self) -> None:
        """A row at a time, times δ and g′."""
        line, layer = self.lines[0], self.trace.L - 1
        result, turned, after, slope = line.pictures
        with self.beat("back"):
            self.play(
                FadeIn(self.formulas[0], shift=0.1 * UP),
                *(FadeIn(p, n, s) for p, n, s in self.labelled(line, range(2, len(line.pictures)))),
                FadeIn(result.brackets, result.dots, line.names[0], line.shapes[0], *line.signs),
                run_time=1.2,
            )
            self.play(edge_pulse(self.diagram, layer + 1, self.theme.error, backward=True), run_time=1.2)
            first, *others = self.rows(turned, after, slope, result)
            self.play(first, run_time=2.0)
            if self.written_out is not None:
                self.play(FadeIn(self.written_out, shift=0.1 * UP), run_time=0.8)
                self.wait(1.0)
            for row in others:
                self.play(row, run_time=1.2)
            self.play(turned.lit(), Create(self.halos[layer - 1]), run_time=1.0)

    def go_on(self) -> None:
        """The layers before, one after the other."""
        with self.beat("further"):
            leaving = [self.lines[0], *([self.written_out] if self.written_out is not None else [])]
            self.play(FadeOut(*leaving, self.formulas[0]), run_time=0.6)
            self.play(FadeIn(self.general, shift=0.1 * UP), run_time=0.8)
            for at, layer in enumerate(range(self.trace.L - 2, 0, -1), start=1):
                line = self.lines[at]
                coming = FadeIn(*line.pictures[1:], *line.signs, *line.names, *line.shapes)
                later = range(layer + 1, self.trace.L + 1)
                self.play(coming, self.light_on(self.weights_into(*later)), run_time=0.8)
                self.play(edge_pulse(self.diagram, layer + 1, self.theme.error, backward=True), run_time=1.0)
                self.play(FadeIn(line.pictures[0]), Create(self.halos[layer - 1]), run_time=1.0)
                self.wait(0.5)
                if layer > 1:
                    self.play(FadeOut(line), run_time=0.5)

    def stop(self) -> None:
        """The input stands without a halo; then all is as it was."""
        with self.beat("stop"):
            self.play(self.whole_again(), run_time=0.8)
            self.play(self.ringed(0, self.theme.highlight), run_time=1.4)

    # -- moves -----------------------------------------------------------------

    @staticmethod
    def labelled(line: MatrixLine, which: Any) -> list[tuple[MatrixPicture, Any, Any]]:
        """Pictures of a line with their names and shapes."""
        return [(line.pictures[at], line.names[at], line.shapes[at]) for at in which]

    def rows(
        self, turned: MatrixPicture, after: MatrixPicture, slope: MatrixPicture, result: MatrixPicture
    ) -> list[AnimationGroup]:
        """The product's rows; before a result comes, the slope of its neuron lights up."""
        found = []
        for row, coming in zip(result.rows.kept, row_by_row(turned, after, result), strict=True):
            lit = Indicate(slope.entry(row), color=self.theme.highlight, scale_factor=1.15)
            found.append(AnimationGroup(coming, lit))
        return found

    # -- what is shown ---------------------------------------------------------

    @property
    def fine(self) -> int:
        """Digits of δ."""
        return self.view.decimals + 1

    @cached_property
    def halos(self) -> list[Halos]:
        """The δ of each layer after the input, around its neurons."""
        return [Halos(self.diagram, layer) for layer in range(1, self.trace.L + 1)]

    @cached_property
    def meaning(self) -> Formula:
        """δ of the first output is ∂C/∂z."""
        L = self.trace.L
        formula = Formula(self.view, delta(L, 0), d(C, z(L, 0)), em=0.8)
        return self.stage.place(formula, self.rooms["matrices"])

    @cached_property
    def output_formula(self) -> MatrixFormula:
        """δ of the outputs."""
        return self._formula(vectorised.output_delta(self.trace))

    @cached_property
    def output_line(self) -> MatrixLine:
        """The same in numbers."""
        equation = vectorised.output_delta(self.trace)
        return self._line(equation.left, *_pieces(equation.right))

    @cached_property
    def weights_line(self) -> MatrixLine:
        """The weights into the last layer, biases first."""
        return self._line(Weights(self.trace.L))

    @cached_property
    def bare_line(self) -> MatrixLine:
        """The same without biases."""
        return self._line(Weights(self.trace.L, bias=False))

    @cached_property
    def lines(self) -> list[MatrixLine]:
        """δ of each hidden layer in numbers, the last one first."""
        equations = [vectorised.delta_recursion(layer) for layer in range(self.trace.L - 1, 0, -1)]
        return [self._line(e.left, *_pieces(e.right)) for e in equations]

    @cached_property
    def formulas(self) -> list[MatrixFormula]:
        """The same in symbols."""
        return [self._formula(vectorised.delta_recursion(layer)) for layer in range(self.trace.L - 1, 0, -1)]

    @cached_property
    def general(self) -> MatrixFormula:
        """The recursion with a free layer."""
        return self._formula(vectorised.delta_recursion(l))

    @cached_property
    def written_out(self) -> Formula | None:
        """The first entry's product, term by term; None if that could not be read."""
        layer = self.trace.L - 1
        count = self.trace.sizes[-1]
        if count > _TERMS:
            return None
        terms: list[Expression] = [w(layer + 1, i, 0) * delta(layer + 1, i) for i in range(count)]
        total = Sum(tuple(terms)) if count > 1 else terms[0]
        slope = Apply("sigma'", z(layer, 0), layer)
        product = total * slope
        sides = Side.numbers(product, {*leaves(total), slope}), Side.value(delta(layer, 0), self.fine)

        def make(decimals: int) -> Formula:
            return Formula(self.view, delta(layer, 0), *sides, em=0.42, decimals=decimals, style=Style(finer=False))

        fewer = range(self.fine, 0, -1)
        found = self.stage.place(fitted(make, total, (1, 0), self.rooms["foot"], fewer), self.rooms["foot"])
        return found if found.smallest >= READABLE_DIGITS_EM else None

    def _formula(self, equation: Any) -> MatrixFormula:
        room = self.rooms["work"].band(0.825, 1.0).widened(BRIM)
        return self.stage.place(MatrixFormula(self.view, equation.left, equation.right, em=0.66), room, up=0.6)

    def _line(self, *pieces: MatrixExpression | str) -> MatrixLine:
        spaced: list[MatrixExpression | str] = [pieces[0], *(["="] if len(pieces) > 1 else []), *pieces[1:]]
        return MatrixLine(self.view, spaced, self.rooms["matrices"], decimals=self.fine)


def _pieces(matrix: MatrixExpression) -> list[MatrixExpression | str]:
    """What a product or difference is made of, with the signs between."""
    match matrix:
        case Times(left=left, right=right):
            return [left, right]
        case Entrywise(left=Times() as left, right=right):
            return [*_pieces(left), "dot.o", right]
        case Entrywise(left=left, right=right):
            return [left, "dot.o", right]
    left, right = matrix.children()
    return [left, "-", right]
