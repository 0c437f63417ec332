"""Moves that explain: a symbol turns into its number in place, a factor leaves its edge for the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from manim import Animation, ReplacementTransform, Scene, VGroup, VMobject, smooth
from manim.utils.rate_functions import rush_from, rush_into

from bp_core.nodes import Expression
from bp_core.quantities import Variable
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.glyphs import shape_of
from scenes.kit.letters.mathematics import Key, leaves

#: The least a glyph is stretched to.
_THIN = 1e-3


class Ghost:
    """One piece on its way: from one drawing to another, or appearing, or vanishing."""

    def __init__(self, start: VMobject | None, end: VMobject | None) -> None:
        self.start = start.copy() if start is not None else None
        self.end = end.copy() if end is not None else None
        self.mobject: VMobject = (start if start is not None else end).copy()  # type: ignore[union-attr]
        for member in self.mobject.get_family():
            # What is on the move is no settled number.
            if hasattr(member, "shown"):
                del member.shown
        if self.start is not None and self.end is not None:
            self.mobject.align_data(self.end)
            self.start.align_data(self.end)

    def at(self, alpha: float) -> None:
        """The piece at a share of the way."""
        if self.start is not None and self.end is not None:
            for piece, a, b in zip(
                self.mobject.get_family(), self.start.get_family(), self.end.get_family(), strict=True
            ):
                piece.interpolate(a, b, alpha)
            return
        moving = self.start if self.start is not None else self.end
        share = 1 - rush_into(min(1.0, 2 * alpha)) if self.start is not None else rush_from(max(0.0, 2 * alpha - 1))
        for piece, whole in zip(self.mobject.get_family(), moving.get_family(), strict=True):  # type: ignore[union-attr]
            piece.set_fill(opacity=share * whole.get_fill_opacity())


class Morph(Animation):
    """One formula becomes another.

    What stands in both (the same place of the tree, drawn alike) travels; a symbol whose place holds a number in the
    other fades over; the rest comes or goes. ``from_elsewhere`` lets places of the new formula arrive from other
    drawings on screen, which stay where they are; a place is told by its key or by the quantity that stands there
    first. Without an old formula the new one appears.
    """

    def __init__(
        self,
        old: Formula | None,
        new: Formula,
        *,
        from_elsewhere: Mapping[Key | Expression, VMobject] | None = None,
        run_time: float = 1.2,
        **kwargs: Any,
    ) -> None:
        self.old, self.new = old, new
        self._arriving: dict[Key, VMobject] = {}
        for place, drawing in (from_elsewhere or {}).items():
            keys = [place] if isinstance(place, tuple) else _keys(new, place)
            self._arriving.update(dict.fromkeys(keys, drawing))
        super().__init__(VGroup(), run_time=run_time, rate_func=smooth, **kwargs)

    def _setup_scene(self, scene: Scene) -> None:
        self._ghosts = list(self._pairs())
        self.mobject.add(*(ghost.mobject for ghost in self._ghosts))
        if self.old is not None:
            scene.remove(self.old)
        scene.add(self.mobject)

    def _pairs(self) -> Iterable[Ghost]:
        before = self.old.keyed() if self.old is not None else {}
        after = self.new.keyed()
        for key, target in after.items():
            if key in self._arriving:
                if key in before:
                    yield Ghost(before[key], None)
                yield from _travelling(self._arriving[key], target)
            elif key in before:
                yield from _between(before[key], target)
            else:
                yield Ghost(None, target)
        for key, gone in before.items():
            if key not in after:
                yield Ghost(gone, None)

    def interpolate_mobject(self, alpha: float) -> None:  # noqa: D102
        for ghost in self._ghosts:
            ghost.at(self.rate_func(alpha))

    def begin(self) -> None:  # noqa: D102
        self.interpolate(0)

    def finish(self) -> None:  # noqa: D102
        self.interpolate(1)

    def clean_up_from_scene(self, scene: Scene) -> None:  # noqa: D102
        scene.remove(self.mobject)
        scene.add(self.new)


def _keys(formula: Formula, expression: Expression) -> list[Key]:
    """The places of a quantity where it first stands; a derivative has several."""
    place = formula.place(expression)
    return [key for key in formula.keyed() if key[: len(place)] == place]


def _travelling(source: VMobject, target: VMobject) -> Iterable[Ghost]:
    """A copy of a drawing goes to its place: glyph by glyph where there are as many, else it changes on the way."""
    a, b = _glyphs(source), _glyphs(target)
    if len(a) == len(b):
        for one, other in zip(a, b, strict=True):
            yield Ghost(_drawn_as(other, one), other)
    else:
        yield Ghost(VGroup(*a), VGroup(*b))


def _drawn_as(glyph: VMobject, other: VMobject) -> VMobject:
    """``glyph`` in the place and size of another glyph, in its own colour: digits in a neuron are black or white.

    The faces for words and for mathematics draw the same digit with curves that do not correspond, so that turning
    one outline into the other would fold it.
    """
    drawn: VMobject = glyph.copy()
    drawn.stretch_to_fit_width(max(other.width, _THIN)).stretch_to_fit_height(max(other.height, _THIN))
    drawn.move_to(other).set_fill(opacity=other.get_fill_opacity())
    return drawn


def _between(old: VGroup, new: VGroup) -> Iterable[Ghost]:
    """Glyph by glyph where the glyphs are alike, else one fades into the other."""
    a, b = _glyphs(old), _glyphs(new)
    alike = SequenceMatcher(None, [shape_of(g) for g in a], [shape_of(g) for g in b], autojunk=False)
    for tag, i1, i2, j1, j2 in alike.get_opcodes():
        if tag == "equal":
            for one, other in zip(a[i1:i2], b[j1:j2], strict=True):
                yield Ghost(one, other)
        else:
            for gone in a[i1:i2]:
                yield Ghost(gone, None)
            for come in b[j1:j2]:
                yield Ghost(None, come)


def standing_in(formula: Formula, drawings: Mapping[Variable, VMobject]) -> dict[Key | Expression, VMobject]:
    """Those of the drawings whose quantity stands in a formula, to arrive there from elsewhere."""
    there = {node for side in formula.sides for node in side.expression.walk()}
    return {variable: drawing for variable, drawing in drawings.items() if variable in there}


def standing_at(
    formula: Formula, side: int, drawings: Mapping[Expression, VMobject]
) -> dict[Key | Expression, VMobject]:
    """Those of the drawings whose quantity stands in a side of a formula, to arrive there from elsewhere."""
    there = set(formula.sides[side].expression.walk()) if side < len(formula.sides) else set()
    return {formula.place(node, side): drawing for node, drawing in drawings.items() if node in there}


def taken(
    target: Formula, side: int, source: Formula, source_side: int, *expressions: Expression
) -> dict[Key | Expression, VMobject]:
    """Expressions that stand in a side of one formula and in a side of another, to go there piece by piece."""
    found: dict[Key | Expression, VMobject] = {}
    pieces = source.keyed()
    for expression in expressions:
        if side >= len(target.sides) or expression not in set(target.sides[side].expression.walk()):
            continue
        there, here = target.place(expression, side), source.place(expression, source_side)
        ends = {key[len(there) :] for key in target.keyed() if key[: len(there)] == there}
        found |= {(*there, *end): pieces[(*here, *end)] for end in ends if (*here, *end) in pieces}
    return found


def gathered(target: Formula, side: int, sources: Iterable[Formula]) -> dict[Key | Expression, VMobject]:
    """The quantities in a side of a formula, to come from where they stand behind the signs of others."""
    found: dict[Key | Expression, VMobject] = {}
    for source in sources:
        for behind in range(1, len(source.sides)):
            found |= taken(target, side, source, behind, *leaves(source.sides[behind].expression))
    return found


def carried(source: VMobject, target: VMobject, **kwargs: Any) -> Animation:
    """A copy of a drawing goes to its place elsewhere."""
    ghosts = VGroup(*(ghost.mobject for ghost in _travelling(source, target)))
    return ReplacementTransform(ghosts, target, **kwargs)


def _glyphs(group: VMobject) -> list[VMobject]:
    return [member for member in group.get_family() if len(member.points)]
