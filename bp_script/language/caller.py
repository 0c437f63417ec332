"""The language of whoever calls the program, as gettext finds it in the environment: mistakes and help are told in it.

A film's words are not: they come in the language of its lesson's ``look``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from bp_script.language.catalogues import LANGUAGES
from bp_script.language.languages import ENGLISH, Language, language_of

#: Where gettext looks, in this order.
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def tr(message: str, /, **parts: object) -> str:
    """A message in the caller's language; each ``%(name)s`` of it is the part of that name."""
    return callers_language().tr(message, **parts)


def tr_n(singular: str, plural: str, n: int, /, **parts: object) -> str:
    """A message about ``n`` things in the caller's language."""
    return callers_language().tr_n(singular, plural, n, **parts)


def whole(number: float) -> str:
    """A number with its thousands apart, in the caller's language."""
    return callers_language().whole(number)


@cache
def callers_language() -> Language:
    """The language of whoever calls the program."""
    return wanted(os.environ)


def wanted(environment: Mapping[str, str]) -> Language:
    """The language that an environment asks for, English where it asks for none that there is.

    >>> wanted({"LANG": "de_AT.UTF-8"}).code, wanted({"LC_ALL": "C", "LANG": "de_DE"}).code
    ('de-AT', 'en')
    """
    asked = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    for name in asked.split(":"):
        tag = name.partition(".")[0].partition("@")[0].replace("_", "-")
        if tag.partition("-")[0] in LANGUAGES:
            try:
                return language_of(tag)
            except (ImportError, LookupError):  # bp doctor says what is missing
                break
    return ENGLISH
