"""Pictures of few colours keep what has few pixels, too: a small symbol has its own hue, not its neighbour's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from bp_studio.small_png import save_small


def test_a_hue_of_few_pixels_stays_among_many_shades_of_others(tmp_path: Path) -> None:
    ground, ink, small = np.array([12, 14, 21]), np.array([236, 230, 217]), np.array([202, 140, 250])
    shares = np.linspace(0, 1, 400)[:, None, None] * np.ones((400, 600, 1))
    pixels = np.rint(ground + shares * (ink - ground)).astype(np.uint8)
    pixels[200:204, 300:304] = small
    Image.fromarray(pixels).save(tmp_path / "large.png")
    save_small(tmp_path / "large.png", tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as picture:
        assert picture.mode == "P"
        kept = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(kept[202, 302] - small).max() <= 4
    assert np.abs(kept - pixels).max() <= 8
