"""Something that a step shows: it comes, goes, steps back, and follows the network's numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from manim import Animation, FadeIn, FadeOut, Mobject, VMobject

from bp_core.nodes import Expression
from bp_core.quantities import Derivative, Variable
from bp_script.names import Scope, parse_quantity
from scenes.kit.custom.dim import Dim
from scenes.kit.stage import Region
from scenes.kit.view import View


@dataclass(frozen=True, slots=True)
class Making:
    """What a thing is made for: the view that it comes with, its room, and what is known of its life.

    ``views`` are those that it will come to show, the lesson's first; ``spoken_of`` the quantities that any step names;
    ``least`` the smallest letters that can be read; ``names`` those of the inputs and of the classes.
    """

    view: View
    views: Sequence[View]
    scope: Scope
    room: Region
    least: float
    spoken_of: Sequence[Variable] = ()
    read_image: Callable[[str], bytes] | None = None
    names: tuple[Sequence[str], Sequence[str]] = ((), ())

    def quantity(self, name: str) -> Variable | Derivative:
        """The quantity of a name."""
        return parse_quantity(name, scope=self.scope)

    def variable(self, name: str) -> Variable:
        """The quantity of a name that is no derivative."""
        found = self.quantity(name)
        if not isinstance(found, Variable):
            raise TypeError(f"{name} is a derivative")
        return found


class Exhibit:
    """One thing on the stage; ``drawing`` is all of it."""

    def __init__(self, drawing: Mobject) -> None:
        self.drawing = drawing
        #: Lights that an earlier step left on it.
        self.lights: list[VMobject] = []
        self._offset = np.zeros(3)

    def slid(self, offset: np.ndarray) -> list[Animation]:
        """It goes to so far beside the room that it was made for, if it is not there."""
        way, self._offset = offset - self._offset, offset
        if np.linalg.norm(way) < 1e-6:
            return []
        return [drawing.animate.shift(way) for drawing in (self.drawing, *self.lights)]

    def put(self, offset: np.ndarray) -> None:
        """The same at once, before it is seen."""
        self.drawing.shift(offset - self._offset)
        self._offset = offset

    def comes(self, symbols: Mapping[Variable, VMobject]) -> Animation:  # noqa: ARG002 - some let symbols travel
        """How it appears; ``symbols`` are those already on screen, by quantity."""
        return FadeIn(self.drawing, run_time=1.0)

    def goes(self) -> Animation:
        """How it leaves."""
        return FadeOut(self.drawing, run_time=0.6)

    def symbols(self) -> Mapping[Variable, VMobject]:
        """Its symbols, for others to take up."""
        return {}

    def complaint(self) -> str | None:
        """Why it cannot be made out, as small as its room is; None if it can."""
        return None

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """Its pieces, each with the quantities it stands for."""
        return ()

    def followers(self) -> Sequence[Mobject]:
        """The drawings that follow a running change by themselves."""
        return ()

    def turned(self, view: View) -> Sequence[Animation]:  # noqa: ARG002 - some hold no numbers
        """What does not follow by itself becomes what it is in another view."""
        return ()

    def stepped(self, view: View) -> Sequence[Animation]:
        """Everything as it is in another view, after an update or for another example."""
        return self.turned(view)

    def focused(self, quantities: Collection[Expression] | None, dim: float) -> list[Animation]:
        """All but these quantities step back; None brings everything forward."""
        found: list[Animation] = []
        for part, of in self.parts():
            share = 1.0 if quantities is None or any(q in quantities for q in of) else dim
            if share != getattr(part, "dimmed_to", 1.0):
                found.append(Dim(part, share))
        return found
