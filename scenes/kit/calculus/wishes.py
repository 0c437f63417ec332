"""What the chapters on the examples' wishes share: how an example is drawn, and the table of all their nudges."""

from __future__ import annotations

from collections.abc import Callable

from manim import RIGHT, Animation, VGroup, VMobject

from bp_core.equations import Equation
from bp_core.nodes import Expression, LayerSize, Negative, Number, Product
from bp_core.quantities import C, Index, Variable, a, b, d, w, y, z
from bp_script.language import N_
from bp_script.lesson import Lesson
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.chain import places
from scenes.kit.pictures.diagram import NetworkDiagram
from scenes.kit.pictures.input_picture import InputPicture, picture_shape
from scenes.kit.pictures.nudge_table import NudgeTable, nudge
from scenes.kit.pictures.table import Column, ValueTable
from scenes.kit.stage import Region, Stage
from scenes.kit.view import View, decimals_for

#: The columns of an output's nudges.
FROM, NUDGE = 0, 1

#: Between a column and what it is called.
_BESIDE = 0.4

_NOTHING = N_("Here, for once, there is nothing to wish for.")
#: What outputs should do: the only one, all of them, some and no other.
_ONLY = {True: N_("This output should rise."), False: N_("This output should fall.")}
_ALL = {True: N_("All outputs should rise."), False: N_("All outputs should fall.")}
_SOME = {True: N_("Some outputs should rise."), False: N_("Some outputs should fall.")}
#: Some should rise and some fall: how many rise, and who falls.
_BOTH = {
    ("one", "the other"): N_("One output should rise, the other should fall."),
    ("one", "the others"): N_("One output should rise, the others should fall."),
    ("one", "some"): N_("One output should rise, some others should fall."),
    ("some", "the other"): N_("Some outputs should rise, the other should fall."),
    ("some", "the others"): N_("Some outputs should rise, the others should fall."),
    ("some", "some"): N_("Some outputs should rise, some others should fall."),
}


def emblem(lesson: Lesson, view: View) -> Callable[[int, float], VMobject]:
    """How an example is drawn at a given height: its picture, if its inputs are one, else the symbol of its cost."""
    shape = picture_shape(lesson)

    def drawn(example: int, height: float) -> VMobject:
        if shape is not None:
            return InputPicture(view, shape, example, side=height)
        symbol = view.notation.variable(C.at_example(example), view.net)
        return Typeset(f"${symbol}$", em=min(0.5, height), colour=view.theme.cost)

    return drawn


def nudge_table(lesson: Lesson, view: View, stage: Stage) -> NudgeTable:
    """The table of all examples' nudges, in its place on the stage."""
    return NudgeTable(view, stage["body"], emblem(lesson, view), least=stage.least_em, first=view.trace.focus)


def one_vector(table: NudgeTable, view: View, stage: Stage) -> VGroup:
    """Brackets round the column of the example in focus, and what it is: minus the gradient of that example's cost."""
    brackets = table.brackets(view.trace.focus)
    symbol = view.notation.variable(C, view.net)
    name = Typeset(f"$= part(#0, -nabla {symbol})$", em=2.2 * table.em, colour=view.theme.ink)
    name.part(0).set_fill(view.theme.cost)
    free = stage["body"].right - brackets.get_right()[0] - _BESIDE
    return VGroup(brackets, name.scale(min(1.0, free / name.width)).next_to(brackets, RIGHT, buff=_BESIDE))


def stepped_back(drawn: VMobject, share: float) -> Animation:
    """An example's picture or symbol becomes dim."""
    return drawn.seen(share) if isinstance(drawn, InputPicture) else drawn.animate.set_opacity(share)


def off(j: int) -> Expression:
    """How far an output is below its target."""
    return y(j) - Variable("a", (Index("L"), j))


def farthest(view: View) -> int:
    """The output that is farthest from its target."""
    return max(range(view.trace.sizes[-1]), key=lambda j: abs(view.value(off(j))))


def strongest(view: View, layer: int, j: int | None = None) -> Variable:
    """The weight of a layer, or into one of its neurons, with the largest nudge."""
    neurons = range(view.trace.sizes[layer]) if j is None else [j]
    weights = (w(layer, i, k) for i in neurons for k in range(view.trace.sizes[layer - 1]))
    return max(weights, key=lambda weight: abs(view.value(nudge(weight))))


def source_of(parameter: Variable) -> Expression:
    """The activation that a weight comes from; a bias comes from 1."""
    if parameter.symbol == "b":
        return Number(1)
    layer, _, k = places(parameter)
    return a(layer - 1, k)


def nudge_equation(weight: Variable) -> Equation:
    """A weight's nudge is minus the activation it comes from times the derivative by z."""
    layer, j, _ = places(weight)
    return Equation(nudge(weight), Negative(Product((source_of(weight), d(C, z(layer, j))))))


def here_is(lesson: Lesson, view: View) -> str:
    """In words: the example in focus, with its class if that has a name."""
    names, target = lesson.class_names, view.trace.data.y[view.trace.focus]
    name = names[int(target.argmax())] if names else ""
    # A digit in a caption would be a number of the lesson's.
    if name.replace(" ", "").isalpha():
        return view.tr("Here is one training example, of the class %(name)s.", name=name)
    return view.tr("Here is one training example.")


def take(view: View, *, chosen: bool) -> str:
    """In words: the output that is looked at, the only one, or the lesson's choice, or the one that is farthest off."""
    if view.trace.sizes[-1] == 1:
        return view.tr("Take this output.")
    return (
        view.tr("Take the output that is of interest.") if chosen else view.tr("Take the output that is farthest off.")
    )


def wanted(view: View) -> str:
    """In words: which outputs should rise and which should fall."""
    below = [view.value(off(j)) for j in range(view.trace.sizes[-1])]
    return view.tr(rise_and_fall(sum(part > 0 for part in below), sum(part < 0 for part in below), len(below)))


def rise_and_fall(rise: int, fall: int, outputs: int) -> str:
    """The message that says: so many of the outputs should rise, so many fall."""
    if not rise and not fall:
        return _NOTHING
    if outputs == 1:
        return _ONLY[rise > 0]
    whole = rise + fall == outputs
    if not (rise and fall):
        return (_ALL if whole else _SOME)[rise > 0]
    rest = ("the other" if fall == 1 else "the others") if whole else "some"
    return _BOTH["one" if rise == 1 else "some", rest]


def nudge_grows_with(view: View) -> str:
    """In words: how a nudge goes with the activation that the weight comes from."""
    before = [view.value(a(view.trace.L - 1, k)) for k in range(view.trace.sizes[-2])]
    if min(before) >= 0:
        return view.tr("The more active the neuron it comes from, the larger the nudge.")
    return view.tr("The farther from zero the activation it comes from, the larger the nudge.")


def output_nudges(view: View, diagram: NetworkDiagram, j: int, room: Region, *, least: float) -> ValueTable:
    """What is drawn of an output's weights, and its bias: the activation each comes from, and its nudge."""
    last = view.trace.L
    weights = [w(last, j, k) for k in diagram.drawn[-2]]
    every = view.trace.sizes[-2] + 1
    lines = ValueTable.room(view, [*weights, b(last, j)], room, least=least, wanted=every)
    most = len(weights) if every <= lines else max(1, lines - 3)
    strong = sorted(weights, key=lambda weight: -abs(view.value(nudge(weight))))[:most]
    rows = [*(weight for weight in weights if weight in strong), b(last, j)]
    fine = decimals_for([view.value(nudge(row)) for row in rows], view.decimals + 2)
    columns = [
        Column(view.tr("comes from"), view, source_of, view.decimals, colour=view.theme.activation),
        Column(view.tr("nudge"), view, nudge, fine, signed=True, colour=view.theme.cost),
    ]
    return ValueTable(view, rows, columns, room, least=least, of=LayerSize(last - 1) + Number(1))
