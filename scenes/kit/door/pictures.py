"""Writes each frame as a picture: a folder of numbered PNGs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from scenes.kit.door.painter import Rect

#: Of nine: the more, the smaller and the slower. Drawings are small at any.
_COMPRESSION = 3


class PictureFolder:
    """Writes one clip."""

    def __init__(self, target: Path, width: int, height: int, fps: int) -> None:  # noqa: ARG002 - pictures have no time
        target.mkdir(parents=True)
        self._folder = target
        self._frame = np.zeros((height, width, 3), np.uint8)
        self._number = 0

    def convert(self, pixels: np.ndarray, rects: list[Rect]) -> None:
        """Take over what has changed of the frame, which is RGBA."""
        for left, top, right, bottom in rects:
            self._frame[top:bottom, left:right] = pixels[top:bottom, left:right, :3]

    def write(self, count: int = 1) -> None:
        """The frame as it stands, ``count`` times."""
        first = self._place()
        Image.fromarray(self._frame).save(first, compress_level=_COMPRESSION)
        for _ in range(count - 1):
            shutil.copyfile(first, self._place())

    def finish(self) -> None:
        """Nothing is open."""

    def _place(self) -> Path:
        place = self._folder / f"{self._number:06d}.png"
        self._number += 1
        return place
