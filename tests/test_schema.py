import json
from typing import Any, get_args

import pytest

from bp_core.activations import ACTIVATIONS
from bp_core.costs import COSTS
from bp_core.network import SCHEMES
from bp_core.optimizers import OPTIMIZERS
from bp_script.entries.cost import CostName
from bp_script.entries.network import ActivationName, SchemeName
from bp_script.entries.training import OptimizerName
from bp_script.lesson import LessonErrors, lesson_from
from bp_script.schema import lesson_schema

NUDGE = {
    "type": "object",
    "description": "a weight wiggles",
    "properties": {"by": {"$ref": "#/$defs/By"}},
    "additionalProperties": False,
    "$defs": {"By": {"type": "number"}},
}
SCHEMA = lesson_schema({"cost_tree": {"type": "object"}, "nudge": NUDGE})


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or what it refers to."""
    reference = schema.get("$ref")
    return SCHEMA["$defs"][reference.removeprefix("#/$defs/")] if reference else schema


def part(*keys: str) -> dict[str, Any]:
    """The schema of a key of the lesson; of the mapping, where that is a choice."""
    found = SCHEMA
    for key in keys:
        found = resolved(found["properties"][key])
        choices = [resolved(choice) for choice in found.get("anyOf", [])]
        found = next((choice for choice in choices if "properties" in choice), found)
    return found


def test_it_is_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_keys_are_those_of_the_contract() -> None:
    supplied = {"network", "cost", "examples"}
    assert set(SCHEMA["required"]) == {"title", "chapters"}
    assert [set(choice["required"]) for choice in SCHEMA["anyOf"]] == [supplied, {"playground"}]
    optional = {"version", "focus", "training", "look", "voice", "playground"}
    assert set(SCHEMA["properties"]) == {"title", "chapters"} | supplied | optional
    assert set(part("network")["properties"]) == {"sizes", "activations", "weights", "biases", "init", "file"}
    assert set(part("cost")["properties"]) == {"function", "l2"}
    assert set(part("examples")["properties"]) == {"csv", "inputs", "targets"}
    look = {"notation", "theme", "colours", "font", "logo", "style", "aspect", "language", "decimals", "captions"}
    assert set(part("look")["properties"]) == look
    assert set(part("voice")["properties"]) == {"service", "voice", "speed", "pitch", "recordings", "missing"}
    assert set(part("look", "logo")["properties"]) == {"file", "where"}
    assert set(part("training")["properties"]) == {
        *("learning_rate", "epochs", "batch_size", "optimizer", "shuffle", "seed"),
        *("momentum", "beta1", "beta2", "epsilon"),
    }


def test_choices_are_those_of_the_mathematics() -> None:
    assert set(get_args(ActivationName)) == set(ACTIVATIONS)
    assert set(get_args(CostName)) == set(COSTS)
    assert set(get_args(SchemeName)) == set(SCHEMES)
    assert set(get_args(OptimizerName)) == set(OPTIMIZERS)
    assert part("cost", "function")["enum"] == list(get_args(CostName))


def test_ranges_are_those_of_the_contract() -> None:
    sizes = next(choice for choice in part("network", "sizes")["anyOf"] if choice["type"] == "array")
    assert (sizes["minItems"], sizes["maxItems"]) == (2, 16)
    assert (sizes["items"]["minimum"], sizes["items"]["maximum"]) == (1, 4096)
    assert part("training", "learning_rate")["exclusiveMinimum"] == 0
    assert (part("training", "epochs")["minimum"], part("training", "epochs")["maximum"]) == (0, 100_000)
    assert part("training", "momentum")["exclusiveMaximum"] == 1
    assert SCHEMA["properties"]["chapters"]["maxItems"] == 200
    assert SCHEMA["properties"]["title"]["maxLength"] == 2000
    assert max(choice.get("maxItems", 0) for choice in SCHEMA["properties"]["examples"]["anyOf"]) == 100_000


def test_every_key_says_what_it_is() -> None:
    for name, definition in {"lesson": SCHEMA, **SCHEMA["$defs"]}.items():
        if name.startswith("nudge."):
            continue
        assert definition["additionalProperties"] is False
        for key, described in definition["properties"].items():
            assert described["description"], f"{name}.{key}"
            assert "title" not in described


def test_chapters_are_names_or_names_with_parameters() -> None:
    names, cost_tree, nudge = SCHEMA["properties"]["chapters"]["items"]["anyOf"]
    assert names["anyOf"] == [{"const": "cost_tree"}, {"const": "nudge", "description": "a weight wiggles"}]
    assert cost_tree["required"] == ["cost_tree"]
    assert nudge["properties"]["nudge"]["description"] == "a weight wiggles"
    parameters = nudge["properties"]["nudge"]["anyOf"][0]
    assert resolved(parameters["properties"]["by"]) == {"type": "number"}


def _defaults(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value["default"] for key, value in schema["properties"].items() if "default" in value}


def test_defaults_of_the_schema_are_a_lesson() -> None:
    data: dict[str, Any] = {
        "title": "Defaults",
        "network": {"sizes": [1, 1], "activations": "linear", "init": {"scheme": "he"}},
        "cost": {"function": "squared_error", **_defaults(part("cost"))},
        "examples": [{"x": [1], "y": [1]}],
        "chapters": ["cost_tree"],
        "look": _defaults(part("look")),
    }
    training = {key: value for key, value in _defaults(part("training")).items() if key not in {"momentum", "beta1"}}
    training = {key: value for key, value in training.items() if key not in {"beta2", "epsilon"}}
    assert lesson_from(data | {"training": {"learning_rate": 1, **training}}).look == lesson_from(data).look


@pytest.mark.parametrize(
    ("key", "value"), [("look", {"theme": "pink"}), ("focus", -1), ("version", 2), ("more", 1), ("training", {})]
)
def test_what_the_schema_forbids_is_a_mistake(key: str, value: Any) -> None:
    data = {
        "title": "Forbidden",
        "network": {"sizes": [1, 1], "activations": "linear", "init": {"scheme": "he"}},
        "cost": "squared_error",
        "examples": [{"x": [1], "y": [1]}],
        "chapters": ["cost_tree"],
    }
    lesson_from(data)
    with pytest.raises(LessonErrors, match=f"^{key}"):
        lesson_from(data | {key: value})
