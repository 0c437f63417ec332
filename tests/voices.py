"""Sounds for tests: made by arithmetic, measured by arithmetic of its own."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

RATE = 48_000
Track = NDArray[np.float64]


def murmur(seconds: float, *, level: float = 0.2, seed: int = 0) -> Track:
    """Noise that swells and fades about four times a second, as syllables do, and begins and ends at once."""
    count = round(seconds * RATE)
    swell = 0.6 - 0.4 * np.cos(2 * np.pi * 4 * np.arange(count) / RATE + np.pi)
    return np.asarray(level * swell * np.random.default_rng(seed).standard_normal(count))


def silence(seconds: float) -> Track:
    return np.zeros(round(seconds * RATE))


def sound_file(samples: Track, path: Path, codec: str, *, rate: int = RATE, container: str | None = None) -> Path:
    """Write a sound file as other programs do."""
    with av.open(path, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        kind = stream.codec_context.codec.audio_formats[0].name
        frame = AudioFrame.from_ndarray(samples[np.newaxis].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        stream.codec_context.open(strict=False)
        size = stream.codec_context.frame_size or 0
        resampler = av.AudioResampler(format=kind, layout="mono", rate=rate, frame_size=size)
        for given in (frame, None):
            for part in resampler.resample(given):
                file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return path


def heard_in(film: Path | bytes) -> tuple[Track, float]:
    """The sound of a film as a player gives it, and when its first sample is heard."""
    with av.open(io.BytesIO(film) if isinstance(film, bytes) else film) as source:
        stream = source.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        first = None
        parts = []
        for frame in source.decode(stream):
            if first is None and frame.pts is not None and frame.time_base is not None:
                first = float(frame.pts * frame.time_base)
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float64), first or 0.0


def levels(samples: Track, window: float = 0.005) -> Track:
    """The loudness of each window."""
    size = round(window * RATE)
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.asarray(np.sqrt((whole**2).mean(axis=1)))


def onset(samples: Track, since: float, until: float, *, threshold: float = 0.01) -> float:
    """When something is heard first between two times."""
    found = levels(samples[round(since * RATE) : round(until * RATE)]) > threshold
    assert found.any(), f"nothing is heard from {since} to {until}"
    return since + float(np.argmax(found)) * 0.005


def loudest(samples: Track, since: float, until: float) -> float:
    """The level of the loudest window between two times."""
    return float(levels(samples[round(since * RATE) : round(until * RATE)]).max(initial=0.0))
