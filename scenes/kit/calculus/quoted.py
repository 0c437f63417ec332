"""Values as another program has them, shown and recorded under its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from bp_core.nodes import Expression
from scenes.kit.view import Shown, View


@dataclass(frozen=True, slots=True)
class Quoted(View):
    """A view whose values are those of ``source``, by the quantities' names."""

    values: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    @classmethod
    def beside(cls, view: View, values: Mapping[str, float], source: str) -> Quoted:
        """The same lesson as ``view`` has it, with another program's values."""
        own = {f.name: getattr(view, f.name) for f in fields(View)}
        return cls(**own, values=values, source=source)

    def value(self, expression: Expression) -> float:
        """What the other program says.

        Raises:
            KeyError: it says nothing of that.
        """
        return self.values[str(expression)]

    def number(self, expression: Expression, text: str) -> Shown:
        """The same, told apart in the record."""
        return replace(View.number(self, expression, text), source=self.source)
