"""How many digits numbers need, so that what is reckoned with them comes out as it is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bp_core.equations import evaluate
from bp_core.nodes import Constant, Expression, LayerSize, Number, substitute
from bp_script.numerals import comes_out, is_exact, read_numeral
from scenes.kit.view import View

#: How many digits more than usual numbers may have for that.
_FINER = 2


def short_decimals(view: View, expression: Expression, decimals: int) -> int:
    """So many decimals, or fewer where the rest are zeros that tell nothing.

    A constant is as short as it can be, a quantity keeps the usual digits.
    """
    usual = min(decimals, view.decimals)
    for few in range(0 if isinstance(expression, Constant | LayerSize) else usual, decimals + 1):
        short = view.shown(expression, decimals=few)
        if is_exact(short.value, short.text) and "e" not in short.text:
            return few
    return decimals


def recomputed(view: View, expression: Expression, written: Mapping[Expression, str]) -> float:
    """What an expression comes to with these numbers in it, as they are written."""
    for node in sorted(written, key=lambda n: -len(str(n))):
        expression = substitute(expression, node, Number(read_numeral(written[node])))
    return evaluate(expression, view.trace, view.step)


def reckoned(view: View, expression: Expression, decimals: Mapping[Expression, int]) -> float:
    """The same with so many decimals of each."""
    digits = {node: short_decimals(view, node, usual) for node, usual in decimals.items()}
    return recomputed(view, expression, {node: view.shown(node, decimals=d).text for node, d in digits.items()})


def coming_out(
    view: View, expression: Expression, numbers: Collection[Expression], result: str, usual: int
) -> int | None:
    """The decimals, as few as can be, of the numbers in an expression that make it come out as ``result``.

    None if even those more than usual that there may be do not.
    """
    choices = range(usual, usual + _FINER + 1)
    return next((d for d in choices if comes_out(reckoned(view, expression, dict.fromkeys(numbers, d)), result)), None)


def result_decimals(
    view: View, expression: Expression, numbers: Mapping[Expression, int], most: int, least: int
) -> int:
    """The decimals of a result, from ``most`` down to ``least``, with which the numbers of an expression make it so.

    ``numbers`` tells the decimals of each; ``most`` if it never comes out.
    """
    value = reckoned(view, expression, numbers)
    choices = range(most, least - 1, -1)
    return next((d for d in choices if comes_out(value, view.shown(expression, decimals=d).text)), most)
