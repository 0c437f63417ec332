"""A forward pass that can be watched: numbers change in place, layer by layer, behind a pulse along the edges."""

from __future__ import annotations

from typing import Any

from manim import AnimationGroup, LaggedStart, Line, ShowPassingFlash, interpolate_color, there_and_back
from manim.utils.color import ManimColor

from scenes.kit.motion.rewrite import Rewrite
from scenes.kit.pictures.diagram import NetworkDiagram, Neuron
from scenes.kit.theme import Colour
from scenes.kit.view import View

#: Width of a pulse, and the most that run at once.
_PULSE, _PULSES = 12, 60


class Turn(Rewrite):
    """A neuron takes on its activation of another view: brightness and value."""

    def __init__(self, neuron: Neuron, view: View, *, run_time: float = 0.7, **kwargs: Any) -> None:
        self.neuron = neuron
        self._before = neuron.ring.get_fill_color()
        self._after = neuron.copy().follow(view).ring.get_fill_color()
        self._width, self._ink = neuron.ring.get_stroke_width(), neuron.ring.get_stroke_color()
        super().__init__(neuron.value, view, run_time=run_time, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        """The brightness runs evenly, and the ring flares up on the way."""
        super().interpolate_mobject(alpha)
        ring, flare = self.neuron.ring, there_and_back(alpha)
        ring.set_fill(interpolate_color(self._before, self._after, alpha))
        flaring = ManimColor(self._view.theme.highlight)
        ring.set_stroke(interpolate_color(self._ink, flaring, flare), width=self._width * (1 + flare))

    def turn(self) -> None:
        """Value, brightness and the ink that can be read on it."""
        self.neuron.follow(self._view)


def edge_pulse(diagram: NetworkDiagram, layer: int, colour: Colour, *, backward: bool = False) -> AnimationGroup:
    """A flash along the edges into a layer, or back along them to the layer before; of many edges the thickest."""
    weights = [weight for weight in diagram.edges if weight.layer == layer]
    thickest = sorted(weights, key=lambda weight: -abs(diagram.view.value(weight)))[:_PULSES]
    lines = []
    for weight in thickest:
        ends = [neuron.ring.get_center() for neuron in diagram.ends(weight)]
        start, end = reversed(ends) if backward else ends
        lines.append(Line(start, end, buff=diagram.radius, color=colour, stroke_width=_PULSE))
    return AnimationGroup(*(ShowPassingFlash(line, time_width=0.7) for line in lines))


def turned(diagram: NetworkDiagram, layer: int, view: View) -> AnimationGroup:
    """A layer's neurons take on their activations of another view."""
    return AnimationGroup(*(Turn(neuron, view) for neuron in diagram.layers[layer]))


def forward_pass(diagram: NetworkDiagram, view: View) -> list[AnimationGroup]:
    """The pass through a network in another view, an animation for each layer after the input."""
    colour = view.theme.activation
    return [
        LaggedStart(edge_pulse(diagram, layer, colour), turned(diagram, layer, view), lag_ratio=0.6)
        for layer in range(1, len(diagram.layers))
    ]
