"""Sound as samples: read from any file, silence at its ends cut, as loud as all the rest."""

from __future__ import annotations

import io
from functools import cache

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from bp_script.language.caller import tr

#: Samples a second, one channel.
RATE = 48_000
#: How loud every voice is, in LUFS (ITU-R BS.1770), and the highest sample after that.
LOUDNESS, _CEILING = -19.0, 0.89
#: Windows in which a sound is looked at for silence, in seconds.
WINDOW = 0.01
#: What is left before the first sound and after the last, in seconds.
_LEAD, _TAIL = 0.02, 0.08
#: Softer than this share of the loudest window is silence, and so is anything below this level.
_SILENT, _FLOOR = 0.03, 0.0005
#: In the quietest windows a room is heard: a voice is so many times as loud, or at least that share of the loudest.
_QUIETEST, _ABOVE_THE_ROOM, _LOUDEST_ROOM = 0.05, 2.5, 0.15
#: Shorter than this there is no word in it.
_SHORTEST = 0.05

Samples = NDArray[np.float32]


class NoSound(ValueError):  # noqa: N818 - what was found
    """What cannot be played as a voice; the message says what was found."""


def decode(content: bytes, longest: float) -> Samples:
    """The samples of a sound file of any kind.

    Raises:
        NoSound: it is none, or longer than so many seconds.
    """
    try:
        with av.open(io.BytesIO(content), "r") as source:
            if not source.streams.audio:
                raise NoSound(tr("a file without sound"))
            resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
            parts: list[Samples] = []
            length = 0
            for frame in source.decode(source.streams.audio[0]):
                made = [_samples(part) for part in resampler.resample(frame)]
                parts += made
                length += sum(map(len, made))
                if length > longest * RATE:
                    break
            parts += [_samples(part) for part in resampler.resample(None)]
    except (av.FFmpegError, ValueError, EOFError) as error:
        if isinstance(error, NoSound):
            raise
        raise NoSound(tr("something that is no sound file")) from None
    samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    if len(samples) > longest * RATE:
        raise NoSound(tr("more than %(seconds)s seconds", seconds=f"{longest:.0f}"))
    return samples


def resampled(samples: Samples, rate: int) -> Samples:
    """Samples of another rate at this module's."""
    frame = AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = rate
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    return np.concatenate([_samples(part) for given in (frame, None) for part in resampler.resample(given)])


def voiced(samples: Samples) -> NDArray[np.bool_]:
    """For each window whether something is heard in it."""
    size = round(WINDOW * RATE)
    whole = np.zeros(-(-len(samples) // size) * size, np.float32)
    whole[: len(samples)] = samples
    levels = np.sqrt(np.mean(whole.reshape(-1, size) ** 2, axis=1))
    if not len(levels):
        return np.zeros(0, np.bool_)
    loudest, room = float(levels.max()), float(np.quantile(levels, _QUIETEST))
    least = max(_SILENT * loudest, min(_ABOVE_THE_ROOM * room, _LOUDEST_ROOM * loudest), _FLOOR)
    heard: NDArray[np.bool_] = levels > least
    return heard


def trimmed(samples: Samples) -> tuple[Samples, float]:
    """The samples from the first sound to the last, and how many seconds were cut off before.

    Raises:
        NoSound: nothing is heard.
    """
    heard = np.flatnonzero(voiced(samples))
    if len(heard) < _SHORTEST / WINDOW:
        raise NoSound(tr("nothing but silence") if len(samples) else tr("an empty sound"))
    first = max(0, round((heard[0] * WINDOW - _LEAD) * RATE))
    last = min(len(samples), round(((heard[-1] + 1) * WINDOW + _TAIL) * RATE))
    return samples[first:last], first / RATE


def levelled(samples: Samples) -> Samples:
    """The samples at the common loudness; peaks are rounded off, not cut."""
    louder = samples * np.float32(10 ** ((LOUDNESS - loudness(samples)) / 20))
    knee = _CEILING / 2
    over = np.maximum(np.abs(louder) - knee, 0.0)
    rounded = np.sign(louder) * (knee + (_CEILING - knee) * np.tanh(over / (_CEILING - knee)))
    return np.where(over > 0, rounded, louder).astype(np.float32)


def loudness(samples: Samples) -> float:
    """How loud they are in LUFS: what an ear takes for loud, silences left out."""
    heard = np.fft.irfft(np.fft.rfft(samples) * _ear(len(samples)), len(samples))
    block = min(len(heard), round(0.4 * RATE))
    starts = range(0, len(heard) - block + 1, max(1, block // 4))
    sums = np.concatenate([[0.0], np.cumsum(heard**2)])
    power = np.array([(sums[start + block] - sums[start]) / block for start in starts])
    power = power[power > _power(-70.0)]
    if not len(power):
        return -70.0
    kept = power[power > np.mean(power) / 10]
    return float(-0.691 + 10 * np.log10(np.mean(kept)))


def _power(level: float) -> float:
    return float(10 ** ((level + 0.691) / 10))


@cache
def _ear(length: int) -> NDArray[np.complex128]:
    """BS.1770's two filters, a shelf for the head and a high pass, for the spectrum of so many samples."""
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = np.ones(len(z), np.complex128)
    for b, a in (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
    ):
        response *= (b[0] + b[1] * z + b[2] * z**2) / (a[0] + a[1] * z + a[2] * z**2)
    return response


def _samples(frame: AudioFrame) -> Samples:
    return frame.to_ndarray()[0].astype(np.float32)
