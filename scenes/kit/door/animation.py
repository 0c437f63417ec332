"""Turns frames into a QuickTime clip whose ground is transparent: every pixel as it was drawn, with its opacity.

The codec is QuickTime Animation, as stock manim's for clips with an alpha channel: it keeps pixels as they are and
writes only the lines that change. Cairo's colours are multiplied by their opacity; in a file they are not.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from scenes.kit.door.painter import Rect

#: Seconds between two frames that are whole: an editor seeks to them.
_WHOLE_EVERY = 10


class Animation:
    """Writes one clip."""

    def __init__(self, target: Path, width: int, height: int, fps: int) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self._container = av.open(target, "w", format="mov")
        self._stream = self._container.add_stream("qtrle", rate=fps, options={"g": str(_WHOLE_EVERY * fps)})
        self._stream.pix_fmt, self._stream.width, self._stream.height = "argb", width, height
        self._tick = Fraction(1, fps)
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self._frame: VideoFrame | None = None
        self._given = 0

    def convert(self, pixels: np.ndarray, rects: list[Rect]) -> None:
        """Take over what has changed of the frame, which is RGBA."""
        for left, top, right, bottom in rects:
            part = pixels[top:bottom, left:right]
            opacity = part[:, :, 3]
            mine = self._pixels[top:bottom, left:right]
            mine[:, :, 0] = opacity
            mine[:, :, 1:] = _pure()[opacity[:, :, None], part[:, :, :3]]
        # the codec looks back at the frame that it had before: each is one of its own
        self._frame = VideoFrame.from_ndarray(self._pixels, format="argb")

    def write(self, count: int = 1) -> None:
        """The frame as it stands, ``count`` times."""
        if self._frame is None:
            raise AssertionError("a frame before the first picture")
        for _ in range(count):
            self._frame.pts, self._frame.time_base = self._given, self._tick
            self._given += 1
            self._container.mux(self._stream.encode(self._frame))

    def finish(self) -> None:
        """Close the clip."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


@lru_cache(maxsize=1)
def _pure() -> np.ndarray:
    """By opacity and a channel that was multiplied by it: the channel itself."""
    opacity, channel = np.arange(256)[:, None], np.arange(256)[None, :]
    return np.minimum(255, (channel * 255 + opacity // 2) // np.maximum(opacity, 1)).astype(np.uint8)
