"""The sheet as a Typst source: what is given, the rules, the blanks; and the key, which has them filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from math import isclose
from typing import TYPE_CHECKING

from bp_core.evaluation import evaluate
from bp_core.nodes import Constant, Expression, New, Number, substitute
from bp_core.quantities import C, b, w, x, y
from bp_script.language import language_of
from bp_script.numerals import is_exact, numeral, read_numeral
from bp_studio.house import logo_code, printed
from bp_studio.worksheet.tasks import tasks
from scenes.kit.functions import NAMES
from scenes.kit.letters.compiler import escape
from scenes.kit.letters.face import Face
from scenes.kit.letters.mathematics import Source, leaves, numeral_source, typeset
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.theme import theme_of
from scenes.kit.view import Shown, View

if TYPE_CHECKING:
    from bp_core.equations import Equation
    from bp_script.lesson import Lesson
    from bp_studio.worksheet.tasks import Group, Task

_LAYOUT = """
#set document(title: {title})
#set page(paper: "a4", margin: (x: 20mm, top: 20mm, bottom: 20mm), footer: context {{
  set text(8.5pt, fill: luma(90))
  {title} + " – " + {kind}
  h(1fr)
  counter(page).display("1 / 1", both: true)
}})
#set text(font: ({font}"New Computer Modern", "DejaVu Sans Mono"), size: 11pt, lang: {language})
#show math.equation: set text(font: "New Computer Modern Math")
#show heading.where(level: 1): it => block(below: 2mm, text(20pt, weight: "regular", it.body))
#show heading.where(level: 2): it => block(above: 8mm, below: 3mm, sticky: true, text(14pt, weight: "regular", it.body))
#let asked(width) = box(width: width, stroke: (bottom: 0.5pt + luma(110)), outset: (bottom: 1.2mm))
#let rule(body) = box(inset: (x: 3mm, y: 2mm), fill: luma(246), radius: 1mm, body)
#let rules(body) = block(sticky: true, above: 4mm, below: 6mm, {{ set par(leading: 2mm); body }})
// Rows are as high as their fractions.
#let rows(columns, gutter, ..cells) = block(above: 4mm, below: 6mm, {{
  set text(top-edge: "bounds", bottom-edge: "bounds")
  grid(columns: columns, column-gutter: 7mm, row-gutter: gutter, align: left + horizon, ..cells)
}})
"""
#: Decimals of the numbers that are worked out, and a difference that is none.
_DECIMALS, _NOTHING = 4, 1e-12
#: Given numbers and blanks side by side at most (of blanks one more, if they are narrow), and a blank's widths.
_ABREAST, _BLANKS, _WIDE, _NARROW = 5, 3, "24mm", "19mm"


def sheet_source(lesson: Lesson, *, key: bool) -> str:
    """The Typst source of a lesson's worksheet, or of its key.

    Raises:
        NumberError: a number of it is not finite.
    """
    look, language = lesson.look, language_of(lesson.look.language)
    view = View(lesson.trace(), theme_of(printed(look)), NOTATIONS[look.notation], _DECIMALS, language)
    kind = view.tr("Key") if key else view.tr("Exercise")
    tag = look.language.partition("-")[0]
    own = lesson.house.font
    face = "" if own is None else Face.of(own).listed
    heading = _LAYOUT.format(title=escape(lesson.title), kind=escape(kind), language=escape(tag), font=face)
    title, logo = f"heading(level: 1, {escape(lesson.title)})", logo_code(lesson.house)
    if logo is not None:
        title = f"grid(columns: (1fr, auto), column-gutter: 10mm, {title}, {logo})"
    parts = [
        heading,
        f"#{title}",
        f"#text(fill: luma(90), {escape(kind)})"
        if key
        else f"#{escape(view.tr('Name'))} #box(width: 70mm, stroke: (bottom: 0.5pt + luma(110)))",
        *_given(lesson, view),
    ]
    for number, task in enumerate(tasks(view.trace), start=1):
        parts += _task(view, number, task, key=key)
    return "\n\n".join(parts) + "\n"


def _given(lesson: Lesson, view: View) -> list[str]:
    trace = view.trace
    network = trace.network
    names = [view.tr(NAMES[name]) for name in network.activations]
    # not by numbers: notations count layers from 0, from 1 or back from L
    hidden = [view.tr("%(name)s in hidden layer %(number)s", name=name, number=j) for j, name in enumerate(names, 1)]
    if len(names) == 2:
        hidden = [view.tr("%(name)s in the hidden layer", name=names[0]), ""]
    layers = ", ".join([*hidden[:-1], view.tr("%(name)s in the output layer", name=names[-1])])
    if len(set(names)) == 1:
        layers = view.tr("%(name)s in every layer", name=names[0])
    sizes = "–".join(map(str, network.sizes))
    told = view.tr("A network of %(sizes)s neurons; activation: %(layers)s.", sizes=sizes, layers=layers)
    found = [
        f"#heading(level: 2, {escape(view.tr('Given'))})",
        f"#{escape(told)}",
        _listing(view, [x(k) for k in range(network.sizes[0])], lesson.input_names),
        _listing(view, [y(j) for j in range(network.sizes[-1])], lesson.class_names),
    ]
    for layer in range(1, trace.L + 1):
        rows, columns = network.sizes[layer], network.sizes[layer - 1]
        weights = [w(layer, j, k) for j in range(rows) for k in range(columns)]
        found.append(_listing(view, weights, columns=columns))
        found.append(_listing(view, [b(layer, j) for j in range(rows)]))
    given = [*network.parameters(), *(x(k) for k in range(network.sizes[0])), *(y(j) for j in range(network.sizes[-1]))]
    if not all(is_exact(view.value(each), _written(view.value(each))) for each in given):
        told = view.tr(
            "These numbers are rounded to four decimals; the key goes on with all of them, so that a result may differ "
            "from it in its last digit."
        )
        found.append(f"#{escape(told)}")
    if trace.training is not None:
        rate = f"{_side(view, Constant('eta'))} $= {_short(view, trace.training.learning_rate)}$"
        found.append(f"#{escape(view.tr('Learning rate:'))} {rate}")
    return found


def _listing(
    view: View, quantities: Sequence[Expression], names: Sequence[str] = (), *, columns: int = _ABREAST
) -> str:
    """Given quantities with their values, as exactly as the lesson has them where that is short, and their names.

    What one row does not hold stands in rows of ``columns``.
    """
    cells = [
        f"[{_side(view, quantity)} $= {_short(view, view.value(quantity))}${_named(name)}]"
        for quantity, name in zip_longest(quantities, names, fillvalue=None)
        if quantity is not None
    ]
    columns = len(cells) if len(cells) <= _ABREAST else columns if 1 < columns <= _ABREAST else _ABREAST
    return f"#rows({columns}, 4mm, {', '.join(cells)})"


def _named(name: str | None) -> str:
    return f" #text(9pt, fill: luma(90), {escape(name)})" if name else ""


def _short(view: View, value: float) -> str:
    """A given number as it is typeset."""
    return numeral_source(view.language.numeral(_written(value)))


def _written(value: float) -> str:
    """A given number: as it stands in the lesson, or with so many decimals as are worked with."""
    plain = numeral(value, _DECIMALS)
    shortest = repr(value)
    return (shortest if len(shortest) <= len(plain) + 1 and "e" not in shortest else plain).removesuffix(".0")


def _task(view: View, number: int, task: Task, *, key: bool) -> list[str]:
    view = replace(view, trace=task.trace)
    rules = " #h(4mm, weak: true) ".join(f"#rule[{_equation(view, rule)}]" for rule in task.rules)
    words = f"#block(sticky: true, {escape(view.tr(task.words))})"
    asked = _worked if key else _blanks
    heading = f"#heading(level: 2, {escape(f'{number}. {view.tr(task.title)}')})"
    again = [_again(view, key=key)] if task.again else []
    return [heading, words, f"#rules[{rules}]", *(asked(view, group) for group in task.groups), *again]


def _again(view: View, *, key: bool) -> str:
    """The cost when all parameters have taken their step."""
    after = view.at_step(1)
    value = f"*{_side(after, C, frozenset({C}))}*"
    sign = "=" if _is_exact(after, C) else "approx"
    asked = f"${sign}$ {value}" if key else f"$=$ #asked({_WIDE})"
    return f"#block(above: 6mm)[#{escape(view.tr('With the new values:'))} #h(1mm) {_side(view, C)} {asked}]"


def _blanks(view: View, group: Group) -> str:
    columns = group.columns or len(group.blanks)
    columns = columns if columns <= _BLANKS + 1 else _BLANKS
    width = _WIDE if columns <= _BLANKS else _NARROW
    cells = [f"[{_side(view, blank.quantity)} $=$ #asked({width})]" for blank in group.blanks]
    return f"#rows({columns}, 7mm, {', '.join(cells)})"


def _worked(view: View, group: Group) -> str:
    cells = []
    for blank in group.blanks:
        left, right = blank.quantity, blank.working.right
        steps = [_equation(view, blank.working)]
        comes_out = _is_exact(view, left)
        if right not in _values(right):
            sign = "=" if all(_is_exact(view, each) for each in _values(right)) else "approx"
            steps.append(f"${sign}$ {_side(view, right, _values(right))}")
            comes_out = isclose(_recomputed(view, right), read_numeral(_shown(view, left).text), abs_tol=_NOTHING)
        sign = "=" if comes_out else "approx"
        steps.append(f"#box[${sign}$ *{_side(view, left, frozenset({left}))}*]")
        cells.append(f"[{' '.join(steps)}]")
    return f"#rows(1, 4.5mm, {', '.join(cells)})"


def _values(expression: Expression) -> frozenset[Expression]:
    """What stands as a number where an expression is worked out: its quantities, and the learning rate."""
    return leaves(expression) | {node for node in expression.walk() if isinstance(node, Constant)}


def _shown(view: View, expression: Expression) -> Shown:
    return view.shown(expression, decimals=_DECIMALS)


def _is_exact(view: View, expression: Expression) -> bool:
    shown = _shown(view, expression)
    return is_exact(shown.value, shown.text)


def _recomputed(view: View, expression: Expression) -> float:
    """What a reader gets from the digits on the sheet."""
    for node in _values(expression):
        expression = substitute(expression, node, Number(read_numeral(_shown(view, node).text)))
    return evaluate(expression, view.trace)


def _equation(view: View, equation: Equation) -> str:
    sign = "arrow.l" if isinstance(equation.left, New) else "="
    return f"{_side(view, equation.left)} ${sign}$ {_side(view, equation.right)}"


def _side(view: View, expression: Expression, values: frozenset[Expression] = frozenset()) -> str:
    """An expression in the lesson's notation and the colours of the roles; ``values`` of it stand as numbers."""
    source = Source(view, _DECIMALS)
    body = typeset(source, expression, values, (0,), first=True)
    inks = ", ".join(f'"{part.colour}"' for part in source.parts)
    return f"#{{let inks = ({inks},); let part(n, body) = text(fill: rgb(inks.at(n)), body); $display({body})$}}"
