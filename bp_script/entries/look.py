"""``look``: how the film looks."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from bp_script.entries.base import Entry, Range, Whole
from bp_script.mistakes import EXPECTED
from bp_script.numerals import MOST_DECIMALS

_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def _check_language(tag: str) -> str:
    if not re.fullmatch(_TAG, tag):
        raise PydanticCustomError(EXPECTED, "a language tag such as en, de or pt-BR")
    return tag


Notation: TypeAlias = Literal["superscript", "delta", "from_to", "worked"]
Theme: TypeAlias = Literal["dark", "light", "high_contrast", "no_hue"]
Aspect: TypeAlias = Literal["16:9", "9:16", "1:1"]
Captions: TypeAlias = Literal["file", "drawn"]
Language: TypeAlias = Annotated[
    str, Strict(), AfterValidator(_check_language), WithJsonSchema({"type": "string", "pattern": _TAG})
]


class Look(Entry):
    """Notation, colours, shape, language, decimals and captions of the film."""

    notation: Notation = "superscript"
    """superscript, delta, from_to or worked"""
    theme: Theme = "dark"
    """dark, light, high_contrast or no_hue"""
    aspect: Aspect = "16:9"
    """16:9, 9:16 or 1:1"""
    language: Language = "en"
    """the language of the words that are not the lesson's own"""
    decimals: Annotated[Whole, Range(0, MOST_DECIMALS)] = 2
    """digits after the point of numbers on screen"""
    captions: Captions = "file"
    """file: beside the film; drawn: in the picture too"""
