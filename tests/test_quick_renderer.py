"""The quick renderer draws the frames that manim draws, and its clips show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from manim import (
    BLUE,
    RED,
    UP,
    Circle,
    Create,
    FadeIn,
    PointCloudDot,
    Rotating,
    Scene,
    Square,
    ValueTracker,
    VGroup,
    tempconfig,
)
from manim.renderer.cairo_renderer import CairoRenderer

from bp_script.lesson import load
from bp_studio.lessons import with_cards
from scenes.kit.door.encoder import X264, Encoder
from scenes.kit.door.quick import QuickRenderer
from scenes.kit.film.stretch import Stretch
from scenes.kit.own_chapters import chapter_of
from tests.bp_command import ROOT

SHIPPED = sorted((ROOT / "lessons").glob("*.yaml"))
SMALL = {
    "pixel_width": 240,
    "pixel_height": 136,
    "verbosity": "ERROR",
    "frame_rate": 2,
    "dry_run": True,
    "progress_bar": "none",
}


class Stock(CairoRenderer):
    """Manim's own renderer; keeps its frames."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[np.ndarray] = []

    def add_frame(self, frame: np.ndarray, num_frames: int = 1) -> None:
        super().add_frame(frame, num_frames)
        self.kept += [frame] * num_frames


class Kept:
    """Stands in for the encoder."""

    def __init__(self) -> None:
        self.frames: list[np.ndarray] = []
        self.changes: list[Any] = []

    def convert(self, pixels: np.ndarray, rects: list[Any]) -> None:
        self.pixels = pixels.copy()
        self.changes.append(rects)

    def write(self, count: int = 1) -> None:
        self.frames += [self.pixels] * count

    def finish(self) -> None:
        self.frames.append(np.zeros(0))


def both(scene: Callable[..., Scene], **settings: object) -> tuple[list[np.ndarray], list[np.ndarray], Kept]:
    """The frames of the stock renderer and of the quick one."""
    kept = Kept()
    with tempconfig({**SMALL, **settings}):
        stock = Stock()
        scene(renderer=stock).render()
        scene(renderer=QuickRenderer(Stretch(), lambda: kept)).render()
    assert kept.frames.pop().size == 0, "the clip was closed"
    return stock.kept, kept.frames, kept


def difference(one: list[np.ndarray], other: list[np.ndarray]) -> int:
    assert len(one) == len(other)
    return max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(one, other, strict=True))


def chapters() -> dict[str, Any]:
    """Each chapter of the shipped lessons, once."""
    found: dict[str, Any] = {}
    for path in SHIPPED:
        lesson = load(path)
        for call in with_cards(lesson):
            found.setdefault(call.name, pytest.param(lesson, call, id=f"{lesson.name}-{call.called}"))
    return found


@pytest.mark.parametrize(("lesson", "call"), [*chapters().values()])
def test_each_frame_of_each_shipped_chapter_is_manims_own(lesson: Any, call: Any) -> None:
    def scene(**kwargs: Any) -> Scene:
        return chapter_of(lesson, call)(lesson=lesson, call=call, **kwargs)

    stock, quick, _ = both(scene)
    assert difference(stock, quick) == 0


class Odds(Scene):
    """What chapters may come to use: wide strokes, gradients, updaters, partial curves, things in front and behind."""

    def construct(self) -> None:
        tracker = ValueTracker(0)
        wide = Square(1.5, color=RED, stroke_width=30).shift(3 * UP)
        ring = Circle(2).set_color_by_gradient(RED, BLUE).set_fill(opacity=0.4)
        behind = Circle(1, color=BLUE, fill_opacity=1).set_z_index(-1)
        dot = Square(0.3, fill_opacity=1).add_updater(lambda m: m.set_x(tracker.get_value()))
        self.add(wide, VGroup(ring, behind))
        self.play(Create(wide), FadeIn(dot, shift=UP), run_time=1)
        self.play(tracker.animate.set_value(3), run_time=2)
        self.wait(3)
        self.bring_to_back(dot)
        self.play(Rotating(ring, run_time=1), wide.animate.set_stroke(width=2))
        self.remove(ring)
        self.wait(1)


class Cloud(Scene):
    """A cloud of points: it is not drawn by curves."""

    def construct(self) -> None:
        cloud = PointCloudDot(radius=1, density=8, color=RED)
        self.add(cloud, square := Square())
        self.play(square.animate.shift(2 * UP))
        self.play(cloud.animate.shift(UP))
        self.wait(1)


@pytest.mark.parametrize("scene", [Odds, Cloud])
def test_what_else_manim_can_draw_is_drawn_the_same(scene: type[Scene]) -> None:
    stock, quick, _ = both(scene, frame_rate=10)
    assert difference(stock, quick) == 0


def test_only_what_changes_is_drawn_and_coded() -> None:
    class Small(Scene):
        def construct(self) -> None:
            self.add(Square(4), dot := Square(0.1))
            self.play(dot.animate.shift(0.2 * UP), run_time=1)
            self.wait(2)

    _, frames, kept = both(Small, frame_rate=10)
    assert len(frames) == 30
    assert len(kept.changes) < 12, "a picture that stands still is passed on once"
    areas = [sum((r - left) * (b - top) for left, top, r, b in rects) for rects in kept.changes]
    assert areas[0] == 240 * 136
    assert max(areas[1:]) <= 4 * 32 * 32


def test_equal_fingerprints_mean_equal_frames() -> None:
    def fingerprint(far: float, *, drawn: bool = True, rest: float = 1) -> str:
        class Moves(Scene):
            def construct(self) -> None:
                self.play(Square().animate.shift(far * UP))
                self.wait(rest)

        with tempconfig(SMALL):
            renderer = QuickRenderer(Stretch(), Kept if drawn else None)
            Moves(renderer=renderer).render()
        return renderer.fingerprint

    assert fingerprint(1) == fingerprint(1) == fingerprint(1, drawn=False)
    assert fingerprint(1) != fingerprint(1 + 1e-9)
    assert fingerprint(1) != fingerprint(1, rest=2), "how long it stands is a part of it"


WIDTH, HEIGHT = 240, 134  # no whole number of blocks


def frames_of(clip: Path) -> list[np.ndarray]:
    with av.open(clip, options={"err_detect": "explode"}) as film:
        return [frame.to_ndarray(format="yuv420p") for frame in film.decode(video=0)]


def test_a_clip_shows_each_frame_as_long_as_it_was_asked_for(tmp_path: Path) -> None:
    lengths = [1, 40, 2, 300, 17, 16, 33, 1, 64]
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    encoder = Encoder(tmp_path / "clip.mp4", WIDTH, HEIGHT, 15, X264)
    random = np.random.default_rng(1)
    for number, length in enumerate(lengths):
        left, top = 32 * (number % 5), 32 * (number % 3)
        pixels[top : top + 32, left : left + 32] = random.integers(0, 255, (32, 32, 4))
        encoder.convert(pixels, [(0, 0, WIDTH, HEIGHT)] if not number else [(left, top, left + 32, top + 32)])
        encoder.write(length)
    encoder.finish()
    found = frames_of(tmp_path / "clip.mp4")
    assert len(found) == sum(lengths)
    at = 0
    for before, length in zip([0, *np.cumsum(lengths)], lengths, strict=False):
        settled = found[before + length - 1]
        assert all(np.array_equal(settled, frame) for frame in found[before + min(15, length - 1) : before + length])
        at += length
    whole = av.VideoFrame.from_ndarray(pixels, format="rgba").reformat(format="yuv420p").to_ndarray()
    assert np.mean((whole.astype(float) - found[-1]) ** 2) < 255**2 / 10**3.8, "38 dB, of noise"


def test_what_is_converted_in_parts_is_what_would_be_converted_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    before, after = random.integers(0, 255, (2, HEIGHT, WIDTH, 4), dtype=np.uint8)
    rects = [(32, 0, 96, 64), (192, 96, WIDTH, HEIGHT), (0, 64, 32, 96)]
    mixed = before.copy()
    for left, top, right, bottom in rects:
        mixed[top:bottom, left:right] = after[top:bottom, left:right]
    parts, whole = (Encoder(tmp_path / name, WIDTH, HEIGHT, 15, X264) for name in ("parts.mp4", "whole.mp4"))
    parts.convert(before, [(0, 0, WIDTH, HEIGHT)])
    parts.convert(mixed, rects)
    whole.convert(mixed, [(0, 0, WIDTH, HEIGHT)])
    for one, other in zip(parts.planes, whole.planes, strict=True):
        assert np.array_equal(one, other)
    for encoder in (parts, whole):
        encoder.write()
        encoder.finish()
