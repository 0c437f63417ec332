"""Rooms for the things of a scripted scene.

A thing is made for a room that it can keep for its whole life: as large as whoever it meets there allows, so that its
letters never change their size. While some of that company is away, it stands in the middle of what is free.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bp_script.steps.plan import TAKES
from bp_script.steps.sight import Thing
from scenes.kit.stage import Region, Stage

#: Shares of a column's height: the side's foot and the formula's head.
_SIDE, _FORMULA = 0.35, 0.32
#: Where a thing shares the stage with nothing, it still leaves some air on both sides.
_AIR = 0.06
#: The share of a square's height that is for what is written where all places are taken, and what is free above it.
_CROWDED, _APART = 0.63, 0.02


def room_of(thing: Thing, things: Sequence[Thing], stage: Stage) -> Region:
    """The room of one of these things."""
    return _room(thing, [other for other in things if thing.meets(other)], stage, crowded=_crowded(things, stage))


def _room(thing: Thing, company: Sequence[Thing], stage: Stage, *, crowded: bool) -> Region:
    met = {place for other in company if other is not thing for place in TAKES[other.place]}
    own = TAKES[thing.place]
    if thing.place == "body":
        return stage["body"]
    if own == {"diagram"}:
        beside = stage["body"].band(_CROWDED + _APART, 1.0) if crowded else stage["diagram"]
        return beside if met & {"side", "formula"} else stage["body"].column(_AIR, 1 - _AIR)
    right = stage["body"].band(0.0, _CROWDED) if crowded else stage["right"]
    room = right if "diagram" in met else stage["body"].column(_AIR, 1 - _AIR)
    if own == {"side"} and "formula" in met:
        return room.band(_SIDE, 1.0)
    if own == {"formula"} and "side" in met:
        return room.band(0.0, _FORMULA)
    return room


def _crowded(things: Sequence[Thing], stage: Stage) -> bool:
    """Whether all three places of a square are ever taken at once: then what is written has more of its height."""
    if not stage.square:
        return False
    moments = ({other.place for other in things if other.born <= thing.born < other.gone} for thing in things)
    return any({"diagram", "side", "formula"} <= places for places in moments)


def offset_of(thing: Thing, things: Sequence[Thing], here: Sequence[Thing], stage: Stage) -> np.ndarray:
    """How far from its room's centre a thing stands while only the things ``here`` are on the stage."""
    now, whole = _room(thing, here, stage, crowded=_crowded(things, stage)), room_of(thing, things, stage)
    offset: np.ndarray = now.centre - whole.centre
    return offset
