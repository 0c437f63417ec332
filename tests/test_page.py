"""Pages: what they hold, that a lesson's words are words, and that every number to drag to is a computed one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bp_core.errors import NumberError
from bp_core.quantities import Variable, w
from bp_core.trace import Trace
from bp_script.numerals import numeral
from bp_studio.film_record import FilmRecord
from bp_studio.page import content
from bp_studio.page import scrubbers as rules
from bp_studio.page.look import palette
from bp_studio.page.pages import numeral_markup
from bp_studio.page.scrubbers import Line, Scrubber, scrubbers
from bp_studio.page.symbols import WIDEST, Sheet
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.theme import THEMES
from tests.bp_command import bp
from tests.page_lesson import EVIL, LESSON
from tests.random_lessons import lesson, lessons
from tests.rehearsals import rehearsed, shipped


class Page(HTMLParser):
    """A page as a browser reads it: elements with their attributes, scripts, styles, and the text of the rest."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[tuple[str, dict[str, str | None], str]] = []
        self.text = ""
        self.source = path.read_text("utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inline.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] and self.elements[-1][0] in {"script", "style"} and self.cdata_elem:
            tag, attributes, text = self.inline[-1]
            self.inline[-1] = (tag, attributes, text + data)
        else:
            self.text += data

    def of(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]

    @property
    def data(self) -> dict[str, Any]:
        (text,) = (text for _, attributes, text in self.inline if attributes.get("id") == "data")
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of two lessons, and the page that lists them."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "first.yaml").write_text(LESSON, "utf-8")
    shutil.copy(folder / "first.yaml", folder / "second one.yaml")
    made = bp("page", "first.yaml", "second one.yaml", "-q", "l", "--jobs", 1, "--out", "site", cwd=folder)
    assert (made.returncode, made.stderr) == (0, "")
    assert {*made.stdout.splitlines()} == {"site/first/index.html", "site/second one/index.html", "site/index.html"}
    return folder / "site"


@pytest.fixture(scope="module")
def page(course: Path) -> Page:
    return Page(course / "first" / "index.html")


def test_a_folder_holds_all_that_the_page_asks_for(course: Path, page: Page) -> None:
    folder = course / "first"
    names = {"index.html", *(f"first.{ending}" for ending in ("mp4", "png", "vtt", "srt", "txt", "film.json"))}
    assert {path.name for path in folder.iterdir()} == names
    asked = [found[key] for _, found in page.elements for key in ("src", "href", "poster") if found.get(key)]
    files = [each for each in asked if each and not each.startswith(("#", "data:"))]
    assert all((folder / each).is_file() for each in files), files
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg['\"])\S+", page.source)


def test_a_lessons_words_are_words(page: Page) -> None:
    assert EVIL in page.text
    assert "<b onclick=alert(2)>Forward</b> & on" in page.text
    assert "& <i>no</i> more." in page.text
    assert not page.of("b", onclick="alert(2)")
    assert not page.of("i")
    assert [attributes.get("type") for attributes in page.of("script")] == ["application/json", None]
    assert page.data["captions"][0][2] == EVIL


def test_only_the_pages_own_script_and_style_may_run(page: Page) -> None:
    (policy,) = page.of("meta", **{"http-equiv": "Content-Security-Policy"})
    own = {f"{tag}-src '{digest(text)}'" for tag, found, text in page.inline if found.get("type") != "application/json"}
    assert {rule.strip() for rule in (policy["content"] or "").split(";")} >= own | {"default-src 'none'"}
    assert len(own) == 2
    assert not [name for _, found in page.elements for name in found if name == "style" or name.startswith("on")]


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_every_number_of_the_record_is_in_the_table(course: Path, page: Page) -> None:
    record = json.loads((course / "first" / "first.film.json").read_text("utf-8"))
    places = {tuple(place) for row in page.data["numbers"] for place in row}
    assert len(record["shown"]) == sum(map(len, page.data["numbers"]))
    for shown in record["shown"]:
        assert (round(shown["at"], 4), round(shown["until"], 4), *shown["box"]) in places
    rows = page.of("tr")
    assert len([row for row in rows if "data-row" in row]) == len(page.data["numbers"])
    assert page.data["chapters"] == [{k: c[k] for k in ("title", "start", "end")} for c in record["chapters"]]
    assert page.data["captions"] == [[c["start"], c["end"], c["text"]] for c in record["captions"]]


def test_steps_are_the_last_frames_of_the_ideas(page: Page) -> None:
    data = page.data
    assert data["steps"] == sorted(data["steps"])
    assert len(data["steps"]) >= 4
    assert all(any(step < end for _, end, _ in data["captions"]) for step in data["steps"][:-1])
    assert data["steps"][-1] < data["duration"]


def test_what_the_film_nudges_is_dragged_first(page: Page) -> None:
    names = [scrubber["line"]["name"] for scrubber in page.data["scrubbers"]]
    assert names[0] == "w[2][0][1]"
    assert len(names) == len(set(names)) == 9
    assert all(name in page.data["symbols"] for name in names)


def test_a_list_leads_to_each_page_and_back(course: Path) -> None:
    links = [found["href"] for found in Page(course / "index.html").of("a")]
    assert links == ["first/index.html", "second%20one/index.html"]
    assert Page(course / "second one" / "index.html").of("a", href="../index.html")
    assert EVIL in Page(course / "index.html").text


def test_a_bad_lesson_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(LESSON.replace("tanh", "tanhh"), "utf-8")
    told = bp("page", "bad.yaml", "--out", "site", cwd=tmp_path)
    assert told.returncode == 2
    assert told.stderr.startswith("bad.yaml:2:")
    assert told.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_a_place_that_cannot_be_written_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(LESSON, "utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").mkdir()
    told = bp("page", "mine.yaml", "-q", "l", "--jobs", 1, "--chapter", "nudged", "--out", "site", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("mine.yaml: the page: ")
    assert told.stderr.count("\n") == 1


# -- what can be dragged ------------------------------------------------------


def lines(scrubber: Scrubber) -> list[Line]:
    return [scrubber.line, *scrubber.forward, *scrubber.derivatives]


@settings(max_examples=12)
@given(lessons(), st.integers(0, 2 * rules.POINTS))
def test_every_number_is_that_of_a_trace_of_its_own(trace: Trace, point: int) -> None:
    found = scrubbers(trace, [])
    assert [scrubber.parameter for scrubber in found] == list(trace.network.parameters())[: rules.MOST_PARAMETERS]
    for scrubber in found[:3]:
        home = trace.value(scrubber.parameter)
        value = round(home + (point - rules.POINTS) * float(scrubber.step), 12) if point != rules.POINTS else home
        there = trace.with_parameters({scrubber.parameter: value})
        for line in lines(scrubber):
            text = line.values[point]
            decimals = len(text.partition("e")[0].partition(".")[2])
            wanted = numeral(there.value(line.quantity), decimals + ("e" in text))
            assert text == wanted, (line.quantity, point)
            assert float(line.low) - 1e-8 <= float(text) <= float(line.high) + 1e-8


def test_at_home_are_the_lessons_numbers() -> None:
    trace = shipped("backpropagation_calculus").trace()
    (first, *_) = scrubbers(trace, ["norm of w[1]", "dC/dw[9][0][0]", "dC/dw[3][0][0]"])
    assert first.parameter == w(3, 0, 0)
    assert {str(line.quantity): line.values[first.home] for line in lines(first)} == {
        "w[3][0][0]": "1.40", "z[3][0]": "0.2620", "a[3][0]": "0.5651", "C": "0.1891", "dC/dw[3][0][0]": "-0.1011",
        "dz[3][0]/dw[3][0][0]": "0.4728", "da[3][0]/dz[3][0]": "0.2458", "dC/da[3][0]": "-0.8698",
    }  # fmt: skip


def test_the_amount_is_bounded() -> None:
    trace = lesson((40, 300, 8, 8, 8, 5), m=2)
    found = scrubbers(trace, [f"w[1][{j}][0]" for j in range(300)])
    assert len(found) == rules.MOST_PARAMETERS
    for scrubber in found:
        neurons = {line.quantity.indices for line in scrubber.forward if isinstance(line.quantity, Variable)} - {()}
        layers = [layer for layer, _ in neurons]
        assert set(layers) == {1, 2, 3, 5}
        assert max(layers.count(layer) for layer in layers) <= rules.MOST_NEURONS
        assert all(len(line.values) == 2 * rules.POINTS + 1 for line in lines(scrubber))


def test_with_softmax_every_answer_is_followed_and_two_factors_are_one() -> None:
    trace = lesson((2, 3, 3), ("tanh", "softmax"), "cross_entropy")
    (first, *_) = scrubbers(trace, ["w[2][1][0]"])
    assert {str(line.quantity) for line in first.forward} >= {"a[2][0]", "a[2][1]", "a[2][2]", "z[2][1]"}
    assert [str(line.quantity) for line in first.derivatives] == [
        "dC/dw[2][1][0]",
        "dz[2][1]/dw[2][1][0]",
        "dC/dz[2][1]",
    ]


def test_where_numbers_overflow_the_way_is_shorter() -> None:
    trace = lesson((1, 1, 1), ("linear", "linear"), scale=1e76)
    (first, *_) = scrubbers(trace, [])
    with pytest.raises(NumberError):
        trace.with_parameters({first.parameter: 1e160}).value(first.forward[-1].quantity)
    assert float(first.step) > 0


# -- how it looks -----------------------------------------------------------


@pytest.mark.parametrize("name", THEMES)
def test_the_colours_are_those_of_the_films(name: str) -> None:
    style = palette(THEMES[name])
    assert f", {THEMES[name].cost})" in style or f"light-dark({THEMES[name].cost}," in style
    assert style.count("light-dark(") == 14
    assert "pre-activation" in style
    assert "_" not in style


@pytest.mark.parametrize("notation", NOTATIONS)
def test_symbols_are_typeset_once_with_every_glyph_once(notation: str) -> None:
    plain = shipped("several_neurons")
    sheet = Sheet(replace(plain, look=plain.look.model_copy(update={"notation": notation})))
    names = ["w[2][0][1]", "dC/dw[2][0][1]", "C", "C - J", "z[1][0] + z[1][1]", "no quantity", "w[2][0][1]"]
    for name in names:
        sheet.ask(name)
    sheet.typeset()
    assert [name for name, _ in sheet] == names[:5]
    assert sheet.get("no quantity") is None
    glyphs = re.findall(r'<path id="g\d+" d="([^"]+)"/>', sheet.definitions)
    assert len(glyphs) == len(set(glyphs)) > 5
    assert "var(--weight)" in sheet.definitions
    assert "#01" not in sheet.definitions
    symbol = sheet.get("dC/dw[2][0][1]")
    assert symbol is not None
    assert 1 < symbol.width < WIDEST
    assert 1 < symbol.height < 3


def test_another_example_has_its_own_symbol() -> None:
    sheet = Sheet(shipped("backpropagation_calculus"))
    assert [sheet.ask("C"), sheet.ask("C", 0), sheet.ask("C@2", 2)] == ["C", "C", "C@2"]
    third = sheet.ask("C", 2)
    sheet.typeset()
    drawn = [re.sub(r'id="s\d+"', "", each) for each in re.findall(r"<g .*?</g>", sheet.definitions)]
    names = [name for name, _ in sheet]
    assert drawn[names.index(third)] == drawn[names.index("C@2")] != drawn[names.index("C")]


def test_what_is_too_wide_is_told_by_its_name() -> None:
    sheet = Sheet(shipped("several_neurons"))
    name = " + ".join(["w[2][0][1] * a[1][1]"] * 8)
    for each in (name, " + ".join([name] * 20)):
        sheet.ask(each)
    sheet.typeset()
    assert [name for name, _ in sheet] == []
    assert sheet.definitions == ""


def test_numerals_have_a_real_minus_and_powers_of_ten() -> None:
    assert str(numeral_markup("-0.50")) == "−0.50"
    assert str(numeral_markup("1.2e-4")) == "1.2 · 10<sup>−4</sup>"


def test_a_change_is_written_as_the_film_writes_it() -> None:
    lesson = shipped("backpropagation_calculus")
    record = FilmRecord("nudge", (rehearsed("backpropagation_calculus", "nudge"),))
    told = content.Content(lesson, record)
    changes = {row.name: row for row in told.rows if row.name.startswith("Δ")}
    assert {"ΔC", "Δw[3][0][0]", "ΔC / Δw[3][0][0]"} <= set(changes)
    assert all(told.sheet.get(row.symbol) for row in changes.values())
    assert not [row.words for row in told.rows if re.search(r"[A-Za-z\]] - [(\d]", row.words)]


def test_a_long_name_is_cut() -> None:
    (number, *_) = rehearsed("backpropagation_calculus", "nudge").shown
    row = content.Row(replace(number, quantity=" + ".join(["a[1][0]"] * 50)))
    assert row.name.endswith("a[1][0] + a…")
    assert row.name in row.words
    assert len(row.name) == 72


def test_a_table_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_ROWS", 3)
    film = FilmRecord("mine", (rehearsed("backpropagation_calculus", "nudge"),))
    made = content.Content(shipped("backpropagation_calculus"), film)
    assert len(made.rows) == 3 < made.numbers
