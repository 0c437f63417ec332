"""Pictures of flat colours, small enough to be kept and passed on."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

#: As many colours as the edges of formulas need.
_COLOURS = 256
#: Drawings have few colours and many shades of each: what has little of a colour keeps it only where all colours count
#: alike, whatever their number of pixels. The nearest palette from there takes some rounds.
_METHOD, _ROUNDS = Image.Quantize.MAXCOVERAGE, 4


def save_small(source: Path, target: Path) -> None:
    """Save a picture as a PNG of few colours; both may be the same file."""
    with Image.open(source) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, method=_METHOD, kmeans=_ROUNDS)
    small.save(target, optimize=True)
