"""The film record: what stands is listed from when it has settled until it moves, changes or goes."""

from __future__ import annotations

from manim import LEFT, RIGHT, VGroup

from bp_core.quantities import a, w
from scenes.kit.film.recorder import Recorder, Screen
from scenes.kit.letters.number import Value
from tests.kit_lessons import view

SCREEN = Screen(16.0, 9.0, 100.0)


def recorder() -> Recorder:
    return Recorder(SCREEN)


def test_a_number_is_listed_while_it_stands() -> None:
    record, number = recorder(), Value(view(), a(3, 0))
    record.settled([VGroup(number)], 0.0, 1.0)
    record.settled([VGroup(number)], 1.0, 3.0)
    record.settled([], 3.0, 4.0)
    record.finish(5.0)
    (shown,) = record.numbers()
    assert (shown.at, shown.until) == (1.0, 3.0)
    assert (shown.quantity, shown.text, shown.example, shown.step, shown.nudged) == ("a[3][0]", "0.57", 0, 0, None)
    assert shown.value == view().value(a(3, 0))


def test_one_that_moves_is_listed_twice() -> None:
    record, number = recorder(), Value(view(), a(3, 0))
    record.settled([number], 0.0, 1.0)
    number.shift(RIGHT)
    record.settled([number], 2.0, 3.0)
    record.finish(4.0)
    assert [(n.at, n.until) for n in record.numbers()] == [(1.0, 2.0), (3.0, 4.0)]


def test_one_that_moves_and_returns_did_not_stand() -> None:
    record, number = recorder(), Value(view(), a(3, 0))
    record.settled([number], 0.0, 1.0)
    record.disturb([number], 1.0)
    record.settled([number], 1.0, 2.0)
    record.finish(2.5)
    assert [(n.at, n.until) for n in record.numbers()] == [(2.0, 2.5)]


def test_what_cannot_be_seen_is_not_listed() -> None:
    record, number = recorder(), Value(view(), a(3, 0)).set_opacity(0)
    record.settled([number], 0.0, 1.0)
    record.finish(2.0)
    assert record.numbers() == ()


def test_boxes_are_pixels_from_the_top_left() -> None:
    number = Value(view(), a(3, 0), em=1.0).move_to(LEFT * 8, aligned_edge=LEFT)
    x, y, width, height = SCREEN.box(number)
    assert x == 0
    assert abs(y + height / 2 - 450) <= 1
    assert width == round(number.width * 100)


def test_a_nudged_value_says_so() -> None:
    nudged = view().with_nudge({w(3, 0, 0): 0.2})
    record = recorder()
    record.settled([Value(nudged, a(3, 0))], 0.0, 1.0)
    record.finish(2.0)
    (shown,) = record.numbers()
    assert shown.nudged == {"w[3][0][0]": 1.4 + 0.2}
    assert shown.value > view().value(a(3, 0))
