"""The chapters there are: each file of this folder that is not the kit's, and those that installed packages offer."""

from __future__ import annotations

import importlib
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.kit.film.record import CARDS

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

#: The entry points by which a package offers chapters.
GROUP = "backprop_films.chapters"
_NO_CHAPTERS = frozenset({"__init__", "registry"})


@lru_cache(maxsize=1)
def own_chapter_names() -> tuple[str, ...]:
    """The names of the chapters that come with the program, without loading one."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_CHAPTERS))


@lru_cache(maxsize=1)
def _offered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in own_chapter_names()}


def chapter_names() -> tuple[str, ...]:
    """The names of all chapters, those of installed packages included, without loading one."""
    return tuple(sorted({*own_chapter_names(), *_offered()}))


def chapter_class(name: str) -> type[Chapter]:
    """The scene of a chapter, or of a card around the chapters.

    Raises:
        KeyError: there is no such chapter.
        ImportError: a package offers a chapter that it does not have.
    """
    if name in CARDS:
        module = importlib.import_module("scenes.kit.cards")
    elif name in own_chapter_names():
        module = importlib.import_module(f"scenes.{name}")
    elif name in _offered():
        offered: type[Chapter] = _offered()[name].load()
        return offered
    else:
        raise KeyError(name)
    scene: type[Chapter] = getattr(module, "".join(word.capitalize() for word in name.split("_")))
    return scene
