"""Speech services with manim-voiceover's interface, and espeak-ng where it is not."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from
from bp_script.voice import NoVoice, Voice
from bp_studio.cache import Cache
from scenes.kit.voice import espeak, espeak_program
from scenes.kit.voice.speakers import speaker_of, speech_kept_in
from scenes.kit.voice.speech import Utterance
from tests.voices import murmur, silence, sound_file

WORDS = Utterance("mine_step", "One two. Three four.", "One two. Three four.", 2.0)


class Murmuring:
    """A service as manim-voiceover has them: a sound file in the folder, and in a good one the time of each word."""

    asked: ClassVar[list[str]] = []
    boundaries: ClassVar[Any] = None

    def __init__(self, voice: str = "usual", **settings: Any) -> None:
        assert set(settings) == {"cache_dir", "transcription_model"}
        self.voice = voice

    def generate_from_text(self, text: str, cache_dir: str) -> dict[str, Any]:
        Murmuring.asked.append(f"{self.voice}: {text}")
        sound = np.concatenate([silence(0.5), murmur(1.0), silence(0.4), murmur(1.0), silence(0.3)])
        sound_file(sound, Path(cache_dir) / "said.mp3", "libmp3lame")
        return {"original_audio": "said.mp3", "input_text": text} | (
            {} if Murmuring.boundaries is None else {"word_boundaries": Murmuring.boundaries}
        )


class Asking(Murmuring):
    def generate_from_text(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"original_audio": input("Shall I install it?")}


class Failing(Murmuring):
    def generate_from_text(self, *_: Any, **__: Any) -> dict[str, Any]:
        raise RuntimeError("the service\nis tired")


class Mute(Murmuring):
    def generate_from_text(self, _: str, cache_dir: str) -> dict[str, Any]:
        (Path(cache_dir) / "said.mp3").write_text("no sound")
        return {"original_audio": "said.mp3"}


@pytest.fixture(autouse=True)
def fresh() -> None:
    Murmuring.asked.clear()
    Murmuring.boundaries = None


def lesson(voice: Voice | None, language: str = "en") -> Lesson:
    made = lesson_from(
        {
            "title": "Small",
            "network": {"sizes": [1, 1], "activations": "tanh", "weights": [[[1.5]]], "biases": [[0.2]]},
            "cost": "squared_error",
            "examples": [{"x": [0.5], "y": [1.0]}],
            "look": {"language": language},
            "chapters": ["nudge"],
        }
    )
    return replace(made, voice=voice)


def say(voice: Voice, words: Utterance = WORDS, language: str = "en") -> Any:
    speaker = speaker_of(lesson(voice, language))
    assert speaker is not None
    return speaker.say(words)


def service(kind: type) -> Voice:
    found = Voice.asked(f"{__name__}:{kind.__name__}")
    assert found is not None
    return found


def test_nobody_speaks_where_no_voice_is_asked_for() -> None:
    assert speaker_of(lesson(None)) is None


def test_a_service_speaks_and_is_asked_once(tmp_path: Path) -> None:
    with speech_kept_in(Cache(tmp_path)):
        first, second = say(service(Murmuring)), say(service(Murmuring))
    assert Murmuring.asked == [f"usual: {WORDS.text}"]
    assert (first.samples == second.samples).all()
    assert first.times == second.times
    assert first.seconds == pytest.approx(2.5, abs=0.1)
    assert first.at(WORDS.text.index("Three")) == pytest.approx(1.42, abs=0.06)


def test_a_service_that_tells_the_time_of_each_word_is_believed() -> None:
    Murmuring.boundaries = [
        {"text_offset": 0, "audio_offset": 5_000_000},
        {"text_offset": 4, "audio_offset": 9_000_000},
        {"text_offset": 9, "audio_offset": 19_200_000},
    ]
    speech = say(service(Murmuring))
    assert speech.at(4) == pytest.approx(0.4, abs=0.06)
    assert speech.at(9) == pytest.approx(1.42, abs=0.06)
    Murmuring.boundaries = [{"text_offset": 90, "audio_offset": 0}]
    assert say(service(Murmuring)).at(9) == pytest.approx(1.42, abs=0.06), "but not one that cannot be right"


@pytest.mark.parametrize(
    ("kind", "message"),
    [(Failing, "cannot speak: the service is tired"), (Mute, "gives something that is no sound file for 'One two")],
)
def test_a_service_that_fails_is_told_in_a_line(kind: type, message: str) -> None:
    with pytest.raises(NoVoice, match=message):
        say(service(kind))


def test_a_service_that_asks_gets_no_answer() -> None:
    with pytest.raises(NoVoice, match="Asking asks for something that is not there"):
        say(service(Asking))


def test_a_service_that_is_not_installed_is_told_with_its_command() -> None:
    asked = Voice.asked("gtts:de")
    assert asked is not None
    with pytest.raises(NoVoice, match=r"gtts is not installed: .* -m pip install 'manim-voiceover\[gtts\]'"):
        say(asked)


@pytest.mark.parametrize(
    ("said", "voice"),
    [
        ("none", None),
        ("espeak-ng", Voice()),
        ("espeak-ng:en-us", Voice(voice="en-us")),
        ("gtts:de", Voice("gtts", "de")),
        ("my.module:Speaker", Voice("my.module:Speaker")),
    ],
)
def test_a_voice_as_the_command_line_names_it(said: str, voice: Voice | None) -> None:
    assert Voice.asked(said) == voice


def test_a_folder_is_a_voice(tmp_path: Path) -> None:
    assert Voice.asked(str(tmp_path)) == Voice(recordings=tmp_path)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("gtt", "expected none, a folder of recordings, or a service .*; got 'gtt'; did you mean 'gtts'?"),
        ("no/such", "expected a folder of recordings; got 'no/such', which is not there"),
    ],
)
def test_a_voice_that_there_is_not(said: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Voice.asked(said)


def test_espeak_says_each_word_when_it_says_so() -> None:
    text = "The cost is zero. Now the weight changes."
    speech = say(Voice(), Utterance("mine", text, text, 2.0))
    places = [place for place, _ in speech.times]
    assert {text.index(word) for word in ("The", "cost", "zero", "Now", "weight", "changes")} <= {*places}
    times = [at for _, at in speech.times]
    assert times == sorted(times)
    assert speech.at(len(text)) == speech.seconds


def test_pace_and_speed_are_how_fast_it_speaks() -> None:
    usual = say(Voice()).seconds
    assert say(Voice(speed=300)).seconds < 0.75 * usual
    assert say(Voice(), Utterance(WORDS.name, WORDS.text, WORDS.written, 1.0, pace=2.0)).seconds < 0.75 * usual


def test_another_language_has_another_voice() -> None:
    german, english = say(Voice(), language="de"), say(Voice())
    assert len(german.samples) != len(english.samples)


def test_what_no_voice_says_is_silent_while_it_is_read() -> None:
    speech = say(Voice(), Utterance("mine", "…", "…", 1.3))
    assert speech.seconds == pytest.approx(1.3, abs=0.001)
    assert not speech.samples.any()


def test_a_voice_that_espeak_does_not_have_is_told_with_its_place() -> None:
    with pytest.raises(LessonErrors, match=r"--voice: expected a voice of espeak-ng, as .*; got 'elvish'"):
        say(Voice(voice="elvish"))


def test_where_there_is_no_espeak_the_command_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(Path(espeak_program.__file__).read_text().replace("libespeak-ng", "libnobody").replace(
        'find_library("espeak-ng")', 'find_library("nobody")'
    ))  # fmt: skip
    monkeypatch.setattr(espeak_program, "__file__", str(program))
    espeak._version.cache_clear()
    with pytest.raises(NoVoice, match="espeak-ng is not installed, which shall speak; `bp doctor` tells the command"):
        say(Voice())
    espeak._version.cache_clear()


def test_no_library_in_c_runs_beside_the_program() -> None:
    say(Voice())
    maps = Path("/proc/self/maps")
    if sys.platform == "linux":
        assert "espeak" not in maps.read_text()
    assert json.loads(espeak._run([], "").stdout)["version"]
