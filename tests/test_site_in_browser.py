"""The documentation in a real browser, from a disk: it moves unless it should not, is found through, and fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from docs.making.__main__ import build
from scenes.kit.theme import THEMES
from tests.browser import axe, browser, violations, watched
from tests.site_shots import shots

pytestmark = [
    pytest.mark.long,
    pytest.mark.xdist_group("browser"),
    pytest.mark.filterwarnings("ignore::sphinx.deprecation.RemovedInSphinx11Warning"),  # of MyST's
]

#: Of the chapters' pages, which are made alike, these.
CHAPTERS = {"index", "nudge", "custom", "race"}
PLAYS = "[...document.querySelectorAll('.clip video')].some((film) => !film.paused && film.currentTime > 0)"
STANDS = "[...document.querySelectorAll('.clip video')].every((film) => film.paused)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder / "out", shots(folder))
    return folder / "out"


@pytest.fixture(scope="module")
def names(site: Path) -> list[str]:
    """All pages, but of the chapters' only some."""
    found = [path.relative_to(site).with_suffix("") for path in sorted(site.rglob("*.html"))]
    return [name.as_posix() for name in found if name.parent.name != "chapters" or name.name in CHAPTERS]


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: Path) -> Iterator[Opened]:
    """Opens a page; at the end it has asked for nothing but files, and its console is empty."""
    with watched(browser) as opens:
        yield lambda name="index", **options: opens(f"{site.as_uri()}/{name}.html", **options)


def test_clips_move_while_they_are_seen_until_one_is_stopped(opened: Opened) -> None:
    page = opened("gallery")
    page.locator(".clip").first.scroll_into_view_if_needed()
    page.wait_for_function(PLAYS)
    assert page.evaluate("[...document.querySelectorAll('.clip video')].at(-1).paused")
    page.get_by_role("button", name="Stop the clips").first.click()
    page.wait_for_function(STANDS)
    page.reload()
    assert page.get_by_role("button", name="Play the clips").count() > 40
    page.get_by_role("button", name="Play the clips").first.press("Enter")
    page.wait_for_function(PLAYS)


def test_clips_stand_where_less_motion_is_asked_for(opened: Opened) -> None:
    page = opened("reference/chapters/nudge", reduced_motion="reduce")
    page.wait_for_timeout(500)
    assert page.evaluate(STANDS)
    assert page.evaluate("document.querySelector('.clip video').poster").endswith(".webp")
    page.get_by_role("button", name="Play the clips").click()
    page.wait_for_function(PLAYS)


def test_without_scripts_clips_have_their_own_controls(opened: Opened) -> None:
    page = opened(java_script_enabled=False)
    assert page.get_attribute(".clip video", "controls") is not None


def test_the_search_finds_a_chapter_without_a_network(opened: Opened) -> None:
    page = opened()
    page.locator("input[name=q]").first.fill("momentum")
    page.locator("input[name=q]").first.press("Enter")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_inner_texts()
    assert "The lesson language" in found


def test_code_is_copied(opened: Opened) -> None:
    page = opened("tutorial/first_lesson", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".copies").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.copies').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()").startswith("title: Two inputs, one answer\n")
    assert page.locator(".output .copies").count() == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_colours_are_those_of_the_films(opened: Opened, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    numbers = ", ".join(map(str, bytes.fromhex(THEMES[scheme].ground.removeprefix("#"))))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == f"rgb({numbers})"
    other = {"dark": "light", "light": "dark"}[scheme]
    page.evaluate("theme => { document.body.dataset.theme = theme; }", other)
    numbers = ", ".join(map(str, bytes.fromhex(THEMES[other].ground.removeprefix("#"))))
    page.wait_for_function("rgb => getComputedStyle(document.body).backgroundColor === rgb", arg=f"rgb({numbers})")


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_screen(opened: Opened, names: list[str], width: int) -> None:
    assert len(names) > 30
    page = opened(viewport={"width": width, "height": 800})
    home = page.url.removesuffix("index.html")
    for name in names:
        page.goto(f"{home}{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(opened: Opened, names: list[str], axe: str, scheme: str, width: int) -> None:
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
    home = page.url.removesuffix("index.html")
    found = {}
    for name in names:
        page.goto(f"{home}{name}.html")
        found[name] = violations(page, axe)
    assert {name: told for name, told in found.items() if told} == {}
