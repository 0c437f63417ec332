"""The quick renderer draws the frames that manim draws, and its clips show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from manim import (
    BLUE,
    RED,
    RIGHT,
    UP,
    Circle,
    Create,
    Cube,
    FadeIn,
    Group,
    ImageMobject,
    MovingCameraScene,
    PointCloudDot,
    Rotating,
    Scene,
    Sphere,
    Square,
    ThreeDAxes,
    ThreeDScene,
    ValueTracker,
    VGroup,
    VMobject,
    config,
    tempconfig,
)
from manim.renderer.cairo_renderer import CairoRenderer

from bp_script.lesson import load
from bp_script.shipped import lesson_names, lesson_path
from bp_studio.lessons import with_cards
from scenes.kit import manim_door
from scenes.kit.door import hints
from scenes.kit.door.cheap import cheap_manim
from scenes.kit.door.encoder import Encoder
from scenes.kit.door.glyph import filled, redraw
from scenes.kit.door.onward import Drawing, Onward, Request
from scenes.kit.door.painter import TILE, _rectangles
from scenes.kit.door.quick import QuickRenderer
from scenes.kit.door.techniques import ALL, Techniques, chosen, names
from scenes.kit.film import stretch
from scenes.kit.film.stretch import Stretch
from scenes.kit.manim_door import FrameClock
from scenes.kit.own_chapters import chapter_of
from tests.bp_command import ROOT

SHIPPED = [lesson_path(name) for name in lesson_names()]
SMALL = {
    "pixel_width": 240,
    "pixel_height": 136,
    "verbosity": "ERROR",
    "frame_rate": 2,
    "dry_run": True,
    "progress_bar": "none",
}


plain_boundary = VMobject.get_points_defining_boundary


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


def both(
    scene: Callable[..., Scene], techniques: Techniques = ALL, **settings: object
) -> tuple[list[np.ndarray], list[np.ndarray], Kept]:
    """The frames of the stock renderer and of the quick one."""
    kept = Kept()
    with tempconfig({**SMALL, **settings}):
        stock = Stock()
        scene(renderer=stock).render()
        with cheap_manim():
            scene(renderer=QuickRenderer(Request(Stretch(), Path()), lambda _: kept, techniques)).render()
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


class Pictures(FrameClock):
    """Images, still, moved, turned and faded, between curves."""

    def construct(self) -> None:
        random = np.random.default_rng(3).integers(0, 255, (9, 7, 4), dtype=np.uint8)
        still, moved = ImageMobject(random).scale(20), ImageMobject(random[::-1, :, :3]).scale(30).shift(UP)
        self.add(Square(4, fill_opacity=1, color=BLUE), still, dot := Square(0.5))
        self.play(dot.animate.shift(UP), run_time=0.5)
        self.play(FadeIn(moved), run_time=0.5)
        self.play(moved.animate.shift(RIGHT).rotate(1), run_time=0.5)
        self.wait(0.5)


class Moving(FrameClock, MovingCameraScene):
    """A camera that goes where something happens."""

    def construct(self) -> None:
        self.add(Square(fill_opacity=0.5), Circle().shift(2 * RIGHT))
        self.play(self.camera.frame.animate.scale(0.5).move_to(2 * RIGHT), run_time=1)
        self.play(Create(Square(0.5)), run_time=0.5)
        self.wait(0.5)


class Deep(FrameClock, ThreeDScene):
    """Three dimensions, seen from all around, with letters that stay in place."""

    def construct(self) -> None:
        self.set_camera_orientation(phi=1, theta=0.5)
        self.add(Cube(1, fill_opacity=0.8), ThreeDAxes())
        self.add_fixed_in_frame_mobjects(Square(0.5).to_corner(UP + RIGHT))
        self.play(Create(Sphere(radius=0.7, resolution=(6, 6))), run_time=0.5)
        self.begin_ambient_camera_rotation(rate=1)
        self.wait(0.5)
        self.stop_ambient_camera_rotation()
        self.wait(0.5)


@pytest.mark.parametrize("scene", [Odds, Cloud, Pictures, Moving, Deep])
def test_what_else_manim_can_draw_is_drawn_the_same(scene: type[Scene]) -> None:
    stock, quick, _ = both(scene, frame_rate=10)
    assert difference(stock, quick) == 0
    assert len({frame.tobytes() for frame in stock}) > 5, "something moves"


@pytest.mark.parametrize("left_out", [name for name in names() if name not in {"x264", "stills", "parts", "hints"}])
def test_frames_are_the_same_without_any_technique(left_out: str) -> None:
    stock, quick, _ = both(Odds, Techniques(**{left_out: False}), frame_rate=10)
    assert difference(stock, quick) == 0


@pytest.mark.parametrize("left_out", ["stills", "parts"])
def test_clips_show_the_same_without_any_technique(tmp_path: Path, left_out: str) -> None:
    def clip(name: str, techniques: Techniques) -> list[np.ndarray]:
        pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        encoder = Encoder(tmp_path / name, WIDTH, HEIGHT, 15, techniques)
        for number in range(4):
            pixels[:32, 32 * number :] = 60 * number
            encoder.convert(pixels, [(32 * number, 0, WIDTH, 32)] if number else [(0, 0, WIDTH, HEIGHT)])
            encoder.write(20)
        encoder.finish()
        return frames_of(tmp_path / name)

    assert difference(clip("with.mp4", ALL), clip("without.mp4", Techniques(**{left_out: False}))) == 0


def test_the_environment_leaves_techniques_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen() == ALL
    monkeypatch.setenv("BP_WITHOUT", "tiles x264")
    assert chosen() == Techniques(tiles=False, x264=False)
    monkeypatch.setenv("BP_WITHOUT", "tyles")
    with pytest.raises(ValueError, match=r"expected some of tiles, .* got tyles"):
        chosen()


def test_what_manim_computes_more_cheaply_is_the_same() -> None:
    dot = Square(0.3, fill_opacity=0.5).set_fill([RED, BLUE])
    group = VGroup(Circle(2, color=RED).shift(UP), VGroup(dot, VMobject()), Square()).set_sheen(0.1)
    shared = VGroup(dot, VGroup(dot))

    def answers() -> list[Any]:
        found: list[Any] = []
        for mobject in (
            group,
            shared,
            VGroup(),
            dot,
            ValueTracker(3),
            PointCloudDot(density=3),
            Group(ValueTracker(3), dot),
        ):
            copied = mobject.copy()
            found += [mobject.get_family().index(member) for member in mobject.get_family()]
            found += [mobject.width, mobject.height, mobject.get_corner(UP), copied.get_all_points()]
            found += [len(mobject.get_family()), len(copied.get_family()), copied.get_points_defining_boundary()]
        for colour in (RED, "#123456", None, [RED, BLUE]):
            for opacity in (None, 0, 0.5, [0.2, 0.4]):
                found += [each.generate_rgbas_array(colour, opacity) for each in (group, Square())]
        return found

    plain = answers()
    with cheap_manim():
        cheap = answers()
    assert len(plain) == len(cheap)
    for one, other in zip(plain, cheap, strict=True):
        np.testing.assert_array_equal(one, other)
    assert VMobject.get_points_defining_boundary is plain_boundary, "and manim is left as it was"


def test_a_shape_without_a_line_is_as_manim_makes_it() -> None:
    points = Circle().points
    plain = VMobject().set_stroke(width=0).set_fill("#123456", opacity=1)
    plain.points = points
    cheap = filled(points, "#123456")
    assert set(vars(plain)) == set(vars(cheap))
    for name, value in vars(plain).items():
        np.testing.assert_array_equal(value, vars(cheap)[name])
    other = filled(points, "#123456").set_fill(RED, opacity=0.5).set_stroke(BLUE, width=3)
    assert cheap.fill_rgbas is not other.fill_rgbas
    np.testing.assert_array_equal(cheap.fill_rgbas, plain.fill_rgbas)
    redraw(other, points, "#123456", 1)
    np.testing.assert_array_equal(other.stroke_rgbas, plain.stroke_rgbas)
    assert (other.stroke_width, other.fill_opacity) == (0, 1)


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


def test_rectangles_cover_each_marked_tile_once() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        tiles = random.random(random.integers(1, 9, 2)) < random.random()
        height, width = tiles.shape[0] * TILE - 5, tiles.shape[1] * TILE - 7
        covered = np.zeros((height, width), int)
        for left, top, right, bottom in _rectangles(tiles, height, width):
            covered[top:bottom, left:right] += 1
        assert np.array_equal(covered, np.kron(tiles, np.ones((TILE, TILE), int))[:height, :width])


def test_equal_fingerprints_mean_equal_frames() -> None:
    def fingerprint(far: float, *, drawn: bool = True, rest: float = 1) -> str:
        class Moves(Scene):
            def construct(self) -> None:
                self.play(Square().animate.shift(far * UP))
                self.wait(rest)

        with tempconfig(SMALL):
            renderer = QuickRenderer(Request(Stretch(), Path() if drawn else None), lambda _: Kept())
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
    encoder = Encoder(tmp_path / "clip.mp4", WIDTH, HEIGHT, 15)
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


def test_x264_looks_only_where_it_is_told_to(tmp_path: Path) -> None:
    assert hints.can_be_given()

    def last_frame(name: str, told: list[tuple[int, int, int, int]], techniques: Techniques) -> np.ndarray:
        pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        encoder = Encoder(tmp_path / name, WIDTH, HEIGHT, 15, techniques)
        encoder.convert(pixels, [(0, 0, WIDTH, HEIGHT)])
        encoder.write(3)
        pixels[:] = 200
        for plane in encoder.planes:  # all of it, whatever is told
            plane[:] = 200
        encoder.convert(pixels, told)
        encoder.write()
        encoder.finish()
        return frames_of(tmp_path / name)[-1][:HEIGHT].astype(int)

    told = last_frame("told.mp4", [(32, 32, 64, 64)], ALL)
    assert told[40, 40] > 150
    assert told[40, 200] < 50, "what is said to be as it was is not looked at"
    assert last_frame("untold.mp4", [(32, 32, 64, 64)], Techniques(hints=False))[40, 200] > 150


def test_hints_cost_no_quality(tmp_path: Path) -> None:
    def error(name: str, techniques: Techniques) -> float:
        random = np.random.default_rng(3)
        pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        encoder = Encoder(tmp_path / name, WIDTH, HEIGHT, 15, techniques)
        given = []
        for number in range(24):
            left = 32 * (number % 6)
            pixels[32:64, left : left + 32] = random.integers(0, 255, 4)
            encoder.convert(pixels, [(left, 32, left + 32, 64)] if number else [(0, 0, WIDTH, HEIGHT)])
            encoder.write()
            given.append(np.concatenate([plane.ravel() for plane in encoder.planes]).astype(float))
        encoder.finish()
        return float(np.mean((np.array(given) - [each.ravel() for each in frames_of(tmp_path / name)]) ** 2))

    assert error("with.mp4", ALL) < 1.1 * error("without.mp4", Techniques(hints=False)) + 0.1


def test_what_is_converted_in_parts_is_what_would_be_converted_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    before, after = random.integers(0, 255, (2, HEIGHT, WIDTH, 4), dtype=np.uint8)
    rects = [(32, 0, 96, 64), (192, 96, WIDTH, HEIGHT), (0, 64, 32, 96)]
    mixed = before.copy()
    for left, top, right, bottom in rects:
        mixed[top:bottom, left:right] = after[top:bottom, left:right]
    parts, whole = (Encoder(tmp_path / name, WIDTH, HEIGHT, 15) for name in ("parts.mp4", "whole.mp4"))
    parts.convert(before, [(0, 0, WIDTH, HEIGHT)])
    parts.convert(mixed, rects)
    whole.convert(mixed, [(0, 0, WIDTH, HEIGHT)])
    for one, other in zip(parts.planes, whole.planes, strict=True):
        assert np.array_equal(one, other)
    for encoder in (parts, whole):
        encoder.write()
        encoder.finish()


@pytest.mark.parametrize("name", ["cost_tree", "nudge"])
def test_going_on_draws_what_skipping_there_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(stretch, "_FRAMES", 100)
    lesson = load(ROOT / "lessons" / "backpropagation_calculus.yaml")
    call = next(call for call in lesson.chapters if call.name == name)
    chapter, small = chapter_of(lesson, call), manim_door.Quality(256, 144, 15)
    parts = manim_door.rehearse(chapter, lesson, call, small, tmp_path).stretches()
    assert len(parts) > 3

    def clips(folder: str, *, leads_on: bool) -> list[bytes]:
        waited = []
        for part in parts:
            request = Request(part, tmp_path / folder / f"{part.first}.mp4", None, leads_on)
            drawn = manim_door.draw_stretch(chapter, lesson, call, small, request, scene=folder)
            assert (drawn.frames, drawn.meets) == (part.frames, True)
            waited.append(bool(manim_door._waiting))
        assert any(waited) == leads_on
        assert not waited[-1]
        # where a nudge goes on, its running numbers hold the time that has passed, and skipping holds none
        assert all(waited[:-1]) == (leads_on and name != "nudge")
        return [(tmp_path / folder / f"{part.first}.mp4").read_bytes() for part in parts]

    assert clips("on", leads_on=True) == clips("anew", leads_on=False)


def test_a_scene_that_waits_is_let_go_by_whatever_comes_next(tmp_path: Path) -> None:
    lesson = load(ROOT / "lessons" / "backpropagation_calculus.yaml")
    call = next(call for call in lesson.chapters if call.name == "cost_tree")
    chapter, small = chapter_of(lesson, call), manim_door.Quality(256, 144, 15)
    width = config.pixel_width
    joint = manim_door.rehearse(chapter, lesson, call, small, tmp_path).joints[1]
    part = stretch.Stretch(0, joint.play, joint.frame, ("", joint.state), joint.exactly)
    request = Request(part, tmp_path / "clip.mp4", None, leads_on=True)
    manim_door.draw_stretch(chapter, lesson, call, small, request, scene="one")
    assert config.pixel_width == 256
    manim_door.let_go()
    assert config.pixel_width == width
    assert len(frames_of(tmp_path / "clip.mp4")) == joint.frame
    manim_door.draw_stretch(chapter, lesson, call, small, request, scene="one")
    manim_door.dry_run(chapter, lesson, call, small, tmp_path)
    assert (config.pixel_width, manim_door._waiting) == (width, {})


def test_what_a_scene_raises_on_its_way_is_raised_where_it_was_asked_for(tmp_path: Path) -> None:
    def play(onward: Onward, first: Request) -> Drawing:
        joints = [stretch.Joint(2, 10, "", "here")]
        if onward.following(first, Drawing(10, "", meets=True), joints) is None:
            return Drawing(10, "", meets=True)
        raise ZeroDivisionError("no way on")

    onward = Onward(play)
    part = stretch.Stretch(0, 2, 10, exactly="here")
    assert onward.draw(Request(part, leads_on=True)) == Drawing(10, "", meets=True)
    assert onward.waits_at == 2
    with pytest.raises(ZeroDivisionError, match="no way on"):
        onward.draw(Request(part))
    other = Onward(play)
    other.draw(Request(replace(part, exactly="there"), leads_on=True))
    assert other.waits_at is None
