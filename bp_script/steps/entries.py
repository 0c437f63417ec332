"""The steps of a scene of one's own, as a lesson writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from bp_core.quantities import Variable
from bp_script.entries.base import Count, Entry, Number, Range, Text, Whole
from bp_script.errors import TextError, did_you_mean, mismatch, one_of, shown
from bp_script.fields import ExampleNumber, NarrationText, QuantityName
from bp_script.language.caller import tr, whole
from bp_script.mistakes import EXPECTED
from bp_script.names import Scope, parse_quantity
from bp_script.steps.plan import faults_of
from bp_script.steps.shows import KINDS, PLAIN, Name, Show, VariableName

#: The most steps of a chapter, and seconds of a wait.
MOST_STEPS, LONGEST_WAIT = 200, 60
#: The largest nudge.
MOST_NUDGE = 1_000_000


def _nudges(value: Any, info: ValidationInfo) -> Mapping[str, float | bool]:
    """Parameters and their changes; ``keep`` stands among them."""
    if not isinstance(value, dict):
        raise PydanticCustomError("dict_type", "a mapping")
    scope = info.context if isinstance(info.context, Scope) else Scope()
    wrong = [found for name, change in value.items() if (found := _wrong(name, change, scope)) is not None]
    if wrong:
        raise ValidationError.from_exception_data("nudge", wrong)
    if not set(value) - {"keep"}:
        expected = tr("a weight or a bias and its change, such as w[L][0][0]: 0.2")
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected})
    return value


def _wrong(name: str, change: Any, scope: Scope) -> InitErrorDetails | None:
    """What is wrong with one key of a nudge and its value."""
    if name == "keep":
        return None if isinstance(change, bool) else {"type": "bool_type", "loc": (name,), "input": change}
    try:
        quantity = parse_quantity(name, scope=scope)
    except TextError as error:
        return _expected(name, error.message)
    if not isinstance(quantity, Variable) or quantity.symbol not in {"w", "b"}:
        return _expected(name, mismatch(tr("a weight or a bias, such as w[L][0][0]"), shown(name)))
    if isinstance(change, bool) or not isinstance(change, int | float):
        return {"type": "float_type", "loc": (name,), "input": change}
    if not change or not abs(change) <= MOST_NUDGE:
        low, high = whole(-MOST_NUDGE), whole(MOST_NUDGE)
        expected = tr("a change from %(low)s to %(high)s that is not 0", low=low, high=high)
        return _expected(name, mismatch(expected, shown(change)))
    return None


def _expected(name: str, message: str) -> InitErrorDetails:
    return {"type": "value_error", "loc": (name,), "input": name, "ctx": {"error": ValueError(message)}}


_NUDGE_SCHEMA = {
    "type": "object",
    "properties": {"keep": {"type": "boolean", "description": "whether it stays after the step"}},
    "additionalProperties": {"type": "number"},
}
Nudge: TypeAlias = Annotated[
    Mapping[str, float | bool], PlainValidator(_nudges, json_schema_input_type=Any), WithJsonSchema(_NUDGE_SCHEMA)
]


class PathStep(Entry):
    """The ways a change travels."""

    from_: VariableName = Field(alias="from", description="a weight, a bias, a z or an a")
    to: VariableName = "C"
    """the cost, or a z or an a on the way"""


class UpdateStep(Entry):
    """Steps of the lesson's training."""

    steps: Annotated[Whole, Range(1, 100_000)] = 1
    """how many updates"""


class ForwardStep(Entry):
    """A forward pass."""

    example: ExampleNumber | None = None
    """another example to put in focus"""


class CompareStep(Entry):
    """Two quantities side by side."""

    left: QuantityName
    """a quantity"""
    right: QuantityName
    """what it is compared with"""


def _named_alone(said: Any) -> Any:
    """A thing that is shown by its name alone needs no options."""
    if isinstance(said, str) and said not in PLAIN:
        which = tr("; say which: %(example)s", example=f"{{{said}: …}}")
        expected = tr("%(names)s, or a mapping such as {text: Hello}", names=one_of(PLAIN))
        got = shown(said) + (which if said in KINDS else did_you_mean(said, KINDS))
        raise ValueError(mismatch(expected, got))
    return said


class Step(Entry):
    """One step; it has one of these keys."""

    show: Show | Annotated[Literal["network", "tree"], BeforeValidator(_named_alone)] | None = None
    """a thing that comes into its region"""
    hide: Name | Annotated[tuple[Name, ...], Count("name")] | None = None
    """the name of a thing that goes, or several; all for everything"""
    say: NarrationText | None = None
    """what is said while the following steps happen"""
    at: Name | None = None
    """a bookmark of those words, {@name}: the following steps begin with the word after it"""
    focus: QuantityName | Annotated[tuple[QuantityName, ...], Count("name", 0)] | None = None
    """quantities; the rest dims; an empty list ends it"""
    substitute: Name | None = None
    """the name of an equation whose symbols become their values"""
    path: PathStep | None = None
    """{from, to}: each way a change travels lights up"""
    nudge: Nudge | None = None
    """weights or biases and their changes; back with the next step, or keep: true"""
    update: UpdateStep | None = None
    """{steps: 1}: updates of the lesson's training"""
    forward: ForwardStep | bool | None = None
    """a forward pass, true or {example: 1}"""
    backward: bool | None = None
    """true: the derivatives handed back through the network"""
    compare: CompareStep | Annotated[tuple[QuantityName, ...], Count("name", 1, 2)] | QuantityName | None = None
    """two quantities side by side, or one before and after what has happened to it"""
    wait: Annotated[Number, Range(0, LONGEST_WAIT, above=True)] | None = None
    """seconds of rest"""

    @classmethod
    def not_a_mapping(cls, said: Any) -> str | None:
        """What is wrong with a step whose colon was forgotten."""
        key, _, rest = said.partition(" ") if isinstance(said, str) else ("", "", "")
        if key not in cls.model_fields:
            return None
        expected = tr("a colon after the step's name, as %(example)s", example=f"{key}: {rest or '…'}")
        return mismatch(expected, shown(said))


class CustomEntry(Entry):
    """A scene of one's own."""

    name: Name
    """the chapter's name, for --chapter and the film's record"""
    title: Text | None = None
    """the title line"""
    steps: Annotated[tuple[Step, ...], Count("step", 1, MOST_STEPS)]
    """what happens, in order"""

    @model_validator(mode="after")
    def _every_step_can_act(self, info: ValidationInfo) -> Self:
        faults = faults_of(self.steps, info.context if isinstance(info.context, Scope) else Scope())
        if faults:
            raise ValidationError.from_exception_data(
                "steps",
                [
                    {"type": "value_error", "loc": ("steps", *where), "input": None, "ctx": {"error": ValueError(what)}}
                    for where, what in faults
                ],
            )
        return self
