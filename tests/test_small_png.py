"""Pictures of few colours keep what has few pixels, too: a small symbol has its own hue, not its neighbour's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from bp_studio.small_png import save_small
from scenes.kit.sight import TOLD_APART
from scenes.kit.theme import THEMES


def test_a_hue_of_few_pixels_stays_among_many_shades_of_others(tmp_path: Path) -> None:
    theme = THEMES["dark"]
    ground = np.array([*bytes.fromhex(theme.ground[1:])])
    hues = np.array([[*bytes.fromhex(theme.role(role)[1:])] for role in TOLD_APART])
    # each hue in all its shades towards the ground, as at the edges of letters; the first ones a thousandfold
    shades = ground + np.linspace(0, 1, 120)[None, :, None] * (hues[:, None] - ground)
    pixels = np.rint(np.repeat(shades, [900, 300, 60, 20, 6, 2, 1], axis=0)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "large.png")
    save_small(tmp_path / "large.png", tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as picture:
        assert picture.mode == "P"
        kept = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(kept - pixels).max() <= 10
