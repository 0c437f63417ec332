"""The lessons that come with the program: in a checkout's ``lessons/``, or inside an installed package."""

from __future__ import annotations

from pathlib import Path

from bp_script.errors import did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr
from bp_script.own_words import ENDING

_HERE = Path(__file__).resolve().parent


def lessons_folder() -> Path:
    """The folder of the shipped lessons."""
    installed = _HERE / "shipped"
    return installed if installed.is_dir() else _HERE.parent / "lessons"


def lesson_names() -> tuple[str, ...]:
    """The names of the shipped lessons, sorted."""
    return _names(lessons_folder())


def example_names() -> tuple[str, ...]:
    """The names of the short lessons that each show one thing, as ``examples/name``, sorted."""
    return tuple(f"examples/{name}" for name in _names(lessons_folder() / "examples"))


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.yaml") if not path.name.endswith(ENDING)))


def lesson_path(name: str) -> Path:
    """The file of a shipped lesson or example, by its name without the ending.

    Raises:
        LookupError: there is none of this name; says which there are.
    """
    known = (*lesson_names(), *example_names())
    if name not in known:
        expected = tr("a shipped lesson (%(names)s)", names=one_of(lesson_names()))
        raise LookupError(mismatch(expected, shown(name) + did_you_mean(name, known)))
    return lessons_folder() / f"{name}.yaml"
