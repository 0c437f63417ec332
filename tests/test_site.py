"""The documentation as a site: it is built without a warning, its links lead somewhere, it says what the program is."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import av
import click
import pytest
import yaml
from PIL import Image

from bp_script.lesson import lesson_from, load
from bp_script.shipped import example_names, lesson_names, lesson_path
from bp_studio.cache import Cache
from bp_studio.cli import COMMANDS, bp
from bp_studio.errors import Exit, Trouble, Troubles
from docs.making.__main__ import build, told
from docs.making.chapters import CUSTOM, call_of
from docs.making.clips import LONGER_SIDE, SECONDS, Cut, cut, said, shortened, take, whole
from docs.making.colours import style_sheet
from docs.making.language import ENTRIES, all_entries
from docs.making.pages import with_other_pages, written_pages
from docs.making.suits import KINDS, reasons
from docs.making.tables import escaped, table
from scenes.kit.chapter import parameters_of
from scenes.kit.film.record import Caption, ClipRecord, Moment, ShownNumber
from scenes.kit.film.stretch import Joint, Rehearsal, Stretch
from scenes.kit.parameters import BaseParameters
from scenes.kit.theme import THEMES
from scenes.registry import chapter_class, own_chapter_names
from tests.site_shots import shots, small_film
from tests.test_offline import offline

ROOT = Path(__file__).resolve().parent.parent
#: The one test file that builds the site; xdist keeps it in one process.
pytestmark = [
    pytest.mark.xdist_group("site"),
    pytest.mark.filterwarnings("ignore::sphinx.deprecation.RemovedInSphinx11Warning"),  # of MyST's
]


class Page(HTMLParser):
    """What a page leads to, what it loads, the names of its places, and its words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name == "href" and value and tag == "a":
                self.links.append(value)
            elif (name in {"src", "poster", "srcset"} and value) or (name == "href" and tag == "link" and value):
                self.loads.append(str(value))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder / "out", shots(folder))
    return folder / "out"


def test_clips_are_drawn_by_the_films_own_engine(tmp_path: Path) -> None:
    """The site of the other tests shows stand-ins."""
    (tmp_path / "scratch").mkdir()
    cache = Cache(tmp_path / "cache")
    told: list[str] = []
    quiz = [load(ROOT / "lessons" / "examples" / "quiz.yaml")]
    (shot,) = take(quiz, cache, 1, tmp_path / "scratch", told.append)
    with av.open(io.BytesIO(shot.film)) as film:
        frames = list(film.decode(video=0))
        assert frames[0].width == LONGER_SIDE
        assert len(frames) == round(SECONDS * float(film.streams.video[0].average_rate or 0))
    assert Image.open(io.BytesIO(shot.still)).width == LONGER_SIDE
    (again,) = take(quiz, cache, 1, tmp_path / "scratch", told.append)
    assert again.film == shot.film, "from the cache"
    assert told == ["clip 1 of 1: quiz/quiz"]
    assert shot.said
    assert shot.said in " ".join(caption.text.replace("\n", " ") for caption in shot.record.captions)


def test_what_could_not_be_drawn_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise Troubles([Trouble(Exit.FAILED, ("quiz: no room",), "Traceback\n")])
    assert ended.value.code == Exit.FAILED
    assert capsys.readouterr().err == "quiz: no room\nTraceback\n"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def words(pages: dict[Path, Page], name: str) -> str:
    (found,) = [page.words for path, page in pages.items() if path.as_posix().endswith(f"/out/{name}.html")]
    return " ".join(found.split())


def test_no_link_is_dead(pages: dict[Path, Page]) -> None:
    """Neither between pages nor to a place on one."""
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in {"https", "http"}, f"{path}: {link}"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or (target in pages and parts.fragment and parts.fragment not in pages[target].ids):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_it_loads_nothing_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for source in page.loads:
            if source.startswith(("data:", "#")):
                continue
            assert not urlsplit(source).scheme, f"{path}: {source}"
            assert (path.parent / urlsplit(source).path).is_file(), f"{path}: {source}"
    for path in site.rglob("*.css"):
        assert re.findall(r"(?:@import|url\()\s*[\"']?https?:", path.read_text("utf-8")) == []


def test_a_name_stands_once_on_a_page(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        twice = {name for name in page.ids if page.ids.count(name) > 1}
        assert twice == set(), path


def test_every_page_is_in_the_list(pages: dict[Path, Page]) -> None:
    (home,) = [page for path, page in pages.items() if path.as_posix().endswith("/out/index.html")]
    listed = {link.partition("#")[0] for link in home.links}
    for path in written_pages():
        name = path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        if not name.startswith("films/"):
            assert name in listed | {"index.html"}, name


def test_every_chapter_has_its_page(pages: dict[Path, Page]) -> None:
    for name in own_chapter_names():
        told = words(pages, f"reference/chapters/{name}")
        chapter = chapter_class(name)
        for key in chapter.Parameters.model_fields:
            assert key in told, f"{name}: {key}"
        if name != CUSTOM:
            assert "Networks" in told


@pytest.mark.parametrize("name", [name for name in own_chapter_names() if name != CUSTOM])
def test_what_a_chapters_page_says_to_write_is_taken(name: str, tmp_path: Path) -> None:
    """In a lesson that has the chapter, each parameter as it is when left out: so the page says those right."""
    home = next(path for path in map(lesson_path, lesson_names()) if re.search(rf"- {name}\b", path.read_text("utf-8")))
    data = yaml.safe_load(home.read_text("utf-8")) | yaml.safe_load(call_of(name))
    shutil.copytree(home.parent / "data", tmp_path / "data")
    for beside in home.parent.glob(f"{home.stem}.*.json"):
        shutil.copy(beside, tmp_path)
    (tmp_path / home.name).write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    lesson = load(tmp_path / home.name)
    given = parameters_of(chapter_class(name), lesson, lesson.chapters[0])
    own = {
        key: field.default for key, field in type(given).model_fields.items() if key not in BaseParameters.model_fields
    }
    assert {key: getattr(given, key) for key in own} == own


def test_every_kind_of_lesson_is_one() -> None:
    for kind, data in KINDS.items():
        lesson_from({"title": kind, **data, "chapters": ["cost_tree"]}).trace()


def test_chapters_say_whom_they_suit() -> None:
    assert set(reasons("nudge").values()) == {None}
    race = {kind: reason for kind, reason in reasons("race").items() if reason}
    assert set(race) == {"no hidden layer", "no training"}
    assert race["no training"].startswith("expected a lesson with training")


def test_every_mapping_of_the_language_has_a_table() -> None:
    """Those that have no name among the tables come last."""
    assert set(ENTRIES.values()) <= set(all_entries())
    asked = (ROOT / "docs/reference/lesson.md").read_text("utf-8")
    assert [name for name in [*ENTRIES, "others"] if f"<!-- keys: {name} -->" not in asked] == []


def test_every_key_is_on_the_page(pages: dict[Path, Page]) -> None:
    told = words(pages, "reference/lesson").split()
    for model in all_entries():
        assert [key for key in model.model_fields if key not in told] == []


def test_every_command_and_option_is_on_the_page(pages: dict[Path, Page]) -> None:
    told = words(pages, "reference/commands")
    group = click.Context(bp, info_name="bp")
    for name in COMMANDS:
        command = bp.get_command(group, name)
        assert command
        assert f"bp {name}" in told
        for option in command.params:
            assert not isinstance(option, click.Option) or option.opts[-1] in told, f"{name} {option.opts}"


def test_the_gallery_shows_every_chapter(pages: dict[Path, Page]) -> None:
    (gallery,) = [page for path, page in pages.items() if path.name == "gallery.html"]
    films = [source for source in gallery.loads if source.endswith(".mp4")]
    assert len(films) == len(set(films)) == sum(1 for path in films) >= len(lesson_names()) + len(example_names())


def test_what_is_said_is_words(pages: dict[Path, Page]) -> None:
    told = words(pages, "reference/chapters/nudge")
    assert "idea" in told
    assert "What is said < what is shown." in told


def test_a_new_page_is_listed_by_itself() -> None:
    index = "```{toctree}\nnumbers\n```\n<!-- other pages -->\n"
    assert "voice\n```" in with_other_pages(index, ["index", "numbers", "voice"])
    assert with_other_pages(index, ["index", "numbers"]).endswith("```\n\n")


def test_colours_are_those_of_the_films() -> None:
    for theme in (THEMES["dark"], THEMES["light"]):
        assert theme.weight in style_sheet()


def test_a_tables_cells_stay_in_it() -> None:
    assert table(("a", "b"), [["x | y", "1\n2"]]).splitlines()[2] == "| x \\| y | 1 2 |"
    assert escaped("a_b <c> `d_e`") == r"a\_b \<c\> `d_e`"


@pytest.mark.long
def test_it_is_the_same_bytes_again(site: Path, tmp_path: Path) -> None:
    build(tmp_path / "again", shots(site.parent))
    files = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    assert files == {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert [name for name in files if (site / name).read_bytes() != (tmp_path / "again" / name).read_bytes()] == []


@pytest.mark.long
def test_the_script_builds_it_with_the_network_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every clip is drawn for it; it is in English, whoever builds it."""
    monkeypatch.setenv("LANGUAGE", "de")
    made = offline(tmp_path, str(ROOT / "scripts" / "docs"), "--out", str(tmp_path / "site"))
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1] == str(tmp_path / "site" / "index.html")
    assert "Only this chapter" in Page(tmp_path / "site" / "reference" / "commands.html").words
    films = sorted((tmp_path / "site").rglob("*.mp4"))
    assert {path.parent.name for path in films} >= set(lesson_names())
    for path in films:
        assert 5_000 < path.stat().st_size < 1_500_000, path
        assert path.with_suffix(".webp").stat().st_size < 150_000


# -- clips -----------------------------------------------------------------------------


def rehearsal(seconds: float, fullest: float, fps: float = 30.0) -> Rehearsal:
    """A chapter with a joint every three seconds, on whose fullest moment a number stands."""
    number = ShownNumber(fullest - 1, fullest, (0, 0, 9, 9), "C", 0, 0, 1.0, "1.00")
    moments = tuple(Moment(float(at), f"beat {at}") for at in range(3, int(seconds), 3))
    record = ClipRecord("nudge", "", 1280, 720, fps, seconds, (), (number,), (), moments)
    return Rehearsal(record, tuple(Joint(at, round(3 * at * fps), f"state {at}") for at in range(1, int(seconds) // 3)))


def test_a_clip_ends_at_the_fullest_moment() -> None:
    found = cut(rehearsal(30, 18))
    assert found.frames == round(SECONDS * 30)
    assert (found.stretch.first, found.stretch.end) == (3, 6)
    assert 3 * 3 * 30 + found.first + found.frames == 18 * 30
    early = cut(rehearsal(30, 6))
    assert (early.stretch.first, early.first, early.frames) == (0, 0, 6 * 30)


def test_what_cannot_be_drawn_in_part_is_cut_from_the_whole() -> None:
    found = cut(rehearsal(30, 18))
    assert whole(rehearsal(30, 18), found) == Cut(Stretch(frames=900), 18 * 30 - 240, 240, 18 * 30 - 240)


def test_what_is_said_over_a_clip_is_told() -> None:
    """What is heard of a caption is the larger part."""
    captions = tuple(Caption(float(at), at + 4.0, f"{at}\nto {at + 4}.") for at in range(0, 24, 4))
    record = replace(rehearsal(24, 18).record, captions=captions)
    assert said(record, Cut(Stretch(), 0, 8 * 30, 9 * 30)) == "8 to 12. 12 to 16."
    assert said(record, Cut(Stretch(), 0, 30, 9 * 30)) == ""


def test_a_film_is_shortened_to_its_last_frame(tmp_path: Path) -> None:
    film, still = shortened(small_film(tmp_path / "film.mp4"), Cut(Stretch(), 4, 12))
    with av.open(io.BytesIO(film)) as short:
        stream = short.streams.video[0]
        assert (stream.width, stream.height, stream.frames, stream.average_rate) == (LONGER_SIDE, 720, 12, 24)
    with Image.open(io.BytesIO(still)) as picture:
        assert picture.size == (LONGER_SIDE, 720)
        assert picture.convert("L").getpixel((100, 100)) == pytest.approx(20 + 8 * 15, abs=4)
    tall = small_film(tmp_path / "tall.mp4", frames=2, size=(90, 160))
    with Image.open(io.BytesIO(shortened(tall, Cut(Stretch(), 0, 2))[1])) as picture:
        assert picture.size == (720, LONGER_SIDE)
    with pytest.raises(ValueError, match="no frame from 99"):
        shortened(small_film(tmp_path / "other.mp4"), Cut(Stretch(), 99, 3))
