"""Numbers in a narration: said with the digits that they have in the picture."""

from __future__ import annotations

from manim import Mobject

from bp_core.nodes import Expression
from bp_script.narration import Format


def as_drawn(expression: Expression, picture: Mobject) -> str:
    """A quantity for a narration, braces and all, written as a picture shows it.

    So what is said never has other digits than what is seen, however many of them the picture has room for.

    Raises:
        KeyError: no number in the picture stands for it.
    """
    named = str(expression)
    for member in picture.get_family():
        shown = getattr(member, "shown", None)
        if shown is not None and shown.quantity == named:
            return f"{{{named}{Format.of(shown.text).spelled}}}"
    raise KeyError(f"{named} has no number in this picture")
