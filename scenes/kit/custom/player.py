"""Plays the steps of a scripted scene, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from manim import Animation, AnimationGroup, FadeOut, VMobject

from bp_core.quantities import Derivative, Variable
from bp_script.language import N_
from bp_script.language.caller import tr
from bp_script.names import Scope, parse_quantity
from bp_script.steps.entries import Step
from bp_script.steps.plan import names, quantities_of, things_of
from bp_script.steps.sight import Thing
from bp_script.steps.states import State, states_of
from scenes.kit.custom.advice import Adviser
from scenes.kit.custom.equations import EquationExhibit
from scenes.kit.custom.exhibit import Exhibit, Making
from scenes.kit.custom.measures import LinesExhibit, TableExhibit
from scenes.kit.custom.networks import NetworkExhibit, TreeExhibit, lights
from scenes.kit.custom.plots import ActivationCurve, CostContour, CostCurve
from scenes.kit.custom.rooms import offset_of, room_of
from scenes.kit.custom.running import RunningChange, changed
from scenes.kit.custom.values import BeforeAndAfter, Comparison, QuantityList
from scenes.kit.custom.words import ImageExhibit, WordsExhibit
from scenes.kit.film.audit import Advice, Audit
from scenes.kit.film.recorder import Screen
from scenes.kit.motion.running import following
from scenes.kit.stage import Region
from scenes.kit.view import View

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

#: Seconds of a nudge, there and back.
_THERE, _BACK = 1.8, 1.0


#: What each kind of thing is made by.
_KINDS: Mapping[str, Callable[[Making, Any], Exhibit]] = MappingProxyType(
    {
        "network": NetworkExhibit,
        "tree": TreeExhibit,
        "equation": EquationExhibit,
        "number_lines": LinesExhibit,
        "table": lambda made, said: TableExhibit(made, said) if isinstance(said, str) else QuantityList(made, said),
        "compare": lambda made, said: (BeforeAndAfter if len(said) == 1 else Comparison)(made, said),
        "cost_curve": CostCurve,
        "cost_contour": CostContour,
        "curve": ActivationCurve,
        "text": WordsExhibit,
        "image": ImageExhibit,
    }
)


#: What the audit calls each.
_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "network": N_("the network"),
        "tree": N_("the tree"),
        "equation": N_("the equation"),
        "number_lines": N_("the number lines"),
        "table": N_("the table"),
        "compare": N_("the compare"),
        "cost_curve": N_("the cost curve"),
        "cost_contour": N_("the cost contour"),
        "curve": N_("the curve"),
        "text": N_("the text"),
        "image": N_("the image"),
    }
)


class Player:
    """The stage of a scripted scene while its steps are played."""

    def __init__(
        self, chapter: Chapter, steps: Sequence[Step], read_image: Callable[[str], bytes], where: Callable[[int], str]
    ) -> None:
        self._chapter, self._steps, self._read_image = chapter, steps, read_image
        self._scope = Scope.of(chapter.trace.network.sizes, len(chapter.trace.data))
        self._things = things_of(steps, self._scope)
        names_said = [parse_quantity(name, scope=self._scope) for name in quantities_of(steps)]
        self._spoken_of = [said.by if isinstance(said, Derivative) else said for said in names_said]
        self._states = states_of(steps, self._scope)
        self._state = State()
        self._standing: dict[Thing, Exhibit] = {}
        self._made: dict[Thing, Making] = {}
        self._adviser = Adviser(self._things, chapter.stage, self._again, where, self._audit)

    def perform(self, number: int) -> None:
        """Play one step."""
        step = self._steps[number]
        (key,) = step.model_fields_set
        self._go_to(self._states[number])
        acts: Mapping[str, Callable[[int, Step], None]] = {
            "show": self._show,
            "compare": self._show,
            "hide": self._hide,
            "focus": self._focus,
            "substitute": self._substitute,
            "path": self._path,
            "forward": self._forward,
            "backward": self._backward,
            "wait": self._wait,
            "at": self._at,
        }
        if key in acts:
            acts[key](number, step)

    # -- what has no room --------------------------------------------------------

    def advise(self, pieces: Sequence[VMobject]) -> Advice | None:
        """What to hide so that these can be read."""
        return self._adviser.advise(pieces, self._standing)

    def complain(self, audit: Audit, now: float) -> None:
        """Whatever has too little room to be made out says so."""
        for thing, exhibit in self._standing.items():
            complaint = exhibit.complaint()
            if complaint is not None:
                audit.no_room(now, tr(_TOLD[thing.kind]), complaint, exhibit.drawing.get_family()[:1])

    def _again(self, thing: Thing, room: Region) -> Exhibit:
        """A thing as it stands now, made for another room."""
        there = self._standing[thing]
        exhibit = _KINDS[thing.kind](replace(self._made[thing], room=room), thing.options)
        if isinstance(exhibit, EquationExhibit) and isinstance(there, EquationExhibit) and there.in_numbers:
            exhibit.substitute(self._view)
        return exhibit

    def _audit(self) -> Audit:
        chapter = self._chapter
        screen = Screen(*chapter.frame_size, chapter.pixels_per_unit)
        return Audit(chapter.called, screen, chapter.theme.ground)

    # -- the network's state -----------------------------------------------------

    @property
    def _view(self) -> View:
        return self._view_at(self._state)

    def _view_at(self, state: State) -> View:
        return changed(self._unchanged(state), state.changes)

    def _unchanged(self, state: State) -> View:
        view = self._chapter.view
        if state.example is not None:
            view = replace(view, trace=view.trace.with_focus(state.example))
        return view.at_step(state.updates)

    def _go_to(self, state: State) -> None:
        """Everything on the stage becomes what it is in another state."""
        before, now = self._state, state
        still = replace(before, changes=now.changes)
        if before.changes != still.changes:
            self._run(before, still)
            self._state = still
        if still != now:
            self._clear()
            self._state = now
            moves = [move for exhibit in self._standing.values() for move in exhibit.stepped(self._view)]
            self._play(moves)

    def _run(self, before: State, after: State) -> None:
        """Parameters change, and everything follows."""
        seconds = _THERE if after.changes else _BACK
        running = RunningChange(self._unchanged(before), before.changes, after.changes)
        exhibits = self._standing.values()
        moves = [move for exhibit in exhibits for move in exhibit.turned(self._view_at(after))]
        for move in moves:
            move.run_time = seconds
        with following(running, *(f for exhibit in exhibits for f in exhibit.followers())):
            self._chapter.play(running.animate(run_time=seconds).set_value(1.0), *moves)

    # -- the steps ---------------------------------------------------------------

    def _show(self, number: int, _: Step) -> None:
        thing = next(each for each in self._things if each.born == number)
        goes = self._going(number)
        slides = self._slides(thing)
        views = [self._view_at(state) for state in (State(), *self._states[thing.born : thing.gone])]
        room = room_of(thing, self._things, self._chapter.stage)
        least, lesson = self._chapter.stage.least_em, self._chapter.lesson
        names = (lesson.input_names, lesson.class_names)
        made = Making(self._view, views, self._scope, room, least, self._spoken_of, self._read_image, names)
        exhibit = _KINDS[thing.kind](made, thing.options)
        self._made[thing] = made
        exhibit.put(self._offset(thing, thing))
        leaving = [AnimationGroup(*goes, *slides, run_time=1.0)] if goes or slides else []
        for move in leaving:
            self._chapter.play(move)
        coming = exhibit.comes(self._symbols())
        self._standing[thing] = exhibit
        self._chapter.play(coming)

    def _hide(self, number: int, _: Step) -> None:
        goes = self._going(number)
        self._play([*goes, *self._slides()])

    def _focus(self, _: int, step: Step) -> None:
        self._clear()
        quantities = {self._quantity(name) for name in names(step.focus)} or None
        dim = self._chapter.theme.dim
        self._play([move for exhibit in self._standing.values() for move in exhibit.focused(quantities, dim)])

    def _substitute(self, _: int, step: Step) -> None:
        exhibit = next(e for thing, e in self._standing.items() if thing.name == step.substitute)
        if isinstance(exhibit, EquationExhibit):
            for move in exhibit.substitute(self._view):
                self._chapter.play(move)

    def _path(self, _: int, step: Step) -> None:
        if step.path is None:
            return
        self._clear()
        start, end = (self._quantity(name) for name in (step.path.from_, step.path.to))
        if not isinstance(start, Variable) or not isinstance(end, Variable):
            raise TypeError("a path leads from a variable to a variable")
        drawn = [e for e in self._standing.values() if isinstance(e, NetworkExhibit | TreeExhibit)]
        ways = [exhibit.ways(self._view, start, end) for exhibit in drawn]
        for position in range(max(map(len, ways))):
            moves = []
            for exhibit, own in zip(drawn, ways, strict=True):
                if position < len(own):
                    move, light = lights(own[position], self._view)
                    moves.append(move)
                    exhibit.lights.append(light)
            self._play(moves)

    def _forward(self, _: int, step: Step) -> None:
        if isinstance(step.forward, bool) or step.forward is None or step.forward.example is None:
            for layer in self._network().forward(self._view):
                self._chapter.play(layer, run_time=1.2)

    def _backward(self, _: int, __: Step) -> None:
        self._clear()
        network = self._network()
        layers, glow = network.backward(self._view)
        for layer in layers:
            self._chapter.play(layer, run_time=1.4)
        network.lights.append(glow)

    def _wait(self, _: int, step: Step) -> None:
        self._chapter.wait(float(step.wait or 0.0))

    def _at(self, _: int, step: Step) -> None:
        self._chapter.wait_until(str(step.at))

    # -- what they have in common ------------------------------------------------

    def _play(self, moves: Sequence[Animation]) -> None:
        if moves:
            self._chapter.play(*moves)

    def _going(self, number: int) -> list[Animation]:
        """What leaves at this step."""
        leaving = [thing for thing in self._standing if thing.gone == number]
        if leaving:
            self._clear()
        return [self._standing.pop(thing).goes() for thing in leaving]

    def _slides(self, *coming: Thing) -> list[Animation]:
        """Things make room, or take up what has become free."""
        return [move for thing, e in self._standing.items() for move in e.slid(self._offset(thing, *coming))]

    def _offset(self, thing: Thing, *coming: Thing) -> np.ndarray:
        return offset_of(thing, self._things, [*self._standing, *coming], self._chapter.stage)

    def _clear(self) -> None:
        """Lights and glows of an earlier step go."""
        self._play([FadeOut(light, run_time=0.5) for exhibit in self._standing.values() for light in exhibit.lights])
        for exhibit in self._standing.values():
            exhibit.lights.clear()

    def _network(self) -> NetworkExhibit:
        return next(e for e in self._standing.values() if isinstance(e, NetworkExhibit))

    def _symbols(self) -> dict[Variable, VMobject]:
        found: dict[Variable, VMobject] = {}
        for exhibit in self._standing.values():
            for quantity, symbol in exhibit.symbols().items():
                found.setdefault(quantity, symbol)
        return found

    def _quantity(self, name: str) -> Variable | Derivative:
        return parse_quantity(name, scope=self._scope)
