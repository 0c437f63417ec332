"""A JSON Schema in words: for each key what it takes, what it is when left out, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from bp_script.language import ENGLISH, N_, Language

_KINDS = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": "true | false",
    "array": N_("list"),
    "object": N_("mapping"),
    "any": N_("any"),
}
#: A bound of the machine, which nobody need be told.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A key of a mapping."""

    key: str
    kind: str
    default: str
    required: bool
    meaning: str


def rows(schema: Mapping[str, Any], language: Language = ENGLISH) -> Iterator[Row]:
    """The keys of a model's schema, in their order."""
    for name, parameter in schema["properties"].items():
        required = name in schema.get("required", ())
        meaning = parameter.get("description", "")
        yield Row(
            name,
            kind(parameter, schema, language),
            _value(parameter, language),
            required,
            language.tr(meaning) if meaning else "",
        )


def kind(parameter: Mapping[str, Any], schema: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """What a key takes, in a few words."""
    if "$ref" in parameter:
        return kind(schema["$defs"][parameter["$ref"].rpartition("/")[2]], schema, language)
    if "anyOf" in parameter:
        kinds = dict.fromkeys(kind(one, schema, language) for one in parameter["anyOf"] if one.get("type") != "null")
        return reduce(lambda one, other: language.tr("%(one)s or %(other)s", one=one, other=other), kinds)
    if "const" in parameter:
        return str(parameter["const"])
    if "enum" in parameter:
        return " | ".join(map(str, parameter["enum"]))
    found = str(parameter.get("type", "any"))
    return " ".join([language.tr(_KINDS.get(found, found)), *_span(parameter, language)])


def _span(parameter: Mapping[str, Any], language: Language) -> Iterator[str]:
    """The range of a number."""
    low, above = (parameter.get(key) for key in ("minimum", "exclusiveMinimum"))
    high, below = (parameter.get(key) for key in ("maximum", "exclusiveMaximum"))
    if low is not None:
        yield language.tr("from %(low)s", low=low)
    if above is not None:
        yield language.tr("above %(low)s", low=above)
    if high is not None and high != _LARGEST:
        yield language.tr("to %(high)s", high=high)
    if below is not None:
        yield language.tr("to below %(high)s", high=below)


def _value(parameter: Mapping[str, Any], language: Language) -> str:
    default = parameter.get("default")
    if isinstance(default, Mapping):
        given = any(value for value in default.values())
        return language.tr("those below") if given else language.tr("none of them")
    return language.tr("none") if default is None else _yaml(default)


def _yaml(value: Any) -> str:
    """A value as a lesson has it.

    >>> _yaml(["sigmoid", "tanh"]), _yaml(False), _yaml(0.2)
    ('[sigmoid, tanh]', 'false', '0.2')
    """
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def descriptions(schema: Any) -> Iterator[str]:
    """What a schema says of what is in it, key by key."""
    inner = schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, list) else ()
    if isinstance(schema, Mapping) and isinstance(told := schema.get("description"), str):
        yield told
    for one in inner:
        yield from descriptions(one)


def in_language(schema: Any, language: Language) -> Any:
    """A schema with what it says in a language; its keys and values stay."""
    if isinstance(schema, list):
        return [in_language(one, language) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: language.tr(value) if key == "description" and isinstance(value, str) else in_language(value, language)
        for key, value in schema.items()
    }
