"""What films other than mp4 are written by: every frame is there, for its time, in its colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from manim import Scene
from PIL import Image

from bp_script.lesson import load
from bp_studio.lessons import with_cards
from scenes.kit.door.formats import Writer, writer
from scenes.kit.door.gif_clip import table_of
from scenes.kit.door.techniques import ALL
from scenes.kit.manim_door import TRANSPARENT
from scenes.kit.own_chapters import chapter_of
from scenes.kit.theme import THEMES
from tests.test_quick_renderer import SHIPPED, both, difference

WIDTH, HEIGHT, FPS = 96, 64, 15
DARK = THEMES["dark"]
INKS = [np.array([*bytes.fromhex(colour[1:])]) for colour in DARK.colours]
#: What is shown, for how many frames each: a square of a role's colour, its edges half of it.
SHOWN = [(1, 1), (2, 40), (3, 1), (4, 1), (7, 2), (8, 100), (2, 1)]


def drawn(role: int, ground: float = 1.0) -> np.ndarray:
    """A frame as Cairo has it: channels are multiplied by the opacity, which the ground has or has not."""
    frame = np.zeros((HEIGHT, WIDTH, 4))
    frame[:] = [*INKS[0] * ground, 255 * ground]
    left = 8 * role
    for inset, share in ((0, 0.5), (2, 1.0)):
        box = (slice(10 + inset, 40 - inset), slice(left + inset, left + 20 - inset))
        frame[box] = frame[box] * (1 - share) + share * np.array([*INKS[role], 255])
    return np.rint(frame).astype(np.uint8)


def write(out: Writer, frames: list[tuple[np.ndarray, int]]) -> None:
    before = None
    for frame, count in frames:
        changed = np.ones((HEIGHT, WIDTH), bool) if before is None else (frame != before).any(axis=2)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        out.convert(frame, [(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)])
        out.write(count)
        before = frame
    out.finish()


def made(place: Path, video_format: str, fps: int = FPS) -> Path:
    target = place / f"clip{'' if video_format == 'png' else f'.{video_format}'}"
    ground = 0.0 if video_format in TRANSPARENT else 1.0
    out = writer(video_format, target, (WIDTH, HEIGHT, fps), DARK, ALL)
    write(out, [(drawn(role, ground), count) for role, count in SHOWN])
    return target


def each_frame() -> list[int]:
    return [role for role, count in SHOWN for _ in range(count)]


def pictures(path: Path, pixels: str) -> list[tuple[float, np.ndarray]]:
    with av.open(path) as film:
        return [(float(shot.time or 0), shot.to_ndarray(format=pixels)) for shot in film.decode(video=0)]


def off(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other).max())


def test_webm_has_each_frame_as_vp9(tmp_path: Path) -> None:
    clip = made(tmp_path, "webm")
    with av.open(clip) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp9", WIDTH, HEIGHT)
        assert stream.average_rate == FPS
    found = pictures(clip, "rgb24")
    assert len(found) == len(each_frame())
    for role, (_, picture) in zip(each_frame(), found, strict=True):
        centre = (slice(20, 30), slice(8 * role + 8, 8 * role + 12))
        assert off(picture[centre], drawn(role)[centre][:, :, :3]) <= 12


def test_mov_keeps_each_pixel_with_its_opacity(tmp_path: Path) -> None:
    clip = made(tmp_path, "mov")
    with av.open(clip) as film:
        context = film.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("qtrle", "argb")
    found = pictures(clip, "rgba")
    assert len(found) == len(each_frame())
    for role, (_, picture) in zip(each_frame(), found, strict=True):
        inside, edge, outside = picture[25, 8 * role + 10], picture[10, 8 * role + 10], picture[50, 90]
        assert inside.tolist() == [*INKS[role], 255]
        assert edge[3] == pytest.approx(128, abs=1)
        assert off(edge[:3], INKS[role]) <= 2, "a half transparent pixel has its full colour"
        assert outside.tolist() == [0, 0, 0, 0]


def test_png_has_a_picture_for_each_frame(tmp_path: Path) -> None:
    files = sorted(made(tmp_path, "png").iterdir())
    assert [file.name for file in files] == [f"{number:06d}.png" for number in range(len(each_frame()))]
    for role, file in zip(each_frame(), files, strict=True):
        with Image.open(file) as picture:
            assert np.array_equal(np.asarray(picture), drawn(role)[:, :, :3])


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_gif_shows_each_picture_for_its_time(tmp_path: Path, fps: int) -> None:
    clip = made(tmp_path, "gif", fps)
    found = pictures(clip, "rgb24")
    delays = delays_of(clip)
    assert sum(delays) == round(100 * len(each_frame()) / fps)
    assert min(delays[:-1]) >= 3, "players slow down what is faster"
    assert len(found) <= len(SHOWN), "what stands still is one picture"
    ends = np.cumsum(delays) / 100
    for number, role in enumerate(each_frame()):
        seen = found[int(np.searchsorted(ends, (number + 0.5) / fps))][1]
        if fps < 60 or number in range(2, 40):
            assert off(seen, drawn(role)[:, :, :3]) <= 8
    assert off(found[-1][1], drawn(each_frame()[-1])[:, :, :3]) <= 8, "the last one is not left out"


def delays_of(clip: Path) -> list[int]:
    with Image.open(clip) as gif:
        found = []
        for number in range(gif.n_frames):
            gif.seek(number)
            found.append(round(gif.info["duration"] / 10))
        return found


def test_gif_writes_only_what_changes_in_one_table_of_colours(tmp_path: Path) -> None:
    clip = made(tmp_path, "gif")
    still = tmp_path / "still.gif"
    write(writer("gif", still, (WIDTH, HEIGHT, FPS), DARK, ALL), [(drawn(1), 500)])
    assert delays_of(still) == [3333]
    small = np.array(drawn(1))
    small[50:52, 5:7, :3] = INKS[3]
    once = tmp_path / "once.gif"
    write(writer("gif", once, (WIDTH, HEIGHT, FPS), DARK, ALL), [(drawn(1), 5), (small, 5)])
    assert once.stat().st_size < still.stat().st_size + 40
    assert clip.stat().st_size < still.stat().st_size + 300 * len(SHOWN)


def test_gif_gives_a_photograph_colours_of_its_own(tmp_path: Path) -> None:
    across, down = np.meshgrid(np.linspace(0, 255, WIDTH), np.linspace(0, 255, HEIGHT))
    photograph = np.stack([across, down, 255 - across, np.full_like(across, 255)], axis=2).astype(np.uint8)
    clip = tmp_path / "photograph.gif"
    write(writer("gif", clip, (WIDTH, HEIGHT, FPS), DARK, ALL), [(drawn(1), 5), (photograph, 5), (drawn(3), 5)])
    _, (_, seen), (_, after) = pictures(clip, "rgb24")
    assert np.abs(seen.astype(int) - photograph[:, :, :3]).mean() < 8
    assert off(after, drawn(3)[:, :, :3]) <= 8


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_table_has_every_colour_and_its_steps_to_the_ground(theme: Any) -> None:
    table = table_of(theme.colours).astype(int)
    ground = np.array([*bytes.fromhex(theme.ground[1:])])
    for colour in theme.colours:
        wanted = np.array([*bytes.fromhex(colour[1:])])
        for share in (1.0, 0.5, 0.45, 0.1):
            step = ground + share * (wanted - ground)
            assert np.abs(table - step).max(axis=1).min() <= (0.5 if share == 1 else 8)


def test_frames_on_a_transparent_ground_are_manims_own() -> None:
    lesson = load(SHIPPED[0])
    call = with_cards(lesson)[0]

    def scene(**kwargs: Any) -> Scene:
        return chapter_of(lesson, call)(lesson=lesson, call=call, **kwargs)

    stock, quick, _ = both(scene, transparent=True)
    assert difference(stock, quick) == 0
    corner = stock[-1][2, 2]
    assert corner.tolist() == [0, 0, 0, 0]
