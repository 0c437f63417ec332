"""``show``: what a step can put on the stage, with its options."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from bp_core.activations import ACTIVATIONS
from bp_core.quantities import Variable
from bp_script.entries.base import Count, Entry, Number, Range, Text, Whole
from bp_script.errors import TextError, mismatch, shown
from bp_script.fields import EquationText, ParameterName, QuantityName
from bp_script.language.caller import tr
from bp_script.mistakes import EXPECTED
from bp_script.names import Scope, parse_quantity

#: Where a thing can be put; ``right`` is side and formula together, ``body`` everything below the title.
Place: TypeAlias = Literal["diagram", "side", "formula", "right", "body"]
TableKind: TypeAlias = Literal["gradient", "parameters", "activations", "examples"]
#: Activations that are a curve: one number in, one number out.
CURVES = tuple(sorted(set(ACTIVATIONS) - {"softmax"}))

#: The pictures that can be shown.
IMAGES = (".png", ".jpg", ".jpeg")
#: The most lines and rows a person takes in at once.
MOST_LINES, MOST_ROWS = 6, 16


def _name(text: str) -> str:
    if len(text) > 40 or not text.replace("_", "").replace("-", "").isalnum():
        expected = tr("a short name of letters, digits, - and _")
        raise PydanticCustomError(EXPECTED, "{expected}", {"expected": expected})
    return text


def _variable(text: str, info: ValidationInfo) -> str:
    scope = info.context if isinstance(info.context, Scope) else Scope()
    if not isinstance(parse_quantity(text, scope=scope), Variable):
        raise TextError(text, 0, mismatch(tr("a quantity with a value of its own, such as z[L][0]"), shown(text)))
    return text


def _activation(text: str) -> str:
    if text not in CURVES:
        raise PydanticCustomError("literal_error", "", {"expected": " or ".join(map(repr, CURVES))})
    return text


Name: TypeAlias = Annotated[Text, AfterValidator(_name)]
#: The name of a quantity that is no derivative.
VariableName: TypeAlias = Annotated[QuantityName, AfterValidator(_variable)]
Flag: TypeAlias = Annotated[bool, Strict()]


class NetworkShow(Entry):
    """The network of the lesson."""

    values: Flag = True
    """whether activations stand in the neurons"""
    labels: Flag = False
    """whether weights and biases are named where there is room"""
    names: Flag = False
    """whether inputs and classes have their names beside them, those of a CSV file"""


class TreeShow(Entry):
    """The cost tree along the neurons that a weight or bias passes."""

    parameter: ParameterName = "w[L][0][0]"
    """the weight or bias whose neurons are followed"""
    depth: Annotated[Whole, Range(1, 15)] | None = None
    """how many layers back from the cost"""


class CurveShow(Entry):
    """An activation as a curve, with a dot where a neuron of it is."""

    activation: Annotated[Text, AfterValidator(_activation)]
    """sigmoid, tanh, relu, leaky_relu, softplus or linear"""
    at: VariableName | None = None
    """a pre-activation z[l][j] whose place on the curve is marked"""
    derivative: Flag = False
    """whether the derivative is drawn too"""


class CostCurveShow(Entry):
    """The cost as one weight or bias changes."""

    parameter: ParameterName
    """the weight or bias that changes"""
    cost: Literal["C", "J"] = "J"
    """C, of the example in focus, or J, of all examples"""
    reach: Annotated[Number, Range(0, 1e6, above=True)] = 3.0
    """how far it goes to each side of its value"""


class CostContourShow(Entry):
    """The cost over two weights or biases, as level lines."""

    parameters: Annotated[tuple[ParameterName, ...], Count("name", 2, 2)]
    """the two weights or biases"""
    cost: Literal["C", "J"] = "J"
    """C, of the example in focus, or J, of all examples"""
    reach: Annotated[Number, Range(0, 1e6, above=True)] = 3.0
    """how far they go to each side of their values"""


class Show(Entry):
    """One thing to show, and its name and place."""

    network: NetworkShow | Flag | None = None
    """the network, with values, with labels"""
    tree: TreeShow | Flag | None = None
    """the cost tree"""
    equation: EquationText | None = None
    """an equation of the equation language; it has to hold"""
    number_lines: Annotated[tuple[VariableName, ...], Count("name", 1, MOST_LINES)] | None = None
    """quantities, each on a line of its own"""
    table: TableKind | Annotated[tuple[QuantityName, ...], Count("name", 1, MOST_ROWS)] | None = None
    """gradient, parameters, activations, examples, or a list of quantities"""
    cost_curve: CostCurveShow | ParameterName | None = None
    """a weight or bias, or {parameter, cost, reach}"""
    cost_contour: CostContourShow | Annotated[tuple[ParameterName, ...], Count("name", 2, 2)] | None = None
    """two weights or biases, or {parameters, cost, reach}"""
    curve: CurveShow | Annotated[Text, AfterValidator(_activation)] | None = None
    """an activation, or {activation, at, derivative}"""
    text: Text | None = None
    """words"""
    image: Text | None = None
    """a PNG or JPEG beside the lesson"""
    as_: Name | None = Field(None, alias="as", description="a name for later steps")
    in_: Place | None = Field(None, alias="in", description="diagram, side, formula, right or body")


#: The kinds of things, as the keys of ``show`` name them; the first ones need no options.
KINDS = tuple(name for name in Show.model_fields if not name.endswith("_"))
PLAIN = ("network", "tree")


def kind_of(show: Show) -> tuple[str, Any] | None:
    """The one thing that is to be shown and its options; None unless it is just one."""
    said = [kind for kind in KINDS if kind in show.model_fields_set and getattr(show, kind) is not False]
    if len(said) != 1:
        return None
    (kind,) = said
    options = getattr(show, kind)
    if kind in PLAIN and (options is None or options is True):
        return kind, NetworkShow() if kind == "network" else TreeShow()
    return None if options is None else (kind, options)


def curve_options(said: CurveShow | str) -> CurveShow:
    """What a curve is to be; its name alone means the usual."""
    return said if isinstance(said, CurveShow) else CurveShow(activation=said)


def cost_curve_options(said: CostCurveShow | str) -> CostCurveShow:
    """What a cost curve is to be; a parameter alone means the usual."""
    return said if isinstance(said, CostCurveShow) else CostCurveShow(parameter=said)


def cost_contour_options(said: CostContourShow | tuple[str, ...]) -> CostContourShow:
    """What a contour is to be; two parameters alone mean the usual."""
    return said if isinstance(said, CostContourShow) else CostContourShow(parameters=said)
