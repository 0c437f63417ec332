"""Matrices on screen: entries from the trace, honest shapes, dots for what is left out; formulas that are checked."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from bp_core import vectorised
from bp_core.costs import Cost
from bp_core.errors import EquationError
from bp_core.matrices import Accumulated, Outer, Slopes, Vector, Weights
from bp_core.network import Example, Network
from bp_core.quantities import b
from bp_core.trace import Trace, trace
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.letters.matrix_formula import ENTRIES, MatrixFormula, name_of
from scenes.kit.letters.number import Value
from scenes.kit.pictures.bias_units import BiasUnits, below_bias_units
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.matrix import LEAST, MatrixLine, MatrixPicture
from scenes.kit.stage import Region
from tests.kit_lessons import view, wide_trace

ROOM = Region(-4.0, 4.0, -2.0, 2.0)


def large_trace() -> Trace:
    rng = np.random.default_rng(3)
    sizes = (30, 20, 10)
    weights = [rng.normal(size=(n, m)) for m, n in pairwise(sizes)]
    network = Network(weights, [rng.normal(size=n) for n in sizes[1:]], "sigmoid")
    return trace(network, Cost("binary_cross_entropy"), [Example(rng.normal(size=30), np.eye(10)[0])])


def values(drawing: Any) -> list[Value]:
    return [part for part in drawing.get_family() if isinstance(part, Value)]


def test_every_entry_of_a_small_matrix_is_there() -> None:
    numbers = view(wide_trace())
    picture = MatrixPicture(numbers, Weights(1))
    assert picture.whole
    assert [v.shown.value for v in picture.row(1)] == [-0.2, 0.25, 2.0]
    assert picture.entry(2, None).shown.quantity == "b[1][2]"
    assert picture.entry(0, 1).shown.quantity == "w[1][0][1]"
    assert [v.shown.text for v in values(picture.shape_label())] == ["3", "3"]


def test_columns_stand_at_their_points_and_rows_on_their_lines() -> None:
    picture = MatrixPicture(view(wide_trace()), Weights(2))
    for column in picture.columns.kept:
        assert np.ptp([v.point for v in picture.column(column)]) < 1e-6
    for row in picture.rows.kept:
        assert np.ptp([v.baseline for v in picture.row(row)]) < 1e-6


def test_a_large_matrix_says_its_true_shape_and_keeps_its_last_row_and_column() -> None:
    line = MatrixLine(view(large_trace()), [Vector("z", 1), "=", Weights(1), Vector("a", 0, bias=True)], ROOM)
    z, theta, a = line.pictures
    assert not theta.whole
    assert [[v.shown.text for v in values(label)] for label in line.shapes] == [["20", "1"], ["20", "31"], ["31", "1"]]
    assert theta.rows.kept[-1] == z.rows.kept[-1] == 19
    assert theta.columns.kept == a.rows.kept
    assert theta.columns.kept[0] is None
    assert line.width <= ROOM.width + 1e-6
    assert line.height <= ROOM.height + 1e-6
    assert all(v.em_now >= LEAST - 1e-6 for v in values(line))


@pytest.mark.parametrize("notation", ["superscript", "delta", "from_to", "worked"])
def test_names_in_four_notations(notation: str) -> None:
    numbers = view(wide_trace(), notation)
    names = [name_of(numbers, m) for m in (Weights(2), Weights(2, bias=False), Vector("a", 1), Accumulated(2))]
    assert len(set(names)) == 4
    assert names[0].startswith("Theta" if notation == "delta" else "W")
    assert names[1].startswith("tilde(")
    if notation == "delta":
        assert names == ["Theta^((2))", "tilde(Theta)^((2))", "a^((2))", "Delta^((2))"]
    equation = vectorised.delta_recursion(1)
    MatrixFormula(numbers, equation.left, equation.right)


def test_a_formula_is_held_to_every_entry() -> None:
    numbers = view(wide_trace(), "delta")
    with pytest.raises(EquationError):
        MatrixFormula(numbers, Vector("z", 1), Weights(1, bias=False) @ Vector("a", 0))
    step = vectorised.accumulation(2, 0)
    formula = MatrixFormula(numbers, step.left, step.right, relation="←")
    assert len(formula.leaf(Vector("delta", 2, example=0)))
    assert len(formula.leaf(Outer(2, 0).product.right.of))  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        formula.leaf(Slopes(2))


def test_the_record_lists_its_entries() -> None:
    equation = vectorised.weighted_sum(1)
    recorder = Recorder(Screen(14.0, 8.0, 90.0))
    recorder.settled([MatrixFormula(view(wide_trace()), equation.left, equation.right)], 0.0, 0.0)
    noted = recorder.equations()
    assert 0 < len(noted) <= ENTRIES
    assert all(e.left == pytest.approx(e.right, abs=1e-12) for e in noted)
    assert noted[0].text.startswith("z[1] = Theta[1] @ (1, a[0]), where z[1][0] = b[1][0] + ")


def test_bias_units_stand_above_their_layers_and_the_region_holds_them() -> None:
    numbers = view(wide_trace())
    diagram = NetworkDiagram(numbers, below_bias_units(ROOM, (2, 3, 2)))
    units = BiasUnits(diagram)
    assert len(units.units) == 2
    assert set(units.edges) == {b(1, 0), b(1, 1), b(1, 2), b(2, 0), b(2, 1)}
    for unit, column in zip(units.units, diagram.layers, strict=False):
        assert unit.get_bottom()[1] > column[0].get_top()[1]
    assert units.get_top()[1] <= ROOM.top + 1e-6
    assert len(units.leading_to(1)) == 3
