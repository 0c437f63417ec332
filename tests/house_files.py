"""A font and a logo, as a lecturer has them beside a lesson."""

from __future__ import annotations

from PIL import ImageFont

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20" fill="#ff8000"/></svg>'


def a_font() -> bytes:
    """Aileron, which Pillow carries: letters without serifs, some 100 characters, no umlauts."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return bytes(font.font_bytes)
