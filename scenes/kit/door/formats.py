"""What each format of a film is written by."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from scenes.kit.door.animation import Animation
from scenes.kit.door.encoder import Encoder, Vp9Encoder
from scenes.kit.door.gif_clip import GifClip
from scenes.kit.door.painter import Rect
from scenes.kit.door.pictures import PictureFolder
from scenes.kit.door.techniques import Techniques
from scenes.kit.theme import Theme


class Writer(Protocol):
    """Writes the frames of one clip."""

    def convert(self, pixels: np.ndarray, rects: list[Rect]) -> None:
        """Take over what has changed of the frame, which is RGBA."""

    def write(self, count: int = 1) -> None:
        """The frame as it stands, ``count`` times."""

    def finish(self) -> None:
        """Close the clip."""


def writer(video_format: str, clip: Path, size: tuple[int, int, int], theme: Theme, techniques: Techniques) -> Writer:
    """The writer of a clip; ``size`` is its width, height and frames a second."""
    match video_format:
        case "mp4":
            return Encoder(clip, *size, techniques)
        case "webm":
            return Vp9Encoder(clip, *size, techniques)
        case "mov":
            return Animation(clip, *size)
        case "gif":
            return GifClip(clip, *size, theme.colours)
        case "png":
            return PictureFolder(clip, *size)
        case _:
            raise ValueError(f"there is no format {video_format}")
