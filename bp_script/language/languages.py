"""A language: its words for the messages in the code, and how it writes numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bp_script.language.catalogues import LANGUAGES, SOURCE, catalogue_of

#: How the tag of a language is written.
TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def N_(message: str) -> str:  # noqa: N802 - as gettext's tools know it
    """Mark a message where it stands, to be translated where it is said."""
    return message


_COUNTS = (
    N_("no"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
    N_("eleven"),
    N_("twelve"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag (``code``), with its decimal mark and the language that the product's ``words`` come in.

    Where there is no catalogue for it, they stay English.
    """

    code: str
    decimal: str = "."
    words: str = SOURCE

    def tr(self, message: str, /, **parts: object) -> str:
        """A message in this language; each ``%(name)s`` of it is the part of that name."""
        said = catalogue_of(self.words).get(message) or message
        return said % parts if parts else said

    def tr_n(self, singular: str, plural: str, n: int, /, **parts: object) -> str:
        """A message about ``n`` things in this language; ``%(n)s`` is the count, the other parts are given."""
        catalogue = catalogue_of(self.words)
        said = catalogue.get(singular, catalogue.form(n)) or (singular if n == 1 else plural)
        return said % {"n": n, **parts}

    def count(self, n: int) -> str:
        """A count in a word up to twelve, then in digits."""
        return self.tr(_COUNTS[n]) if 0 <= n < len(_COUNTS) else str(n)

    def whole(self, number: float) -> str:
        """A number with its thousands apart; where a comma is the decimal mark, only long ones are.

        >>> ENGLISH.whole(2000), Language("de", ",").whole(2000), Language("de", ",").whole(12000)
        ('2,000', '2000', '12.000')
        """
        text = f"{number:,}"
        if self.decimal == ".":
            return text
        return text.translate({ord(","): "." if abs(number) >= 10_000 else None, ord("."): self.decimal})

    def numeral(self, text: str) -> str:
        """A written number with this language's decimal mark.

        >>> Language("de", ",").numeral("-1.2e-4")
        '-1,2e-4'
        """
        return text.replace(".", self.decimal)


ENGLISH = Language(SOURCE)


@cache
def language_of(tag: str) -> Language:
    """The language of a tag such as ``de`` or ``pt-BR``.

    Raises:
        LookupError: there is no such language.
    """
    if tag == SOURCE:
        return ENGLISH
    from babel import Locale, UnknownLocaleError, negotiate_locale  # noqa: PLC0415 - an English film needs none of it

    if not re.fullmatch(TAG, tag):
        raise LookupError(tag)
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise LookupError(tag) from None
    decimal = "," if locale.number_symbols.get("latn", {}).get("decimal") == "," else "."
    words = negotiate_locale([tag, locale.language], LANGUAGES, sep="-")
    return Language(tag, decimal, words or SOURCE)


def is_language(tag: str) -> bool:
    """Whether there is a language of this tag."""
    try:
        language_of(tag)
    except LookupError:
        return False
    return True
