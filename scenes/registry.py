"""The chapters there are: each file of this folder that is not the kit's is one, named like its scene."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from scenes.kit.film.record import END_CARD, TITLE_CARD

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

_NO_CHAPTERS = frozenset({"__init__", "registry"})


@lru_cache(maxsize=1)
def chapter_names() -> tuple[str, ...]:
    """The names of all chapters, without loading one."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_CHAPTERS))


def chapter_class(name: str) -> type[Chapter]:
    """The scene of a chapter, or of a card around the chapters.

    Raises:
        KeyError: there is no such chapter.
    """
    if name in {TITLE_CARD, END_CARD}:
        module = importlib.import_module("scenes.kit.cards")
    elif name in chapter_names():
        module = importlib.import_module(f"scenes.{name}")
    else:
        raise KeyError(name)
    scene: type[Chapter] = getattr(module, "".join(word.capitalize() for word in name.split("_")))
    return scene
