"""A language whose every message is in capitals: what is still small in a film has come past the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bp_script.language.catalogues import Catalogue
from bp_script.lesson import Lesson
from scenes.kit.film.record import ClipRecord
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.manim_door import dry_run, quality
from scenes.registry import chapter_class

#: What stays as it is in a message: its parts, and quantities with how they are written.
_KEPT = re.compile(r"(%\(\w+\)\w|\{[^{}]*\})")
#: Words that are names of the mathematics, the same in every language.
NAMES = {"tanh", "softmax", "softplus", "ln", "exp", "max", "min", "relu", "leaky", "log"}


class Capitals(dict[str, tuple[str, ...]]):
    """Every message, in capitals."""

    def get(self, message: str, default: Any = ()) -> tuple[str, ...]:  # noqa: ARG002
        said = "".join(piece if _KEPT.fullmatch(piece) else piece.upper() for piece in _KEPT.split(message))
        return (said, said)


def small_words(text: str) -> list[str]:
    """The words of a text that are not in capitals; one letter is no word but a symbol."""
    found = re.findall(r"[^\W\d_]{2,}", text)
    return [word for word in found if not word.isupper() and word.lower() not in NAMES]


@contextmanager
def capitals() -> Iterator[None]:
    """German is in capitals."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bp_script.language.languages.catalogue_of", lambda _: Catalogue(Capitals(), lambda n: int(n != 1))
        )
        yield


def words_past_the_catalogues(lesson: Lesson, call: Any, folder: Path) -> set[str]:
    """The texts of a chapter that are in no catalogue: its title, its captions and what it draws."""
    drawn: list[str] = []
    lesson = replace(lesson, look=lesson.look.model_copy(update={"language": "de"}))

    def note_words(self: Words, text: str, **options: Any) -> None:
        plain(self, text, **options)
        if not options.get("from_lesson"):
            drawn.append(text)

    def note_source(self: Typeset, source: str, **options: Any) -> None:
        typeset(self, source, **options)
        if not isinstance(self, Words):
            drawn.extend(re.findall(r'"((?:[^"\\]|\\.)*)"', source.replace('class("normal"', "")))

    plain, typeset = Words.__init__, Typeset.__init__
    with capitals(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "__init__", note_words)
        patch.setattr(Typeset, "__init__", note_source)
        record: ClipRecord = dry_run(chapter_class(call.name), lesson, call, quality("l", lesson.look.aspect), folder)
    own = own_words(lesson)
    said = [record.title, *(caption.text for caption in record.captions), *drawn]
    return {text for text in said if set(small_words(text)) - own}


def own_words(lesson: Lesson) -> set[str]:
    """The words that a lesson brings itself."""
    texts = [lesson.title, *lesson.input_names, *lesson.class_names]
    for call in lesson.chapters:
        texts += _texts(call.parameters)
    return {word for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list | tuple) else []
