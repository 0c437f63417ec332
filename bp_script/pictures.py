"""Pictures that a lesson names: held to a size and to their format before anybody draws them."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree as ET

from bp_script.errors import mismatch, one_of, shown
from bp_script.files import FileRefused
from bp_script.language.caller import tr, whole

#: Width times height.
MOST_PIXELS = 25_000_000
#: Shapes, groups and all else of a drawing.
_MOST_ELEMENTS = 20_000
_SVG = "{http://www.w3.org/2000/svg}svg"


def check_picture(content: bytes, formats: tuple[str, ...]) -> None:
    """Hold a picture to one of these formats of Pillow's, such as ``PNG``.

    Raises:
        FileRefused: it is none, or too large a one.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - most lessons name none

    try:
        with Image.open(BytesIO(content), formats=formats) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                expected = tr("a picture of at most %(most)s pixels", most=whole(MOST_PIXELS))
                raise FileRefused(mismatch(expected, tr("%(width)s by %(height)s", width=width, height=height)))
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        said = tr("expected a %(formats)s picture; got something else", formats=one_of(formats))
        raise FileRefused(said) from None


def plain_drawing(content: bytes) -> str:
    """An SVG drawing as text that declares nothing and names no file.

    Raises:
        FileRefused: it is no SVG, has entities, names files elsewhere or holds too much.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)[^>]*\[|<!ENTITY", content, re.IGNORECASE):
        raise FileRefused(tr("expected an SVG drawing without entities of its own; got one that has some"))
    try:
        root = ET.fromstring(content)  # noqa: S314 - without entities, and small
    except (ET.ParseError, ValueError):
        root = None
    if root is None or root.tag != _SVG:
        raise FileRefused(tr("expected an SVG drawing; got something else"))
    for count, element in enumerate(root.iter()):
        if count >= _MOST_ELEMENTS:
            said = tr("expected an SVG drawing of at most %(most)s elements; got more", most=whole(_MOST_ELEMENTS))
            raise FileRefused(said)
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] == "href" and not value.startswith(("#", "data:image/")):
                said = tr("expected an SVG drawing with all it shows; got one that names %(file)s", file=shown(value))
                raise FileRefused(said)
    return ET.tostring(root, encoding="unicode")
