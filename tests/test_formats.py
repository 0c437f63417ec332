"""Every format, made with manim itself: minutes of drawing."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from PIL import Image

from tests.bp_command import SMALL, bp

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("video_format", "codec", "marks"), [("mp4", "h264", 2), ("webm", "vp9", 2), ("mov", None, 2), ("gif", "gif", 0)]
)
def test_a_film_of_each_format(tmp_path: Path, video_format: str, codec: str | None, marks: int) -> None:
    record = _render(tmp_path, video_format)
    with av.open(tmp_path / "film" / f"small.{video_format}") as film:
        stream = film.streams.video[0]
        assert codec in {None, stream.codec_context.name}
        assert len(film.chapters()) == marks
        assert sum(1 for _ in film.decode(stream)) == round(record["duration"] * 15)


def test_a_numbered_picture_for_each_frame(tmp_path: Path) -> None:
    record = _render(tmp_path, "png")
    pictures = sorted((tmp_path / "film" / "small").iterdir())
    assert len(pictures) == round(record["duration"] * 15)
    assert pictures[0].name == "000000.png"
    with Image.open(pictures[-1]) as last:
        assert last.size == (854, 480)


def _render(place: Path, video_format: str) -> dict[str, float]:
    (place / "small.yaml").write_text(
        SMALL.replace("- nudge", "- last_two_neurons: {pace: 4}\n  - nudge: {pace: 4}"), encoding="utf-8"
    )
    result = bp("render", "small.yaml", "-q", "l", "--format", video_format, "--out", "film", cwd=place)
    assert result.returncode == 0, result.stderr
    assert len(result.stderr.splitlines()) == 4 + 1, "a line for each clip and one for the film"
    record: dict[str, float] = json.loads((place / "film" / "small.film.json").read_text(encoding="utf-8"))
    return record
