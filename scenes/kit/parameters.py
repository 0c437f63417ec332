"""The YAML keys that all chapters take, and the types for their own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bp_script.entries.base import Entry, Number, Range, Text, Whole
from bp_script.fields import Decimals, ExampleNumber, NarrationText, ParameterName

__all__ = ["BaseParameters", "Number", "ParameterName", "Range", "Text", "Whole"]


class BaseParameters(Entry):
    """What every chapter takes."""

    say: NarrationText | dict[str, NarrationText] | None = Field(
        None, description="Narration that replaces the chapter's own; of some steps alone: {wiggle: …}."
    )
    example: ExampleNumber | None = Field(None, description="The example to show, if not the lesson's focus.")
    decimals: Decimals | None = Field(None, description="Digits after the point, if not the lesson's.")
    pace: Annotated[Number, Range(0.25, 4)] = Field(1.0, description="How fast the words are read: 2 is twice as fast.")
