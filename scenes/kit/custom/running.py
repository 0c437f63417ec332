"""Several parameters on the move at once, and the real forward pass at every frame of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from manim import ValueTracker

from bp_core.quantities import Variable
from scenes.kit.view import View

Changes = Mapping[Variable, float]


class RunningChange(ValueTracker):
    """The way from one set of changed parameters to another, to be animated from 0 to 1."""

    def __init__(self, view: View, before: Changes, after: Changes) -> None:
        super().__init__(0.0)
        self._view, self._before, self._after = view, before, after
        self._computed: tuple[float, View] | None = None

    def __deepcopy__(self, _: dict[int, Any]) -> RunningChange:
        """The same way at the same moment; the views, which never change, are shared."""
        twin = RunningChange(self._view, self._before, self._after)
        twin.points = self.points.copy()
        return twin

    @property
    def view(self) -> View:
        """The network at this moment."""
        share = float(self.get_value())
        if self._computed is None or share != self._computed[0]:
            self._computed = share, changed(self._view, self._at(share))
        return self._computed[1]

    def _at(self, share: float) -> Changes:
        names = {*self._before, *self._after}
        at = {n: (1 - share) * self._before.get(n, 0.0) + share * self._after.get(n, 0.0) for n in names}
        return {name: change for name, change in at.items() if change}


def changed(view: View, changes: Changes) -> View:
    """A view with parameters changed; itself where nothing is."""
    return view.with_nudge(dict(changes)) if changes else view
