"""``look``: how the film looks."""

import re
from collections.abc import Mapping
from typing import Annotated, Self, TypeAlias

from pydantic import AfterValidator, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from bp_script.entries.base import Entry, Range, Text, Whole
from bp_script.errors import one_of, shown
from bp_script.language import LANGUAGES, TAG, is_language
from bp_script.language.caller import tr
from bp_script.language.meant import meant
from bp_script.looks import Aspect, Captions, Notation, Theme, Where
from bp_script.mistakes import EXPECTED
from bp_script.numerals import MOST_DECIMALS

_HEX = r"^#[0-9a-fA-F]{6}$"


def _check_language(tag: str) -> str:
    if not is_language(tag):
        expected = tr("a language: %(known)s, or another tag such as pt-BR", known=one_of(LANGUAGES))
        got = shown(tag) + meant(tag)
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected, "got": got})
    return tag


def _check_colour(colour: str) -> str:
    if not re.fullmatch(_HEX, colour):
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": tr('a colour such as "#5cb3f2"')})
    return colour.lower()


Language: TypeAlias = Annotated[
    str, Strict(), AfterValidator(_check_language), WithJsonSchema({"type": "string", "pattern": TAG})
]

Colour: TypeAlias = Annotated[
    str, Strict(), AfterValidator(_check_colour), WithJsonSchema({"type": "string", "pattern": _HEX})
]


class Colours(Entry):
    """Colours of one's own, by what they stand for; the others stay the theme's."""

    ground: Colour | None = None
    """behind everything"""
    ink: Colour | None = None
    """words, signs and lines"""
    quiet: Colour | None = None
    """what is said in passing: axes, headings of tables"""
    faint: Colour | None = None
    """lines in the background"""
    weight: Colour | None = None
    """weights"""
    bias: Colour | None = None
    """biases"""
    pre_activation: Colour | None = None
    """pre-activations z"""
    activation: Colour | None = None
    """activations a and inputs x"""
    target: Colour | None = None
    """targets y"""
    cost: Colour | None = None
    """the cost"""
    error: Colour | None = None
    """the errors δ"""
    highlight: Colour | None = None
    """what is pointed at"""
    neuron_off: Colour | None = None
    """a neuron whose activation is least"""
    neuron_on: Colour | None = None
    """a neuron whose activation is greatest"""

    @property
    def given(self) -> dict[str, str]:
        """Those that are given, by their names."""
        return {name: colour for name, colour in self.model_dump().items() if colour is not None}


class LogoEntry(Entry):
    """A logo: its file, and where it is shown."""

    file: Text
    """a PNG or SVG file beside the lesson"""
    where: Where = "corner"
    """corner: at the top right of all chapters; cards: of the title and the end alone"""


class Style(Entry):
    """A house style: what many lessons' looks have in common, in a file of its own."""

    notation: Notation = "superscript"
    """superscript, delta, from_to or worked"""
    theme: Theme = "dark"
    """dark, light, high_contrast or no_hue"""
    colours: Colours = Colours()
    """colours of one's own in place of some of the theme's, as {weight: "#5cb3f2"}"""
    font: Text | None = None
    """the words' font: a .ttf or .otf file beside this one, or a family on this machine"""
    logo: Text | LogoEntry | None = None
    """a PNG or SVG file beside this one, or a mapping of file and where"""


class Look(Style):
    """Notation, colours, font, logo, shape, language, decimals and captions of the film."""

    font: Text | None = None
    """the words' font: a .ttf or .otf file beside the lesson, or a family on this machine"""
    logo: Text | LogoEntry | None = None
    """a PNG or SVG file beside the lesson, or a mapping of file and where"""
    style: Text | None = None
    """a YAML file beside the lesson with theme, notation, colours, font and logo for many lessons"""
    aspect: Aspect = "16:9"
    """16:9, 9:16 or 1:1"""
    language: Language = "en"
    """the language of the words that are not the lesson's own"""
    decimals: Annotated[Whole, Range(0, MOST_DECIMALS)] = 2
    """digits after the point of numbers on screen"""
    captions: Captions = "file"
    """file: beside the film; drawn: in the picture too"""

    def otherwise(self, said: Mapping[str, str]) -> Self:
        """The look with other values of some keys; another theme comes without the colours that were made for this."""
        plain = {} if said.get("theme", self.theme) == self.theme else {"colours": Colours()}
        return self.model_copy(update={**said, **plain})
