"""Networks: what they are made of, the order of their parameters, and how the random ones are drawn."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from bp_core.errors import QuantityError
from bp_core.network import SCHEMES, Example, Network
from bp_core.quantities import Index, a, b, w

NETWORK = Network([[[1, 2, 3], [4, 5, 6]], [[7, 8]]], [[0.1, 0.2], [0.3]], ["tanh", "sigmoid"])


def test_what_it_says_of_itself() -> None:
    assert NETWORK.sizes == (3, 2, 1)
    assert NETWORK.L == 2
    assert NETWORK.activations == ("tanh", "sigmoid")
    assert [record.name for record in NETWORK.layer_activations] == ["tanh", "sigmoid"]
    assert [weights.shape for weights in NETWORK.weights] == [(2, 3), (1, 2)]
    assert all(weights.dtype == np.float64 for weights in NETWORK.weights)


def test_one_activation_is_for_all_layers() -> None:
    assert Network(NETWORK.weights, NETWORK.biases, "relu").activations == ("relu", "relu")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        NETWORK.weights[0][0, 0] = 9
    with pytest.raises(ValueError, match="read-only"):
        NETWORK.vector[0] = 9
    with pytest.raises(FrozenInstanceError):
        NETWORK.weights = ()  # type: ignore[misc]


def test_it_keeps_copies() -> None:
    weights = np.ones((1, 1))
    network = Network([weights], [[0.0]], "linear")
    weights[0, 0] = 5
    assert network.weights[0][0, 0] == 1


class TestParameters:
    def test_they_go_layer_by_layer_weights_row_by_row_then_biases(self) -> None:
        assert " ".join(map(str, NETWORK.parameters())) == (
            "w[1][0][0] w[1][0][1] w[1][0][2] w[1][1][0] w[1][1][1] w[1][1][2] b[1][0] b[1][1] "
            "w[2][0][0] w[2][0][1] b[2][0]"
        )
        assert NETWORK.vector.tolist() == [1, 2, 3, 4, 5, 6, 0.1, 0.2, 7, 8, 0.3]
        assert NETWORK.parameter_count == 11

    def test_each_has_its_place_and_value(self) -> None:
        network = Network.initialised((3, 4, 2, 5), "tanh", "normal", 3)
        for position, parameter in enumerate(network.parameters()):
            assert network.position(parameter) == position
            assert network.parameter(parameter) == network.vector[position]
        assert network.parameter(w(2, 1, 3)) == network.weights[1][1, 3]

    def test_some_are_replaced(self) -> None:
        other = NETWORK.with_parameters({w(1, 1, 2): -6.0, b(2, 0): 0.0})
        assert other.weights[0].tolist() == [[1, 2, 3], [4, 5, -6]]
        assert other.biases[1].tolist() == [0.0]
        assert NETWORK.weights[0][1, 2] == 6
        assert (other.sizes, other.activations) == (NETWORK.sizes, NETWORK.activations)
        assert other.vector.tolist() == [1, 2, 3, 4, 5, -6, 0.1, 0.2, 7, 8, 0.0]
        assert not other.weights[0].flags.writeable

    @pytest.mark.parametrize(
        ("parameter", "message"),
        [
            (w(3, 0, 0), "there is no w[3][0][0]: the layers of w are 1 to 2"),
            (w(0, 0, 0), "there is no w[0][0][0]: the layers of w are 1 to 2"),
            (w(1, 2, 0), "there is no w[1][2][0]: layer 1 has 2 neurons, counted from 0"),
            (w(1, 0, 3), "there is no w[1][0][3]: layer 0 has 3 neurons, counted from 0"),
            (w(1, 0, -1), "there is no w[1][0][-1]: layer 0 has 3 neurons, counted from 0"),
            (b(2, 1), "there is no b[2][1]: layer 2 has 1 neuron, counted from 0"),
            (w(1, Index("j"), 0), "w[1][j][0]: the index j has no value here"),
            (a(1, 0), "a[1][0] is no weight or bias"),
        ],
    )
    def test_there_are_no_others(self, parameter: Any, message: str) -> None:
        with pytest.raises(QuantityError) as error:
            NETWORK.parameter(parameter)
        assert str(error.value) == message

    @pytest.mark.parametrize("value", [math.inf, math.nan])
    def test_they_stay_finite(self, value: float) -> None:
        with pytest.raises(ValueError, match="expected 11 finite numbers"):
            NETWORK.with_parameters({b(1, 0): value})

    def test_a_vector_has_to_fit(self) -> None:
        with pytest.raises(ValueError, match="expected 11 finite numbers"):
            NETWORK.with_vector(np.zeros(10))


class TestWhatDoesNotFit:
    @pytest.mark.parametrize(
        ("weights", "biases", "activations", "message"),
        [
            ([], [], "tanh", "one a layer, got 0, 0 and 0"),
            ([[[1.0]]], [], "tanh", "one a layer, got 1, 0 and 1"),
            ([[[1.0]]], [[0.0]], ["tanh", "tanh"], "one a layer, got 1, 1 and 2"),
            ([[[1.0]], [[1.0, 2.0]]], [[0.0], [0.0]], "tanh", "weights of layer 2: expected rows of 1 numbers"),
            ([[1.0]], [[0.0]], "tanh", "weights of layer 1: expected rows of"),
            ([[[]]], [[0.0]], "tanh", "weights of layer 1: expected rows of"),
            ([[[1.0]]], [[0.0, 0.0]], "tanh", r"biases of layer 1: expected 1, got shape \(2,\)"),
            ([[[1.0]]], [[0.0]], "step", "no activation is called 'step'; there are sigmoid, tanh"),
            ([[[1.0]], [[1.0]]], [[0.0], [0.0]], "softmax", "softmax is for the last layer only, not for layer 1"),
            ([[[math.inf]]], [[0.0]], "tanh", "a weight or bias of layer 1 is not a finite number"),
            ([[[1.0]]], [[math.nan]], "tanh", "a weight or bias of layer 1 is not a finite number"),
        ],
    )
    def test_is_refused(self, weights: Any, biases: Any, activations: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            Network(weights, biases, activations)

    @pytest.mark.parametrize(("x", "y"), [([[1.0]], [0.0]), ([math.nan], [0.0]), ([1.0], [math.inf]), (1.0, [0.0])])
    def test_examples_are_rows_of_finite_numbers(self, x: Any, y: Any) -> None:
        with pytest.raises(ValueError, match="is a row of finite numbers"):
            Example(x, y)


class TestInitialised:
    """Drawn layer by layer and row by row from default_rng(seed), one number after the other."""

    @pytest.mark.parametrize(
        ("scheme", "draw"),
        [
            ("xavier", lambda rng, n, before: rng.uniform(-math.sqrt(6 / (n + before)), math.sqrt(6 / (n + before)))),
            ("he", lambda rng, _, before: rng.normal(0.0, math.sqrt(2 / before))),
            ("normal", lambda rng, _n, _before: rng.standard_normal()),
            ("zeros", lambda _rng, _n, _before: 0.0),
        ],
    )
    def test_each_scheme_number_by_number(self, scheme: str, draw: Any) -> None:
        network = Network.initialised((3, 4, 2), "tanh", scheme, 7)
        rng = np.random.default_rng(7)
        for weights in network.weights:
            n, before = weights.shape
            expected = [[draw(rng, n, before) for _ in range(before)] for _ in range(n)]
            assert weights.tolist() == expected
        assert not any(biases.any() for biases in network.biases)

    def test_the_seed_makes_the_network(self) -> None:
        drawn = [Network.initialised((2, 3), "relu", "he", seed).vector.tolist() for seed in (0, 0, 1)]
        assert drawn[0] == drawn[1] != drawn[2]

    def test_the_names_are_checked(self) -> None:
        assert list(SCHEMES) == ["xavier", "he", "normal", "zeros"]
        with pytest.raises(ValueError, match="no initialisation is called 'glorot'; there are xavier, he"):
            Network.initialised((1, 1), "relu", "glorot")
