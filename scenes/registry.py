"""The chapters there are: each file of this folder that is not the kit's is one, named like its scene."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

_NO_CHAPTERS = frozenset({"__init__", "registry"})


@lru_cache(maxsize=1)
def chapter_names() -> tuple[str, ...]:
    """The names of all chapters, without loading one."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_CHAPTERS))


def chapter_class(name: str) -> type[Chapter]:
    """The scene of a chapter.

    Raises:
        KeyError: there is no such chapter.
    """
    if name not in chapter_names():
        raise KeyError(name)
    module = importlib.import_module(f"scenes.{name}")
    scene: type[Chapter] = getattr(module, "".join(word.capitalize() for word in name.split("_")))
    return scene
