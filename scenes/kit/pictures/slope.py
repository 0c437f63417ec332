"""A ratio as the slope of a graph: one quantity against the one it is made of, with the tangent at its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, Line, VGroup, VMobject

from bp_core.activations import ACTIVATIONS
from bp_core.quantities import Derivative
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.clearance import Obstacles, first_clear
from scenes.kit.stage import Region
from scenes.kit.view import View

_EM = 0.4
_SAMPLES = 121
#: Shares of the region's width that the graph keeps free for the names of the axes.
_LEFT, _RIGHT = 0.15, 0.86
#: How far a graph goes on beyond the values that it is followed to, as a share of its stretch.
_BEYOND = 0.06
#: How far a tangent reaches, as a share of the graph's width.
_TANGENT = 0.26

Curve = Callable[[float], float]


class SlopePlot(VGroup):
    """The graph of ``factor.of`` against ``factor.by``, all else fixed, and its tangent.

    It is wide enough for the views in ``also``, and :meth:`follow` goes along the graph to one of them.
    """

    def __init__(self, view: View, factor: Derivative, region: Region, also: Sequence[View] = ()) -> None:
        super().__init__()
        self.factor, self._curve = factor, curve_of(view, factor)
        theme = view.theme
        ends = span_of(view, factor)
        beyond = 0.0 if _of_logarithms(view, factor) else _BEYOND
        inputs = np.linspace(*_holding(ends, [v.value(factor.by) for v in also], beyond), _SAMPLES)
        outputs = np.array([self._curve(float(t)) for t in inputs])
        low, high = float(outputs.min()), float(outputs.max())
        room = (high - low) * 0.1 or 1.0
        # What goes down to zero stands on the axis.
        floor = 0.0 if 0 <= low <= room else low - room
        self._origin, self._far = np.array([inputs[0], floor]), np.array([inputs[-1], high + room])
        self._corner, self._end = region.point(_LEFT, 0), region.point(_RIGHT, 1)
        corner = self._corner
        self.axes = VGroup(Line(corner, region.point(_RIGHT, 0)), Line(corner, region.point(_LEFT, 1)))
        self.axes.set_stroke(theme.faint, width=2)
        names = [
            Typeset(f"${view.notation.variable(v, view.net)}$", em=_EM, colour=view.colour(v))
            for v in (factor.by, factor.of)
        ]
        names[0].next_to(self.axes[0].get_right(), RIGHT, buff=0.12)
        names[1].next_to(self.axes[1].get_top(), LEFT, buff=0.12).shift(DOWN * names[1].height / 2)
        self.names = VGroup(*names)
        self.curve = VMobject().set_points_as_corners([self._point(x, y) for x, y in zip(inputs, outputs, strict=True)])
        self.curve.set_stroke(view.colour(factor.of), width=3.5)
        self.tangent = Line(corner, corner + RIGHT, color=theme.ink, stroke_width=3)
        self.dot = Dot(corner, radius=0.075, color=theme.ink)
        self.value = Value(view, factor, em=0.36)
        self.add(self.axes, self.names, self.curve, self.tangent, self.dot, self.value)
        self.follow(view)

    def follow(self, view: View) -> SlopePlot:
        """Another view's point of the graph, and the tangent there."""
        at, slope = view.value(self.factor.by), view.value(self.factor)
        here = self._point(at, self._curve(at))
        way = self._point(at + 1, self._curve(at) + slope) - here
        way *= _TANGENT * (self._end - self._corner)[0] / max(float(np.linalg.norm(way)), 1e-9)
        back, on = (here + sign * way * _inside(here, sign * way, self._corner, self._end) for sign in (-1, 1))
        self.tangent.put_start_and_end_on(back, on)
        self.dot.move_to(here)
        self.value.show(view)
        first_clear(self.value, self._around(here, slope), self._others())
        return self

    def _around(self, here: np.ndarray, slope: float) -> list[np.ndarray]:
        """Where the slope's value may stand, first below a rising tangent or above a falling one, then farther off."""
        way = DOWN if slope >= 0 else UP
        corners = (way + RIGHT, -way + LEFT, way, -way, RIGHT, LEFT, -way + RIGHT, way + LEFT)
        half = np.array([self.value.width / 2, self.value.height / 2, 0.0])
        low, high = self._corner + half, self._end - half
        places = [here + corner * (half + buff) for buff in (0.12, 0.3, 0.5, 0.8) for corner in corners]
        inside = [p for p in places if (low[:2] <= p[:2]).all() and (p[:2] <= high[:2]).all()]
        return inside or places

    def _others(self) -> Obstacles:
        return Obstacles([*self.axes, *self.names, self.tangent], drawn=[self.curve])

    def _point(self, x: float, y: float) -> np.ndarray:
        share = (np.array([x, y]) - self._origin) / (self._far - self._origin)
        point: np.ndarray = self._corner + (self._end - self._corner) * np.array([*share, 0.0])
        return point


def _holding(ends: tuple[float, float], values: Sequence[float], beyond: float) -> tuple[float, float]:
    """A stretch that holds these values, too, with that share of it as room beyond them."""
    room = beyond * (max([ends[1], *values]) - min([ends[0], *values]))
    return min([ends[0], *(value - room for value in values)]), max([ends[1], *(value + room for value in values)])


def _of_logarithms(view: View, factor: Derivative) -> bool:
    """Whether the graph is a cross-entropy's against an output: it ends at 0 and 1."""
    needed = view.trace.cost.record.output_activation
    return needed is not None and factor.of.symbol == "C" and factor.by.symbol == "a"


def _inside(start: np.ndarray, way: np.ndarray, corner: np.ndarray, far: np.ndarray) -> float:
    """How much of a way stays between two corners."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(way > 0, (far - start) / way, np.where(way < 0, (corner - start) / way, 1.0))
    return float(np.clip(shares[:2].min(), 0.0, 1.0))


def curve_of(view: View, factor: Derivative) -> Curve:
    """``factor.of`` as a function of ``factor.by``, everything else as it is in the network."""
    trace, of, by = view.trace, factor.of, factor.by
    example, last = trace.examples[trace.focus], trace.L
    if of.symbol == "z":
        # z is linear in each of its parts.
        at, value, slope = view.value(by), view.value(of), view.value(factor)
        return lambda t: value + slope * (t - at)
    activation = ACTIVATIONS[trace.network.activations[-1]]
    if of.symbol == "a":
        return lambda t: float(activation(np.array([t]))[0])
    j = places(by)[1]

    def cost(t: float) -> float:
        changed = (example.layer(last).a if by.symbol == "a" else example.layer(last).z).copy()
        changed[j] = t
        outputs = changed if by.symbol == "a" else activation(changed)
        return float(trace.cost.record.value(outputs, example.y))

    return cost


def span_of(view: View, factor: Derivative) -> tuple[float, float]:
    """The stretch of ``factor.by`` that shows what kind of curve it is, the network's own value inside."""
    at = view.value(factor.by)
    if factor.by.symbol == "z":
        return min(-5.0, at - 2.0), max(5.0, at + 2.0)
    if factor.by.symbol != "a" or factor.of.symbol != "C":
        reach = max(1.0, abs(at))
        return at - reach, at + reach
    target = view.trace.examples[view.trace.focus].y[places(factor.by)[1]]
    if _of_logarithms(view, factor):
        return 0.04, 0.96  # logarithms have no value at the ends
    reach = max(1.7 * abs(at - target), 0.5)
    return target - reach, target + reach
