"""What the command itself says: in the language of whoever calls it, as gettext finds it in the environment."""

from __future__ import annotations

import inspect
import os
from functools import cache
from typing import TYPE_CHECKING

import click

from bp_script.language import ENGLISH, LANGUAGES, Language, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where gettext looks, in this order.
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def tr(message: str, /, **parts: object) -> str:
    """A message in the caller's language; each ``%(name)s`` of it is the part of that name."""
    return callers_language().tr(message, **parts)


def tr_n(singular: str, plural: str, n: int, /, **parts: object) -> str:
    """A message about ``n`` things in the caller's language."""
    return callers_language().tr_n(singular, plural, n, **parts)


@cache
def callers_language() -> Language:
    """The language of whoever calls the command."""
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


def translated(command: click.Command) -> click.Command:
    """A command with its help in the caller's language."""
    command.help = tr(inspect.cleandoc(command.help)) if command.help else None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = tr(parameter.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            translated(inner)
    return command
