"""The narration as subtitle files: SubRip (``.srt``) and WebVTT (``.vtt``)."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenes.kit.film.record import Caption

#: SubRip has no way to write a ``<`` that begins no tag; players take this invisible joiner after it for text.
_TAG_OPENING = re.compile(r"<(?=[A-Za-z/!])|\{(?=\\)")
_NO_TAG = "\u2060"


def to_srt(captions: Sequence[Caption]) -> str:
    """The captions as SubRip."""
    return "\n".join(
        f"{number}\n{_span(caption, ',')}\n{_TAG_OPENING.sub(_break_tag, _lines(caption.text))}\n"
        for number, caption in enumerate(captions, start=1)
    )


def to_vtt(captions: Sequence[Caption]) -> str:
    """The captions as WebVTT (https://www.w3.org/TR/webvtt1/)."""
    cues = (f"{_span(caption, '.')}\n{html.escape(_lines(caption.text), quote=False)}\n" for caption in captions)
    return "\n".join(["WEBVTT\n", *cues])


def _break_tag(opening: re.Match[str]) -> str:
    return opening[0] + _NO_TAG


def _lines(text: str) -> str:
    """An empty line would end the caption in both formats."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _span(caption: Caption, point: str) -> str:
    return f"{_clock(caption.start, point)} --> {_clock(caption.end, point)}"


def _clock(seconds: float, point: str) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{milliseconds:03d}"
