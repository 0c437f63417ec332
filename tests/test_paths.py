"""Paths: all ways from a variable to the cost, whose products add up to the derivative."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given

from bp_core.costs import Cost
from bp_core.errors import NumberError, PathCountError, QuantityError
from bp_core.network import Example, Network
from bp_core.paths import path_count, paths
from bp_core.quantities import C, Index, J, Variable, a, b, d, delta, w, x, z
from bp_core.trace import Trace, trace
from tests.random_lessons import lesson, lessons


def sources(trace: Trace) -> list[Variable]:
    neurons = [(l, j) for l in range(1, trace.L + 1) for j in range(trace.sizes[l])]
    inputs = [a(0, k) for k in range(trace.sizes[0])]
    return [*trace.network.parameters(), *inputs, *(node(*at) for at in neurons for node in (z, a))]


@given(lessons())
def test_they_add_up_to_the_derivative(trace: Trace) -> None:
    for source in sources(trace):
        ways = paths(trace, source)
        size = math.fsum(abs(way.product) for way in ways)
        assert math.fsum(way.product for way in ways) == pytest.approx(
            trace.value(d(C, source)), rel=1e-10, abs=1e-12 * size
        )
        assert len(ways) == len({way.variables for way in ways}) == path_count(trace, source)


@given(lessons())
def test_each_is_a_chain_of_local_derivatives(trace: Trace) -> None:
    for way in paths(trace, w(1, 0, 0)):
        assert way.variables[0] == w(1, 0, 0)
        assert way.variables[-1] == C
        assert [(factor.by, factor.of) for factor in way.factors] == list(
            zip(way.variables, way.variables[1:], strict=False)
        )
        assert list(way.values) == [trace.value(factor) for factor in way.factors]
        assert way.product == math.prod(way.values)


def test_a_chain_of_neurons_has_one_path() -> None:
    chain = lesson((1, 1, 1, 1), "sigmoid")
    (way,) = paths(chain, w(2, 0, 0))
    assert " ".join(map(str, way.variables)) == "w[2][0][0] z[2][0] a[2][0] z[3][0] a[3][0] C"
    assert way.product == pytest.approx(chain.value(d(C, w(2, 0, 0))), rel=1e-14)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        (w(1, 0, 0), 4 * 2),
        (b(1, 2), 4 * 2),
        (a(0, 0), 3 * 4 * 2),
        (a(1, 0), 4 * 2),
        (w(3, 1, 0), 1),
        (a(3, 1), 1),
    ],
)
def test_how_many(source: Variable, count: int) -> None:
    assert path_count(lesson((2, 3, 4, 2)), source) == count


@pytest.mark.parametrize(("source", "count"), [(w(1, 0, 0), 4 * 2 * 2), (z(3, 0), 2), (b(3, 0), 2), (a(3, 0), 1)])
def test_with_softmax_every_z_reaches_every_output(source: Variable, count: int) -> None:
    assert path_count(lesson((2, 3, 4, 2), ("tanh", "tanh", "softmax"), "cross_entropy"), source) == count


@given(lessons())
def test_they_may_end_on_the_way(trace: Trace) -> None:
    source = w(1, 0, 0)
    for target in sources(trace):
        if target.symbol not in ("z", "a") or target.layer == 0:
            continue
        ways = paths(trace, source, target)
        assert len(ways) == path_count(trace, source, target)
        assert all(way.variables[-1] == target for way in ways)
        h = 1e-6
        above, below = (trace.nudged({source: by}).value(target) for by in (h, -h))
        assert math.fsum(way.product for way in ways) == pytest.approx((above - below) / (2 * h), rel=1e-5, abs=1e-6)


def test_no_way_leads_back_or_aside() -> None:
    trace = lesson((2, 3, 2))
    assert paths(trace, w(2, 0, 0), a(1, 0)) == []
    assert paths(trace, b(1, 0), z(1, 1)) == []
    assert path_count(trace, a(2, 0), a(2, 1)) == 0
    assert path_count(trace, a(2, 0), z(1, 0)) == 0


def test_the_example_is_that_of_the_source() -> None:
    trace = lesson((2, 3, 2), m=3)
    other = paths(trace, a(1, 0).at_example(0))
    assert all(factor.example == 0 for way in other for factor in way.factors)
    assert math.fsum(way.product for way in other) == pytest.approx(trace.value(d(C, a(1, 0)).at_example(0)), rel=1e-13)
    focused = paths(trace.with_focus(0), a(1, 0))
    assert [way.product for way in focused] == [way.product for way in other]


def test_capital_l_is_the_last_layer() -> None:
    trace = lesson((2, 3, 2))
    assert paths(trace, w(Index("L"), 0, 0)) == paths(trace, w(2, 0, 0))


class TestTooMany:
    DEEP = trace(
        Network.initialised((2, *[64] * 5), "relu", "xavier"), Cost("squared_error"), [Example([1.0, 1.0], [0.0] * 64)]
    )

    def test_are_counted_and_refused(self) -> None:
        with pytest.raises(
            PathCountError, match=r"^16,777,216 paths lead from w\[1\]\[0\]\[0\] to C; the limit is 10,0"
        ):
            paths(self.DEEP, w(1, 0, 0))

    def test_the_limit_is_ours_to_set(self) -> None:
        chain = lesson((1, 3, 1))
        assert len(paths(chain, a(0, 0), limit=3)) == 3
        with pytest.raises(PathCountError, match="3 paths lead from"):
            paths(chain, a(0, 0), limit=2)

    def test_counting_takes_no_time(self) -> None:
        wide = trace(
            Network([[[0.0]] * 4096, [[0.0] * 4096]], [[0.0] * 4096, [0.0]], "tanh"),
            Cost("squared_error"),
            [Example([1.0], [0.0])],
        )
        start = time.perf_counter()
        assert path_count(wide, a(0, 0)) == 4096
        assert path_count(self.DEEP, a(0, 0)) == 64**5
        assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize("source", [C, J, x(0), delta(1, 0)])
def test_where_no_path_starts(source: Variable) -> None:
    with pytest.raises(QuantityError, match=f"no path starts at {source}".replace("[", r"\[")):
        paths(lesson((1, 1)), source)


@pytest.mark.parametrize("target", [w(1, 0, 0), J, delta(1, 0)])
def test_where_no_path_ends(target: Variable) -> None:
    with pytest.raises(QuantityError, match="no path ends at"):
        paths(lesson((1, 1)), w(1, 0, 0), target)


def test_what_the_network_does_not_have() -> None:
    with pytest.raises(QuantityError, match=r"there is no w\[3\]\[0\]\[0\]"):
        paths(lesson((1, 1)), w(3, 0, 0))


def test_a_factor_beyond_float64_is_an_error() -> None:
    sure = trace(Network([[[-1e4]]], [[0.0]], "sigmoid"), Cost("binary_cross_entropy"), [Example([1.0], [1.0])])
    with pytest.raises(NumberError, match=r"dC/da\[1\]\[0\] is not a finite number"):
        paths(sure, w(1, 0, 0))
