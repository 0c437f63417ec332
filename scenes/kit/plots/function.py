"""An activation function and its derivative as a plot, with a dot where a neuron's z lies on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from manim import DOWN, LEFT, UP, VGroup

from bp_core.activations import ACTIVATIONS
from bp_core.arrays import Array
from bp_core.nodes import Apply, Expression, Symbol, substitute
from bp_core.quantities import Variable, a, z
from scenes.kit.functions import NAMES
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.otherwise import EquationThere
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.curve import Curve, Growing, Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.kit.view import View

#: Those whose slope jumps at zero.
KINKED = frozenset({"relu", "leaky_relu"})
_SAMPLES = 161
#: The values that are marked upwards: where these functions end or cross.
_TICKS = (-1.0, 0.0, 1.0)
#: Shares of a panel: its plot's height where it is tall, its width where it is wide.
_TALL, _WIDE = 0.68, 0.53
#: Plots lower than this have little room for the slope in them; the share of the height for formulas beside a plot.
_LOW, _FILLED = 2.0, 0.9
#: Where both formulas stand below a tall one's plot, clear of the values along its axis.
_HEIGHTS = 0.7, 0.2


class FunctionPanel(VGroup):
    """One function: its name, its curve (solid) and its derivative's (dashed), both formulas, and a neuron's dots.

    ``neuron`` is a z whose layer has this function in ``view``. Tall panels have the formulas below, wide ones beside.
    """

    def __init__(
        self, view: View, neuron: Variable, region: Region, x: Scale, y: Scale, *, em: float, wide: bool
    ) -> None:
        super().__init__()
        self.view, self.neuron = view, neuron
        layer = neuron.layer
        self.function = view.trace.network.activations[layer - 1 if isinstance(layer, int) else -1]
        theme = view.theme
        plot_room = region.column(0.0, _WIDE) if wide else region.band(1 - _TALL, 0.9)
        letters = region.column(_WIDE + 0.03, 1.0) if wide else region.band(0.0, 1 - _TALL - 0.03)
        title = Typeset("$z$", em=em, colour=theme.pre_activation)
        untitled = Typeset("$$", em=em, colour=theme.ink)
        self.axes = PlotAxes(view, plot_room, Axis(x, title), Axis(y, untitled, _TICKS), em=em, low=True)
        self.heading = Words(view.tr(NAMES[self.function]), em=(0.9 if wide else 1.1) * em, colour=theme.ink)
        record = ACTIVATIONS[self.function]
        self.curve = self._curves(record.value, theme.activation, "solid")
        self.slope = self._curves(record.derivative, theme.ink, "dashed")
        sigma, sigma_prime = (Apply(name, neuron, layer) for name in ("sigma", "sigma'"))
        self.dot = PlotDot(view, self.axes, neuron, sigma, colour=theme.activation)
        self.slope_dot = PlotDot(view, self.axes, neuron, sigma_prime, colour=theme.ink)
        # On the upper left every one of these functions leaves room.
        word = Words(view.tr("slope"), em=(0.75 if wide else 0.8) * em, colour=theme.quiet)
        self.value = Value(view, sigma_prime, em=0.9 * em, colour=theme.ink, decimals=view.decimals + 2, anchor="left")
        low = wide and self.axes.room.height < _LOW
        self.reading = VGroup(word, self.value).arrange(DOWN, buff=0.06 if low else 0.14, aligned_edge=LEFT)
        self.reading.move_to(self.axes.room.point(0.03, 1.06 if low else 0.98), aligned_edge=UP + LEFT)
        self.formulas = VGroup(*(self._formula(claim, em) for claim in stated(view, neuron)))
        self._arrange(region, letters, wide=wide)
        self.add(
            self.axes, self.heading, *self.curve, *self.slope, self.dot, self.slope_dot, self.reading, self.formulas
        )

    def growing(self, curves: VGroup, *, run_time: float) -> Growing:
        """A curve is drawn."""
        return Growing(*curves, run_time=run_time)

    def follow(self, view: View) -> FunctionPanel:
        """The dots go to another view's z."""
        self.dot.follow(view)
        self.slope_dot.follow(view)
        self.value.show(view)
        return self

    def _curves(self, function: object, colour: str, style: str) -> VGroup:
        """The curve of a function; in two pieces where it jumps."""
        assert callable(function)  # noqa: S101 - one of a record's two
        found = VGroup()
        for xs in self._stretches(function):
            ys: Array = function(xs)
            found.add(Curve(self.axes, Series(xs, ys, colour, style)))
        return found

    def _stretches(self, function: object) -> Iterator[np.ndarray]:
        low, high = self.axes.x.scale.low, self.axes.x.scale.high
        if self.function in KINKED and function is ACTIVATIONS[self.function].derivative and low < 0 < high:
            yield np.linspace(low, 0.0, _SAMPLES)
            yield np.linspace(np.nextafter(0.0, 1.0), high, _SAMPLES)
            return
        yield np.linspace(low, high, _SAMPLES)

    def _formula(self, claim: EquationThere, em: float) -> Formula:
        plain: tuple[Expression, Expression] = Symbol("z"), Symbol("a")
        short: dict[Expression, Expression] = dict(zip(_quantities(self.neuron), plain, strict=True))
        return Formula(self.view, claim.left, claim.right, em=em, written=short)

    def _arrange(self, region: Region, letters: Region, *, wide: bool) -> None:
        room = self.axes.room
        if wide:
            self.heading.move_to(letters.point(0, 1), aligned_edge=UP + LEFT)
            letters = letters.band(0.0, 1 - 1.3 * self.heading.height / letters.height)
        else:
            self.heading.move_to(np.array([(room.left + room.right) / 2, region.top, 0.0]), aligned_edge=UP)
        if wide:
            for formula in self.formulas:
                formula.scale(min(1.0, letters.width / formula.width))
            self.formulas.arrange(DOWN, buff=0.1)
            self.formulas.scale(min(1.0, _FILLED * letters.height / self.formulas.height))
            self.formulas.arrange(DOWN, buff=0.1, aligned_edge=LEFT).move_to(letters.point(0, 0.5), aligned_edge=LEFT)
            return
        self.formulas.scale(min(1.0, letters.width / self.formulas.width))
        # In panels beside each other the formulas stand on the same two heights.
        left = max(0.0, (letters.width - self.formulas.width) / 2 / letters.width)
        for formula, height in zip(self.formulas, _HEIGHTS, strict=True):
            formula.move_to(letters.point(left, height), aligned_edge=LEFT)


def stated(view: View, neuron: Variable) -> tuple[EquationThere, EquationThere]:
    """What the neuron's activation is, and its slope: in terms of the activation where that is the shorter form."""
    at, value = _quantities(neuron)
    layer = neuron.layer
    record = ACTIVATIONS[view.trace.network.activations[layer - 1 if isinstance(layer, int) else -1]]
    slope = record.derivative_formula if record.derivative_from_value is None else record.derivative_from_value
    slope = substitute(substitute(slope, Symbol("z"), at), Symbol("a"), value)
    return (
        EquationThere(value, substitute(record.value_formula, Symbol("z"), at), view.trace),
        EquationThere(Apply("sigma'", at, layer), slope, view.trace),
    )


def _quantities(neuron: Variable) -> tuple[Variable, Variable]:
    return z(*neuron.indices), a(*neuron.indices)
