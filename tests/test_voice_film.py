"""A spoken film, read back from its file: what is heard, and when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.bp_command import ROOT, SMALL, bp
from tests.voices import RATE, Track, heard_in, levels, loudest, onset

#: Frames a second at -q l; what is said begins on a frame.
FPS = 15
STEPS = """\
- custom:
      name: mine
      title: Mine
      steps:
        - show: {number_lines: ["w[L][0][0]", "C"]}
        - say: "The cost is {C:.2f}, and this sentence goes on: it cannot stand in one caption, and not in two."
        - focus: "C"
        - say: "Look at the line. {@now} Now the weight changes."
        - at: now
        - nudge: {"w[L][0][0]": 0.2}
"""
LESSON = SMALL.replace("- nudge\n", STEPS)
SPOKEN = LESSON.replace("chapters:", "voice: {service: espeak-ng, speed: 170}\nchapters:")


@dataclass(frozen=True)
class Film:
    path: Path
    record: dict[str, Any]
    sound: Track

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


def render(place: Path, text: str, out: str, *options: str) -> Path:
    (place / "small.yaml").write_text(text, encoding="utf-8")
    result = bp(
        "render", "small.yaml", "-q", "l", "--chapter", "mine", "--out", out, "--jobs", "1", *options, cwd=place
    )
    assert result.returncode == 0, result.stderr
    return place / out / "small.mp4"


def record_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".film.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    path = render(tmp_path_factory.mktemp("spoken"), SPOKEN, "film")
    sound, first = heard_in(path)
    assert first == 0
    return Film(path, record_of(path), sound)


def test_it_has_one_sound_as_long_as_the_film(film: Film) -> None:
    with av.open(film.path) as source:
        (heard,) = source.streams.audio
        assert (heard.codec_context.name, heard.rate, heard.layout.name) == ("aac", RATE, "mono")
        assert source.duration is not None
        assert source.duration / av.time_base == pytest.approx(film.record["duration"], abs=0.001)
        assert heard.duration is not None
        assert heard.time_base is not None
        assert 0 <= film.record["duration"] - float(heard.duration * heard.time_base) < 1024 / RATE + 0.001


def test_each_step_is_heard_where_its_captions_are_and_silence_between(film: Film) -> None:
    spoken = film.record["voice"]
    assert [said["step"] for said in spoken] == ["mine_step_3", "mine_step_5"]
    starts = [caption["start"] for caption in film.record["captions"]]
    for said in spoken:
        assert said["start"] in starts
        assert onset(film.sound, said["start"] - 0.3, said["end"]) == pytest.approx(said["start"], abs=0.05)
        inside = levels(film.sound[round(said["start"] * RATE) : round(said["end"] * RATE)], 0.1)
        assert np.sqrt((inside**2).mean()) > 0.05, "that is speech"
    quiet = [0.0, *(time for said in spoken for time in (said["start"], said["end"])), film.record["duration"]]
    for end, start in list(pairwise(quiet))[::2]:
        assert loudest(film.sound, end + 0.05, start - 0.05) < 0.002, f"silence from {end} to {start}"
        assert start - end > 0.3, "a breath"


def test_every_caption_comes_with_its_first_word(film: Film) -> None:
    captions = film.record["captions"]
    assert len(captions) == 3
    for before, caption in pairwise(captions):
        if before["text"][-1] in ".:,":  # there the voice pauses
            assert onset_near(film.sound, caption["start"]) == pytest.approx(caption["start"], abs=0.05)
    assert captions[-1]["end"] <= film.record["duration"]


def onset_near(sound: Track, time: float) -> float:
    """Where something is heard again, of all such moments the one next to a time."""
    heard = levels(sound, 0.005) > 0.01
    begins = [n * 0.005 for n in range(12, len(heard)) if heard[n] and not heard[n - 12 : n].any()]
    return min(begins, key=lambda at: abs(at - time))


def test_what_moves_at_a_bookmark_begins_with_its_word(film: Film) -> None:
    said = film.record["voice"][1]
    heard = levels(film.sound[round(said["start"] * RATE) : round(said["end"] * RATE)], 0.01) > 0.01
    pauses = [n for n in range(20, len(heard)) if heard[n] and not heard[n - 20 : n].any()]
    assert len(pauses) == 1, "the voice pauses once, before Now"
    word = said["start"] + pauses[0] * 0.01
    moved = max(shown["until"] for shown in film.record["shown"] if shown["until"] < word + 1 and "nudged" not in shown)
    assert moved == pytest.approx(word, abs=1 / FPS)


def test_it_is_the_same_from_the_cache_and_by_several(film: Film) -> None:
    again = render(film.path.parent.parent, SPOKEN, "again", "--jobs", "2")
    assert again.read_bytes() == film.content
    assert record_of(again) == film.record


def test_without_a_voice_it_is_the_film_that_it_would_be(film: Film) -> None:
    place = film.path.parent.parent
    silent, plain = render(place, SPOKEN, "silent", "--voice", "none"), render(place, LESSON, "plain")
    assert silent.read_bytes() == plain.read_bytes()
    assert "voice" not in record_of(plain)
    with av.open(plain) as source:
        assert not source.streams.audio
    longer = film.record["duration"] - record_of(plain)["duration"]
    assert abs(longer) > 1 / FPS, "its words take the time of being read"


def test_manim_itself_plays_a_chapter_with_its_voice(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL.replace("chapters:", "voice: espeak-ng\nchapters:"), encoding="utf-8")
    command = [sys.executable, "-m", "manim", "render", "scenes/nudge.py", "Nudge", "-ql", "-n", "0,2", "-v", "ERROR"]
    result = subprocess.run(
        [*command, "--media_dir", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "BP_LESSON": str(tmp_path / "small.yaml")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]
    (path,) = (path for path in tmp_path.rglob("Nudge*.mp4") if "partial_movie_files" not in path.parts)
    sound, _ = heard_in(path)
    assert onset(sound, 0.0, 3.0) == pytest.approx(0.8, abs=0.06), "with the first caption, after the title line"


@pytest.mark.long
def test_it_is_the_same_when_everything_is_drawn_again(film: Film) -> None:
    assert render(film.path.parent.parent, SPOKEN, "fresh", "--fresh").read_bytes() == film.content
