"""What all entries share: strict numbers and texts, ranges that say themselves, models without unknown keys."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, GetCoreSchemaHandler, Strict, WithJsonSchema
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bp_script.mistakes import EXPECTED

#: Longest text of a lesson.
LONGEST_TEXT = 2_000


class Entry(BaseModel):
    """A mapping of the lesson; unknown keys are errors, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Range:
    """A number from ``lowest`` to ``highest``; ``above`` leaves the lowest itself out, ``below`` the highest."""

    lowest: float
    highest: float = math.inf
    above: bool = False
    below: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        found["exclusiveMinimum" if self.above else "minimum"] = self.lowest
        if self.highest < math.inf:
            found["exclusiveMaximum" if self.below else "maximum"] = self.highest
        return found

    def _check(self, value: float) -> float:
        low = value > self.lowest if self.above else value >= self.lowest
        high = value < self.highest if self.below else value <= self.highest
        if low and high:
            return value
        what = "a whole number" if isinstance(value, int) and not self.above else "a number"
        raise PydanticCustomError(EXPECTED, "{what} {range}", {"what": what, "range": self.in_words()})

    def in_words(self) -> str:
        """The range as messages say it: ``from 0 to 100,000``."""
        low = f"above {self.lowest:,}" if self.above else f"from {self.lowest:,}"
        if self.highest == math.inf:
            return low if self.above else f"{low} upwards"
        return f"{low} {'to below' if self.below else 'to'} {self.highest:,}"


def _check_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        expected, got = f"at most {LONGEST_TEXT:,} characters", f"{len(text):,}"
    elif not text.strip():
        expected, got = "a text", "an empty one"
    elif strange := next((c for c in text if c not in "\n\t" and (c < " " or "\x7f" <= c <= "\x9f")), None):
        expected, got = "a text without control characters", f"U+{ord(strange):04X}"
    else:
        return text
    raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected, "got": got})


#: A finite number; 1 is one, true is not.
Number: TypeAlias = Annotated[float, Strict(), AllowInfNan(False)]
#: A whole number.
Whole: TypeAlias = Annotated[int, Strict()]
#: A text that people write: not empty, no control characters, at most 2,000 characters.
Text: TypeAlias = Annotated[
    str,
    Strict(),
    AfterValidator(_check_text),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}),
]
#: The start of a pseudo-random sequence.
Seed: TypeAlias = Annotated[int, Strict(), Range(0, 2**63 - 1)]
