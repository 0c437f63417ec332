"""Manim's own answers at less cost: while the block runs, some of its methods are exchanged for ones that say the same.

Most of the time that a scene takes without being drawn goes into asking mobjects for their family, their box and their
colours, and into copying what never changes. The results are manim's, to the last bit.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from inspect import signature
from types import FunctionType
from typing import Any

import numpy as np
from manim import ManimColor, Mobject, VMobject

_family = Mobject.get_family
_boundary = VMobject.get_points_defining_boundary
_rgbas = VMobject.generate_rgbas_array
#: What a copy shares with the original, as nobody changes it.
_SHARED = (str, int, float, bool, type(None), Enum, ManimColor, FunctionType, type)


@contextmanager
def cheap_manim() -> Iterator[None]:
    """What manim computes is computed more cheaply."""
    exchanged: list[tuple[type, str, Callable[..., Any]]] = [
        (Mobject, "get_family", _get_family),
        (Mobject, "length_over_dim", _length_over_dim),
        (Mobject, "__deepcopy__", _deep_copy),
        (Mobject, "update", _update),
        (VMobject, "get_points_defining_boundary", _get_points_defining_boundary),
        (VMobject, "generate_rgbas_array", _generate_rgbas_array),
    ]
    own = [(owner, name, owner.__dict__[name]) for owner, name, _ in exchanged]
    try:
        for owner, name, method in exchanged:
            setattr(owner, name, method)
        yield
    finally:
        for owner, name, method in own:
            setattr(owner, name, method)


def _update(self: Mobject, dt: float = 0, recursive: bool = True) -> Mobject:
    if self.updating_suspended:
        return self
    for updater in self.updaters:
        updater(self, *((dt,) if "dt" in signature(updater).parameters else ()))
    if recursive:
        for part in self.submobjects:
            if part.submobjects or part.updaters:
                part.update(dt, recursive)
    return self


def _get_family(self: Mobject, recurse: bool = True) -> list[Mobject]:
    if not recurse:
        return _family(self, recurse)
    members = _members(self)
    return members if len({id(member) for member in members}) == len(members) else _family(self)


def _members(mobject: Mobject) -> list[Mobject]:
    members = [mobject]
    for part in mobject.submobjects:
        if part.submobjects:
            members += _members(part)
        else:
            members.append(part)
    return members


def _get_points_defining_boundary(self: VMobject) -> np.ndarray:
    found = []
    for member in self.get_family():
        points = member.points
        if len(points) % 4 or not isinstance(member, VMobject) or member.n_points_per_cubic_curve != 4:
            return _boundary(self)
        if len(points):
            found.append(points.reshape(-1, 4, 3)[:, ::3].reshape(-1, 3))
    return np.concatenate(found) if found else _boundary(self)


def _length_over_dim(self: Mobject, dim: int) -> float:
    columns = [member.points[:, dim] for member in _members(self) if len(member.points)]
    if not columns:
        return 0
    return max(column.max() for column in columns) - min(column.min() for column in columns)


def _generate_rgbas_array(self: VMobject, color: Any, opacity: Any) -> np.ndarray:
    color = _named(color) if isinstance(color, str) else color
    if self.sheen_factor or type(color) is not ManimColor or not isinstance(opacity, float | int | None):
        return _rgbas(self, color, opacity)
    rgbas = np.empty((1, 4))
    rgbas[0, :3] = color.to_rgba()[:3]
    rgbas[0, 3] = 0.0 if opacity is None else opacity
    return rgbas


_named = lru_cache(maxsize=1024)(ManimColor)


def _deep_copy(self: Mobject, memo: dict[int, Any]) -> Mobject:
    cls = self.__class__
    result = cls.__new__(cls)
    memo[id(self)] = result
    for name, value in self.__dict__.items():
        if isinstance(value, _SHARED):
            copied = value
        elif isinstance(value, np.ndarray):
            copied = memo.get(id(value))
            if copied is None:
                copied = memo[id(value)] = value.copy()
        else:
            copied = copy.deepcopy(value, memo)
        setattr(result, name, copied)
    result.original_id = str(id(self))
    return result
