"""The network diagram: any network in any region, drawn so that it can be read, at a cost that the room bounds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from manim import AnimationGroup

from bp_core.quantities import Variable, a, b, w
from scenes.kit.film.audit import Audit
from scenes.kit.film.recorder import Screen
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.forward import edge_pulse
from scenes.kit.pictures.glow import Glow
from scenes.kit.stage import Stage
from scenes.kit.theme import THEMES
from scenes.kit.view import View
from tests.random_lessons import lesson

FRAMES = {"16:9": (128 / 9, 8.0), "9:16": (8.0, 128 / 9), "1:1": (8.0, 8.0)}
DARK = THEMES["dark"]
REGIONS = ("body", "diagram", "network")


def diagram(
    sizes: tuple[int, ...],
    region: str = "diagram",
    frame: str = "16:9",
    keep: tuple[Variable, ...] = (),
    room_for: Literal["neurons", "values", "names"] = "neurons",
) -> NetworkDiagram:
    room = Stage(*FRAMES[frame])[region]
    return NetworkDiagram(View(lesson(sizes)), room, keep=keep, room_for=room_for)


def findings(drawn: NetworkDiagram, frame: str = "16:9") -> list[str]:
    width, height = FRAMES[frame]
    audit = Audit("a_chapter", Screen(width, height, 135.0), THEMES["dark"].ground)
    audit.look([drawn], 0.0)
    return [str(finding) for finding in audit.findings()]


def columns(drawn: NetworkDiagram) -> list[list[int]]:
    return [[neuron.variable.indices[1] for neuron in column] for column in drawn.layers]


@settings(max_examples=12)
@example(sizes=(1, 5, 9, 1, 1), region="body", frame="9:16", room_for="values")  # edges pass behind neurons
@given(
    sizes=st.lists(st.one_of(st.integers(1, 8), st.integers(9, 300)), min_size=2, max_size=5).map(tuple),
    region=st.sampled_from(REGIONS),
    frame=st.sampled_from(list(FRAMES)),
    room_for=st.sampled_from(["neurons", "values", "names"]),
)
def test_any_network_can_be_read(sizes: tuple[int, ...], region: str, frame: str, room_for: Any) -> None:
    drawn = diagram(sizes, region, frame, room_for=room_for)
    assert findings(drawn, frame) == []
    room = Stage(*FRAMES[frame])[region]
    assert drawn.height <= room.height + 0.1
    for size, column in zip(sizes, columns(drawn), strict=True):
        assert column == sorted(set(column))
        assert column[0] == 0
        assert column[-1] == size - 1
    for column in drawn.layers:
        for upper, lower in pairwise(column):
            assert upper.get_bottom()[1] > lower.get_top()[1]


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 4, 2), (8, 16, 16, 10)])
def test_networks_of_ordinary_size_are_drawn_whole(sizes: tuple[int, ...]) -> None:
    drawn = diagram(sizes)
    assert [len(column) for column in columns(drawn)] == list(sizes)
    assert len(drawn.edges) == sum(n * m for n, m in pairwise(sizes))
    assert drawn.marks == []


def test_a_layer_left_out_in_part_says_how_many_neurons_it_has() -> None:
    drawn = diagram((784, 16, 16, 10))
    (marks,) = drawn.marks
    count = marks[-1]
    assert count.shown.quantity == "n[0]"
    assert (count.shown.text, count.shown.value) == ("784", 784.0)
    assert [len(column) for column in columns(drawn)[1:]] == [16, 16, 10]


def test_what_is_spoken_of_is_drawn() -> None:
    spoken = (w(1, 211, 77), b(2, 1), a(0, 40))
    drawn = diagram((784, 300, 2), keep=spoken)
    assert all(drawn.holds(quantity) for quantity in spoken)
    assert {40, 77} <= set(columns(drawn)[0])
    assert drawn.edge(w(1, 211, 77)).get_length() > 0
    assert drawn.ends(w(1, 211, 77)) == (drawn.neuron(a(0, 77)), drawn.neuron(a(1, 211)))
    assert not drawn.holds(a(1, 100))
    assert findings(drawn) == []


@pytest.mark.parametrize("sizes", [(4096, 200, 2), (16,) * 16, (2, 4096, 100)])
def test_the_room_and_not_the_width_says_how_much_is_drawn(sizes: tuple[int, ...]) -> None:
    drawn = diagram(sizes, keep=(w(1, 0, 0),))
    assert len(drawn.edges) <= 1000
    assert len(drawn.neurons()) <= 16 * 17
    assert drawn.holds(w(1, 0, 0))


def test_of_too_many_edges_the_strongest_are_drawn() -> None:
    drawn = diagram((16,) * 16)
    matrix = np.abs(drawn.view.trace.network.weights[3])
    there = [matrix[v.indices[1:]] for v in drawn.edges if v.layer == 4]
    assert len(there) < matrix.size
    assert min(there) >= sorted(matrix.ravel())[-len(there)]


def test_values_are_shown_where_they_can_be_read() -> None:
    small, large = diagram((8, 16, 16, 10)), diagram((8, 16, 16, 10), room_for="values")
    assert not any(neuron.value.submobjects for neuron in small.neurons())
    shown = [neuron for neuron in large.neurons() if neuron.value.submobjects]
    assert len(shown) > len(large.neurons()) / 2
    assert all(neuron.value.width < neuron.ring.width for neuron in shown)


def test_a_value_that_becomes_short_enough_appears() -> None:
    drawn = diagram((2, 2, 1))
    neuron = drawn.neuron(a(0, 0))
    long = drawn.view.with_nudge({})
    neuron.value.blank()
    neuron.follow(long)
    assert neuron.value.submobjects
    assert np.allclose(neuron.value.get_center(), neuron.ring.get_center())


def test_light_goes_to_what_is_spoken_of_and_comes_back() -> None:
    drawn = diagram((2, 2, 1))
    before = strokes(drawn)
    finish(drawn.spotlit([w(1, 1, 0), a(1, 1)]))
    full = {v for v, edge in drawn.edges.items() if edge.get_stroke_opacity() == 1.0}
    assert full == {w(1, 1, 0)}
    ringed = [n.variable for n in drawn.neurons() if n.ring.get_stroke_color().to_hex() == DARK.activation.upper()]
    assert ringed == [a(1, 1)]
    finish(drawn.lit())
    assert strokes(drawn) == before


def strokes(drawn: NetworkDiagram) -> list[tuple[str, float]]:
    lines = (*drawn.edges.values(), *(neuron.ring for neuron in drawn.neurons()))
    return [(line.get_stroke_color().to_hex(), float(line.get_stroke_opacity())) for line in lines]


def finish(moves: AnimationGroup) -> None:
    moves.begin()
    moves.finish()


def test_pulses_and_glow_know_what_is_drawn() -> None:
    drawn = diagram((300, 8, 2), keep=(w(1, 3, 150),))
    assert edge_pulse(drawn, 1, "#ffffff").animations
    glow = Glow(drawn, {w(1, 3, 150): 1.0, b(1, 3): 0.5}, "#ffffff")
    assert all(line.get_length() > 0 for line in glow.part(w(1, 3, 150)))


def test_a_glow_lies_beside_its_edge_and_around_its_ring() -> None:
    """So that a dashed edge stays dashed under it, and a ring keeps its colour."""
    drawn = diagram((3, 4, 2))
    weight, bias = w(1, 2, 0), b(1, 2)
    glow = Glow(drawn, {weight: -2.0, bias: 1.0}, "#ffffff")
    edge = next(line for line in drawn.edge(weight).get_family() if len(line.points))
    for line in glow.part(weight):
        away = np.linalg.norm(np.cross(line.get_start() - edge.points[0], line.get_unit_vector()))
        assert 100 * away == pytest.approx((edge.get_stroke_width() + line.get_stroke_width()) / 2, abs=1e-3)
    ring, around = drawn.neuron(bias).ring, glow.part(bias)
    gap = 100 * (around.width - ring.width) / 2
    assert gap == pytest.approx((ring.get_stroke_width() + around.get_stroke_width()) / 2, abs=1e-3)
    assert around.get_stroke_width() < glow.part(weight)[0].get_stroke_width()
