"""Values that run: a nudge that moves smoothly, and the real forward pass at every frame of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from manim import Mobject, ValueTracker

from bp_core.quantities import Variable
from scenes.kit.view import View


class Follower(Protocol):
    """A drawing that can show another view in place."""

    def follow(self, view: View, /) -> Mobject:
        """Show that view."""


class Running(Protocol):
    """Something on its way that knows the network at every moment."""

    @property
    def view(self) -> View:
        """The network at this moment."""

    def get_value(self) -> float:
        """How far it is."""


class RunningNudge(ValueTracker):
    """The change of one parameter, to be animated; ``view`` is the network at this moment's change."""

    def __init__(self, view: View, parameter: Variable) -> None:
        super().__init__(0.0)
        self._base, self._parameter = view, parameter
        self._computed: tuple[float, View] = (0.0, view)

    @property
    def view(self) -> View:
        """The lesson's view with the parameter changed by the tracker's value."""
        change = float(self.get_value())
        if change != self._computed[0]:
            view = self._base.with_nudge({self._parameter: change}) if change else self._base
            self._computed = (change, view)
        return self._computed[1]


class RunningSteps(ValueTracker):
    """The number of steps taken, to be animated; ``view`` is the network after the last whole one."""

    def __init__(self, view: View, start: int = 0) -> None:
        super().__init__(float(start))
        self._base = view

    @property
    def view(self) -> View:
        """The lesson's view after that many updates."""
        return self._base.at_step(round(float(self.get_value())))


@contextmanager
def following(nudge: Running, *drawings: Mobject) -> Iterator[None]:
    """While the block plays, these drawings show the network at the running nudge."""

    def step(drawing: Follower) -> None:
        drawing.follow(replace(nudge.view, passing=not _has_arrived(nudge)))

    def rest(drawing: Follower) -> None:
        drawing.follow(nudge.view)

    for drawing in drawings:
        drawing.add_updater(step)
    try:
        yield
    finally:
        for drawing in drawings:
            drawing.remove_updater(step)
            rest(drawing)


def _has_arrived(nudge: Running) -> bool:
    """Whether it is where ``nudge.animate.set_value`` sends it: what is shown there stays."""
    target = getattr(nudge, "target", None)
    return target is not None and float(target.get_value()) == float(nudge.get_value())
