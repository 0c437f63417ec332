"""The things that stand on the stage, and which quantities each of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bp_core.quantities import Derivative, Variable
from bp_script.equation_language import parse_equation
from bp_script.names import Scope, parse_quantity


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the stage: what it is, its place, and from which step to which (not included) it stands there."""

    name: str
    kind: str
    options: Any
    place: str
    born: int
    gone: int

    def meets(self, other: Thing) -> bool:
        """Whether the two are ever on the stage together."""
        return self is not other and self.born < other.gone and other.born < self.gone


def holds(thing: Thing, quantity: Variable | Derivative, scope: Scope) -> bool:
    """Whether a thing shows a quantity, as far as that is known before it is drawn."""
    match thing.kind:
        case "network":
            return isinstance(quantity, Variable) and quantity.symbol in (
                "w",
                "a",
                "b" if thing.options.labels else "a",
            )
        case "tree":
            return isinstance(quantity, Variable) and _of_the_tree(thing, quantity, scope)
        case "equation":
            equation = parse_equation(thing.options, scope=scope)
            return any(quantity == node for side in (equation.left, equation.right) for node in side.walk())
        case "table":
            return _of_the_table(thing.options, quantity, scope)
        case "number_lines" | "compare":
            return quantity in _parsed(thing.options, scope)
    return False


def _parsed(said: Iterable[str], scope: Scope) -> set[Variable | Derivative]:
    return {parse_quantity(name, scope=scope) for name in said}


def _of_the_tree(thing: Thing, quantity: Variable, scope: Scope) -> bool:
    if quantity.symbol == "C":
        return True
    depth = thing.options.depth or (scope.L or 1)
    layer = quantity.indices[0] if quantity.symbol in "wbza" else None
    first = (scope.L or 1) - depth + 1
    if isinstance(layer, int):
        return layer >= first - (quantity.symbol == "a")
    return quantity.symbol == "y"


def _of_the_table(options: str | Sequence[str], quantity: Variable | Derivative, scope: Scope) -> bool:
    if not isinstance(options, str):
        return quantity in _parsed(options, scope)
    symbol = quantity.by.symbol if isinstance(quantity, Derivative) else quantity.symbol
    return symbol in {"gradient": "wb", "parameters": "wb", "activations": "a", "examples": "C"}[options]
