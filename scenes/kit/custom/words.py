"""A lesson's own words and pictures in a scripted scene."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from manim import ImageMobject
from PIL import Image

from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.letters.text import Words

#: The largest letters, as a multiple of the least.
_MOST = 1.5


class WordsExhibit(Exhibit):
    """A few lines of text, shown as text whatever stands in it."""

    def __init__(self, made: Making, text: str) -> None:
        room, least, colour = made.room, made.least, made.view.theme.ink
        words = Words(text, em=_MOST * least, colour=colour, width=room.width, from_lesson=True)
        if words.height > room.height:
            words = Words(text, em=least, colour=colour, width=room.width, from_lesson=True)
        super().__init__(words.move_to(room.centre))


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
