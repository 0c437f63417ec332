"""Networks worked out by hand: what is written out and what stands for more, and that it is the truth."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bp_core.equations import Equation
from bp_core.errors import NumberError
from bp_core.nodes import Number, SumOver
from bp_core.quantities import C, Variable, a, b, d, w
from bp_core.trace import Trace
from scenes.kit.calculus.worked import Worked
from scenes.kit.calculus.working import Working, written
from scenes.kit.letters.formula import Side
from scenes.kit.letters.style import Style
from scenes.kit.stage import Region
from tests.kit_lessons import view
from tests.random_lessons import lesson, lessons

SMALL = lesson((2, 2, 1), ("sigmoid", "linear"))
WIDE = lesson((4, 5, 3), ("tanh", "softmax"), "cross_entropy")


def test_a_short_sum_is_written_out_and_a_long_one_is_not() -> None:
    (prediction,) = Worked(SMALL).definitions(a(2, 0))
    assert str(prediction) == "a[2][0] = w[2][0][0] * a[1][0] + w[2][0][1] * a[1][1] + b[2][0]"
    (hidden,) = Worked(SMALL).definitions(a(1, 1))
    assert str(hidden) == "a[1][1] = sigma[1](w[1][1][0] * a[0][0] + w[1][1][1] * a[0][1] + b[1][1])"
    softmax, total = Worked(WIDE, 2).definitions(a(2, 2))
    assert str(softmax) == "a[2][2] = exp(z[2][2]) / sum(i, exp(z[2][i]))"
    assert str(total) == "z[2][2] = sum(k, w[2][2][k] * a[1][k]) + b[2][2]"


def test_the_derivatives_of_the_notes_as_they_should_be() -> None:
    worked = Worked(SMALL)
    by_hand = {
        w(2, 0, 1): "2 * (a[2][0] - y[0]) * a[1][1]",
        b(2, 0): "2 * (a[2][0] - y[0])",
        a(1, 0): "2 * (a[2][0] - y[0]) * w[2][0][0]",
    }
    assert {by: str(worked.computed(by)) for by in by_hand} == by_hand
    whole = worked.whole_way(w(1, 0, 1))
    assert str(whole) == "2 * (a[2][0] - y[0]) * w[2][0][0] * sigma'[1](z[1][0]) * a[0][1]"
    assert str(worked.slope(a(1, 0))) == "sigma'[1](z[1][0]) = a[1][0] * (1 - a[1][0])"
    function = "sigma'[1](z[1][0]) = sigma[1](z[1][0]) * (1 - sigma[1](z[1][0]))"
    assert str(worked.slope(a(1, 0), of_the_sum=True)) == function


def test_the_first_neurons_stand_for_a_wide_layer() -> None:
    worked = Worked(WIDE, 1)
    assert worked.neurons(2) == (a(2, 1),)
    assert worked.neurons(1) == (a(1, 0), a(1, 1))
    assert not worked.whole(1)
    assert worked.parameters(a(2, 1)) == (w(2, 1, 0), w(2, 1, 1), b(2, 1))
    assert worked.whole_way(w(1, 0, 0)) is None
    assert isinstance(worked.through(a(1, 0)), SumOver)
    assert worked.numbers(a(1, 0)) is None


@given(lessons())
@settings(max_examples=40)
def test_whatever_is_written_down_holds(trace: Trace) -> None:
    worked, L = Worked(trace), trace.L
    equations = list(worked.definitions(worked.prediction))
    for by in worked.parameters(worked.prediction):
        equations += [Equation(d(C, by), form) for form in (worked.through(by), worked.computed(by))]
    if L > 1:
        for neuron in worked.neurons(L - 1):
            equations += [*worked.definitions(neuron), *worked.steps_back(neuron)]
            equations += [Equation(d(C, neuron), form) for form in (worked.through(neuron), worked.computed(neuron))]
            slopes = (worked.slope(neuron), worked.slope(neuron, of_the_sum=True))
            equations += [slope for slope in slopes if slope is not None]
            whole = worked.whole_way(worked.weights(neuron)[0])
            equations += [] if whole is None else [Equation(d(C, worked.weights(neuron)[0]), whole)]
    for equation in equations:
        try:
            equation.check(trace)
        except NumberError:
            continue  # a factor beyond float64 cannot be shown, and says so


@pytest.mark.parametrize("width", [2.0, 8.0])
def test_workings_stand_under_each_other_sign_under_sign(width: float) -> None:
    room = Region(-width / 2, width / 2, -3.0, 3.0)
    seen = view(SMALL)
    worked = Worked(SMALL)

    def make(em: float, style: Style) -> list[Working]:
        stages = ([(d(C, v), worked.computed(v)), (d(C, v), Side.value(d(C, v)))] for v in (w(2, 0, 0), b(2, 0)))
        return [Working(seen, *both, em=em, style=style) for both in stages]

    first, second = written(make, room, em=0.5, least=0.1)
    signs = [stage.relation(1).get_center() for one in (first, second) for stage in one.stages]
    assert {round(float(sign[0]), 6) for sign in signs} == {round(float(signs[0][0]), 6)}
    assert first.last.get_bottom()[1] > second.last.get_top()[1]
    assert max(stage.get_right()[0] for one in (first, second) for stage in one.stages) <= room.right + 1e-6
    assert first.em == 0.5 if width == 8.0 else first.em < 0.5


def test_what_does_not_fit_is_written_otherwise() -> None:
    seen = view(SMALL)

    def long(em: float, style: Style) -> list[Working]:
        return [Working(seen, (a(2, 0), Worked(SMALL).weighted_sum(a(2, 0))), em=em, style=style)]

    def short(em: float, style: Style) -> list[Working]:
        return [Working(seen, (a(2, 0), Side.value(a(2, 0))), em=em, style=style)]

    narrow = Region(-0.2, 0.2, -1.0, 1.0)
    (found,) = written(long, narrow, em=0.5, least=0.4, otherwise=[short])
    assert found.last.sides[1].numeric


def test_a_linear_neuron_has_no_slope_to_tell() -> None:
    trace: Trace = lesson((2, 2, 1), "linear")
    neuron: Variable = a(1, 0)
    assert Worked(trace).slope(neuron) is None
    assert str(Worked(trace).steps_back(neuron)[-1].right) == str(d(C, neuron))
    assert Worked(trace).numbers(b(2, 0)) is None
    assert Worked(trace).through(b(2, 0)) != Number(1)
