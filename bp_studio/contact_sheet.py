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
    rows = math.ceil(len(pictures) / columns)
    size = (
        2 * _MARGIN + columns * (width + _GAP) - _GAP,
        2 * _MARGIN + _TITLE + rows * (height + _LABEL + _GAP) - _GAP,
    )
    sheet = Image.new("RGB", size, _GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, _MARGIN), title, _INK, ImageFont.load_default(32))
    font = ImageFont.load_default(20)
    for number, ((label, _), picture) in enumerate(zip(stills, pictures, strict=True)):
        row, column = divmod(number, columns)
        left, top = _MARGIN + column * (width + _GAP), _MARGIN + _TITLE + row * (height + _LABEL + _GAP)
        sheet.paste(picture, (left, top))
        pen.text((left, top + height + 6), label, _QUIET, font)
    sheet.save(target)
