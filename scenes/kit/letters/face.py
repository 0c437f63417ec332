"""The face of the words: the film's own, or a lecturer's.

Mathematics and numbers keep New Computer Modern whatever the words are set in. A font of one's own is set so large that
its x is as high as New Computer Modern's: letters are as large as they were, wherever a size is chosen or judged. What
it lacks is taken from the film's own, in its own size.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from bp_script.language.caller import tr
from scenes.kit.letters.compiler import TypesetError, also_with, escape, fonts_with

if TYPE_CHECKING:
    from bp_script.fonts import Font

#: The x-height of New Computer Modern over its size.
X_HEIGHT = 0.431


@dataclass(frozen=True, slots=True)
class Face:
    """A font of one's own as Typst knows it."""

    font: Font
    family: str

    @classmethod
    def of(cls, font: Font) -> Face:
        """The face of a font.

        Raises:
            TypesetError: Typst cannot read it.
        """
        return _face(font)

    @property
    def fonts(self) -> typst.Fonts:
        """For Typst: this and its own."""
        return fonts_with(self.font.digest)

    @property
    def size(self) -> float:
        """Its size where the words around it have size 1."""
        return X_HEIGHT / self.font.x_height

    def code(self, text: str) -> str:
        """Typst's code for words in it."""
        runs = groupby(text, lambda sign: sign.isspace() or ord(sign) in self.font.characters)
        return " + ".join(self._set(escape("".join(signs))) if mine else escape("".join(signs)) for mine, signs in runs)

    @property
    def listed(self) -> str:
        """Its name as the first of Typst's list of fonts; the digest tells it from another font of this name."""
        return f"{escape(self.family)}, /* {self.font.digest} */ "

    def _set(self, literal: str) -> str:
        return f"text(font: ({self.listed}), size: {self.size:.5f}em, {literal})"


_current: list[Face | None] = [None]


def use(font: Font | None) -> None:
    """From here on words are set in this font, or in the film's own: until the next chapter is made.

    Raises:
        TypesetError: Typst cannot read it.
    """
    _current[0] = None if font is None else Face.of(font)


def face() -> Face | None:
    """What words are set in, None for the film's own."""
    return _current[0]


def words(text: str) -> str:
    """Typst's code for a lesson's or a chapter's words: never markup."""
    own = face()
    return escape(text) if own is None or not text else own.code(text)


@lru_cache(maxsize=8)
def _face(font: Font) -> Face:
    # Typst reads fonts from folders, and as long as it sets words in them
    folder = tempfile.TemporaryDirectory(prefix="bp-font-")
    (Path(folder.name) / f"font{font.ending}").write_bytes(font.content)
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder.name])
    families = found.families()
    if not families:
        raise TypesetError(tr("expected a font that Typst can read; got another"))
    also_with(font.digest, folder)
    return Face(font, families[0])
