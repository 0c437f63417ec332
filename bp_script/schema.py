"""The JSON Schema of a lesson, for editors: keys, choices and ranges, with what each key means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from bp_script.entries.lesson import LessonEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: What a lesson can leave to a Playground URL.
_OF_THE_PLAYGROUND = ("network", "cost", "examples", "training")


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that only repeat a key's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def lesson_schema(chapters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The JSON Schema of a lesson that may call for these chapters.

    Args:
        chapters: the schema of each chapter's parameters by the chapter's name; its ``description`` is shown with the
            name, its ``$defs`` are kept apart from those of other chapters.
    """
    schema = LessonEntry.model_json_schema(schema_generator=_Untitled)
    supplied = [key for key in schema["required"] if key in _OF_THE_PLAYGROUND]
    schema["required"] = [key for key in schema["required"] if key not in supplied]
    schema["anyOf"] = [{"required": supplied}, {"required": ["playground"]}]
    definitions = schema["$defs"]
    names = [{"const": name, **_described(own)} for name, own in chapters.items()]
    calls = []
    for name, own in chapters.items():
        parameters = json.loads(json.dumps(own).replace('"#/$defs/', f'"#/$defs/{name}.'))
        definitions |= {f"{name}.{key}": value for key, value in parameters.pop("$defs", {}).items()}
        calls.append(
            {
                "type": "object",
                "properties": {name: {"anyOf": [parameters, {"type": "null"}], **_described(own)}},
                "required": [name],
                "additionalProperties": False,
            }
        )
    schema["properties"]["chapters"]["items"] = {"anyOf": [{"type": "string", "anyOf": names}, *calls]}
    return {"$schema": _DIALECT, **schema}


def _described(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": schema["description"]} if "description" in schema else {}
