"""The pages of docs/films tell how each shipped chapter was reviewed, in two rounds or more, with stills."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from bp_script.shipped import lesson_names
from tests.rehearsals import shipped

FILMS = Path(__file__).resolve().parent.parent / "docs" / "films"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FILMS.glob("*.md"))}
STILL = re.compile(r"\]\(stills/([\w.-]+\.png)\)")


def test_the_pages_are_those_of_shipped_lessons() -> None:
    assert set(PAGES) <= set(lesson_names())


@pytest.mark.parametrize("film", PAGES)
def test_a_page_names_stills_that_exist(film: str) -> None:
    named = STILL.findall(PAGES[film])
    assert named
    assert [name for name in named if not (FILMS / "stills" / name).exists()] == []


def test_every_still_is_named_and_small() -> None:
    named = {name for page in PAGES.values() for name in STILL.findall(page)}
    for path in sorted((FILMS / "stills").iterdir()):
        assert path.name in named
        assert path.stat().st_size < 30_000
        with Image.open(path) as still:
            assert still.size == (854, 480)


@pytest.mark.parametrize("film", PAGES)
def test_each_chapter_had_two_rounds(film: str) -> None:
    for name in {call.name for call in shipped(film).chapters}:
        (part,) = [part for part in PAGES[film].split("\n## ")[1:] if re.match(rf"`?{name}\b", part)]
        rounds = re.split(r"^\*\*Round \d\*\*$", part, flags=re.MULTILINE)[1:]
        assert len(rounds) >= 2, name
        assert all(re.search(r"^- \*[\w ,]+:\* .+ → .+", told, flags=re.MULTILINE) for told in rounds), name
