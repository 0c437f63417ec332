import copy
import dataclasses
import gc
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from bp_core.activations import ACTIVATIONS
from bp_core.costs import COSTS
from bp_core.network import Network
from bp_core.training import Training
from bp_script.entries.look import Look
from bp_script.fields import EquationText, ExampleNumber, NarrationText, ParameterName, QuantityName
from bp_script.lesson import Lesson, LessonErrors, lesson_from, load, read_parameters
from bp_script.shipped import lesson_names, lesson_path

CONTRACT = """\
version: 1                          # of this language; may be left out
title: Backpropagation calculus
network:
  sizes: [1, 1, 1, 1]
  activations: sigmoid              # one name, or one for each layer after the input
  weights: [[[1.1]], [[-0.6]], [[1.4]]]
  biases: [[0.1], [0.3], [-0.4]]
cost: squared_error
examples:
  - {x: [0.6], y: [1.0]}
  - {x: [-0.3], y: [0.0]}
focus: 0                            # the example that one-example chapters show
training: {learning_rate: 0.5, epochs: 3, batch_size: 1, optimizer: sgd, shuffle: false, seed: 0}
look: {notation: superscript, theme: dark, aspect: "16:9", language: en, decimals: 2, captions: file}
chapters:
  - last_two_neurons
  - nudge: {parameter: "w[L][0][0]", by: 0.2}
  - cost_tree:
      depth: 2
      say: "z is {z[L][0]:.2f}, so a is {a[L][0]:.2f}."   # replaces this chapter's narration
"""


def small(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "title": "Small",
        "network": {"sizes": [2, 3, 2], "activations": ["tanh", "softmax"], "init": {"scheme": "xavier", "seed": 7}},
        "cost": {"function": "cross_entropy", "l2": 0.1},
        "examples": [{"x": [0.5, -1], "y": [0.1, 0.9]}, {"x": [1, 2], "y": [1, 0]}],
        "chapters": ["cost_tree"],
    }
    return data | changes


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


def test_the_lesson_of_the_contract(contract: Path) -> None:
    lesson = load(contract)
    assert (lesson.name, lesson.path, lesson.title) == ("mine", contract, "Backpropagation calculus")
    assert lesson.network.sizes == (1, 1, 1, 1)
    assert lesson.network.activations == ("sigmoid",) * 3
    assert [float(W[0, 0]) for W in lesson.network.weights] == [1.1, -0.6, 1.4]
    assert [float(b[0]) for b in lesson.network.biases] == [0.1, 0.3, -0.4]
    assert (lesson.cost.function, lesson.cost.l2) == ("squared_error", 0.0)
    assert [(e.x.tolist(), e.y.tolist()) for e in lesson.examples] == [([0.6], [1.0]), ([-0.3], [0.0])]
    assert lesson.focus == 0
    assert lesson.training == Training(0.5, epochs=3, batch_size=1)
    assert lesson.look == Look()
    assert [(call.name, call.parameters) for call in lesson.chapters] == [
        ("last_two_neurons", {}),
        ("nudge", {"parameter": "w[L][0][0]", "by": 0.2}),
        ("cost_tree", {"depth": 2, "say": "z is {z[L][0]:.2f}, so a is {a[L][0]:.2f}."}),
    ]


def test_what_may_be_left_out() -> None:
    lesson = lesson_from(small())
    assert (lesson.focus, lesson.training, lesson.look, lesson.path) == (0, None, Look(), None)
    assert lesson_from(small(training={"learning_rate": 1})).training == Training(1.0)
    assert lesson_from(small(training={"learning_rate": 1})).training.batch_size is None  # type: ignore[union-attr]
    assert lesson_from(small(chapters=[{"nudge": None}])).chapters[0].parameters == {}
    assert lesson_from(small(version=1)).title == "Small"


def test_drawn_weights_follow_scheme_and_seed() -> None:
    drawn = lesson_from(small()).network
    expected = Network.initialised([2, 3, 2], ["tanh", "softmax"], "xavier", 7)
    assert np.array_equal(drawn.vector, expected.vector)
    other = {"sizes": [2, 3, 2], "activations": ["tanh", "softmax"], "init": {"scheme": "xavier"}}
    assert np.array_equal(
        lesson_from(small(network=other)).network.vector,
        Network.initialised([2, 3, 2], ["tanh", "softmax"], "xavier", 0).vector,
    )


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_has_its_name(activation: str) -> None:
    network = {"sizes": [2, 2], "activations": activation, "init": {"scheme": "he"}}
    assert lesson_from(small(network=network, cost="squared_error")).network.activations == (activation,)


@pytest.mark.parametrize("cost", sorted(COSTS))
def test_every_cost_has_its_name(cost: str) -> None:
    output = COSTS[cost].output_activation or "relu"
    network = {"sizes": [2, 2], "activations": output, "init": {"scheme": "normal"}}
    assert lesson_from(small(network=network, cost=cost)).cost.function == cost


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_every_optimizer_has_its_keys(optimizer: str) -> None:
    keys = {"momentum": ["momentum"], "nesterov": ["momentum"], "adam": ["beta1", "beta2", "epsilon"]}.get(
        optimizer, []
    )
    given: dict[str, Any] = dict.fromkeys(keys, 0.5)
    training = {"learning_rate": 1e-3, "optimizer": optimizer, "shuffle": True, "seed": 3, **given}
    assert lesson_from(small(training=training)).training == Training(
        1e-3, optimizer=optimizer, shuffle=True, seed=3, **given
    )


def test_the_trace_is_made_once_and_not_sent_along() -> None:
    lesson = lesson_from(small(training={"learning_rate": 0.1, "epochs": 2}, focus=1))
    trace = lesson.trace()
    assert trace is lesson.trace()
    assert (len(trace.steps), trace.focus) == (3, 1)
    sent = pickle.loads(pickle.dumps(lesson))  # noqa: S301 - our own
    assert "_trace" not in vars(sent)
    assert sent.trace().average.J == trace.average.J
    assert [call.name for call in sent.chapters] == ["cost_tree"]


def test_lessons_do_not_change() -> None:
    data = small(chapters=[{"nudge": {"by": [1, 2]}}])
    lesson = lesson_from(data)
    data["chapters"][0]["nudge"]["by"].append(3)
    assert lesson.chapters[0].parameters == {"by": [1, 2]}
    with pytest.raises(dataclasses.FrozenInstanceError):
        lesson.title = "Other"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        lesson.chapters[0].name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        lesson.look.theme = "light"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        lesson.examples[0].x[0] = 1.0


def test_arrays_and_tuples_stand_for_lists() -> None:
    network = {
        "sizes": (np.int64(2), 1),
        "activations": "linear",
        "weights": [np.array([[1.0, 2.0]])],
        "biases": (np.zeros(1, dtype=np.float32),),
    }
    examples = tuple({"x": row, "y": [np.float64(1.0)]} for row in np.eye(2))
    lesson = lesson_from(small(network=network, examples=examples, cost="squared_error"))
    assert [e.x.tolist() for e in lesson.examples] == [[1.0, 0.0], [0.0, 1.0]]


def test_a_large_lesson_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(400, 500)).round(4).tolist()
    (tmp_path / "large.yaml").write_text(
        "title: Large\ncost: squared_error\nchapters: [cost_tree]\n"
        f"network: {{sizes: [500, 400], activations: relu, weights: [{weights}], biases: [{[0] * 400}]}}\n"
        f"examples: [{{x: {[0] * 500}, y: {[1] * 400}}}]\n"
    )
    lesson = load(tmp_path / "large.yaml")
    assert lesson.network.parameter_count == 500 * 400 + 400
    assert lesson.network.weights[0].tolist() == weights


def test_reading_leaves_garbage_collection_as_it_was(contract: Path) -> None:
    load(contract)
    assert gc.isenabled()
    gc.disable()
    try:
        load(contract)
        assert not gc.isenabled()
    finally:
        gc.enable()


# -- chapters -------------------------------------------------------------------


class Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    parameter: ParameterName = "w[L][0][0]"
    quantity: QuantityName = "C"
    by: float = 0.1
    say: NarrationText | None = None
    example: ExampleNumber | None = None
    equation: EquationText | None = None


def test_parameters_are_read_as_the_chapter_says(contract: Path) -> None:
    call = load(contract, {"last_two_neurons", "nudge", "cost_tree"}).chapters[1]
    parameters = read_parameters(call, Parameters)
    assert parameters == Parameters(parameter="w[L][0][0]", by=0.2)


def test_parameters_are_held_to_the_lesson() -> None:
    wrong = {
        "parameter": "w[3][0][0]",
        "quantity": "a[1][3]",
        "by": "far",
        "say": "so {y[2]}",
        "example": 2,
        "equation": "C = C@2",
        "pace": 1,
    }
    call = lesson_from(small(chapters=["cost_tree", {"nudge": wrong}])).chapters[1]
    with pytest.raises(LessonErrors) as caught:
        read_parameters(call, Parameters)
    assert str(caught.value).splitlines() == [
        "chapters[1].nudge.pace: expected parameter, quantity, by, say, example or equation; got 'pace'",
        "chapters[1].nudge.parameter: expected a layer from 1 to 2; got 3 in w[3][0][0]",
        "chapters[1].nudge.quantity: expected a neuron of layer 1, from 0 to 2; got 3 in a[1][3]",
        "chapters[1].nudge.by: expected a number; got 'far'",
        "chapters[1].nudge.say: expected a target, from 0 to 1; got 2 in y[2]",
        "chapters[1].nudge.example: expected the number of an example, from 0 to 1; got 2",
        "chapters[1].nudge.equation: expected an example from 0 to 1; got 2",
    ]


def test_a_chapter_names_the_place_of_its_own_mistakes(contract: Path) -> None:
    call = load(contract).chapters[1]
    assert str(call.errors(("by",), "expected a smaller nudge; got 0.2")) == (
        f"{contract}:17:42: chapters[1].nudge.by: expected a smaller nudge; got 0.2"
    )


@pytest.mark.parametrize("name", ["C", "b[1][0] + 1", "a[1][0]"])
def test_only_weights_and_biases_are_parameters(name: str) -> None:
    call = lesson_from(small(chapters=[{"nudge": {"parameter": name}}])).chapters[0]
    with pytest.raises(LessonErrors, match="expected"):
        read_parameters(call, Parameters)


# -- shipped lessons ------------------------------------------------------------


@pytest.mark.parametrize("name", lesson_names())
def test_shipped_lessons_load(name: str) -> None:
    lesson = load(lesson_path(name))
    assert lesson.name == name
    assert np.isfinite(lesson.trace().steps[-1].J)


def test_the_flagship_is_what_the_film_needs() -> None:
    lesson = load(lesson_path("backpropagation_calculus"))
    trace = lesson.trace()
    assert lesson.network.sizes == (1, 1, 1, 1)
    assert 4 <= len(lesson.examples) <= 6
    # the first update follows the example in focus, and makes its cost visibly smaller
    assert trace.steps[1].batch == (lesson.focus,)
    assert round(trace.at_step(1).examples[lesson.focus].C, 2) < round(trace.examples[lesson.focus].C, 2)
    # the examples pull the last weight to both sides, and their mean comes out of the rounded numbers
    slopes = [example.layers[-1].dC_dw[0, 0] for example in trace.examples]
    assert min(slopes) < 0 < max(slopes)
    mean = trace.average.layers[-1].dJ_dw[0, 0]
    assert round(float(mean), 2) == round(float(np.mean([round(float(slope), 2) for slope in slopes])), 2)


def test_an_unknown_shipped_lesson_is_told() -> None:
    with pytest.raises(LookupError, match="did you mean 'backpropagation_calculus'"):
        lesson_path("backpropagation_calculs")


def test_copies_are_lessons(contract: Path) -> None:
    assert isinstance(copy.deepcopy(load(contract)), Lesson)
