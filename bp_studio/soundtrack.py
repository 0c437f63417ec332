"""A film's sound: what is said, each beat at its time, and silence between; coded once for the whole film."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
from av.audio.frame import AudioFrame

from bp_script.language.caller import tr
from bp_studio.cache import Cache, default_folder
from bp_studio.errors import StudioError
from scenes.kit.voice.sound import RATE
from scenes.kit.voice.speakers import speaker_of, speech_kept_in
from scenes.kit.voice.speech import Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet
    from numpy.typing import NDArray

    from bp_script.lesson import Lesson
    from bp_studio.film_record import FilmRecord

    Track = NDArray[np.int16]

#: How sound is coded in each format; the others have none.
CODECS = {".mp4": "aac", ".mov": "aac", ".webm": "libopus"}
_BITS_A_SECOND = {"aac": 128_000, "libopus": 64_000}
#: How far the sound that is there may differ from the one that the pictures were timed by, in seconds.
_TOLERANCE = 0.001


def speech_kept() -> AbstractContextManager[None]:
    """What is said within the block is kept with the clips, and not said again while they are drawn and joined."""
    return speech_kept_in(Cache(default_folder()))


def soundtrack(lesson: Lesson, record: FilmRecord) -> Track | None:
    """All that is heard in a film, sample by sample; None where nobody speaks.

    Raises:
        StudioError: what is said is not what the pictures were timed by.
        LessonErrors: it cannot be said any more.
    """
    speaker = speaker_of(lesson)
    if speaker is None:
        return None
    track: Track = np.zeros(round(record.duration * RATE), np.int16)
    with speech_kept():
        for sound in record.sounds:
            speech = speaker.say(Utterance(sound.name, sound.text, sound.written, sound.reading, sound.pace))
            if abs(speech.seconds - sound.seconds) > _TOLERANCE:
                raise StudioError(
                    tr("the voice of %(step)s has changed while the film was made; make it once more", step=sound.name)
                )
            start = round(sound.at * RATE)
            part = track[start : start + len(speech.samples)]
            part += speech.samples[: len(part)]
    return track


def add_sound_stream(film: OutputContainer, codec: str) -> AudioStream:
    """A stream for the sound of a film."""
    stream = cast("AudioStream", film.add_stream(codec, rate=RATE, layout="mono"))
    stream.bit_rate = _BITS_A_SECOND[codec]
    return stream


def coded(track: Track, stream: AudioStream) -> Iterator[tuple[Fraction, Packet[AudioStream]]]:
    """The track in packets, each with its time in seconds.

    Players count the length of a film by its longest stream: the last packet that would reach beyond the end is left
    out, less than a twentieth of a second in which nobody speaks any more.
    """
    stream.codec_context.open(strict=False)
    size = stream.codec_context.frame_size
    planes = stream.codec_context.format.name
    for start in range(0, len(track) - size + 1, size):
        part = track[start : start + size]
        samples = part.astype(np.float32) / 32768 if planes.startswith("flt") else part
        frame = AudioFrame.from_ndarray(samples[np.newaxis], format=planes, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield from _timed(stream.encode(frame), len(track) - size)
    yield from _timed(stream.encode(None), len(track) - size)


def _timed(packets: list[Packet[AudioStream]], last: int) -> Iterator[tuple[Fraction, Packet[AudioStream]]]:
    """The packets with their times, but none after the ``last`` sample that one may begin with."""
    for packet in packets:
        if packet.pts is None or packet.time_base is None:
            raise StudioError(tr("the sound has a packet without a time"))
        if packet.pts * packet.time_base * RATE <= last:
            yield packet.pts * packet.time_base, packet
