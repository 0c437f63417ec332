"""Plain words on screen: set by Typst in the film's face, never read as markup."""

from __future__ import annotations

from scenes.kit.letters.face import words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.theme import Colour


class Words(Typeset):
    """A line of text. ``width`` in units of the frame breaks it into lines."""

    def __init__(
        self, text: str, *, em: float = 0.36, colour: Colour, width: float | None = None, from_lesson: bool = False
    ) -> None:
        self.text = text
        #: A lesson's own words may hold digits; a chapter's may not.
        self.from_lesson = from_lesson
        body = f"#({words(text)})"
        if width is not None:
            body = f"#box(width: {width / em * 10:.3f}pt, par(leading: 0.5em, {words(text)}))"
        super().__init__(body, em=em, colour=colour)
