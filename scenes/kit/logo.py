"""A lecturer's logo: part of the ground, in the corner that the stage keeps free for it.

It is painted once, under everything, so that it costs no frame anything, and what is drawn over it is a finding.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bp_script.language.caller import tr
from scenes.kit.letters.compiler import TypesetError, compiled, escape

if TYPE_CHECKING:
    from bp_core.arrays import Array
    from bp_script.house import Logo

#: A drawing is made in so many pixels, of which it takes as many as its shape lets it.
_WIDTH, _HEIGHT = 1600, 400


def shape_of(logo: Logo) -> float:
    """Its width over its height."""
    height, width = picture(logo).shape[:2]
    return width / height


@lru_cache(maxsize=8)
def picture(logo: Logo) -> Array:
    """The logo without the empty pixels around it, as an array of height × width × 4 bytes.

    Raises:
        TypesetError: it is a drawing that cannot be drawn.
    """
    content = logo.content if isinstance(logo.content, bytes) else _drawn(logo.content)
    with Image.open(BytesIO(content)) as image:
        whole = image.convert("RGBA")
    inked = whole.getchannel("A").getbbox()
    if inked is None:
        raise TypesetError(tr("expected a logo with something on it; got an empty one"))
    return np.asarray(whole.crop(inked))


def _drawn(svg: str) -> bytes:
    """A drawing as a PNG."""
    source = (
        f"#set page(width: {_WIDTH}pt, height: {_HEIGHT}pt, margin: 0pt, fill: none)\n"
        f'#image(bytes({escape(svg)}), format: "svg", width: 100%, height: 100%, fit: "contain")'
    )
    try:
        return compiled(source, "png")[0]
    except TypesetError as error:
        told = tr("expected a logo that Typst can draw; got another: %(error)s", error=error.reason)
        raise TypesetError(told) from None
