"""One still of each chapter for the documentation, small enough to be kept with it.

``python -m bp_studio.gallery STILLS GALLERY`` takes the folders that ``bp stills`` leaves and keeps of each chapter the
still that shows most.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageStat

#: Colours of a kept picture: as many as the formulas' edges need.
_COLOURS = 256


def fullest(stills: list[Path]) -> Path:
    """The still with most drawn on it; of equals the later one."""
    return max(sorted(stills), key=lambda path: (round(_drawn(path), 2), path.name))


def make_gallery(stills: Path, gallery: Path) -> list[Path]:
    """Keep a picture of each chapter whose stills lie in a folder below ``stills``; returns the pictures."""
    gallery.mkdir(parents=True, exist_ok=True)
    kept = []
    for chapter in sorted(path for path in stills.rglob("*") if path.is_dir() and any(path.glob("*.png"))):
        pictures = [path for path in chapter.glob("*.png") if path.stem[:2].isdigit()]
        if pictures:
            target = gallery / f"{chapter.name}.png"
            with Image.open(fullest(pictures)) as still:
                still.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
            kept.append(target)
    return kept


def _drawn(path: Path) -> float:
    """How much differs from the ground, as the mean brightness of the picture."""
    with Image.open(path) as still:
        return float(ImageStat.Stat(still.convert("L")).mean[0])


if __name__ == "__main__":
    make_gallery(Path(sys.argv[1]), Path(sys.argv[2]))
