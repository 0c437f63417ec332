"""Output gradients: the loss by the prediction, and from there by each weight and the bias of the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from manim import RIGHT, Animation, AnimationGroup, FadeIn, Indicate, VGroup

from bp_core.equations import Equation
from bp_core.nodes import Expression, LayerSize, Number
from bp_core.quantities import C, J, Variable, d, y
from bp_script.language import N_
from scenes.kit.calculus.batch import averaged_derivative
from scenes.kit.calculus.worked import Worked
from scenes.kit.calculus.worked_chapter import WorkedChapter
from scenes.kit.calculus.working import Working, written
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.style import Style
from scenes.kit.motion.moves import Morph, standing_at, taken
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.more import COUNT, More
from scenes.kit.stage import Region
from scenes.kit.view import View

#: What the derivative of a cost by an output is, in words.
_DERIVATIVE = {
    "squared_error": N_("The derivative is two times the difference between prediction and label."),
    "half_squared_error": N_("The derivative is the difference between prediction and label."),
    "mean_squared_error": N_(
        "The derivative is two times the difference between prediction and label, over the number of outputs."
    ),
    "binary_cross_entropy": N_(
        "The derivative is the difference between prediction and label, over prediction times one minus prediction."
    ),
    "cross_entropy": N_("The derivative is minus the label over the prediction."),
}
#: How fast a prediction moves with a weight, by where the weight comes from and whether the output is linear.
_OWN_FACTOR = {
    ("input", True): N_("The prediction moves with a weight as fast as the input it is multiplied by."),
    ("input", False): N_(
        "The prediction moves with a weight as fast as the input it is multiplied by, "
        "times the slope of its activation function."
    ),
    ("hidden", True): N_("The prediction moves with a weight as fast as the hidden output it is multiplied by."),
    ("hidden", False): N_(
        "The prediction moves with a weight as fast as the hidden output it is multiplied by, "
        "times the slope of its activation function."
    ),
}


class OutputGradients(WorkedChapter):
    """The loss's derivative by the prediction, and by the output's weights and bias, in symbols and numbers."""

    title = N_("The gradients of the output")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, first = self.tr, self.parameters_shown[0]
        words = {
            "loss": tr("Now backward. How does the loss change with the prediction?")
            + " "
            + tr(_DERIVATIVE[self.trace.cost.function]),
            "number": self.meaning,
            "chain": tr(
                "A weight moves the prediction, and the prediction moves the loss. "
                "So the two derivatives multiply: the chain rule."
            ),
            "weight": f"{self.own_factor} {{@numbers}} "
            + tr("In numbers: %(gradient)s.", gradient=as_drawn(d(C, first), self.rows[first].last)),
        }
        if len(self.weights_shown) > 1:
            words["others"] = tr("For another weight only that last factor is another one.")
        words["bias"] = (
            tr("The bias is multiplied by nothing. So its gradient is the loss's own derivative.")
            if self.linear
            else tr("The bias is multiplied by nothing. So that factor is left out.")
        )
        words["careful"] = (
            tr("Careful: the loss of n examples carries one over n.")
            + " "
            + (
                tr("Here n is one. With more examples, the gradient is the mean of theirs.")
                if len(self.trace.examples) == 1
                else tr("These are the gradients of one example; that of all is the mean of theirs.")
            )
        )
        return words

    @property
    def meaning(self) -> str:
        """The derivative's number, and what its sign says."""
        tr, slope = self.tr, self.view.value(self.worked.loss_by_prediction)
        number = as_drawn(self.worked.loss_by_prediction, self.known.last)
        if slope == 0:
            return tr("Here that is %(slope)s: the prediction is right, and nothing has to change.", slope=number)
        if slope < 0:
            return tr("Here that is %(slope)s: were the prediction a little larger, the loss would fall.", slope=number)
        return tr("Here that is %(slope)s: were the prediction a little smaller, the loss would fall.", slope=number)

    @property
    def own_factor(self) -> str:
        """How fast the prediction moves with a weight."""
        if self.softmax:
            return self.tr("Softmax ties the outputs together, but worked out, it is short.")
        return self.tr(_OWN_FACTOR["input" if self.trace.L == 1 else "hidden", self.linear])

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """Every derivative that is worked out, and the mean."""
        worked = Worked(view.trace, parameters.output)
        shown = worked.parameters(worked.prediction)
        found = [Equation(worked.loss_by_prediction, worked.loss_formula)]
        for parameter in shown:
            found += [
                Equation(d(C, parameter), form) for form in (worked.through(parameter), worked.computed(parameter))
            ]
        return [*found, averaged(view, shown[0])]

    def construct(self) -> None:
        """From the loss to every parameter of the output."""
        self.open_with(self.network)
        self.start_at_the_loss()
        self.put_in_its_numbers()
        self.chain_to_a_weight()
        self.work_it_out()
        if len(self.weights_shown) > 1:
            self.do_the_others()
        self.do_the_bias()
        self.mind_the_mean()

    def start_at_the_loss(self) -> None:
        """∂L/∂ŷ, and what it is."""
        first = self.known
        with self.beat("loss"):
            self.play(self.network.lit([C, self.worked.prediction, y(0)]), run_time=0.8)
            self.play(self.network.back_along(self.parameters_shown[-1:]), run_time=1.4)
            self.play(first.begin(self.named(first, 0), run_time=2.4))

    def put_in_its_numbers(self) -> None:
        """Its numbers, and what they say."""
        with self.beat("number"):
            sources = self.valued(self.worked.prediction)
            self.play(self.known.go_on(1, standing_at(self.known.stages[1], 1, sources), run_time=1.8))
            self.wait(1.6)
            self.play(self.known.go_on(2, run_time=1.4))

    def chain_to_a_weight(self) -> None:
        """The chain rule for the first weight; its first factor is what we have."""
        parameter = self.parameters_shown[0]
        row, slope = self.rows[parameter], self.worked.loss_by_prediction
        with self.beat("chain"):
            self.play(self.network.lit([C, self.worked.prediction, *self.part(parameter)]), run_time=0.8)
            self.play(self.network.ahead_along([parameter]), run_time=2)
            self.play(row.begin(taken(row.stages[0], 1, self.known.last, 0, slope), run_time=2.4))

    def work_it_out(self) -> None:
        """Each factor's formula, then its number, and the product."""
        parameter, slope = self.parameters_shown[0], self.worked.loss_by_prediction
        row, known = self.rows[parameter], self.known.last
        with self.beat("weight"):
            self.play(row.go_on(1, self.named(row, 1), run_time=2))
            self.wait_until("numbers")
            for stage in range(2, len(row.stages)):
                sources = taken(row.stages[stage], 1, known, len(known.sides) - 1, slope)
                self.play(row.go_on(stage, sources, run_time=1.6))
                if row.stages[stage] is not row.last:
                    self.wait(1.2)
            self.play(self.glowing(parameter))

    def do_the_others(self) -> None:
        """The other weights, each in one go."""
        with self.beat("others"):
            for parameter in self.weights_shown[1:]:
                self.play(self.network.lit([C, self.worked.prediction, *self.part(parameter)]), run_time=0.6)
                self.work(parameter)
            if len(self.more):
                self.play(FadeIn(self.more), run_time=0.6)

    def do_the_bias(self) -> None:
        """The bias."""
        bias = self.parameters_shown[-1]
        with self.beat("bias"):
            self.play(self.network.lit([C, self.worked.prediction, bias]), run_time=0.6)
            self.work(bias)
            if len(self.weights_shown) == 1 and len(self.more):
                self.play(FadeIn(self.more), run_time=0.6)

    def mind_the_mean(self) -> None:
        """Over all examples, the mean."""
        with self.beat("careful"):
            self.play(self.network.all_lit(), Morph(None, self.mean, run_time=2))
            self.play(Indicate(self.mean.side(1), color=None, scale_factor=1.08), run_time=1.2)

    # -- how a row is worked out ---------------------------------------------------

    def work(self, parameter: Variable) -> None:
        """A row in one go: its factors' formulas, the number; its parameter glows."""
        row = self.rows[parameter]
        self.play(row.begin(self.named(row, 0), run_time=1.8))
        self.play(row.go_on(1, run_time=1.2), self.glowing(parameter))

    def named(self, row: Working, stage: int) -> dict[Any, Any]:
        """Where the symbols of a row's right side come from: the network, and what is known of the prediction."""
        return standing_at(row.stages[stage], 1, self.pictured(None if row is self.known else self.known.last))

    def glowing(self, parameter: Variable) -> Animation:
        """A parameter's place in the network glows by the size of its gradient."""
        return FadeIn(self.glow.part(parameter)) if parameter in self.drawn else AnimationGroup()

    def part(self, parameter: Variable) -> list[Variable]:
        """A parameter, and of a weight the neuron it comes from."""
        return self.network.with_source(parameter)

    # -- what is shown -------------------------------------------------------------

    @property
    def linear(self) -> bool:
        """Whether the output is its weighted sum."""
        return self.trace.network.activations[-1] == "linear"

    @property
    def softmax(self) -> bool:
        """Whether the outputs are tied together."""
        return self.trace.network.activations[-1] == "softmax"

    @cached_property
    def parameters_shown(self) -> tuple[Variable, ...]:
        """The weights that stand for all, as far as there is room for them, and the bias."""
        every = self.worked.parameters(self.worked.prediction)
        height = sum(row.reach.height for row in self.block(every))
        return every if height <= self.room_for(every).height else (every[0], every[-1])

    @property
    def weights_shown(self) -> tuple[Variable, ...]:
        """The weights alone."""
        return self.parameters_shown[:-1]

    @property
    def drawn(self) -> list[Variable]:
        """Those of them that the picture shows."""
        return [p for p in self.parameters_shown if self.network.diagram.holds(p)]

    @cached_property
    def glow(self) -> Glow:
        """How much each counts."""
        strengths = {p: self.view.value(d(C, p)) for p in self.drawn}
        return Glow(self.network.diagram, strengths, self.theme.cost)

    @cached_property
    def more(self) -> VGroup:
        """How many weights are not written down."""
        if len(self.weights_shown) == self.trace.sizes[-2]:
            return VGroup()
        count = LayerSize(self.trace.L - 1) - Number(len(self.weights_shown))
        said = self.view.language.tr_n(
            "… and %(n)s more weight", "… and %(n)s more weights", round(self.view.value(count)), n=COUNT
        )
        more = More(self.view, count, em=self.letters * 0.8, said=said)
        return self.stage.place(more, self.parts["more"])

    @property
    def known(self) -> Working:
        """∂L/∂ŷ."""
        return self.all_rows[0]

    @property
    def rows(self) -> Mapping[Variable, Working]:
        """The row of each parameter."""
        return dict(zip(self.parameters_shown, self.all_rows[1:], strict=True))

    @cached_property
    def parts(self) -> Mapping[str, Region]:
        """Where the rows stand, what says how many more there are, and the mean."""
        room = self.rooms["written"]
        if self.stage.square:
            names = {"rows": room.band(0.28, 1.0), "fewer rows": room.band(0.36, 1.0), "more": room.band(0.28, 0.34)}
            return {**names, "mean": room.band(0.0, 0.28)}
        names = {"rows": room.band(0.2, 1.0), "fewer rows": room.band(0.28, 1.0), "more": room.band(0.2, 0.26)}
        return {**names, "mean": room.band(0.0, 0.19)}

    @cached_property
    def all_rows(self) -> Sequence[Working]:
        """The rows in one block."""
        return self.block(self.parameters_shown)

    def room_for(self, parameters: Sequence[Variable]) -> Region:
        """Where the rows of these parameters stand."""
        return self.parts["rows" if len(parameters) > self.trace.sizes[-2] else "fewer rows"]

    def block(self, parameters: Sequence[Variable]) -> Sequence[Working]:
        """The rows of these parameters, below that of the loss."""
        make = partial(self.at_size, parameters)
        otherwise = [partial(make, upstream=True)]
        if parameters != self.worked.parameters(self.worked.prediction):
            otherwise.append(partial(make, upstream=True, brief=True))
        room, em = self.room_for(parameters), 0.92 * self.letters
        return written(make, room, em=em, least=self.least_letters, otherwise=otherwise)

    def at_size(
        self,
        parameters: Sequence[Variable],
        em: float,
        style: Style,
        *,
        upstream: bool = False,
        brief: bool = False,
    ) -> list[Working]:
        """All rows in letters of a size; with ``upstream`` only the first says what ∂L/∂ŷ is.

        With ``brief`` values take the place of what they are computed from.
        """
        slope, formula = self.worked.loss_by_prediction, self.worked.loss_formula
        known_digits, digits = self.product_digits(parameters[0], style)
        value = Side.value(slope, known_digits)
        known = [(slope, formula), (slope, Side.numbers(formula), value), (slope, formula, value)]
        rows = [Working(self.view, *known, em=em, style=style)]
        for parameter in parameters:
            whole, computed = d(C, parameter), self.worked.computed(parameter, upstream=upstream)
            # A linear output's bias has the derivative by the prediction itself for its own.
            value = Side.value(whole, known_digits if computed in (slope, formula) else digits)
            numbers = self.worked.numbers(parameter)
            stages: list[tuple[Side | Expression, ...]] = [(whole, computed)]
            stages.append((whole, value) if brief else (whole, computed, value))
            if parameter == parameters[0]:
                in_numbers = [] if numbers is None else [(whole, Side.numbers(numbers), value)]
                stages = [(whole, self.worked.through(parameter)), (whole, computed), *in_numbers, stages[-1]]
            rows.append(Working(self.view, *stages, em=em, style=style))
        return rows

    @cached_property
    def mean(self) -> Formula:
        """What the derivative of the whole loss is."""
        mean = averaged(self.view, self.parameters_shown[0])
        low = self.stage.square
        formula = Formula(self.view, mean.left, mean.right, em=self.known.em, style=Style(ranges=not low, inline=low))
        self.stage.place(formula, self.parts["mean"])
        return formula.shift((self.known.last.relation(1).get_x() - formula.relation(1).get_x()) * RIGHT)


def averaged(view: View, parameter: Variable) -> Equation:
    """The derivative of the whole loss."""
    return Equation(d(J, parameter), averaged_derivative(view, parameter))
