"""A lesson's own words and pictures in a scripted scene."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from io import BytesIO

import numpy as np
from manim import ImageMobject, VMobject
from PIL import Image

from bp_core.nodes import Expression
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.text import Words

#: Sizes of letters to try, the largest first, as multiples of the least that scripts need; words have none.
_SIZES = (1.65, 1.4, 1.2, 1.0, 0.85, 0.72)
#: The share of its room's height that words take, and all of it for the smallest.
_SHARE = 0.6


class WordsExhibit(Exhibit):
    """A few lines of text, shown as text whatever stands in it."""

    def __init__(self, made: Making, text: str) -> None:
        room, least, colour = made.room, made.least, made.view.theme.ink
        for size in _SIZES:
            words = Words(text, em=size * least, colour=colour, width=room.width, from_lesson=True)
            if words.height <= room.height * (_SHARE if size > 1 else 1.0) and words.width <= room.width:
                break
        super().__init__(words.move_to(room.centre))

    def parts(self) -> Iterable[tuple[VMobject, Collection[Expression]]]:
        """All of it, of no quantity."""
        return [(self.drawing, ())]


class ImageExhibit(Exhibit):
    """A picture beside the lesson, as large as its room allows."""

    def __init__(self, made: Making, name: str) -> None:
        if made.read_image is None:
            raise FileNotFoundError(name)
        room = made.room
        with Image.open(BytesIO(made.read_image(name))) as image:
            drawing = ImageMobject(np.asarray(image.convert("RGBA")))
        drawing.scale(min(room.width / drawing.width, room.height / drawing.height))
        super().__init__(drawing.move_to(room.centre))
