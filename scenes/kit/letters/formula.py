"""Equations on screen: typeset from expressions, checked before they are drawn, honest about rounding.

A formula has sides, ``C = (a - y)^2 ≈ (0.57 - 1.00)^2 ≈ 0.19``: each is an expression with some of its nodes shown as
numbers. The sign between two sides is = where what can be recomputed from the digits on screen comes out, else ≈.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from manim import UP, VGroup

from bp_core.equations import Equation
from bp_core.nodes import Expression, Number, Symbol, substitute
from bp_core.quantities import Derivative, Variable
from bp_script.numerals import plain_numeral, read_numeral
from scenes.kit.letters.coming_out import coming_out, recomputed
from scenes.kit.letters.glyphs import font_size
from scenes.kit.letters.lined import Lined
from scenes.kit.letters.mathematics import Key, Part, Source, leaves, typeset
from scenes.kit.letters.number import reduced
from scenes.kit.letters.style import ROOMIEST, TIGHTER, Style
from scenes.kit.letters.typesetting import READABLE_DIGITS_EM, Typeset
from scenes.kit.view import View

#: A negative number as it is written among other things, and one that has a second pair of parentheses.
_NEGATIVE, _TWICE = re.compile(r"\(-[\d.e+-]+\)"), re.compile(r"\((\(-[\d.e+-]+\))\)")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a formula: an expression, and the nodes of it that stand as their numbers."""

    expression: Expression
    values: frozenset[Expression] = frozenset()
    decimals: int | None = None

    @classmethod
    def value(cls, expression: Expression, decimals: int | None = None) -> Side:
        """A side that is a single number, with digits of its own if they are given."""
        return cls(expression, frozenset({expression}), decimals)

    @classmethod
    def numbers(cls, expression: Expression, only: Collection[Expression] | None = None) -> Side:
        """A side with its quantities (or only those named) as numbers."""
        return cls(expression, leaves(expression) if only is None else frozenset(only))

    @property
    def numeric(self) -> bool:
        """Whether every leaf stands as a number."""
        rest = self.expression
        for node in self.values:
            rest = substitute(rest, node, Number(0))
        return not any(isinstance(q, Variable | Derivative) for q in rest.walk())

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        return self.expression in self.values

    def coming_out(self, view: View, result: Side, usual: int) -> int | None:
        """The decimals of its numbers that make it come out as ``result`` is shown; None if it is not to, or cannot."""
        if self.single or not self.values or not self.numeric:
            return None
        text = view.shown(result.expression, decimals=usual if result.decimals is None else result.decimals).text
        return coming_out(view, self.expression, self.values, text, usual)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a formula claims, for the film record."""

    text: str
    left: float
    right: float


class Formula(Lined):
    """A typeset formula whose parts know what they are.

    ``relation`` stands between the first two sides, as the ← of an update, if not = or ≈; it claims no less.
    ``written`` says how an expression that would be too long is set instead, ``style`` how the rest makes room.

    Raises:
        EquationError: two sides differ for the lesson's numbers or for slightly different ones.
    """

    def __init__(
        self,
        view: View,
        *sides: Side | Expression,
        em: float = 0.55,
        decimals: int | None = None,
        relation: str | None = None,
        written: Mapping[Expression, Expression] | None = None,
        style: Style = ROOMIEST,
    ) -> None:
        super().__init__()
        self.view = view
        self.em = em
        self.sides = tuple(s if isinstance(s, Side) else Side(s) for s in sides)
        usual = view.decimals if decimals is None else decimals
        self._source = Source(view, usual, written or {}, style)
        texts, body, claims = [], "", []
        finest = finest_decimals(view, self.sides, usual) if style.finer else {}
        for position, side in enumerate(self.sides):
            key: Key = (position,)
            before = len(self._source.parts)
            # A side's own mark comes first, so that what no leaf claims (operators, brackets) belongs to the side.
            self._source.parts.append(Part((*key, "side"), view.theme.ink))
            self._source.decimals = finest.get(position, usual if side.decimals is None else side.decimals)
            set_side = typeset(self._source, side.expression, side.values, key, first=True)
            texts.append(self._linear(side, before))
            if style.wrapped and len(self.sides) == 2 and not position:
                body += "& "
            if position:
                sign = relation if relation is not None and position == 1 else self._relation(position)
                claims.append(sign)
                if style.wrapped:
                    last = position == len(self.sides) - 1
                    body += " \\ &" if last else " &" if position == 1 else ""
                elif style.hanging and position == 1:
                    body += " &"
                body += self._source.mark(Part((position, "relation"), view.theme.ink), _SIGNS[sign])
            body += f" part(#{before}, {set_side}) "
        self.typeset = Typeset(f"$display({body})$", em=em, colour=view.theme.ink)
        self._by_key: dict[Key, VGroup] = {}
        for number, part in enumerate(self._source.parts):
            group = self.typeset.part(number)
            group.set_fill(part.colour)
            if part.shown is not None:
                group.shown = part.shown
            group.constant = isinstance(part.expression, Number)
            self._by_key[part.key] = group
        self.typeset.origin.reading = texts[0] + "".join(
            f" {sign} {text}" for sign, text in zip(claims, texts[1:], strict=True)
        )
        self.add(self.typeset)
        self.statements = self._checked(texts, claims)
        if style.fold and len(self.sides) == 2:
            flat = replace(style, fold=0, wrapped=False)
            self._raise_the_left_side(
                Formula(view, *self.sides, em=em, decimals=decimals, relation=relation, written=written, style=flat)
            )

    @classmethod
    def fitting(
        cls,
        view: View,
        *sides: Side | Expression,
        em: float,
        width: float,
        height: float,
    ) -> Formula:
        """A formula that can be read in this room, ``em`` or as large as it can be there.

        Where that needs it, its sums do without their ranges, long ones have a line for each term, its numbers have
        fewer digits, its last side has a line of its own, or its derivatives stand on one line.
        """
        found = []
        for style in TIGHTER:
            one = Formula(view, *sides, em=1.0, style=style)
            size = min(em, width / one.width, height / one.height)
            found.append((size * one.smallest, size, style))
            if size >= max(style.least(one.sides), READABLE_DIGITS_EM / one.smallest):
                break
        else:
            _, size, style = max(found, key=lambda each: each[0])
        return Formula(view, *sides, em=size, style=style)

    def _raise_the_left_side(self, flat: Formula) -> None:
        """Beside the first line of the right one, as it stands there in the formula that is not folded."""
        shifts = [flat.relation(1).get_y() - self.relation(1).get_y()]
        for key, group in self.keyed().items():
            if key[:2] == (1, 0) and key[-1] != "relation":
                shifts.append(flat.keyed()[key].get_y() - group.get_y())
                break
        VGroup(self.side(0), self.relation(1)).shift((shifts[0] - shifts[-1]) * UP)

    # -- parts ---------------------------------------------------------------

    @property
    def baseline(self) -> float:
        """The height of the line the formula stands on."""
        return self.typeset.baseline

    @property
    def smallest(self) -> float:
        """The font size of its smallest letters."""
        sizes = (font_size(glyph) for glyph in self.get_family() if len(glyph.points))
        return min(size for size in sizes if size is not None)

    def side(self, position: int) -> VGroup:
        """All that belongs to one side."""
        return VGroup(*(g for k, g in self._by_key.items() if k[0] == position and k[1:] != ("relation",) and len(g)))

    def relation(self, position: int) -> VGroup:
        """The sign before side ``position``."""
        return self._by_key[position, "relation"]

    def place(self, expression: Expression, side: int | None = None, nth: int = 0) -> Key:
        """The nth place where an expression stands, as symbol or number.

        Raises:
            KeyError: it does not stand there.
        """
        found = [
            part.key
            for part in self._source.parts
            if part.expression == expression
            and (side is None or part.key[0] == side)
            and part.key[-1] not in {"of", "by"}
        ]
        if nth >= len(found):
            raise KeyError(f"{expression} does not stand in this formula")
        return found[nth]

    def leaf(self, expression: Expression, side: int | None = None, nth: int = 0) -> VGroup:
        """What is drawn at the nth place where an expression stands; a derivative with its fraction bar.

        Raises:
            KeyError: it does not stand there.
        """
        key = self.place(expression, side, nth)
        # A whole side's key is also where the sign before it starts.
        below = (g for k, g in self._by_key.items() if k[: len(key)] == key and k[-1] != "relation" and len(g))
        return VGroup(*below)

    def within(self, key: Key) -> tuple[Expression, ...]:
        """The expressions that a place belongs to, the largest first."""
        parts = self._source.parts
        return tuple(p.expression for p in parts if p.expression is not None and p.key == key[: len(p.key)])

    def keyed(self) -> dict[Key, VGroup]:
        """All drawn parts by their place."""
        return {key: group for key, group in self._by_key.items() if len(group)}

    # -- honesty -------------------------------------------------------------

    def _relation(self, position: int) -> str:
        left, right = self.sides[position - 1], self.sides[position]
        if not left.values and not right.values:
            return "="
        shown = {p.expression: p.shown for p in self._source.parts if p.shown is not None and p.expression is not None}
        written = (shown[e] for side in (left, right) for e in side.values if e in shown)
        exact = all(read_numeral(number.text) == number.value for number in written)
        if not (left.numeric and right.numeric):
            return "=" if exact else "≈"
        texts = [{e: shown[e].text for e in side.values if e in shown} for side in (left, right)]
        sides = zip((left, right), texts, strict=True)
        values = [recomputed(self.view, side.expression, text) for side, text in sides]
        return "=" if math.isclose(*values, rel_tol=1e-12, abs_tol=1e-15) else "≈"

    def _checked(self, texts: list[str], claims: list[str]) -> tuple[Statement, ...]:
        statements = []
        here = self.view.trace.at_step(self.view.step) if self.view.step else self.view.trace
        for position in range(1, len(self.sides)):
            left, right = self.sides[position - 1].expression, self.sides[position].expression
            equation = Equation(left, right)
            if left != right:
                equation.check(here)
            text = f"{texts[position - 1]} {claims[position - 1]} {texts[position]}"
            # A general equation holds for every value of its free indices; the record has the first one's numbers.
            statements.append(Statement(text, *next(equation.cases(here)).sides(here)))
        return tuple(statements)

    def _linear(self, side: Side, before: int) -> str:
        text = side.expression
        for part in self._source.parts[before:]:
            if part.shown is not None and part.expression is not None:
                number = plain_numeral(part.shown.text)
                written = f"({number})" if number.startswith("-") else number
                text = substitute(text, part.expression, Symbol(written))
        return _bare(str(text))


def _bare(side: str) -> str:
    """Without a second pair of parentheses around a negative number, and with none where it is all that there is."""
    once = _TWICE.sub(r"\1", side)
    return once[1:-1] if _NEGATIVE.fullmatch(once) else once


def finest_decimals(view: View, sides: Sequence[Side], usual: int) -> dict[int, int]:
    """The decimals of the sides, by position, whose numbers need others than they usually have.

    Where even more digits do not make a result come out, it has one less, if two that count are left.
    """
    found: dict[int, int] = {}
    for position, side in enumerate(sides):
        beside = [at for at in (position + 1, position - 1) if 0 <= at < len(sides) and sides[at].single]
        if not beside or side.decimals is not None:
            continue
        result = sides[beside[0]]
        most = usual if result.decimals is None else result.decimals
        for digits in (most, reduced(view.value(result.expression), most, 1)):
            decimals = side.coming_out(view, replace(result, decimals=digits), usual)
            if decimals is not None:
                found |= {position: decimals, beside[0]: digits}
                break
    return found


_SIGNS = {"=": "=", "≈": "approx", "←": "arrow.l"}
