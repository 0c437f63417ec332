"""The flagship's film, made as a user makes it and read back."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import srt
from PIL import Image

from bp_script.lesson import Lesson, load
from bp_script.names import parse_quantity
from bp_studio.progress import clock
from scenes.registry import chapter_class
from tests.bp_command import FLAGSHIP, bp

FPS = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("flagship")
    result = bp("render", FLAGSHIP, "-q", "l", cwd=place)
    film = Path("media/films/backpropagation_calculus")
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{film / 'backpropagation_calculus.mp4'}\n"
    (place / "told").write_text(result.stderr)
    return place / film


@pytest.fixture(scope="module")
def record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "backpropagation_calculus.film.json").read_text())
    return found


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load(FLAGSHIP)


def test_the_folder_holds_the_film_and_nothing_else(folder: Path) -> None:
    endings = {path.name.removeprefix("backpropagation_calculus") for path in folder.iterdir()}
    assert endings == {".mp4", ".srt", ".vtt", ".txt", ".png", ".film.json"}


def test_the_stream_is_what_the_record_says(folder: Path, record: dict[str, Any]) -> None:
    with av.open(folder / "backpropagation_calculus.mp4") as film:
        (stream,) = film.streams.video
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.width, context.height) == (record["width"], record["height"]) == (854, 480)
        assert stream.average_rate == record["fps"] == FPS
        duration = film.duration / av.time_base
        times = [frame.time for frame in film.decode(stream)]
    assert times == pytest.approx([number / FPS for number in range(len(times))], abs=1e-4)
    assert len(times) / FPS == pytest.approx(record["duration"], abs=1e-5)
    assert duration == pytest.approx(record["duration"], abs=1e-3)


def test_the_film_and_its_core_are_as_long_as_they_should_be(record: dict[str, Any]) -> None:
    assert 7 * 60 <= record["duration"] <= 11 * 60
    core = {"last_two_neurons", "cost_tree", "nudge", "chain_rule", "derivatives", "update"}
    lengths = {chapter["name"]: chapter["end"] - chapter["start"] for chapter in record["chapters"]}
    assert 2 * 60 <= sum(lengths[name] for name in core) <= 4 * 60 + 15, "an end card stands in the last of them"


def test_chapter_marks_are_the_lessons_chapters(folder: Path, record: dict[str, Any], lesson: Lesson) -> None:
    with av.open(folder / "backpropagation_calculus.mp4") as film:
        marks = film.chapters()
    chapters = record["chapters"]
    assert [chapter["name"] for chapter in chapters] == [call.name for call in lesson.chapters]
    assert [chapter["title"] for chapter in chapters] == [mark["metadata"]["title"] for mark in marks]
    assert [chapter_class(chapter["name"]).title for chapter in chapters] == [chapter["title"] for chapter in chapters]
    for chapter, mark in zip(chapters, marks, strict=True):
        assert float(mark["start"] * mark["time_base"]) == pytest.approx(chapter["start"], abs=1e-3)
        assert float(mark["end"] * mark["time_base"]) == pytest.approx(chapter["end"], abs=1e-3)
    assert chapters[0]["start"] == 0
    assert all(before["end"] == after["start"] for before, after in pairwise(chapters))
    assert chapters[-1]["end"] == record["duration"]


def test_captions_follow_one_another_in_both_files(folder: Path, record: dict[str, Any]) -> None:
    captions = record["captions"]
    assert len(captions) >= 30
    for caption in captions:
        assert 0 <= caption["start"] < caption["end"] <= record["duration"]
        assert len(caption["text"].splitlines()) <= 2
        assert all(len(line) <= 45 for line in caption["text"].splitlines())
    assert all(before["end"] <= after["start"] + 1e-6 for before, after in pairwise(captions))
    subtitles = list(srt.parse((folder / "backpropagation_calculus.srt").read_text()))
    assert [subtitle.content for subtitle in subtitles] == [caption["text"] for caption in captions]
    assert [subtitle.start.total_seconds() for subtitle in subtitles] == pytest.approx(
        [caption["start"] for caption in captions], abs=1e-3
    )
    vtt = (folder / "backpropagation_calculus.vtt").read_text()
    assert vtt.startswith("WEBVTT\n")
    assert vtt.count(" --> ") == len(captions)


def test_every_shown_number_is_the_lessons_own(record: dict[str, Any], lesson: Lesson) -> None:
    trace = lesson.trace()
    names = [chapter["name"] for chapter in record["chapters"]]
    plain = 0
    for entry in record["shown"]:
        assert 0 <= entry["at"] < entry["until"] <= record["duration"]
        assert entry["chapter"] in names
        try:
            quantity = parse_quantity(entry["quantity"], trace.L)
        except ValueError:
            continue  # an expression
        there = trace
        if nudged := entry.get("nudged"):
            there = trace.nudged(
                {parse_quantity(n, trace.L): v - trace.value(parse_quantity(n)) for n, v in nudged.items()}
            )
        if entry["example"] is not None:
            there = there.with_focus(entry["example"])
        assert entry["value"] == pytest.approx(there.value(quantity, entry["step"]), rel=1e-12)
        plain += 1
    assert plain >= 50


def test_every_box_lies_in_the_frame_and_holds_ink(folder: Path, record: dict[str, Any]) -> None:
    looked_at: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in record["shown"]:
        left, top, width, height = entry["box"]
        assert 0 <= left < left + width <= record["width"], entry
        assert 0 <= top < top + height <= record["height"], entry
        looked_at[int((entry["at"] + entry["until"]) / 2 * FPS)].append(entry)
    with av.open(folder / "backpropagation_calculus.mp4") as film:
        for number, frame in enumerate(film.decode(video=0)):
            for entry in looked_at.pop(number, ()):
                left, top, width, height = entry["box"]
                box = frame.to_ndarray(format="gray")[top : top + height, left : left + width]
                assert int(box.max()) - int(box.min()) > 40, entry
    assert not looked_at


def test_every_equation_holds(record: dict[str, Any]) -> None:
    assert len(record["equations"]) >= 10
    for equation in record["equations"]:
        assert equation["left"] == pytest.approx(equation["right"], rel=1e-9, abs=1e-12)
        assert 0 <= equation["at"] <= record["duration"]


def test_the_still_shows_something(folder: Path, record: dict[str, Any]) -> None:
    with Image.open(folder / "backpropagation_calculus.png") as still:
        assert still.size == (record["width"], record["height"])
        assert len(still.convert("RGB").getcolors(1 << 20)) > 100


def test_through_a_pipe_a_line_is_said_for_each_clip_and_one_for_the_film(folder: Path, record: dict[str, Any]) -> None:
    *clips, film = (folder.parents[2] / "told").read_text().splitlines()
    count = len(record["chapters"]) + 2  # and two cards
    for number, line in enumerate(clips, 1):
        assert re.fullmatch(rf"\w+ done: {number} of {count} clips · [\d,]+ frames · \d+/s · \d+:\d\d left", line)
    assert len(clips) == count
    assert {line.split()[0] for line in clips} > {chapter["name"] for chapter in record["chapters"]}
    assert re.fullmatch(rf"\S+\.mp4  {clock(record['duration'])} long, made in \d+:\d\d", film)


def test_one_chapter_is_frame_for_frame_its_part_of_the_film(folder: Path, record: dict[str, Any]) -> None:
    place = folder.parents[2]
    result = bp("render", FLAGSHIP, "-q", "l", "--chapter", "nudge", cwd=place)
    assert result.returncode == 0, result.stderr
    pieces = r"(\d) of \1 pieces from the cache"
    assert re.fullmatch(rf"\S+\.mp4  0:\d\d long, made in 0:\d\d, {pieces}\n", result.stderr)
    part = folder / "parts" / "backpropagation_calculus.mp4"
    assert result.stdout == f"{part.relative_to(place)}\n"
    chapter = next(chapter for chapter in record["chapters"] if chapter["name"] == "nudge")
    start, end = (round(chapter[edge] * FPS) for edge in ("start", "end"))
    with av.open(part) as alone, av.open(folder / "backpropagation_calculus.mp4") as whole:
        within = islice(whole.decode(video=0), start, end)
        for one, other in zip(alone.decode(video=0), within, strict=True):
            assert np.array_equal(one.to_ndarray(format="gray"), other.to_ndarray(format="gray"))


@pytest.mark.long
def test_the_film_is_the_same_whoever_draws_how_much_of_it(folder: Path, tmp_path: Path) -> None:
    """One worker instead of one a core, nothing from the cache; and each frame decoded, as coded films may differ."""
    result = bp("render", FLAGSHIP, "-q", "l", "--fresh", "--jobs", "1", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    name = "backpropagation_calculus"
    for file in (f"{name}.film.json", f"{name}.srt", f"{name}.vtt"):
        assert (tmp_path / file).read_text() == (folder / file).read_text()
    with av.open(tmp_path / f"{name}.mp4") as one, av.open(folder / f"{name}.mp4") as other:
        count = 0
        for mine, its in zip(one.decode(video=0), other.decode(video=0), strict=True):
            assert bytes(mine.planes[0]) == bytes(its.planes[0])
            count += 1
    assert count > 5000
