"""Halos: a ring around each neuron of a layer, as thick as its δ is large, dashed where it is negative."""

from __future__ import annotations

from manim import Circle, DashedVMobject, VGroup, VMobject

from bp_core.quantities import Variable, delta
from scenes.kit.pictures.diagram import NetworkDiagram

_THINNEST, _THICKEST = 2.0, 9.0
#: How much larger than its neuron a halo is, and the dashes around it.
_LARGER, _DASHES = 1.22, 14


class Halos(VGroup):
    """The δ of a layer's neurons around them, all of the network to the same scale."""

    def __init__(self, diagram: NetworkDiagram, layer: int) -> None:
        super().__init__()
        view = diagram.view
        sizes = view.trace.sizes
        everything = (abs(view.value(delta(n, j))) for n in range(1, len(sizes)) for j in range(sizes[n]))
        largest = max(everything, default=0.0) or 1.0
        self._of: dict[Variable, VMobject] = {}
        for neuron in diagram.layers[layer]:
            own = delta(*neuron.variable.indices)
            value = view.value(own)
            ring: VMobject = Circle(radius=_LARGER * neuron.radius).move_to(neuron.ring)
            if value < 0:
                ring = DashedVMobject(ring, num_dashes=_DASHES, dashed_ratio=0.6)
            width = _THINNEST + (_THICKEST - _THINNEST) * abs(value) / largest
            self._of[own] = ring.set_stroke(view.theme.error, width=width)
        self.add(*self._of.values())
