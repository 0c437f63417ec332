"""Which language is meant where its tag is not known."""

from __future__ import annotations

from bp_script.errors import did_you_mean, suggested
from bp_script.language.catalogues import LANGUAGES, SOURCE


def meant(name: str) -> str:
    """``"; did you mean 'de'?"`` where a language is called by its name or nearly by its tag.

    >>> meant("German"), meant("deutsch"), meant("Elvish")
    ("; did you mean 'de'?", "; did you mean 'de'?", '')
    """
    from babel import Locale  # noqa: PLC0415 - asked in messages only

    english = Locale(SOURCE).languages
    names = {english[tag].casefold(): str(tag) for tag in english}
    names |= {str(Locale(tag).get_display_name()).casefold(): tag for tag in LANGUAGES}
    found = names.get(name.casefold().strip())
    return suggested(found) if found else did_you_mean(name, LANGUAGES)
