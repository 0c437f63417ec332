"""The YAML keys that chapters take: what all of them share, and types for names and words."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo

from bp_core.quantities import Variable
from bp_script.entries.base import Entry, Number, Range, Text, Whole
from bp_script.errors import TextError
from bp_script.names import Scope, parse_quantity
from bp_script.narration import Narration

__all__ = ["BaseParameters", "Number", "ParameterName", "Range", "Said", "Text", "Whole"]


def _scope(info: ValidationInfo) -> Scope:
    return info.context if isinstance(info.context, Scope) else Scope()


def _check_said(text: str, info: ValidationInfo) -> str:
    Narration.parse(text, scope=_scope(info))
    return text


def _check_parameter(text: str, info: ValidationInfo) -> str:
    variable = parse_quantity(text, scope=_scope(info))
    if not isinstance(variable, Variable) or variable.symbol not in {"w", "b"}:
        raise TextError(text, 0, f"expected a weight or a bias, as w[L][0][0] or b[L][0]; got {text!r}")
    return text


def _check_example(number: int, info: ValidationInfo) -> int:
    examples = _scope(info).examples
    if examples is not None and number >= examples:
        raise ValueError(f"expected an example from 0 to {examples - 1}; got {number}")
    return number


#: Narration: text with quantities in braces, held against the lesson's network.
Said: TypeAlias = Annotated[Text, AfterValidator(_check_said)]
#: The name of a weight or a bias of the lesson's network.
ParameterName: TypeAlias = Annotated[Text, AfterValidator(_check_parameter)]
#: The number of one of the lesson's examples.
ExampleNumber: TypeAlias = Annotated[Whole, Range(0), AfterValidator(_check_example)]


class BaseParameters(Entry):
    """What every chapter takes."""

    say: Said | None = Field(None, description="Narration that replaces the chapter's own.")
    example: ExampleNumber | None = Field(None, description="The example to show, if not the lesson's focus.")
    decimals: Annotated[Whole, Range(0, 8)] | None = Field(
        None, description="Digits after the point, if not the lesson's."
    )
    pace: Annotated[Number, Range(0.25, 4)] = Field(1.0, description="How fast the words are read: 2 is twice as fast.")
