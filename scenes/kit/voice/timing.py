"""When each word is heard, where nobody says so: the pauses between the words are held against the punctuation."""

from __future__ import annotations

import re

import numpy as np

from scenes.kit.voice.sound import RATE, WINDOW, Samples, voiced

#: Silence that is longer than within words, in seconds.
_PAUSE = 0.16
#: What a pause of a second speaks for a sentence's end there, and what the way of the whole sound speaks against it.
_FOR, _AGAINST = 2.0, 2.0
#: Longer pauses speak no louder.
_LONG = 0.6
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
    begun = [n for n in range(1, len(words)) if re.search(r"[.!?;:…]\W*$", words[n - 1][0])]
    pauses = _pauses(heard)
    anchors = {0: times[0]}
    for number, pause in _matched([times[n] for n in begun], pauses, len(samples) / RATE):
        anchors[begun[number]] = pauses[pause][0]
    end = (float(heard[-1]) + 1) * WINDOW
    fixed, at = [*anchors, len(words)], [*anchors.values(), end]
    # between two anchors the words share the time as their letters do
    inner = np.concatenate([shares, [1.0]])
    stretched = np.interp(inner, inner[fixed], at)
    return tuple((word.start(), round(float(t), 3)) for word, t in zip(words, stretched[:-1], strict=True))


def _matched(times: list[float], pauses: list[tuple[float, float]], whole: float) -> list[tuple[int, int]]:
    """Which pause each sentence probably follows: the pairs, in order, that the most speaks for; some have none."""

    def gain(time: float, pause: tuple[float, float]) -> float:
        end, length = pause
        return _FOR * min(length, _LONG) - _AGAINST * abs(end - time) / whole

    best: list[list[tuple[float, list[tuple[int, int]]]]] = [[(0.0, [])] * (len(pauses) + 1)]
    for n, time in enumerate(times):
        row = [best[n][0]]
        for p, pause in enumerate(pauses):
            together, pairs = best[n][p]
            paired = (together + gain(time, pause), [*pairs, (n, p)])
            row.append(max(best[n][p + 1], row[p], paired, key=lambda found: found[0]))
        best.append(row)
    return best[-1][-1][1]


def snapped(times: tuple[tuple[int, float], ...], samples: Samples) -> tuple[tuple[int, float], ...]:
    """The times, but a word that comes after a pause begins where the sound does."""
    after = np.array([0.0, *(end for end, _ in _pauses(np.flatnonzero(voiced(samples))))])
    moved = []
    for place, at in times:
        near = float(after[np.argmin(np.abs(after - at))])
        moved.append((place, near if abs(near - at) < _PAUSE else at))
    return tuple(moved)


def _pauses(heard: np.ndarray) -> list[tuple[float, float]]:
    """When each pause ends, and how long it is."""
    gaps = np.diff(heard) * WINDOW
    return [(float(heard[i + 1]) * WINDOW, float(gaps[i])) for i in np.flatnonzero(gaps > _PAUSE)]
