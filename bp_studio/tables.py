"""The numbers of a lesson as tables for a terminal, each quantity in its colour.

Rows are called what lessons and the JSON call them: ``a[2][0]``, ``w[2][0][1]``.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from bp_core.errors import NumberError
from bp_core.quantities import C, Derivative, J, Variable, a, d, delta, x, y, z
from bp_script.language import N_
from bp_script.language.caller import callers_language, tr, tr_n, whole
from bp_script.numerals import numeral
from scenes.kit.theme import THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from bp_core.quantities import Quantity
    from bp_core.trace import Trace

DECIMALS = 4
#: Where a number is beyond float64.
_OVERFLOW = N_("overflow")
#: The longest table and the longest list in a cell; the rest is counted, and all of it in the JSON.
MOST_ROWS = 48
MOST_IN_A_CELL = 4
_THEME = THEMES["dark"]


def lesson_tables(title: str, trace: Trace, step: int) -> Iterator[RenderableType]:
    """A lesson's numbers after ``step`` updates; the trace's focus is the one example."""
    now = trace.at_step(step)
    yield _heading(title, now)
    yield _neurons(now, tr("Example %(example)s, step %(step)s", example=now.focus, step=step))
    if now.network.activations[-1] == "softmax":
        yield _softmax(now)
    yield _parameters(now)
    yield _examples(now)
    if len(trace.steps) > 1:
        yield _steps(trace, step)


def _heading(title: str, trace: Trace) -> Text:
    network, cost = trace.network, trace.cost
    layers = [f"{n} {name}" for n, name in zip(network.sizes[1:], network.activations, strict=True)]
    penalty = f", l2 {_written(f'{cost.l2:g}')}" if cost.l2 else ""
    facts = [" → ".join([str(network.sizes[0]), *layers]), cost.function + penalty]
    parameters, examples = network.parameter_count, len(trace.examples)
    facts.append(tr_n("%(count)s parameter", "%(count)s parameters", parameters, count=whole(parameters)))
    facts.append(tr_n("%(count)s example", "%(count)s examples", examples, count=whole(examples)))
    return Text.assemble((title, "bold"), "\n" + " · ".join(facts))


def _neurons(trace: Trace, title: str) -> Table:
    """Each neuron for one example: forward values, local derivative, error; below them the targets and the cost."""
    table = _table(title, "", "z", "a", "∂a/∂z", "∂C/∂a", "δ = ∂C/∂z")

    def rows(layer: int, size: int) -> Iterator[list[Text]]:
        for j in range(size):
            neuron, weighted = a(layer, j), z(layer, j)
            if layer == 0:
                yield [_name(neuron), Text(), _cell(trace, neuron), Text(), _cell(trace, d(C, neuron)), Text()]
            else:
                quantities = (weighted, neuron, d(neuron, weighted), d(C, neuron), delta(layer, j))
                yield [_name(neuron), *(_cell(trace, quantity) for quantity in quantities)]

    for layer, size in enumerate(trace.network.sizes):
        _fill(table, rows(layer, size), size)
    for number in (*map(y, range(min(trace.network.sizes[-1], MOST_ROWS))), C):
        table.add_row(_name(number), Text(), _cell(trace, number))
    return table


def _softmax(trace: Trace) -> Table:
    """Softmax alone makes every a of its layer depend on every z: row j, column i is ∂aⱼ/∂zᵢ."""
    size = trace.network.sizes[-1]
    columns = range(min(size, MOST_IN_A_CELL))
    table = _table("Softmax: ∂a/∂z", "", *(str(z(trace.L, i)) for i in columns))
    rows = (
        [_name(a(trace.L, j)), *(_cell(trace, d(a(trace.L, j), z(trace.L, i))) for i in columns)] for j in range(size)
    )
    _fill(table, rows, size)
    return table


def _parameters(trace: Trace) -> Table:
    """Each weight and bias: its value, what hangs on it for one example and for all, and its next update."""
    headings = ["", tr("value"), "∂z/∂·", "∂C/∂·", "∂J/∂·"]
    after = trace.next_parameters() if trace.training else None
    table = _table(tr("Parameters"), *headings, *((tr("update"), tr("new value")) if after else ()))

    def row(parameter: Variable) -> list[Text]:
        reached = z(parameter.indices[0], parameter.indices[1])
        quantities = (parameter, d(reached, parameter), d(C, parameter), d(J, parameter))
        cells = [_name(parameter), *(_cell(trace, quantity) for quantity in quantities)]
        if after:
            new = after.parameter(parameter)
            change = _change(new, trace.network.parameter(parameter))
            cells += [_coloured(change, parameter.symbol), _coloured(_number(new), parameter.symbol)]
        return cells

    _fill(table, map(row, trace.network.parameters()), trace.network.parameter_count)
    table.add_row(_name(J), _cell(trace, J))
    return table


def _change(now: float, before: float) -> str:
    change = now - before
    return _written(numeral(change, DECIMALS, signed=True)) if math.isfinite(change) else tr(_OVERFLOW)


def _number(number: float) -> str:
    return _written(numeral(number, DECIMALS))


def _written(number: str) -> str:
    return callers_language().numeral(number)


def _examples(trace: Trace) -> Table:
    table = _table(tr("Examples"), "", "x", "y", f"a[{trace.L}]", "C")
    sizes = trace.network.sizes

    def row(example: int) -> list[Text]:
        lists = (map(x, range(sizes[0])), map(y, range(sizes[-1])), (a(trace.L, j) for j in range(sizes[-1])))
        label = Text(f"@{example}", "bold" if example == trace.focus else "")
        return [label, *(_list(trace, items, example) for items in lists), _cell(trace, C.at_example(example))]

    _fill(table, map(row, range(len(trace.examples))), len(trace.examples))
    return table


def _steps(trace: Trace, step: int) -> Table:
    table = _table(tr("Training"), tr("step"), tr("epoch"), tr("batch"), "J", tr("change of J"))
    steps = trace.steps

    def row(number: int) -> list[Text]:
        now = steps[number]
        batch = ", ".join(map(str, now.batch[:MOST_IN_A_CELL])) + ("…" if len(now.batch) > MOST_IN_A_CELL else "")
        change = _change(now.J, steps[number - 1].J) if number else ""
        facts = [Text(str(number), "bold" if number == step else ""), Text(str(now.epoch)), Text(batch)]
        return [*facts, _coloured(_number(now.J), "J"), _coloured(change, "J")]

    _fill(table, map(row, range(len(steps))), len(steps))
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    return table


def _fill(table: Table, rows: Iterable[Sequence[Text]], count: int) -> None:
    """As many of the rows as anyone reads, then a rule."""
    for row in islice(rows, MOST_ROWS):
        table.add_row(*row)
    if count > MOST_ROWS:
        table.add_row(Text(tr("… %(count)s more", count=whole(count - MOST_ROWS)), "dim"))
    table.add_section()


def _list(trace: Trace, quantities: Iterable[Variable], example: int) -> Text:
    cells = [_cell(trace, quantity.at_example(example)) for quantity in islice(quantities, MOST_IN_A_CELL + 1)]
    return Text("  ").join([*cells[:MOST_IN_A_CELL], *([Text("…")] if len(cells) > MOST_IN_A_CELL else [])])


def _cell(trace: Trace, quantity: Quantity) -> Text:
    """A quantity's value in its colour, a derivative in that of what is derived."""
    symbol = quantity.of.symbol if isinstance(quantity, Derivative) else quantity.symbol
    try:
        return _coloured(_number(trace.value(quantity)), symbol)
    except NumberError:  # a factor may be beyond float64 where the derivative is not
        return Text(tr(_OVERFLOW), "dim")


def _name(variable: Variable) -> Text:
    return _coloured(str(variable), variable.symbol)


def _coloured(text: str, symbol: str) -> Text:
    return Text(text, _THEME.of_symbol(symbol))
