"""What the quick renderer does to be quick; each can be left out, so that what it gains can be measured.

``BP_WITHOUT="layers stills"`` in the environment leaves these two out. The film stays the same, but for ``x264``
and, where what has moved comes to rest, ``hints``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

from bp_script.language.caller import tr


@dataclass(frozen=True, slots=True)
class Techniques:
    """Which are used."""

    #: Only the tiles that have changed are drawn.
    tiles: bool = True
    #: What stands still is a layer of its own.
    layers: bool = True
    #: Only the tiles that have changed are converted to YUV.
    parts: bool = True
    #: What stands still is written without x264.
    stills: bool = True
    #: x264 is told what has not changed.
    hints: bool = True
    #: x264 has settings of ours, not manim's.
    x264: bool = True
    #: What manim computes it computes more cheaply.
    cheap: bool = True


ALL = Techniques()


def names() -> tuple[str, ...]:
    """What can be left out."""
    return tuple(field.name for field in fields(Techniques))


def chosen() -> Techniques:
    """All but those that the environment leaves out.

    Raises:
        ValueError: it names one that there is not.
    """
    left_out = os.environ.get("BP_WITHOUT", "").split()
    if unknown := set(left_out) - set(names()):
        raise ValueError(
            tr(
                "BP_WITHOUT: expected some of %(names)s; got %(got)s",
                names=", ".join(names()),
                got=", ".join(sorted(unknown)),
            )
        )
    return Techniques(**dict.fromkeys(left_out, False))
