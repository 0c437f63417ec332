"""What the outputs should be: a column of targets beside a network, with the names of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import LEFT, RIGHT, UP, VGroup

from bp_core.quantities import a, y
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.view import View

#: Letters at most and at least, and from the outputs to the targets and from them to the classes.
_EM, _SMALL, _BESIDE, _APART = 0.42, 0.31, 0.45, 0.62
#: From the headings to the first line, and from one to the other, and from a target to its class, at least.
_OVER, _BETWEEN = 0.34, 0.2


class Targets(VGroup):
    """The target of each output that is drawn, level with it; ``classes`` are the outputs' names, if they have some."""

    def __init__(self, view: View, diagram: NetworkDiagram, classes: Sequence[str] = ()) -> None:
        super().__init__()
        theme, last = view.theme, view.trace.L
        self.rows: list[VGroup] = []
        rings = [diagram.neuron(a(last, j)).ring for j in diagram.drawn[-1]]
        pitch = min((one.get_y() - other.get_y() for one, other in pairwise(rings)), default=_EM)
        em = float(np.clip(pitch, _SMALL, _EM))
        values = [Value(view, y(j), em=em, colour=theme.target) for j in diagram.drawn[-1]]
        heads = [view.tr("target"), *([view.tr("class")] if classes else [])]
        self.headings = VGroup(*(Words(head, em=_SMALL, colour=theme.quiet) for head in heads))
        left = rings[0].get_right()[0] + _BESIDE
        width = max(value.width for value in values)
        middle = left + width / 2
        aside = middle + _APART + width / 2
        aside = max(aside, middle + sum(heading.width for heading in self.headings) / 2 + _BETWEEN)
        for ring, value in zip(rings, values, strict=True):
            self.rows.append(VGroup(value.move_to([middle, ring.get_y(), 0.0])))
        top = max(ring.get_top()[1] for ring in rings) + _OVER
        for heading, x in zip(self.headings, (middle, aside), strict=False):
            heading.move_to(x * RIGHT + top * UP)
            heading.set_baseline(top)
        if classes:
            names = [Words(classes[j], em=em, colour=theme.ink, from_lesson=True) for j in diagram.drawn[-1]]
            self._name(names, aside, middle + max(width, self.headings[0].width) / 2 + _BETWEEN)
        self.add(self.headings, *self.rows)

    def _name(self, names: Sequence[Words], middle: float, start: float) -> None:
        """Digits stand below the middle of their heading; what is wider begins below its beginning."""
        are_words = max(name.width for name in names) > self.headings[-1].width
        for row, name in zip(self.rows, names, strict=True):
            name.move_to([middle, row.get_y(), 0.0])
            if are_words:
                name.align_to([start, 0.0, 0.0], LEFT).set_baseline(row[0].baseline)
            row.add(name)
        if are_words:
            self.headings[-1].align_to([start, 0.0, 0.0], LEFT)
