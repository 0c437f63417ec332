"""Previous activation: the way from it to the cost, and what its derivative is good for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from manim import DOWN, LEFT, PI, FadeOut, Indicate, LaggedStart, Mobject
from pydantic import Field

from bp_core.equations import Equation
from bp_core.quantities import Variable, a
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.factors import FactorLabel, hung_at
from scenes.kit.calculus.same_way import SameWay
from scenes.kit.calculus.suited import not_finite
from scenes.kit.chapter import Unsuited, view_of
from scenes.kit.letters.as_drawn import as_drawn
from scenes.kit.motion.travel import Travel
from scenes.kit.parameters import BaseParameters, Whole
from scenes.kit.pictures.tree import CostTree
from scenes.kit.view import View

#: The turn from the upright tree to the one across.
_QUARTER = PI / 2


class PreviousActivation(SameWay):
    """The activation before has a derivative, too: not ours to set, but the door to the layer before."""

    title = N_("And the activation before?")

    class Parameters(BaseParameters):
        """Which activation."""

        neuron: Whole = Field(0, description="The neuron of the layer before the last, counted from 0.")

    def narration(self) -> Mapping[str, str]:
        """The words, beat by beat."""
        several, tr = self.factors.summed, self.tr
        question = tr("The third part of z is the activation before. From z on, the way to the cost is the same.")
        ways = tr("And there is one such way through every neuron of the last layer.")
        return {
            "question": f"{question} {ways}" if several else question,
            "alike": tr("So the chain rule reads alike, added up over these ways.")
            if several
            else tr("So the chain rule reads alike."),
            "weight": tr("In z, this activation stands multiplied by the weight. So now that weight is the factor."),
            "value": tr(
                "The cost's sensitivity to it is %(product)s.", product=as_drawn(self.factors.whole, self.of_source[-1])
            ),
            "door": tr(
                "This activation is not ours to set. But it is made of a weight, a bias and an activation as well, "
                "so the same steps lead on from here, layer after layer."
            )
            if self.trace.L > 1
            else tr("Here that activation is an input: the way back ends with it."),
        }

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """Where there is no such neuron."""
        L, size = lesson.trace().L, lesson.trace().sizes[-2]
        if parameters.neuron >= size:
            got = {"layer": L - 1, "got": parameters.neuron}
            if size == 1:
                return Unsuited(tr("expected 0, the only neuron of layer %(layer)s; got %(got)s", **got), "neuron")
            told = tr("expected a neuron from 0 to %(last)s of layer %(layer)s; got %(got)s", last=size - 1, **got)
            return Unsuited(told, "neuron")
        return not_finite(view_of(lesson, parameters), a(L - 1, parameters.neuron))

    @classmethod
    def equations(cls, view: View, parameters: Any) -> list[Equation]:
        """The chain rule and the computed product, for the weight and the activation."""
        return cls.equations_for(view.trace, a(view.trace.L - 1, parameters.neuron))

    def construct(self) -> None:
        """From the weight's derivative to the activation's, and on to the layer before."""
        self.begin()
        with self.beat("question"):
            self.switch()
        with self.beat("alike"):
            self.write_alike()
        with self.beat("weight"):
            self.compute_first()
        with self.beat("value"):
            self.show_value()
        self.open_the_door()

    def begin(self) -> None:
        """The tree as the bias leaves it, and beside it the weight's derivative again."""
        self.open_with(self.tree, *self.labels[1:], coming=self.of_weight)

    def switch(self) -> None:
        """The light leaves the bias's edge for the activation's."""
        self.play(self.tree.unlit(), run_time=0.9)
        self.light_the_way()

    def open_the_door(self) -> None:
        """The derivative goes to its activation, what that is made of appears, and its ways lead on."""
        with self.beat("door"):
            if self.trace.L > 1:
                old, new, label = self.tree, self.deeper, self.label
                rule, computed, value = self.of_source
                others = [] if self.paged else self.of_weight
                here = Indicate(old.node(self.source), color=None, scale_factor=1.25)
                self.play(here, FadeOut(*self.labels, *others, computed), run_time=1.2)
                self.play(*old.becoming(new, _QUARTER), FadeOut(rule, value), *self.kept(label), run_time=2)
                self.play(new.growing(v for v in new.nodes if v not in old.nodes), run_time=1.5)
                self.remove(*(part for tree in (old, new) for part in tree.get_family()))
                self.add(new, label)
                ways = [new.flash(new.chain.way(p)) for p in self.before]
                self.play(LaggedStart(*ways, lag_ratio=0.4), run_time=4)

    def handover(self) -> Sequence[Mobject] | None:
        """The deeper tree, where there is one."""
        return [self.deeper] if self.trace.L > 1 else None

    def kept(self, label: FactorLabel) -> list[Travel]:
        """The derivative and its value leave the equation for the tree."""
        rule, value = self.of_source[0], self.of_source[2]
        arriving = Travel(value.number(self.factors.whole), label.value)
        return [arriving] if label.sign is label.value else [Travel(rule.side(0), label.symbol.side(0)), arriving]

    # -- what is shown ---------------------------------------------------------

    @property
    def source(self) -> Variable:
        """The activation before."""
        return a(self.trace.L - 1, self.parameters.neuron)

    @property
    def known(self) -> Variable:
        """The bias, whose way comes before."""
        return self.factors.chain.b(self.trace.L)

    @property
    def before(self) -> tuple[Variable, ...]:
        """The parameters of its layer."""
        layer = self.trace.L - 1
        return self.factors.chain.w(layer), self.factors.chain.b(layer)

    @cached_property
    def deeper(self) -> CostTree:
        """The tree, one layer further back, across the stage."""
        tree = CostTree(self.view, self.factors.chain, self.stage["body"], depth=2, direction="across")
        return tree.light(self.way)

    @cached_property
    def label(self) -> FactorLabel:
        """The derivative at its activation."""
        free = DOWN if self.stage.width > self.stage.height else LEFT
        label = FactorLabel(self.view, self.factors.whole, bare=self.stage.square)
        return hung_at(label, self.deeper, self.source, free)
