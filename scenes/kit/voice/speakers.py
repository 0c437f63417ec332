"""Who says a lesson's words, and what is kept of it: nothing is said twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bp_script.language.caller import tr
from bp_script.lesson import Lesson
from bp_script.voice import OFFLINE
from scenes.kit.voice.espeak import Espeak
from scenes.kit.voice.recordings import Recordings
from scenes.kit.voice.services import Service
from scenes.kit.voice.sound import RATE, NoSound, levelled, trimmed
from scenes.kit.voice.speech import Said, Speech, Utterance
from scenes.kit.voice.timing import estimated, snapped

#: Of what is made of a sound here: another number where that changes.
_VERSION = "1"


class Store(Protocol):
    """Bytes by key, for as long as there is room."""

    def get(self, key: str, /) -> bytes | None:
        """What was put there, or None."""

    def put(self, key: str, content: bytes, /) -> None:
        """Keep it."""


_STORE: ContextVar[Store | None] = ContextVar("speech", default=None)


@contextmanager
def speech_kept_in(store: Store) -> Iterator[None]:
    """What is said within the block is kept there, and taken from there."""
    before = _STORE.set(store)
    try:
        yield
    finally:
        _STORE.reset(before)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A service's voice; what it has said is kept."""

    who: Espeak | Service

    def say(self, words: Utterance) -> Speech:
        """The words as sound."""
        parts = (_VERSION, *self.who.signature, words.text, str(words.pace))
        key = hashlib.blake2b(json.dumps(parts).encode(), digest_size=20).hexdigest()
        store = _STORE.get()
        kept = store.get(key) if store is not None else None
        if kept is not None:
            return Speech.from_bytes(kept)
        speech = _made_of(self.who.speak(words), words)
        if store is not None:
            store.put(key, speech.to_bytes())
        return speech


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recordings, each as long as it is."""

    who: Recordings

    def say(self, words: Utterance) -> Speech:
        """The words as sound, or silence while they are read."""
        said = self.who.speak(words)
        if said is None:
            return silence(words)
        try:
            return _spoken(said, words)
        except NoSound as error:
            told = tr(
                "expected a recording of %(words)s; got %(found)s in %(file)s",
                words=words.name,
                found=error,
                file=repr(said.source),
            )
            raise self.who.voice.error("recordings", told) from None


def speaker_of(lesson: Lesson) -> Synthetic | Recorded | None:
    """Who says the words of this lesson; None if nobody does."""
    voice = lesson.voice
    if voice is None:
        return None
    language = lesson.look.language
    if voice.recordings is not None:
        return Recorded(Recordings(voice, voice.recordings))
    return Synthetic((Espeak if voice.service == OFFLINE else Service)(voice, language))


def speech_signature(lesson: Lesson) -> tuple[str, ...]:
    """What the lesson's voice depends on besides the words, as far as it is a service."""
    speaker = speaker_of(lesson)
    return (_VERSION, *speaker.who.signature) if isinstance(speaker, Synthetic) else (_VERSION,)


def silence(words: Utterance) -> Speech:
    """Nothing, as long as the words take to read; each has its share."""
    return Speech(np.zeros(round(words.reading * RATE), np.int16), ((0, 0.0), (len(words.text), words.reading)))


def _made_of(said: Said, words: Utterance) -> Speech:
    """What a service said; silence for words that no voice says, as an ellipsis."""
    try:
        return _spoken(said, words)
    except NoSound:
        return silence(words)


def _spoken(said: Said, words: Utterance) -> Speech:
    samples, cut = trimmed(said.samples)
    end = len(samples) / RATE
    told = tuple((place, min(max(at - cut, 0.0), end)) for place, at in said.times)
    times = snapped(told, samples) if told else estimated(words.text, samples)
    return Speech.of(levelled(samples), (*times, (len(words.text), end)))
