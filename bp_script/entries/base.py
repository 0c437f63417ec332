"""What all entries share: strict numbers and texts, ranges that say themselves, models without unknown keys."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, GetCoreSchemaHandler, Strict, WithJsonSchema
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from bp_script.counts import at_least, at_most, counted
from bp_script.errors import MOST_ERRORS
from bp_script.language.caller import tr, whole
from bp_script.limits import Limits, limits, option
from bp_script.mistakes import EXPECTED

#: Longest text of a lesson.
LONGEST_TEXT = 2_000


class Entry(BaseModel):
    """A mapping of the lesson; unknown keys are errors, nothing changes afterwards."""

    # deferred: lessons are read field by field, and most models are never called
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=True)

    @classmethod
    def not_a_mapping(cls, said: Any) -> str | None:  # noqa: ARG003 - entries that know their mistakes override it
        """What to say where something else stands than a mapping; None for the usual."""
        return None


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
        number = tr("a whole number") if isinstance(value, int) and not self.above else tr("a number")
        expected = tr("%(number)s %(range)s", number=number, range=self.in_words())
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected})

    def in_words(self) -> str:
        """The range as messages say it: ``from 0 to 100,000``."""
        low, high = whole(self.lowest), whole(self.highest)
        if self.highest == math.inf:
            return tr("above %(low)s", low=low) if self.above else tr("from %(low)s upwards", low=low)
        if self.above:
            return tr("above %(low)s to %(high)s", low=low, high=high)
        if self.below:
            return tr("from %(low)s to below %(high)s", low=low, high=high)
        return tr("from %(low)s to %(high)s", low=low, high=high)


@dataclass(frozen=True, slots=True)
class Count:
    """A list of ``lowest`` to ``highest`` things, called ``noun`` in messages.

    ``limit`` names the one of :mod:`bp_script.limits` that is the highest.
    """

    noun: str
    lowest: int = 1
    highest: int | None = None
    limit: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # before the items: one that is wrong must not make the list too short
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        found["minItems"] = self.lowest
        highest = getattr(Limits(), self.limit) if self.limit else self.highest
        if highest is not None:
            found["maxItems"] = highest
        return found

    def _check(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        if len(value) < self.lowest:
            expected = at_least(counted(self.lowest, self.noun))
        elif self.highest is not None and len(value) > self.highest:
            expected = at_most(counted(self.highest, self.noun, grouped=True))
        elif self.limit and not limits().allows(self.limit, len(value)):
            expected = at_most(counted(getattr(limits(), self.limit), self.noun, grouped=True))
        else:
            return value
        got = whole(len(value)) + (option(self.limit) if self.limit and value else "")
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected, "got": got})


@dataclass(frozen=True, slots=True)
class Numbers:
    """Finite numbers in rows: ``depth`` 1 is a row, 2 a list of rows, and so on. Checked by the row: there are many."""

    depth: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found: JsonSchemaValue = {"type": "number"}
        for _ in range(self.depth):
            found = {"type": "array", "items": found}
        return found

    def _read(self, value: Any) -> Any:
        wrong: list[InitErrorDetails] = []
        numbers = _read_numbers(value, self.depth, (), wrong)
        if wrong:
            raise ValidationError.from_exception_data("numbers", wrong)
        return numbers


def _read_numbers(value: Any, depth: int, path: tuple[int, ...], wrong: list[InitErrorDetails]) -> Any:
    if not isinstance(value, list | tuple):
        wrong.append({"type": "tuple_type", "loc": path, "input": value})
    elif depth > 1:
        return tuple(
            _read_numbers(item, depth - 1, (*path, number), wrong)
            for number, item in enumerate(value)
            if len(wrong) <= MOST_ERRORS
        )
    elif not (set(map(type, value)) <= {int, float} and all(map(_is_finite, value))):
        for number, item in enumerate(value):
            if type(item) not in {int, float}:
                wrong.append({"type": "float_type", "loc": (*path, number), "input": item})
            elif not _is_finite(item):
                wrong.append({"type": "finite_number", "loc": (*path, number), "input": item})
            if len(wrong) > MOST_ERRORS:
                break
    return tuple(value) if depth == 1 and not wrong else ()


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number beyond float64
        return False


def _check_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        expected, got = at_most(counted(LONGEST_TEXT, "character", grouped=True)), whole(len(text))
    elif not text.strip():
        expected, got = tr("a text"), tr("an empty one")
    elif strange := next((c for c in text if c not in "\n\t" and (c < " " or "\x7f" <= c <= "\x9f")), None):
        expected, got = tr("a text without control characters"), f"U+{ord(strange):04X}"
    else:
        return text
    raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected, "got": got})


#: A finite number; 1 is one, true is not.
Number: TypeAlias = Annotated[float, Strict(), AllowInfNan(False)]
#: A row of finite numbers, and lists of rows.
Row: TypeAlias = Annotated[tuple[float, ...], Numbers(1)]
Rows: TypeAlias = Annotated[tuple[tuple[float, ...], ...], Numbers(2)]
Matrices: TypeAlias = Annotated[tuple[tuple[tuple[float, ...], ...], ...], Numbers(3)]
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
