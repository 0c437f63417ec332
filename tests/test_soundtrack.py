"""The sound of films and of what is cut from them, sample by sample, without drawing a chapter."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from bp_studio.film import join
from bp_studio.film_record import FilmRecord
from bp_studio.slides.cutting import cut
from scenes.kit.film.record import Moment
from tests.test_film import FPS, HEIGHT, WIDTH, make_clip
from tests.test_film_record import clip
from tests.voices import RATE, heard_in, levels, loudest, murmur, onset, silence

FRAMES = 3 * FPS
#: When something is heard in the film: two bursts.
BURSTS = ((0.7, 1.1), (2.0, 2.6))


def track() -> np.ndarray:
    """The sound of a film of three seconds: two bursts and silence."""
    at, parts = 0.0, []
    for seed, (start, end) in enumerate(BURSTS):
        parts += [silence(start - at), murmur(end - start, seed=seed)]
        at = end
    whole = np.concatenate([*parts, silence(FRAMES / FPS - at)])
    return np.round(whole * 32767).clip(-32768, 32767).astype(np.int16)


def shift(sound: np.ndarray, wanted: np.ndarray) -> int:
    """By how many samples a sound comes too late."""
    most, part = 200, slice(round(0.5 * RATE), round(1.2 * RATE))
    return max(range(-most, most + 1), key=lambda by: float(sound[part.start + by : part.stop + by] @ wanted[part]))


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "aac"), (".mov", "aac"), (".webm", "opus")])
def test_a_film_is_heard_to_the_sample(tmp_path: Path, suffix: str, codec: str) -> None:
    clips = [make_clip(tmp_path / f"{n}{suffix}", range(n * FPS, (n + 1) * FPS)) for n in range(3)]
    film = tmp_path / f"film{suffix}"
    join(clips, film, fps=FPS, title="Heard", sound=track())
    with av.open(film) as source:
        (stream,) = source.streams.audio
        assert stream.codec_context.name in {codec, f"lib{codec}"}
        assert source.duration is not None
        assert 2.95 < source.duration / av.time_base <= 3.001
        assert sum(1 for _ in source.decode(source.streams.video[0])) == FRAMES
    sound, first = heard_in(film)
    assert first == pytest.approx(0, abs=0.001)
    assert shift(sound, track() / 32767.0) == 0, "no sample earlier or later than it was"
    for start, end in BURSTS:
        assert onset(sound, start - 0.2, end) == pytest.approx(start, abs=0.006)
        assert loudest(sound, end + 0.03, end + 0.3) < 0.005


def test_pictures_and_sound_come_side_by_side(tmp_path: Path) -> None:
    """A player need not read far ahead for either."""
    clips = [make_clip(tmp_path / f"{n}.mp4", range(n * FPS, (n + 1) * FPS)) for n in range(3)]
    join(clips, tmp_path / "film.mp4", fps=FPS, sound=track())
    with av.open(tmp_path / "film.mp4") as source:
        times: dict[str, float] = {"video": 0.0, "audio": 0.0}
        for packet in source.demux():
            if packet.stream.type in times and packet.pts is not None and packet.time_base is not None:
                times[packet.stream.type] = float(packet.pts * packet.time_base)
                assert abs(times["video"] - times["audio"]) < 0.5


@pytest.mark.parametrize("suffix", [".gif", ""])
def test_what_has_no_place_for_sound_is_as_it_was(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder, sound in (("a", None), ("b", track())):
        one = make_clip(tmp_path / folder / f"clip{suffix}", range(FPS))
        join([one], tmp_path / folder / f"film{suffix}", fps=FPS, sound=sound)
    if suffix:
        assert (tmp_path / "a" / "film.gif").read_bytes() == (tmp_path / "b" / "film.gif").read_bytes()
    else:
        names = [sorted(path.name for path in (tmp_path / folder / "film").iterdir()) for folder in "ab"]
        assert names[0] == names[1]


def test_each_clip_of_the_slides_has_its_part_of_the_sound(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / "0.mp4", range(FRAMES))]
    join(clips, tmp_path / "film.mp4", fps=FPS, sound=track())
    moments = (Moment(1.0, "one"), Moment(3.0, "two"))
    steps = FilmRecord("mine", (clip("tree", FRAMES, width=WIDTH, height=HEIGHT, moments=moments),)).steps
    (tmp_path / "steps").mkdir()
    parts = cut(tmp_path / "film.mp4", steps, tmp_path / "steps", track())
    assert len(parts) == len(steps) == 2
    for step, part in zip(steps, parts, strict=True):
        sound, _ = heard_in(part.clip)
        wanted = track()[round(step.first / FPS * RATE) : round(step.end / FPS * RATE)] / 32767.0
        length = min(len(sound), len(wanted)) // 960 * 960
        assert length > len(wanted) - 2048
        assert np.corrcoef(levels(sound[:length], 0.02), levels(wanted[:length], 0.02))[0, 1] > 0.98
