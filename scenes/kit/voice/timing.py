"""When each word is heard, where nobody says so: the pauses between the words are held against the punctuation."""

from __future__ import annotations

import re

import numpy as np

from scenes.kit.voice.sound import RATE, WINDOW, Samples, voiced

#: Silence that is longer than within words, in seconds.
_PAUSE = 0.16
#: How far a sentence's estimated start may be from the pause that it is put to, in seconds and as share of the whole.
_NEAR, _NEAR_SHARE = 0.5, 0.15
#: How many letters a word has besides its own: its beginning and end take time.
_BREAK = 2


def estimated(text: str, samples: Samples) -> tuple[tuple[int, float], ...]:
    """Places in the text with the time at which the word there is probably heard."""
    heard = np.flatnonzero(voiced(samples))
    words = list(re.finditer(r"\S+", text))
    if not words or not len(heard):
        return ()
    weights = [len(word[0]) + _BREAK for word in words]
    shares = np.concatenate([[0.0], np.cumsum(weights)])[:-1] / sum(weights)
    times = [float(heard[min(len(heard) - 1, int(share * len(heard)))]) * WINDOW for share in shares]
    after = _ends_of_pauses(heard)
    near = max(_NEAR, _NEAR_SHARE * len(samples) / RATE)
    anchors = {0: times[0]}
    for number in range(1, len(words)):
        if re.search(r"[.!?;:…]\W*$", words[number - 1][0]) and after:
            best = min(after, key=lambda at, number=number: abs(at - times[number]))  # type: ignore[misc]
            if abs(best - times[number]) < near and best > max(anchors.values()):
                anchors[number] = best
    end = (float(heard[-1]) + 1) * WINDOW
    fixed, at = [*anchors, len(words)], [*anchors.values(), end]
    # between two anchors the words share the time as their letters do
    inner = np.concatenate([shares, [1.0]])
    stretched = np.interp(inner, inner[fixed], at)
    return tuple((word.start(), round(float(t), 3)) for word, t in zip(words, stretched[:-1], strict=True))


def snapped(times: tuple[tuple[int, float], ...], samples: Samples) -> tuple[tuple[int, float], ...]:
    """The times, but a word that comes after a pause begins where the sound does."""
    after = np.array([0.0, *_ends_of_pauses(np.flatnonzero(voiced(samples)))])
    moved = []
    for place, at in times:
        near = float(after[np.argmin(np.abs(after - at))])
        moved.append((place, near if abs(near - at) < _PAUSE else at))
    return tuple(moved)


def _ends_of_pauses(heard: np.ndarray) -> list[float]:
    gaps = np.diff(heard) * WINDOW
    return [float(heard[i + 1]) * WINDOW for i in np.flatnonzero(gaps > _PAUSE)]
