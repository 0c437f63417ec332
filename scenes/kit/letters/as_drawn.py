"""Numbers in a narration: said with the digits that they have in the picture."""

from __future__ import annotations

from manim import Mobject

from bp_core.nodes import Expression
from bp_script.narration import Format
from scenes.kit.view import View


def as_drawn(expression: Expression, picture: Mobject, view: View | None = None) -> str:
    """A quantity for a narration, braces and all, written as a picture shows it.

    So what is said never has other digits than what is seen, however many of them the picture has room for. What a
    picture may leave out is said as it is usual in the ``view``, if one is given.

    Raises:
        KeyError: no number in the picture stands for it.
    """
    named = str(expression)
    drawn = (getattr(member, "shown", None) for member in picture.get_family())
    shown = next((one for one in drawn if one is not None and one.quantity == named), None)
    if shown is None and view is not None:
        shown = view.shown(expression)
    if shown is None:
        raise KeyError(f"{named} has no number in this picture")
    return f"{{{named}{Format.of(shown.text).spelled}}}"
