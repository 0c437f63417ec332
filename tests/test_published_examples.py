"""Worked examples that others have published, with their own numbers to all the digits they give."""

from __future__ import annotations

from typing import Any

import pytest

from bp_core.costs import Cost
from bp_core.network import Example, Network
from bp_core.paths import paths
from bp_core.quantities import C, Variable, a, b, d, w, z
from bp_core.trace import trace
from bp_core.training import Training


def digits(text: str) -> Any:
    """A published number: good to half a unit of its last digit."""
    return pytest.approx(float(text), rel=0, abs=0.5001 * 10.0 ** -len(text.rpartition(".")[2]))


class TestMazur:
    """M. Mazur, A Step by Step Backpropagation Example (2015).

    https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/
    A 2-2-2 network, E = Σ ½(target − output)². Each layer's neurons share a bias, which the article leaves as it is.
    """

    WEIGHTS = ([[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]])
    BIASES = ([0.35, 0.35], [0.60, 0.60])
    EXAMPLES = (Example([0.05, 0.10], [0.01, 0.99]),)
    LESSON = trace(Network(WEIGHTS, BIASES, "sigmoid"), Cost("half_squared_error"), EXAMPLES, Training(0.5))
    #: The article's w₁ … w₈.
    NAMES = (w(1, 0, 0), w(1, 0, 1), w(1, 1, 0), w(1, 1, 1), w(2, 0, 0), w(2, 0, 1), w(2, 1, 0), w(2, 1, 1))

    @pytest.mark.parametrize(
        ("quantity", "published"),
        [
            (z(1, 0), "0.3775"),
            (a(1, 0), "0.593269992"),
            (a(1, 1), "0.596884378"),
            (z(2, 0), "1.105905967"),
            (a(2, 0), "0.75136507"),
            (a(2, 1), "0.772928465"),
            (C, "0.298371109"),
            (d(C, a(2, 0)), "0.74136507"),
            (d(a(2, 0), z(2, 0)), "0.186815602"),
            (d(z(2, 0), w(2, 0, 0)), "0.593269992"),
            (d(C, w(2, 0, 0)), "0.082167041"),
            (d(C, z(2, 0)), "0.138498562"),
            (d(C, a(1, 0)), "0.036350306"),
            (d(a(1, 0), z(1, 0)), "0.241300709"),
            (d(C, w(1, 0, 0)), "0.000438568"),
        ],
    )
    def test_the_passes(self, quantity: Any, published: str) -> None:
        assert self.LESSON.value(quantity) == digits(published)

    def test_the_two_ways_back(self) -> None:
        """∂E/∂out_h1 is the sum of what comes from each output's error; the second from factors already rounded."""
        ways = [way.product for way in paths(self.LESSON, a(1, 0))]
        assert ways == [digits("0.055399425"), pytest.approx(-0.019049119, rel=0, abs=1e-9)]

    PUBLISHED = (
        "0.149780716 0.19956143 0.24975114 0.29950229 0.35891648 0.408666186 0.511301270 0.561370121"  # w₁⁺ … w₈⁺
    ).split()

    def test_the_update(self) -> None:
        after = self.LESSON.next_parameters()
        for name, published in zip(self.NAMES, self.PUBLISHED, strict=True):
            assert after.parameter(name) == digits(published)

    def test_the_error_after_it(self) -> None:
        """The article prints 0.291027924: its program hands the error back through output weights already updated.

        Its text says, and its weights above show, that the old ones are meant; then the last three digits differ.
        """
        after = self.LESSON.next_parameters()
        updated = self.LESSON.with_parameters({name: after.parameter(name) for name in self.NAMES})
        assert updated.value(C) == digits("0.291028")


class TestNielsen:
    """M. Nielsen, Neural Networks and Deep Learning (2015), chapter 3: a neuron that is to learn 1 → 0.

    http://neuralnetworksanddeeplearning.com/chap3.html
    C = ½(y − a)², learning rate 0.15, 300 epochs; the first start learns at once, the second is slow.
    """

    @pytest.mark.parametrize(
        ("weight", "bias", "before", "after"), [(0.6, 0.9, "0.82", "0.09"), (2.0, 2.0, "0.98", "0.20")]
    )
    def test_the_output_before_and_after(self, weight: float, bias: float, before: str, after: str) -> None:
        lesson = trace(
            Network([[[weight]]], [[bias]], "sigmoid"),
            Cost("half_squared_error"),
            [Example([1.0], [0.0])],
            Training(0.15, epochs=300),
        )
        assert lesson.value(a(1, 0)) == digits(before)
        assert lesson.value(a(1, 0), 300) == digits(after)


class TestStanford:
    """A. Karpathy, CS231n: Backpropagation, Intuitions, "Sigmoid example".

    https://cs231n.github.io/optimization-2/
    f = σ(w₀x₀ + w₁x₁ + w₂) of w = (2, −3, −3), x = (−1, −2), and its gradient as drawn on the circuit.
    """

    LESSON = trace(Network([[[2.0, -3.0]]], [[-3.0]], "sigmoid"), Cost("squared_error"), [Example([-1.0, -2.0], [0.0])])

    @pytest.mark.parametrize(
        ("variable", "published"),
        [(w(1, 0, 0), "-0.20"), (a(0, 0), "0.39"), (w(1, 0, 1), "-0.39"), (a(0, 1), "-0.59"), (b(1, 0), "0.20")],
    )
    def test_the_circuit(self, variable: Variable, published: str) -> None:
        (way,) = paths(self.LESSON, variable, a(1, 0))
        assert way.product == digits(published)

    def test_its_values(self) -> None:
        assert self.LESSON.value(z(1, 0)) == 1.0
        assert self.LESSON.value(a(1, 0)) == digits("0.73")


def test_brownlee() -> None:
    """J. Brownlee, How to Code a Neural Network with Backpropagation In Python (2016): its forward pass, in full.

    https://machinelearningmastery.com/implement-backpropagation-algorithm-scratch-python/
    """
    hidden = [[0.13436424411240122, 0.8474337369372327]], [0.763774618976614]
    outputs = [[0.2550690257394217], [0.4494910647887381]], [0.49543508709194095, 0.651592972722763]
    network = Network([hidden[0], outputs[0]], [hidden[1], outputs[1]], "sigmoid")
    layer = trace(network, Cost("squared_error"), [Example([1.0, 0.0], [0.0, 1.0])]).examples[0]
    assert layer.layer(1).a.tolist() == pytest.approx([0.7105668883115941], rel=1e-15)
    assert layer.layer(2).a.tolist() == pytest.approx([0.6629970129852887, 0.7253160725279748], rel=1e-15)
