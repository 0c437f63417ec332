"""What is told in a beat: its captions, its bookmarks and, where somebody speaks, its sound, on one clock.

Without a voice the words take the time that they take to read; with one, the time that they take to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from bp_script.narration import Narration
from scenes.kit.film.captions import CaptionText, bookmarks_in, captions
from scenes.kit.view import View
from scenes.kit.voice.saying import said
from scenes.kit.voice.speech import Speaker, Speech, Utterance


@dataclass(frozen=True, slots=True)
class Told:
    """The captions of a beat, when each bookmark comes, in seconds since the beat's start, and what is heard."""

    lines: tuple[CaptionText, ...] = ()
    bookmarks: Mapping[str, float] = field(default_factory=dict)
    speech: tuple[Utterance, Speech] | None = None

    @property
    def seconds(self) -> float:
        """How long the words take."""
        return sum(line.seconds for line in self.lines)

    def clock(self, since: float) -> tuple[float, ...]:
        """When each caption comes, and at last when the words are over, if the first comes at ``since``."""
        return tuple(accumulate((line.seconds for line in self.lines), initial=since))


NOTHING = Told()


def told(narration: Narration, view: View, pace: float, speaker: Speaker | None, name: str) -> Told:
    """What is told of a narration; ``name`` is the beat's among all of the film."""
    lines = captions(narration, view, pace)
    if speaker is None or not lines:
        return Told(tuple(lines), bookmarks_in(lines))
    written = [token for line in lines for token in line.words]
    spoken = said([token.text for token in written], view.language)
    places = list(accumulate((len(word) + 1 for word in spoken), initial=0))
    words = " ".join(spoken), " ".join(token.text for token in written)
    utterance = Utterance(name, *words, sum(line.seconds for line in lines), pace)
    speech = speaker.say(utterance)
    firsts = accumulate((len(line.words) for line in lines[:-1]), initial=0)
    starts = [speech.at(places[first]) if first else 0.0 for first in firsts]
    timed = [
        replace(line, seconds=end - start)
        for line, (start, end) in zip(lines, pairwise([*starts, speech.seconds]), strict=True)
    ]
    bookmarks = {
        bookmark: speech.at(place)
        for token, place in zip(written, places, strict=False)
        for bookmark in token.bookmarks
    }
    return Told(tuple(timed), bookmarks, (utterance, speech))
