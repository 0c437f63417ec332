"""Networks of scikit-learn and PyTorch; of PyTorch only what needs none of it, the rest is in tests/judge."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from bp_core import Cost, Example, Network, trace

RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 3))
CLASSES = np.array(["a", "b", "c"])[np.argmax(X, axis=1)]


def fitted(kind: type, targets: Any, **more: Any) -> Any:
    estimator = kind(hidden_layer_sizes=(5, 4), solver="lbfgs", max_iter=20_000, max_fun=100_000, tol=1e-2, **more)
    return estimator.set_params(random_state=1).fit(X, targets)


def outputs(network: Network) -> np.ndarray:
    lesson = trace(network, Cost("squared_error"), [Example(x, np.zeros(network.sizes[-1])) for x in X])
    return np.array([example.layer(network.L).a for example in lesson.examples])


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_a_classifier_of_several_classes(activation: str) -> None:
    estimator = fitted(MLPClassifier, CLASSES, activation=activation)
    network = Network.from_sklearn(estimator)
    assert network.sizes == (3, 5, 4, 3)
    assert network.activations[-1] == "softmax"
    np.testing.assert_allclose(outputs(network), estimator.predict_proba(X), rtol=1e-10, atol=1e-14)


def test_a_classifier_of_two_classes() -> None:
    estimator = fitted(MLPClassifier, CLASSES == "a")
    network = Network.from_sklearn(estimator)
    assert network.activations == ("relu", "relu", "sigmoid")
    np.testing.assert_allclose(outputs(network)[:, 0], estimator.predict_proba(X)[:, 1], rtol=1e-10, atol=1e-14)


def test_a_regressor() -> None:
    estimator = fitted(MLPRegressor, X @ [[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]], activation="tanh")
    network = Network.from_sklearn(estimator)
    assert network.activations == ("tanh", "tanh", "linear")
    np.testing.assert_allclose(outputs(network), estimator.predict(X), rtol=1e-10, atol=1e-12)


def test_what_is_no_fitted_estimator_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected a fitted .* got MLPClassifier, which has no out_activation_"):
        Network.from_sklearn(MLPClassifier())
    with pytest.raises(ValueError, match="got list, which has no activation"):
        Network.from_sklearn([])
    estimator = fitted(MLPClassifier, CLASSES)
    estimator.activation = "swish"
    with pytest.raises(ValueError, match=r"expected MLPClassifier with one of identity, .*; got 'swish'"):
        Network.from_sklearn(estimator)


# -- what asks for PyTorch's names and methods alone ------------------------------


class Tensor:
    def __init__(self, values: Any) -> None:
        self.values = np.array(values, dtype=np.float32)

    def detach(self) -> Tensor:
        return self

    cpu = double = detach

    def numpy(self) -> np.ndarray:
        return self.values


class Linear:
    def __init__(self, weight: Any, bias: Any = None) -> None:
        self.weight, self.bias = Tensor(weight), None if bias is None else Tensor(bias)


class Sequential(list):  # type: ignore[type-arg]
    """Its parts in their order."""


def part(kind: str, **constants: Any) -> Any:
    return type(kind, (), constants)()


def test_a_sequential() -> None:
    inner = Sequential([Linear([[1, 2], [3, 4], [5, 6]], [0.1, 0.2, 0.3]), part("Tanh"), part("Dropout")])
    network = Network.from_torch(Sequential([part("Flatten"), inner, Linear([[1, 0, 2]]), Linear([[2], [3]], [1, 1])]))
    assert network.activations == ("tanh", "linear", "linear")
    assert network.sizes == (2, 3, 1, 2)
    assert network.biases[0].tolist() == np.float32([0.1, 0.2, 0.3]).astype(float).tolist()
    assert network.biases[1].tolist() == [0.0]
    assert network.weights[2].tolist() == [[2.0], [3.0]]


def test_a_linear_alone_is_a_network() -> None:
    assert Network.from_torch(Linear([[1, 2]], [3])).activations == ("linear",)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([part("Conv2d")], "expected a Sequential of Linear, .*; got Conv2d"),
        ([part("LogSoftmax", dim=1)], "got LogSoftmax"),
        ([part("Tanh"), Linear([[1]])], "expected each activation behind a Linear of its own; got Tanh elsewhere"),
        ([Linear([[1]]), part("Tanh"), part("ReLU")], "got ReLU elsewhere"),
        ([Linear([[1]]), part("LeakyReLU", negative_slope=0.2)], "LeakyReLU with negative_slope 0.01; got 0.2"),
        ([Linear([[1]]), part("Softplus", beta=2)], "expected Softplus with beta 1; got 2"),
        ([Linear([[1]]), part("Softmax", dim=0)], "expected Softmax with dim -1; got 0"),
        ([Linear([[1]]), part("Softmax", dim=-1), Linear([[1]])], "softmax is for the last layer only"),
        ([Linear([[1], [2]]), Linear([[1]])], "weights of layer 2: expected rows of 2 numbers"),
        ([], "expected a Sequential with a Linear in it; got Sequential without one"),
    ],
)
def test_other_modules_are_refused(parts: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network.from_torch(Sequential(parts))


def test_neither_library_is_imported() -> None:
    code = "import sys, bp_core; bp_core.Network; print({'torch', 'sklearn'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
