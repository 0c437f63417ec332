"""What stands on the stage at each step, and which steps cannot act on it: all known before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bp_core.indices import free_indices
from bp_core.quantities import Variable
from bp_script.equation_language import parse_equation
from bp_script.errors import did_you_mean, mismatch, one_of, shown
from bp_script.language.caller import tr
from bp_script.names import Scope, parse_quantity
from bp_script.narration import Narration
from bp_script.steps.shows import KINDS, Show, kind_of
from bp_script.steps.sight import Thing, holds
from bp_script.steps.states import KEEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from bp_script.steps.entries import PathStep, Step

#: Where each kind of thing goes unless it is told otherwise.
USUAL_PLACE = {
    "network": "diagram", "tree": "diagram", "equation": "formula", "text": "formula", "compare": "formula",
    "number_lines": "side", "table": "side", "cost_curve": "side", "cost_contour": "side", "curve": "side",
    "image": "side",
}  # fmt: skip
#: The places that a place takes up.
TAKES = {
    "diagram": {"diagram"}, "side": {"side"}, "formula": {"formula"}, "right": {"side", "formula"},
    "body": {"diagram", "side", "formula"},
}  # fmt: skip
#: Everything, for ``hide``.
ALL = "all"
_MOVES = ("nudge", "update", "forward", "backward")
#: Kinds without numbers that could follow a nudge or an update.
_STILL = {"text", "image"}


@dataclass(frozen=True, slots=True)
class Beat:
    """Words (None before the first), and the numbers of the steps that happen while they are said."""

    words: str | None
    steps: tuple[int, ...]


Fault = tuple[tuple[str | int, ...], str]


@dataclass(slots=True)
class _Stage:
    """The stage while the steps are walked through."""

    scope: Scope
    faults: list[Fault] = field(default_factory=list)
    ended: list[Thing] = field(default_factory=list)
    standing: dict[str, Thing] = field(default_factory=dict)
    substituted: set[str] = field(default_factory=set)
    bookmarks: tuple[str, ...] = ()

    def end(self, name: str, at: int) -> None:
        self.ended.append(replace(self.standing.pop(name), gone=at))
        self.substituted.discard(name)

    def put(self, at: int, thing: Thing, path: tuple[str | int, ...]) -> None:
        taken = TAKES[thing.place]
        for name, other in list(self.standing.items()):
            if TAKES[other.place] & taken:
                self.end(name, at)
        if thing.name in self.standing:
            other = self.standing[thing.name]
            message = tr(
                "expected a new name; got %(name)s still stands in %(place)s; "
                "hide it first, or name one of the two by as:",
                name=shown(thing.name),
                place=other.place,
            )
            self.faults.append((path, message))
            self.end(thing.name, at)
        self.standing[thing.name] = thing

    def known(self, name: str, path: tuple[str | int, ...]) -> Thing | None:
        if name in self.standing:
            return self.standing[name]
        if self.standing:
            there = tr("what is shown here (%(names)s)", names=one_of(self.standing))
            message = mismatch(there, shown(name) + did_you_mean(name, self.standing))
        else:
            message = tr("expected something that is shown; got %(got)s; nothing is shown here", got=shown(name))
        self.faults.append((path, message))
        return None


def things_of(steps: Sequence[Step], scope: Scope) -> tuple[Thing, ...]:
    """Everything that comes onto the stage, in order, with its whole life."""
    return tuple(sorted(_walked(steps, scope).ended, key=lambda thing: thing.born))


def faults_of(steps: Sequence[Step], scope: Scope) -> list[Fault]:
    """Which steps cannot be done: the way to the place in the list of steps, and what was expected and found."""
    return _walked(steps, scope).faults


def beats_of(steps: Sequence[Step]) -> tuple[Beat, ...]:
    """The steps by what is said over them."""
    beats: list[tuple[str | None, list[int]]] = [(None, [])]
    for number, step in enumerate(steps):
        if step.say is not None:
            beats.append((step.say, []))
        else:
            beats[-1][1].append(number)
    return tuple(Beat(words, tuple(numbers)) for words, numbers in beats if words is not None or numbers)


def compared(step: Step) -> tuple[str, ...]:
    """The names that a ``compare`` is about."""
    said = step.compare
    if isinstance(said, str):
        return (said,)
    return tuple(said) if isinstance(said, tuple) else (said.left, said.right) if said is not None else ()


def quantities_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """The names of all quantities that the steps speak of, in their order."""
    found: list[str] = []
    for step in steps:
        found += names(step.focus)
        found += [name for name in step.nudge or () if name != KEEP]
        found += [step.path.from_] if step.path is not None else []
        found += compared(step)
        if isinstance(step.show, Show):
            found += step.show.number_lines or ()
            found += () if isinstance(step.show.table, str) else step.show.table or ()
    return tuple(dict.fromkeys(found))


def names(said: str | Sequence[str] | None) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    return () if said is None else (said,) if isinstance(said, str) else tuple(said)


def _walked(steps: Sequence[Step], scope: Scope) -> _Stage:
    stage = _Stage(scope)
    for number, step in enumerate(steps):
        keys = sorted(step.model_fields_set)
        if len(keys) != 1 or getattr(step, keys[0]) is None or getattr(step, keys[0]) is False:
            got = tr("no value") if keys else tr("nothing")
            if len(keys) > 1:
                got = tr("the keys %(keys)s: a step for each, with its own dash", keys=", ".join(keys))
            stage.faults.append(((number,), mismatch(tr("one thing to do, as {wait: 1.5}"), got)))
        else:
            _step(stage, number, keys[0], step)
    for name in list(stage.standing):
        stage.end(name, len(steps))
    return stage


def _step(stage: _Stage, number: int, key: str, step: Step) -> None:
    acts: dict[str, Callable[[], None]] = {
        "show": lambda: _show(stage, number, step.show),
        "hide": lambda: _hide(stage, number, step.hide),
        "compare": lambda: _compare(stage, number, step),
        "substitute": lambda: _substitute(stage, str(step.substitute), (number, key)),
        "focus": lambda: _focus(stage, step.focus, (number, key)),
        "path": lambda: _path(stage, step.path, (number, key)),
        "say": lambda: _say(stage, step.say),
        "at": lambda: _at(stage, str(step.at), (number, key)),
    }
    if key in acts:
        acts[key]()
    elif key in _MOVES:
        _move(stage, key, (number, key))


def _say(stage: _Stage, said: str | None) -> None:
    stage.bookmarks = Narration.parse(said, scope=stage.scope).bookmarks if said is not None else ()


def _at(stage: _Stage, name: str, path: tuple[str | int, ...]) -> None:
    if name in stage.bookmarks:
        return
    if stage.bookmarks:
        expected = tr("a bookmark (%(names)s) of the words that are said here", names=one_of(stage.bookmarks))
        message = mismatch(expected, shown(name) + did_you_mean(name, stage.bookmarks))
    else:
        message = tr(
            "expected a bookmark, written {@name}, of the words that are said here; got %(got)s; they have none",
            got=shown(name),
        )
    stage.faults.append((path, message))


def _hide(stage: _Stage, number: int, said: str | Sequence[str] | None) -> None:
    for position, name in enumerate(names(said)):
        if name == ALL:
            for each in list(stage.standing):
                stage.end(each, number)
        elif stage.known(name, _inside((number, "hide"), said, position)):
            stage.end(name, number)


def _compare(stage: _Stage, number: int, step: Step) -> None:
    thing = Thing("compare", "compare", compared(step), USUAL_PLACE["compare"], number, number)
    stage.put(number, thing, (number, "compare"))


def _focus(stage: _Stage, said: str | Sequence[str] | None, path: tuple[str | int, ...]) -> None:
    for position, name in enumerate(names(said)):
        quantity = parse_quantity(name, scope=stage.scope)
        if not any(holds(thing, quantity, stage.scope) for thing in stage.standing.values()):
            names_shown = one_of(stage.standing) if stage.standing else tr("nothing")
            expected = tr("a quantity of what is shown here (%(names)s)", names=names_shown)
            stage.faults.append((_inside(path, said, position), mismatch(expected, shown(name))))


def _inside(path: tuple[str | int, ...], said: Any, position: int) -> tuple[str | int, ...]:
    return path if isinstance(said, str) else (*path, position)


def _show(stage: _Stage, number: int, said: Show | str | None) -> None:
    path = (number, "show")
    show = Show.model_validate({said: None}) if isinstance(said, str) else said
    chosen = kind_of(show) if show is not None else None
    if show is None or chosen is None:
        found = sorted(show.model_fields_set & set(KINDS)) if show is not None else []
        expected = tr("one thing to show (%(names)s)", names=one_of(KINDS))
        stage.faults.append((path, mismatch(expected, one_of(found) if found else tr("none"))))
        return
    kind, options = chosen
    place = show.in_ or USUAL_PLACE[kind]
    stage.put(number, Thing(show.as_ or kind, kind, options, place, number, number), path)


def _substitute(stage: _Stage, name: str, path: tuple[str | int, ...]) -> None:
    thing = stage.known(name, path)
    if thing is None:
        return
    if thing.kind != "equation":
        got = tr("%(name)s, a %(kind)s", name=shown(name), kind=thing.kind)
        stage.faults.append((path, mismatch(tr("the name of an equation"), got)))
    elif name in stage.substituted:
        stage.faults.append((path, mismatch(tr("an equation that still stands in symbols"), shown(name))))
    elif _general(thing.options, stage.scope):
        expected = tr("an equation without free indices, for they have no values")
        stage.faults.append((path, mismatch(expected, shown(name))))
    stage.substituted.add(name)


def _general(text: str, scope: Scope) -> bool:
    equation = parse_equation(text, scope=scope)
    return bool({*free_indices(equation.left), *free_indices(equation.right)})


def _path(stage: _Stage, said: PathStep | None, path: tuple[str | int, ...]) -> None:
    if said is None:
        return
    drawn = [thing for thing in stage.standing.values() if thing.kind in {"network", "tree"}]
    if not drawn:
        stage.faults.append((path, tr("expected the network or the tree to be shown; got neither")))
        return
    start = parse_quantity(said.from_, scope=stage.scope)
    end = parse_quantity(said.to, scope=stage.scope)
    if not isinstance(start, Variable) or start.symbol not in {"w", "b", "z", "a"}:
        stage.faults.append(((*path, "from"), mismatch(tr("a weight, a bias, a z or an a"), shown(said.from_))))
    elif not isinstance(end, Variable) or end.symbol not in {"z", "a", "C"}:
        stage.faults.append(((*path, "to"), mismatch(tr("C, or a z or an a on the way"), shown(said.to))))
    elif all(thing.kind == "tree" and not holds(thing, start, stage.scope) for thing in drawn):
        stage.faults.append(((*path, "from"), mismatch(tr("a quantity of the tree"), shown(said.from_))))


def _move(stage: _Stage, key: str, path: tuple[str | int, ...]) -> None:
    if key in {"forward", "backward"}:
        if not any(thing.kind == "network" for thing in stage.standing.values()):
            stage.faults.append((path, tr("expected the network to be shown; got no network")))
    elif all(thing.kind in _STILL for thing in stage.standing.values()):
        stage.faults.append((path, tr("expected something shown whose numbers can follow; got nothing of that kind")))
