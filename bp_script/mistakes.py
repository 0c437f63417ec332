"""What pydantic finds wrong, in the words of a lesson's author: what was expected, what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from pydantic import ValidationError

from bp_script.errors import Mistake, Path, TextError, did_you_mean, one_of, plural, shown

#: The type of errors whose message is what was expected; ``got`` in their context what was found, if not the value.
EXPECTED = "expected"


def mistakes_of(error: ValidationError, data: Any, path: Path = ()) -> list[Mistake]:
    """The mistakes that pydantic found in the ``data`` at ``path``."""
    return [
        _mistake(found, (*path, *_real_path(found["loc"], data)))  # type: ignore[arg-type]
        for found in error.errors(include_url=False)
    ]


def _mistake(found: dict[str, Any], path: Path) -> Mistake:
    kind, got, context = found["type"], found["input"], found.get("ctx", {})
    if kind == "missing":
        return Mistake(path, "expected a value, this key is required; got nothing")
    if kind == "extra_forbidden":
        return Mistake(path, f"expected no such key; got {shown(path[-1])}", at_key=True)
    if kind == "value_error":
        cause = context["error"]
        if isinstance(cause, TextError):
            return Mistake(path, cause.message, offset=cause.offset)
        return Mistake(path, str(cause))
    if kind in _EXPECTED:
        expected = _EXPECTED[kind](context)
    elif kind == EXPECTED:
        expected = found["msg"]
    else:
        expected = f"a value that fits ({found['msg']})"
    hint = _hint(kind, got, context)
    instead = context.get("actual_length", context.get("got"))
    return Mistake(path, f"expected {expected}; got {shown(got) if instead is None else instead}{hint}")


def _hint(kind: str, got: Any, context: dict[str, Any]) -> str:
    """What may have been meant."""
    number = isinstance(got, int | float) and not isinstance(got, bool)
    if kind in {"literal_error", "enum"}:
        return did_you_mean(got, _choices(context))
    if kind == "string_type" and isinstance(got, int | float):
        return _QUOTE
    if kind in {"tuple_type", "list_type"} and number:
        return f"; one number is written in brackets, too: [{shown(got)}]"
    if kind in {"bool_type", "bool_parsing"} and isinstance(got, str):
        return did_you_mean(_BOOLEAN_WORDS.get(got.lower()), ("true", "false"))
    return ""


_QUOTE = "; a text that looks like a number needs quotes"
_BOOLEAN_WORDS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "int_parsing": lambda _: "a whole number",
    "float_parsing": lambda _: "a number",
    "bool_parsing": lambda _: "true or false",
    "float_type": lambda _: "a number",
    "finite_number": lambda _: "a finite number",
    "bool_type": lambda _: "true or false",
    "string_type": lambda _: "a text",
    "none_required": lambda _: "nothing",
    "literal_error": lambda context: one_of(_choices(context)),
    "enum": lambda context: one_of(_choices(context)),
    "tuple_type": lambda _: "a list",
    "list_type": lambda _: "a list",
    "dict_type": lambda _: "a mapping",
    "model_type": lambda _: "a mapping",
    "model_attributes_type": lambda _: "a mapping",
    "too_short": lambda context: f"at least {plural(context['min_length'], 'item')}",
    "too_long": lambda context: f"at most {plural(context['max_length'], 'item')}",
    "string_too_short": lambda context: f"at least {plural(context['min_length'], 'character')}",
    "string_too_long": lambda context: f"at most {plural(context['max_length'], 'character')}",
    "greater_than": lambda context: f"a number above {context['gt']}",
    "greater_than_equal": lambda context: f"a number from {context['ge']} upwards",
    "less_than": lambda context: f"a number below {context['lt']}",
    "less_than_equal": lambda context: f"a number up to {context['le']}",
}


def _choices(context: dict[str, Any]) -> list[str]:
    """The names of pydantic's ``'a', 'b' or 'c'``."""
    said = str(context["expected"])
    return re.findall(r"'([^']*)'", said) or [said]


def _real_path(location: Sequence[str | int], data: Any) -> Path:
    """Pydantic's path without the names of union members that it puts between."""
    path: list[str | int] = []
    for position, step in enumerate(location):
        keys: Container[str | int] = data if isinstance(data, dict) else ()
        if isinstance(data, list | tuple):
            keys = range(len(data))
        if step in keys:
            data = data[step]
        elif not isinstance(data, dict) or position < len(location) - 1:
            continue
        path.append(step)
    return tuple(path)
