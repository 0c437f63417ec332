"""Types for the parameters of chapters: texts that hold names, checked against the lesson they stand in.

A chapter's model uses them as it uses ``str`` and ``int``; :func:`bp_script.chapters.read_parameters` does the rest.
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from bp_core.quantities import Variable
from bp_script.entries.base import Range, Text, Whole
from bp_script.equation_language import parse_equation, parse_expression
from bp_script.errors import TextError, mismatch, shown
from bp_script.language.caller import tr
from bp_script.mistakes import EXPECTED
from bp_script.names import Scope, parse_quantity
from bp_script.narration import Narration
from bp_script.numerals import MOST_DECIMALS


def _scope(info: ValidationInfo) -> Scope:
    return info.context if isinstance(info.context, Scope) else Scope()


def _narration(text: str, info: ValidationInfo) -> str:
    Narration.parse(text, scope=_scope(info))
    return text


def _quantity(text: str, info: ValidationInfo) -> str:
    parse_quantity(text, scope=_scope(info))
    return text


def _parameter(text: str, info: ValidationInfo) -> str:
    quantity = parse_quantity(text, scope=_scope(info))
    if not isinstance(quantity, Variable) or quantity.symbol not in {"w", "b"}:
        raise TextError(text, 0, mismatch(tr("a weight or a bias, such as w[L][0][0]"), shown(text)))
    return text


def _expression(text: str, info: ValidationInfo) -> str:
    parse_expression(text, scope=_scope(info))
    return text


def _equation(text: str, info: ValidationInfo) -> str:
    parse_equation(text, scope=_scope(info))
    return text


def _example(number: int, info: ValidationInfo) -> int:
    count = _scope(info).examples
    if count is not None and number >= count:
        expected = tr("the number of an example, from 0 to %(last)s", last=count - 1)
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected})
    return number


#: Words with quantities in braces.
NarrationText: TypeAlias = Annotated[Text, AfterValidator(_narration)]
#: The name of any quantity.
QuantityName: TypeAlias = Annotated[Text, AfterValidator(_quantity)]
#: The name of a weight or a bias.
ParameterName: TypeAlias = Annotated[Text, AfterValidator(_parameter)]
#: An expression of the equation language.
ExpressionText: TypeAlias = Annotated[Text, AfterValidator(_expression)]
#: An equation of the equation language.
EquationText: TypeAlias = Annotated[Text, AfterValidator(_equation)]
#: The number of an example.
ExampleNumber: TypeAlias = Annotated[Whole, Range(0), AfterValidator(_example)]
#: Digits after the point.
Decimals: TypeAlias = Annotated[int, Strict(), Range(0, MOST_DECIMALS)]
