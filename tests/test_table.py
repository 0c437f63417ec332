"""Tables of values: points under each other, rows in their region, what is left out said."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bp_core.nodes import Mean
from bp_core.quantities import C, Index, Variable, d
from bp_core.training import Training
from scenes.kit.calculus.batch import Batch
from scenes.kit.calculus.step_table import AFTER, BEFORE, GRADIENT, StepTable
from scenes.kit.pictures.table import Column, Foot, ValueTable
from scenes.kit.stage import Region
from scenes.kit.view import View
from tests.random_lessons import lesson

REGION = Region(-1.0, 5.15, -2.0, 2.7)


def view(*sizes: int, scale: float = 1.0) -> View:
    return View(lesson(sizes, training=Training(0.5, 3), scale=scale))


def table(view: View, region: Region = REGION) -> StepTable:
    rows = list(view.trace.network.parameters())
    return StepTable(Batch.next(view), view.at_step(1), region, least=0.42, follow=rows[0])


@pytest.mark.parametrize(("sizes", "scale"), [((1, 1), 1.0), ((1, 1, 1, 1), 30.0), ((3, 4, 2), 1.0), ((9, 30, 9), 0.1)])
def test_points_stand_under_each_other_and_columns_apart(sizes: tuple[int, ...], scale: float) -> None:
    drawn = table(view(*sizes, scale=scale))
    for column in (BEFORE, GRADIENT, AFTER):
        points = [drawn.cell(row, column).point for row in drawn.rows]
        assert max(points) - min(points) < 1e-6
    symbols = max(symbol.get_right()[0] for symbol in drawn.symbols.values())
    edges = [
        symbols,
        *(edge for c in range(3) for edge in (drawn.column(c).get_left()[0], drawn.column(c).get_right()[0])),
    ]
    assert all(left < right for left, right in pairwise(edges))


@pytest.mark.parametrize("sizes", [(1, 1), (2, 2, 1), (3, 4, 2), (9, 30, 9)])
def test_rows_keep_to_their_region_and_to_their_lines(sizes: tuple[int, ...]) -> None:
    drawn = table(view(*sizes))
    assert drawn.width <= REGION.width + 1e-6
    assert drawn.height <= REGION.height + 0.3  # the ends of the first and the last line
    for row in drawn.rows:
        for column in (BEFORE, GRADIENT, AFTER):
            assert drawn.cell(row, column).baseline == pytest.approx(drawn.symbols[row].baseline, abs=0.02)
    for upper, lower in pairwise(drawn.rows):
        assert drawn.symbols[upper].get_bottom()[1] > drawn.symbols[lower].get_top()[1]


def test_what_is_left_out_is_counted() -> None:
    drawn = table(view(9, 30, 9))
    count = drawn.more[1]
    assert float(count.shown.text) == count.shown.value == 9 * 30 + 30 + 30 * 9 + 9 - len(drawn.rows)
    assert {row.layer for row in drawn.rows} == {1, 2}


def test_a_table_that_fits_leaves_nothing_out() -> None:
    drawn = table(view(1, 1, 1))
    assert len(drawn.rows) == 4
    assert len(drawn.more) == 0


def test_a_value_that_changes_keeps_its_point() -> None:
    seen = view(1, 1, 1)
    drawn = table(seen)
    before = {row: drawn.cell(row, GRADIENT).point for row in drawn.rows}
    for row in drawn.rows:
        drawn.cell(row, GRADIENT).show(seen.at_step(3))
        assert drawn.cell(row, GRADIENT).point == pytest.approx(before[row], abs=1e-9)


def test_the_numbers_are_those_of_their_views() -> None:
    seen = view(2, 2, 1)
    drawn = table(seen)
    for row in drawn.rows:
        assert drawn.cell(row, BEFORE).shown.value == seen.value(row)
        assert drawn.cell(row, AFTER).shown.value == seen.at_step(1).value(row)
        assert drawn.cell(row, AFTER).shown.step == 1


def test_columns_keep_room_for_what_is_to_come() -> None:
    seen, shrunk = (View(lesson((1, 1, 1), scale=scale)) for scale in (1.0, 1e-9))
    rows = list(seen.trace.network.parameters())
    columns = [Column(name, seen, lambda parameter: parameter, 2) for name in ("before", "after")]
    apart = [ValueTable(seen, rows, columns, REGION, later=later) for later in ((), [(shrunk, shrunk)])]
    clear = []
    for drawn in apart:
        for row in rows:
            drawn.cell(row, 0).show(shrunk)
            drawn.cell(row, 1).show(shrunk)
        clear.append(all(drawn.cell(r, 0).get_right()[0] < drawn.cell(r, 1).get_left()[0] for r in rows))
    assert clear == [False, True]


def test_small_values_get_digits_instead_of_exponents() -> None:
    seen = view(1, 1)
    rows = [Variable("w", (1, 0, 0))]
    tiny = Column("gradient", seen, lambda parameter: d(C, parameter) * 1e-5, 4)
    drawn = ValueTable(seen, rows, [tiny], REGION)
    assert "e" not in drawn.cell(rows[0], 0).shown.text
    assert float(drawn.cell(rows[0], 0).shown.text) != 0


def test_a_foot_stands_in_its_columns() -> None:
    seen = view(1, 1)
    rows = [C.at_example(example) for example in range(3)]
    mean = Mean("k", C.at_example(Index("k")))
    cost = Column("cost", seen, lambda row: row, 4)
    drawn = ValueTable(seen, rows, [cost], REGION, foot=Foot("average", [mean]))
    rule, _, total = drawn.foot
    assert total.point == pytest.approx(drawn.cell(rows[0], 0).point, abs=1e-6)
    assert total.shown.value == pytest.approx(sum(seen.value(row) for row in rows) / 3)
    assert drawn.cell(rows[-1], 0).get_bottom()[1] > rule.get_y() > total.get_top()[1]
