"""A forward pass that can be watched: numbers change in place, layer by layer, behind a pulse along the edges."""

from __future__ import annotations

from typing import Any

from manim import Animation, AnimationGroup, LaggedStart, Line, ShowPassingFlash, VGroup, interpolate_color
from manim.utils.color import ManimColor

from scenes.kit.diagram import NetworkDiagram, Neuron
from scenes.kit.number import Value
from scenes.kit.view import View


class Rewrite(Animation):
    """A number becomes what it is in another view, in place: the old digits go, then the new ones come."""

    def __init__(self, value: Value, view: View, *, run_time: float = 0.6, **kwargs: Any) -> None:
        self.value, self._view = value, view
        self._opacity = max((glyph.get_fill_opacity() for glyph in value.submobjects), default=1.0)
        self._same = view.shown(value.expression, decimals=value.decimals, signed=value.signed).text == value.shown.text
        self._new = False
        super().__init__(value, run_time=run_time, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        """Half the time for going, half for coming; what reads the same stays."""
        if alpha >= 0.5 and not self._new:
            self.turn()
            self._new = True
        share = 1.0 if self._same else abs(2 * alpha - 1)
        self.value.set_fill(opacity=share * self._opacity)

    def turn(self) -> None:
        """The moment of change."""
        self.value.show(self._view)


class Turn(Rewrite):
    """A neuron takes on its activation of another view: brightness and value."""

    def __init__(self, neuron: Neuron, view: View, *, run_time: float = 0.7, **kwargs: Any) -> None:
        self.neuron = neuron
        self._before = neuron.ring.get_fill_color()
        self._after = neuron.copy().follow(view).ring.get_fill_color()
        super().__init__(neuron.value, view, run_time=run_time, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        """The brightness runs evenly."""
        super().interpolate_mobject(alpha)
        self.neuron.ring.set_fill(interpolate_color(ManimColor(self._before), ManimColor(self._after), alpha))

    def turn(self) -> None:
        """Value, brightness and the ink that can be read on it."""
        self.neuron.follow(self._view)


def forward_pass(diagram: NetworkDiagram, view: View, *, run_time: float = 1.0) -> list[AnimationGroup]:
    """The pass through a network in another view, an animation for each layer after the input."""
    colour = view.theme.activation
    passes = []
    for number, layer in enumerate(diagram.layers[1:], start=1):
        ways = [edge for weight, edge in diagram.edges.items() if weight.layer == number]
        pulses = VGroup(*(Line(e.get_start(), e.get_end(), color=colour, stroke_width=8) for e in ways))
        passes.append(
            LaggedStart(
                AnimationGroup(*(ShowPassingFlash(pulse, time_width=0.6) for pulse in pulses), run_time=run_time * 0.6),
                AnimationGroup(*(Turn(neuron, view) for neuron in layer)),
                lag_ratio=0.5,
                run_time=run_time,
            )
        )
    return passes
