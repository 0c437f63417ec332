"""Fonts of one's own: a file beside the lesson, or a family that the machine has.

Of a font's file the names, the list of its characters and the outline of its x are read, by fontTools and nothing else
of it; who sets words in it reads the rest.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from bp_script.errors import did_you_mean, in_a_line, mismatch, one_of, shown
from bp_script.files import FileRefused, in_a_folder, read_beside, read_limited
from bp_script.language.caller import tr

#: What a font's file ends in.
ENDINGS = (".ttf", ".otf")
#: Where machines keep their fonts.
_PLACES = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
)  # fmt: skip
#: What every font has to have: the words of the program and the digits of the lessons.
_NEEDED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;?!()-'"
#: So many characters that a font lacks are told.
_TOLD = 8
#: The numbers of a family's name in a font, that of all its styles first, and of a style's.
_FAMILY, _STYLE = (16, 1), (17, 2)
_PLAIN = {"regular", "book", "roman", "normal"}


@dataclass(frozen=True, slots=True)
class Font:
    """A font's file, and the height of its x over its size."""

    content: bytes
    x_height: float

    @property
    def digest(self) -> str:
        """Tells it from any other."""
        return _digest(self.content)

    @property
    def ending(self) -> str:
        """What its file ends in."""
        return ".otf" if self.content.startswith(b"OTTO") else ".ttf"

    @property
    def characters(self) -> frozenset[int]:
        """The characters it has, by their numbers."""
        return _characters(self.content)

    def lacks(self, texts: Iterable[str]) -> str:
        """The letters of these texts that it does not have; Greek ones are mathematics and come from elsewhere."""
        letters = {sign for text in texts for sign in text if sign.isalpha() and not _is_greek(sign)}
        return "".join(sorted(sign for sign in letters if ord(sign) not in self.characters))


def read_font(name: str, folder: Path | None) -> Font:
    """The font of this name: of a file beside the lesson if it ends like one, else the machine's family.

    Raises:
        FileRefused: there is none, it cannot be read, or it lacks letters that every film needs.
    """
    if not name.lower().endswith(ENDINGS):
        return _font(_family(name), name)
    return _font(read_beside(in_a_folder(folder, name), name, ENDINGS), name)


def told(signs: str) -> str:
    """Characters as messages list them.

    >>> told("äöü")
    'ä, ö, ü'
    """
    first = ", ".join(signs[:_TOLD])
    more = len(signs) - _TOLD
    return tr("%(first)s and %(more)s more", first=first, more=more) if more > 0 else first


def which_lacks(font: str, signs: str) -> str:
    """A font and the characters that it does not have, as messages tell it."""
    return tr("%(font)s, which lacks %(signs)s", font=font, signs=told(signs))


def _font(content: bytes, name: str) -> Font:
    try:
        x_height = _x_height(content)
        font = Font(content, x_height)
        lacking = "".join(sign for sign in _NEEDED if ord(sign) not in font.characters)
    except Exception as error:  # noqa: BLE001 - whatever a broken font makes fontTools raise
        raise FileRefused(mismatch(tr("a font"), f"{shown(name)}: {in_a_line(error)}")) from None
    if lacking:
        got = which_lacks(shown(name), lacking)
        raise FileRefused(mismatch(tr("a font with letters and digits"), got))
    if not 0.2 < x_height < 1:
        expected = tr("a font whose x is between 0.2 and 1 of its size")
        raise FileRefused(mismatch(expected, f"{shown(name)}, {x_height:.2f}"))
    return font


def _family(family: str) -> bytes:
    """The file of a family's plain style."""
    names: set[str] = set()
    wanted = _key(family)
    found: list[tuple[int, str, Path, int]] = []
    for path in sorted(_installed(), key=lambda path: _key(path.stem).startswith(wanted[:4]), reverse=True):
        for number, (name, style) in enumerate(_names(str(path), path.stat().st_mtime_ns)):
            names.add(name)
            if _key(name) == wanted:
                found.append((style.casefold() not in _PLAIN, style, path, number))
    if not found:
        got = shown(family) + did_you_mean(family, sorted(names))
        expected = tr("a file that ends in %(endings)s, or a family of fonts on this machine", endings=one_of(ENDINGS))
        raise FileRefused(mismatch(expected, got))
    _, _, path, number = min(found)
    content = read_limited(path, family)
    return _alone(content, number) if content.startswith(b"ttcf") else content


def _installed() -> Iterator[Path]:
    for place in _PLACES:
        for folder, _, files in os.walk(Path(place).expanduser()):
            yield from (Path(folder) / file for file in files if file.lower().endswith((*ENDINGS, ".ttc", ".otc")))


@lru_cache(maxsize=4096)
def _names(path: str, changed: int) -> tuple[tuple[str, str], ...]:  # noqa: ARG001 - a changed file is read again
    """Family and style of each font in a file; none of one that cannot be read."""
    from fontTools.ttLib import TTCollection, TTFont  # noqa: PLC0415 - few lessons have a font of their own

    try:
        if Path(path).suffix.lower() in {".ttc", ".otc"}:
            with TTCollection(path, lazy=True) as fonts:
                return tuple(_named(font) for font in fonts)
        with TTFont(path, lazy=True) as font:
            return (_named(font),)
    except Exception:  # noqa: BLE001 - the machine's fonts are not the lesson's affair
        return ()


def _named(font: object) -> tuple[str, str]:
    table = font["name"]  # type: ignore[index]
    family, style = (next(filter(None, map(table.getDebugName, numbers)), "") for numbers in (_FAMILY, _STYLE))
    return family, style


def _alone(content: bytes, number: int) -> bytes:
    """One font of a file of several."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    alone = io.BytesIO()
    with TTFont(io.BytesIO(content), fontNumber=number) as font:
        font.save(alone)
    return alone.getvalue()


@lru_cache(maxsize=16)
def _characters(content: bytes) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(io.BytesIO(content), lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def _x_height(content: bytes) -> float:
    from fontTools.pens.boundsPen import BoundsPen  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(io.BytesIO(content), lazy=True) as font:
        glyphs = font.getGlyphSet()
        pen = BoundsPen(glyphs)
        glyphs[(font.getBestCmap() or {}).get(ord("x"), "x")].draw(pen)
        return float(pen.bounds[3]) / float(font["head"].unitsPerEm)


@lru_cache(maxsize=16)
def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def _is_greek(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("GREEK")


def _key(name: str) -> str:
    return "".join(name.casefold().split()).replace("-", "").replace("_", "")
