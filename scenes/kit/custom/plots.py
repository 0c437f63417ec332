"""Plots of a scripted scene: the cost over one or two parameters, an activation's curve; each with a dot for now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from manim import Animation, FadeIn, LaggedStart, Mobject, Succession, UpdateFromAlphaFunc, VGroup, VMobject

from bp_core.activations import ACTIVATIONS
from bp_core.nodes import Expression
from bp_core.quantities import C, J, Variable, a
from bp_core.sweep import sweep
from bp_script.language.caller import tr
from bp_script.steps.shows import (
    CostContourShow,
    CostCurveShow,
    CurveShow,
    cost_contour_options,
    cost_curve_options,
    curve_options,
)
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.functions import NAMES
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.contour import Contour
from scenes.kit.plots.curve import Series
from scenes.kit.plots.dot import PlotDot
from scenes.kit.plots.plot import Plot
from scenes.kit.plots.scale import Scale
from scenes.kit.view import View

#: Values along a curve.
_POINTS = 401
#: How far an activation's curve reaches at least.
_REACH = 5.0
#: Less than this between its axes, and a plot cannot be read.
_FLAT, _NARROW = 1.0, 1.6
_COSTS = {"C": C, "J": J}


class _Plotted(Exhibit):
    """A plot, which needs some room between its axes."""

    axes: PlotAxes

    def complaint(self) -> str | None:
        """Too flat, or too narrow."""
        room = self.axes.room
        flat, narrow = room.height < _FLAT, room.width < _NARROW
        return tr("is too flat to be read") if flat else tr("is too narrow to be read") if narrow else None


class CostCurve(_Plotted):
    """The cost as one parameter changes, all else as it was when the curve came; a dot where the network is."""

    def __init__(self, made: Making, said: CostCurveShow | str) -> None:
        view, views, room, least = made.view, made.views, made.room, made.least
        options = cost_curve_options(said)
        self._parameter, self._cost = made.variable(options.parameter), _COSTS[options.cost]
        low, high = _span([v.value(self._parameter) for v in views], options.reach)
        xs = np.linspace(low, high, _POINTS)
        ys = sweep(view.from_here().trace, self._parameter, xs, self._cost)
        colour = view.theme.cost
        costs = np.append(ys, [v.value(self._cost) for v in views])
        x, y = Axis(Scale(low, high), self._parameter), Axis(Scale.holding(costs), self._cost)
        self.plot = Plot(view, room, [Series(xs, ys, colour)], x, y, em=1.15 * least)
        self.dot = PlotDot(
            view, self.plot.axes, self._parameter, self._cost, colour=view.theme.highlight, reads=self._cost,
            em=0.9 * least, curves=self.plot.curves,
        )  # fmt: skip
        self.axes = self.plot.axes
        super().__init__(VGroup(self.plot, self.dot))

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002
        """Axes, curve, dot."""
        return Succession(self.plot.drawn(), self.plot.growing(run_time=1.6), FadeIn(self.dot, scale=2))

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """All of it belongs to its parameter and its cost."""
        return [(self.drawing, (self._parameter, self._cost))]

    def followers(self) -> Sequence[Mobject]:
        """The dot."""
        return [self.dot]

    def stepped(self, view: View) -> Sequence[Animation]:
        """The dot goes where the network is now."""
        return [_goes(self.dot, view)]


class CostContour(_Plotted):
    """The cost over two parameters, all else as it was when the plot came; a dot where the network is."""

    def __init__(self, made: Making, said: CostContourShow | tuple[str, ...]) -> None:
        view, views, room, least = made.view, made.views, made.room, made.least
        options = cost_contour_options(said)
        first, second = (made.variable(name) for name in options.parameters)
        self._of = (first, second, _COSTS[options.cost])
        spans = [_span([v.value(parameter) for v in views], options.reach) for parameter in (first, second)]
        still = view.from_here()
        self.contour = Contour(still, room, self._of[2], (first, second), (spans[0], spans[1]), em=1.15 * least)
        self.dot = PlotDot(view, self.contour.axes, first, second, colour=view.theme.highlight)
        self.axes = self.contour.axes
        super().__init__(VGroup(self.contour, self.dot))

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002
        """The ground, then the dot."""
        return Succession(self.contour.drawn(), FadeIn(self.dot, scale=2))

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """All of it belongs to its parameters and its cost."""
        return [(self.drawing, self._of)]

    def followers(self) -> Sequence[Mobject]:
        """The dot."""
        return [self.dot]

    def stepped(self, view: View) -> Sequence[Animation]:
        """The dot goes where the network is now."""
        return [_goes(self.dot, view)]


class ActivationCurve(_Plotted):
    """An activation, with its derivative if asked for, and a dot where a neuron of it is."""

    def __init__(self, made: Making, said: CurveShow | str) -> None:
        view, views, room, least = made.view, made.views, made.room, made.least
        options = curve_options(said)
        record = ACTIVATIONS[options.activation]
        at = None if options.at is None else made.variable(options.at)
        reach = max([_REACH, *(1.2 * abs(v.value(at)) for v in views if at is not None)])
        zs = np.linspace(-reach, reach, _POINTS)
        values, theme = record.value(zs), view.theme
        em = 1.15 * least
        series = [Series(zs, values, theme.activation, label=_name(view, options.activation, em, theme.activation))]
        if options.derivative:
            name = _name(view, options.activation, em, theme.pre_activation, primes="'")
            series.append(Series(zs, record.derivative(zs), theme.pre_activation, style="dashed", label=name))
        highest = np.concatenate([np.asarray(one.ys) for one in series])
        x = Axis(Scale(-reach, reach), Typeset("$z$", em=em, colour=theme.pre_activation))
        y = Axis(Scale.holding(highest), Typeset("$a$", em=em, colour=theme.activation))
        self.plot = Plot(view, room, series, x, y, em=em)
        self.dot = VGroup()
        self._of: tuple[Variable, ...] = ()
        if at is not None:
            neuron = a(*at.indices)
            self._of = (at, neuron)
            self.dot = PlotDot(
                view, self.plot.axes, at, neuron, colour=theme.highlight, reads=neuron, em=0.9 * least,
                curves=self.plot.curves,
            )  # fmt: skip
        self.axes = self.plot.axes
        super().__init__(VGroup(self.plot, self.dot))

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002
        """Axes, curves, names, dot."""
        arriving = [self.plot.drawn(), self.plot.growing(run_time=1.6), self.plot.named()]
        return Succession(*arriving, *([FadeIn(self.dot, scale=2)] if len(self.dot) else []))

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """All of it belongs to the neuron."""
        return [(self.drawing, self._of)]

    def followers(self) -> Sequence[Mobject]:
        """The dot."""
        return [self.dot] if len(self.dot) else []

    def stepped(self, view: View) -> Sequence[Animation]:
        """The dot goes where the neuron is now."""
        return [_goes(self.dot, view)] if len(self.dot) else []


def _name(view: View, name: str, em: float, colour: str, *, primes: str = "") -> Typeset:
    """A curve's name, a derivative's with its prime."""
    return Typeset(f'$"{view.tr(NAMES[name])}"{primes}$', em=0.8 * em, colour=colour)


def _span(values: Sequence[float], reach: float) -> tuple[float, float]:
    return min(values) - reach, max(values) + reach


def _goes(dot: PlotDot, view: View) -> Animation:
    """The dot glides to where another view has it; its number changes on arrival."""
    start = dot.dot.get_center()
    target = dot.copy().follow(view).dot.get_center()

    def at(moving: PlotDot, share: float) -> None:
        if share >= 1:
            moving.follow(view)
        else:
            moving.dot.move_to((1 - share) * start + share * target)

    return LaggedStart(UpdateFromAlphaFunc(dot, at, run_time=1.4))
