"""A renderer for manim that draws stretches of a scene, quickly; what plays before and after them is skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from manim import Scene
from manim.camera.camera import Camera
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.exceptions import EndSceneEarlyException

from scenes.kit.door.formats import Writer
from scenes.kit.door.onward import Drawing, Request
from scenes.kit.door.painter import Painter, WholePainter
from scenes.kit.door.techniques import ALL, Techniques

#: What to go on with at the end of a stretch; None to end there.
Following = Callable[["QuickRenderer", Scene], Request | None]


class QuickRenderer(CairoRenderer):
    """Draws what changes and codes it at once, with an ``encoder`` that is made for the file of each request.

    Without a file it only looks at what it would draw.
    """

    def __init__(
        self,
        request: Request,
        encoder: Callable[[Any], Writer],
        techniques: Techniques = ALL,
        following: Following = lambda *_: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._techniques = techniques
        self._make_encoder = encoder
        self._following = following
        self._encoder: Writer | None = None
        self._painter: Painter | WholePainter | None = None
        self._is_over = False
        self._begin(request)

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """As manim's, for the plays of the stretch; what is outside of it happens, but is not seen."""
        end = self.request.stretch.end
        if end is not None and self.num_plays >= end:
            self._go_on(scene)
        self.skip_animations = not self.request.stretch.holds(self.num_plays)
        scene.compile_animation_data(*args, **kwargs)
        if self.skip_animations:
            self.time += scene.duration
        elif self._painter is None:
            self._painter = self._new_painter()
            self._encoder = self._make_encoder(self.request.clip) if self.request.clip is not None else None
        self.file_writer.add_partial_movie_file(None)
        self.animations_hashes.append(None)
        scene.begin_animations()
        if self._painter is not None and not self.skip_animations:
            self._painter.hold(scene.static_mobjects)
        if not scene.is_current_animation_frozen_frame():
            scene.play_internal()
        elif not self.skip_animations:
            self._show(scene.moving_mobjects or scene.mobjects, int(scene.duration * self.camera.frame_rate))
        self.num_plays += 1

    def render(self, scene: Scene, time: float, moving_mobjects: Any = None) -> None:  # noqa: ARG002 -- as manim's
        """One frame."""
        if not self.skip_animations:
            self._show(moving_mobjects or scene.mobjects, 1)

    def update_frame(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Nothing: nobody looks between the frames."""

    def scene_finished(self, scene: Scene) -> None:  # noqa: ARG002 -- as manim's
        """Close the clip."""
        self._close()

    def drawing(self, scene: Any) -> Drawing:
        """What has come of the stretch."""
        stretch = self.request.stretch
        meets = any(joint.play == stretch.end and joint.state == stretch.states[1] for joint in scene.joints)
        return Drawing(self.frames, self.fingerprint, meets or stretch.end is None)

    @property
    def fingerprint(self) -> str:
        """What has been drawn."""
        return self._painter.fingerprint if self._painter is not None else ""

    def _begin(self, request: Request) -> None:
        self.request = request
        self._painter = None
        self._pending = 0
        self.frames = 0

    def _close(self) -> None:
        self._write()
        if self._encoder is not None:
            self._encoder.finish()
            self._encoder = None

    def _go_on(self, scene: Scene) -> None:
        """Begin the next stretch, as if the scene had been skipped to here."""
        self._close()
        following = None if self._is_over else self._following(self, scene)
        if following is None:
            self._is_over = True  # what is left of the scene ends at once, too
            raise EndSceneEarlyException
        self._begin(following)

    def _new_painter(self) -> Painter | WholePainter:
        if type(self.camera) is not Camera:
            return WholePainter(self.camera)
        return Painter(self.camera, draws=self.request.clip is not None, techniques=self._techniques)

    def _show(self, moving: Any, count: int) -> None:
        if self._painter is None:
            raise AssertionError("a frame before the first play")
        changed = self._painter.paint(moving, count)
        self.time += count / self.camera.frame_rate
        if self._encoder is not None and changed != []:
            self._write()
            self._encoder.convert(self._painter.pixels, changed)
        self._pending += count

    def _write(self) -> None:
        """What has been shown since the last change."""
        if self._pending and self._encoder is not None:
            self._encoder.write(self._pending)
            if self.request.on_frame is not None:
                self.request.on_frame(self._pending)
        self.frames += self._pending
        self._pending = 0
