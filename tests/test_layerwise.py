"""What the chapters on the vectorised algorithm draw: products, halos, counts, chords and sums on several lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import DashedVMobject, ValueTracker

from bp_core.matrices import Outer, Weights
from bp_core.nodes import Number, Sum
from bp_core.quantities import J, Variable, a, b, delta, w, z
from bp_core.sweep import sweep
from bp_script.lesson import lesson_from
from scenes.kit.calculus.shrinking import ShrinkingNudges
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.letters.lines import broken
from scenes.kit.letters.number import Value
from scenes.kit.manim_door import audit_clip, quality
from scenes.kit.pictures.counter import Counter
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.feeds import Feeds
from scenes.kit.pictures.halo import Halos
from scenes.kit.pictures.matrix import MatrixPicture
from scenes.kit.pictures.outer import OuterProduct
from scenes.kit.plots.axes import Axis, PlotAxes
from scenes.kit.plots.chord import Chord
from scenes.kit.plots.scale import Scale
from scenes.kit.stage import Region
from scenes.registry import chapter_class
from tests.kit_lessons import view, wide_trace

ROOM = Region(-4.0, 4.0, -2.0, 2.0)


def test_an_outer_product_stands_where_row_and_column_meet() -> None:
    numbers = view(wide_trace())
    product = OuterProduct(numbers, Outer(2), ROOM, name=0.42, decimals=3)
    for k in product.result.columns.kept:
        assert product.row.entry(0, k).point == pytest.approx(product.result.entry(0, k).point, abs=1e-6)
    for j in product.result.rows.kept:
        assert product.column.entry(j).baseline == pytest.approx(product.result.entry(j, 0).baseline, abs=1e-6)
        value = product.column.entry(j).shown.value * product.row.entry(0, 1).shown.value
        assert product.result.entry(j, 1).shown.value == pytest.approx(value)
    assert product.width <= ROOM.width + 1e-6
    assert product.height <= ROOM.height + 1e-6


def test_another_matrix_takes_its_turn_in_the_same_places() -> None:
    numbers = view(wide_trace())
    picture = MatrixPicture(numbers, Weights(2))
    turn = picture.showing(Outer(2), decimals=3)
    for cell, value in zip(picture.cells.values(), turn, strict=True):
        assert value.point == pytest.approx(cell.point, abs=1e-6)
        assert value.baseline == pytest.approx(cell.baseline, abs=1e-6)


def test_halos_are_dashed_where_an_error_is_negative() -> None:
    numbers = view(wide_trace())
    diagram = NetworkDiagram(numbers, ROOM)
    halos = Halos(diagram, 2)
    widths = {}
    for j, ring in enumerate(halos):
        value = numbers.value(delta(2, j))
        assert isinstance(ring, DashedVMobject) == (value < 0)
        widths[abs(value)] = max(part.get_stroke_width() for part in ring.get_family())
    assert widths[max(widths)] > widths[min(widths)]


def test_a_counter_keeps_its_words_while_it_runs() -> None:
    numbers = view(wide_trace())
    one, many = (Counter(numbers, "examples", Number(n), Number(150)) for n in (3, 150))
    assert [v.shown.text for v in one if isinstance(v, Value)] == ["3", "150"]
    assert one[2].get_x() - one[0].get_x() == pytest.approx(many[2].get_x() - many[0].get_x(), abs=1e-6)


def test_smaller_nudges_close_in_on_the_error() -> None:
    numbers = view(wide_trace(), decimals=2)
    table = ShrinkingNudges(numbers, 1, 0, 0.1, decimals=4)
    ratios = [row[1].shown.value for row in table[1:]]
    error = numbers.value(delta(1, 0))
    assert [row[0].shown.text for row in table[1:]] == ["0.1", "0.01", "0.001"]
    gaps = [abs(ratio - error) for ratio in ratios]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-3


def test_a_neuron_and_those_it_feeds() -> None:
    feeds = Feeds(view(wide_trace()), 1, 2, ROOM)
    assert list(feeds.next) == [0, 1]
    assert {i: value.shown.quantity for i, value in feeds.weights.items()} == {0: "w[2][0][2]", 1: "w[2][1][2]"}
    assert feeds.result.variable == delta(1, 2)


def test_a_chord_goes_through_the_curve() -> None:
    numbers, parameter = view(wide_trace()), w(2, 0, 0)
    xs = np.linspace(-1, 3, 50)
    ys = sweep(numbers.trace, parameter, xs, J)
    axes = PlotAxes(numbers, ROOM, Axis(Scale.holding(xs), parameter), Axis(Scale.holding(ys), J))
    distance = ValueTracker(1.0)
    chord = Chord(numbers, axes, parameter, distance, "#ffffff")
    distance.set_value(0.5)
    chord.follow()
    for dot, x in zip(chord.dots, (0.5, 1.5), strict=True):
        y = float(sweep(numbers.trace, parameter, [x], J)[0])
        assert dot.get_center() == pytest.approx(axes.point(x, y), abs=1e-6)


@pytest.mark.parametrize("lines", [2, 3])
def test_a_long_sum_goes_on_below_its_first_term(lines: int) -> None:
    numbers = view(wide_trace())
    terms: list[Variable] = [a(1, 0), a(1, 1), a(1, 2)]
    total = Sum(tuple(w(2, 0, k) * term for k, term in enumerate(terms)))
    whole = Sum((*total.terms, b(2, 0)))
    formula = Formula(numbers, z(2, 0), Side.numbers(whole), Side.value(z(2, 0)))
    width, height = formula.width, formula.height
    broken(formula, whole, (1,), lines=lines)
    assert formula.width < width
    assert formula.height > height
    first = formula.leaf(w(2, 0, 0), side=1).get_left()[0]
    last = formula.leaf(b(2, 0), side=1)
    assert last.get_top()[1] < formula.leaf(w(2, 0, 0), side=1).get_bottom()[1]
    assert last.get_left()[0] >= first - 1e-6


@pytest.mark.parametrize("name", ["delta_recursion", "accumulation"])
def test_matrices_that_are_shown_in_part_keep_their_chapters_clean(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    examples = [{"x": rng.normal(size=24).tolist(), "y": y} for y in np.eye(3).tolist()]
    network = {"sizes": [24, 9, 3], "activations": ["tanh", "softmax"], "init": {"scheme": "xavier", "seed": 1}}
    parts = {"network": network, "cost": "cross_entropy", "examples": examples}
    lesson = lesson_from({"title": "Wide", **parts, "chapters": [name]})
    assert audit_clip(chapter_class(name), lesson, lesson.chapters[0], quality("m", "16:9"), tmp_path) == []
