"""A lecturer's font and logo on what is no film: pages, handouts and worksheets."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from bp_script.entries.look import Colours, Look
from scenes.kit.logo import picture, shape_of

if TYPE_CHECKING:
    from bp_script.house import House, Logo

#: What the page calls the font, and how large a one it carries.
_FAMILY, _LARGEST = "house", 2_000_000
#: The size of the logo on paper, in millimetres.
_HIGHEST, _WIDEST = 11.0, 45.0

#: What is printed is drawn in this theme.
_PRINTED = "light"


def printed(look: Look) -> Look:
    """How a lesson looks on paper: in the light theme, and in its own colours if they were made for that."""
    return look if look.theme == _PRINTED else look.model_copy(update={"theme": _PRINTED, "colours": Colours()})


def font_style(house: House) -> str:
    """A style that sets the page's words in the font; nothing without one, or for one that is very large."""
    if house.font is None or len(house.font.content) > _LARGEST:
        return ""
    place = _inline(f"font/{house.font.ending[1:]}", house.font.content)
    return (
        f'@font-face {{ font-family: {_FAMILY}; src: url("{place}") }}\n'
        f":root {{ font-family: {_FAMILY}, sans-serif }}\n"
    )


def logo_source(house: House) -> str | None:
    """The logo as the source of a picture."""
    if house.logo is None:
        return None
    if isinstance(house.logo.content, str):
        return _inline("image/svg+xml", house.logo.content.encode())
    return _inline("image/png", logo_png(house.logo))


def logo_code(house: House) -> str | None:
    """The logo as Typst's code."""
    if house.logo is None:
        return None
    content = ", ".join(map(str, logo_png(house.logo)))
    height = min(_HIGHEST, _WIDEST / shape_of(house.logo))
    return f'image(bytes(({content})), format: "png", height: {height:.1f}mm)'


def logo_png(logo: Logo) -> bytes:
    """The logo as a PNG, without the empty pixels around it."""
    file = BytesIO()
    Image.fromarray(picture(logo)).save(file, "PNG", optimize=True)
    return file.getvalue()


def _inline(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
