"""What pydantic finds wrong, in the words of a lesson's author: what was expected, what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from pydantic import ValidationError

from bp_script.counts import at_least, at_most, counted
from bp_script.errors import Mistake, Path, TextError, did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr

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
        return Mistake(path, tr("expected a value, this key is required; got nothing"))
    if kind == "extra_forbidden":
        return Mistake(path, mismatch(tr("no such key"), shown(path[-1])), at_key=True)
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
        expected = tr("a value that fits (%(needed)s)", needed=found["msg"])
    hint = _hint(kind, got, context)
    instead = context.get("actual_length", context.get("got"))
    return Mistake(path, mismatch(expected, f"{shown(got) if instead is None else instead}{hint}"))


def _hint(kind: str, got: Any, context: dict[str, Any]) -> str:
    """What may have been meant."""
    number = isinstance(got, int | float) and not isinstance(got, bool)
    if kind in {"literal_error", "enum"}:
        return did_you_mean(got, _choices(context))
    if kind == "string_type" and isinstance(got, int | float):
        return tr("; a text that looks like a number needs quotes")
    if kind in {"tuple_type", "list_type"} and number:
        return tr("; one number is written in brackets, too: %(list)s", list=f"[{shown(got)}]")
    if kind in {"bool_type", "bool_parsing"} and isinstance(got, str):
        return did_you_mean(_BOOLEAN_WORDS.get(got.lower()), ("true", "false"))
    return ""


_BOOLEAN_WORDS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "int_type": lambda _: tr("a whole number"),
    "int_from_float": lambda _: tr("a whole number"),
    "int_parsing": lambda _: tr("a whole number"),
    "float_parsing": lambda _: tr("a number"),
    "bool_parsing": lambda _: one_of(("true", "false")),
    "float_type": lambda _: tr("a number"),
    "finite_number": lambda _: tr("a finite number"),
    "bool_type": lambda _: one_of(("true", "false")),
    "string_type": lambda _: tr("a text"),
    "none_required": lambda _: tr("nothing"),
    "literal_error": lambda context: one_of(_choices(context)),
    "enum": lambda context: one_of(_choices(context)),
    "tuple_type": lambda _: tr("a list"),
    "list_type": lambda _: tr("a list"),
    "dict_type": lambda _: tr("a mapping"),
    "model_type": lambda _: tr("a mapping"),
    "model_attributes_type": lambda _: tr("a mapping"),
    "too_short": lambda context: at_least(counted(context["min_length"], "item")),
    "too_long": lambda context: at_most(counted(context["max_length"], "item")),
    "string_too_short": lambda context: at_least(counted(context["min_length"], "character")),
    "string_too_long": lambda context: at_most(counted(context["max_length"], "character")),
    "greater_than": lambda context: tr("a number above %(least)s", least=context["gt"]),
    "greater_than_equal": lambda context: tr("a number from %(least)s upwards", least=context["ge"]),
    "less_than": lambda context: tr("a number below %(most)s", most=context["lt"]),
    "less_than_equal": lambda context: tr("a number up to %(most)s", most=context["le"]),
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
