"""Recordings as files: read whatever they are, silence cut at the ends, all as loud as each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenes.kit.voice.sound import LOUDNESS, RATE, NoSound, decode, levelled, loudness, trimmed
from scenes.kit.voice.speech import Speech
from scenes.kit.voice.timing import estimated, snapped
from tests.voices import levels, murmur, silence, sound_file


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.wav", "pcm_s16le", 44_100),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.m4a", "aac", 48_000),
        ("a.flac", "flac", 22_050),
        ("a.opus", "libopus", 48_000),
    ],
)
def test_a_recording_of_any_kind_is_read(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = sound_file(np.concatenate([silence(0.4), murmur(1.2)]), tmp_path / name, codec, rate=rate)
    samples, cut = trimmed(decode(path.read_bytes(), 10))
    assert cut == pytest.approx(0.4, abs=0.06)
    assert len(samples) / RATE == pytest.approx(1.2, abs=0.15)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "something that is no sound file"),
        (b"title: A lesson\n" * 20, "something that is no sound file"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "something that is no sound file"),
    ],
)
def test_what_is_no_sound_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(NoSound, match=message):
        decode(content, 10)


def test_a_recording_that_is_too_long_is_refused_and_not_read_to_its_end(tmp_path: Path) -> None:
    path = sound_file(murmur(3), tmp_path / "a.wav", "pcm_s16le")
    assert len(decode(path.read_bytes(), 3.01)) == 3 * RATE
    with pytest.raises(NoSound, match="more than 2 seconds"):
        decode(path.read_bytes(), 2)


@pytest.mark.parametrize("samples", [silence(0), silence(1), murmur(1) * 1e-5, murmur(0.01)])
def test_nothing_but_silence_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(NoSound, match=r"nothing but silence|an empty sound"):
        trimmed(samples.astype(np.float32))


@pytest.mark.parametrize("room", [1e-4, 0.01])
def test_silence_is_cut_at_the_ends_and_nowhere_else(room: float) -> None:
    noise = room * np.random.default_rng(1).standard_normal(4 * RATE)
    whole = np.concatenate([silence(0.7), murmur(1.0), silence(0.5), murmur(0.8), silence(1.0)])
    samples, cut = trimmed((whole + noise).astype(np.float32))
    assert cut == pytest.approx(0.7 - 0.02, abs=0.011)
    assert len(samples) / RATE == pytest.approx(2.3 + 0.02 + 0.08, abs=0.03)
    assert levels(samples[:480])[0] < 2 * room + 0.001, "a little silence is left before the first sound"


@pytest.mark.parametrize("level", [0.004, 0.05, 0.3])
def test_all_are_as_loud_as_each_other(level: float) -> None:
    made = levelled(murmur(3, level=level).astype(np.float32))
    assert loudness(made) == pytest.approx(LOUDNESS, abs=0.3)
    assert np.abs(made).max() < 0.9, "peaks are rounded off"


def test_loudness_is_that_of_the_standard() -> None:
    """ITU-R BS.1770: a sine of 997 Hz at full scale in one channel is at −3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE).astype(np.float32)
    assert loudness(tone) == pytest.approx(-3.01, abs=0.05)
    with_a_pause = np.concatenate([tone, np.zeros(10 * RATE, np.float32)])
    assert loudness(with_a_pause) == pytest.approx(-3.01, abs=0.3), "silence counts for nothing"


def test_speech_reads_back_as_it_was_kept() -> None:
    speech = Speech.of(murmur(0.5).astype(np.float32), ((0, 0.0), (7, 0.25), (12, 0.5)))
    again = Speech.from_bytes(speech.to_bytes())
    assert (again.times, again.seconds) == (speech.times, 0.5)
    assert (again.samples == speech.samples).all()
    assert again.at(7) == 0.25
    assert again.at(3) == pytest.approx(0.25 * 3 / 7)


def test_a_sentence_begins_after_the_pause_that_is_heard() -> None:
    text = "One two three. Four five six seven eight nine. Ten."
    sound = np.concatenate([murmur(2.0), silence(0.4), murmur(1.5), silence(0.5), murmur(0.3)])
    times = dict(estimated(text, sound.astype(np.float32)))
    assert times[text.index("Four")] == pytest.approx(2.4, abs=0.02)
    assert times[text.index("Ten")] == pytest.approx(4.4, abs=0.02)
    assert times[0] == pytest.approx(0, abs=0.02)
    assert sorted(times.values()) == list(times.values())


def test_a_word_after_a_pause_begins_where_the_sound_does() -> None:
    sound = np.concatenate([murmur(1.0), silence(0.4), murmur(1.0)]).astype(np.float32)
    assert snapped(((0, 0.0), (5, 1.31), (9, 2.0)), sound) == ((0, 0.0), (5, pytest.approx(1.4, abs=0.011)), (9, 2.0))
