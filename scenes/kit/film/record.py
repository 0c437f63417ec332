"""What a rendered chapter leaves behind besides its pictures: every number and equation it showed, and when.

Times are seconds since the chapter's first frame and always fall on a frame; boxes are pixels of the frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

#: What a whole film has before and after its chapters; they belong to the chapters beside them.
TITLE_CARD, END_CARD = "title_card", "end_card"
CARDS = frozenset({TITLE_CARD, END_CARD})


@dataclass(frozen=True, slots=True)
class Caption:
    """A stretch of narration that fits a caption: two lines at most."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number that stood still on screen, from when it settled until it moved, changed or went.

    ``box`` is x and y of the top left corner, width and height. ``example`` is None for a value of the data set,
    ``nudged`` None unless the value belongs to changed parameters, ``instead`` None unless to a lesson whose keys say
    something else, ``source`` None unless another program computed it.
    """

    at: float
    until: float
    box: tuple[int, int, int, int]
    quantity: str
    example: int | None
    step: int
    value: float
    text: str
    nudged: dict[str, float] | None = None
    instead: dict[str, str] | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ShownEquation:
    """An equation that stood on screen, with both sides evaluated."""

    at: float
    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A settled moment worth a still: the beat's name and the middle of its rest."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A beat's words, spoken for so many ``seconds`` from ``at`` on.

    ``name`` is the beat's among all of the film, ``text`` what is said for what is ``written``, ``reading`` how long
    the captions would take to read, ``pace`` how many times as fast as usual.
    """

    at: float
    seconds: float
    name: str
    text: str
    written: str
    reading: float
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """The record of one chapter."""

    chapter: str
    title: str
    width: int
    height: int
    fps: float
    duration: float
    captions: tuple[Caption, ...]
    shown: tuple[ShownNumber, ...]
    equations: tuple[ShownEquation, ...]
    moments: tuple[Moment, ...]
    sounds: tuple[Sound, ...] = ()

    @property
    def is_card(self) -> bool:
        """Whether it is no chapter but a card around the chapters."""
        return self.chapter in CARDS

    @property
    def steps(self) -> Iterator[tuple[Moment, tuple[Caption, ...]]]:
        """Each settled moment, and what is said since the one before."""
        since = 0.0
        for moment in self.moments:
            yield moment, tuple(caption for caption in self.captions if since <= caption.start < moment.at)
            since = moment.at

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ClipRecord:
        """The record that :meth:`to_dict` wrote."""
        kinds = {
            "captions": Caption,
            "shown": ShownNumber,
            "equations": ShownEquation,
            "moments": Moment,
            "sounds": Sound,
        }
        lists = {name: tuple(kind(**item) for item in data[name]) for name, kind in kinds.items()}
        return cls(**{**data, **lists})
