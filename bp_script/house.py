"""The house style: one YAML file for many lessons, and what it or the lesson names, a font and a logo.

``look: {style: house.yaml}`` takes theme, notation, colours, font and logo from there; what the lesson's own ``look``
says comes before it, colour by colour.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bp_script.entries.look import Style
from bp_script.errors import LessonError, LessonErrors, mismatch, shown
from bp_script.files import FileRefused, in_a_folder, path_beside, read_beside, read_limited
from bp_script.fonts import Font, read_font, which_lacks
from bp_script.language.caller import tr
from bp_script.looks import Where
from bp_script.pictures import check_picture, plain_drawing
from bp_script.reading import Enough, Findings, read_fields
from bp_script.source import Source
from bp_script.yaml_marks import Document, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

T = TypeVar("T")

_STYLE_ENDINGS = (".yaml", ".yml")
_LOGO_ENDINGS = (".png", ".svg")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, as PNG or as the text of an SVG, and where it is: in a corner of all chapters, or of the cards."""

    content: bytes | str
    where: Where = "corner"


@dataclass(frozen=True, slots=True)
class House:
    """What a look names, read."""

    font: Font | None = None
    logo: Logo | None = None

    def logo_shown(self, *, on_card: bool) -> Logo | None:
        """The logo that a chapter, or a card around the chapters, has; None if it has none."""
        return self.logo if self.logo is not None and (on_card or self.logo.where == "corner") else None


@dataclass(slots=True)
class Sheet:
    """A file of keys for ``look`` and where it lies; what is wrong with it is told with its own lines."""

    values: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None
    document: Document = field(default_factory=lambda: Document({}))
    found: Findings = field(default_factory=Findings)
    mistakes: list[LessonError] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, name: str) -> Sheet:
        """The sheet of a file.

        Raises:
            FileRefused: it cannot be read.
        """
        content = read_limited(path, name)
        try:
            source = Source(str(path), content.decode("utf-8-sig"))
            document = read_document(source)
        except UnicodeDecodeError:
            message = tr("expected text in UTF-8; got %(file)s, which is something else", file=shown(name))
            raise FileRefused(message) from None
        except LessonErrors as errors:
            return cls(mistakes=[*errors.errors])
        sheet = cls(folder=path.parent, document=document, mistakes=[*document.mistakes])
        with suppress(Enough):
            values = read_fields(Style, document.data, (), sheet.found)
            said = document.data if isinstance(document.data, dict) else {}
            sheet.values = {key: value for key, value in values.items() if key in said}
        return sheet

    def errors(self) -> list[LessonError]:
        """All that is wrong with it."""
        return [*self.mistakes, *map(self.document.error, self.found.mistakes)]


class HouseReader:
    """Reads what a lesson's look names; what is wrong with the look is noted in ``found``."""

    def __init__(self, look: dict[str, Any], said: dict[str, Any], folder: Path | None, found: Findings) -> None:
        """Of a look as its fields that are right, those left out with their default, and as it is written."""
        self._folder, self._found, self._said = folder, found, said
        self._sheet = Sheet()
        if look.get("style"):
            self._read_sheet(look["style"])
        sheet = self._sheet.values
        own = {key: value for key, value in look.items() if key in said}
        colours = {**_given(sheet.get("colours")), **_given(own.get("colours"))}
        #: The fields, with those of the style.
        self.look: dict[str, Any] = {**look, **sheet, **own, **({"colours": colours} if colours else {})}
        self.house = House(self._named("font", read_font), self._named("logo", _logo))

    def errors(self) -> list[LessonError]:
        """What is wrong with the style's file, in its own lines."""
        return self._sheet.errors()

    def check_letters(self, texts: Iterable[str]) -> None:
        """Hold the font to the letters of a film's words."""
        missing = self.house.font.lacks(texts) if self.house.font is not None else ""
        if missing:
            got = which_lacks(shown(self.look["font"]), missing)
            self._note("font", mismatch(tr("a font with all letters of the film"), got))

    def _read_sheet(self, name: str) -> None:
        try:
            folder = in_a_folder(self._folder, name)
            path_beside(folder, name, _STYLE_ENDINGS)
            self._sheet = Sheet.of(folder / name, name)
        except FileRefused as error:
            self._found.add(("look", "style"), str(error))

    def _named(self, key: str, read: Callable[[Any, Path | None], T]) -> T | None:
        """What ``read`` makes of what the look names; None if it names nothing, or that is refused."""
        said = self.look.get(key)
        if said is None:
            return None
        try:
            return read(said, self._folder if key in self._said else self._sheet.folder)
        except FileRefused as error:
            self._note(key, str(error))
            return None

    def _note(self, key: str, message: str) -> None:
        """A mistake in the lesson, or in its style if that says it."""
        if key in self._said:
            self._found.add(("look", key), message)
        else:
            self._sheet.found.add((key,), message)


def _logo(said: str | dict[str, Any], folder: Path | None) -> Logo | None:
    entry: dict[str, Any] = {"file": said} if isinstance(said, str) else said
    name = entry.get("file")
    if name is None:
        return None  # that is told already
    content = read_beside(in_a_folder(folder, name), name, _LOGO_ENDINGS)
    where: Where = entry.get("where", "corner")
    if name.lower().endswith(".svg"):
        return Logo(plain_drawing(content), where)
    check_picture(content, ("PNG",))
    return Logo(content, where)


def _given(colours: Any) -> dict[str, str]:
    return {role: colour for role, colour in colours.items() if colour} if isinstance(colours, dict) else {}
