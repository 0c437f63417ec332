"""The data sets of the TensorFlow Playground, drawn anew: points (x, y) in a square and a label for each.

Radii, noise and labels are those of its ``src/dataset.ts`` (https://github.com/tensorflow/playground); the order of the
points is shuffled, as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from bp_core.arrays import Array

Points: TypeAlias = tuple[Array, Array, Array]
#: Draws so many points with this much noise, from 0 to 1: x, y and label, (n,) each.
Draw: TypeAlias = Callable[[Generator, int, float], Points]

#: Half the side of the square of the regressions, half that of the exclusive or, and the radius of the circle.
_SQUARE, _XOR, _CIRCLE = 6.0, 5.0, 5.0
#: Centres of the regression's six hills and valleys, and their signs.
_HILLS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def _circle(rng: Generator, n: int, noise: float) -> Points:
    """Half the points in a disc, half in a ring around it; noise moves the point that is labelled."""
    inner = n // 2
    radius = np.concatenate([rng.uniform(0, _CIRCLE * 0.5, inner), rng.uniform(_CIRCLE * 0.7, _CIRCLE, n - inner)])
    angle = rng.uniform(0, 2 * math.pi, n)
    x, y = radius * np.sin(angle), radius * np.cos(angle)
    dx, dy = rng.uniform(-_CIRCLE, _CIRCLE, (2, n)) * noise
    return x, y, np.where(np.hypot(x + dx, y + dy) < _CIRCLE * 0.5, 1.0, -1.0)


def _xor(rng: Generator, n: int, noise: float) -> Points:
    """Quadrants, with a gap of 0.3 on either side of the axes."""
    x, y = rng.uniform(-_XOR, _XOR, (2, n))
    x, y = x + np.where(x > 0, 0.3, -0.3), y + np.where(y > 0, 0.3, -0.3)
    dx, dy = rng.uniform(-_XOR, _XOR, (2, n)) * noise
    return x, y, np.where((x + dx) * (y + dy) >= 0, 1.0, -1.0)


def _gauss(rng: Generator, n: int, noise: float) -> Points:
    """Two clouds around (2, 2) and (−2, −2), of variance 0.5 to 4 as the noise goes from 0 to 0.5."""
    labels = np.where(np.arange(n) < n // 2, 1.0, -1.0)
    x, y = 2 * labels + rng.normal(0, math.sqrt(0.5 + 7 * noise), (2, n))
    return x, y, labels


def _spiral(rng: Generator, n: int, noise: float) -> Points:
    """Two arms of one turn and three quarters; noise moves the points."""
    half = n // 2
    part = np.tile(np.arange(half) / half, 2)
    labels = np.repeat([1.0, -1.0], half)
    turn = 1.75 * part * 2 * math.pi + np.where(labels > 0, 0.0, math.pi)
    dx, dy = rng.uniform(-1, 1, (2, 2 * half)) * noise
    return 5 * part * np.sin(turn) + dx, 5 * part * np.cos(turn) + dy, labels


def _plane(x: Array, y: Array) -> Array:
    """The sum x + y from −10 to 10, as −1 to 1."""
    return (x + y) / 10


def _hills(x: Array, y: Array) -> Array:
    """Of six cones of height ±1 and radius 2, the highest or deepest one here."""
    heights = np.stack([sign * np.clip(1 - np.hypot(x - cx, y - cy) / 2, 0, 1) for cx, cy, sign in _HILLS])
    return np.asarray(np.take_along_axis(heights, np.abs(heights).argmax(axis=0)[None], axis=0)[0])


def _regression(label: Callable[[Array, Array], Array]) -> Draw:
    def draw(rng: Generator, n: int, noise: float) -> Points:
        x, y = rng.uniform(-_SQUARE, _SQUARE, (2, n))
        dx, dy = rng.uniform(-_SQUARE, _SQUARE, (2, n)) * noise
        return x, y, label(x + dx, y + dy)

    return draw


def _shuffled(draw: Draw) -> Draw:
    def shuffled(rng: Generator, n: int, noise: float) -> Points:
        x, y, label = draw(rng, n, noise)
        order = rng.permutation(len(x))
        return x[order], y[order], label[order]

    return shuffled


#: Data to tell apart, with labels 1 and −1, and data with labels between; by the names in the URL.
DATASETS: Mapping[str, Draw] = MappingProxyType(
    {
        name: _shuffled(draw)
        for name, draw in (("circle", _circle), ("xor", _xor), ("gauss", _gauss), ("spiral", _spiral))
    }
)
REGRESSIONS: Mapping[str, Draw] = MappingProxyType(
    {"reg-plane": _shuffled(_regression(_plane)), "reg-gauss": _shuffled(_regression(_hills))}
)
