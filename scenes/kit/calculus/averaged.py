"""The derivative of the whole cost as an average: the formula that one chapter leaves and the next begins with."""

from __future__ import annotations

from bp_core.quantities import J, Variable, d
from scenes.kit.calculus.batch import averaged_derivative
from scenes.kit.letters.formula import Formula
from scenes.kit.stage import Region, Stage
from scenes.kit.view import View

_EM = 0.55


def averaged_formula(view: View, parameter: Variable, stage: Stage) -> Formula:
    """∂J by a parameter is the mean of the examples' derivatives by it, in its place."""
    sides, room = (d(J, parameter), averaged_derivative(view, parameter)), _room(stage)
    formula = Formula.fitting(view, *sides, em=_EM, width=room.width, height=room.height)
    return stage.place(formula, room)


def _room(stage: Stage) -> Region:
    """In the foot of the frame."""
    if not stage.stacked:
        return stage["right"].band(0.0, 0.24)
    return stage["body"].band(0.0, 0.24 if stage.square else 0.12)
