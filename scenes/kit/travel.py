"""A copy of what is drawn goes to another place and becomes what stands there, glyph by glyph."""

from __future__ import annotations

from typing import Any

from manim import Animation, Scene, VGroup, VMobject, smooth

from scenes.kit.motion import Ghost, between


class Travel(Animation):
    """From a drawing that stays to one that comes: glyphs drawn alike move, the others come and go."""

    def __init__(self, source: VMobject, target: VGroup, *, run_time: float = 1.2, **kwargs: Any) -> None:
        self._source, self._target = source, target
        super().__init__(VGroup(), run_time=run_time, rate_func=smooth, **kwargs)

    def _setup_scene(self, scene: Scene) -> None:
        scene.add(self.mobject)

    def begin(self) -> None:  # noqa: D102
        # Not before it is this one's turn, so that it starts from where its source is by then.
        self._ghosts = [g for g in between(VGroup(self._source), self._target) if g.end is not None]
        self.mobject.add(*(ghost.mobject for ghost in self._ghosts))
        self.interpolate(0)

    def interpolate_mobject(self, alpha: float) -> None:  # noqa: D102
        for ghost in self._ghosts:
            ghost.at(self.rate_func(alpha))

    def finish(self) -> None:  # noqa: D102
        self.interpolate(1)

    def clean_up_from_scene(self, scene: Scene) -> None:  # noqa: D102
        scene.remove(self.mobject)
        scene.add(self._target)
