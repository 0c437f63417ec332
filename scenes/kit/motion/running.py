"""Values that run: a nudge that moves smoothly, and the real forward pass at every frame of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, runtime_checkable

from manim import Mobject, ValueTracker

from bp_core.quantities import Variable
from scenes.kit.view import View


@runtime_checkable
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
    """While the block plays, these drawings show the network at the running nudge, as wholes or as parts on screen.

    Raises:
        TypeError: one of them, a group perhaps, cannot follow.
        RuntimeError: nothing of one of them is on screen.
    """
    followers: list[_Following] = []
    try:
        for drawing in drawings:
            followers.append(_Following(nudge, drawing))  # noqa: PERF401 -- where one cannot, those before it rest
        yield
        if still := [each.drawing for each in followers if each.shown is None]:
            raise RuntimeError(f"nothing of {still[0]!r} is on screen: it cannot be seen to follow")
    finally:
        for each in followers:
            each.rest()


class _Following:
    """A drawing on its way. Whatever of it is on screen is asked at every frame; the first asked lets all follow."""

    def __init__(self, nudge: Running, drawing: Mobject) -> None:
        self.drawing, self._parts, self._nudge = drawing, drawing.get_family(), nudge
        if not isinstance(drawing, Follower):
            raise TypeError(f"{drawing!r} has no way to follow")
        self._follower = drawing
        #: The last moment that it showed.
        self.shown: tuple[float, bool] | None = None

        def step(_: Mobject) -> None:  # no method: copies of a part would copy this object, too
            self._go_on()

        self._step = step
        for part in self._parts:
            part.add_updater(step)

    def _go_on(self) -> None:
        moment = float(self._nudge.get_value()), _has_arrived(self._nudge)
        if moment != self.shown:
            self.shown = moment
            self._follower.follow(replace(self._nudge.view, passing=not moment[1]))

    def rest(self) -> None:
        """It stays as it is now."""
        for part in self._parts:
            part.remove_updater(self._step)
        self._follower.follow(self._nudge.view)


def _has_arrived(nudge: Running) -> bool:
    """Whether it is where ``nudge.animate.set_value`` sends it: what is shown there stays."""
    target = getattr(nudge, "target", None)
    return target is not None and float(target.get_value()) == float(nudge.get_value())
