"""Chapters are plain manim scenes: manim's own command and flags work on them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent


def manim(media: Path, *options: str, lesson: Path | None = None) -> None:
    command = [sys.executable, "-m", "manim", "render", "scenes/nudge.py", "Nudge", "-v", "ERROR", "--media_dir"]
    environment = {**os.environ, **({"BP_LESSON": str(lesson)} if lesson else {})}
    result = subprocess.run(
        [*command, str(media), *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:] + result.stdout[-2000:]


def made(media: Path, ending: str) -> Path:
    (path,) = [p for p in media.rglob(f"Nudge*{ending}") if "partial_movie_files" not in p.parts]
    return path


def test_a_few_plays_alone(tmp_path: Path) -> None:
    manim(tmp_path, "-ql", "-n", "2,4")
    with av.open(made(tmp_path, ".mp4")) as film:
        assert 1 < film.duration / av.time_base < 20


def test_the_last_picture_is_the_whole_picture(tmp_path: Path) -> None:
    manim(tmp_path, "-ql", "-s")
    with Image.open(made(tmp_path, ".png")) as still:
        drawn = np.asarray(still.convert("L")) > 100
    half = drawn.shape[1] // 2
    assert drawn[:, half:].mean() > 0.005, "the lines and the verdict stand on the right"
    assert drawn[: drawn.shape[0] // 8].any(), "the title line stands above"


@pytest.mark.parametrize("options", [("-ql", "--dry_run"), ("-r", "360,640", "--fps", "5", "-n", "0,3")])
def test_other_flags_keep_their_meaning(tmp_path: Path, options: tuple[str, ...]) -> None:
    manim(tmp_path, *options)
    films = list(tmp_path.rglob("Nudge.mp4"))
    assert bool(films) == ("--dry_run" not in options)
    for film in films:
        with av.open(film) as video:
            context = video.streams.video[0].codec_context
            assert {context.width, context.height} == {360, 640}


def test_a_lesson_of_ones_own_with_its_parameters(tmp_path: Path) -> None:
    lesson = tmp_path / "mine.yaml"
    text = (ROOT / "lessons/backpropagation_calculus.yaml").read_text()
    lesson.write_text(text.replace("  - nudge\n", '  - nudge: {parameter: "b[L][0]", shrinks: 1, pace: 4}\n'))
    manim(tmp_path / "media", "-ql", "-s", lesson=lesson)
    assert made(tmp_path / "media", ".png").exists()
