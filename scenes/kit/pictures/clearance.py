"""Room around labels: a label that would lie over something else moves out of its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from manim import UP, Line, Mobject, VMobject

from scenes.kit.stage import Region

#: Room that is kept around a label, how far it goes at a time, and how often, along its way and aside.
_BUFF, _STEP, _ALONG, _ASIDE = 0.04, 0.08, 45, 14
#: Steps along a way and aside of it, the nearest first.
_OFFSETS = sorted(
    ((along, aside) for along in range(_ALONG) for aside in range(-_ASIDE, _ASIDE + 1)),
    key=lambda step: (step[0] + 1.5 * abs(step[1]), step),
)
#: Room between things that are spread.
_APART = 0.08
#: How far a thing may reach out of its room.
_SLACK = 0.1


class Obstacles:
    """What labels keep clear of, by so much: letters and shapes by their boxes, lines and curves by their points."""

    def __init__(self, mobjects: Iterable[Mobject], *, drawn: Iterable[VMobject] = (), clear: float = _BUFF) -> None:
        self._clear = clear
        pieces = [piece for mobject in mobjects for piece in mobject.get_family() if len(piece.points)]
        lines = [line for line in pieces if isinstance(line, Line)]
        self._boxes = np.array([_box(piece) for piece in pieces if not isinstance(piece, Line)]).reshape(-1, 4)
        points = [_along(np.array([line.get_start(), line.get_end()])) for line in lines]
        points += [_along(curve.points[::3]) for curve in drawn if len(curve.points)]
        self._points = np.concatenate(points) if points else np.zeros((0, 2))

    def meet(self, centre: np.ndarray, half: np.ndarray) -> bool:
        """Whether a thing of this half size lies over any of them there, or is very near."""
        (left, bottom), (right, top) = centre[:2] - half - self._clear, centre[:2] + half + self._clear
        boxes, (x, y) = self._boxes, self._points.T
        over = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < top) & (boxes[:, 3] > bottom)
        on = (x > left) & (x < right) & (y > bottom) & (y < top)
        return bool(over.any() or on.any())


def pushed(mobject: Mobject, way: np.ndarray, obstacles: Obstacles, room: Region) -> Mobject:
    """A thing, moved this way and a little across until it is clear of the obstacles.

    Where there is no room that way it goes the opposite way, and stays where it was if it never is clear.
    """
    start, half = mobject.get_center(), _half(mobject)
    across = np.array([-way[1], way[0], 0.0])
    low, high = np.array([room.left, room.bottom]) + half - _SLACK, np.array([room.right, room.top]) - half + _SLACK
    for towards in (way, -way):
        for along, aside in _OFFSETS:
            place = start + (along * towards + aside * across) * _STEP
            inside = (low <= place[:2]).all() and (place[:2] <= high).all()
            if (inside or not (along or aside)) and not obstacles.meet(place, half):
                return mobject.move_to(place)
    return mobject


def first_clear(mobject: Mobject, places: Sequence[np.ndarray], obstacles: Obstacles) -> Mobject:
    """A thing with its centre at the first of these places that is clear; at the first of all if none is."""
    half = _half(mobject)
    clear = (place for place in places if not obstacles.meet(place, half))
    return mobject.move_to(next(clear, places[0]))


def spread(mobject: Mobject, height: float, heights: Sequence[float]) -> Mobject:
    """A thing at one of these heights, moved from their middle if such things would be closer than they are high."""
    ordered = sorted(heights)
    least = min((high - low for low, high in pairwise(ordered)), default=np.inf)
    from_middle = ordered.index(height) - (len(ordered) - 1) / 2
    return mobject.shift(max(0.0, mobject.height + _APART - least) * from_middle * UP)


def any_clear(mobject: Mobject, places: Sequence[np.ndarray], obstacles: Obstacles) -> bool:
    """Whether a thing is clear at one of these places."""
    return any(not obstacles.meet(place, _half(mobject)) for place in places)


def _half(mobject: Mobject) -> np.ndarray:
    return np.array([mobject.width / 2, mobject.height / 2])


def _box(mobject: Mobject) -> np.ndarray:
    (left, bottom), (right, top) = mobject.get_corner(_LOW)[:2], mobject.get_corner(_HIGH)[:2]
    return np.array([left, bottom, right, top], dtype=float)


_LOW, _HIGH = np.array([-1.0, -1.0, 0.0]), np.array([1.0, 1.0, 0.0])


def _along(corners: np.ndarray) -> np.ndarray:
    """Points along a way from corner to corner, close enough that no letter passes between two."""
    found = [corners[:1, :2]]
    for start, end in zip(corners[:-1, :2], corners[1:, :2], strict=True):
        steps = max(2, int(np.linalg.norm(end - start) / _STEP) + 1)
        found.append(start + np.linspace(0, 1, steps)[:, None] * (end - start))
    return np.concatenate(found)
