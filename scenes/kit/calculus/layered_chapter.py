"""What the chapters on several neurons a layer share: the two neurons that are looked at, and the network."""

from __future__ import annotations

from functools import cached_property

from bp_core.quantities import Variable, w
from scenes.kit.calculus.several import LayeredNetwork, output_and_before
from scenes.kit.chapter import Chapter
from scenes.kit.pictures.chain import places


class LayeredChapter(Chapter):
    """The network with its cost; it stays from chapter to chapter. Their ``parameter`` says what is looked at."""

    example_lesson = "several_neurons"

    @cached_property
    def ends(self) -> tuple[Variable, Variable]:
        """The output and the neuron before it that are looked at."""
        return output_and_before(self.view, self.parameter(self.parameters.parameter))

    @property
    def output(self) -> Variable:
        """The output."""
        return self.ends[0]

    @property
    def before(self) -> Variable:
        """The neuron of the layer before."""
        return self.ends[1]

    @property
    def weight(self) -> Variable:
        """The weight between them."""
        return w(self.trace.L, places(self.output)[1], places(self.before)[1])

    @cached_property
    def network(self) -> LayeredNetwork:
        """The network."""
        return LayeredNetwork(self.view, self.stage, self.weight)
