"""The speech services of manim-voiceover, where that package is installed: for whoever makes the film to choose."""

from __future__ import annotations

import importlib
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bp_script.errors import in_a_line, shown
from bp_script.language.caller import tr
from bp_script.voice import NoVoice, Voice
from scenes.kit.voice.sound import NoSound, decode
from scenes.kit.voice.speech import LONGEST, Said, Utterance

#: The class of each service, and what it calls the voice; None if it has only one.
_CLASSES: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "azure": ("manim_voiceover.services.azure:AzureService", "voice"),
        "elevenlabs": ("manim_voiceover.services.elevenlabs:ElevenLabsService", "voice_name"),
        "gemini": ("manim_voiceover.services.gemini:GeminiService", "voice"),
        "gtts": ("manim_voiceover.services.gtts:GTTSService", "lang"),
        "openai": ("manim_voiceover.services.openai:OpenAIService", "voice"),
        "pyttsx3": ("manim_voiceover.services.pyttsx3:PyTTSX3Service", None),
    }
)
#: In what Azure and manim-voiceover count the time of words: so many a second.
_TICKS = 10_000_000


@dataclass(frozen=True, slots=True)
class Service:
    """Says words by a service of manim-voiceover."""

    voice: Voice
    language: str

    @property
    def signature(self) -> tuple[str, ...]:
        """What the sound depends on besides the words."""
        return (self.voice.service, _version(), self.voice.voice or "", self.language)

    def speak(self, words: Utterance) -> Said:
        """The words, as they come from it.

        Raises:
            NoVoice: it is not installed, or does not answer as it should.
        """
        kind, name = self._kind, self.voice.service
        with tempfile.TemporaryDirectory() as folder, _nobody_to_ask():
            try:
                # some would load a model to find out when each word comes
                hired = kind(cache_dir=folder, transcription_model=None, **self._settings)
                made = hired.generate_from_text(words.text, cache_dir=folder)
                content = (Path(folder) / str(made["original_audio"])).read_bytes()
                return Said(decode(content, LONGEST), _times(made.get("word_boundaries"), words.text))
            except NoSound as error:
                told = tr("%(service)s gives %(found)s for %(text)s", service=name, found=error, text=shown(words.text))
                raise NoVoice(told) from error
            except EOFError as error:  # it asks whether it shall install something
                told = tr("%(service)s asks for something that is not there", service=name)
                raise NoVoice(told + self._remedy) from error
            except Exception as error:  # whatever it does
                raise NoVoice(
                    tr("%(service)s cannot speak: %(error)s", service=name, error=in_a_line(error))
                ) from error

    @property
    def _kind(self) -> Any:
        """The service's class."""
        module, _, name = _CLASSES.get(self.voice.service, (self.voice.service, None))[0].partition(":")
        try:
            with _nobody_to_ask():
                return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise NoVoice(tr("%(service)s is not installed", service=self.voice.service) + self._remedy) from error

    @property
    def _settings(self) -> dict[str, str]:
        named = _CLASSES.get(self.voice.service, ("", "voice"))[1]
        settings = {} if self.voice.voice is None or named is None else {named: self.voice.voice}
        return {"lang": self.language, **settings} if self.voice.service == "gtts" else settings

    @property
    def _remedy(self) -> str:
        """The command that installs it, as far as it is known."""
        known = self.voice.service in _CLASSES
        return f": {sys.executable} -m pip install 'manim-voiceover[{self.voice.service}]'" if known else ""


def _times(boundaries: Any, text: str) -> tuple[tuple[int, float], ...]:
    """When each word comes, as far as the service tells it in a way that can be right."""
    told = [(int(word["text_offset"]), word["audio_offset"] / _TICKS) for word in boundaries or ()]
    rising = all(a < b for a, b in pairwise(told))
    return tuple(told) if rising and all(0 <= place < len(text) for place, _ in told) else ()


def _version() -> str:
    try:
        return metadata.version("manim-voiceover")
    except metadata.PackageNotFoundError:
        return ""


@contextmanager
def _nobody_to_ask() -> Iterator[None]:
    """A service that would ask its user gets no answer; what it prints is not for a program's output."""
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stdin = before
