"""The gradient as a column, its arrows, and the derivatives at the leaves of the tree."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bp_core.quantities import C, J, d
from scenes.kit.calculus.leaves import LeafDerivatives
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.tree import CostTree
from scenes.kit.pictures.vector import GradientColumn, Steps
from scenes.kit.stage import Region
from scenes.kit.view import View
from tests.random_lessons import lesson

REGION = Region(0.0, 5.8, -2.9, 2.6)


def column(view: View) -> GradientColumn:
    follow = Chain.through(view.trace.network.sizes).w(view.trace.L)
    return GradientColumn(view, REGION, least=0.42, follow=follow, decimals=4)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 1, 1, 1), (2, 2, 1), (3, 4, 2), (9, 30, 9)])
def test_components_and_values_stand_line_by_line(sizes: tuple[int, ...]) -> None:
    view = View(lesson(sizes))
    drawn = column(view)
    assert drawn.width <= REGION.width + 1e-6
    assert drawn.height <= REGION.height + 0.5
    assert drawn.left.brackets.height == pytest.approx(drawn.right.brackets.height)
    points = [value.point for value in drawn.values.values()]
    assert max(points) - min(points) < 1e-6
    for row in drawn.rows:
        assert drawn.values[row].shown.value == view.value(d(J, row))
        assert drawn.values[row].baseline == pytest.approx(drawn.components[row].baseline, abs=0.02)
    for upper, lower in pairwise(drawn.rows):
        assert drawn.components[upper].get_bottom()[1] > drawn.components[lower].get_top()[1]


def test_what_is_left_out_shows() -> None:
    everything = list((wide := View(lesson((9, 30, 9)))).trace.network.parameters())
    drawn = column(wide)
    gaps = sum(everything.index(b) - everything.index(a) > 1 for a, b in pairwise(drawn.rows))
    assert len(drawn.left.dots) == len(drawn.right.dots) == gaps > 0
    assert drawn.rows[0] == everything[0]
    assert drawn.rows[-1] == everything[-1]
    assert len(column(View(lesson((1, 1, 1)))).left.dots) == 0


def test_arrows_point_where_their_values_do() -> None:
    drawn = column(View(lesson((1, 1, 1, 1), seed=4)))
    steps = Steps(drawn, Region(5.9, 6.2, REGION.bottom, REGION.top), "#ffffff")
    for arrow, value in zip(steps, drawn.values.values(), strict=True):
        assert (arrow.get_end()[1] > arrow.get_start()[1]) == (value.shown.value > 0)


@pytest.mark.parametrize("layers", [1, 2, 3, 6])
def test_every_leaf_has_its_derivative(layers: int) -> None:
    view = View(lesson((1,) * (layers + 1)))
    chain = Chain.through(view.trace.network.sizes)
    room = Region(-6.5, 6.5, -2.7, 1.7)
    tree = CostTree(view, chain, room, depth=layers, direction="across", em=0.48)
    leaves = LeafDerivatives(view, tree, em=0.42, decimals=4)
    for parameter in view.trace.network.parameters():
        assert leaves.of(parameter)[-1].shown.value == view.value(d(C, parameter))
    boxes = sorted((label.get_left()[0], label.get_right()[0]) for label in leaves if label.get_y() < 0)
    assert all(one[1] < other[0] for one, other in pairwise(boxes))
