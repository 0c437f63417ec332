"""What the chapters on the last layer's factors expect of their parameters, and of the numbers."""

from __future__ import annotations

import math

from bp_core.errors import NumberError, QuantityError
from bp_core.quantities import Variable
from bp_script.lesson import Lesson
from scenes.kit.calculus.factors import Factors
from scenes.kit.chapter import Unsuited, parameter_of, view_of
from scenes.kit.parameters import BaseParameters
from scenes.kit.pictures.chain import places
from scenes.kit.view import View

_KINDS = {"w": "a weight", "b": "a bias", "wb": "a weight or bias"}


def of_the_last_layer(lesson: Lesson, parameters: BaseParameters, name: str, kinds: str) -> Unsuited | None:
    """Why a parameter's factors cannot be shown: it is no such quantity of the last layer, or they are not finite."""
    trace = lesson.trace()
    expected = f"expected {_KINDS[kinds]} of layer {trace.L}, the last"
    try:
        variable = parameter_of(trace, name)
    except QuantityError as error:
        return Unsuited(f"{expected}; got {name}: {error}", "parameter")
    if variable.symbol not in kinds or places(variable)[0] != trace.L:
        return Unsuited(f"{expected}; got {variable}", "parameter")
    return not_finite(view_of(lesson, parameters), variable)


def not_finite(view: View, source: Variable) -> Unsuited | None:
    """Why the factors of the last layer cannot be shown with these numbers."""
    for factor in Factors.of(view.trace, source).each:
        try:
            value = view.value(factor)
        except NumberError:
            value = math.inf
        if not math.isfinite(value):
            return Unsuited(f"expected factors that are numbers; got {factor} beyond all of them, for this example")
    return None
