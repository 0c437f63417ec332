"""The message catalogues, ``locales/LANGUAGE/DOMAIN.po``, read as they are; all files of a language are one."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Where the catalogues are.
LOCALES = Path(__file__).resolve().parent.parent / "locales"
#: The language of the code.
SOURCE = "en"
#: The languages that the product's words are there in.
LANGUAGES = (SOURCE, *sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir()))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of messages, each with its plural forms if it has some, and which of them a count takes."""

    messages: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]

    def get(self, message: str, form: int = 0) -> str | None:
        """The translation, or None if there is none."""
        found = self.messages.get(message, ())
        return (found[form] or None) if form < len(found) else None


@cache
def catalogue_of(language: str) -> Catalogue:
    """The catalogue of a language, empty for the language of the code."""
    if language == SOURCE:
        return Catalogue({}, lambda n: int(n != 1))
    from babel.messages.pofile import read_po  # noqa: PLC0415 - an English film needs none of it

    messages: dict[str, tuple[str, ...]] = {}
    form: Callable[[int], int] = lambda n: int(n != 1)  # noqa: E731 - until a file says it
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            read = read_po(file, locale=language)
        form = gettext.c2py(read.plural_expr)
        for entry in read:
            if entry.id and entry.string:
                key = entry.id if isinstance(entry.id, str) else entry.id[0]
                messages[key] = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
    return Catalogue(messages, form)
