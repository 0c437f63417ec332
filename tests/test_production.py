"""From orders to films on disk, with stand-ins for chapters that draw in no time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from bp_script.lesson import Lesson, load
from bp_studio import work
from bp_studio.cache import Cache
from bp_studio.errors import StudioError, Trouble, Troubles
from bp_studio.film import SUFFIXES
from bp_studio.forms import from_films
from bp_studio.production import Film, clip_names, make_films, publish, scratch_folder
from bp_studio.progress import Tally
from bp_studio.work import Order
from bp_studio.workers import Workers
from tests.bp_command import ROOT, SMALL

WORKSHOP = '''
"""Draws grey frames: as many as a chapter's parameter says."""
import time
from fractions import Fraction

import av
import numpy as np
from PIL import Image

from bp_script.errors import LessonError, LessonErrors
from bp_studio.clips import Piece
from scenes.kit.film.record import Caption, ClipRecord, Moment
from scenes.kit.film.stretch import Joint, Rehearsal

FPS = 15

def rehearse(task, folder, report):
    name, frames = task.call.name, task.call.parameters.get("frames", 10)
    if name == "misspelt":
        column = task.call.parameters["column"]
        raise LessonErrors([LessonError("chapters", "expected better", str(task.lesson.path), 13, column)])
    if name == "stumbles":
        raise ZeroDivisionError("no way out")
    captions, moments = (Caption(0, 0.2, name),), (Moment(0.2, "x"),)
    joints = (Joint(3, frames // 2, "half"),)
    return Rehearsal(ClipRecord(name, name.title(), 64, 48, FPS, frames / FPS, captions, (), (), moments), joints)

def draw(asked, folder, report):
    task, stretch, known = asked.clip, asked.stretch, asked.known
    folder.mkdir(exist_ok=True)
    frames = stretch.frames
    shows = f"{task.call.name} {stretch}"
    with open(task.lesson.path.parent / "log", "a") as log:
        log.write(f"{task.call.name} {'looked' if shows in known else 'drawn'}\\n")
    if shows in known:
        return Piece(None, shows)
    if task.call.name == "waits" and not (task.lesson.path.parent / "go").exists():
        time.sleep(60)
    if task.call.name == "falls":
        (folder / "half.mp4").write_bytes(b"half a film")
        raise ValueError("the pen\\nbroke")
    if task.call.name == "loses":
        frames -= 1
    path = folder / f"{stretch.first}.{task.video_format}"
    if task.video_format == "png":
        path = folder
        for number in range(frames):
            Image.new("RGB", (64, 48)).save(folder / f"{number:04d}.png")
    else:
        codecs = {"gif": ("gif", "rgb8"), "webm": ("libvpx-vp9", "yuv420p")}
        codec, pixels = codecs.get(task.video_format, ("libx264", "yuv420p"))
        with av.open(path, "w") as out:
            stream = out.add_stream(codec, rate=FPS)
            stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
            for number in range(frames):
                grey = np.full((48, 64, 3), 10 * number % 256, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey).reformat(format=pixels)
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(stream.encode(frame))
                report(number + 1)
            out.mux(stream.encode(None))
    return Piece(path, shows if task.in_stretches else "", task.call.name != "drifts" or stretch.end is None)
'''


@pytest.fixture(autouse=True)
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "workshop_of_a_test.py").write_text(WORKSHOP)
    monkeypatch.syspath_prepend(tmp_path / "path")
    monkeypatch.setattr(work, "WORKSHOP", "workshop_of_a_test")


def order(tmp_path: Path, name: str, *chapters: str, video_format: str = "mp4") -> Order:
    path = tmp_path / f"{name}.yaml"
    path.write_text(SMALL.replace("- nudge", "\n  - ".join(["", *chapters])))
    lesson = load(path)
    return Order(lesson, lesson.chapters, "l", video_format, tmp_path / "films" / name)


def make(*orders: Order, jobs: int = 2) -> tuple[list[Film | Trouble], Tally]:
    tally = Tally(clip_names(orders))
    with scratch_folder([each.folder for each in orders]) as scratch, Workers(jobs, scratch) as workers:
        return list(make_films(orders, workers, tally)), tally


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_film_has_its_captions_still_and_record_beside_it(tmp_path: Path) -> None:
    (film,), tally = make(order(tmp_path, "mine", "one: {frames: 12}", "two", "three: {frames: 7}"))
    assert isinstance(film, Film)
    assert film.path == tmp_path / "films" / "mine" / "mine.mp4"
    assert files(film.path.parent) == ["mine.film.json", "mine.mp4", "mine.png", "mine.srt", "mine.txt", "mine.vtt"]
    record = json.loads(film.path.with_suffix(".film.json").read_text())
    assert [chapter["name"] for chapter in record["chapters"]] == ["one", "two", "three"]
    assert [caption["text"] for caption in record["captions"]] == ["one", "two", "three"]
    with av.open(film.path) as source:
        assert source.metadata["title"] == "Small"
        assert [mark["metadata"]["title"] for mark in source.chapters()] == ["One", "Two", "Three"]
        assert sum(1 for _ in source.decode(video=0)) == 29
    with Image.open(film.path.with_suffix(".png")) as still:
        assert still.size == (64, 48)
    assert (len(tally.done), tally.frames, tally.all_frames) == (3, 29, 29)


@pytest.mark.parametrize("video_format", SUFFIXES)
def test_every_format_is_a_film_with_everything_beside_it(tmp_path: Path, video_format: str) -> None:
    (film,), _ = make(order(tmp_path, "mine", "one", "two", video_format=video_format))
    assert isinstance(film, Film)
    assert film.path.name == f"mine{SUFFIXES[video_format]}"
    assert set(files(film.path.parent)) == {
        "mine.film.json",
        "mine.png",
        "mine.srt",
        "mine.txt",
        "mine.vtt",
        film.path.name,
    }
    if video_format == "png":
        assert len(files(film.path)) == 20


def test_a_film_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for chapters in (["one", "two"], ["two"]):
        for video_format in ("mp4", "png"):
            (film,), _ = make(order(tmp_path, "mine", *chapters, video_format=video_format))
            assert isinstance(film, Film)
    assert len(files(tmp_path / "films" / "mine" / "mine")) == 10
    with av.open(tmp_path / "films" / "mine" / "mine.mp4") as source:
        assert sum(1 for _ in source.decode(video=0)) == 10


def test_the_film_is_the_same_for_any_number_of_jobs(tmp_path: Path) -> None:
    films = []
    for jobs in (1, 3):
        (film,), _ = make(order(tmp_path, "mine", "one", "two: {frames: 30}", "three"), jobs=jobs)
        assert isinstance(film, Film)
        films.append((film.path.read_bytes(), film.path.with_suffix(".film.json").read_text()))
    assert films[0] == films[1]


@pytest.mark.parametrize(
    ("chapter", "message"),
    [
        ("falls", "falls: ValueError: the pen broke"),
        ("loses", "the film: Loses: the clip has 9 frames, its record says 10"),
    ],
)
def test_no_film_is_left_when_a_clip_fails(tmp_path: Path, chapter: str, message: str) -> None:
    bad, good = order(tmp_path, "bad", "one", chapter, "two"), order(tmp_path, "good", "one")
    made, tally = make(bad, good)
    (trouble,) = [each for each in made if isinstance(each, Trouble)]
    assert trouble.status == 1
    assert trouble.lines == (f"{bad.lesson.path}: {message}",)
    assert "Traceback" in trouble.details
    assert not bad.folder.exists() or files(bad.folder) == []
    (film,) = [each for each in made if isinstance(each, Film)]
    assert film.path.parent == good.folder
    assert not tally.running


def test_the_film_of_before_stays_when_a_clip_fails(tmp_path: Path) -> None:
    (film,), _ = make(order(tmp_path, "mine", "one"))
    assert isinstance(film, Film)
    before = film.path.read_bytes()
    (trouble,), _ = make(order(tmp_path, "mine", "falls"))
    assert isinstance(trouble, Trouble)
    assert film.path.read_bytes() == before
    assert len(files(film.path.parent)) == 6


def test_what_is_made_of_films_is_in_its_place_whole_or_not_at_all(tmp_path: Path) -> None:
    orders = [order(tmp_path, "bad", "one"), order(tmp_path, "good", "one")]
    places = {each.lesson.name: tmp_path / "slides" / each.lesson.name for each in orders}
    places["bad"].mkdir(parents=True)
    (places["bad"] / "bad.pptx").write_bytes(b"of before")

    def write(lesson: Lesson, film: Film) -> Path:
        deck = film.path.parent / "made" / f"{lesson.name}.pptx"
        deck.parent.mkdir()
        deck.write_bytes(b"half of it")
        if lesson.name == "bad":
            raise StudioError("no room for the rest")
        deck.with_suffix(".pdf").write_bytes(b"a handout")
        return publish(deck, places[lesson.name])

    with scratch_folder([each.folder for each in orders]) as scratch, Workers(2, scratch) as workers:
        found = list(from_films(orders, workers, write, called="the slides", fresh=False))
    (trouble,) = [each for each in found if isinstance(each, Trouble)]
    assert trouble.lines == (f"{orders[0].lesson.path}: the slides: no room for the rest",)
    assert [each[1] for each in found if not isinstance(each, Trouble)] == [places["good"] / "good.pptx"]
    assert files(places["good"]) == ["good.pdf", "good.pptx"]
    assert {path.name: path.read_bytes() for path in places["bad"].iterdir()} == {"bad.pptx": b"of before"}


def test_all_that_rehearsals_find_is_told_and_nothing_is_drawn(tmp_path: Path) -> None:
    orders = [
        order(tmp_path, "bad", "misspelt: {column: 5}", "one", "stumbles", "misspelt: {column: 7}"),
        order(tmp_path, "good", "one"),
    ]
    with pytest.raises(Troubles) as caught:
        make(*orders)
    path = orders[0].lesson.path
    assert [line for trouble in caught.value.found for line in trouble.lines] == [
        f"{path}:13:5: chapters: expected better",
        f"{path}: stumbles: ZeroDivisionError: no way out",
        f"{path}:13:7: chapters: expected better",
    ]
    assert not list((tmp_path / "films").rglob("*.*"))


def test_nothing_is_left_of_the_work(tmp_path: Path) -> None:
    made, _ = make(order(tmp_path, "one", "falls"), order(tmp_path, "two", "one", "two"))
    assert len(made) == 2
    assert files(tmp_path / "films") == ["two"]
    assert all(not name.startswith(".") for name in files(tmp_path / "films" / "two"))


def log(tmp_path: Path) -> list[str]:
    """What the workers did since the last look."""
    path = tmp_path / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(lines)


def make_kept(tmp_path: Path, *orders: Order, fresh: bool = False) -> list[Film | Trouble]:
    cache = Cache(tmp_path / "cache")
    tally = Tally(clip_names(orders))
    with scratch_folder([each.folder for each in orders]) as scratch, Workers(2, scratch) as workers:
        return list(make_films(orders, workers, tally, cache, fresh=fresh))


def test_what_has_not_changed_is_not_drawn_again(tmp_path: Path) -> None:
    chapters = ["one: {frames: 12}", "two: {frames: 1600}"]
    (first,) = make_kept(tmp_path, order(tmp_path, "mine", *chapters))
    assert isinstance(first, Film)
    before = first.path.read_bytes()
    assert log(tmp_path) == ["one drawn", "two drawn", "two drawn"]
    (again,) = make_kept(tmp_path, order(tmp_path, "mine", *chapters))
    assert isinstance(again, Film)
    assert (again.pieces, again.from_cache) == (3, 3)
    assert log(tmp_path) == []
    assert again.path.read_bytes() == before
    make_kept(tmp_path, order(tmp_path, "mine", "one: {frames: 13}", chapters[1]))
    assert log(tmp_path) == ["one drawn"]
    make_kept(tmp_path, order(tmp_path, "mine", *chapters), fresh=True)
    assert log(tmp_path) == ["one drawn", "two drawn", "two drawn"]


def test_other_numbers_that_show_the_same_are_looked_at_and_not_drawn(tmp_path: Path) -> None:
    make_kept(tmp_path, order(tmp_path, "mine", "one", "two"))
    log(tmp_path)
    changed = order(tmp_path, "mine", "one", "two")
    changed.lesson.path.write_text(changed.lesson.path.read_text().replace("1.5", "1.25"))  # type: ignore[union-attr]
    lesson = load(changed.lesson.path)  # type: ignore[arg-type]
    (film,) = make_kept(tmp_path, Order(lesson, lesson.chapters, "l", "mp4", changed.folder))
    assert isinstance(film, Film)
    assert log(tmp_path) == ["one looked", "two looked"]


def test_a_damaged_clip_is_drawn_again(tmp_path: Path) -> None:
    make_kept(tmp_path, order(tmp_path, "mine", "one", "two"))
    log(tmp_path)
    largest = max((tmp_path / "cache").glob("*/*"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    (film,) = make_kept(tmp_path, order(tmp_path, "mine", "one", "two"))
    assert isinstance(film, Film)
    assert len(log(tmp_path)) >= 1
    with av.open(film.path) as source:
        assert sum(1 for _ in source.decode(video=0)) == 20


def test_a_chapter_whose_stretches_do_not_meet_is_drawn_as_a_whole(tmp_path: Path) -> None:
    for expected in (["drifts drawn"] * 3, []):
        (film,) = make_kept(tmp_path, order(tmp_path, "mine", "drifts: {frames: 1600}"))
        assert isinstance(film, Film)
        assert film.pieces == 1
        assert log(tmp_path) == expected
    with av.open(film.path) as source:
        assert sum(1 for _ in source.decode(video=0)) == 1600


RENDER = """
import sys
from pathlib import Path
sys.path[:0] = [{path!r}]
from bp_studio import work
from bp_studio.cache import Cache
work.WORKSHOP = "workshop_of_a_test"
from tests.test_production import make_kept, order
make_kept(Path({tmp!r}), order(Path({tmp!r}), "mine", "one", "two", "waits"))
"""


def test_a_killed_render_goes_on_from_its_finished_clips(tmp_path: Path) -> None:
    code = RENDER.format(path=str(tmp_path / "path"), tmp=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as render:
        end = time.monotonic() + 60
        # each finished clip leaves a rehearsal, a picture, a likeness and a key
        while len(list((tmp_path / "cache").glob("??/[!.]*"))) < 3 + 2 * 3:
            assert time.monotonic() < end
            time.sleep(0.02)
        render.send_signal(signal.SIGKILL)
    assert log(tmp_path) == ["one drawn", "two drawn", "waits drawn"]
    (tmp_path / "go").touch()
    (film,) = make_kept(tmp_path, order(tmp_path, "mine", "one", "two", "waits"))
    assert isinstance(film, Film)
    assert log(tmp_path) == ["waits drawn"]


def test_two_renders_at_once_make_the_same_film(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    code = RENDER.format(path=str(tmp_path / "path"), tmp=str(tmp_path))
    others = code.replace('"mine"', '"other"')
    renders = [subprocess.Popen([sys.executable, "-c", text], cwd=ROOT) for text in (code, others)]
    assert [render.wait(60) for render in renders] == [0, 0]
    films = [(tmp_path / "films" / name / f"{name}.mp4").read_bytes() for name in ("mine", "other")]
    assert films[0] == films[1]
