"""A network with the names and values of its weights and biases, which can become smaller to make room."""

from __future__ import annotations

from collections.abc import Iterable

from manim import Animation, FadeIn, FadeOut, ReplacementTransform, VGroup, VMobject

from bp_core.quantities import Variable
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.labels import ParameterLabels
from scenes.kit.stage import Region
from scenes.kit.view import View


class NamedNetwork(VGroup):
    """The diagram in a region, and the labels that it has room for."""

    def __init__(self, view: View, region: Region, *, em: float, keep: Iterable[Variable] = ()) -> None:
        super().__init__()
        self.diagram = NetworkDiagram(view, region, keep=keep)
        self.labels = ParameterLabels(self.diagram, region, em=em)
        self.add(self.diagram, self.labels)

    def becoming(self, other: NamedNetwork) -> list[Animation]:
        """Every neuron, edge and label goes to its place in the other, which may draw more of them or fewer."""
        old, new = self._parts(), other._parts()
        return [
            *(ReplacementTransform(part, new[key]) for key, part in old.items() if key in new),
            *(FadeOut(part) for key, part in old.items() if key not in new),
            *(FadeIn(part) for key, part in new.items() if key not in old),
        ]

    def _parts(self) -> dict[object, VMobject]:
        """What is drawn, by what it stands for; edges first, as in the diagram."""
        diagram = self.diagram
        parts: dict[object, VMobject] = {("edge", weight): edge for weight, edge in diagram.edges.items()}
        parts |= {("neuron", neuron.variable): neuron for neuron in diagram.neurons()}
        parts |= {("mark", position): mark for position, mark in enumerate(diagram.marks)}
        return parts | {("label", parameter): label for parameter, label in self.labels.items()}
