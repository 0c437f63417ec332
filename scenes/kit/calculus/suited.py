"""What the chapters on the last layer's factors expect of their parameters, and of the numbers."""

from __future__ import annotations

import math

from bp_core.errors import NumberError, QuantityError
from bp_core.quantities import Variable
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.language.mathematics import in_words
from bp_script.lesson import Lesson
from scenes.kit.calculus.factors import Factors
from scenes.kit.chapter import Unsuited, parameter_of, view_of
from scenes.kit.parameters import BaseParameters
from scenes.kit.pictures.chain import places
from scenes.kit.view import View

_EXPECTED = {
    "w": N_("expected a weight of layer %(layer)s, the last; got %(got)s"),
    "b": N_("expected a bias of layer %(layer)s, the last; got %(got)s"),
    "wb": N_("expected a weight or bias of layer %(layer)s, the last; got %(got)s"),
}


def of_the_last_layer(lesson: Lesson, parameters: BaseParameters, name: str, kinds: str) -> Unsuited | None:
    """Why a parameter's factors cannot be shown: it is no such quantity of the last layer, or they are not finite."""
    trace = lesson.trace()
    try:
        variable = parameter_of(trace, name)
    except QuantityError as error:
        return Unsuited(tr(_EXPECTED[kinds], layer=trace.L, got=f"{name}: {in_words(error)}"), "parameter")
    if variable.symbol not in kinds or places(variable)[0] != trace.L:
        return Unsuited(tr(_EXPECTED[kinds], layer=trace.L, got=variable), "parameter")
    return not_finite(view_of(lesson, parameters), variable)


def not_finite(view: View, source: Variable) -> Unsuited | None:
    """Why the factors of the last layer cannot be shown with these numbers."""
    for factor in Factors.of(view.trace, source).each:
        try:
            value = view.value(factor)
        except NumberError:
            value = math.inf
        if not math.isfinite(value):
            told = tr("expected factors that are numbers; got %(got)s beyond all of them, for this example", got=factor)
            return Unsuited(told)
    return None
