"""What to hide where things of a scripted scene have no room: tried out before it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations

from manim import VMobject

from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.steps.sight import Thing
from scenes.kit.custom.exhibit import Exhibit
from scenes.kit.custom.rooms import offset_of, room_of
from scenes.kit.film.audit import Advice, Audit
from scenes.kit.stage import Region, Stage

#: What reaches out of its room by no more than this may do so.
_SLACK = 0.15
#: What may help if a thing has no room even alone.
_HINTS = {
    "equation": N_("it has none even alone: split it into shorter ones"),
    "number_lines": N_("it has none even alone: name fewer quantities"),
    "table": N_("it has none even alone: name fewer quantities"),
    "tree": N_("it has none even alone: give it a smaller depth"),
    "text": N_("it has none even alone: use fewer words"),
    "compare": N_("it has none even alone: compare quantities with shorter names"),
}
_PLACE = N_("it has none even alone: give it a larger place, as in: right or in: body")


@dataclass(frozen=True, slots=True)
class Adviser:
    """Tells whose fault it is that something cannot be read, and what would make room for it.

    ``again`` makes a thing for another room, as it stands now; ``where`` tells a step as its author finds it.
    """

    things: Sequence[Thing]
    stage: Stage
    again: Callable[[Thing, Region], Exhibit]
    where: Callable[[int], str]
    audit: Callable[[], Audit]
    known: dict[Thing, Advice] = field(default_factory=dict)

    def advise(self, pieces: Iterable[VMobject], standing: Mapping[Thing, Exhibit]) -> Advice | None:
        """What to do about letters that cannot be read; None if they are of nothing that a step shows."""
        owners = [thing for piece in pieces if (thing := _owner(piece, standing)) is not None]
        if not owners:
            return None
        here = list(standing)
        guilty = [thing for thing in owners if self._overflows(thing, standing[thing], here)] or owners
        thing = max(guilty, key=lambda each: each.born)
        return self.about(thing, standing)

    def about(self, thing: Thing, standing: Mapping[Thing, Exhibit]) -> Advice:
        """What to do about a thing that has no room."""
        if thing not in self.known:
            company = [other for other in standing if other is not thing]
            beside = _listed([self._told(other) for other in company])
            self.known[thing] = Advice(self._told(thing), beside, self._remedy(thing, company))
        return self.known[thing]

    def _remedy(self, thing: Thing, company: Sequence[Thing]) -> str:
        """The fewest things that have to be gone, those of this moment first."""
        others = [other for other in self.things if other.meets(thing)]
        for candidates in (company, others):
            for count in range(1, len(candidates) + 1):
                for hidden in combinations(sorted(candidates, key=lambda other: -other.born), count):
                    if self._fits_without(thing, hidden):
                        return self._hide(thing, hidden)
        return tr(_HINTS.get(thing.kind, _PLACE))

    def _fits_without(self, thing: Thing, hidden: Sequence[Thing]) -> bool:
        left = [other for other in self.things if other not in hidden]
        exhibit = self.again(thing, room_of(thing, left, self.stage))
        if exhibit.complaint() is not None or _outside(exhibit, room_of(thing, left, self.stage)):
            return False
        audit = self.audit()
        audit.look([exhibit.drawing], 0.0)
        return not audit.findings()

    def _overflows(self, thing: Thing, exhibit: Exhibit, here: Sequence[Thing]) -> bool:
        room, (x, y, _) = room_of(thing, self.things, self.stage), offset_of(thing, self.things, here, self.stage)
        return _outside(exhibit, Region(room.left + x, room.right + x, room.bottom + y, room.top + y))

    def _told(self, thing: Thing) -> str:
        return f"{thing.name} ({self.where(thing.born)})"

    def _hide(self, thing: Thing, hidden: Sequence[Thing]) -> str:
        before = [other for other in hidden if other.born < thing.born]
        after = [other for other in hidden if other.born > thing.born]
        others = _listed([other.name for other in before])
        if not after:
            return tr("hide %(things)s before %(other)s comes", things=others, other=thing.name)
        next_one = self._told(min(after, key=lambda other: other.born))
        if not before:
            return tr("hide %(things)s before %(other)s comes", things=thing.name, other=next_one)
        return tr(
            "hide %(things)s before %(thing)s comes, and %(thing)s before %(other)s comes",
            things=others,
            thing=thing.name,
            other=next_one,
        )


def _listed(names: Sequence[str]) -> str:
    """All of them in words, nothing of none."""
    return reduce(lambda one, other: tr("%(one)s and %(other)s", one=one, other=other), names) if names else ""


def _owner(piece: VMobject, standing: Mapping[Thing, Exhibit]) -> Thing | None:
    for thing, exhibit in standing.items():
        if any(piece is member for member in exhibit.drawing.get_family()):
            return thing
    return None


def _outside(exhibit: Exhibit, room: Region) -> bool:
    drawing = exhibit.drawing
    return bool(
        drawing.get_left()[0] < room.left - _SLACK
        or drawing.get_right()[0] > room.right + _SLACK
        or drawing.get_bottom()[1] < room.bottom - _SLACK
        or drawing.get_top()[1] > room.top + _SLACK
    )
