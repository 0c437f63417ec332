"""Curves: activation functions and their slopes side by side, and where each lets a change through."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from manim import RIGHT, UP, FadeIn, FadeOut, Indicate, LaggedStart, Mobject, ReplacementTransform, VGroup
from pydantic import Field

from bp_core.costs import Cost
from bp_core.equations import Equation
from bp_core.nodes import Apply
from bp_core.quantities import Variable, a, b, z
from bp_script.entries.base import Count
from bp_script.language import N_
from scenes.kit.chapter import Chapter, parameter_of
from scenes.kit.functions import NAMES
from scenes.kit.letters.formula import Formula
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.otherwise import otherwise
from scenes.kit.parameters import BaseParameters, ParameterName
from scenes.kit.plots.function import FunctionPanel, stated
from scenes.kit.plots.scale import Scale
from scenes.kit.view import View

Function = Literal["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear"]

#: How far z goes at least to each side, and how far the plots reach up and down.
_REACH, _DOWN, _UP = 5, 5 / 4, 7 / 4
#: A slope below this lets next to nothing through.
_FLAT = 1 / 20
#: How much larger than above its curve a function's name is to begin with.
_NAME_SCALE = 1.4
_CURVE = MappingProxyType(
    {
        "sigmoid": N_("The sigmoid turns any z into a value between zero and one."),
        "tanh": N_(
            "The hyperbolic tangent has the same shape, but it is centred on zero: it runs from minus one to one."
        ),
        "relu": N_(
            "ReLU keeps z where it is positive, and makes it zero elsewhere. "
            "That takes a comparison, and no exponential: it is cheap."
        ),
        "leaky_relu": N_("The leaky ReLU keeps z where it is positive, and a small part of it elsewhere."),
        "softplus": N_("Softplus is a smooth ReLU: it rises from zero towards z itself."),
        "linear": N_("The identity leaves z as it is."),
    }
)
_SLOPE = MappingProxyType(
    {
        "sigmoid": N_("Dashed is its slope: no more than a quarter in the middle, and on both sides it vanishes."),
        "tanh": N_("Its slope reaches one in the middle, and it vanishes on both sides, too."),
        "relu": N_("Its slope is one or zero, and nothing in between. At the kink there is none; we take zero."),
        "leaky_relu": N_("Its slope is one on the right, and small but not zero on the left."),
        "softplus": N_("Its slope is the sigmoid: it vanishes on the left only."),
        "linear": N_("Its slope is one everywhere."),
    }
)


class Curves(Chapter):
    """Each activation with its derivative: where it saturates, what is centred on zero, the cheap kink of ReLU."""

    title = N_("Activation functions and their slopes")
    example_lesson = "activations"

    class Parameters(BaseParameters):
        """Which functions, at which neuron."""

        functions: Annotated[tuple[Function, ...], Count("function", 1, 3)] = Field(
            ("sigmoid", "tanh", "relu"), description="The activation functions to show."
        )
        neuron: ParameterName | None = Field(
            None, description="The neuron whose z is marked, by its bias; else the first of the last hidden layer."
        )

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        tr, here, right, left = self.tr, self.neuron, self.place(self.right), self.place(self.left)
        words = {
            "between": tr(
                "Between z and the activation stands a function. "
                "Which one is our choice, as a rule the same for a whole layer."
            )
        }
        for function in self.functions:
            words[function] = tr(_CURVE[function])
            words[f"{function}_slope"] = tr(_SLOPE[function])
        words["here"] = tr("In this network, z of one neuron is %(z)s.", z=f"{{{here}:.2f}}") + f" {self.compared}"
        words["right"] = tr("Let z grow to %(z)s.", z=f"{{{right}:.1f}}") + f" {self.flat_at(self.right)}"
        words["left"] = tr(
            "And on the other side, at %(z)s: %(flat)s",
            z=f"{{{left}:.1f}}",
            flat=self.flat_at(self.left, first=False),
        )
        words["why"] = tr(
            "The chain rule multiplies by this slope in every layer. "
            "Where it vanishes, the weights before it hardly learn."
        )
        return words

    @property
    def compared(self) -> str:
        """Which slope is the largest there."""
        slopes = {f: abs(panel.view.value(self.slope)) for f, panel in self.panels.items()}
        best, least = max(slopes, key=lambda f: slopes[f]), min(slopes, key=lambda f: slopes[f])
        if slopes[best] == slopes[least]:
            if len(slopes) == 1:
                return self.tr("This is the slope there.")
            return self.tr("The slope there is the same for all.")
        return self.tr(
            "There, %(best)s passes on the most, and %(least)s the least.",
            best=self.tr(NAMES[best]),
            least=self.tr(NAMES[least]),
        )

    def flat_at(self, at: float, *, first: bool = True) -> str:
        """Which functions are flat there."""
        tr_n = self.view.language.tr_n
        slopes = {f: abs(self.moved(f, at).value(self.slope)) for f in self.functions}
        flat = [f for f, slope in slopes.items() if slope < _FLAT]
        steep = [f for f, slope in slopes.items() if slope >= _FLAT]
        names, others = self.listed(flat), self.listed(steep)
        if not flat:
            told = tr_n("%(names)s still has a slope.", "%(names)s still have a slope.", len(steep), names=others)
        elif first:
            told = tr_n(
                "%(names)s is almost flat: saturated.",
                "%(names)s are almost flat: saturated.",
                len(flat),
                names=names,
            )
        else:
            told = tr_n("%(names)s is flat.", "%(names)s are flat.", len(flat), names=names)
        if flat and steep:
            told += " " + tr_n(
                "%(names)s passes on every change.", "%(names)s pass on every change.", len(steep), names=others
            )
        return told[0].upper() + told[1:] if first else told

    def listed(self, functions: Sequence[str]) -> str:
        """Functions' names in a row: a, b and c."""
        *before, last = [self.tr(NAMES[f]) for f in functions] or [""]
        return self.tr("%(names)s and %(last)s", names=", ".join(before), last=last) if before else last

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """Each function and its slope."""
        neuron = neuron_of(view, parameters.neuron)
        views = [with_function(view, neuron, function) for function in parameters.functions]
        own = [] if with_softmax(view, neuron) else [Equation(a(*neuron.indices), activated(neuron))]
        return [*own, *(claim for there in views for claim in stated(there, neuron))]

    def construct(self) -> None:
        """Curve by curve; then one z on all of them."""
        self.open_with(coming=[self.claim])
        self.say_what_it_is()
        for function in self.functions:
            self.draw(function)
            self.draw_slope(function)
        self.mark_the_neuron()
        self.move_z("right", self.right)
        self.move_z("left", self.left)
        self.say_why()

    def say_what_it_is(self) -> None:
        """The activation is a function of z: both light up, then the function; below it come those to choose from."""
        claim, choices = self.claim, self.choices
        with self.beat("between"):
            self.wait(0.4)
            for quantity in (claim.leaf(self.neuron, 1), claim.side(0)):
                self.play(Indicate(quantity, color=None, scale_factor=1.25), run_time=1)
            self.play(Indicate(claim.side(1), color=None, scale_factor=1.15), run_time=1.2)
            coming = (FadeIn(choice, shift=0.2 * UP) for choice in choices)
            self.play(LaggedStart(*coming, lag_ratio=0.5), run_time=2)

    def make_room(self) -> None:
        """The names go to their places."""
        names = zip(self.choices, self.panels.values(), strict=True)
        going = (ReplacementTransform(choice, panel.heading) for choice, panel in names)
        self.play(FadeOut(self.claim, scale=0.6), *going, run_time=1)

    def draw(self, function: str) -> None:
        """Axes, curve, formula."""
        panel = self.panels[function]
        with self.beat(function):
            if function == self.functions[0]:
                self.make_room()
            self.play(FadeIn(panel.axes), run_time=0.8)
            self.play(panel.growing(panel.curve, run_time=2.2))
            self.play(FadeIn(panel.formulas[0]), run_time=0.8)

    def draw_slope(self, function: str) -> None:
        """The derivative, dashed, and its formula."""
        panel = self.panels[function]
        with self.beat(f"{function}_slope"):
            self.play(panel.growing(panel.slope, run_time=2.2))
            self.play(FadeIn(panel.formulas[1]), run_time=0.8)

    def mark_the_neuron(self) -> None:
        """A dot on each curve, at the network's own z, and the slope there."""
        with self.beat("here"):
            dots = [FadeIn(dot, scale=2) for p in self.panels.values() for dot in (p.dot, p.slope_dot)]
            values = [FadeIn(panel.reading) for panel in self.panels.values()]
            self.play(LaggedStart(*dots, lag_ratio=0.15), run_time=2)
            self.play(LaggedStart(*values, lag_ratio=0.3), run_time=1.5)
            # All of a panel has come: as one it follows z.
            self.add(*self.panels.values())

    def move_z(self, beat: str, at: float) -> None:
        """The bias moves z, and every dot goes along its curve."""
        with self.beat(beat), self.running() as nudges:
            self.play(*(nudge.animate.set_value(self.shift(at)) for nudge in nudges), run_time=4)

    def say_why(self) -> None:
        """The slopes alone."""
        with self.beat("why"):
            faint = [part.animate.set_stroke(opacity=self.theme.dim) for p in self.panels.values() for part in p.curve]
            self.play(*faint, *(FadeOut(panel.dot) for panel in self.panels.values()), run_time=1)

    @contextmanager
    def running(self) -> Iterator[list[RunningNudge]]:
        """While the block plays, each panel follows its own nudge of the bias, from where it stands."""
        with ExitStack() as together:
            for panel, nudge in zip(self.panels.values(), self.nudges, strict=True):
                together.enter_context(following(nudge, panel))
            yield self.nudges

    def handover(self) -> Sequence[Mobject]:
        """Nothing: the next chapter starts on an empty stage."""
        return []

    # -- what is shown ---------------------------------------------------------

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """The functions, each once."""
        return tuple(dict.fromkeys(self.parameters.functions))

    @cached_property
    def neuron(self) -> Variable:
        """The z that is marked."""
        return neuron_of(self.view, self.parameters.neuron)

    @cached_property
    def claim(self) -> Formula:
        """The activation as a function of z, large."""
        view = self.view
        if with_softmax(view, self.neuron):
            view = with_function(view, self.neuron, self.functions[0])
        formula = Formula(view, a(*self.neuron.indices), activated(self.neuron), em=2 * self.stage.least_em)
        return self.stage.place(formula, self.stage["body"].band(0.45, 0.85))

    @cached_property
    def choices(self) -> VGroup:
        """The functions' names, large, below it."""
        names = VGroup(*(panel.heading.copy().scale(_NAME_SCALE) for panel in self.panels.values()))
        names.arrange(RIGHT, buff=2 * self.stage.least_em)
        for name in names:
            name.set_baseline(0.0)
        return self.stage.place(names, self.stage["body"].band(0.2, 0.4))

    @property
    def slope(self) -> Apply:
        """The slope of the neuron's activation function."""
        return Apply("sigma'", self.neuron, self.neuron.layer)

    @cached_property
    def reach(self) -> float:
        """How far the plots go to each side: round, and beyond the network's own z."""
        return max(float(_REACH), math.ceil(1 + abs(self.view.value(self.neuron))))

    @property
    def right(self) -> float:
        """Where z goes on the right."""
        return self.reach - self.reach / _REACH / 2

    @property
    def left(self) -> float:
        """Where z goes on the left."""
        return -self.right

    def shift(self, at: float) -> float:
        """How far the bias has to move for z to be there."""
        return at - self.view.value(self.neuron)

    def place(self, at: float) -> str:
        """Z there, as an expression of the lesson's own z."""
        shift = self.shift(at)
        return f"{self.neuron} {'+' if shift >= 0 else '-'} {abs(shift)!r}"

    def moved(self, function: str, at: float) -> View:
        """A function's view with z at another place."""
        return self.panels[function].view.with_nudge({b(*self.neuron.indices): self.shift(at)})

    @cached_property
    def nudges(self) -> list[RunningNudge]:
        """The nudge of the neuron's bias, for each panel."""
        return [RunningNudge(panel.view, b(*self.neuron.indices)) for panel in self.panels.values()]

    @cached_property
    def panels(self) -> dict[str, FunctionPanel]:
        """A panel for each function: beside each other, in a stacked stage below each other, all to the same scale."""
        body, count = self.stage["body"], len(self.functions)
        x, y = Scale(-self.reach, self.reach), Scale(-_DOWN, _UP)
        found = {}
        for at, function in enumerate(self.functions):
            if self.stage.stacked:
                room = body.band(1 - (at + 0.94) / count, 1 - at / count)
            else:
                room = body.column((at + 0.03) / count, (at + 0.97) / count)
            view = with_function(self.view, self.neuron, function)
            found[function] = FunctionPanel(
                view, self.neuron, room, x, y, em=self.stage.least_em, wide=self.stage.stacked
            )
        return found


def neuron_of(view: View, name: str | None) -> Variable:
    """The z of a neuron named by its bias; else of the first neuron of the last hidden layer, if there is one."""
    if name is None:
        return z(max(1, view.trace.L - 1), 0)
    return z(*parameter_of(view.trace, name).indices[:2])


def activated(neuron: Variable) -> Apply:
    """The activation function of a neuron's z."""
    return Apply("sigma", neuron, neuron.layer)


def with_softmax(view: View, neuron: Variable) -> bool:
    """Whether the neuron's activation depends on other neurons' z, too."""
    return neuron.layer == view.trace.L and view.trace.network.activations[-1] == "softmax"


def with_function(view: View, neuron: Variable, function: str) -> View:
    """The lesson with another activation function in the neuron's layer."""
    activations = list(view.trace.network.activations)
    layer = neuron.layer
    if isinstance(layer, int):
        activations[layer - 1] = function
    needed = view.trace.cost.record.output_activation
    fits = needed in {None, activations[-1]}
    return otherwise(view, activations=activations, cost=None if fits else Cost("squared_error"))
