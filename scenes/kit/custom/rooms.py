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


def room_of(thing: Thing, things: Sequence[Thing], stage: Stage) -> Region:
    """The room of one of these things."""
    return _room(thing, [other for other in things if thing.meets(other)], stage)


def _room(thing: Thing, company: Sequence[Thing], stage: Stage) -> Region:
    met = {place for other in company if other is not thing for place in TAKES[other.place]}
    own = TAKES[thing.place]
    if thing.place == "body":
        return stage["body"]
    if own == {"diagram"}:
        return stage["diagram"] if met & {"side", "formula"} else stage["body"].column(_AIR, 1 - _AIR)
    room = stage["right"] if "diagram" in met else stage["body"].column(_AIR, 1 - _AIR)
    if own == {"side"} and "formula" in met:
        return room.band(_SIDE, 1.0)
    if own == {"formula"} and "side" in met:
        return room.band(0.0, _FORMULA)
    return room


def offset_of(thing: Thing, things: Sequence[Thing], here: Sequence[Thing], stage: Stage) -> np.ndarray:
    """How far from its room's centre a thing stands while only the things ``here`` are on the stage."""
    now, whole = _room(thing, here, stage), room_of(thing, things, stage)
    offset: np.ndarray = now.centre - whole.centre
    return offset
