"""The gradient: the average derivative by one weight is one component of a vector that has all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import (
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    GrowArrow,
    Indicate,
    LaggedStart,
    Mobject,
    ShowPassingFlash,
)
from pydantic import Field

from bp_core.equations import Equation
from bp_core.quantities import J, Variable, d
from bp_script.language import N_
from scenes.kit.calculus.averaged import averaged_formula
from scenes.kit.calculus.batch import averaged_derivative
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.letters.formula import Formula
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.glow import Glow
from scenes.kit.pictures.labels import ParameterLabels
from scenes.kit.pictures.vector import GradientColumn, Steps
from scenes.kit.stage import Region
from scenes.kit.view import View

_COMPONENT = {
    "w": N_("This average tells what one weight does to the cost of all examples."),
    "b": N_("This average tells what one bias does to the cost of all examples."),
}
#: Where the largest component belongs: to a weight or a bias, and whether to one of the last layer.
_LARGEST = {
    ("w", True): N_("%(the_largest)s belongs to a weight of the last layer: there, a nudge counts most."),
    ("w", False): N_("%(the_largest)s belongs to a weight of an earlier layer: there, a nudge counts most."),
    ("b", True): N_("%(the_largest)s belongs to a bias of the last layer: there, a nudge counts most."),
    ("b", False): N_("%(the_largest)s belongs to a bias of an earlier layer: there, a nudge counts most."),
}


class GradientVector(Chapter):
    """The gradient of the cost fills, component by component, one for every weight and bias; then with values."""

    title = N_("The gradient of the cost")

    class Parameters(BaseParameters):
        """Where it begins."""

        parameter: ParameterName = Field(
            "w[L][0][0]", description="The weight or bias whose average derivative comes first."
        )

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr = self.tr
        return {
            "component": tr(_COMPONENT[self.variable.symbol]),
            "slot": tr("It is a single component of something larger: the gradient of the cost."),
            "fill": tr("The gradient has one for every weight and every bias of the network."),
            "values": tr("Each of them is an average over all examples, and each is a number."),
            "size": self.largest,
            "direction": tr(
                "All of them together point the way in which the cost grows fastest. To learn is to step the other way."
            ),
        }

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The component it begins with."""
        variable = parameter_of(view.trace, parameters.parameter)
        return [Equation(d(J, variable), averaged_derivative(view, variable))]

    def construct(self) -> None:
        """From one component to all of them, and to their numbers."""
        self.open_with(self.formula, coming=[] if self.stage.stacked else [self.diagram, self.labels])
        self.look_at_one_component()
        self.find_its_place()
        self.fill_the_vector()
        self.put_in_numbers()
        self.weigh_them()
        self.see_the_direction()

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter goes back to one example."""
        return []

    def look_at_one_component(self) -> None:
        """The parameter in the network, and the left side of its equation."""
        with self.beat("component"):
            if self.stage.stacked:
                below = self.formula.animate.move_to(self.rooms["vector"].centre)
                self.play(below, FadeIn(self.diagram), FadeIn(self.labels), run_time=1)
            self.play(self.pointing(self.variable), Indicate(self.formula.side(0), color=None), run_time=2)

    def find_its_place(self) -> None:
        """The vector opens, and the component goes to its place."""
        vector = self.vector
        with self.beat("slot"):
            self.play(FadeOut(self.formula.relation(1), self.formula.side(1)), run_time=0.6)
            leaving = self.formula.side(0)
            self.play(Travel(leaving, vector.components[self.variable]), FadeOut(leaving, run_time=0.3), run_time=1.4)
            self.remove(self.formula)
            self.play(FadeIn(vector.name, vector.equals, shift=RIGHT * 0.2), Create(vector.left.brackets), run_time=1.4)

    def fill_the_vector(self) -> None:
        """Layer by layer from the end, each parameter sends its component."""
        vector = self.vector
        with self.beat("fill"):
            for layer in range(self.trace.L, 0, -1):
                rows = [row for row in vector.rows if row.layer == layer and row != self.variable]
                if rows:
                    moves = [self.sending(row) for row in rows]
                    self.play(LaggedStart(*moves, lag_ratio=0.3), run_time=max(0.9, 4 / self.trace.L))
            if len(vector.left.dots):
                self.play(FadeIn(vector.left.dots), run_time=0.5)

    def put_in_numbers(self) -> None:
        """Every component's value, from top to bottom."""
        vector = self.vector
        with self.beat("values"):
            self.play(FadeIn(vector.sign), Create(vector.right.brackets), run_time=1)
            coming = [FadeIn(value, shift=RIGHT * 0.2) for value in vector.values.values()]
            self.play(LaggedStart(*coming, lag_ratio=0.4), FadeIn(vector.right.dots), run_time=2.6)

    def weigh_them(self) -> None:
        """Their sizes, laid over the network; the largest lights up."""
        vector, most = self.vector, self.most
        with self.beat("size"):
            self.play(LaggedStart(*(Create(part) for part in self.glow), lag_ratio=0.1), run_time=2)
            self.play(
                *(Indicate(part[most], color=None, scale_factor=1.12) for part in (vector.components, vector.values))
            )
            self.play(ShowPassingFlash(self.glow.part(most).copy().set_color(self.theme.highlight), time_width=1))

    def see_the_direction(self) -> None:
        """An arrow for each component; then all of them turn round."""
        steps = self.steps
        with self.beat("direction"):
            self.play(Indicate(self.vector.name, color=None, scale_factor=1.3), run_time=1)
            if len(steps):
                self.play(LaggedStart(*(GrowArrow(arrow) for arrow in steps), lag_ratio=0.2), run_time=2)
            self.wait(1.6)
            if len(steps):
                self.play(steps.turned(self.theme.highlight), run_time=1.6)

    # -- moves -----------------------------------------------------------------

    def pointing(self, parameter: Variable) -> Animation:
        """A light on a parameter in the network."""
        symbol = self.labels.symbol(parameter)
        place = Glow(self.diagram, {parameter: 1.0}, self.view.colour(parameter))
        flash = ShowPassingFlash(place.part(parameter), time_width=1)
        return flash if symbol is None else AnimationGroup(flash, Indicate(symbol, color=None))

    def sending(self, parameter: Variable) -> Animation:
        """A parameter's component comes from its place in the network."""
        symbol, component = self.labels.symbol(parameter), self.vector.components[parameter]
        arriving = FadeIn(component, shift=UP * 0.1) if symbol is None else Travel(symbol, component)
        return LaggedStart(self.pointing(parameter), arriving, lag_ratio=0.3)

    # -- what it tells -----------------------------------------------------------

    @cached_property
    def variable(self) -> Variable:
        """The parameter of the first component."""
        return self.parameter(self.parameters.parameter)

    @cached_property
    def most(self) -> Variable:
        """The parameter with the largest component of those shown."""
        return max(self.vector.rows, key=lambda row: abs(self.view.value(d(J, row))))

    @property
    def largest(self) -> str:
        """Which component is the largest, in words."""
        if not self.view.value(d(J, self.most)):
            return self.tr("Here all of them are zero: no nudge changes the cost.")
        everything = len(self.vector.rows) == self.trace.network.parameter_count
        largest = self.tr("The largest") if everything else self.tr("The largest of these")
        return self.tr(_LARGEST[self.most.symbol, self.most.layer == self.trace.L], the_largest=largest)

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the network, the vector and its arrows stand."""
        body, left = self.stage["body"], self.stage["diagram"]
        if not self.stage.stacked:
            beside = body.column(0.505, 1.0).band(0.04, 1.0)
            return {
                "diagram": left.band(0.12, 1.0),
                "vector": beside.column(0.0, 0.92),
                "steps": beside.column(0.94, 1.0),
            }
        lower = body.band(0.0, 0.6)
        return {
            "diagram": body.band(0.64, 1.0),
            "vector": lower.column(0.0, 0.92),
            "steps": lower.column(0.94, 1.0),
        }

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network."""
        return NetworkDiagram(self.view, self.rooms["diagram"], keep=self.vector.rows)

    @cached_property
    def labels(self) -> ParameterLabels:
        """Names and values at its edges and neurons."""
        return ParameterLabels(self.diagram, self.rooms["diagram"], em=1.1 * self.stage.least_em)

    @cached_property
    def glow(self) -> Glow:
        """The size of each component, on the network."""
        strengths = {p: self.view.value(d(J, p)) for p in self.trace.network.parameters() if self.diagram.holds(p)}
        return Glow(self.diagram, strengths, self.theme.cost)

    @cached_property
    def vector(self) -> GradientColumn:
        """The gradient."""
        return GradientColumn(
            self.view,
            self.rooms["vector"],
            least=self.stage.least_em,
            follow=self.variable,
            decimals=self.view.decimals + 2,
        )

    @cached_property
    def steps(self) -> Steps:
        """Which way, and how far, each component leads."""
        return Steps(self.vector, self.rooms["steps"], self.theme.cost)

    @cached_property
    def formula(self) -> Formula:
        """The average derivative by one parameter, as the chapter before leaves it."""
        return averaged_formula(self.view, self.variable, self.stage)
