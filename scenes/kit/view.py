"""What a picture looks at: a trace at one step, written in one notation, coloured by one theme."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bp_core.equations import evaluate
from bp_core.errors import NumberError
from bp_core.nodes import Apply, Expression, New
from bp_core.quantities import Derivative, Variable
from bp_core.trace import Trace
from bp_script.language import ENGLISH, Language
from bp_script.language.caller import tr
from bp_script.numerals import numeral, readable_decimals
from scenes.kit.letters.notation import NOTATIONS, Notation, Sizes
from scenes.kit.theme import THEMES, Colour, Theme


@dataclass(frozen=True, slots=True)
class Shown:
    """What a drawn number stands for, and as what it is drawn. The film record is made of these.

    ``instead`` tells keys of the lesson that say something else here, ``source`` who computed it, if not this program.
    """

    quantity: str
    example: int | None
    step: int
    value: float
    text: str
    nudged: tuple[tuple[str, float], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A trace as the pictures see it, in the film's language.

    ``nudged`` tells parameters that differ from the lesson's, ``instead`` keys of the lesson that say something else,
    ``past`` the updates that came before the trace's own.
    In a ``passing`` view numbers are on the move: one that crosses zero does not turn to powers of ten on its way.
    """

    trace: Trace
    theme: Theme = THEMES["dark"]
    notation: Notation = field(default_factory=lambda: NOTATIONS["superscript"])
    decimals: int = 2
    language: Language = ENGLISH
    step: int = 0
    nudged: tuple[tuple[str, float], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    past: int = 0
    passing: bool = False

    @property
    def net(self) -> Sizes:
        """The network's sizes and the examples, for the notation."""
        return Sizes(self.trace.network.sizes, self.trace.focus, len(self.trace.data))

    def value(self, expression: Expression) -> float:
        """The value of a quantity or an expression at this step."""
        if isinstance(expression, Variable | Derivative):
            return self.trace.value(expression, self.step)
        return evaluate(expression, self.trace, self.step)

    def tr(self, message: str, /, **parts: object) -> str:
        """A message in the film's language; each ``%(name)s`` of it is the part of that name."""
        return self.language.tr(message, **parts)

    def at_step(self, step: int) -> View:
        """The same view after ``step`` updates."""
        return replace(self, step=step)

    def from_here(self) -> View:
        """The same view, with a trace of its own that begins at this step."""
        if not self.step:
            return self
        return replace(self, trace=self.trace.at_step(self.step), step=0, past=self.past + self.step)

    def with_nudge(self, changes: dict[Variable, float]) -> View:
        """The view of the same lesson with parameters changed by ``changes``."""
        here = self.from_here()
        trace = here.trace.nudged(changes)
        named = {**dict(self.nudged), **{str(v): trace.value(v) for v in changes}}
        return replace(here, trace=trace, nudged=tuple(named.items()))

    def shown(self, expression: Expression, *, decimals: int | None = None, signed: bool = False) -> Shown:
        """The value of an expression, rounded for the screen: the longer it is before the point, the less after it."""
        value = self.value(expression)
        digits = readable_decimals(value, self.decimals if decimals is None else decimals)
        return self.number(expression, numeral(round(value, digits) if self.passing else value, digits, signed=signed))

    def number(self, expression: Expression, text: str) -> Shown:
        """The value of an expression as ``text`` writes it, with the language's decimal mark.

        Raises:
            NumberError: it is not a finite number, so no frame may show it.
        """
        value = self.value(expression)
        if not math.isfinite(value):
            raise NumberError(tr("%(what)s is %(value)s: no number that can be shown", what=expression, value=value))
        step, text = self.past + self.step, self.language.numeral(text)
        return Shown(str(expression), self._example(expression), step, value, text, self.nudged, self.instead)

    def _example(self, expression: Expression) -> int | None:
        """The example a value belongs to; None for parameters and for what is made of several examples."""
        owners = [q for q in expression.walk() if isinstance(q, Variable | Derivative)]
        examples = {q.example for q in owners if _belongs_to_an_example(q)}
        if len(examples) != 1:
            return None
        (named,) = examples
        if named is None:
            return self.trace.focus
        return named if isinstance(named, int) else None

    def colour(self, quantity: Expression) -> Colour:
        """The colour of a quantity; the value of a derivative is coloured like what it is a derivative of."""
        if isinstance(quantity, Variable):
            return self.theme.of_symbol(quantity.symbol)
        if isinstance(quantity, New):
            return self.theme.of_symbol(quantity.variable.symbol)
        if isinstance(quantity, Derivative):
            return self.theme.of_symbol(quantity.of.symbol)
        if isinstance(quantity, Apply) and quantity.function.startswith("sigma"):
            return self.theme.activation
        return self.theme.ink


def decimals_for(values: Iterable[float], usual: int) -> int:
    """The decimals of a column of values: as many as usual, fewer the longer the largest one is.

    >>> decimals_for([0.5, -3.0], 4), decimals_for([1234.5], 4)
    (4, 1)
    """
    largest = max((abs(value) for value in values), default=0.0)
    return max(0, usual - max(0, math.floor(math.log10(largest)))) if largest else usual


def _belongs_to_an_example(quantity: Variable | Derivative) -> bool:
    symbol = quantity.of.symbol if isinstance(quantity, Derivative) else quantity.symbol
    return symbol not in {"w", "b", "J"}
