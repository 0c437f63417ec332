"""Pictures that a lesson names: held to a size and to their format before anybody draws them."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree as ET

from bp_script.errors import one_of, shown
from bp_script.files import FileRefused

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
                raise FileRefused(f"expected a picture of at most {MOST_PIXELS:,} pixels; got {width} by {height}")
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(f"expected a {one_of(formats)} picture; got something else") from None


def plain_drawing(content: bytes) -> str:
    """An SVG drawing as text that declares nothing and names no file.

    Raises:
        FileRefused: it is no SVG, has entities, names files elsewhere or holds too much.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)[^>]*\[|<!ENTITY", content, re.IGNORECASE):
        raise FileRefused("expected an SVG drawing without entities of its own; got one that has some")
    try:
        root = ET.fromstring(content)  # noqa: S314 - without entities, and small
    except (ET.ParseError, ValueError):
        root = None
    if root is None or root.tag != _SVG:
        raise FileRefused("expected an SVG drawing; got something else")
    for count, element in enumerate(root.iter()):
        if count >= _MOST_ELEMENTS:
            raise FileRefused(f"expected an SVG drawing of at most {_MOST_ELEMENTS:,} elements; got more")
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] == "href" and not value.startswith(("#", "data:image/")):
                raise FileRefused(f"expected an SVG drawing with all it shows; got one that names {shown(value)}")
    return ET.tostring(root, encoding="unicode")
