"""What the mathematics says in its errors, in the caller's language."""

from __future__ import annotations

from bp_core.errors import CoreError, Decimal, Many, Phrase
from bp_script.language.caller import callers_language, tr, whole


def in_words(said: object) -> str:
    """An error of the mathematics, or a part of what it says, as it is told."""
    if isinstance(said, CoreError):
        return in_words(said.args[0])
    if isinstance(said, Decimal):
        return callers_language().numeral(said)
    if isinstance(said, Many):
        return whole(said)
    if isinstance(said, Phrase):
        return tr(said.message, **{name: in_words(part) for name, part in said.parts.items()})
    return str(said)
