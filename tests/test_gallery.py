"""The gallery keeps the fullest still of each chapter, and its page shows them lesson by lesson."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bp_script.lesson import Lesson, load
from bp_script.shipped import example_names, lesson_names, lesson_path
from bp_studio.gallery import gallery_page, keep_pictures
from bp_studio.lessons import load_for_pictures, own_names
from tests.bp_command import ROOT, SMALL


def still(path: Path, dots: int, *, patch: bool = False) -> None:
    """A picture with so many dots of blue, and perhaps a bright patch."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (64, 36))
    if patch:
        picture.paste((250, 250, 250), (10, 10, 24, 24))
    for dot in range(dots):
        picture.putpixel((3 + 3 * (dot % 19), 3 + 3 * (dot // 19)), (100, 100, 255))
    picture.save(path)


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    """A lesson that calls for a chapter twice."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("- nudge", "- nudge\n  - update\n  - nudge: {by: 0.1}"), encoding="utf-8")
    return load(path)


def test_each_chapter_keeps_its_fullest_still(tmp_path: Path, lesson: Lesson) -> None:
    for dots, name in ((10, "01-a"), (90, "02-b"), (40, "03-c"), (0, "04-d")):
        still(tmp_path / "stills/small/nudge" / f"{name}.png", dots, patch=not dots)
    still(tmp_path / "stills/small/nudge_2/01-a.png", 30)
    still(tmp_path / "stills/small/update/01-a.png", 20)
    still(tmp_path / "stills/small/nudge.png", 200)
    still(tmp_path / "gallery/small/gone.png", 10)
    kept = keep_pictures(tmp_path / "stills", tmp_path / "gallery", lesson)
    assert [path.name for path in kept] == ["nudge.png", "update.png", "nudge_2.png"]
    assert sorted(kept) == sorted((tmp_path / "gallery/small").iterdir())
    counted = []
    for path in kept:
        with Image.open(path) as picture:
            counted.append(int((np.asarray(picture.convert("RGB"))[:, :, 2] == 255).sum()))
    assert counted == [90, 20, 30]


def test_the_page_shows_each_chapter_under_its_lesson(lesson: Lesson) -> None:
    page = gallery_page([lesson], [lesson])
    assert page.rstrip().endswith("](examples.png)")
    places = [page.index(f"]({name}.png)") for name in ("small/nudge", "small/update", "small/nudge_2")]
    assert page.index("## Small") < places[0]
    assert places == sorted(places)


GALLERY = ROOT / "docs" / "gallery"


def test_the_page_is_that_of_the_shipped_lessons() -> None:
    """``scripts/gallery`` writes it anew."""
    assert (GALLERY / "README.md").read_text(encoding="utf-8") == gallery_page(
        load_for_pictures(lesson_names()), load_for_pictures(example_names())
    )


@pytest.mark.parametrize("film", lesson_names())
def test_there_is_a_small_picture_of_each_shipped_chapter(film: str) -> None:
    pictures = sorted((GALLERY / film).iterdir())
    assert {path.stem for path in pictures} == set(own_names(load(lesson_path(film)).chapters))
    for path in pictures:
        assert path.stat().st_size < 120_000
        with Image.open(path) as picture:
            assert picture.size == (1280, 720)
