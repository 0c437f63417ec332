"""Where the network stands at each step: how many updates it has had, which example is in focus, what is nudged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bp_core.quantities import Variable
from bp_script.names import Scope, parse_quantity

if TYPE_CHECKING:
    from bp_script.steps.entries import Step

#: Steps that let a nudge be.
_AT_REST = {"wait", "at"}
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class State:
    """The network during a step: updates so far, the example in focus (None: the lesson's), changed parameters."""

    updates: int = 0
    example: int | None = None
    changes: Mapping[Variable, float] = field(default_factory=lambda: MappingProxyType({}))


def states_of(steps: Sequence[Step], scope: Scope) -> tuple[State, ...]:
    """The state during each step. A nudge ends with the next step that is no ``wait`` and no ``at``, unless it is kept.

    An update is of the lesson's own training: what was nudged is taken back before it.
    """
    state, kept = State(), State()
    states = []
    for step in steps:
        (key,) = step.model_fields_set
        if key not in _AT_REST:
            state = kept
        if key == "nudge" and step.nudge is not None:
            state = replace(kept, changes=_nudged(kept.changes, step.nudge, scope))
            kept = state if step.nudge.get(KEEP) else kept
        elif key == "update" and step.update is not None:
            state = kept = State(kept.updates + step.update.steps, kept.example)
        elif key == "forward" and not isinstance(step.forward, bool) and step.forward is not None:
            example = kept.example if step.forward.example is None else step.forward.example
            state = kept = replace(kept, example=example)
        states.append(state)
    return tuple(states)


def _nudged(
    before: Mapping[Variable, float], said: Mapping[str, float | bool], scope: Scope
) -> Mapping[Variable, float]:
    changes = dict(before)
    for name, change in said.items():
        if name != KEEP:
            parameter = parse_quantity(name, scope=scope)
            if isinstance(parameter, Variable):
                changes[parameter] = changes.get(parameter, 0.0) + change
    return MappingProxyType({parameter: change for parameter, change in changes.items() if change})
