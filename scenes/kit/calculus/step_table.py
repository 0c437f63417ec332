"""The table of an update: each parameter before, its derivative, and after."""

from __future__ import annotations

from collections.abc import Sequence

from manim import AnimationGroup

from bp_core.quantities import Variable
from scenes.kit.calculus.batch import Batch, parameter_count
from scenes.kit.pictures.chain import Chain
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.stage import Region
from scenes.kit.view import View, decimals_for

BEFORE, GRADIENT, AFTER = 0, 1, 2
#: The most digits more than usual for small steps to be seen.
_MORE_DIGITS = 3


class StepTable(ValueTable):
    """All parameters of a network, or as many as there is room for, the row of ``follow`` among them.

    ``later`` are further steps, each the views before and after, that it keeps room for.
    """

    def __init__(
        self,
        batch: Batch,
        after: View,
        region: Region,
        *,
        least: float,
        follow: Variable,
        later: Sequence[tuple[View, View]] = (),
    ) -> None:
        view = batch.view
        sizes = view.trace.network.sizes
        rows = _rows(view, region, least, follow)
        self.decimals = _decimals(view, after, rows)
        self.gradient_decimals = decimals_for([view.value(batch.derivative(row)) for row in rows], view.decimals + 2)
        columns = [
            Column(view.tr("before"), view, lambda parameter: parameter, self.decimals),
            Column(
                view.tr("gradient"), view, batch.derivative, self.gradient_decimals, signed=True, colour=view.theme.cost
            ),
            Column(view.tr("after"), after, lambda parameter: parameter, self.decimals),
        ]
        to_come = [(before, before, then) for before, then in later]
        super().__init__(view, rows, columns, region, least=least, of=parameter_count(sizes), later=to_come)

    def stepped(self, before: View, after: View) -> AnimationGroup:
        """The same table of another step."""
        return self.rewritten(before, before, after)


def _rows(view: View, region: Region, least: float, follow: Variable) -> list[Variable]:
    """The parameters that fit; if not all, then the chain's of each layer first."""
    everything = list(view.trace.network.parameters())
    room = ValueTable.room(view, everything, region, least=least)
    if len(everything) <= room:
        return everything
    chain = Chain.through(view.trace.network.sizes, follow)
    layers = range(chain.L, 0, -1)
    first = [follow, *(chain.w(layer) for layer in layers), *(chain.b(layer) for layer in layers)]
    chosen = set(list(dict.fromkeys([*first, *everything]))[: room - 1])
    return [parameter for parameter in everything if parameter in chosen]


def _decimals(view: View, after: View, rows: list[Variable]) -> int:
    """Digits of the parameters: enough to see each of them step, where that is possible."""
    least = decimals_for([view.value(row) for row in rows], view.decimals + 1)
    for decimals in range(least, least + _MORE_DIGITS):
        texts = ((numbers.shown(row, decimals=decimals).text for numbers in (view, after)) for row in rows)
        if all(before != then for before, then in texts):
            return decimals
    return least
