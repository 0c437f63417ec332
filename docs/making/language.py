"""The keys of the lesson language, from its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bp_script.entries.cost import CostEntry
from bp_script.entries.examples import CsvEntry, ExampleEntry, OneHotEntry
from bp_script.entries.lesson import LessonEntry
from bp_script.entries.look import Colours, Look
from bp_script.entries.network import InitEntry, NetworkEntry
from bp_script.entries.training import TrainingEntry
from bp_studio.schema_words import rows
from docs.making.tables import escaped, table

if TYPE_CHECKING:
    from bp_script.entries.base import Entry

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
}
_ASKED = re.compile(r"^<!-- keys: (\w+) -->$", flags=re.MULTILINE)


def with_keys(page: str) -> str:
    """A page with a table of the keys wherever it asks for one."""
    return _ASKED.sub(lambda match: keys_of(match[1]), page)


def keys_of(entry: str) -> str:
    """The table of a mapping's keys."""
    return table(
        ("key", "takes", "left out", "means"),
        (
            [
                f"`{row.key}`",
                escaped(row.kind),
                "required" if row.required else escaped(row.default),
                escaped(row.meaning),
            ]
            for row in rows(ENTRIES[entry].model_json_schema())
        ),
    )
