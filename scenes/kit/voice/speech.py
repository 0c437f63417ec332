"""What a voice is asked to say, and what it said."""

from __future__ import annotations

import io
import json
import wave
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenes.kit.voice.sound import RATE, Samples

#: The most seconds that a beat may be spoken.
LONGEST = 180.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words of a beat: its ``name`` among all beats of the film, what is said, and what is written.

    ``reading`` is how long the captions take to read, in seconds, and ``pace`` how many times as fast as usual.
    """

    name: str
    text: str
    written: str
    reading: float
    pace: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Sound as it came: when the word at a place of the text is heard, as far as anybody tells, and from which file."""

    samples: Samples
    times: tuple[tuple[int, float], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Utterance as sound, one channel of 16 bits at the common rate.

    ``times`` says of places in the text when the word there is heard, in seconds.
    """

    samples: NDArray[np.int16]
    times: tuple[tuple[int, float], ...] = ()

    @classmethod
    def of(cls, samples: Samples, times: Sequence[tuple[int, float]]) -> Speech:
        """From samples between −1 and 1."""
        return cls(np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16), tuple(times))

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE

    def at(self, place: int) -> float:
        """When the word at a place of the text is heard."""
        if not self.times:
            return 0.0
        places, seconds = zip(*self.times, strict=True)
        return float(np.interp(place, places, seconds))

    def to_wav(self) -> bytes:
        """As a sound file."""
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(self.samples.itemsize)
            sound.setframerate(RATE)
            sound.writeframes(self.samples.tobytes())
        return file.getvalue()

    def to_bytes(self) -> bytes:
        """To be kept."""
        head = json.dumps(self.times).encode()
        return b"%d\n" % len(head) + head + zlib.compress(self.samples.tobytes(), 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> Speech:
        """What :meth:`to_bytes` wrote."""
        size, _, rest = data.partition(b"\n")
        times = tuple((int(place), float(at)) for place, at in json.loads(rest[: int(size)]))
        return cls(np.frombuffer(zlib.decompress(rest[int(size) :]), np.int16), times)


class Speaker(Protocol):
    """Whoever says the words."""

    def say(self, words: Utterance) -> Speech:
        """The words as sound.

        Raises:
            LessonErrors: they cannot be said, with the place in the lesson that asks for it.
        """
