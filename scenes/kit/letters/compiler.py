"""Typst, in this process: a wheel with fonts of its own, no LaTeX, no files, no caches to share.

A part of a source is marked by a colour of its own, which changes nothing in the layout. Nothing here draws: the films
read the glyphs (:mod:`~scenes.kit.letters.typesetting`), pages take the SVG as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import typst

#: The font size of a source, in points.
POINTS = 10.0
#: How many make an inch.
_POINTS_PER_INCH = 72.0
#: Around what a page holds, in points: outlines may reach beyond it.
MARGIN = 20.0
#: The colour of the rule that marks the baseline of the first line.
BASELINE = "#020000"
#: Fonts, and ``part``, which marks a part by its number.
PREAMBLE = f"""#set page(width: auto, height: auto, margin: {MARGIN}pt, fill: none)
#set text(font: ("New Computer Modern", "DejaVu Sans Mono"), size: {POINTS}pt, fallback: true)
#show math.equation: set text(font: "New Computer Modern Math")
#let part(n, body) = text(fill: rgb(1, calc.quo(n, 256), calc.rem(n, 256)), body)
"""
BASELINE_MARK = f'#box(width: 0pt, height: 0pt, line(length: 1pt, stroke: rgb("{BASELINE}")))'


class TypesetError(RuntimeError):
    """Typst refused a source; that is a mistake of this program, not of a lesson. ``reason`` is all that Typst says."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


def escape(text: str) -> str:
    """A lesson's text as a Typst string literal inside code: never markup."""
    cleaned = "".join(c if c.isprintable() else " " for c in text)
    return '"' + cleaned.replace("\\", "\\\\").replace('"', '\\"') + '"'


def compiled(source: str, form: Literal["svg", "pdf", "png"], *, root: Path | None = None) -> list[bytes]:
    """The pages of a source as SVG, or as PNG with a pixel a point, or the one document as PDF.

    Args:
        source: of the document.
        form: what is made of it.
        root: the folder that it may read from, if it reads.

    Raises:
        TypesetError: Typst refused it.
    """
    try:
        made = typst.compile(  # type: ignore[type-var]  # its stubs want a root of bytes, too
            source.encode(), root=root, format=form, ppi=_POINTS_PER_INCH, font_paths=fonts_with(source)
        )
    except typst.TypstError as error:
        raise TypesetError(f"{error} in {source!r}", error.message) from error
    return made if isinstance(made, list) else [made]


def part_of(colour: str) -> int | None:
    """The number of the part that a colour marks."""
    match = re.fullmatch(r"#01([0-9a-f]{2})([0-9a-f]{2})", colour)
    return int(match[1], 16) * 256 + int(match[2], 16) if match else None


def also_with(digest: str, folder: TemporaryDirectory[str]) -> None:
    """A source that holds this digest is set with the fonts of a folder, too, which stays until the program ends."""
    _folders[digest] = folder


_folders: dict[str, TemporaryDirectory[str]] = {}


def fonts_with(source: str) -> typst.Fonts:
    """Typst's own fonts, and those of the digest that a source holds."""
    return _fonts(next((folder.name for digest, folder in _folders.items() if digest in source), None))


@lru_cache(maxsize=8)
def _fonts(folder: str | None) -> typst.Fonts:
    own = [] if folder is None else [folder]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=own)
