"""The keys of the cache: digests of all that a clip depends on."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

import bp_core
import bp_script
import scenes
from bp_script.language import language_of
from bp_script.language.catalogues import LOCALES
from bp_script.own_words import every_text
from scenes.kit.door.techniques import chosen
from scenes.kit.film.record import CARDS
from scenes.kit.theme import theme_of
from scenes.kit.voice.recordings import TEXTS
from scenes.kit.voice.speakers import speech_signature

if TYPE_CHECKING:
    from bp_script.chapters import ChapterCall
    from bp_script.lesson import Lesson
    from bp_studio.clips import ClipTask
    from scenes.kit.film.stretch import Stretch

#: The libraries that a picture depends on.
_LIBRARIES = ("backprop-films", "av", "babel", "contourpy", "manim", "numpy", "pycairo", "svgelements", "typst")
#: The parts of a lesson that any chapter may look at.
_PARTS = (
    "title", "network", "cost", "examples", "focus", "training", "look", "input_names", "class_names", "house",
)  # fmt: skip
#: A longer text is no name of a file.
_LONGEST_NAME = 200
_SCENES = Path(str(scenes.__file__)).parent


def chapter_key(task: ClipTask) -> str:
    """All that a chapter depends on: its part of the lesson, its code and the kit's, and how it is to be drawn."""
    lesson, call = task.lesson, task.call
    is_card = call.name in CARDS
    place = [position for position, other in enumerate(lesson.chapters) if other is call]
    around = (
        [(other.name, other.parameters) for other in lesson.chapters]
        if is_card
        else (place == [0], place == [len(lesson.chapters) - 1])
    )
    texts = (text for text in every_text(call.parameters) if 0 < len(text) < _LONGEST_NAME and "\0" not in text)
    beside = [] if lesson.path is None else [lesson.path.parent / text for text in texts]
    return _key(
        "chapter",
        call.name,
        call.parameters,
        [_file(path) for path in beside if path.is_file()],
        _voice(lesson, call),
        around,
        [getattr(lesson, part) for part in _PARTS],
        task.quality,
        task.video_format,
        task.renderer,
        _room(Path(str(bp_core.__file__)).parent),
        _room(Path(str(bp_script.__file__)).parent),
        _room(_SCENES / "kit"),
        _words(language_of(lesson.look.language).words, "kit", call.name),
        [_file(path) for path in _SCENES.glob(f"{call.name}.py")],
        _versions(),
    )


def stretch_key(chapter: str, stretch: Stretch) -> str:
    """A stretch of a chapter that has this key."""
    return _key("stretch", chapter, stretch.first, stretch.end)


def likeness_key(task: ClipTask, stretch: Stretch) -> str:
    """What stretches have in common that may well show the same, whatever code and numbers they come from."""
    return _key("likeness", _drawing(task), task.call.name, stretch.frames, stretch.states)


def picture_key(task: ClipTask, fingerprint: str) -> str:
    """A clip that shows just this."""
    return _key("picture", _drawing(task), fingerprint)


def _voice(lesson: Lesson, call: ChapterCall) -> Any:
    """Who speaks in a chapter, and what recordings there are of it: by them it is timed."""
    voice = lesson.voice
    if voice is None:
        return None
    settings = (voice.service, voice.voice, voice.speed, voice.pitch, voice.missing, speech_signature(lesson))
    if voice.recordings is None or not voice.recordings.is_dir():
        return settings
    name = lesson.name_of(call).lower()
    mine = [path for path in voice.recordings.iterdir() if name in path.name.lower() or path.name == TEXTS]
    states = [(path.name, path.lstat()) for path in sorted(mine)]
    return settings, [(name, state.st_size, state.st_mtime_ns, state.st_ino) for name, state in states]


def _drawing(task: ClipTask) -> tuple[Any, ...]:
    look = task.lesson.look
    return (
        task.quality,
        task.video_format,
        look.aspect,
        theme_of(look).ground,
        # in the ground, which no fingerprint of what is drawn on it knows of
        task.lesson.house.logo_shown(on_card=task.call.name in CARDS),
        chosen(),
        _room(_SCENES / "kit" / "door"),
        _versions(),
    )


def _key(*values: Any) -> str:
    seen = hashlib.blake2b(digest_size=20)
    for part in _parts(values):
        seen.update(b"%d:" % len(part) + part)
    return seen.hexdigest()


def _parts(value: Any) -> Iterable[bytes]:
    """A value as bytes that tell it from any other."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    elif is_dataclass(value) and not isinstance(value, type):
        value = {"": type(value).__qualname__, **{field.name: getattr(value, field.name) for field in fields(value)}}
    if isinstance(value, np.ndarray):
        yield f"array {value.dtype} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, Mapping):
        yield b"{%d" % len(value)
        for name in sorted(value, key=str):
            yield from _parts(name)
            yield from _parts(value[name])
    elif isinstance(value, list | tuple):
        yield b"[%d" % len(value)
        for item in value:
            yield from _parts(item)
    elif callable(value):
        yield f"{value.__module__}.{value.__qualname__}".encode()
    elif value is None or isinstance(value, str | int | float | bytes):
        yield repr(value).encode()
    else:
        raise TypeError(f"no key can be made of a {type(value).__name__}")


@cache
def _room(folder: Path) -> str:
    """The code of a room."""
    return _key(*((str(path.relative_to(folder)), path.read_bytes()) for path in sorted(folder.rglob("*.py"))))


@cache
def _words(language: str, *domains: str) -> str:
    """The messages of these domains in a language."""
    files = (LOCALES / language / f"{domain}.po" for domain in domains)
    return _key(*(path.read_bytes() for path in files if path.is_file()))


def _file(path: Path) -> str:
    return _key(path.read_bytes())


@cache
def _versions() -> tuple[str, ...]:
    return platform.python_version(), platform.machine(), *map(_version, _LIBRARIES)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
