"""The network: brightness is activation, thickness the size of a weight, a dashed line a negative one.

Any network has a picture that can be read: where neurons are many they are small and without their numbers, edges are
thin, and a layer that has no room keeps its first and last neurons and those that are spoken of, with ⋮ for the
others and the count of all below. What is drawn, and its cost, depends on the room and not on the network's width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Circle,
    DashedLine,
    Line,
    Transform,
    VGroup,
    interpolate_color,
)
from manim.utils.color import ManimColor

from bp_core.nodes import LayerSize
from bp_core.quantities import Variable, a, w
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import EXPONENT, Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.sight import rgb_contrast
from scenes.kit.stage import Region
from scenes.kit.theme import Colour
from scenes.kit.view import View

_THINNEST, _THICKEST = 1.6, 7.0
#: How much of a neuron's width its value may take up, and the smallest letters that can be read there.
_ROOM, _LEAST_EM = 0.86, 0.277
#: Of a number in two lines, how far its baselines are apart, in ems, and how much of the radius it reaches to.
_LINE, _TOUCHING = 1.1, 0.97
#: On any shade of grey one of these two has a contrast of 4.5 or more; softer inks have not.
_INKS = ("#ffffff", "#000000")
#: The radius of a neuron at most, as a share of its room across and down; and with edges of full thickness.
_RADIUS, _ACROSS, _DOWN, _ROOMY = 0.72, 0.28, 0.36, 0.3
#: The same share down where there are names in the neurons, and where long values have to be read in them.
_NAMED, _LONG = 0.42, 0.45
#: What of the room beside a steep edge a neuron takes.
_CLEAR = 0.92
#: The least distance from neuron to neuron, by what there is to be room for, and the largest, in radii.
_PITCH, _VALUES, _NAMES, _APART = 0.3, 0.95, 1.35, 3.4
_PITCHES = {"neurons": _PITCH, "values": _VALUES, "names": _NAMES}
#: How many neurons and gaps a layer that is not drawn whole has, if the others have no more, and the least.
_FEW, _FEWEST = 7, 4
#: The quantities that a neuron stands for.
_OF_NEURONS = frozenset({"a", "z", "b", "delta"})
#: Edges drawn at most, the strongest.
_EDGES = 900
#: Room for the count below a layer, and its letters.
_COUNT, _COUNT_EM = 0.55, 0.36
#: How many of the values have to be readable for any to be shown, as a share.
_ENOUGH = 0.8


class Neuron(VGroup):
    """A neuron as bright as it is active, with its activation written inside if there is room to read it."""

    def __init__(
        self,
        view: View,
        variable: Variable,
        radius: float,
        brightest: float,
        ring: str,
        *,
        decimals: int | None = None,
        valued: bool = True,
    ) -> None:
        super().__init__()
        self._valued, self._decimals = valued, decimals
        self.variable, self.radius, self.brightest = variable, radius, brightest
        self.ring = Circle(radius=radius, stroke_width=3 * _slender(radius), color=ring)
        self.value = Value(view, variable, em=min(0.5, max(radius * 0.68, _LEAST_EM)), decimals=decimals)
        self.add(self.ring, self.value)
        self.follow(view)

    def follow(self, view: View) -> Neuron:
        """Brightness and value of another view."""
        share = min(1.0, abs(view.value(self.variable)) / self.brightest)
        theme = view.theme
        fill = interpolate_color(ManimColor(theme.neuron_off), ManimColor(theme.neuron_on), share)
        self.ring.set_fill(fill, opacity=1)
        self.value.ink = max(_INKS, key=lambda ink: rgb_contrast(ManimColor(ink).to_rgb(), fill.to_rgb()))
        self._write(view)
        return self

    def _write(self, view: View) -> None:
        """The value, with more digits rather than a power of ten, with fewer rather than too long; else nothing."""
        usual = view.decimals if self._decimals is None else self._decimals
        tries = dict.fromkeys([usual, *range(usual + 1, view.decimals + 1), *range(usual - 1, -1, -1)])
        for decimals in tries:
            if self._fits(view, decimals) and "e" not in self.value.shown.text:
                return
        if not self._fits(view, usual):
            self.value.blank()

    def _fits(self, view: View, decimals: int) -> bool:
        """Write the value with so many decimals; whether it can be read."""
        self.value.decimals = decimals
        value = self.value.show(view)
        grown, least = self.ring.width / (2 * self.radius), _least_em(value)
        size = grown * (max(value.em, least) if "e" in value.shown.text else value.em)
        value.scale(size / value.em_now)
        share = min(1.0, self.ring.width / _width_needed(value, size))
        value.scale(share).move_to(self.ring.get_center())
        return self._valued and size * share >= grown * least * (1 - 1e-6)

    def ringed(self, colour: Colour) -> Neuron:
        """The ring in another colour."""
        self.ring.set_stroke(colour)
        return self

    def widened(self, width: float) -> Neuron:
        """As wide as this, and as high as before."""
        self.ring.stretch_to_fit_width(width)
        return self

    def darkened(self, fill: Colour) -> Neuron:
        """Without its number and as if not active, so that something else can stand in it."""
        self.ring.set_fill(fill)
        self.value.set_fill(opacity=0)
        return self


def _least_em(value: Value) -> float:
    """The smallest letters in which a value can be read: an exponent is smaller than its number."""
    return _LEAST_EM / (EXPONENT if "e" in value.shown.text else 1)


def _width_needed(value: Value, size: float) -> float:
    """How wide a neuron is that has room for its value, set in letters of that size; a power of ten has two lines."""
    if "e" not in value.shown.text:
        return float(value.width) / _ROOM
    above = len(value.shown.text.partition("e")[0]) + 1
    mantissa, power = VGroup(*value[:above]), VGroup(*value[above:])
    mantissa.shift((power.get_x() - mantissa.get_x()) * RIGHT + _LINE * size * UP)
    low, high = value.get_corner(LEFT + DOWN), value.get_corner(RIGHT + UP)
    corners = [
        np.array([part.get_x() + side * part.width / 2, end])
        for part, end in ((mantissa, high[1]), (power, low[1]))
        for side in (-1, 1)
    ]
    middle = (low + high)[:2] / 2
    return 2 * max(float(np.linalg.norm(corner - middle)) for corner in corners) / _TOUCHING


class NetworkDiagram(VGroup):
    """A network in a region, its layers from left to right.

    ``keep`` names quantities whose neurons are drawn in any case. So few neurons a layer are drawn that there is room
    for their values in them, or for their names, if that is asked for; ``apart`` is how far the neurons of
    a layer may be from each other, in radii. Without ``valued`` no neuron has its number. ``layers`` are the neurons
    that are drawn, ``edges`` the weights, ``marks`` what stands for the others: for each layer that is not whole its
    ⋮ and its count.
    """

    def __init__(
        self,
        view: View,
        region: Region,
        *,
        radius: float = _RADIUS,
        keep: Iterable[Variable] = (),
        room_for: Literal["neurons", "values", "names"] = "neurons",
        apart: float = _APART,
        valued: bool = True,
    ) -> None:
        super().__init__()
        self.view = view
        sizes = view.trace.sizes
        kept = _kept(keep, len(sizes))
        across = region.width / max(len(sizes) - 0.35, 1)
        pitch = _PITCH if room_for == "values" and across * _ACROSS < _VALUES * _DOWN else _PITCHES[room_for]
        self.drawn = _shown(sizes, region, pitch, kept)
        slots = [_slots(shown, size) for shown, size in zip(self.drawn, sizes, strict=True)]
        whole = [len(shown) == size for shown, size in zip(self.drawn, sizes, strict=True)]
        room = region if all(whole) else Region(region.left, region.right, region.bottom + _COUNT, region.top)
        down = room.height / max(map(len, slots))
        self.radius = min(radius, across * _ACROSS, down * (_NAMED if room_for == "names" else _DOWN))
        gap = min(down, self.radius * apart)
        # The steepest edge keeps clear of the neurons beside its own.
        steepest = max((len(one) + len(other)) / 2 - 1 for one, other in pairwise(slots)) * gap
        self.radius = min(self.radius, _CLEAR * gap * across / float(np.hypot(across, steepest)))
        brightness = brightest(view)
        if room_for == "values":
            needed = _radius_for_values(view, self.drawn)
            self.radius = max(self.radius, min(needed, radius, across * _ACROSS, down * _LONG))
        decimals = _readable_decimals(view, self.drawn, self.radius)
        self.layers: list[list[Neuron]] = []
        self.marks: list[VGroup] = []
        self._neurons: dict[tuple[int, int], Neuron] = {}
        for layer, places_ in enumerate(slots):
            x = room.centre[0] + (layer - (len(sizes) - 1) / 2) * across
            column, marks = [], VGroup()
            for row, j in enumerate(places_):
                point = np.array([x, room.centre[1] + ((len(places_) - 1) / 2 - row) * gap, 0.0])
                if j is None:
                    marks.add(Typeset("$dots.v$", em=min(0.6, 2.4 * self.radius), colour=view.theme.quiet))
                    marks[-1].move_to(point)
                    continue
                neuron = self._neurons[layer, j] = Neuron(
                    view,
                    a(layer, j),
                    self.radius,
                    brightness,
                    view.theme.activation,
                    decimals=decimals,
                    valued=valued and decimals is not None,
                )
                column.append(neuron.move_to(point))
            if not whole[layer]:
                count = Value(view, LayerSize(layer), em=_COUNT_EM, colour=view.theme.quiet, decimals=0)
                marks.add(count.scale(max(_LEAST_EM / _COUNT_EM, min(1.0, 0.8 * across / count.width))))
                # Where columns are close, every other count stands lower.
                lower = 0.3 * (layer % 2) if count.width > 0.85 * across else 0.0
                lowest = marks[-2] if places_[-1] is None else column[-1]
                count.next_to(lowest, DOWN, buff=0.16 + lower)
                self.marks.append(marks)
            self.layers.append(column)
        largest = heaviest(view)
        self.edges = {weight: self._edge(view, weight, largest) for weight in self._weights(kept)}
        #: How opaque the edges are in full light: small networks have light ones.
        self.strengths = {weight: float(edge.get_stroke_opacity()) for weight, edge in self.edges.items()}
        self.add(VGroup(*self.edges.values()), VGroup(*self.neurons()), *self.marks)

    def neurons(self) -> list[Neuron]:
        """All neurons that are drawn, layer by layer."""
        return [neuron for column in self.layers for neuron in column]

    def unlit(self) -> dict[Neuron, Circle]:
        """Each neuron before any signal: its ring, dark and without a number."""
        off = self.view.theme.neuron_off
        return {neuron: neuron.ring.copy().set_fill(off, opacity=1) for neuron in self.neurons()}

    def holds(self, quantity: Variable) -> bool:
        """Whether a neuron, or the edge of a weight, is drawn."""
        if quantity.symbol == "w":
            return quantity in self.edges
        layer, j = places(quantity)
        return (layer, j) in self._neurons

    def neuron(self, quantity: Variable) -> Neuron:
        """The neuron of an activation, a pre-activation or a bias."""
        layer, j = places(quantity)
        return self._neurons[layer, j]

    def edge(self, weight: Variable) -> Line:
        """The edge of a weight."""
        return self.edges[weight]

    def ends(self, weight: Variable) -> tuple[Neuron, Neuron]:
        """The neurons that a weight leads from and to."""
        layer, j, k = places(weight)
        return self._neurons[layer - 1, k], self._neurons[layer, j]

    def label(self, variable: Variable, *, em: float = 0.5, below: bool = False, buff: float = 0.16) -> Typeset:
        """The symbol of an activation, at its neuron."""
        view = self.view
        symbol = Typeset(f"${view.notation.variable(variable, view.net)}$", em=em, colour=view.colour(variable))
        symbol.next_to(self.neuron(variable), DOWN if below else UP, buff=buff)
        return symbol

    def parameter_label(self, parameter: Variable, *, em: float = 0.46) -> VGroup:
        """A weight's symbol and value above its edge, a bias's below its neuron."""
        view = self.view
        symbol = Typeset(f"${view.notation.variable(parameter, view.net)}$", em=em, colour=view.colour(parameter))
        value = Value(view, parameter, em=max(0.3, em * 0.75))
        value.next_to(symbol, DOWN, buff=em * 0.22)
        label = VGroup(symbol, value)
        if parameter.symbol == "w":
            return label.next_to(self.edges[parameter].get_center(), UP, buff=max(0.16, 0.4 * em))
        return label.next_to(self.neuron(parameter), DOWN, buff=0.22)

    def follow(self, view: View) -> NetworkDiagram:
        """Another view's numbers, brightness and edges, in place."""
        self.view = view
        for neuron in self.neurons():
            neuron.follow(view)
        largest = heaviest(view)
        for weight, edge in self.edges.items():
            edge.become(self._edge(view, weight, largest).set_stroke(opacity=edge.get_stroke_opacity()))
        return self

    def strengthened(self, view: View) -> AnimationGroup:
        """Every edge as its weight is in another view."""
        largest = heaviest(view)
        return AnimationGroup(*(Transform(edge, self._edge(view, w, largest)) for w, edge in self.edges.items()))

    def dimmed(self, but: Iterable[VGroup] = ()) -> AnimationGroup:
        """Dim every neuron and edge but these."""
        kept = {id(k) for k in but}
        parts = [*self.edges.values(), *self.neurons(), *self.marks]
        return AnimationGroup(*(p.animate.set_opacity(self.view.theme.dim) for p in parts if id(p) not in kept))

    def spotlit(self, quantities: Iterable[Variable]) -> AnimationGroup:
        """Light on the neurons and edges of these quantities; other edges recede, and rings are grey."""
        dim, chosen = self.view.theme.dim, list(quantities)
        edges = {v for v in chosen if v.symbol == "w"}
        neurons = {id(self.neuron(v)) for v in chosen if v.symbol in _OF_NEURONS and self.holds(v)}
        moves = [
            edge.animate.set_stroke(opacity=self.strengths[v] * (1.0 if v in edges else dim / 2))
            for v, edge in self.edges.items()
        ]
        theme = self.view.theme
        ringed = [(n, theme.activation if id(n) in neurons else theme.quiet) for n in self.neurons()]
        return AnimationGroup(*moves, *self._ringing(ringed))

    def lit(self) -> AnimationGroup:
        """Everything in full light, as in the beginning."""
        moves = [edge.animate.set_stroke(opacity=self.strengths[v]) for v, edge in self.edges.items()]
        return AnimationGroup(*moves, *self._ringing([(n, self.view.theme.activation) for n in self.neurons()]))

    @staticmethod
    def _ringing(colours: Iterable[tuple[Neuron, Colour]]) -> list[Animation]:
        """Rings take on these colours; neurons that have them already are not drawn anew over what lies on them."""
        return [
            neuron.animate.ringed(colour)
            for neuron, colour in colours
            if neuron.ring.get_stroke_color() != ManimColor(colour)
        ]

    def beside_output(self, mobject: VGroup, j: int, *, buff: float = 0.6) -> VGroup:
        """Put something to the right of output j."""
        return mobject.next_to(self._neurons[len(self.layers) - 1, j], RIGHT, buff=buff)

    def _edge(self, view: View, weight: Variable, largest: float) -> Line:
        return connection(view, weight, *self.ends(weight), largest)

    def _weights(self, kept: Sequence[Sequence[int]]) -> list[Variable]:
        """The weights that get an edge: all between neurons that are drawn, of very many the strongest."""
        share = _EDGES // max(1, len(self.drawn) - 1)
        found = []
        for layer in range(1, len(self.drawn)):
            weights = [w(layer, j, k) for j in self.drawn[layer] for k in self.drawn[layer - 1]]
            if len(weights) > share:
                matrix = np.abs(self.view.trace.network.weights[layer - 1])
                strong = sorted(weights, key=lambda v: -matrix[places(v)[1:]])[:share]
                spoken = [w(layer, j, k) for j in kept[layer] for k in kept[layer - 1]]
                chosen = {*strong, *spoken}
                weights = [weight for weight in weights if weight in chosen]
            found += weights
        return found


def connection(view: View, weight: Variable, one: Neuron, other: Neuron, largest: float | None = None) -> Line:
    """The edge of a weight between two neurons: as thick as the weight is large, dashed if it is negative."""
    start, end = one.ring.get_center(), other.ring.get_center()
    way = (end - start) / np.linalg.norm(end - start)
    start, end = start + way * one.radius, end - way * other.radius
    value = view.value(weight)
    share = min(1.0, abs(value) / (largest or heaviest(view)))
    thickness = (_THINNEST + (_THICKEST - _THINNEST) * share) * _slender(min(one.radius, other.radius))
    # Where lines are many, they have fewer dashes.
    dash = 0.12 if min(one.radius, other.radius) > _ROOMY / 2 else 0.2
    line = Line(start, end) if value >= 0 else DashedLine(start, end, dash_length=dash, dashed_ratio=0.55)
    return line.set_stroke(view.theme.weight, width=thickness, opacity=_slender(min(one.radius, other.radius)) ** 0.7)


def heaviest(view: View) -> float:
    """The size of the largest weight, which is drawn thickest; 1 if all are zero."""
    return max(float(np.max(np.abs(matrix))) for matrix in view.trace.network.weights) or 1.0


def brightest(view: View) -> float:
    """The activation that is drawn brightest: 1, or the largest there is."""
    here = view.trace.at_step(view.step)
    example = here.examples[here.focus]
    return max(1.0, *(float(np.max(np.abs(found))) for found in (example.x, *(layer.a for layer in example.layers))))


def _slender(radius: float) -> float:
    """How much thinner lines are drawn between small neurons."""
    return min(1.0, radius / _ROOMY)


def _kept(quantities: Iterable[Variable], layers: int) -> list[list[int]]:
    """The neurons of each layer that these quantities belong to."""
    kept: list[list[int]] = [[] for _ in range(layers)]
    for quantity in quantities:
        if quantity.symbol in {"C", "J"}:
            continue
        if quantity.symbol in "xy":
            kept[0 if quantity.symbol == "x" else -1] += places(quantity)
            continue
        layer, j, *k = places(quantity)
        kept[layer].append(j)
        if k:
            kept[layer - 1] += k
    return [list(dict.fromkeys(column)) for column in kept]


def _shown(sizes: Sequence[int], region: Region, pitch: float, kept: Sequence[Sequence[int]]) -> list[list[int]]:
    """The neurons of each layer that are drawn."""
    most = max(_FEWEST, int(region.height / pitch))
    whole = [size for size in sizes if size <= most]
    if len(whole) == len(sizes):
        return [list(range(size)) for size in sizes]
    # The count below needs room, too.
    most = max(_FEWEST, int((region.height - _COUNT) / pitch))
    rows = min(most, max([_FEW, *(size for size in whole if size <= most)]))
    return [
        list(range(size)) if size <= rows else _some(size, rows, most, spoken)
        for size, spoken in zip(sizes, kept, strict=True)
    ]


def _some(size: int, rows: int, most: int, kept: Sequence[int]) -> list[int]:
    """The neurons drawn of a layer: those kept, and from both ends as many as there are rows for."""
    found: set[int] = set()
    for j in kept:
        if _rows({*found, j}, size) <= most:
            found.add(j)
    for step in range(rows):
        for j in (step, size - 1 - step):
            if _rows({*found, j}, size) <= rows:
                found.add(j)
    return sorted(found)


def _rows(shown: Iterable[int], size: int) -> int:
    """How many rows these neurons take, with a row for each gap."""
    return len(_slots(sorted(shown), size))


def _slots(shown: Sequence[int], size: int) -> list[int | None]:
    """What stands in a column from top to bottom: neurons, and None for those left out between."""
    slots: list[int | None] = []
    for before, j in pairwise([-1, *shown, size]):
        slots += [None, j] if j - before > 1 else [j]
    return slots[:-1]


def _radius_for_values(view: View, drawn: Sequence[Sequence[int]]) -> float:
    """How large neurons are in which all these values can be read, with as few digits as they can have."""
    digits = range(min(1, view.decimals), view.decimals + 1)
    return max(
        min(_least_width(Value(view, a(layer, j), em=_LEAST_EM, decimals=few)) for few in digits) / 2
        for layer, column in enumerate(drawn)
        for j in column
    )


def _least_width(value: Value) -> float:
    """How wide a neuron is in which a value, set in the smallest letters of a plain number, can be read."""
    size = _least_em(value)
    return _width_needed(value.scale(size / _LEAST_EM), size)


def _readable_decimals(view: View, drawn: Sequence[Sequence[int]], radius: float) -> int | None:
    """The digits after the point with which the values can be read in neurons of that radius; None if they cannot."""
    variables = [a(layer, j) for layer, column in enumerate(drawn) for j in column]
    for decimals in [*range(view.decimals, 1, -1), min(1, view.decimals)]:
        values = [Value(view, variable, em=_LEAST_EM, decimals=decimals) for variable in variables]
        fitting = sum(_least_width(value) <= 2 * radius * (1 + 1e-6) for value in values)
        if fitting == len(variables) or (decimals <= 1 and fitting >= _ENOUGH * len(variables)):
            return decimals
    return None
