"""The one door to manim: what depends on its version or reaches behind its public face is here.

Scenes stay plain manim scenes. This module shapes the frame, keeps a scene's clock on whole frames, and renders
chapters for films: to a clip, to stills, or to their record alone.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manim import Mobject, Scene, config, tempconfig
from manim.animation.animation import Animation, Wait
from manim.camera.camera import Camera
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.exceptions import EndSceneEarlyException

from scenes.kit.door.cheap import cheap_manim
from scenes.kit.door.formats import Writer, writer
from scenes.kit.door.images import draws_images
from scenes.kit.door.onward import Drawing, Onward, Request
from scenes.kit.door.painter import exactly, state_of
from scenes.kit.door.quick import QuickRenderer
from scenes.kit.door.techniques import chosen
from scenes.kit.film.stretch import Joint, Rehearsal
from scenes.kit.theme import Colour, theme_of

if TYPE_CHECKING:
    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from scenes.kit.chapter import Chapter
    from scenes.kit.film.audit import Finding
    from scenes.kit.film.record import ClipRecord, Moment

#: Units of the frame for each shape: letters keep about the same size in pixels in all three.
FRAMES = {"16:9": (8 * 16 / 9, 8.0), "9:16": (8.0, 8 * 16 / 9), "1:1": (8.0, 8.0)}
_HEIGHTS = {"l": (480, 15), "m": (720, 30), "h": (1080, 60), "p": (1440, 60), "k": (2160, 60)}
#: The formats whose ground is transparent.
TRANSPARENT = {"mov"}
#: How far a duration is set off whole frames, so that manim's rounding always lands on the same count.
_SLACK = 0.25


@dataclass(frozen=True, slots=True)
class Quality:
    """Pixels and frames a second."""

    width: int
    height: int
    fps: int


def quality(flag: str, aspect: str) -> Quality:
    """Manim's quality letters for a frame shape; the letter's height is the shorter side."""
    short, fps = _HEIGHTS[flag]
    long = round(short * 16 / 9 / 2) * 2
    if flag == "l":
        long = 854
    width, height = {"16:9": (long, short), "9:16": (short, long), "1:1": (short, short)}[aspect]
    return Quality(width, height, fps)


def shape_frame(aspect: str) -> None:
    """Give manim's frame the lesson's shape, unless the pixels were asked for in another.

    With ``-r`` in a shape of its own the frame follows the pixels.
    """
    pixels = config.pixel_width / config.pixel_height
    if abs(pixels - 16 / 9) < 0.01 and aspect != "16:9":
        short = config.pixel_height
        config.pixel_width, config.pixel_height = (
            (short, round(short * 16 / 9 / 2) * 2) if aspect == "9:16" else (short, short)
        )
        pixels = config.pixel_width / config.pixel_height
    nearest = min(FRAMES, key=lambda shape: abs(FRAMES[shape][0] / FRAMES[shape][1] - pixels))
    width, height = FRAMES[nearest]
    scale = max(width / pixels, height) / height
    config.frame_height = height * scale
    config.frame_width = config.frame_height * pixels


@contextmanager
def ends_early() -> Iterator[None]:
    """Whatever is left out by ``-n`` is left out in silence, in ``tear_down`` too."""
    with suppress(EndSceneEarlyException):
        yield


class FrameClock(Scene):
    """A scene whose time is counted in whole frames, the same whether it is drawn or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(self.renderer.camera, self.camera_class):
            self.renderer.camera = self.camera_class()
        # A renderer made before the scene has a camera that took manim's own frame.
        self.renderer.camera.frame_width, self.renderer.camera.frame_height = config.frame_width, config.frame_height
        draws_images(self.renderer.camera)
        self.frames = 0
        self._count = 0
        #: Where each section after the first begins.
        self.joints: list[Joint] = []

    def lay_ground(self, colour: Colour) -> None:
        """What is behind everything; nothing at all where the film's ground is transparent."""
        config.background_color = colour
        self.camera.background_color = colour
        if not self.camera.background_opacity:
            self.camera.background[:] = 0  # manim's own would shine through where something is half transparent

    @property
    def fps(self) -> float:
        """Frames a second."""
        return float(config.frame_rate)

    @property
    def now(self) -> float:
        """Seconds since the first frame."""
        return self.frames / self.fps

    def get_run_time(self, animations: list[Animation]) -> float:
        """The longest animation's time, on whole frames."""
        wanted = max(animation.run_time for animation in animations)
        self._count = max(1, round(wanted * self.fps))
        return (self._count - _SLACK) / self.fps

    def compile_animation_data(self, *animations: Any, **play_kwargs: Any) -> Any:
        """As manim's; a still wait is counted, not sampled."""
        result = super().compile_animation_data(*animations, **play_kwargs)
        if self.is_current_animation_frozen_frame():
            self.duration = (self._count + _SLACK) / self.fps
        return result

    def get_moving_and_static_mobjects(self, animations: Iterable[Animation]) -> tuple[list[Mobject], list[Mobject]]:
        """As manim's, but by whole mobjects: one that exchanges its parts on the way is drawn with those of the moment.

        Manim's own list holds the parts of the first frame, so that the old digits of a running number would stay.
        """
        parts, _ = super().get_moving_and_static_mobjects(animations)
        moving = {id(part) for part in parts}
        all_still = len(self.mobjects)
        first = next((i for i, m in enumerate(self.mobjects) if moving & {id(p) for p in m.get_family()}), all_still)
        return self.mobjects[first:], [p for m in self.mobjects[:first] for p in m.get_family() if len(p.points)]

    def play(self, *args: Any, **kwargs: Any) -> None:
        """Play and count the frames."""
        super().play(*args, **kwargs)
        self.frames += self._count

    def next_section(self, *args: Any, **kwargs: Any) -> None:
        """As manim's; notes the joint, too, unless it would have to tell where a camera is."""
        super().next_section(*args, **kwargs)
        if self.camera_class is Camera:
            self.joints.append(
                Joint(self.renderer.num_plays, self.frames, state_of(self.mobjects), exactly(self.mobjects))
            )

    def is_a_pause(self) -> bool:
        """Whether what is being played is a wait in which nothing moves."""
        animations = self.animations or []
        return len(animations) == 1 and isinstance(animations[0], Wait) and animations[0].is_static_wait

    def is_a_still(self) -> bool:
        """Whether the last picture alone is asked for (``-s``)."""
        return bool(self.session_spec.output.is_still)

    @property
    def pixels_per_unit(self) -> float:
        """Pixels of the frame for a unit of the scene."""
        return float(config.pixel_height / config.frame_height)

    @property
    def frame_size(self) -> tuple[float, float]:
        """Width and height in units of the scene."""
        return float(config.frame_width), float(config.frame_height)

    @property
    def pixel_size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(config.pixel_width), int(config.pixel_height)


class _CountingRenderer(CairoRenderer):
    """Manim's renderer, telling how many frames it has written."""

    def __init__(self, on_frame: Callable[[int], None] | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._on_frame = on_frame

    def add_frame(self, frame: Any, num_frames: int = 1) -> None:
        super().add_frame(frame, num_frames)
        if self._on_frame is not None and not self.skip_animations:
            self._on_frame(num_frames)


class _StillsRenderer(CairoRenderer):
    """Draws nothing but the frames it is asked for."""

    def __init__(self) -> None:
        super().__init__(skip_animations=True)

    def update_frame(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Nothing: nobody looks between two stills."""

    def save_static_frame_data(self, scene: Scene, static_mobjects: Any) -> None:
        """Nothing either."""

    def draw(self, scene: Scene) -> Any:
        """The scene as it stands, as an array of height × width × 4 bytes."""
        self.static_image = None
        super().update_frame(scene)
        return self.camera.pixel_array


@contextmanager
def _settings(q: Quality, folder: Path, **more: Any) -> Iterator[None]:
    let_go()
    levels = {name: logging.getLogger(name).level for name in ("manim", "libav")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.ERROR)
    settings = {
        "pixel_width": q.width,
        "pixel_height": q.height,
        "frame_rate": q.fps,
        "media_dir": str(folder),
        "progress_bar": "none",
        "disable_caching": True,
        "verbosity": "ERROR",
        "notify_outdated_version": False,
        **more,
    }
    try:
        with tempconfig(settings):
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def render_clip(
    chapter: type[Chapter],
    lesson: Lesson,
    call: ChapterCall,
    q: Quality,
    folder: Path,
    *,
    video_format: str = "mp4",
    on_frame: Callable[[int], None] | None = None,
) -> tuple[Path, ClipRecord]:
    """Render one chapter into ``folder`` with stock manim; the film file (or folder of PNGs) and its record."""
    with _settings(q, folder, format=video_format, transparent=video_format in TRANSPARENT):
        scene = chapter(renderer=_CountingRenderer(on_frame), lesson=lesson, call=call)
        scene.render()
        plan = scene.output_plan
        path = plan.image_sequence_dir if video_format == "png" else plan.primary_artifact
        return Path(path), scene.record


def dry_run(chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path) -> ClipRecord:
    """A chapter's record without drawing a pixel."""
    return rehearse(chapter, lesson, call, q, folder).record


def rehearse(chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path) -> Rehearsal:
    """A walk through a chapter without drawing a pixel."""
    with _settings(q, folder, dry_run=True), cheap_manim():
        scene = chapter(renderer=_StillsRenderer(), lesson=lesson, call=call)
        scene.render()
        return Rehearsal(scene.record, tuple(scene.joints))


def draw_stretch(
    chapter: type[Chapter],
    lesson: Lesson,
    call: ChapterCall,
    q: Quality,
    request: Request,
    *,
    video_format: str = "mp4",
    scene: object = None,
) -> Drawing:
    """Render a stretch of a chapter into its file, quickly; without one, see what there would be to draw.

    If it leads on, the scene may wait at its end: a request that begins there, for an equal ``scene``, goes on with it.
    """
    onward = _waiting.pop(scene, None)
    if onward is None or onward.waits_at != request.stretch.first:
        let_go()
        gc.collect()  # scenes that are over hold on to themselves, and are large

        def play(onward: Onward, first: Request) -> Drawing:
            return _draw_on(chapter, lesson, call, q, onward=onward, first=first, video_format=video_format)

        onward = Onward(play)
    drawing = onward.draw(request)
    if onward.waits_at is not None:
        _waiting[scene] = onward
    return drawing


#: The scene that waits in the middle of its play, with manim's settings as they are for it: one at most.
_waiting: dict[object, Onward] = {}


def let_go() -> None:
    """No scene waits any longer."""
    while _waiting:
        _waiting.popitem()[1].end()


def _draw_on(
    chapter: type[Chapter],
    lesson: Lesson,
    call: ChapterCall,
    q: Quality,
    *,
    onward: Onward,
    first: Request,
    video_format: str,
) -> Drawing:
    """Play a scene and draw what is asked for on the way; what came of the last stretch."""
    techniques = chosen()

    def encoder(clip: Path) -> Writer:
        return writer(video_format, clip, (q.width, q.height, q.fps), theme_of(lesson.look), techniques)

    def following(renderer: QuickRenderer, scene: Any) -> Request | None:
        return onward.following(renderer.request, renderer.drawing(scene), scene.joints)

    settings = _settings(q, Path(), dry_run=True, transparent=video_format in TRANSPARENT)
    with settings, cheap_manim() if techniques.cheap else nullcontext():
        renderer = QuickRenderer(first, encoder, techniques, following)
        scene = chapter(renderer=renderer, lesson=lesson, call=call)
        scene.render()
        return renderer.drawing(scene)


def clip_ends(chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path) -> tuple[Any, Any]:
    """The first and the last frame of a chapter, as arrays of height × width × 3 bytes."""
    first: list[Any] = []

    def draw(scene: Chapter) -> Any:
        return scene.renderer.draw(scene)[:, :, :3].copy()

    with _settings(q, folder, dry_run=True):
        scene = chapter(
            renderer=_StillsRenderer(), lesson=lesson, call=call, on_opening=lambda s: first.append(draw(s))
        )
        scene.render()
        return first[0], draw(scene)


def audit_clip(chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path) -> list[Finding]:
    """What the layout audit finds in a chapter, without drawing a pixel."""
    return audited_run(chapter, lesson, call, q, folder)[1]


def audited_run(
    chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path
) -> tuple[ClipRecord, list[Finding]]:
    """The same, after the chapter's record."""
    with _settings(q, folder, dry_run=True), cheap_manim():
        scene = chapter(renderer=_StillsRenderer(), lesson=lesson, call=call, audited=True)
        scene.render()
        return scene.record, [] if scene.audit is None else scene.audit.findings()


def clip_stills(
    chapter: type[Chapter], lesson: Lesson, call: ChapterCall, q: Quality, folder: Path
) -> list[tuple[Moment, Path]]:
    """One PNG for each settled moment of a chapter."""
    stills: list[tuple[Moment, Path]] = []
    folder.mkdir(parents=True, exist_ok=True)

    def draw(scene: Chapter, moment: Moment) -> None:
        path = folder / f"{len(stills) + 1:02}-{moment.name}.png"
        scene.renderer.draw(scene)
        scene.renderer.camera.get_image().convert("RGB").save(path)
        stills.append((moment, path))

    with _settings(q, folder, dry_run=True):
        scene = chapter(renderer=_StillsRenderer(), lesson=lesson, call=call, on_moment=draw)
        scene.render()
    return stills
