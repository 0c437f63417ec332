"""Draws only what has changed: the frame stays, and the tiles that changed things touch are drawn anew.

Everything that touches such a tile is drawn on the camera's canvas by the calls of Cairo that manim itself makes, in
the same order, and the tile is taken from there. Cairo's clipping would be less work, but shifts the shades of edges by
up to 14/255; this way a frame is manim's own, bit for bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from struct import Struct
from typing import Any

import cairo
import numpy as np
from manim import Mobject, VMobject
from manim.camera.camera import Camera
from manim.constants import LineJointType
from manim.mobject.types.image_mobject import AbstractImageMobject
from manim.mobject.types.point_cloud_mobject import PMobject

from scenes.kit.door.techniques import ALL, Techniques

#: The side of a tile in pixels.
TILE = 32
#: Left, top, right and bottom in pixels.
Rect = tuple[int, int, int, int]
#: What a path may reach beyond its outline, in half widths of its stroke: Cairo cuts a mitre at ten.
_MITRE, _CAP = 10.0, 1.5
#: What the camera draws; other mobjects hold values.
_VISIBLE = (VMobject, PMobject, AbstractImageMobject)
_STYLE = Struct("ddii").pack


class Drawn:
    """A mobject as it was drawn: what it looked like, and where."""

    __slots__ = ("mobject", "rect", "signature")

    def __init__(self, mobject: Mobject, signature: tuple[bytes, bytes], rect: Rect | None) -> None:
        self.mobject = mobject
        self.signature = signature
        self.rect = rect


class Painter:
    """Keeps a camera's frame up to date: a layer of what stands still, and on it one of what moves."""

    def __init__(self, camera: Camera, *, draws: bool = True, techniques: Techniques = ALL) -> None:
        self._still = _Layer(camera, draws=draws, techniques=techniques)
        self._moving = _Layer(camera, draws=draws, techniques=techniques)
        self._in_layers = techniques.layers
        self._held: list[Mobject] = []
        self._below: list[Rect] = []
        self._seen = hashlib.blake2b(digest_size=20)

    @property
    def pixels(self) -> np.ndarray:
        """The frame: height × width × 4 bytes."""
        return self._moving.pixels

    @property
    def fingerprint(self) -> str:
        """What has been painted so far, frame for frame: equal fingerprints mean equal frames."""
        return self._seen.hexdigest()

    def hold(self, still: Iterable[Mobject]) -> None:
        """What stands still until the next call, below all that moves, as it is now."""
        if self._in_layers:
            self._below = self._still.update(displayed(still), None, (), self._seen)
        else:
            self._held = displayed(still)

    def paint(self, moving: Iterable[Mobject], count: int = 1) -> list[Rect]:
        """Bring the frame up to date, to be shown ``count`` times; returns where it has changed."""
        self._seen.update(b"%d times:" % count)
        ground = self._still.pixels if self._in_layers else None
        changed = self._moving.update([*self._held, *displayed(moving)], ground, self._below, self._seen)
        self._below = []
        return changed


class WholePainter:
    """As :class:`Painter`, for cameras that move or see in three dimensions: manim draws each frame, in full."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._still: np.ndarray | None = None
        self._seen = hashlib.blake2b(digest_size=20)

    @property
    def pixels(self) -> np.ndarray:
        """The frame: height × width × 4 bytes."""
        return self._camera.pixel_array

    @property
    def fingerprint(self) -> str:
        """What has been painted so far, frame for frame: equal fingerprints mean equal frames."""
        return self._seen.hexdigest()

    def hold(self, still: Iterable[Mobject]) -> None:
        """What stands still until the next call, below all that moves, as it is now."""
        still = list(still)
        self._still = None
        if still:
            self._draw(still)
            self._still = self._camera.pixel_array.copy()

    def paint(self, moving: Iterable[Mobject], count: int = 1) -> list[Rect]:
        """Draw the frame, to be shown ``count`` times; all of it may have changed."""
        self._draw(moving)
        self._seen.update(b"%d times:" % count + self.pixels.tobytes())
        height, width = self.pixels.shape[:2]
        return [(0, 0, width, height)]

    def _draw(self, mobjects: Iterable[Mobject]) -> None:
        if self._still is None:
            self._camera.reset()
        else:
            self._camera.set_frame_to_background(self._still)
        self._camera.capture_mobjects(mobjects)


class _Layer:
    """Mobjects on a ground, drawn."""

    def __init__(self, camera: Camera, *, draws: bool, techniques: Techniques) -> None:
        self._camera = camera
        self._draws = draws
        self._techniques = techniques
        self._canvas = _words(camera.pixel_array)
        self.pixels = np.zeros_like(camera.pixel_array)
        height, width = self._canvas.shape
        self._whole = (0, 0, width, height)
        self._tiles = np.zeros((-(-height // TILE), -(-width // TILE)), bool)
        self._drawn: dict[int, Drawn] | None = None
        self._by_curves = True

    def update(
        self, mobjects: Sequence[Mobject], ground: np.ndarray | None, below: Iterable[Rect], seen: hashlib.blake2b
    ) -> list[Rect]:
        """Draw what has changed, be it here or in the ground ``below``; says where, and tells ``seen`` what."""
        before, now = self._drawn, {id(mobject): self._note(mobject) for mobject in mobjects}
        self._drawn = now
        by_curves = all(isinstance(each, VMobject) and _plain(each) for each in mobjects)
        whole = before is None or not (by_curves and self._by_curves)
        self._by_curves = by_curves
        if before is None or whole:
            _tell(seen, now, list(now))
            return self._draw([self._whole], ground)
        changed = [key for key, drawn in now.items() if before.get(key) is not drawn]
        stay = [key for key in now if key in before]
        if len(stay) < len(before) or len(stay) < len(now) or stay != list(before):
            _tell(seen, now, list(now))
            if [key for key in before if key in now] != stay:
                return self._draw([self._whole], ground)
        else:
            _tell(seen, now, changed)
        for rect in below:
            self._mark(rect)
        for key in changed:
            self._mark(now[key].rect)
        for key, drawn in before.items():
            if now.get(key) is not drawn:
                self._mark(drawn.rect)
        rects = list(_rectangles(self._tiles, *self._canvas.shape))
        self._tiles[:] = False
        return self._draw(rects, ground)

    # -- what has changed ------------------------------------------------------

    def _note(self, mobject: Mobject) -> Drawn:
        before = None if self._drawn is None else self._drawn.get(id(mobject))
        if not isinstance(mobject, VMobject):
            picture = mobject.rgbas if isinstance(mobject, PMobject) else mobject.get_pixel_array()
            return Drawn(mobject, (mobject.points.tobytes(), np.asarray(picture).tobytes()), None)
        signature = _signature(mobject)
        if before is not None and before.mobject is mobject and before.signature == signature:
            return before
        return Drawn(mobject, signature, self._rect(mobject))

    def _mark(self, rect: Rect | None) -> None:
        if rect is not None:
            left, top, right, bottom = rect
            self._tiles[top // TILE : -(-bottom // TILE), left // TILE : -(-right // TILE)] = True

    def _rect(self, mobject: VMobject) -> Rect | None:
        """The pixels that a mobject can touch; None if there are none."""
        camera = self._camera
        low, high = mobject.points.min(axis=0).tolist(), mobject.points.max(axis=0).tolist()
        stroke = max(mobject.get_stroke_width(), mobject.get_stroke_width(background=True))
        reach = _MITRE if mobject.joint_type in {LineJointType.AUTO, LineJointType.MITER} else _CAP
        margin = stroke * camera.cairo_line_width_multiple / 2 * reach
        height, width = self._canvas.shape
        across, down = width / camera.frame_width, height / camera.frame_height
        x, y = camera.frame_center[:2]
        sides = (
            (low[0] - margin - x) * across + width / 2 - 2,
            (y - high[1] - margin) * down + height / 2 - 2,
            (high[0] + margin - x) * across + width / 2 + 3,
            (y - low[1] + margin) * down + height / 2 + 3,
        )
        if not all(map(isfinite, sides)):
            return None  # manim draws no such mobject
        left, top = max(0, int(sides[0])), max(0, int(sides[1]))
        right, bottom = min(width, int(sides[2])), min(height, int(sides[3]))
        return (left, top, right, bottom) if right > left and bottom > top else None

    # -- drawing -----------------------------------------------------------------

    def _draw(self, rects: list[Rect], ground: np.ndarray | None) -> list[Rect]:
        if not self._draws or not rects:
            return rects
        changed, rects = rects, rects if self._techniques.tiles else [self._whole]
        start, target = _words(self._camera.background if ground is None else ground), _words(self.pixels)
        for left, top, right, bottom in rects:
            self._canvas[top:bottom, left:right] = start[top:bottom, left:right]
        drawn = (self._drawn or {}).values()
        if self._by_curves:
            context = self._camera.get_cairo_context(self._camera.pixel_array)
            for each in _touching(drawn, rects):
                self._draw_one(context, each)
        else:
            self._camera.capture_mobjects([each.mobject for each in drawn], include_submobjects=False)
        for left, top, right, bottom in rects:
            target[top:bottom, left:right] = self._canvas[top:bottom, left:right]
        return changed

    def _draw_one(self, context: cairo.Context[Any], drawn: Drawn) -> None:
        mobject = drawn.mobject
        context.new_path()
        _outline(context, mobject)
        camera = self._camera
        if mobject.get_stroke_width(background=True):
            camera.apply_stroke(context, mobject, background=True)
        if mobject.get_fill_rgbas()[:, 3].any():
            camera.apply_fill(context, mobject)
        if mobject.get_stroke_width() and mobject.get_stroke_rgbas()[:, 3].any():
            camera.apply_stroke(context, mobject)


def _tell(seen: hashlib.blake2b, now: dict[int, Drawn], changed: list[int]) -> None:
    """Which of these have changed, and to what."""
    seen.update(b"%d of %d;" % (len(changed), len(now)))
    if changed:
        place = {key: number for number, key in enumerate(now)}
        for key in changed:
            points, style = now[key].signature
            seen.update(b"%d:%d:" % (place[key], len(points)) + points + style)


def _plain(mobject: VMobject) -> bool:
    """Whether it is drawn with colours alone."""
    return getattr(mobject, "background_image", None) is None


def displayed(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """What the camera displays of these, in its order: the family members that have points."""
    members: dict[int, Mobject] = {}
    for mobject in mobjects:
        for member in _family(mobject):
            if len(member.points) and isinstance(member, _VISIBLE):
                members.pop(id(member), None)  # of several places the last counts
                members[id(member)] = member
    found = list(members.values())
    if any(member.z_index for member in found):
        found.sort(key=lambda member: float(member.z_index))
    return found


def state_of(mobjects: Iterable[Mobject]) -> str:
    """What these look like, to a millionth of a unit: a digest."""
    seen = hashlib.blake2b(digest_size=20)
    for member in displayed(mobjects):
        points = np.round(member.points, 6) + 0.0
        style = (
            np.concatenate([a.ravel() for a in (member.get_fill_rgbas(), member.get_stroke_rgbas())])
            if isinstance(member, VMobject)
            else np.zeros(0)
        )
        width = float(member.get_stroke_width()) if isinstance(member, VMobject) else 0.0
        seen.update(points.tobytes() + (np.round([*style, width], 6) + 0.0).tobytes())
    return seen.hexdigest()


def exactly(mobjects: Iterable[Mobject]) -> str:
    """All that these look like and hold, to the last bit: a digest."""
    seen = hashlib.blake2b(digest_size=20)
    for mobject in mobjects:
        for member in _family(mobject):
            seen.update((member.points + 0.0).tobytes())
            if isinstance(member, VMobject):
                seen.update(_signature(member)[1])
    return seen.hexdigest()


def _family(mobject: Mobject) -> Iterator[Mobject]:
    yield mobject
    for part in mobject.submobjects:
        yield from _family(part)


def _signature(mobject: VMobject) -> tuple[bytes, bytes]:
    """All that a mobject's picture depends on."""
    fill, stroke = mobject.get_fill_rgbas(), mobject.get_stroke_rgbas()
    behind = mobject.get_stroke_rgbas(background=True)
    style = [fill.tobytes(), stroke.tobytes(), behind.tobytes()]
    style.append(
        _STYLE(mobject.stroke_width, mobject.background_stroke_width, mobject.joint_type.value, mobject.cap_style.value)
    )
    if len(fill) > 1 or len(stroke) > 1 or len(behind) > 1:
        style.append(np.asarray(mobject.get_gradient_start_and_end_points()).tobytes())
    return mobject.points.tobytes(), b"".join(style)


def _outline(context: cairo.Context[Any], mobject: VMobject) -> None:
    """A mobject's curves as the context's path, as manim's camera traces them."""
    points = mobject.points
    if len(points) % 4 or not np.isfinite(points).all():
        return
    curve_to, slack = context.curve_to, mobject.tolerance_for_point_equality
    start_x = start_y = end_x = end_y = float("nan")
    for x, y, x1, y1, x2, y2, x3, y3 in points[:, :2].reshape(-1, 8).tolist():
        if (end_x != x or end_y != y) and not _close((end_x, end_y), (x, y), slack):
            if _close((start_x, start_y), (end_x, end_y), slack):
                context.close_path()
            context.new_sub_path()
            context.move_to(x, y)
            start_x, start_y = x, y
        curve_to(x1, y1, x2, y2, x3, y3)
        end_x, end_y = x3, y3
    if _close((start_x, start_y), (end_x, end_y), slack):
        context.close_path()


def _close(one: tuple[float, float], other: tuple[float, float], slack: float) -> bool:
    return abs(one[0] - other[0]) <= slack + 1e-5 * abs(other[0]) and abs(one[1] - other[1]) <= slack + 1e-5 * abs(
        other[1]
    )


def _words(pixels: np.ndarray) -> np.ndarray:
    """Pixels of four bytes as one number each."""
    return pixels.view(np.uint32)[:, :, 0]


def _touching(drawn: Iterable[Drawn], rects: Sequence[Rect]) -> list[Drawn]:
    """Those that meet one of these places."""
    placed = [each for each in drawn if each.rect is not None]
    if not placed:
        return []
    left, top, right, bottom = np.array([each.rect for each in placed], np.int32).T[:, :, None]
    lefts, tops, rights, bottoms = np.array(rects, np.int32).T[:, None, :]
    meet = (left < rights) & (lefts < right) & (top < bottoms) & (tops < bottom)
    return [placed[number] for number in np.flatnonzero(meet.any(axis=1)).tolist()]


def _rectangles(tiles: np.ndarray, height: int, width: int) -> Iterator[Rect]:
    """The marked tiles as rectangles: runs in a row, and runs of rows that are alike."""
    open_runs: dict[tuple[int, int], int] = {}
    marked = set(np.flatnonzero(tiles.any(axis=1)).tolist())
    for row in range(min(marked, default=0), max(marked, default=-1) + 2):
        runs: set[tuple[int, int]] = set()
        if row in marked:
            runs = set(_runs(tiles[row].tobytes()))
        for run in [run for run in open_runs if run not in runs]:
            top = open_runs.pop(run)
            yield run[0] * TILE, top * TILE, min(width, run[1] * TILE), min(height, row * TILE)
        for run in runs:
            open_runs.setdefault(run, row)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Where a row is marked: from and to before."""
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end
        start = row.find(1, end)
