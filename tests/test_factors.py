"""The chain rule's factors, the columns they stand in, and how pieces travel, without drawing a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Scene, VGroup

from bp_core.costs import COSTS, Cost
from bp_core.equations import Equation
from bp_core.errors import QuantityError
from bp_core.network import Example, Network
from bp_core.nodes import Expression
from bp_core.quantities import C, a, b, d, w, z
from bp_core.trace import Trace, trace
from scenes.kit.calculus.effect import Effect
from scenes.kit.calculus.factors import Factors, hung, multiplied
from scenes.kit.calculus.ladder import Ladder
from scenes.kit.letters.formula import Formula, Side
from scenes.kit.motion.travel import Travel
from scenes.kit.pictures.columns import Columns
from scenes.kit.pictures.slope import SlopePlot, curve_of, span_of
from scenes.kit.pictures.tree import CostTree
from scenes.kit.stage import Stage
from tests.kit_lessons import chain_trace, view, wide_trace

STAGE = Stage(8 * 16 / 9, 8.0)


def of_any(activation: str, cost: str, outputs: int) -> Trace:
    network = Network.initialised((2, 3, outputs), ("tanh", activation), "xavier", 5)
    return trace(network, Cost(cost), [Example([0.4, -0.7], [0.25, 0.75, 0.0][:outputs])])


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear", "softmax"])
@pytest.mark.parametrize("source", [w(2, 1, 2), b(2, 0)])
def test_product_and_computed_product_are_the_derivative(activation: str, cost: str, source: object) -> None:
    needed = COSTS[cost].output_activation
    if needed is not None:
        activation = needed
    numbers = of_any(activation, cost, 3 if cost != "binary_cross_entropy" else 2)
    if cost == "cross_entropy":
        assert numbers.examples[0].y.sum() == 1.0
    factors = Factors.of(numbers, source)  # type: ignore[arg-type]
    Equation(factors.whole, factors.product).check(numbers)
    Equation(factors.whole, factors.computed_product).check(numbers)
    for definition in factors.definitions:
        definition.check(numbers)
    if factors.slope is not None:
        factors.slope.check(numbers)


def test_softmax_takes_the_rest_of_the_way_in_one_factor() -> None:
    factors = Factors.of(of_any("softmax", "cross_entropy", 3), w(2, 1, 0))
    assert factors.each == (d(z(2, 1), w(2, 1, 0)), d(C, z(2, 1)))
    assert str(factors.computed[1]) == "a[2][1] - y[1]"


@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("sigmoid", "squared_error"),
        ("linear", "mean_squared_error"),
        ("softmax", "cross_entropy"),
        ("softmax", "squared_error"),
    ],
)
def test_the_ways_from_an_activation_add_up(activation: str, cost: str) -> None:
    numbers = of_any(activation, cost, 3)
    factors = Factors.of(numbers, a(1, 2))
    assert factors.summed
    Equation(factors.whole, factors.product).check(numbers)
    Equation(factors.whole, factors.computed_product).check(numbers)


def test_another_layer_is_refused() -> None:
    with pytest.raises(QuantityError, match="layer 3, the last"):
        Factors.of(chain_trace(), w(1, 0, 0))


def test_factors_stand_under_each_other() -> None:
    factors = Factors.of(chain_trace(), w(3, 0, 0))
    columns = multiplied(view(), factors, STAGE)
    symbols, numbers, result = columns.rows
    for position in range(3):
        assert symbols.factor(position).get_x() == pytest.approx(numbers.factor(position).get_x())
    signs = [row.relation(1).get_x() for row in columns.rows]
    assert signs == pytest.approx([signs[0]] * 3)
    tops, bottoms = ([row.get_edge_center(edge)[1] for row in columns.rows] for edge in (np.array([0, 1, 0]), -_UP))
    assert all(below < above for above, below in zip(bottoms, tops[1:], strict=False))
    assert result.factor(0).width > 0
    assert not len(numbers.side(0)), "the left side is written once"


_UP = np.array([0.0, 1.0, 0.0])


def test_every_row_claims_what_it_shows() -> None:
    rule = Factors.of(chain_trace(), w(3, 0, 0))
    texts = [row.statements[0].text for row in multiplied(view(), rule, STAGE).rows]
    assert texts[1] == "dC/dw[3][0][0] ≈ 0.4728 * 0.2458 * (-0.8698)"
    assert texts[2] == "dC/dw[3][0][0] ≈ -0.1011"


def test_columns_move_together_before_they_touch() -> None:
    rule = Factors.of(chain_trace(), w(3, 0, 0))
    rows: list[tuple[Expression, Side | Expression]] = [
        (rule.whole, rule.product),
        (rule.whole, Side.numbers(rule.product)),
    ]
    wide, narrow = (Columns(view(), *rows, em=0.5, width=width) for width in (20.0, 1.0))
    assert narrow.width < wide.width
    row = narrow.rows[1]
    for position in range(2):
        assert row.factor(position).get_right()[0] < row.factor(position + 1).get_left()[0]


def test_a_single_value_stands_at_the_left() -> None:
    columns = Columns(view(), (C, Side.value(C)), em=0.5, width=6.0)
    assert columns.rows[0].count == 1


@pytest.mark.parametrize("source", [w(3, 0, 0), b(3, 0)])
def test_labels_on_the_tree_keep_apart(source: object) -> None:
    factors = Factors.of(chain_trace(), source)  # type: ignore[arg-type]
    tree = CostTree(view(), factors.chain, STAGE["diagram"])
    labels = hung(view(), tree, factors)
    others = [*tree.nodes.values()]
    for label in labels:
        for other in [*others, *(x for x in labels if x is not label)]:
            assert not overlap(label, other)


def overlap(one: VGroup, other: VGroup) -> bool:
    return all(
        one.get_critical_point(-edge)[axis] < other.get_critical_point(edge)[axis]
        and other.get_critical_point(-edge)[axis] < one.get_critical_point(edge)[axis]
        for axis, edge in ((0, np.array([1.0, 0, 0])), (1, _UP))
    )


def test_bars_are_as_long_as_the_factors_say() -> None:
    factors = Factors.of(chain_trace(), w(3, 0, 0))
    ladder = Ladder(view(), factors.way, factors.each, STAGE["side"], decimals=2)
    lengths = [float((bar.get_end() - bar.get_start())[0]) for bar in ladder.bars]
    values = [view().value(factor) for factor in factors.each]
    for before, after, value in zip(lengths, lengths[1:], values, strict=False):
        assert after / before == pytest.approx(value)


def test_nothing_of_a_ladder_leaves_its_region() -> None:
    factors = Factors.of(chain_trace(), w(3, 0, 0))
    room = STAGE["side"]
    ladder = Ladder(view(decimals=5), factors.way, factors.each, room, decimals=5)
    assert room.left - 1e-9 <= ladder.get_left()[0]
    assert ladder.get_right()[0] <= room.right + 1e-9


@pytest.mark.parametrize("numbers", [chain_trace(), wide_trace(), of_any("softmax", "cross_entropy", 3)])
def test_the_curve_goes_through_the_value_with_the_slope(numbers: Trace) -> None:
    look = view(numbers)
    last = numbers.L
    for factor in Factors.of(numbers, w(last, 1 if numbers.sizes[-1] > 1 else 0, 0)).each:
        curve, at, small = curve_of(look, factor), look.value(factor.by), 1e-6
        assert curve(at) == pytest.approx(look.value(factor.of))
        assert (curve(at + small) - curve(at - small)) / (2 * small) == pytest.approx(look.value(factor), abs=1e-7)
        low, high = span_of(look, factor)
        assert low < at < high


def test_a_tangent_stays_in_the_plot() -> None:
    room = STAGE["side"]
    for factor in Factors.of(chain_trace(), w(3, 0, 0)).each:
        plot = SlopePlot(view(), factor, room)
        assert room.bottom - 1e-9 <= plot.tangent.get_bottom()[1]
        assert plot.tangent.get_top()[1] <= room.top + 1e-9


def test_a_plot_is_followed_along_its_graph() -> None:
    factor = Factors.of(chain_trace(), w(3, 0, 0)).each[-1]
    turned = [view().with_nudge({b(3, 0): change}) for change in (-4.0, 4.0)]
    plot = SlopePlot(view(), factor, STAGE["side"], turned)
    places = [plot.follow(look).dot.get_center().copy() for look in (turned[0], view(), turned[1])]
    assert places[0][0] < places[1][0] < places[2][0]
    assert plot.value.shown.value == pytest.approx(turned[1].value(factor))
    assert plot.tangent.get_left()[0] >= plot.axes.get_left()[0] - 1e-9


def test_the_bar_of_an_effect_is_as_long_as_the_neuron_says() -> None:
    factor = Factors.of(chain_trace(), w(3, 0, 0)).each[0]
    turned = [view().with_nudge({b(2, 0): change}) for change in (3.0, -3.0)]
    effect = Effect(view(), a(2, 0), factor, STAGE["side"], turned)
    for look in (view(), *turned):
        effect.follow(look)
        nudge, caused = (float((bar.get_end() - bar.get_start())[0]) for bar in effect.bars)
        assert caused / nudge == pytest.approx(look.value(a(2, 0)))
        assert effect.neuron.value.shown.value == look.value(a(2, 0))


def test_glyphs_that_are_alike_travel() -> None:
    source = Formula(view(), (a(3, 0) - 1) ** 2)
    target = Formula(view(), 2 * (a(3, 0) - 1)).shift(3 * _UP)
    travel = Travel(source.side(0), target.side(0))
    travel._setup_scene(Scene())
    travel.begin()
    starts = [piece.get_center().copy() for piece in travel.mobject if piece.get_fill_opacity() > 0]
    assert len(starts) == len([g for g in target.get_family() if len(g.points)]), "even the exponent becomes the factor"
    travel.finish()
    drawn = sorted(float(piece.get_x()) for piece in travel.mobject)
    assert drawn == pytest.approx(sorted(float(g.get_x()) for g in target.get_family() if len(g.points)))
