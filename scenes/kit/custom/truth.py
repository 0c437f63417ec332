"""Whether steps can be shown on a lesson's numbers: equations hold, updates exist, ways lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bp_core.errors import EquationError, PathCountError, QuantityError
from bp_core.paths import paths
from bp_core.quantities import Variable
from bp_script.equation_language import parse_equation
from bp_script.errors import Mistake, shown
from bp_script.files import FileRefused, read_beside
from bp_script.language.caller import tr, tr_n, whole
from bp_script.language.mathematics import in_words
from bp_script.lesson import Lesson
from bp_script.names import Scope, parse_quantity
from bp_script.pictures import check_picture
from bp_script.steps.entries import PathStep, Step
from bp_script.steps.shows import IMAGES, CurveShow, NetworkShow, Show
from bp_script.steps.states import states_of


def mistakes_of(lesson: Lesson, steps: Sequence[Step]) -> list[Mistake]:
    """What is wrong with steps that are well formed, each with its place among the chapter's parameters.

    Raises:
        NumberError: the lesson's numbers overflow.
    """
    found: list[Mistake] = []
    updates = [state.updates for state in states_of(steps, _scope(lesson))]
    for number, step in enumerate(steps):
        if isinstance(step.show, Show) and step.show.equation is not None:
            found += _equation(lesson, step.show.equation, ("steps", number, "show", "equation"))
        if isinstance(step.show, Show) and step.show.image is not None:
            found += _picture(lesson, step.show.image, ("steps", number, "show", "image"))
        if isinstance(step.show, Show) and isinstance(step.show.curve, CurveShow):
            found += _neuron(lesson, step.show.curve, ("steps", number, "show", "curve", "at"))
        if isinstance(step.show, Show) and isinstance(step.show.network, NetworkShow) and step.show.network.names:
            found += _names(lesson, ("steps", number, "show", "network", "names"))
        if step.path is not None:
            found += _way(lesson, step.path, ("steps", number, "path"))
        if step.update is not None:
            found += _update(lesson, updates[number], ("steps", number, "update"))
    return found


def read_picture(lesson: Lesson, name: str) -> bytes:
    """The picture of this name beside a lesson.

    Raises:
        FileRefused: there is none, or it is no picture, or too large a one.
    """
    if lesson.path is None:
        raise FileRefused(tr("expected no picture, a lesson without a file has none beside it; got one"))
    content = read_beside(Path(lesson.path).parent, name, IMAGES)
    check_picture(content, ("PNG", "JPEG"))
    return content


def _equation(lesson: Lesson, text: str, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    equation = parse_equation(text, scope=_scope(lesson))
    try:
        equation.check(lesson.trace())
    except (EquationError, QuantityError) as error:
        yield Mistake(path, in_words(error), bare=True)


def _names(lesson: Lesson, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    if not lesson.input_names:
        yield Mistake(path, tr("expected examples from a CSV file, whose columns have names; got a list of them"))


def _picture(lesson: Lesson, name: str, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    try:
        read_picture(lesson, name)
    except FileRefused as error:
        yield Mistake(path, str(error))


def _neuron(lesson: Lesson, said: CurveShow, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    """The dot of a curve is a neuron's, whose activation is that curve."""
    at = None if said.at is None else parse_quantity(said.at, scope=_scope(lesson))
    if at is None:
        return
    layer = at.indices[0] if isinstance(at, Variable) and at.symbol == "z" else None
    if not isinstance(layer, int):
        yield Mistake(path, tr("expected a pre-activation, such as z[L][0]; got %(got)s", got=shown(said.at)))
    elif (own := lesson.network.activations[layer - 1]) != said.activation:
        told = tr(
            "expected a neuron with %(activation)s; got %(got)s, whose layer has %(own)s",
            activation=said.activation,
            got=said.at,
            own=own,
        )
        yield Mistake(path, told)


def _way(lesson: Lesson, said: PathStep, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    start, end = (parse_quantity(name, scope=_scope(lesson)) for name in (said.from_, said.to))
    if not isinstance(start, Variable) or not isinstance(end, Variable):
        return
    try:
        ways = len(paths(lesson.trace(), start, end))
    except PathCountError as error:
        yield Mistake(path, in_words(error))
        return
    except QuantityError:
        ways = 0
    if not ways:
        told = tr(
            "expected a way from %(start)s to %(end)s; got none, there is no way between them",
            start=said.from_,
            end=said.to,
        )
        yield Mistake(path, told)


def _update(lesson: Lesson, updates: int, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    if lesson.training is None:
        yield Mistake(path, tr("expected a lesson with training, as {learning_rate: 0.5}; got none"))
        return
    there = len(lesson.trace().steps) - 1
    if updates > there:
        told = tr_n(
            "expected at most %(n)s update in all, as many as the lesson trains; got update %(got)s; "
            "raise training.epochs",
            "expected at most %(n)s updates in all, as many as the lesson trains; got update %(got)s; "
            "raise training.epochs",
            there,
            got=whole(updates),
        )
        yield Mistake(path, told)


def _scope(lesson: Lesson) -> Scope:
    return Scope.of(lesson.network.sizes, len(lesson.examples))
