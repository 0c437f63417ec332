"""Every format, made by the command and read back: streams, size, length, opacity, frames."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from PIL import Image

from scenes.kit.theme import THEMES
from tests.bp_command import SMALL, bp

#: What each format is coded as, how its pixels are kept, and whether it has marks for its two chapters.
FORMATS = {
    "mp4": ("h264", "yuv420p", True),
    "webm": ("vp9", "yuv420p", True),
    "mov": ("qtrle", "argb", True),
    "gif": ("gif", "bgra", False),
}


def test_a_gif_is_small_and_of_a_size_for_chats_unless_another_is_asked_for(tmp_path: Path) -> None:
    record = _render(tmp_path, "gif", quality=False)
    film = tmp_path / "film" / "small.gif"
    assert film.stat().st_size < 60_000 * record["duration"]
    with av.open(film) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height) == (854, 480)
        shots = [(float(shot.time or 0), shot.to_ndarray(format="rgb24")) for shot in opened.decode(stream)]
    assert len(shots) < record["duration"] * 15, "what stands still is one picture"
    with Image.open(film) as gif:
        delays = []
        for number in range(gif.n_frames):
            gif.seek(number)
            delays.append(gif.info["duration"] / 1000)
    assert sum(delays) == pytest.approx(record["duration"], abs=0.02 * 4)
    ground = [*bytes.fromhex(THEMES["dark"].ground[1:])]
    assert all(picture[-1, -1].tolist() == ground for _, picture in shots)
    with Image.open(film.with_suffix(".png")) as still:
        assert still.size == (854, 480)


@pytest.mark.long
@pytest.mark.parametrize("renderer", ["quick", "stock"])
@pytest.mark.parametrize("video_format", FORMATS)
def test_a_film_of_each_format(tmp_path: Path, video_format: str, renderer: str) -> None:
    record = _render(tmp_path, video_format, "--renderer", renderer)
    codec, pixels, has_marks = FORMATS[video_format]
    with av.open(tmp_path / "film" / f"small.{video_format}") as film:
        stream = film.streams.video[0]
        marks = "data"  # mp4 and mov keep chapter marks as a stream of text
        assert [each.type for each in film.streams if each.type != marks] == ["video"]
        assert (stream.codec_context.name, stream.width, stream.height) == (codec, 854, 480)
        assert len(film.chapters()) == (2 if has_marks else 0)
        shots = [shot for shot in film.decode(stream) if shot.time is not None]
        assert shots[0].format.name == pixels
        if video_format == "mov":
            corner, opacity = shots[-1].to_ndarray(format="rgba")[-1, -1], shots[-20].to_ndarray(format="rgba")[:, :, 3]
            assert corner.tolist() == [0, 0, 0, 0]
            assert 0 < (opacity == 255).mean() < 0.2
        if video_format != "gif" or renderer == "stock":
            assert len(shots) == round(record["duration"] * 15)
        assert float(shots[-1].time or 0) <= record["duration"]


@pytest.mark.long
@pytest.mark.parametrize("renderer", ["quick", "stock"])
def test_a_numbered_picture_for_each_frame(tmp_path: Path, renderer: str) -> None:
    record = _render(tmp_path, "png", "--renderer", renderer)
    pictures = sorted((tmp_path / "film" / "small").iterdir())
    assert len(pictures) == round(record["duration"] * 15)
    assert pictures[0].name == "000000.png"
    with Image.open(pictures[-1]) as last:
        assert last.size == (854, 480)


def _render(place: Path, video_format: str, *options: str, quality: bool = True) -> dict[str, float]:
    (place / "small.yaml").write_text(
        SMALL.replace("- nudge", "- last_two_neurons: {pace: 4}\n  - nudge: {pace: 4}"), encoding="utf-8"
    )
    said = ("-q", "l") if quality else ()
    result = bp("render", "small.yaml", *said, "--format", video_format, "--out", "film", *options, cwd=place)
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 4 + 1, "a line for each clip and one for the film"
    record: dict[str, float] = json.loads((place / "film" / "small.film.json").read_text(encoding="utf-8"))
    return record
