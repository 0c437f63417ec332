"""What the chapters on the vectorised algorithm share: the network with its bias units, and room beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from manim import AnimationGroup, FadeIn, FadeOut, LaggedStart, Mobject, ShowPassingFlash, VMobject

from bp_core.matrices import Place
from bp_core.quantities import Variable
from scenes.kit.chapter import Chapter
from scenes.kit.pictures.bias_units import BiasUnits, below_bias_units
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.matrix import MatrixPicture
from scenes.kit.stage import Region

#: How much wider than its room a long formula may be, so that it can be read; the frame's margin is wider.
BRIM = 0.025


class Layerwise(Chapter):
    """A chapter that works beside the network: it begins and ends with it, whole and undimmed."""

    example_lesson = "delta_algorithm"

    def handover(self) -> Sequence[Mobject]:
        """The network and its bias units."""
        return [self.diagram, self.units]

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """The network's place and the room to work in: a formula, matrices, and a line below them."""
        body = self.stage["body"]
        if self.stage.square:
            network, work = body.band(0.79, 1.0), body.band(0.0, 0.765)
            shares = {"formula": (0.85, 1.0), "matrices": (0.275, 0.825), "foot": (0.0, 0.26)}
            return {"network": network, "work": work, **{name: work.band(*share) for name, share in shares.items()}}
        if self.stage.stacked:
            network, work = body.band(0.68, 1.0), body.band(0.0, 0.64)
        else:
            network, work = body.column(0.0, 0.36), body.column(0.403, 1.0)
        foot, matrices = (0.26, 0.3) if self.stage.stacked else (0.2, 0.25)
        return {
            "network": network,
            "work": work,
            "formula": work.band(0.84, 1.0),
            "matrices": work.band(matrices, 0.81),
            "foot": work.band(0.0, foot),
        }

    @cached_property
    def diagram(self) -> NetworkDiagram:
        """The network, with whatever the chapter speaks of."""
        region = below_bias_units(self.rooms["network"], self.trace.sizes)
        return NetworkDiagram(self.view, region, keep=self.spoken_of)

    @property
    def spoken_of(self) -> Sequence[Variable]:
        """What has to be drawn of a network too wide to be drawn whole."""
        return ()

    @cached_property
    def units(self) -> BiasUnits:
        """Its bias units."""
        return BiasUnits(self.diagram)

    def light_on(self, weights: Iterable[Variable], biases: Collection[int] = ()) -> AnimationGroup:
        """The edges of these, and of the biases of these layers, stay in full light, all others recede."""
        neurons = [neuron.variable for neuron in self.diagram.neurons()]
        return AnimationGroup(self.diagram.spotlit([*neurons, *weights]), self.units.dimmed(biases))

    def whole_again(self) -> AnimationGroup:
        """Whatever receded comes back."""
        return AnimationGroup(self.diagram.lit(), self.units.lit())

    def weights_into(self, *layers: int) -> list[Variable]:
        """The weights into these layers that are drawn."""
        return [weight for weight in self.diagram.edges if weight.layer in layers]

    def ringed(self, layer: int, colour: str, neuron: int | None = None) -> AnimationGroup:
        """A light around a layer's neurons (or one of them), which leaves their numbers to be read."""
        chosen = [n for n in self.diagram.layers[layer] if neuron is None or n.variable.indices[1] == neuron]
        lights = [n.ring.copy().set_fill(opacity=0).set_stroke(colour, width=9).scale(1.08) for n in chosen]
        return AnimationGroup(*(ShowPassingFlash(light, time_width=1.2) for light in lights))


def flashed(edge: VMobject, colour: str) -> ShowPassingFlash:
    """A light that runs along an edge."""
    return ShowPassingFlash(edge.copy().set_stroke(colour, width=9, opacity=1), time_width=0.8)


def row_by_row(theta: MatrixPicture, vector: MatrixPicture, result: MatrixPicture) -> list[AnimationGroup]:
    """A product, a row at a time: the row runs into the vector, and its entry of the result comes."""
    return [
        LaggedStart(
            AnimationGroup(theta.lit([row]), *(_into(theta, vector, row, at) for at in theta.columns.kept)),
            FadeIn(result.entry(row), scale=1.4),
            lag_ratio=0.6,
        )
        for row in result.rows.kept
    ]


def _into(theta: MatrixPicture, vector: MatrixPicture, row: Place, at: Place) -> FadeOut:
    return FadeOut(theta.entry(row, at).copy(), target_position=vector.entry(at))
