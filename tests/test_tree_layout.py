"""The cost tree's places and the room that equations find, without pixels."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from manim import Mobject

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.quantities import C
from bp_core.trace import Trace, trace
from bp_script.language import language_of
from scenes.kit.letters.formula import Formula
from scenes.kit.letters.number import Value
from scenes.kit.motion.moves import carried, standing_in
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.rows import Reach, arranged
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Region, Stage
from scenes.kit.view import View
from tests.kit_lessons import view
from tests.rehearsals import shipped

FRAMES = {"16:9": (8 * 16 / 9, 8.0), "9:16": (8.0, 8 * 16 / 9)}


def chain_of(layers: int) -> Trace:
    network = Network([[[-1.25]]] * layers, [[-0.5]] * layers, "tanh")
    return trace(network, Cost("squared_error"), [Example([0.6], [1.0])])


def box(mobject: Mobject) -> tuple[float, float, float, float]:
    (left, bottom, _), (right, top, _) = mobject.get_corner([-1, -1, 0]), mobject.get_corner([1, 1, 0])
    return float(left), float(bottom), float(right), float(top)


def over_each_other(one: Mobject, other: Mobject) -> bool:
    a, b = box(one), box(other)
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def tree(layers: int, frame: str, region: str, direction: str) -> tuple[CostTree, Region]:
    room = Stage(*FRAMES[frame])[region]
    chain = Chain.through((1,) * (layers + 1))
    depth = layers if direction == "across" else 1
    return CostTree(view(chain_of(layers)), chain, room, depth=depth, direction=direction), room  # type: ignore[arg-type]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(
    ("layers", "region", "direction"), [*((n, "body", "across") for n in range(1, 7)), (1, "diagram", "down")]
)
def test_a_tree_keeps_its_letters_apart_and_in_its_region(layers: int, region: str, direction: str, frame: str) -> None:
    drawn, room = tree(layers, frame, region, direction)
    assert not [(str(v), str(u)) for (v, a), (u, b) in combinations(drawn.nodes.items(), 2) if over_each_other(a, b)]
    left, bottom, right, top = box(drawn)
    assert left >= room.left - 1e-6
    assert right <= room.right + 1e-6
    assert bottom >= room.bottom - 1e-6
    assert top <= room.top + 1e-6


@pytest.mark.parametrize("layers", range(1, 7))
def test_an_edge_of_a_deep_tree_touches_no_letters(layers: int) -> None:
    drawn, _ = tree(layers, "16:9", "body", "across")
    for edge in drawn.edges.values():
        assert edge.get_length() > 0.15
        for share in np.linspace(0, 1, 9):
            x, y, _ = edge.point_from_proportion(share)
            for node in drawn.nodes.values():
                left, bottom, right, top = box(node)
                assert not (left < x < right and bottom < y < top)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("above_equations", [True, False])
@pytest.mark.parametrize("frame", [*FRAMES, "1:1"])
def test_edges_of_the_flagships_tree_are_lines_and_no_dots(frame: str, above_equations: bool, language: str) -> None:
    stage = Stage(*FRAMES.get(frame, (8.0, 8.0)))
    share = {"16:9": 0.35, "9:16": 0.33, "1:1": 0.47}[frame]
    room = stage["body"].band(share, 1.0) if above_equations else stage["body"]
    shown = replace(View(shipped("backpropagation_calculus").trace()), language=language_of(language))
    size = {"em": 1.15 * stage.least_em} if above_equations else {}
    drawn = CostTree(shown, Chain.through((1, 1, 1, 1)), room, depth=3, direction="across", **size)
    for (source, target), edge in drawn.edges.items():
        way = drawn.node(target).get_center() - drawn.node(source).get_center()
        length = float(np.dot(edge.get_end() - edge.get_start(), way) / np.linalg.norm(way))
        assert length > 0.12, (source, target)


ROW = Reach(left=1.0, right=2.0, below=0.25, above=0.25)


def test_rows_stand_sign_under_sign_while_the_height_lasts() -> None:
    points = arranged([ROW, ROW, ROW], Region(0, 10, 0, 3))
    assert points is not None
    assert len({point[0] for point in points}) == 1
    assert [point[1] for point in points] == sorted((point[1] for point in points), reverse=True)


def test_rows_share_a_line_where_the_height_does_not_last() -> None:
    points = arranged([ROW, ROW, ROW], Region(0, 11, 0, 1.2))
    assert points is not None
    assert len({round(point[1], 9) for point in points}) == 2
    points = arranged([ROW, ROW, ROW], Region(0, 11, 0, 0.6))
    assert points is not None
    assert len({round(point[1], 9) for point in points}) == 1
    assert [point[0] for point in points] == sorted(point[0] for point in points)


def test_rows_that_fit_nowhere_are_told() -> None:
    assert arranged([ROW, ROW, ROW], Region(0, 5, 0, 0.6)) is None


def test_only_what_stands_in_a_formula_arrives_there() -> None:
    chain = Chain.through((1, 1, 1, 1))
    formula = Formula(view(), chain.z(3), chain.weighted_sum(3))
    drawings = {v: Value(view(), v) for v in (chain.w(3), chain.b(3), chain.y)}
    assert set(standing_in(formula, drawings)) == {chain.w(3), chain.b(3)}


def test_a_number_that_travels_is_drawn_like_where_it_goes() -> None:
    chain = Chain.through((1, 1, 1, 1))
    source = Value(view(), chain.a(3), em=0.8)
    target = Value(view(), chain.a(3), em=0.3).shift([3.0, 1.0, 0.0])
    moving = carried(source, target).mobject
    assert np.allclose(moving.get_center(), source.get_center())
    for piece, goal in zip(moving.get_family(), target.get_family(), strict=True):
        assert len(piece.points) == len(goal.points)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("layers", "direction"), [(1, "down"), (3, "across")])
def test_nodes_of_a_row_stand_on_one_line(layers: int, direction: str, frame: str) -> None:
    """Symbols and values, whatever hangs below a letter or is raised above it."""
    drawn, _ = tree(layers, frame, "body", direction)
    chain, at = drawn.chain, drawn.nodes
    beside = {"down": chain.a(layers), "across": C if frame == "9:16" else chain.b(layers)}
    row = beside[direction], chain.y
    lines = [(at[variable].symbol.baseline, at[variable].value.baseline) for variable in row]
    assert lines[0] == pytest.approx(lines[1], abs=1e-6)
    tops = [at[variable].get_top()[1] for variable in row]
    assert tops[0] != pytest.approx(tops[1], abs=0.02)
