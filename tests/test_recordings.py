"""A film that people speak themselves: their recordings, and ``bp voice``, which lists what to record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, load
from bp_studio.commands.voice import folder_of, to_hear
from bp_studio.reading_list import Line, note, state_of, write_script
from scenes.kit.film.record import ClipRecord
from scenes.kit.manim_door import dry_run, quality
from scenes.kit.voice.recordings import found
from scenes.kit.voice.sound import LOUDNESS, loudness
from scenes.kit.voice.speakers import speaker_of
from scenes.kit.voice.speech import Utterance
from scenes.registry import chapter_class
from tests.bp_command import BP, SMALL
from tests.voices import murmur, silence, sound_file

STEPS = """\
- custom:
      name: mine
      steps:
        - show: {number_lines: ["w[L][0][0]", "C"]}
        - say: "Look at the cost. {@now} Now the weight changes."
        - focus: "C"
        - at: now
        - nudge: {"w[L][0][0]": 0.2}
"""
SPOKEN = SMALL.replace("- nudge\n", STEPS).replace("chapters:", "voice: {recordings: takes}\nchapters:")
WORDS = "Look at the cost. Now the weight changes."
STEP = "mine_step_3"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "takes").mkdir()
    return tmp_path


def lesson(place: Path, text: str = SPOKEN) -> Lesson:
    (place / "small.yaml").write_text(text, encoding="utf-8")
    return load(place / "small.yaml")


def walked(lesson: Lesson, place: Path) -> ClipRecord:
    return dry_run(chapter_class("custom"), lesson, lesson.chapters[0], quality("l", "16:9"), place)


def recorded(place: Path, *parts: np.ndarray, name: str = f"01_{STEP}.wav") -> Path:
    return sound_file(np.concatenate(parts), place / "takes" / name, "pcm_s16le")


def told(place: Path, text: str = SPOKEN) -> str:
    """What is told when the words shall be said."""
    speaker = speaker_of(lesson(place, text))
    assert speaker is not None
    with pytest.raises(LessonErrors) as caught:
        speaker.say(Utterance(STEP, WORDS, WORDS, 3.0))
    (error,) = caught.value.errors
    return str(error).removeprefix(f"{place}/")


def test_a_step_lasts_as_long_as_its_recording_and_moves_with_its_words(place: Path) -> None:
    recorded(place, silence(0.8), murmur(3.0), silence(0.7), murmur(4.0), silence(2.0))
    record = walked(lesson(place), place)
    (sound,) = record.sounds
    assert sound.seconds == pytest.approx(3.0 + 0.7 + 4.0 + 0.1, abs=0.03), "silence at the ends is cut"
    assert record.moments[-1].at == pytest.approx(sound.at + sound.seconds + 0.4, abs=0.07)
    moved = [shown.until for shown in record.shown if shown.quantity == "w[2][0][0]" and shown.nudged is None]
    assert moved[-1] == pytest.approx(sound.at + 3.7 + 0.02, abs=0.08), (
        "the weight changes with the word after the pause"
    )


def test_a_recording_is_heard_as_loud_as_any_voice(place: Path) -> None:
    recorded(place, murmur(2.0, level=0.01))
    speaker = speaker_of(lesson(place))
    assert speaker is not None
    speech = speaker.say(Utterance(STEP, WORDS, WORDS, 3.0))
    assert loudness(speech.samples / np.float32(32767)) == pytest.approx(LOUDNESS, abs=0.3)


@pytest.mark.parametrize("name", [f"{STEP}.wav", f"07 - {STEP.upper()}.flac", f"3_{STEP}.mp3"])
def test_what_stands_before_the_name_does_not_matter(place: Path, name: str) -> None:
    (place / "takes" / name).write_bytes(b"")
    (place / "takes" / f"other_{STEP}.wav").write_bytes(b"")
    (place / "takes" / f"{STEP}.txt").write_bytes(b"")
    assert found(place / "takes", STEP) == name


def test_a_missing_recording_is_told_with_its_line_and_its_name(place: Path) -> None:
    assert told(place) == (
        f"small.yaml:12:21: voice.recordings: expected a recording of {WORDS!r}; got no {STEP} "
        "(.wav, .mp3, .m4a, .flac, .ogg or .opus) in 'takes' (`bp voice` lists what to record)"
    )


def test_where_one_is_missing_there_can_be_silence(place: Path) -> None:
    silent = lesson(place, SPOKEN.replace("recordings: takes", "recordings: takes, missing: silence"))
    plain = lesson(place, SPOKEN.replace("voice: {recordings: takes}\n", ""))
    record, without = walked(silent, place), walked(plain, place)
    assert record.sounds[0].seconds == record.sounds[0].reading > 2
    assert [caption.text for caption in record.captions] == [caption.text for caption in without.captions]
    assert record.duration == pytest.approx(without.duration, abs=0.07), "but for a frame"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "something that is no sound file"),
        (b"title: no sound at all", "something that is no sound file"),
        (silence(2.0), "nothing but silence"),
        (murmur(200.0, level=0.1)[::4].repeat(4), "more than 180 seconds"),
    ],
    ids=["empty", "text", "silent", "long"],
)
def test_a_file_that_cannot_be_heard_is_told(place: Path, content: bytes | np.ndarray, what: str) -> None:
    path = place / "takes" / f"{STEP}.flac"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        sound_file(content, path, "flac", rate=8_000)
    message = told(place)
    assert message.startswith("small.yaml:12:21: voice.recordings: expected a recording of ")
    assert f"got {what} in '{STEP}.flac'" in message


def test_two_recordings_of_a_step_are_told(place: Path) -> None:
    recorded(place, murmur(1.0))
    recorded(place, murmur(1.0), name=f"2_{STEP}.wav")
    assert f"expected one recording {STEP}; got '01_{STEP}.wav' or '2_{STEP}.wav'" in told(place)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(place: Path) -> None:
    sound_file(murmur(1.0), place / "outside.wav", "pcm_s16le")
    (place / "takes" / f"{STEP}.wav").symlink_to(place / "outside.wav")
    assert "a link that leads elsewhere" in told(place)


def line(words: str = WORDS) -> Line:
    return Line(STEP, 1, "Mine", words, 3.0)


def test_a_recording_for_other_words_is_told_until_it_is_recorded_anew(place: Path) -> None:
    folder = place / "takes"
    recorded(place, murmur(1.0))
    note(folder, [state_of(line("Look at the weight."), folder)])
    assert state_of(line(), folder).what == "words have changed"
    assert "recorded for 'Look at the weight.' (`bp voice --accept` takes it as it is)" in told(place)
    note(folder, [state_of(line(), folder)])
    assert state_of(line(), folder).what == "words have changed", "nobody forgets it"
    recorded(place, murmur(1.5))
    assert state_of(line(), folder).what == "there, 1.5 s"
    note(folder, [state_of(line(), folder)])
    assert state_of(line("Other words."), folder).what == "words have changed"


def test_a_recording_can_be_accepted_as_it_is(place: Path) -> None:
    folder = place / "takes"
    recorded(place, murmur(1.0))
    note(folder, [state_of(line("Look at the weight."), folder)])
    note(folder, [state_of(line(), folder)], {STEP})
    assert state_of(line(), folder).what == "there, 1.0 s"


def test_one_that_was_recorded_from_an_older_list_is_told(place: Path) -> None:
    folder = place / "takes"
    note(folder, [state_of(line("Look at the weight."), folder)])
    recorded(place, murmur(1.0))
    assert state_of(line(), folder).what == "words have changed"


def test_the_list_to_read_from(place: Path) -> None:
    text = write_script("Small", [line(), Line("end_card_step", 2, "The end", "And a step.", 1.2)], place).read_text()
    assert "1. Mine\n-------\n\n01_mine_step_3  (about 3 s)\n    Look at the cost. Now the weight changes.\n" in text
    assert "2. The end\n----------\n\n02_end_card_step  (about 1 s)\n    And a step.\n" in text
    assert all(len(each) <= 80 for each in text.splitlines())


def test_another_language_has_a_folder_of_its_own_and_the_command_to_hear_it_is_told(place: Path) -> None:
    own = lesson(place)
    assert folder_of(own, {}) == place / "takes"
    assert folder_of(own, {"language": "de"}) == place / "takes-de"
    unnamed = replace(own, voice=None)
    assert folder_of(unnamed, {}) == place / "small_voice"
    assert folder_of(unnamed, {"language": "de"}) == place / "small-de_voice"
    said = to_hear("Übung 3.yaml", ("mine",), {"language": "de"}, Path("takes-de"))
    assert said == "bp render 'Übung 3.yaml' --chapter mine --language de --voice ./takes-de"


#: Stands in for a microphone: plays what it is given into the file, and ends when it is interrupted.
ARECORD = """#!{python}
import shutil, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(1))
shutil.copy({source!r}, sys.argv[-1])
time.sleep(30)
"""


def test_what_is_missing_is_recorded_step_by_step(place: Path) -> None:
    lesson(place)
    source = sound_file(murmur(1.2), place / "source.wav", "pcm_s16le")
    (place / "bin").mkdir()
    (place / "bin" / "arecord").write_text(ARECORD.format(python=sys.executable, source=str(source)))
    (place / "bin" / "arecord").chmod(0o755)
    command = [str(BP), "voice", "small.yaml", "--chapter", "mine", "--jobs", "1"]
    environment = {**os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}"}

    listed = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert (listed.returncode, listed.stderr) == (1, "")
    assert listed.stdout.splitlines() == [f"01_{STEP}: missing", f"{place / 'takes'}: 0 of 1 steps recorded"]
    with subprocess.Popen(
        [*command, "--record"], cwd=place, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as recording:
        assert recording.stdin is not None
        recording.stdin.write("\n")
        recording.stdin.flush()
        for _ in range(600):
            if any(path.stat().st_size == source.stat().st_size for path in place.glob("takes/.recording-*/*.wav")):
                break
            time.sleep(0.1)
        said, _ = recording.communicate("\n\n")
    assert recording.returncode == 0, said
    assert WORDS in said
    assert said.endswith(f"01_{STEP}: there, 1.2 s\n{place / 'takes'}: 1 of 1 steps recorded\n")
    assert sorted(path.name for path in (place / "takes").iterdir()) == [f"01_{STEP}.wav", "script.txt", "texts.json"]
    assert json.loads((place / "takes" / "texts.json").read_text())[STEP]["text"] == WORDS
