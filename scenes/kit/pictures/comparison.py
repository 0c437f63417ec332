"""Two ways down side by side: how their lines look, how many examples they asked, and what the cost came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, VGroup, VMobject

from bp_core.nodes import Expression, Number
from bp_core.quantities import J
from bp_script.language import N_
from scenes.kit.letters.number import Value
from scenes.kit.letters.text import Words
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.plots.contour import Contour, ContourPath
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

if TYPE_CHECKING:
    from scenes.kit.calculus.descents import Descents

NAMES = (N_("all examples"), N_("batches"))
_LEGEND = 0.34
_EM, _SMALL = 0.5, 0.38
#: How long the sample of a line is, and from line to line, and where there is little height.
_SAMPLE, _PITCH, _CLOSE = 0.7, 1.3, 0.75


class Legend(VGroup):
    """What each way's line looks like, in one row over the right end of a plot."""

    def __init__(self, view: View, contour: Contour, paths: tuple[ContourPath, ContourPath]) -> None:
        super().__init__()
        for name, path in zip(NAMES, paths, strict=True):
            ink = path.line.get_stroke_color().to_hex()
            self.add(VGroup(_sample(path), Words(view.tr(name), em=_LEGEND, colour=ink)).arrange(RIGHT, buff=0.18))
        self.arrange(RIGHT, buff=0.5)
        self[1].shift((self[0][1].baseline - self[1][1].baseline) * UP)
        room, title = contour.axes.room, contour.axes.titles[1]
        free = room.right - title.get_right()[0] - 0.3
        if self.width > free:
            self.arrange(DOWN, buff=0.12, aligned_edge=LEFT)
        self.move_to([room.right - self.width / 2, title.get_y(), 0.0])
        if self.get_bottom()[1] < room.top:
            self.shift((room.top + 0.1 - self.get_bottom()[1]) * UP)


class Comparison(VGroup):
    """A line for each way: a sample of it and its name, the examples asked in all its steps, and J at its end."""

    def __init__(self, view: View, ways: Descents, region: Region, *, paths: tuple[ContourPath, ContourPath]) -> None:
        super().__init__()
        theme = view.theme
        asked: list[Expression] = [Number(ways.steps * len(view.trace.data)), Number(ways.examples_asked)]
        ends = [ways.view_at(view, way.values[-1]) for way in (ways.whole, ways.batches)]
        fine = decimals_for([end.value(J) for end in ends], view.decimals + 2)
        self.rows: list[VGroup] = []
        self._pitch = _PITCH if region.height > 2 * _PITCH + _EM else _CLOSE
        way = DOWN if self._pitch == _PITCH else RIGHT
        for number, (name, path) in enumerate(zip(NAMES, paths, strict=True)):
            ink = path.line.get_stroke_color().to_hex()
            label = VGroup(_sample(path), Words(view.tr(name), em=_SMALL, colour=ink)).arrange(way, buff=0.14)
            count = Value(view, asked[number], em=_EM, colour=theme.ink, decimals=0)
            cost = Value(ends[number], J, em=_EM, colour=theme.cost, decimals=fine)
            self.rows.append(VGroup(label, count, cost))
        symbol = Typeset(f"${view.notation.variable(J, view.net)}$", em=_EM, colour=theme.cost)
        self.headings = VGroup(Words(view.tr("asked"), em=_SMALL, colour=theme.quiet), symbol)
        self._stand()
        self.rule = Line(self.get_left(), self.get_right(), stroke_width=2, color=theme.faint)
        self.rule.move_to([self.get_x(), -0.5 * self._pitch + 0.12 * self._pitch / _PITCH, 0.0])
        self.add(self.rule)
        if self.width > region.width:
            self.scale(region.width / self.width)
        self.move_to(region.centre)

    def _stand(self) -> None:
        """Columns one beside the other, headings over their middles."""
        columns = [[row[column] for row in self.rows] for column in range(3)]
        heads: list[VMobject | None] = [None, *self.headings]
        x = 0.0
        for parts, head in zip(columns, heads, strict=True):
            width = max(part.width for part in [*parts, *([head] if head is not None else [])])
            for number, part in enumerate(parts):
                part.move_to([x + width / 2, -(number + 1) * self._pitch, 0.0])
            if head is not None:
                head.move_to([x + width / 2, 0.0, 0.0])
            x += width + 0.35
        self.add(*self.headings, *self.rows)


def _sample(path: ContourPath) -> VGroup:
    """A short piece of a way: its line and a mark."""
    line = path.line.copy().clear_points()
    ends = _SAMPLE / 2 * LEFT, _SAMPLE / 2 * RIGHT
    pieces = 3 if path.line.series.style != "solid" else 1
    for share in range(pieces):
        start = ends[0] + (ends[1] - ends[0]) * share / pieces
        stop = start + (ends[1] - ends[0]) / pieces * (0.62 if pieces > 1 else 1.0)
        line.start_new_path(start)
        line.add_points_as_corners([np.array(stop)])
    mark = next(iter(path.marks.values())).copy().set_fill(opacity=1).move_to(0 * RIGHT)
    return VGroup(line, mark)
