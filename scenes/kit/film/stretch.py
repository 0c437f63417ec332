"""Stretches of a chapter that can be drawn each by itself, and the joints between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scenes.kit.film.record import ClipRecord

#: About how many frames a stretch has: skipping to it should take little of the time that it takes to draw.
_FRAMES = 780


@dataclass(frozen=True, slots=True)
class Joint:
    """Where a chapter may be cut: before which of its plays and frames, and what the scene looks like there.

    ``exactly`` is the same to the last bit, and of what is not seen, too.
    """

    play: int
    frame: int
    state: str
    exactly: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Plays of a chapter, by number: from ``first`` to before ``end``, None for all that are left.

    ``states`` are what the scene looks like at its start and its end, empty at those of the chapter, ``exactly`` the
    latter to the last bit, and ``frames`` is its length, 0 if it is not known.
    """

    first: int = 0
    end: int | None = None
    frames: int = 0
    states: tuple[str, str] = ("", "")
    exactly: str = ""

    def holds(self, play: int) -> bool:
        """Whether a play is in it."""
        return self.first <= play and (self.end is None or play < self.end)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a walk through a chapter finds out: its record and its joints."""

    record: ClipRecord
    joints: tuple[Joint, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames the chapter has."""
        return round(self.record.duration * self.record.fps)

    def stretches(self) -> tuple[Stretch, ...]:
        """The chapter in stretches of about the same length, whoever draws them: so it is always the same film."""
        count = max(1, round(self.frames / _FRAMES))
        cuts = [_nearest(self.joints, self.frames * n / count) for n in range(1, count)]
        inner = [joint for joint in dict.fromkeys(cuts) if joint is not None and 0 < joint.frame < self.frames]
        edges = [Joint(0, 0, ""), *inner]
        ends = [*inner, None]
        return tuple(
            Stretch(start.play, None, self.frames - start.frame, (start.state, ""))
            if end is None
            else Stretch(start.play, end.play, end.frame - start.frame, (start.state, end.state), end.exactly)
            for start, end in zip(edges, ends, strict=True)
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {"record": self.record.to_dict(), "joints": [asdict(joint) for joint in self.joints]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Rehearsal:
        """What :meth:`to_dict` wrote."""
        return cls(ClipRecord.from_dict(data["record"]), tuple(Joint(**joint) for joint in data["joints"]))


def _nearest(joints: Sequence[Joint], frame: float) -> Joint | None:
    return min(joints, key=lambda joint: abs(joint.frame - frame), default=None)
