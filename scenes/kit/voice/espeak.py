"""The voice of espeak-ng, which needs no network."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bp_script.errors import shown
from bp_script.language.caller import tr
from bp_script.voice import SPEED, NoVoice, Voice
from scenes.kit.voice import espeak_program
from scenes.kit.voice.sound import Samples, resampled
from scenes.kit.voice.speech import Said, Utterance

#: Of a language's voices the one to begin with, where espeak-ng has several.
_USUAL = {"en": "en-gb"}
#: It says a page in a second; one that takes longer hangs.
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Espeak:
    """Says words by espeak-ng."""

    voice: Voice
    language: str

    @property
    def signature(self) -> tuple[str, ...]:
        """What the sound depends on besides the words."""
        return ("espeak-ng", _version(), self._name, str(self.voice.speed), str(self.voice.pitch))

    def speak(self, words: Utterance) -> Said:
        """The words, as they come out of it.

        Raises:
            LessonErrors: it has no such voice.
            NoVoice: it is not installed.
        """
        slowest, fastest = SPEED
        speed = min(fastest, max(slowest, round(self.voice.speed * words.pace)))
        done = _run([self._name, str(speed), str(self.voice.pitch)], words.text)
        if done.returncode == espeak_program.NO_VOICE:
            got = shown(self._name)
            told = tr("expected a voice of espeak-ng, as `espeak-ng --voices` lists them; got %(got)s", got=got)
            raise self.voice.error("voice", told)
        head, _, samples = done.stdout.partition(b"\n")
        told = json.loads(head)
        pcm: Samples = np.frombuffer(samples, np.int16).astype(np.float32)
        return Said(
            resampled(pcm / np.float32(32768), told["rate"]), tuple((place, at / 1000) for place, at in told["words"])
        )

    @property
    def _name(self) -> str:
        return self.voice.voice or _USUAL.get(self.language, self.language.lower())


@cache
def _version() -> str:
    return str(json.loads(_run([], "").stdout)["version"])


def _run(arguments: list[str], text: str) -> subprocess.CompletedProcess[bytes]:
    """The program that speaks, in a process of its own: nothing of ours shares it with a library in C."""
    command = [sys.executable, "-P", "-S", str(Path(espeak_program.__file__)), *arguments]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=_LONGEST)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NoVoice(tr("espeak-ng does not come to an end with %(text)s", text=shown(text))) from None
    if done.returncode == espeak_program.NO_LIBRARY:
        raise NoVoice(
            tr("espeak-ng is not installed, which shall speak; `bp doctor` tells the command that installs it")
        )
    if done.returncode not in {0, espeak_program.NO_VOICE}:
        status = done.returncode
        raise NoVoice(tr("espeak-ng ended with status %(status)s at %(text)s", status=status, text=shown(text)))
    return done
