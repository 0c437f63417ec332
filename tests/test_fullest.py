"""The fullest still is the one with most on it, whatever is bright."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from bp_studio.fullest import fullest


def still(path: Path, dots: int, *, patch: bool = False) -> Path:
    """A picture with so many dots of blue, and perhaps a bright patch."""
    picture = Image.new("RGB", (64, 36))
    if patch:
        picture.paste((250, 250, 250), (10, 10, 24, 24))
    for dot in range(dots):
        picture.putpixel((3 + 3 * (dot % 19), 3 + 3 * (dot // 19)), (100, 100, 255))
    picture.save(path)
    return path


def test_the_fullest_has_most_drawn_on_it(tmp_path: Path) -> None:
    stills = [still(tmp_path / f"{dots}.png", dots, patch=not dots) for dots in (10, 90, 40, 0)]
    assert fullest(stills).name == "90.png"


def test_of_equals_the_later_one(tmp_path: Path) -> None:
    assert fullest([still(tmp_path / name, 9) for name in ("b.png", "a.png")]).name == "b.png"
