"""``bp slides``: a PowerPoint file with a clip a step, and a handout, made by the command and read back."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops
from pptx import Presentation
from pypdf import PdfReader

from bp_script.entries.look import Look
from bp_studio.house import printed
from scenes.kit.theme import THEMES, theme_of
from tests.bp_command import SMALL, bp

NASTY = '#read("x") $a$ = 1 *b* <c>'
LESSON = SMALL.replace("title: Small", f"title: '{NASTY}'").replace(
    "- nudge", '- custom:\n      name: mine\n      steps:\n        - say: "Look: #1 is {a[L][0]:.2f} <b>."\n'
    '        - show: network\n        - say: "And a $dollar$."\n        - show: {table: gradient}\n'
)  # fmt: skip
SAID = ["Look: #1 is 0.01 <b>.", "And a $dollar$."]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The slides of a chapter of two steps."""
    place = tmp_path_factory.mktemp("slides")
    (place / "small.yaml").write_text(LESSON, encoding="utf-8")
    result = bp("slides", "small.yaml", "--chapter", "mine", "-q", "l", "--out", "out", cwd=place)
    assert (result.returncode, result.stdout) == (0, "out/small.pptx\n"), result.stderr
    return place / "out"


def movies(deck: Path) -> list[tuple[Any, Any, bytes]]:
    """Each slide with its clip's shape and what the clip holds."""
    found = []
    for slide in Presentation(str(deck)).slides:
        (shape,) = (each for each in slide.shapes if not each.is_placeholder)
        link = next(part for key, part in slide.part.rels.items() if part.reltype.endswith("/media"))
        found.append((slide, shape, link.target_part.blob))
    return found


def decoded(content: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(content)) as clip:
        return [frame.to_image() for frame in clip.decode(video=0)]


def far(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, of 255."""
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(shade * count for shade, count in enumerate(histogram)) / sum(histogram)


def test_nothing_else_is_left(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["small.pdf", "small.pptx"]
    assert sorted(path.name for path in made.parent.iterdir()) == ["out", "small.yaml"]


def test_each_step_is_a_slide_with_its_clip_its_poster_and_its_words(made: Path) -> None:
    slides = movies(made / "small.pptx")
    assert [slide.notes_slide.notes_text_frame.text for slide, _, _ in slides] == SAID
    assert [shape._element.nvPicPr.cNvPr.get("descr") for _, shape, _ in slides] == SAID
    deck = Presentation(str(made / "small.pptx"))
    clips = [decoded(content) for _, _, content in slides]
    for (_, shape, _), frames in zip(slides, clips, strict=True):
        assert (shape.left, shape.top, shape.width, shape.height) == (0, 0, deck.slide_width, deck.slide_height)
        assert frames[0].size == (854, 480)
        assert far(Image.open(io.BytesIO(shape.poster_frame.blob)), frames[0]) < 1
    assert far(clips[0][-1], clips[1][0]) < 1, "a slide rests on the picture that the next begins with"
    assert far(clips[0][0], clips[0][-1]) > 1
    assert min(map(len, clips)) > 15


def test_slides_have_titles_above_the_picture_and_chapters_are_sections(made: Path) -> None:
    deck = Presentation(str(made / "small.pptx"))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == ["Mine", "Mine (2)"]
    assert all(slide.shapes.title.top + slide.shapes.title.height <= 0 for slide in deck.slides)
    (sections,) = deck.part._element.xpath("p:extLst/p:ext/*[local-name()='sectionLst']")
    assert [section.get("name") for section in sections] == ["Mine"]
    assert sections.xpath(".//@id")[1:] == [str(slide.slide_id) for slide in deck.slides]


def test_a_clip_plays_when_its_slide_comes(made: Path) -> None:
    for slide, shape, _ in movies(made / "small.pptx"):
        effects = slide._element.xpath(".//p:cTn[@nodeType='afterEffect']//p:cmd[@cmd='playFrom(0.0)']//p:spTgt/@spid")
        assert effects == [str(shape.shape_id)]


def test_the_handout_has_a_light_still_and_the_words_of_each_step(made: Path) -> None:
    (page,) = PdfReader(made / "small.pdf").pages
    text = " ".join(page.extract_text().split())
    assert text.startswith(NASTY)
    assert [said in text for said in SAID] == [True, True]
    pictures = [image.image for image in page.images]
    assert len(pictures) == 2
    assert all(picture.convert("L").getpixel((5, 5)) > 240 for picture in pictures)


def test_on_paper_are_own_colours_that_were_made_for_it() -> None:
    own = Look.model_validate({"theme": "light", "colours": {"weight": "#0b735a"}})
    assert theme_of(printed(own)).weight == "#0b735a"
    dark = Look.model_validate({"theme": "dark", "colours": {"weight": "#ffff00"}})
    assert theme_of(printed(dark)) == THEMES["light"]


def test_a_bad_lesson_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("tanh", "tenh"), encoding="utf-8")
    result = bp("slides", "small.yaml", "--out", "out", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("small.yaml:4:17: network.activations[0]")
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_an_office_opens_them(made: Path, tmp_path: Path) -> None:
    """LibreOffice shows each slide with its poster frame."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, made / "small.pptx"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    drawing = ["pdftoppm", "-png", "-scale-to-x", "854", "-scale-to-y", "480", "small.pdf", "page"]
    subprocess.run(drawing, cwd=tmp_path, check=True)
    pages = sorted(tmp_path.glob("page-*.png"))
    assert len(pages) == 2
    for page, (_, shape, _) in zip(pages, movies(made / "small.pptx"), strict=True):
        assert far(Image.open(page), Image.open(io.BytesIO(shape.poster_frame.blob))) < 4
