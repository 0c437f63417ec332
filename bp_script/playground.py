"""A TensorFlow Playground URL as a lesson: its network, cost, data and training.

The URL holds the architecture, but neither weights nor points: both are drawn as the Playground draws them, weights
uniformly from −0.5 to 0.5 and biases of 0.1, but from ``numpy.random.default_rng``, so that they are not the very ones
that a browser shows for the same seed. Keys, defaults and distributions are those of the Playground's source
(https://github.com/tensorflow/playground, ``src/state.ts``, ``dataset.ts``, ``nn.ts`` and ``playground.ts``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from bp_script.errors import TextError, did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr, whole
from bp_script.limits import limits, option
from bp_script.playground_data import DATASETS, REGRESSIONS, Draw

_ADDRESS = re.compile(r"https?://playground\.tensorflow\.org/#")

#: What the Playground makes of a point (x, y), in its order.
_FEATURES: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "x": lambda x, y: x,  # noqa: ARG005
        "y": lambda x, y: y,  # noqa: ARG005
        "xSquared": lambda x, y: x * x,  # noqa: ARG005
        "ySquared": lambda x, y: y * y,  # noqa: ARG005
        "xTimesY": lambda x, y: x * y,
        "sinX": lambda x, y: np.sin(x),  # noqa: ARG005
        "sinY": lambda x, y: np.sin(y),  # noqa: ARG005
    }
)
#: What the Playground starts from where its URL leaves something out.
_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "activation": "tanh",
        "regularization": "none",
        "batchSize": "10",
        "dataset": "circle",
        "regDataset": "reg-plane",
        "learningRate": "0.03",
        "regularizationRate": "0",
        "noise": "0",
        "networkShape": "4,2",
        "seed": "0",
        "percTrainData": "50",
        "problem": "classification",
        "initZero": "false",
        **dict.fromkeys(_FEATURES, "false"),
        "x": "true",
        "y": "true",
    }
)
#: Keys that say how its page looks, and two inputs that the page no longer has.
_OF_THE_PAGE = ("showTestData", "discretize", "collectStats", "tutorial", "hideText", "cosX", "cosY")
#: Points that the Playground draws for each kind of problem.
_POINTS = {"classification": 500, "regression": 1200}


def read_playground(url: str) -> dict[str, Any]:
    """``network``, ``cost``, ``examples`` and ``training`` as a lesson would write them.

    The cost is half the squared error; the penalty's rate there is for each update, here l2/m. Seeds such as 0.91979
    count as 91979. The examples are the Playground's training data.

    Raises:
        TextError: it is no such URL, or has a key or value that the Playground does not have.
    """
    state = _State(url, _settings(url))
    problem = state.choice("problem", tuple(_POINTS))
    hidden = state.choice("activation", ("relu", "tanh", "sigmoid", "linear"))
    features = [name for name in _FEATURES if state.flag(name)]
    if not features:
        raise state.error("x", tr("at least one of the inputs %(names)s", names=one_of(_FEATURES)))
    sizes = [len(features), *state.shape(), 1]
    count = sum((before + 1) * n for before, n in pairwise(sizes))
    if not limits().allows("parameters", count):
        expected = tr("layers with at most %(most)s weights and biases", most=limits().most("parameters"))
        raise state.error("networkShape", expected, option("parameters"))
    points = math.floor(_POINTS[problem] * state.number("percTrainData", 1, 99) / 100)
    rng = np.random.default_rng(state.seed())
    if problem == "classification":
        draw: Draw = DATASETS[state.choice("dataset", tuple(DATASETS))]
    else:
        draw = REGRESSIONS[state.choice("regDataset", tuple(REGRESSIONS))]
    x, y, labels = (column[:points] for column in draw(rng, _POINTS[problem], state.number("noise", 0, 100) / 100))
    inputs = np.stack([_FEATURES[name](x, y) for name in features], axis=1)
    scale = 0.0 if state.flag("initZero") else 1.0
    return {
        "network": {
            "sizes": sizes,
            "activations": [hidden] * (len(sizes) - 2) + ["tanh" if problem == "classification" else "linear"],
            "weights": [(scale * rng.uniform(-0.5, 0.5, (n, before))).tolist() for before, n in pairwise(sizes)],
            "biases": [[scale * 0.1] * n for n in sizes[1:]],
        },
        "cost": {"function": "half_squared_error", "l2": state.penalty() * points},
        "examples": [{"x": row, "y": [label]} for row, label in zip(inputs.tolist(), labels.tolist(), strict=True)],
        "training": {
            "learning_rate": state.number("learningRate", 1e-12, 1e3),
            "batch_size": min(points, state.count("batchSize", 1, _POINTS["regression"])),
        },
    }


def _settings(url: str) -> dict[str, tuple[str, int]]:
    """The values of the URL by key, each with where it stands."""
    address = _ADDRESS.match(url)
    if not address:
        expected = tr("https://playground.tensorflow.org/#activation=… as copied from a browser")
        raise TextError(url, 0, mismatch(expected, shown(url)))
    settings: dict[str, tuple[str, int]] = {}
    at = address.end()
    for part in url[at:].split("&"):
        key, equals, value = part.partition("=")
        if key not in _DEFAULTS and key not in _OF_THE_PAGE and not key.endswith("_hide"):
            got = shown(key) + did_you_mean(key, _DEFAULTS)
            raise TextError(url, at, mismatch(tr("a key of the Playground"), got))
        if not equals:
            raise TextError(url, at, mismatch(tr("a value, as in %(key)s=…", key=key), shown(part)))
        if key in settings:
            raise TextError(url, at, tr("expected each key once; got %(got)s again", got=shown(key)))
        settings[key] = value, at + len(key) + 1
        at += len(part) + 1
    return settings


@dataclass(frozen=True, slots=True)
class _State:
    """The Playground's settings as its URL has them."""

    url: str
    settings: dict[str, tuple[str, int]]

    def error(self, key: str, expected: str, hint: str = "") -> TextError:
        value, at = self.settings.get(key, (_DEFAULTS[key], 0))
        here = tr("%(expected)s as %(key)s", expected=expected, key=key)
        return TextError(self.url, at, mismatch(here, shown(value) + hint))

    def text(self, key: str) -> str:
        value, _ = self.settings.get(key, (_DEFAULTS[key], 0))
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        if self.text(key) not in choices:
            raise self.error(key, one_of(choices), did_you_mean(self.text(key), choices))
        return self.text(key)

    def flag(self, key: str) -> bool:
        return self.choice(key, ("true", "false")) == "true"

    def number(self, key: str, lowest: float, highest: float) -> float:
        text = self.text(key)
        value = float(text) if re.fullmatch(r"[0-9]{0,9}\.?[0-9]{1,18}(e-?[0-9]{1,2})?", text) else math.nan
        if not lowest <= value <= highest:
            raise self.error(key, tr("a number from %(low)s to %(high)s", low=whole(lowest), high=whole(highest)))
        return value

    def count(self, key: str, lowest: int, highest: int) -> int:
        value = self.number(key, lowest, highest)
        if value != int(value):
            expected = tr("a whole number from %(low)s to %(high)s", low=whole(lowest), high=whole(highest))
            raise self.error(key, expected)
        return int(value)

    def shape(self) -> list[int]:
        """Neurons of each hidden layer; their limits are the lesson's own."""
        text = self.text("networkShape")
        if text and not re.fullmatch(r"[1-9][0-9]{0,3}(,[1-9][0-9]{0,3}){0,13}", text):
            raise self.error("networkShape", tr("neurons of at most 14 hidden layers, such as 4,2,"))
        return [int(n) for n in text.split(",")] if text else []

    def seed(self) -> int:
        text = self.text("seed")
        if not re.fullmatch(r"(0\.)?[0-9]{1,18}", text):
            raise self.error("seed", tr("a whole number, or one such as 0.91979,"))
        return int(text.removeprefix("0."))

    def penalty(self) -> float:
        kind = self.choice("regularization", ("none", "L1", "L2"))
        if kind == "L1" and self.number("regularizationRate", 0, 1e3):
            raise self.error("regularization", tr("none or L2, lessons have no L1,"))
        return self.number("regularizationRate", 0, 1e3) if kind == "L2" else 0.0
