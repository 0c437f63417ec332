"""What the chapters of the worked example share: the named network on one side, what is written on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from manim import Mobject, VMobject
from pydantic import Field

from bp_core.nodes import Expression
from bp_core.quantities import C, Variable, d, y
from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from scenes.kit.calculus.worked import Worked
from scenes.kit.chapter import Chapter, Unsuited
from scenes.kit.letters.formula import Formula, Side, finest_decimals
from scenes.kit.letters.style import Style
from scenes.kit.parameters import BaseParameters, Range, Whole
from scenes.kit.pictures.lettered import LetteredNetwork
from scenes.kit.stage import Region
from scenes.kit.view import View

#: The network's share of the width: less where symbols are wide; and the room beside it.
_SHARES, _GAP = (0.5, 0.38), 0.025


class WorkedChapter(Chapter):
    """The network with its names; it stays for the chapter that comes next."""

    example_lesson = "two_two_one"

    class Parameters(BaseParameters):
        """Which output."""

        output: Annotated[Whole, Range(0)] = Field(0, description="The output that is followed, counted from 0.")

    @classmethod
    def unsuited(cls, lesson: Lesson, parameters: Any) -> Unsuited | None:
        """An output there is not."""
        count = lesson.trace().sizes[-1]
        if parameters.output < count:
            return super().unsuited(lesson, parameters)
        told = tr("expected an output from 0 to %(last)s; got %(got)s", last=count - 1, got=parameters.output)
        return Unsuited(told, "output")

    def handover(self) -> Sequence[Mobject] | None:
        """The network."""
        return [self.network]

    @property
    def fine(self) -> int:
        """Digits of derivatives by parameters, as the table of an update has them."""
        return self.view.decimals + 2

    def product_digits(self, by: Variable, style: Style) -> tuple[int, int]:
        """The decimals of ∂L/∂ŷ, and of what comes out of its product with the other factors of a derivative.

        Both stand with these wherever they are written, so that a number has the same digits in the whole picture.
        """
        product, usual = self.worked.numbers(by), self.view.decimals
        if product is None or not style.finer:
            return usual, self.fine
        sides = (Side(d(C, by)), Side.numbers(product), Side.value(d(C, by), self.fine))
        found = finest_decimals(self.view, sides, usual)
        return found.get(1, usual), found.get(2, self.fine)

    def pictured(self, known: Formula | None = None) -> dict[Expression, VMobject]:
        """Where symbols come from: a known formula's second side, else the names in the network."""
        names: dict[Expression, VMobject] = dict(self.network.names.items())
        if len(self.network.target):
            names[y(0)] = self.network.target[1]
        if known is not None:
            names |= {v: known.leaf(v, 1) for v in known.sides[1].expression.walk() if v in names}
        return names

    def valued(self, *neurons: Variable) -> dict[Expression, VMobject]:
        """Where their numbers come from, and the target's."""
        found: dict[Expression, VMobject] = {neuron: self.network.diagram.neuron(neuron).value for neuron in neurons}
        if len(self.network.target):
            found[y(0)] = self.network.target[0].value
        return found

    @cached_property
    def worked(self) -> Worked:
        """The equations."""
        return Worked(self.trace, self.parameters.output)

    @cached_property
    def rooms(self) -> Mapping[str, Region]:
        """Where the network stands, and what is written."""
        body = self.stage["body"]
        if self.stage.square:
            return {"network": body.band(0.64, 1.0), "written": body.band(0.0, 0.63)}
        if self.stage.stacked:
            return {"network": body.band(0.54, 1.0), "written": body.band(0.0, 0.5)}
        widest = max(row.width for row in self.short_rows)
        share = next((s for s in _SHARES if widest <= (1 - s - _GAP) * body.width), _SHARES[-1])
        return {"network": body.column(0.0, share), "written": body.column(share + _GAP, 1.0)}

    @property
    def short_rows(self) -> list[Formula]:
        """The derivatives by a weight of the last layers with their values, as short and small as can be."""
        worked = self.worked
        layers = range(max(1, self.trace.L - 1), self.trace.L + 1)
        weights = [worked.weights(worked.neurons(layer)[0])[0] for layer in layers]
        sides = [(d(C, v), worked.computed(v, upstream=True), Side.value(d(C, v), self.fine)) for v in weights]
        return [Formula(self.view, *row, em=self.least_letters) for row in sides]

    @cached_property
    def small_room(self) -> Region:
        """Where the network stands when it makes room."""
        body = self.stage["body"]
        if not self.stage.stacked:
            return self.rooms["network"].band(0.46, 1.0)
        return body.band(0.715, 1.0).column(0.1, 0.9) if self.stage.square else body.band(0.74, 1.0)

    @cached_property
    def network(self) -> LetteredNetwork:
        """The network with everything named."""
        return self.lettered(self.view, self.rooms["network"])

    def lettered(self, view: View, room: Region) -> LetteredNetwork:
        """The network of a view in a room, those of its neurons drawn in any case that are followed."""
        layers = range(self.trace.L, max(self.trace.L - 3, -1), -1)
        followed = [neuron for layer in layers for neuron in self.worked.neurons(layer)]
        return LetteredNetwork(view, room, em=self.letters, keep=followed)

    @property
    def letters(self) -> float:
        """The size of names and formulas at most."""
        return 1.1 * self.stage.least_em

    @property
    def least_letters(self) -> float:
        """The size of formulas at least; a little less than for names, whose scripts have scripts."""
        return 0.94 * self.stage.least_em


def no_hidden_layer(lesson: Lesson) -> Unsuited | None:
    """Why a chapter on hidden neurons cannot be shown on a network without any."""
    sizes = lesson.trace().sizes
    if len(sizes) > 2:
        return None
    return Unsuited(tr("expected a network with a hidden layer; got sizes %(sizes)s", sizes=list(sizes)))
