"""A house style: a font, a logo and colours of one's own, in one file for many lessons."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from manim import UP, Square
from PIL import Image
from pypdf import PdfReader

from bp_script import fonts
from bp_script.entries.look import Colours
from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, load
from bp_script.shipped import lesson_names, lesson_path
from bp_studio.clips import ClipTask
from bp_studio.film_record import FilmRecord
from bp_studio.keys import chapter_key, picture_key
from bp_studio.lessons import with_cards
from bp_studio.page.pages import film_page
from bp_studio.slides.handout import handout
from bp_studio.worksheet.sheet import sheet_source
from scenes.kit.film.audit import Audit
from scenes.kit.film.recorder import Screen
from scenes.kit.letters import face
from scenes.kit.letters.compiler import compiled
from scenes.kit.letters.face import X_HEIGHT
from scenes.kit.letters.glyphs import font_size, is_digit, letter_of
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.logo import picture
from scenes.kit.manim_door import audit_clip, clip_ends, dry_run, quality
from scenes.kit.own_chapters import chapter_of
from scenes.kit.stage import Stage
from tests.bp_command import SMALL
from tests.house_files import SVG, a_font
from tests.test_quick_renderer import both, difference

WHITE = "#ffffff"
HOUSE = 'theme: light\ncolours: {weight: "#0b735a", activation: "#00549f"}\nfont: sans.ttf\nlogo: mark.svg\n'


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with a house style in it, and a lesson's look that names nothing yet."""
    (tmp_path / "sans.ttf").write_bytes(a_font())
    (tmp_path / "mark.svg").write_text(SVG)
    (tmp_path / "house.yaml").write_text(HOUSE)
    yield tmp_path
    face.use(None)


def lesson(place: Path, look: str) -> Lesson:
    path = place / "small.yaml"
    path.write_text(f"{SMALL}look: {look}\n", encoding="utf-8")
    return load(path)


def rehearsed(mine: Lesson) -> FilmRecord:
    (call,) = mine.chapters
    return FilmRecord(mine.name, (dry_run(chapter_of(mine, call), mine, call, quality("l", "16:9"), Path()),))


def mistake(place: Path, look: str) -> str:
    with pytest.raises(LessonErrors) as raised:
        lesson(place, look)
    return str(raised.value).replace(f"{place}/", "")


def test_one_file_says_it_for_many_lessons(place: Path) -> None:
    mine = lesson(place, "{style: house.yaml}")
    assert (mine.look.theme, mine.look.colours.given) == ("light", {"weight": "#0b735a", "activation": "#00549f"})
    assert mine.house.font is not None
    assert mine.house.font.content == a_font()
    assert mine.house.logo is not None
    assert 'width="60"' in str(mine.house.logo.content)


def test_the_lessons_own_look_comes_before_it_colour_by_colour(place: Path) -> None:
    mine = lesson(
        place, '{style: house.yaml, theme: dark, colours: {weight: "#ffffff"}, logo: {file: mark.svg, where: cards}}'
    )
    assert mine.look.theme == "dark"
    assert mine.look.colours == Colours(weight="#ffffff", activation="#00549f")
    assert mine.house.logo is not None
    assert mine.house.logo.where == "cards"


def test_another_theme_from_the_command_line_comes_without_colours_that_were_made_for_this_one(place: Path) -> None:
    path = place / "small.yaml"
    path.write_text(f'{SMALL}look: {{style: house.yaml, colours: {{ground: "#fdfcf7"}}}}\n', encoding="utf-8")
    other = load(path, look={"theme": "no_hue", "aspect": "1:1"})
    assert (other.look.theme, other.look.aspect, other.look.colours.given) == ("no_hue", "1:1", {})
    assert other.house.logo is not None
    same = load(path, look={"theme": "light"})
    assert same.look.colours.given["ground"] == "#fdfcf7"


def test_it_may_lie_in_a_folder_of_its_own(place: Path) -> None:
    (place / "house").mkdir()
    for name in ("sans.ttf", "mark.svg", "house.yaml"):
        (place / name).rename(place / "house" / name)
    assert lesson(place, "{style: house/house.yaml}").house.font is not None


@pytest.mark.parametrize(
    ("look", "message"),
    [
        ("{style: hose.yaml}", "expected a file beside the lesson; got 'hose.yaml', which is not there"),
        ("{style: ../house.yaml}", "expected the name of a file beside the lesson; got '../house.yaml'"),
        ("{font: broken.ttf}", "expected a font; got 'broken.ttf'"),
        ("{font: few.ttf}", "expected a font with letters and digits; got 'few.ttf', which lacks "),
        ("{font: Nowhere Sans}", "expected a file that ends in .ttf or .otf, or a family of fonts on this machine"),
        ("{logo: small.yaml}", "expected a name that ends in .png or .svg; got 'small.yaml'"),
        ("{logo: {file: mark.svg, where: top}}", "expected corner or cards; got 'top'"),
        ("{logo: broken.png}", "expected a PNG picture; got something else"),
        ("{logo: bomb.svg}", "expected an SVG drawing without entities of its own; got one that has some"),
        ("{logo: spy.svg}", "expected an SVG drawing with all it shows; got one that names 'file:///etc/passwd'"),
        ("{logo: page.svg}", "expected an SVG drawing; got something else"),
    ],
)
def test_mistakes_have_their_place(place: Path, look: str, message: str) -> None:
    (place / "broken.ttf").write_bytes(a_font()[:200])
    (place / "few.ttf").write_bytes(without(a_font(), "qrs"))
    (place / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (place / "bomb.svg").write_text(f'<!DOCTYPE svg [<!ENTITY a "aaaa">]>{SVG}')
    (place / "spy.svg").write_text(SVG.replace("<rect", '<image href="file:///etc/passwd"/><rect'))
    (place / "page.svg").write_text("<html/>")
    told = mistake(place, look)
    assert message in told
    assert told.startswith("small.yaml:"), "with its line"


def test_a_mistake_in_the_style_is_told_with_the_styles_line(place: Path) -> None:
    (place / "house.yaml").write_text("theme: light\nfonts: sans.ttf\nlogo: none.png\ncolours: {weight: blue}\n")
    lines = mistake(place, "{style: house.yaml}").splitlines()
    assert [line.split(": ")[0] for line in lines] == ["house.yaml:2:1", "house.yaml:3:7", "house.yaml:4:19"]
    assert "did you mean 'font'?" in lines[0]
    (place / "house.yaml").write_text("theme: [light\n")
    assert mistake(place, "{style: house.yaml}").startswith("house.yaml:2:1: expected")


def test_letters_that_the_font_lacks_are_a_mistake_and_greek_is_not(place: Path) -> None:
    path = place / "small.yaml"
    path.write_text(
        SMALL.replace("title: Small", "title: Größer als σ") + "look:\n  font: sans.ttf\n", encoding="utf-8"
    )
    with pytest.raises(LessonErrors, match=r":\d+:9: look\.font: expected a font with all .*which lacks ß, ö$"):
        load(path)
    assert "which lacks" in mistake(place, "{font: sans.ttf, language: de}"), "the program's own words count, too"


def without(content: bytes, letters: str) -> bytes:
    """A font without some of its letters."""
    font, file = TTFont(io.BytesIO(content)), io.BytesIO()
    for table in font["cmap"].tables:
        for letter in letters:
            table.cmap.pop(ord(letter), None)
    font.save(file)
    return file.getvalue()


def test_a_family_of_the_machine_is_found_in_its_plain_style(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_PLACES", (str(place),))
    bold, file = TTFont(io.BytesIO(a_font())), io.BytesIO()
    for record in bold["name"].names:
        if record.nameID in {2, 17}:
            record.string = "Bold"
    bold.save(file)
    (place / "another.otf").write_bytes(file.getvalue())
    mine = lesson(place, "{font: aileron}")
    assert mine.house.font is not None
    assert mine.house.font.content == a_font()
    assert "did you mean 'Aileron'?" in mistake(place, "{font: Ailleron}")


def test_words_are_as_high_in_it_as_in_the_films_own(place: Path) -> None:
    font = lesson(place, "{font: sans.ttf}").house.font
    plain = Words("x", em=0.5, colour=WHITE)
    face.use(font)
    own = Words("x", em=0.5, colour=WHITE)
    assert own.height == pytest.approx(X_HEIGHT * 0.5, rel=0.02)
    assert own.height == pytest.approx(plain.height, rel=0.05)
    assert letter_of(own[0]) == "x"
    sizes = [font_size(glyph) for glyph in Words("Gradient 0123", em=0.4, colour=WHITE)]
    assert [size for size in sizes if size] == pytest.approx([0.4] * len([s for s in sizes if s]), rel=0.02)
    assert len([size for size in sizes if size]) >= 10
    assert [is_digit(glyph) for glyph in Words("a7", em=0.4, colour=WHITE)] == [False, True]


def test_what_it_lacks_is_the_films_own_in_the_films_own_size(place: Path) -> None:
    alone = Words("σ", em=0.5, colour=WHITE)
    face.use(lesson(place, "{font: sans.ttf}").house.font)
    mixed = Words("a σ", em=0.5, colour=WHITE)
    assert np.ptp(mixed[-1].points, axis=0) == pytest.approx(np.ptp(alone[0].points, axis=0))
    formula = "$sigma(z) = 0.5$"
    own = Typeset(formula, em=0.5, colour=WHITE)
    face.use(None)
    assert np.array_equal(own.get_all_points(), Typeset(formula, em=0.5, colour=WHITE).get_all_points())


def test_the_words_are_no_markup_in_it_either(place: Path) -> None:
    face.use(lesson(place, "{font: sans.ttf}").house.font)
    text = '#read("/etc/passwd") $x$ /* " \\'
    assert len(Words(text, em=0.3, colour=WHITE)) == len("".join(text.split()))


def test_the_logo_is_drawn_in_its_corner_and_nothing_stands_on_it(place: Path, tmp_path: Path) -> None:
    for aspect in ("9:16", "16:9"):
        mine = lesson(place, f'{{style: house.yaml, aspect: "{aspect}"}}')
        (call,) = mine.chapters
        q = quality("l", aspect)
        assert audit_clip(chapter_of(mine, call), mine, call, q, tmp_path) == []
    first, last = clip_ends(chapter_of(mine, call), mine, call, q, tmp_path)
    for frame in (first, last):
        orange = np.argwhere((frame == (0xFF, 0x80, 0x00)).all(axis=2))
        (top, left), (bottom, right) = orange.min(axis=0), orange.max(axis=0)
        assert (right - left) / (bottom - top) == pytest.approx(3, rel=0.15)
        assert q.width - right == pytest.approx(0.55 / 8 * q.height, abs=3), "as far from the edge as all else"
        assert len(orange) > 0.95 * (right - left) * (bottom - top)


@pytest.mark.long
@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize("film", lesson_names())
def test_every_chapter_has_room_for_the_logo_and_the_font(place: Path, film: str, aspect: str, tmp_path: Path) -> None:
    plain = load(lesson_path(film))
    look = plain.look.model_copy(update={"aspect": aspect})
    mine = replace(plain, look=look, house=lesson(place, "{style: house.yaml}").house)
    for call in with_cards(mine):
        found = audit_clip(chapter_of(mine, call), mine, call, quality("l", aspect), tmp_path)
        assert found == [], call.called


def test_what_lies_over_the_logo_is_a_finding() -> None:
    stage = Stage(128 / 9, 8.0, logo_shape=3.0)
    assert stage.logo is not None
    audit = Audit("a_chapter", Screen(128 / 9, 8.0, 135.0), "#000000", logo=stage.logo)
    over = Square(0.2).move_to(stage.logo.centre)
    audit.look([over, over.copy().shift(-3 * UP)], 1)
    (finding,) = audit.findings()
    assert str(finding) == "a_chapter at 1.0 s: a Square lies over the logo"
    assert stage["title"].right < stage.logo.left
    assert stage["body"].top < stage.logo.bottom


def test_on_cards_only_by_choice(place: Path, tmp_path: Path) -> None:
    mine = lesson(place, "{logo: {file: mark.svg, where: cards}}")
    title, chapter, end = with_cards(mine)
    for call, shown in ((title, True), (chapter, False), (end, True)):
        first, _ = clip_ends(chapter_of(mine, call), mine, call, quality("l", "16:9"), tmp_path)
        assert bool((first == (0xFF, 0x80, 0x00)).all(axis=2).any()) == shown


def test_the_quick_renderer_draws_it_as_manim_does(place: Path) -> None:
    mine = lesson(place, "{style: house.yaml}")
    (call,) = mine.chapters

    def scene(**kwargs: Any) -> Any:
        return chapter_of(mine, call)(lesson=mine, call=call, **kwargs)

    stock, quick, _ = both(scene)
    assert difference(stock, quick) == 0


def test_clips_are_kept_by_what_the_files_hold(place: Path) -> None:
    def keys() -> tuple[str, str]:
        mine = lesson(place, "{style: house.yaml}")
        task = ClipTask(mine, mine.chapters[0], "l")
        return chapter_key(task), picture_key(task, "shows the same")

    first = keys()
    assert keys() == first
    (place / "mark.svg").write_text(SVG.replace("ff8000", "ff8001"))
    second = keys()
    assert second[0] != first[0]
    assert second[1] != first[1], "the ground is in no fingerprint"
    (place / "sans.ttf").write_bytes(without(a_font(), "~"))
    third = keys()
    assert third[0] != second[0]


def test_a_picture_may_have_empty_pixels_around_it(place: Path) -> None:
    drawn = Image.new("RGBA", (300, 200))
    drawn.paste((255, 0, 0, 255), (100, 50, 220, 90))
    drawn.save(place / "mark.png")
    logo = lesson(place, "{logo: mark.png}").house.logo
    assert logo is not None
    assert picture(logo).shape == (40, 120, 4)
    Image.new("RGBA", (30, 20)).save(place / "mark.png")
    mine = lesson(place, "{logo: mark.png}")
    with pytest.raises(LessonErrors, match=r"look\.logo: expected a logo with something on it; got an empty one"):
        audit_clip(chapter_of(mine, mine.chapters[0]), mine, mine.chapters[0], quality("l", "16:9"), place)


def test_pages_handouts_and_worksheets_have_both(place: Path, tmp_path: Path) -> None:
    mine = lesson(place, "{style: house.yaml}")
    record = rehearsed(mine)
    page = film_page(mine, record, None)
    assert '<img class="logo" src="data:image/svg+xml;base64,' in page
    assert '@font-face { font-family: house; src: url("data:font/ttf;base64,' in page
    assert "font-src data:" in page
    still = place / "still.png"
    Image.new("RGB", (64, 36)).save(still)
    (place / "handout.pdf").write_bytes(handout(mine, record.steps, [still] * len(record.steps), tmp_path))
    (place / "sheet.pdf").write_bytes(compiled(sheet_source(mine, key=False), "pdf")[0])
    for name in ("handout.pdf", "sheet.pdf"):
        names = {
            str(font.get_object()["/BaseFont"])
            for pdf in PdfReader(place / name).pages
            for font in pdf["/Resources"]["/Font"].values()
        }
        assert any("Aileron" in each for each in names), names


def test_without_a_house_nothing_of_it_is_there(place: Path) -> None:
    page = film_page(lesson(place, "{theme: dark}"), rehearsed(lesson(place, "{theme: dark}")), None)
    assert "logo" not in page.replace(".logo {", "")
    assert "@font-face" not in page
    assert replace(lesson(place, "{}")).house == lesson(place, "{theme: dark}").house
