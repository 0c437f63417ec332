"""Traces: what each name stands for, at which example, at which step, and what else can be asked of them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from bp_core.costs import Cost
from bp_core.errors import QuantityError
from bp_core.network import Example, Network
from bp_core.quantities import C, Derivative, Index, J, Quantity, Variable, a, b, d, delta, w, x, y, z
from bp_core.trace import Trace, trace
from bp_core.training import Training
from tests.random_lessons import lesson, lessons

L = Index("L")
LESSON = lesson((3, 4, 2), ("tanh", "sigmoid"), l2=0.3, training=Training(0.5, epochs=2, batch_size=2))
SOFTMAX = lesson((2, 3, 3), ("relu", "softmax"), "cross_entropy")


@given(lessons())
def test_every_name_is_the_entry_of_its_array(trace: Trace) -> None:
    network = trace.network
    for e, example in enumerate(trace.examples):
        names: dict[Quantity, float] = {C: example.C}
        names |= {x(k): value for k, value in enumerate(example.x)} | {y(j): value for j, value in enumerate(example.y)}
        names |= {a(0, k): value for k, value in enumerate(example.x)}
        names |= {d(C, a(0, k)): value for k, value in enumerate(example.dC_dx)}
        for l, layer in enumerate(example.layers, start=1):
            before = example.x if l == 1 else example.layer(l - 1).a
            for j in range(network.sizes[l]):
                names |= {z(l, j): layer.z[j], a(l, j): layer.a[j], delta(l, j): layer.delta[j]}
                names |= {d(C, z(l, j)): layer.delta[j], d(C, b(l, j)): layer.dC_db[j], d(C, a(l, j)): layer.dC_da[j]}
                names |= {w(l, j, k): network.weights[l - 1][j, k] for k in range(network.sizes[l - 1])}
                names |= {b(l, j): network.biases[l - 1][j], d(z(l, j), b(l, j)): 1.0}
                for k, into in enumerate(before):
                    names |= {d(C, w(l, j, k)): layer.dC_dw[j, k], d(z(l, j), w(l, j, k)): into}
                    names |= {d(z(l, j), a(l - 1, k)): network.weights[l - 1][j, k]}
        for name, value in names.items():
            assert trace.value(name.at_example(e)) == value, name
        assert example.layer(len(example.layers)).dC_db is example.layers[-1].delta


@given(lessons())
def test_the_local_derivatives_of_an_activation(trace: Trace) -> None:
    for e, l in product(range(len(trace.examples)), range(1, trace.L + 1)):
        slope = trace.examples[e].layer(l).da_dz
        softmax = trace.network.activations[l - 1] == "softmax"
        for j, i in np.ndindex(trace.sizes[l], trace.sizes[l]):
            expected = slope[j, i] if softmax else slope[j] if i == j else 0.0
            assert trace.value(Derivative(a(l, j), z(l, i), e)) == expected


@given(lessons())
def test_a_neuron_as_a_function_of_what_it_is_made_of(trace: Trace) -> None:
    """Along its z, entry by entry: z and its parameters are held to other computations elsewhere."""
    L = trace.L
    z_by_z = np.array(
        [[trace.value(d(a(L, j), z(L, i))) for i in range(trace.sizes[L])] for j in range(trace.sizes[L])]
    )
    for j, i in np.ndindex(z_by_z.shape):
        assert trace.value(d(a(L, j), b(L, i))) == z_by_z[j, i]
        for k in range(trace.sizes[L - 1]):
            assert trace.value(d(a(L, j), w(L, i, k))) == z_by_z[j, i] * trace.value(a(L - 1, k))
    by_before = z_by_z @ trace.network.weights[L - 1]
    for j, k in np.ndindex(by_before.shape):
        assert trace.value(d(a(L, j), a(L - 1, k))) == pytest.approx(by_before[j, k], rel=1e-12, abs=1e-300)


def test_a_neuron_moves_with_its_parameters_as_its_derivatives_say() -> None:
    for around, of, by in product((LESSON, SOFTMAX), (a(2, 0), a(2, 1)), (w(2, 0, 1), w(2, 1, 2), b(2, 0), b(2, 1))):
        above, below = (around.nudged({by: step}).value(of) for step in (1e-6, -1e-6))
        assert around.value(d(of, by)) == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-10)


def test_another_neuron_s_parameters_do_not_count() -> None:
    assert LESSON.value(d(z(1, 0), w(1, 1, 0))) == 0.0
    assert LESSON.value(d(z(1, 0), b(1, 1))) == 0.0


@given(lessons())
def test_the_forward_pass_is_the_definition(trace: Trace) -> None:
    for example in trace.examples:
        before = example.x
        for W, bias, record, layer in zip(
            trace.network.weights, trace.network.biases, trace.network.layer_activations, example.layers, strict=True
        ):
            np.testing.assert_allclose(layer.z, W @ before + bias, rtol=1e-14, atol=1e-14)
            assert layer.a.tolist() == record.value(layer.z).tolist()
            before = layer.a
        # C is computed from z; from a it is as exact as a's own rounding leaves it
        rounding = 4 * np.finfo(float).eps * float(np.abs(example.layers[-1].dC_da) @ np.abs(before))
        by_definition = float(trace.cost.record.value(before, example.y))
        assert pytest.approx(by_definition, rel=1e-12, abs=1e-15 + rounding) == example.C


@given(lessons())
def test_capital_j_is_the_mean_cost_and_the_penalty_on_the_weights(trace: Trace) -> None:
    m = len(trace.examples)
    squares = sum(float(np.square(W).sum()) for W in trace.network.weights)
    expected = sum(example.C for example in trace.examples) / m + trace.cost.l2 / (2 * m) * squares
    assert trace.value(J) == trace.average.J == trace.J == pytest.approx(expected, rel=1e-13)


@given(lessons())
def test_the_gradient_of_the_mean_cost_is_the_mean_of_the_examples(trace: Trace) -> None:
    m = len(trace.examples)
    for l, layer in enumerate(trace.average.layers, start=1):
        mean_w = sum(example.layer(l).dC_dw for example in trace.examples) / m
        mean_b = sum(example.layer(l).dC_db for example in trace.examples) / m
        penalty = trace.cost.l2 / m * trace.network.weights[l - 1]
        np.testing.assert_allclose(layer.dJ_dw, mean_w + penalty, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(layer.dJ_db, mean_b, rtol=1e-12, atol=1e-14)
        for j in range(trace.sizes[l]):
            assert trace.value(d(J, b(l, j))) == layer.dJ_db[j]
            assert trace.value(d(J, w(l, j, 0))) == layer.dJ_dw[j, 0]


class TestNames:
    def test_without_an_example_the_one_in_focus_is_meant(self) -> None:
        assert LESSON.focus == 2
        assert LESSON.value(C) == LESSON.examples[2].C
        assert LESSON.with_focus(0).value(C) == LESSON.examples[0].C == LESSON.value(C.at_example(0))
        assert LESSON.with_focus(2) is LESSON

    def test_capital_l_is_the_last_layer(self) -> None:
        assert LESSON.value(a(L, 1)) == LESSON.value(a(2, 1))
        assert LESSON.value(d(C, w(L - 1, 3, 0))) == LESSON.value(d(C, w(1, 3, 0)))

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (w(3, 0, 0), "there is no w[3][0][0]: the layers of w are 1 to 2"),
            (z(0, 0), "there is no z[0][0]: the layers of z are 1 to 2"),
            (a(-1, 0), "there is no a[-1][0]: the layers of a are 0 to 2"),
            (a(2, 2), "there is no a[2][2]: layer 2 has 2 neurons, counted from 0"),
            (x(3), "there is no x[3]: layer 0 has 3 neurons, counted from 0"),
            (y(2), "there is no y[2]: layer 2 has 2 neurons, counted from 0"),
            (a(2, -1), "there is no a[2][-1]: layer 2 has 2 neurons, counted from 0"),
            (d(C, w(1, 0, 3)), "there is no dC/dw[1][0][3]: layer 0 has 3 neurons, counted from 0"),
            (d(J, b(1, 4)), "there is no dJ/db[1][4]: layer 1 has 4 neurons, counted from 0"),
            (C.at_example(3), "there is no C@3: the examples are 0 to 2"),
            (C.at_example(-1), "there is no C@-1: the examples are 0 to 2"),
            (d(J, a(1, 0)), "dJ/da[1][0] is not a derivative that a trace holds"),
            (d(w(1, 0, 0), C), "dw[1][0][0]/dC is not a derivative that a trace holds"),
            (d(z(2, 0), a(0, 0)), "dz[2][0]/da[0][0]: z[2] is made of w[2], b[2] and a[1] alone"),
            (d(z(2, 0), w(1, 0, 0)), "dz[2][0]/dw[1][0][0]: z[2] is made of w[2], b[2] and a[1] alone"),
            (d(a(2, 0), z(1, 0)), "da[2][0]/dz[1][0]: a[2] is made of z[2] alone"),
            (d(a(2, 0), w(1, 0, 0)), "da[2][0]/dw[1][0][0]: z[2] is made of w[2], b[2] and a[1] alone"),
            (d(a(2, 0), a(0, 0)), "da[2][0]/da[0][0]: z[2] is made of w[2], b[2] and a[1] alone"),
            (d(a(0, 0), w(1, 0, 0)), "da[0][0]/dw[1][0][0]: a[0] is made of the input alone"),
            (a(Index("l"), 0), "nothing gives the index l a value"),
        ],
    )
    def test_there_are_no_others(self, name: Quantity, message: str) -> None:
        with pytest.raises(QuantityError) as error:
            LESSON.value(name)
        assert str(error.value) == message


class TestNudged:
    def test_everything_follows(self) -> None:
        nudged = LESSON.nudged({w(1, 0, 0): 0.25, b(2, 1): -0.5})
        assert nudged.value(w(1, 0, 0)) == LESSON.value(w(1, 0, 0)) + 0.25
        assert nudged.value(b(2, 1)) == LESSON.value(b(2, 1)) - 0.5
        assert nudged.value(w(1, 0, 1)) == LESSON.value(w(1, 0, 1))
        assert nudged.value(C) != LESSON.value(C)
        assert nudged.value(x(0)) == LESSON.value(x(0))
        assert nudged.focus == LESSON.focus

    def test_the_lesson_stays_as_it_was(self) -> None:
        before = LESSON.value(C)
        LESSON.nudged({w(1, 0, 0): 1.0})
        assert LESSON.value(C) == before

    def test_only_parameters_are_ours_to_set(self) -> None:
        with pytest.raises(QuantityError, match="is no weight or bias"):
            LESSON.nudged({a(1, 0): 0.1})

    def test_values_are_set_as_given(self) -> None:
        assert LESSON.with_parameters({w(1, 0, 0): 0.1}).value(w(1, 0, 0)) == 0.1


class TestSteps:
    def test_a_step_is_the_network_after_so_many_updates(self) -> None:
        for k, step in enumerate(LESSON.steps):
            there = LESSON.at_step(k)
            assert there.network is step.network
            assert LESSON.value(w(1, 0, 0), k) == there.value(w(1, 0, 0)) == step.network.weights[0][0, 0]
            assert LESSON.value(J, k) == there.J == step.J
            assert LESSON.value(d(C, w(2, 0, 0)).at_example(1), k) == there.examples[1].layer(2).dC_dw[0, 0]
        assert LESSON.at_step(0) is LESSON
        assert LESSON.at_step(3) is LESSON.at_step(3)

    def test_there_are_no_others(self) -> None:
        assert len(LESSON.steps) == 5
        for step in (-1, 5):
            with pytest.raises(QuantityError, match=f"step {step}: this lesson has the steps 0 to 4"):
                LESSON.value(C, step)
            with pytest.raises(QuantityError, match=f"step {step}: this lesson has the steps 0 to 4"):
                LESSON.at_step(step)

    def test_the_steps_go_on_from_there(self) -> None:
        there = LESSON.at_step(1)
        assert [step.number for step in there.steps] == [1, 2, 3, 4]
        assert there.at_step(2).network.vector.tolist() == LESSON.at_step(3).network.vector.tolist()

    def test_without_training_there_is_step_0_alone(self) -> None:
        assert len(SOFTMAX.steps) == 1
        assert SOFTMAX.steps[0].batch == ()
        assert SOFTMAX.training is None


class TestMadeOf:
    def test_it_cannot_be_changed(self) -> None:
        layer = LESSON.examples[0].layer(1)
        for array in (layer.z, layer.a, layer.da_dz, layer.dC_da, layer.delta, layer.dC_dw, layer.dC_db):
            assert not array.flags.writeable
        for array in (LESSON.examples[0].x, LESSON.examples[0].dC_dx, LESSON.average.layers[0].dJ_dw):
            assert not array.flags.writeable
        with pytest.raises(FrozenInstanceError):
            LESSON.focus = 1  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            layer.z = layer.a  # type: ignore[misc]

    def test_shapes(self) -> None:
        layer = SOFTMAX.examples[0].layer(2)
        assert (layer.da_dz.shape, layer.dC_dw.shape, layer.delta.shape) == ((3, 3), (3, 3), (3,))
        first = SOFTMAX.examples[0].layer(1)
        assert (first.da_dz.shape, first.dC_dw.shape) == ((3,), (3, 2))
        assert SOFTMAX.average.layers[0].dJ_dw.shape == (3, 2)

    def test_an_example_is_traced_once(self) -> None:
        assert LESSON.examples[1] is LESSON.examples[1] is LESSON.examples[-2]
        with pytest.raises(IndexError, match="example 3 of 3"):
            LESSON.examples[3]

    def test_layers_count_from_1(self) -> None:
        for number in (0, 3):
            with pytest.raises(IndexError, match="layers count from 1 to 2"):
                LESSON.examples[0].layer(number)


class TestWhatDoesNotFit:
    NETWORK = Network([[[1.0, 2.0]]], [[0.0]], "sigmoid")

    @pytest.mark.parametrize(
        ("cost", "examples", "message"),
        [
            ("squared_error", [], "at least one example is needed"),
            ("squared_error", [Example([1.0], [0.0])], "x of example 0: expected 2 numbers, got 1"),
            (
                "squared_error",
                [Example([1.0, 1.0], [0.0]), Example([1.0, 1.0], [0.0, 1.0])],
                "y of example 1: expected 1 numbers, got 2",
            ),
            (
                "cross_entropy",
                [Example([1.0, 1.0], [1.0])],
                "cross_entropy goes with softmax outputs, not with sigmoid",
            ),
            (
                "binary_cross_entropy",
                [Example([1.0, 1.0], [1.5])],
                "y of example 0: binary_cross_entropy needs targets from 0 to 1",
            ),
        ],
    )
    def test_is_refused(self, cost: str, examples: list[Example], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            trace(self.NETWORK, Cost(cost), examples)

    @pytest.mark.parametrize("target", [[0.5, 0.6], [-0.5, 1.5], [0.0, 0.0]])
    def test_shares_have_to_sum_to_1(self, target: list[float]) -> None:
        network = Network.initialised((1, 2), "softmax", "xavier")
        with pytest.raises(ValueError, match="cross_entropy needs targets from 0 upwards that sum to 1"):
            trace(network, Cost("cross_entropy"), [Example([1.0], target)])

    def test_the_focus_and_the_batch_are_among_the_examples(self) -> None:
        examples = [Example([1.0, 1.0], [0.0])]
        with pytest.raises(ValueError, match="focus: expected an example from 0 to 0, got 1"):
            trace(self.NETWORK, Cost("squared_error"), examples, focus=1)
        with pytest.raises(ValueError, match="batch_size: expected at most the 1 examples, got 2"):
            trace(self.NETWORK, Cost("squared_error"), examples, Training(0.1, batch_size=2))
        with pytest.raises(QuantityError, match="example 1: this lesson has the examples 0 to 0"):
            trace(self.NETWORK, Cost("squared_error"), examples).with_focus(1)


def test_variables_of_the_data_set_have_no_example() -> None:
    assert Variable("J").at_example(1) == J
    assert LESSON.value(J.at_example(1)) == LESSON.value(J)
