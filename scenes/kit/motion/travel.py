"""A copy of what is drawn goes to another place and becomes what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from manim import Animation, Scene, VGroup, VMobject, smooth

from scenes.kit.letters.glyphs import letter_of, shape_of


class Travel(Animation):
    """From a drawing that stays to one that comes.

    Glyphs drawn alike in both move, in reading order first, then wherever they stand (as the exponent of a square
    that becomes a factor); the others change on the way.
    """

    def __init__(self, source: VMobject, target: VGroup, *, run_time: float = 1.2, **kwargs: Any) -> None:
        self._source, self._target = source, target
        super().__init__(VGroup(), run_time=run_time, rate_func=smooth, **kwargs)

    def _setup_scene(self, scene: Scene) -> None:
        scene.add(self.mobject)

    def begin(self) -> None:  # noqa: D102
        self._pieces = [(start.copy(), start, end) for start, end in self._moves()]
        for piece, start, end in self._pieces:
            start.align_points(end)
            piece.align_points(end)
        self.mobject.add(*(piece for piece, _, _ in self._pieces))
        self.interpolate(0)

    def interpolate_mobject(self, alpha: float) -> None:  # noqa: D102
        for piece, start, end in self._pieces:
            piece.interpolate(start, end, self.rate_func(alpha))

    def finish(self) -> None:  # noqa: D102
        self.interpolate(1)

    def clean_up_from_scene(self, scene: Scene) -> None:  # noqa: D102
        scene.remove(self.mobject)
        scene.add(self._target)

    def _moves(self) -> Iterator[tuple[VMobject, VMobject]]:
        """Start and end of each glyph."""
        old, new = _in_reading_order(self._source), _in_reading_order(self._target)
        shapes = [shape_of(g) for g in old], [shape_of(g) for g in new]
        blocks = SequenceMatcher(None, *shapes, autojunk=False).get_matching_blocks()
        pairs = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
        left = [i for i in range(len(old)) if i not in {a for a, _ in pairs}]
        come = [j for j in range(len(new)) if j not in {b for _, b in pairs}]
        for j in list(come):
            alike = next((i for i in left if _same(old[i], new[j])), None)
            if alike is not None:
                pairs.append((alike, j))
                left.remove(alike)
                come.remove(j)
        way = self._target.get_center() - self._source.get_center()
        for i, j in pairs:
            yield _dressed(old[i], new[j]), _bare(new[j])
        for i in left:
            yield _bare(old[i]), _unseen(old[i], way)
        for j in come:
            yield _unseen(new[j], -way), _bare(new[j])


def _same(one: VMobject, other: VMobject) -> bool:
    """Whether two glyphs are the same character, be it that a script's is drawn a little differently."""
    letter = letter_of(one)
    return shape_of(one) == shape_of(other) or (letter is not None and letter == letter_of(other))


def _in_reading_order(drawing: VMobject) -> list[VMobject]:
    glyphs = [member for member in drawing.get_family() if len(member.points)]
    return sorted(glyphs, key=lambda glyph: float(glyph.get_left()[0]))


def _bare(glyph: VMobject) -> VMobject:
    copy = glyph.copy()
    copy.submobjects = []
    return copy


def _dressed(one: VMobject, other: VMobject) -> VMobject:
    """The first glyph, drawn with the outline of the other: outlines that differ do not blend."""
    if shape_of(one) == shape_of(other):
        return _bare(one)
    start = _bare(other).match_style(one)
    return start.scale(one.height / max(other.height, 1e-9)).move_to(one)


def _unseen(glyph: VMobject, way: np.ndarray) -> VMobject:
    return _bare(glyph).shift(way).set_opacity(0)
