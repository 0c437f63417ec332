"""A lesson's own words in other languages: ``mine.words.yaml`` beside ``mine.yaml``.

::

    de:
      My title: Mein Titel
      The cost is {C:.2f}.: Die Kosten betragen {C:.2f}.

By language, each text that the lesson shows and how it reads there: its title, what is said, titles and words of scenes
of one's own, and the names of inputs and classes. What is left out stays as it is.
"""

from __future__ import annotations

import pathlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bp_script.entries.base import Text
from bp_script.errors import (
    LessonError,
    LessonErrors,
    Mistake,
    Path,
    TextError,
    did_you_mean,
    mismatch,
    one_of,
    place_of,
    shown,
)
from bp_script.language import LANGUAGES, is_language
from bp_script.language.caller import tr
from bp_script.language.meant import meant
from bp_script.mistakes import mistakes_of
from bp_script.names import Scope
from bp_script.narration import Narration, Spoken
from bp_script.yaml_marks import Document

#: The ending of the file's name, in place of the lesson's.
ENDING = ".words.yaml"
#: The keys of chapters whose values are texts to see or hear; quantities stand in the first.
SPOKEN, WRITTEN = "say", ("title", "text")
_TEXT: TypeAdapter[str] = TypeAdapter(Text)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The texts of a lesson in one language, and what is wrong with those in others."""

    words: Mapping[str, str]
    elsewhere: tuple[LessonError, ...] = ()

    def of(self, text: str) -> str:
        """A text in that language, or as it is."""
        return self.words.get(_plain(text), text)

    def chapters(self, data: Any) -> Any:
        """The chapters of a lesson's data with their texts in that language."""
        if isinstance(data, dict):
            return {key: self._told(key, item) for key, item in data.items()}
        return [self.chapters(item) for item in data] if isinstance(data, list) else data

    def _told(self, key: str, item: Any) -> Any:
        if isinstance(item, str) and key in (SPOKEN, *WRITTEN):
            return self.of(item)
        if isinstance(item, dict) and key == SPOKEN:
            return {step: self.of(text) if isinstance(text, str) else text for step, text in item.items()}
        return self.chapters(item)


def words_path(lesson: pathlib.Path) -> pathlib.Path:
    """Where a lesson's words would stand."""
    return lesson.with_name(lesson.stem + ENDING)


def own_words(document: Document, texts: Mapping[str, bool], scope: Scope, language: str) -> OwnWords:
    """The words of a file in a language, or in the one that it is a kind of (``de`` for ``de-AT``).

    Args:
        document: of the file.
        texts: what the lesson shows, and of each whether it is spoken, with quantities.
        scope: of the lesson's network.
        language: as a tag.

    Raises:
        LessonErrors: what is wrong in it, unless it concerns the entries of other languages alone.
    """
    known = {_plain(text): (text, spoken) for text, spoken in texts.items()}
    tags = dict.fromkeys((language, language.partition("-")[0]))
    here: list[LessonError] = []
    elsewhere: list[LessonError] = []
    for error in document.mistakes:
        (here if _is_in(error.place, tags) else elsewhere).append(error)
    for mistake in _mistakes(document.data, known, scope):
        in_others = mistake.path and is_language(str(mistake.path[0])) and mistake.path[0] not in tags
        (elsewhere if in_others else here).append(document.error(mistake))
    if here:
        raise LessonErrors([*here, *elsewhere])
    said = document.data or {}
    found = next((said[tag] for tag in tags if tag in said), None) or {}
    return OwnWords({_plain(text): words for text, words in found.items()}, tuple(elsewhere))


def _is_in(place: str, tags: Iterable[str]) -> bool:
    """Whether a place, as mistakes tell it, is in the entries of one of these languages, or around all."""
    starts = [place_of((tag,)) for tag in tags]
    return not place or any(place == start or place.startswith((f"{start}.", f"{start}[")) for start in starts)


def texts_of(title: str, chapters: Sequence[Any], names: Sequence[str]) -> dict[str, bool]:
    """The texts that a lesson shows, and of each whether it is spoken, with quantities."""
    texts = {title: False, **dict.fromkeys(names, False)}
    for path, text in texts_in(chapters):
        texts[text] = texts.get(text, False) or is_spoken(path)
    return texts


def texts_in(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts to see or hear in chapters' parameters, each with its place."""
    if isinstance(data, Mapping):
        for key, item in data.items():
            if isinstance(item, str) and (key in (SPOKEN, *WRITTEN) or path[-1:] == (SPOKEN,)):
                yield (*path, key), item
            else:
                yield from texts_in(item, (*path, key))
    elif isinstance(data, list | tuple):
        for number, item in enumerate(data):
            yield from texts_in(item, (*path, number))


def is_spoken(path: Path) -> bool:
    """Whether the text in that place is said: a chapter's, or that of one of its steps."""
    return SPOKEN in path[-2:]


def every_text(value: Any) -> Iterator[str]:
    """All texts within a value, but for keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from every_text(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from every_text(item)


def _plain(text: str) -> str:
    """A text however its lines are broken."""
    return " ".join(text.split())


def _mistakes(data: Any, known: Mapping[str, tuple[str, bool]], scope: Scope) -> Iterator[Mistake]:
    if data is None:
        return
    if not isinstance(data, dict):
        yield Mistake((), mismatch(tr("languages, each with the lesson's texts, such as de: {…}"), shown(data)))
        return
    for tag, words in data.items():
        if not is_language(tag):
            expected = tr("a language (%(known)s, or another tag such as pt-BR)", known=one_of(LANGUAGES))
            yield Mistake((tag,), mismatch(expected, shown(tag) + meant(tag)), at_key=True)
        elif not isinstance(words, dict | None):
            yield Mistake((tag,), mismatch(tr("the lesson's texts, each with its translation"), shown(words)))
        else:
            for text, said in (words or {}).items():
                yield from _mistakes_of(tag, text, said, known, scope)


def _mistakes_of(
    tag: str, text: str, said: Any, known: Mapping[str, tuple[str, bool]], scope: Scope
) -> Iterator[Mistake]:
    path = (tag, text)
    if _plain(text) not in known:
        got = shown(text) + did_you_mean(text, known)
        yield Mistake(path, mismatch(tr("a text of the lesson"), got), at_key=True, bare=True)
        return
    try:
        _TEXT.validate_python(said)
    except ValidationError as error:
        yield from mistakes_of(error, said, path)
        return
    source, spoken = known[_plain(text)]
    if not spoken:
        return
    try:
        here = _quantities(said, scope)
    except TextError as error:
        yield Mistake(path, error.message, offset=error.offset)
        return
    there = _quantities(source, scope)
    if here != there:
        lost, more = there - here, here - there
        expected = tr("no more quantities")
        if lost:
            expected = tr("%(quantities)s, as in the lesson's text", quantities=_listed(lost))
        yield Mistake(path, mismatch(expected, _listed(more) if more else tr("none")))


def _quantities(text: str, scope: Scope) -> Counter[str]:
    """The quantities of a text, and how each is to be written."""
    pieces = Narration.parse(text, scope=scope).pieces
    return Counter(f"{{{p.expression}{p.format.spelled}}}" for p in pieces if isinstance(p, Spoken))


def _listed(quantities: Counter[str]) -> str:
    return ", ".join(quantities.elements())
