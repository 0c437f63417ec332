"""Derivatives on one line, for lists."""

from __future__ import annotations

from bp_core.quantities import Derivative
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.view import View


def inline(view: View, derivative: Derivative, em: float) -> Typeset:
    """A derivative on one line, ∂C/∂w."""
    of = derivative.of if derivative.example is None else derivative.of.at_example(derivative.example)
    above, below = (view.notation.variable(v, view.net) for v in (of, derivative.by))
    written = Typeset(f"$part(#0, partial {above}) slash part(#1, partial {below})$", em=em, colour=view.theme.ink)
    written.part(0).set_fill(view.colour(derivative.of))
    written.part(1).set_fill(view.colour(derivative.by))
    return written
