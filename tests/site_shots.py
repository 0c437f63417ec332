"""Shots for tests of the site: each chapter of the shipped lessons has one, but they are drawn in no time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av
import numpy as np

from bp_script.chapters import own_names
from docs.making.clips import Cut, Shot, shipped, shortened
from scenes.kit.film.record import Caption, ClipRecord, Moment
from scenes.kit.film.stretch import Stretch


def small_film(path: Path, frames: int = 24, size: tuple[int, int] = (320, 180)) -> Path:
    """A film whose frames become brighter, one by one."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=24)
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), 20 + 8 * number, dtype=np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        film.mux(stream.encode(None))
    return path


@cache
def shots(folder: Path) -> tuple[Shot, ...]:
    """A shot of each chapter; the films are the same for all."""
    film, still = shortened(small_film(folder / "film.mp4"), Cut(Stretch(), 0, 24))
    said = (Caption(0.0, 2.0, "What is said < what is shown."),)

    def record(name: str) -> ClipRecord:
        return ClipRecord(name, "", 320, 180, 24.0, 42.0, said, (), (), (Moment(3.0, "idea"),))

    return tuple(
        Shot(lesson, call, name, record(call.called), said[0].text, film, still)
        for lesson in shipped()
        for call, name in zip(lesson.chapters, own_names(lesson.chapters), strict=True)
    )
