"""A chapter's stills on one page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_GROUND, _INK, _QUIET = "#1b1d24", "#ece6d9", "#8b8f9c"
_MARGIN, _GAP, _LABEL, _TITLE = 32, 24, 34, 64
#: Pixels of a still's longer side on the sheet.
_SIDE = 640


def contact_sheet(title: str, stills: Sequence[tuple[str, Path]], target: Path) -> None:
    """Save a PNG of the pictures, each above its label, in reading order and about as wide as high."""
    pictures = []
    for _, path in stills:
        with Image.open(path) as still:
            picture = still.convert("RGB")
        picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        pictures.append(picture)
    width, height = (max(picture.size[side] for picture in pictures) for side in (0, 1))
    columns = min(len(pictures), max(1, round(math.sqrt(len(pictures) * (height + _LABEL) / width))))
    rows = [list(range(first, min(first + columns, len(pictures)))) for first in range(0, len(pictures), columns)]
    # a row is as high as the highest of its own pictures
    heights = [max(pictures[number].size[1] for number in row) for row in rows]
    size = (
        2 * _MARGIN + columns * (width + _GAP) - _GAP,
        2 * _MARGIN + _TITLE + sum(heights) + len(rows) * (_LABEL + _GAP) - _GAP,
    )
    sheet = Image.new("RGB", size, _GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, _MARGIN), title, _INK, ImageFont.load_default(32))
    font = ImageFont.load_default(20)
    top = _MARGIN + _TITLE
    for row, high in zip(rows, heights, strict=True):
        for column, number in enumerate(row):
            left = _MARGIN + column * (width + _GAP)
            sheet.paste(pictures[number], (left, top))
            pen.text((left, top + high + 6), stills[number][0], _QUIET, font)
        top += high + _LABEL + _GAP
    sheet.save(target)
