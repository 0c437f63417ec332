"""The table of nudges: what stands in it, what is left out and said to be, and the marks of nudges on a network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from manim import DashedLine, DashedVMobject, Square, Wait

from bp_core.quantities import C, J, a, d
from bp_script.language import LANGUAGES, language_of
from bp_script.lesson import load
from bp_script.shipped import lesson_path
from scenes.kit.calculus.wishes import nudge_equation, off, rise_and_fall, strongest
from scenes.kit.chapter import view_of
from scenes.kit.parameters import BaseParameters
from scenes.kit.pictures.answering import AnsweringNetwork
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.input_picture import NudgePictures
from scenes.kit.pictures.nudge_table import NudgeTable, nudge
from scenes.kit.pictures.wish_marks import NeuronWishes, ParameterWishes
from scenes.kit.stage import Region
from scenes.kit.view import View
from tests import kit_lessons


def table(view: View, width: float = 13.0, height: float = 5.9, first: int = 0) -> NudgeTable:
    region = Region(-width / 2, width / 2, -height / 2, height / 2)
    return NudgeTable(view, region, lambda _, side: Square(side), least=0.42, first=first)


@pytest.fixture(scope="module")
def digits() -> View:
    return view_of(load(lesson_path("what_examples_want")), BaseParameters())


def test_a_cell_is_minus_the_derivative_of_its_example(digits: View) -> None:
    found = table(digits)
    for example in found.examples:
        for row, value in zip(found.rows, found.column(example), strict=True):
            assert value.shown.value == -digits.value(d(C, row).at_example(example))
    for row, value in found.averages.items():
        assert value.shown.value == -digits.value(d(J, row))
        mean = np.mean([digits.value(nudge(row, k)) for k in range(len(digits.trace.examples))])
        assert value.shown.value == pytest.approx(mean, rel=1e-12)


def test_what_has_no_room_is_left_out_with_dots(digits: View) -> None:
    found = table(digits, first=20)
    everything = list(digits.trace.network.parameters())
    assert found.rows[-1] == everything[-1]
    assert [everything.index(row) for row in found.rows] == sorted(everything.index(row) for row in found.rows)
    assert len(found.more_rows) == len(found.more_averages) == 2
    assert len(found.more_columns) == 2
    assert found.examples == [20, *range(len(found.examples) - 1)]
    assert found.width <= 13.0 + 1e-6
    assert found.height <= 5.9 + 1e-6


def test_the_digits_of_a_row_stand_on_one_line_whatever_their_sign(digits: View) -> None:
    found = table(digits)
    for row in found.rows:
        values = [*found.row(row), found.averages[row]]
        # The last glyph is a digit.
        assert np.ptp([value[-1].get_bottom()[1] for value in values]) < 0.012
    assert {value.shown.text[0] for row in found.rows for value in found.row(row)} == {"+", "-"}


def test_a_small_table_is_whole() -> None:
    view = kit_lessons.view()
    found = table(view)
    assert found.rows == list(view.trace.network.parameters())
    assert found.examples == [0, 1]
    assert not len(found.more_rows)
    assert not len(found.more_columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_have_room_in_every_language(digits: View, language: str) -> None:
    view = replace(digits, language=language_of(language))
    found = table(view)
    assert found.average.get_right()[0] <= 6.5
    assert found.more_columns[0].get_right()[0] < found.average.get_left()[0]
    network = AnsweringNetwork(view, Region(-6.5, 1.0, -3, 3), (8, 8), ["0", "1", "2"])
    assert network.targets.headings[0].get_right()[0] < network.targets.headings[1].get_left()[0]


def test_the_decimal_points_of_a_column_are_below_each_other(digits: View) -> None:
    found = table(digits)
    for example in found.examples:
        points = [value.point for value in found.column(example)]
        assert np.ptp(points) < 1e-6


def test_a_nudge_is_the_activation_times_the_derivative_by_z(digits: View) -> None:
    weight = strongest(digits, 1)
    nudge_equation(weight).check(digits.trace)
    sizes = [abs(float(digits.value(nudge(p)))) for p in digits.trace.network.parameters() if p.symbol == "w"]
    layer = digits.trace.examples[digits.trace.focus].layer(1)
    assert abs(digits.value(nudge(weight))) == np.abs(layer.dC_dw).max() <= max(sizes)


def test_arrows_point_where_the_outputs_should_go(digits: View) -> None:
    diagram = NetworkDiagram(digits, Region(-3, 3, -2.5, 2.5))
    wishes = {a(2, j): off(j) for j in range(3)}
    arrows = NeuronWishes(digits, diagram, wishes, "#ffffff")
    ways = [float(arrows.of(neuron).get_end()[1] - arrows.of(neuron).get_start()[1]) for neuron in wishes]
    offs = [digits.value(wish) for wish in wishes.values()]
    assert [way > 0 for way in ways] == [off > 0 for off in offs]
    assert np.argsort(np.abs(ways)).tolist() == np.argsort(np.abs(offs)).tolist()


def test_where_nothing_is_wanted_no_arrow_grows(digits: View) -> None:
    diagram = NetworkDiagram(digits, Region(-3, 3, -2.5, 2.5))
    arrows = NeuronWishes(digits, diagram, {a(2, 0): off(0) - off(0)}, "#ffffff")
    assert not len(arrows)
    assert isinstance(arrows.growing(), Wait)


def test_nudges_downwards_are_dashed(digits: View) -> None:
    diagram = NetworkDiagram(digits, Region(-3, 3, -2.5, 2.5))
    wishes = {p: nudge(p) for p in digits.trace.network.parameters() if diagram.holds(p)}
    marks = ParameterWishes(digits, diagram, wishes)
    for parameter, wish in wishes.items():
        dashed = isinstance(marks.of(parameter), DashedLine | DashedVMobject)
        assert dashed == (digits.value(wish) < 0)


def test_pictures_of_nudges_are_the_input_brighter_or_darker(digits: View) -> None:
    found = NudgePictures(digits, (8, 8), range(5), Region(-3, 3, -2, 2), em=0.34)
    delta = digits.trace.examples[digits.trace.focus].layer(1).delta
    assert [value.shown.value for value in found.values] == (-delta).tolist()
    light = [sum(cell.get_fill_color().to_rgb()[0] for cell in picture.cells) for picture in found.pictures]
    assert np.argsort(light).tolist() == np.argsort(np.abs(delta)).tolist()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 2), "nothing"),
        ((1, 0, 1), "should rise"),
        ((0, 1, 1), "should fall"),
        ((1, 2, 3), "One output should rise, the others should fall."),
        ((1, 1, 2), "One output should rise, the other should fall."),
        ((2, 2, 5), "Some outputs should rise, some others should fall."),
        ((0, 2, 2), "All outputs should fall."),
        ((2, 0, 3), "Some outputs should rise."),
    ],
)
def test_what_outputs_should_do_in_words(counts: tuple[int, int, int], said: str) -> None:
    assert said in rise_and_fall(*counts)
