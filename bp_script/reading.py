"""Plain data into models, one field at a time, so that one mistake hides no other.

What is right of a mapping can be used even where something else in it is wrong.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from bp_script.entries.base import Entry
from bp_script.errors import MOST_ERRORS, Mistake, Path, did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr
from bp_script.mistakes import mistakes_of

M = TypeVar("M", bound=BaseModel)


class Enough(Exception):  # noqa: N818 - no error, an end
    """Enough mistakes were found to stop."""


@dataclass(slots=True)
class Findings:
    """The mistakes found so far; ``context`` is what texts with names in them are checked against."""

    mistakes: list[Mistake] = field(default_factory=list)
    context: Any = None

    def add(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a mistake."""
        self.note([Mistake(path, message, at_key=at_key)])

    def note(self, mistakes: list[Mistake]) -> None:
        """Note mistakes.

        Raises:
            Enough: there are more than anyone reads.
        """
        self.mistakes += mistakes
        if len(self.mistakes) > MOST_ERRORS:
            raise Enough


def read_model(model: type[M], data: Any, path: Path, found: Findings) -> M | None:
    """The model of a mapping, or None if there is a mistake in it."""
    before = len(found.mistakes)
    read_fields(model, data, path, found)
    if len(found.mistakes) > before:
        return None
    try:
        return model.model_validate(data, context=found.context)
    except ValidationError as error:
        found.note(mistakes_of(error, data, path))
        return None


def read_fields(model: type[BaseModel], data: Any, path: Path, found: Findings) -> dict[str, Any]:
    """The fields of a mapping that are right, those left out with their default; mappings within come as dicts."""
    keys = {name: info.alias or name for name, info in model.model_fields.items()}
    if not isinstance(data, dict):
        own = model.not_a_mapping(data) if issubclass(model, Entry) else None
        expected = tr("a mapping with %(keys)s", keys=one_of(keys.values()))
        found.add(path, own or mismatch(expected, shown(data)))
        return {}
    for key in data:
        if key not in keys.values():
            got = shown(key) + did_you_mean(key, keys.values())
            found.add((*path, key), mismatch(one_of(keys.values()), got), at_key=True)
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        key = keys[name]
        if key in data:
            values |= _read_field(model, name, data[key], (*path, key), found)
        elif info.is_required():
            expected = tr(info.description) if info.description else tr("a value")
            found.add((*path, key), tr("expected %(expected)s; got nothing, and it is required", expected=expected))
        else:
            values[name] = info.get_default(call_default_factory=True)
    return values


def _read_field(model: type[BaseModel], name: str, data: Any, path: Path, found: Findings) -> dict[str, Any]:
    """The field's value by its name, or nothing if it is wrong."""
    members = _members(model, name)
    member = _branch(members, data)
    if member is not None and _is_model(members[member]):
        return {name: read_fields(members[member], data, path, found)}
    try:
        return {name: _adapter(model, name, member).validate_python(data, context=found.context)}
    except ValidationError as error:
        item = _item(members[member]) if member is not None else None
        mistakes = mistakes_of(error, data, path)
        if item is None or not isinstance(data, list):
            found.note(mistakes)
        else:
            of_the_list = [mistake for mistake in mistakes if mistake.path == path]
            found.note(of_the_list)
            for number, entry in enumerate(() if of_the_list else data):
                read_fields(item, entry, (*path, number), found)
        return {}


def _members(model: type[BaseModel], name: str) -> tuple[Any, ...]:
    annotation = model.model_fields[name].annotation
    return get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)


def _branch(members: tuple[Any, ...], data: Any) -> int | None:
    """The member of a union that is meant, the list for a list, the mapping for a mapping; None if several may be."""
    models = [number for number, member in enumerate(members) if _is_model(member)]
    lists = [number for number, member in enumerate(members) if _is_list(member)]
    mappings = [number for number, member in enumerate(members) if get_origin(_bare(member)) is dict]
    empty = [number for number, member in enumerate(members) if member is types.NoneType]
    others = [number for number in range(len(members)) if number not in {*models, *lists, *mappings, *empty}]
    if data is None and empty:
        chosen = empty
    elif isinstance(data, dict) and models:
        chosen = models
    elif isinstance(data, dict) and mappings:
        chosen = mappings
    elif isinstance(data, list) and lists:
        chosen = lists
    else:
        chosen = others or lists or models
    return chosen[0] if len(chosen) == 1 else None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_list(annotation: Any) -> bool:
    return get_origin(_bare(annotation)) in {tuple, list}


def _item(annotation: Any) -> type[BaseModel] | None:
    """The model that a list is a list of, if it is one."""
    items = get_args(_bare(annotation)) if _is_list(annotation) else ()
    return items[0] if items and _is_model(items[0]) else None


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


@lru_cache(maxsize=1024)
def _adapter(model: type[BaseModel], name: str, member: int | None) -> TypeAdapter[Any]:
    """Reads a field, or one member of a field that is a union."""
    members, info = _members(model, name), model.model_fields[name]
    whole = member is None or len(members) == 1
    annotation: Any = Annotated[info.annotation, *info.metadata] if whole and info.metadata else members[member or 0]
    if whole and not info.metadata:
        annotation = info.annotation
    return TypeAdapter(annotation)
