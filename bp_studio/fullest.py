"""Which of several stills shows most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter, ImageStat

if TYPE_CHECKING:
    from collections.abc import Sequence


def fullest(stills: Sequence[Path]) -> Path:
    """The still with most drawn on it; of equals the later one."""
    return max(sorted(stills), key=lambda path: (round(_drawn(path), 2), path.name))


def _drawn(path: Path) -> float:
    """How much is written and drawn, as the mean contrast at edges: of a bright neuron only its rim counts."""
    with Image.open(path) as still:
        return float(ImageStat.Stat(still.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0])
