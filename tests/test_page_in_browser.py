"""The page in a real browser, from a disk and from a server: it plays, seeks, stops, follows, and scrubs.

Nothing leaves the machine, nothing is said on the console, and axe-core finds nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bp_script.lesson import load
from bp_script.names import parse_quantity
from bp_script.numerals import numeral
from scenes.kit.theme import THEMES
from tests.bp_command import bp
from tests.browser import axe, browser, violations, watched
from tests.page_lesson import LESSON

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]

#: What a page says of itself to a test.
NOW = "document.getElementById('film').currentTime"
PAUSED = "document.getElementById('film').paused"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "first.yaml").write_text(LESSON, "utf-8")
    (folder / "second.yaml").write_text(LESSON, "utf-8")
    made = bp("page", "first.yaml", "second.yaml", "-q", "l", "--out", "site", cwd=folder)
    assert made.returncode == 0, made.stderr
    return folder / "site"


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: Path) -> Iterator[Opened]:
    """Opens a page; at the end it has asked for nothing but files, and its console is empty."""
    with watched(browser, served=("http://127.0.0.1:",)) as opens:

        def open_page(address: str = "first/index.html", *, root: str = "", **options: Any) -> Page:
            page = opens(f"{root or site.as_uri()}/{address}", **options)
            if options.get("java_script_enabled", True) and "first" in address:
                until(page, "document.getElementById('film').readyState > 0")
            return page

        yield open_page


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def data(page: Page) -> Any:
    return page.evaluate("JSON.parse(document.getElementById('data').textContent)")


def until(page: Page, true: str, seconds: float = 20.0) -> None:
    """Wait for a condition; Playwright's own way evaluates text in the page, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < end, f"never {true}"
        time.sleep(0.02)


def now(page: Page) -> float:
    return float(page.evaluate(NOW))


def seek(page: Page, seconds: float) -> None:
    page.evaluate(
        "t => { const s = document.getElementById('seek'); s.value = t; s.dispatchEvent(new Event('input')); }", seconds
    )
    until(page, "!document.getElementById('film').seeking")


def test_it_plays_from_a_disk(opened: Opened) -> None:
    page = opened()
    page.click("#play")
    until(page, f"{NOW} > 0.5")
    page.keyboard.press("k")
    assert page.evaluate(PAUSED)
    assert page.evaluate("document.getElementById('film').videoWidth") == data(page)["size"][0]


def test_it_plays_from_a_server(opened: Opened, server: str) -> None:
    page = opened(root=server)
    page.click("#film")
    until(page, f"{NOW} > 0.3")


def test_captions_show_and_go(opened: Opened) -> None:
    page = opened()
    _, (start, end, text), *_ = data(page)["captions"]
    seek(page, (start + end) / 2)
    until(page, "document.getElementById('cue').textContent !== ''")
    assert page.inner_text("#cue") == text
    assert page.is_visible("#cue")
    page.keyboard.press("c")
    assert not page.is_visible("#cue")
    assert page.get_attribute("#captions", "aria-pressed") == "false"


def test_it_seeks_by_chapter(opened: Opened) -> None:
    page = opened()
    chapters = data(page)["chapters"]
    page.click("#chapters li:nth-child(2) button")
    assert now(page) == pytest.approx(chapters[1]["start"], abs=0.05)
    assert page.get_attribute("#chapters li:nth-child(2) button", "aria-current") == "true"
    page.keyboard.press("p")
    assert now(page) == pytest.approx(0.0, abs=0.05)
    page.keyboard.press("n")
    assert now(page) == pytest.approx(chapters[1]["start"], abs=0.05)


def test_keys_move_and_change_the_speed(opened: Opened) -> None:
    page = opened()
    for key, wanted in [("l", 10), ("ArrowLeft", 5), ("ArrowRight", 10), ("j", 0)]:
        page.keyboard.press(key)
        assert now(page) == pytest.approx(wanted, abs=0.05), key
    page.keyboard.press(">")
    assert page.evaluate("document.getElementById('film').playbackRate") == 1.25
    assert page.input_value("#speed") == "1.25"
    page.keyboard.press("<")
    page.keyboard.press("<")
    assert page.evaluate("document.getElementById('film').playbackRate") == 0.75


def test_letters_can_be_no_keys(opened: Opened) -> None:
    page = opened()
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.uncheck("#letters")
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    assert now(page) == 0
    page.keyboard.press("ArrowRight")
    assert now(page) == pytest.approx(5, abs=0.05)


def test_a_field_keeps_its_keys(opened: Opened) -> None:
    page = opened()
    page.click("#tab-numbers")
    page.fill("#wanted", "")
    page.type("#wanted", "k l")
    assert page.input_value("#wanted") == "k l"
    assert (now(page), page.evaluate(PAUSED)) == (0, True)


def test_step_mode_stops_after_each_idea(opened: Opened) -> None:
    page = opened()
    steps = data(page)["steps"]
    page.keyboard.press("s")
    page.select_option("#speed", "2")
    seek(page, steps[0] + 0.2)
    page.locator("body").press("PageDown")
    for step in steps[1:3]:
        until(page, PAUSED)
        until(page, "!document.getElementById('film').seeking")
        assert now(page) == pytest.approx(step, abs=0.01)
        if step == steps[1]:
            page.keyboard.press(" ")
            until(page, f"!{PAUSED}")
    page.keyboard.press("PageUp")
    assert now(page) == pytest.approx(steps[1], abs=0.01)
    assert page.evaluate(PAUSED)
    page.keyboard.press("PageDown")
    until(page, f"!{PAUSED}")
    page.keyboard.press("PageDown")  # whoever does not want to wait is there at once
    assert now(page) == pytest.approx(steps[2], abs=0.01)
    assert page.evaluate(PAUSED)


def test_the_transcript_follows_and_leads(opened: Opened) -> None:
    page = opened()
    captions = data(page)["captions"]
    page.click(".said >> nth=2")
    assert now(page) == pytest.approx(captions[2][0], abs=0.05)
    assert page.get_attribute(".said >> nth=2", "aria-current") == "true"
    seek(page, captions[4][0] + 0.1)
    assert page.get_attribute(".said >> nth=4", "aria-current") == "true"
    assert page.locator(".said[aria-current]").count() == 1
    other = opened(f"first/index.html#t={captions[3][0]}")
    assert now(other) == pytest.approx(captions[3][0], abs=0.05)


def test_a_number_leads_to_its_moment_and_is_marked_there(opened: Opened) -> None:
    page = opened()
    page.click("#tab-numbers")
    page.click("tr[data-row] >> nth=3")
    told = data(page)
    at, end, *box = told["numbers"][3][0]
    assert at <= now(page) < end
    until(page, "!document.getElementById('halo').hidden")
    film, halo = (page.locator(name).bounding_box() for name in ("#film", "#halo"))
    assert film
    assert halo
    scale = film["width"] / told["size"][0]
    x, y, width, height = (number * scale for number in box)
    assert halo["x"] < film["x"] + x < film["x"] + x + width < halo["x"] + halo["width"]
    assert halo["y"] < film["y"] + y < film["y"] + y + height < halo["y"] + halo["height"]
    assert halo["width"] < width + 0.05 * film["width"]
    assert "on" in (page.get_attribute("tr[data-row] >> nth=3", "class") or "")


def test_numbers_are_found(opened: Opened) -> None:
    page = opened()
    page.click("#tab-numbers")
    page.fill("#wanted", "w[2]")
    shown = page.locator("tr[data-row]:visible").all_inner_texts()
    assert 0 < len(shown) < len(data(page)["numbers"])
    assert all("w[2]" in row for row in shown)
    page.fill("#wanted", "")
    page.check("#now")
    assert page.locator("tr[data-row]:visible").count() == page.locator("tr.on").count()


def test_it_scrubs_and_every_number_is_that_of_the_core(opened: Opened, site: Path) -> None:
    page = opened()
    trace = load(site.parent / "first.yaml").trace()
    scrubbers = data(page)["scrubbers"]
    for number, keys in [(0, ["End"]), (1, ["ArrowRight"] * 7), (len(scrubbers) - 1, ["Home"] + ["ArrowRight"] * 3)]:
        page.locator('[name="parameter"]').nth(number).check()
        page.focus("#drag")
        for key in keys:
            page.keyboard.press(key)
        scrubber = scrubbers[number]
        parameter = parse_quantity(scrubber["line"]["name"], trace.L)
        home = trace.value(parameter)
        value = round(home + (int(page.input_value("#drag")) - scrubber["home"]) * float(scrubber["step"]), 12)
        assert value != home
        there = trace.with_parameters({parameter: value})  # type: ignore[dict-item]
        shown = page.evaluate(
            "[...document.querySelectorAll('[data-quantity]')].map((e) => [e.dataset.quantity, e.textContent])"
        )
        assert len(shown) == len(scrubber["forward"]) + len(scrubber["derivatives"])
        for name, text in shown:
            mantissa, _, power = text.replace("−", "-").partition(" · 10")
            decimals = len(mantissa.partition(".")[2]) + bool(power)
            wanted = numeral(there.value(parse_quantity(name, trace.L)), decimals)
            assert mantissa + (f"e{power}" if power else "") == wanted, name
        assert page.inner_text("#dragged-value") == page.get_attribute("#drag", "aria-valuetext").replace("-", "−")  # type: ignore[union-attr]
    page.click("#home")
    assert int(page.input_value("#drag")) == scrubbers[-1]["home"]


def test_dragging_moves_the_dots(opened: Opened) -> None:
    page = opened()
    slider = page.locator("#drag")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    dot = page.locator("#forward .is").last
    before = dot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert int(page.input_value("#drag")) > 80
    assert before
    assert dot.bounding_box() != before


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_colours_follow_the_system_and_the_switch(opened: Opened, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    other = {"dark": "light", "light": "dark"}[scheme]
    await_ground(page, THEMES[scheme].ground)
    page.click("#theme")
    await_ground(page, THEMES[other].ground)
    page.reload()
    await_ground(page, THEMES[other].ground)


def await_ground(page: Page, colour: str) -> None:
    """The page has that colour, soon: a busy machine takes its time."""
    numbers = ", ".join(map(str, bytes.fromhex(colour.removeprefix("#"))))
    page.wait_for_function("rgb => getComputedStyle(document.body).backgroundColor == rgb", arg=f"rgb({numbers})")


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1920])
def test_nothing_is_wider_than_the_screen(opened: Opened, width: int) -> None:
    for address in ("first/index.html", "index.html"):
        page = opened(address, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if "first" in address:
            page.click("#tab-numbers")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("#numbers").evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
            for radio in page.locator('[name="parameter"]').all():
                radio.check()
                assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(opened: Opened, axe: str, scheme: str, width: int) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = opened(**options)
    seek(page, data(page)["captions"][2][0] + 0.5)
    assert violations(page, axe) == []
    page.click("#tab-numbers")
    page.click("tr[data-row]:has(small) >> nth=1")
    assert violations(page, axe) == []
    page.click("#help-opens")
    assert violations(page, axe) == []
    assert violations(opened("index.html", **options), axe) == []


def test_motion_is_reduced(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.getElementById('play')).transitionDuration") == "0s"
    assert page.evaluate("calm.matches")


def test_it_prints_words_and_numbers_without_buttons(opened: Opened) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert not page.is_visible("#controls")
    assert not page.is_visible("#lab")
    assert page.is_visible(".said >> nth=1")
    assert page.is_visible("tr[data-row] >> nth=1")
    await_ground(page, THEMES["light"].ground)


def test_without_scripts_the_film_has_its_own_controls(opened: Opened) -> None:
    page = opened(java_script_enabled=False)
    assert page.get_attribute("#film", "controls") is not None
    assert page.is_visible(".said >> nth=1")
    assert page.is_visible("tr[data-row] >> nth=1")
    assert not page.is_visible("#lab")


def test_the_list_leads_to_a_film_and_back(opened: Opened) -> None:
    page = opened("index.html")
    page.click(".course a >> nth=0")
    page.wait_for_selector("#film")
    page.click(".back")
    page.wait_for_selector(".course")
