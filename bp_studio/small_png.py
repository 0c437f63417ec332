"""Pictures of flat colours, small enough to be kept and passed on."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

#: As many colours as the edges of formulas need.
_COLOURS = 256


def save_small(source: Path, target: Path) -> None:
    """Save a picture as a PNG of few colours; both may be the same file."""
    with Image.open(source) as picture:
        small = picture.convert("RGB").quantize(_COLOURS)
    small.save(target, optimize=True)
