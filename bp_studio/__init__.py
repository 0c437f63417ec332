"""From lessons to films: rendering, joining, captions, the film's record and the ``bp`` command.

In a notebook, ``from bp_studio import show`` and then ``show("mine.yaml", chapter="nudge")`` plays a clip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bp_studio.notebook import PlayedClip, show

__all__ = ["PlayedClip", "show"]


def __getattr__(name: str) -> Any:
    """The notebook's names, loaded when they are asked for: the command needs none of them."""
    if name in __all__:
        from bp_studio import notebook  # noqa: PLC0415

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
