"""A JSON Schema in words: for each key what it takes, what it is when left out, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A key of a mapping."""

    key: str
    kind: str
    default: str
    required: bool
    meaning: str


def rows(schema: Mapping[str, Any]) -> Iterator[Row]:
    """The keys of a model's schema, in their order."""
    for name, parameter in schema["properties"].items():
        required = name in schema.get("required", ())
        yield Row(name, kind(parameter, schema), _value(parameter), required, parameter.get("description", ""))


def kind(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a key takes, in a few words."""
    if "$ref" in parameter:
        return kind(schema["$defs"][parameter["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in parameter:
        kinds = [kind(one, schema) for one in parameter["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in parameter:
        return str(parameter["const"])
    if "enum" in parameter:
        return " | ".join(map(str, parameter["enum"]))
    words = {"string": "text", "integer": "whole number", "boolean": "true | false", "array": "list"}
    found = str(parameter.get("type", "any"))
    return words.get(found, found if found != "object" else "mapping") + _span(parameter)


def _span(parameter: Mapping[str, Any]) -> str:
    """The range of a number."""
    low, above = (parameter.get(key) for key in ("minimum", "exclusiveMinimum"))
    high, below = (parameter.get(key) for key in ("maximum", "exclusiveMaximum"))
    found = f" from {low}" * (low is not None) + f" above {above}" * (above is not None)
    return found + f" to {high}" * (high is not None) + f" to below {below}" * (below is not None)


def _value(parameter: Mapping[str, Any]) -> str:
    default = parameter.get("default")
    if isinstance(default, Mapping):
        return "none of them" if not any(value for value in default.values()) else "those below"
    return "none" if default is None else str(default)
