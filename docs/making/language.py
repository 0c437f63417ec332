"""The keys of the lesson language, from its schema."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from bp_script import entries
from bp_script.entries.base import Entry
from bp_script.entries.cost import CostEntry
from bp_script.entries.examples import CsvEntry, ExampleEntry, OneHotEntry
from bp_script.entries.lesson import LessonEntry
from bp_script.entries.look import Colours, Look
from bp_script.entries.network import InitEntry, NetworkEntry
from bp_script.entries.training import TrainingEntry
from bp_script.entries.voice import VoiceEntry
from bp_studio.schema_words import rows
from docs.making.tables import escaped, key_table

#: What a page calls a mapping of the language, in a line ``<!-- keys: look -->``.
ENTRIES: Mapping[str, type[Entry]] = {
    "lesson": LessonEntry,
    "network": NetworkEntry,
    "init": InitEntry,
    "cost": CostEntry,
    "example": ExampleEntry,
    "csv": CsvEntry,
    "one_hot": OneHotEntry,
    "training": TrainingEntry,
    "look": Look,
    "colours": Colours,
    "voice": VoiceEntry,
}
_FOLDER = Path(entries.__path__[0])
_ASKED = re.compile(r"^<!-- keys: (\w+) -->$", flags=re.MULTILINE)


def with_keys(page: str) -> str:
    """A page with a table of the keys wherever it asks for one."""
    return _ASKED.sub(lambda match: keys_of(match[1]), page)


def all_entries() -> list[type[Entry]]:
    """Every mapping that a lesson's own keys lead to."""
    modules = [import_module(f"{entries.__name__}.{path.stem}") for path in sorted(_FOLDER.glob("[!_]*.py"))]
    found = [model for module in modules for _, model in inspect.getmembers(module, inspect.isclass)]
    return [model for model in dict.fromkeys(found) if issubclass(model, Entry) and model is not Entry]


def keys_of(entry: str) -> str:
    """The table of a mapping's keys; of the ``others``, those that have no name here, a table each."""
    if entry == "others":
        others = [model for model in all_entries() if model not in ENTRIES.values()]
        return "\n\n".join(f"{escaped((model.__doc__ or '').strip())}\n\n{_table(model)}" for model in others)
    return _table(ENTRIES[entry])


def _table(model: type[Entry]) -> str:
    return key_table(rows(model.model_json_schema()))
