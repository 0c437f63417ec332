"""Networks with everything named: names keep clear of everything, and are all there or, of a kind, not at all."""

from __future__ import annotations

import pytest
from manim import DOWN, LEFT, RIGHT, UP

from bp_core.nodes import LayerSize, Number
from bp_core.quantities import C, a, b, w, y
from scenes.kit.pictures.cycle import Cycle
from scenes.kit.pictures.lettered import LetteredNetwork
from scenes.kit.pictures.more import More
from scenes.kit.stage import Region
from scenes.kit.view import View
from tests.kit_lessons import view
from tests.random_lessons import lesson

ROOM = Region(-6.5, 0.0, -3.4, 2.4)


def small() -> View:
    return view(lesson((2, 2, 1), ("sigmoid", "linear"), seed=3), "worked")


def test_two_two_one_has_room_for_all_its_names() -> None:
    seen = small()
    network = LetteredNetwork(seen, ROOM)
    neurons = {a(layer, j) for layer, size in enumerate((2, 2, 1)) for j in range(size)}
    assert set(network.names) == neurons | set(seen.trace.network.parameters())
    boxes = [(*name.get_corner(DOWN + LEFT)[:2], *name.get_corner(UP + RIGHT)[:2]) for name in network.names.values()]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
    for box in boxes:
        assert ROOM.left <= box[0]
        assert ROOM.bottom - 0.1 <= box[1] <= box[3] <= ROOM.top + 0.1


def test_a_wide_network_leaves_its_parameters_unnamed() -> None:
    network = LetteredNetwork(view(lesson((6, 8, 6, 3), "tanh")), ROOM)
    assert not any(variable.symbol in "wb" for variable in network.names)
    assert len(network.target) == 0
    assert len(network.ties) == 3


def test_what_stands_for_a_variable() -> None:
    network = LetteredNetwork(small(), ROOM)
    assert network.drawn(w(1, 0, 1)) is network.diagram.edge(w(1, 0, 1))
    assert network.drawn(C) is network.loss
    assert network.drawn(y(0)) is network.target
    assert network.drawn(b(2, 0)) is network.names[b(2, 0)]
    assert network.drawn(a(1, 1)) is network.diagram.neuron(a(1, 1))
    assert network.with_source(w(2, 0, 1)) == [w(2, 0, 1), a(1, 1)]
    assert network.with_source(b(1, 1)) == [b(1, 1)]


def test_only_what_is_lit_stands_out() -> None:
    network = LetteredNetwork(small(), ROOM)
    lit = network.lit([w(2, 0, 0)])
    lit.begin()
    lit.interpolate(1)
    lit.finish()
    assert network.names[w(2, 0, 0)].get_fill_opacity() == pytest.approx(1)
    assert all(glyph.get_fill_opacity() < 1 for glyph in network.names[w(2, 0, 1)].family_members_with_points())
    assert network.loss[0].get_fill_opacity() < 1


def test_a_cycle_leads_back() -> None:
    room = Region(-6.0, 0.0, -3.0, -1.5)
    cycle = Cycle(small(), ("there", "and", "back"), room, em=0.46)
    assert len(cycle.arrows) == len(cycle.words)
    assert cycle.arrows[-1].get_left()[0] == pytest.approx(cycle.words[0].get_x(), abs=0.2)
    assert room.left - 1e-6 <= cycle.get_left()[0] <= cycle.get_right()[0] <= room.right + 1e-6


def test_how_many_more_is_a_number_of_the_network() -> None:
    more = More(small(), LayerSize(1) - Number(1), em=0.4, said="… and %(n)s more weights")
    assert more[1].shown.text == "1"
    assert more[2].text == "more weights"
    assert more.baseline == pytest.approx(more[0].baseline)
