"""Films made of clips: every frame in its place, chapter marks, every format."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from bp_studio.errors import StudioError
from bp_studio.film import Clip, frame_image, join

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT, FPS = 64, 48, 15


def picture(number: int) -> np.ndarray:
    """A grey frame whose brightness tells its number, with something that moves."""
    frame = np.full((HEIGHT, WIDTH, 3), 20 + 5 * number, np.uint8)
    frame[10:20, number % 40 : number % 40 + 8] = 255
    return frame


def make_clip(path: Path, numbers: range, *, fps: int = FPS, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Clip:
    """A clip as manim writes it: x264 with reordered frames, VP9, GIF, or a folder of pictures."""
    codec, pixels = {".webm": ("libvpx-vp9", "yuv420p"), ".gif": ("gif", "rgb8")}.get(
        path.suffix, ("libx264", "yuv420p")
    )
    if not path.suffix:
        path.mkdir()
        for position, number in enumerate(numbers):
            Image.fromarray(picture(number)).save(path / f"{position:04d}.png")
        return Clip((path,), path.name, len(numbers))
    with av.open(path, "w") as out:
        stream = out.add_stream(codec, rate=fps, options={} if codec == "gif" else {"crf": "10"})
        stream.pix_fmt, stream.width, stream.height = pixels, *size
        for position, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(picture(number)).reformat(*size, format=pixels)
            frame.pts, frame.time_base = position, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return Clip((path,), f"clip {path.stem}", len(numbers))


def decoded(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(path) as film:
        return [(float(frame.time), frame.to_ndarray(format="rgb24")) for frame in film.decode(video=0)]


@pytest.fixture(params=["mp4", "mov", "webm"])
def streams(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[Clip], Path]:
    """Three clips, one a single frame long, and the film of them."""
    ranges = [range(20), range(20, 21), range(21, 40)]
    clips = [make_clip(tmp_path / f"{n}.{request.param}", numbers) for n, numbers in enumerate(ranges)]
    film = tmp_path / f"film.{request.param}"
    join(clips, film, fps=FPS, title="A film")
    return clips, film


def test_a_film_has_the_clips_frames_bit_for_bit_and_in_order(streams: tuple[list[Clip], Path]) -> None:
    clips, film = streams
    expected = [pixels for clip in clips for _, pixels in decoded(clip.paths[0])]
    found = [pixels for _, pixels in decoded(film)]
    assert len(found) == 40
    assert all(np.array_equal(one, other) for one, other in zip(expected, found, strict=True))


def test_each_frame_stands_at_its_count_over_the_frame_rate(streams: tuple[list[Clip], Path]) -> None:
    _, film = streams
    times = [time for time, _ in decoded(film)]
    assert times == pytest.approx([number / FPS for number in range(40)], abs=1e-3)  # webm counts milliseconds
    with av.open(film) as source:
        assert source.duration / av.time_base == pytest.approx(40 / FPS, abs=0.07 if film.suffix == ".webm" else 1e-3)
        assert source.streams.video[0].average_rate == FPS


def test_decoding_times_never_go_back(streams: tuple[list[Clip], Path]) -> None:
    _, film = streams
    with av.open(film) as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
    times = [packet.dts for packet in packets]
    assert all(before < after for before, after in itertools.pairwise(times))
    assert all(packet.dts <= packet.pts for packet in packets)


def test_chapter_marks_lie_on_the_joints(streams: tuple[list[Clip], Path]) -> None:
    _, film = streams
    with av.open(film) as source:
        marks = [
            (
                mark["metadata"]["title"],
                float(mark["start"] * mark["time_base"]),
                float(mark["end"] * mark["time_base"]),
            )
            for mark in source.chapters()
        ]
        assert source.metadata.get("title", source.metadata.get("TITLE")) == "A film"
    edges = [0, 20 / FPS, 21 / FPS, 40 / FPS]
    assert [title for title, _, _ in marks] == ["clip 0", "clip 1", "clip 2"]
    assert [start for _, start, _ in marks] == pytest.approx(edges[:-1], abs=2e-3)
    assert [end for _, _, end in marks] == pytest.approx(edges[1:], abs=2e-3)


def test_an_mp4_can_start_before_all_of_it_has_come(tmp_path: Path) -> None:
    join([make_clip(tmp_path / "a.mp4", range(3))], tmp_path / "film.mp4", fps=FPS)
    data = (tmp_path / "film.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_gif_keeps_every_pixel_and_delay(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / "a.gif", range(8)), make_clip(tmp_path / "b.gif", range(30, 41))]
    film = tmp_path / "film.gif"
    join(clips, film, fps=FPS)
    expected = [pixels for clip in clips for _, pixels in decoded(clip.paths[0])]
    found = decoded(film)
    assert len(found) == 19
    assert all(np.array_equal(one, other) for one, (_, other) in zip(expected, found, strict=True))
    with Image.open(film) as gif, Image.open(clips[0].paths[0]) as first:
        assert (gif.n_frames, gif.size, gif.info["loop"]) == (19, (WIDTH, HEIGHT), 0)
        assert gif.info["duration"] == first.info["duration"]


def test_pictures_become_one_numbered_sequence(tmp_path: Path) -> None:
    join([make_clip(tmp_path / "a", range(3)), make_clip(tmp_path / "b", range(7, 9))], tmp_path / "film", fps=FPS)
    files = sorted((tmp_path / "film").iterdir())
    assert [file.name for file in files] == [f"{number:06d}.png" for number in range(5)]
    assert [np.asarray(Image.open(file))[0, 0, 0] for file in files] == [20, 25, 30, 55, 60]


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.gif", "film"])
def test_any_frame_can_be_taken_from_a_film(tmp_path: Path, name: str) -> None:
    clip = make_clip(tmp_path / name, range(40))
    for number in (0, 1, 17, 39):
        pixels = np.asarray(frame_image(clip.paths[0], number))
        assert pixels.shape == (HEIGHT, WIDTH, 3)
        assert abs(int(pixels[40, 60, 0]) - (20 + 5 * number)) <= (40 if name == "film.gif" else 3)


def test_a_clip_with_lost_frames_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", range(9))
    with pytest.raises(StudioError, match="clip a: the clip has 9 frames, its record says 10"):
        join([Clip(clip.paths, clip.title, 10)], tmp_path / "film.mp4", fps=FPS)


def test_clips_coded_differently_are_refused(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / "a.mp4", range(5)), make_clip(tmp_path / "b.mp4", range(5), size=(96, 48))]
    with pytest.raises(StudioError, match=r"clip b: the clip is coded in another way than the first \(width\)"):
        join(clips, tmp_path / "film.mp4", fps=FPS)
