"""How what is written makes room, and in which order it does: the one place that says what gives way first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bp_core.nodes import Mean, ProductOver, SumOver
from scenes.kit.letters.typesetting import READABLE_EM, READABLE_RANGE_EM

if TYPE_CHECKING:
    from scenes.kit.letters.formula import Side


@dataclass(frozen=True, slots=True)
class Style:
    """How a formula, or a row of several, makes room.

    ``ranges`` says whether a Σ tells where its index runs, ``lines`` whether the terms of a long sum in brackets stand
    one a line, ``fewer`` how many digits less its numbers have, as long as two that count are left, ``wrapped`` whether
    the last side has a line of its own, ``fold`` how many terms or factors of a whole side stand in a line, 0 for all;
    the first line then stands beside the sign. With ``inline`` derivatives stand on one line; with ``hanging`` the
    further lines of ``lines`` begin below the first sign. With ``finer`` the numbers of a side have as many digits more
    as it takes for the side beside it to come out, if that is a single number. From factor ``cut`` on the product of a
    row goes on in a second line.
    """

    ranges: bool = True
    lines: bool = False
    fewer: int = 0
    wrapped: bool = False
    fold: int = 0
    inline: bool = False
    hanging: bool = False
    finer: bool = True
    cut: int | None = None

    def least(self, sides: Iterable[Side]) -> float:
        """The smallest letters in which it can be read."""
        return READABLE_RANGE_EM if self.ranges and ranged(sides) else READABLE_EM


ROOMIEST = Style()


def ranged(sides: Iterable[Side]) -> bool:
    """Whether a Σ or ∏ stands in any of the sides, or a mean."""
    walked = (side.expression.walk() for side in sides if side.expression not in side.values)
    return any(isinstance(node, SumOver | ProductOver | Mean) for nodes in walked for node in nodes)


def _in_order(*styles: Style) -> tuple[Style, ...]:
    """All of them with as many digits as come out, then all with the usual ones."""
    return tuple(replace(style, finer=finer) for finer in (True, False) for style in styles)


#: From the roomiest to the tightest.
STYLES = _in_order(ROOMIEST, Style(ranges=False), Style(ranges=False, lines=True))
#: The same, and on: digits go before letters become smaller, then the last side has a line of its own; where it is
#: height that is short, derivatives stand on one line; where it is width, lines hang below the first sign.
TIGHTER = (
    *STYLES,
    *(Style(ranges=False, lines=lines, fewer=fewer, finer=False) for fewer in (1, 2) for lines in (False, True)),
    *(
        Style(ranges=False, lines=lines, fewer=fewer, wrapped=True, finer=False)
        for fewer in (0, 2)
        for lines in (False, True)
    ),
    *(Style(ranges=False, fewer=fewer, inline=True, finer=False) for fewer in (0, 1, 2)),
    Style(ranges=False, lines=True, hanging=True, finer=False),
)


def in_rows(factors: int) -> tuple[Style, ...]:
    """Those of rows whose longest product has so many factors: their sums stay on a line, their products may not."""
    cuts = (Style(ranges=False, finer=False, cut=cut) for cut in range(factors - 1, 0, -1))
    return (*(style for style in STYLES if not style.lines), *cuts)


def telling(styles: Iterable[Style], sides: Sequence[Side]) -> list[Style]:
    """Those of the styles that differ for these sides: without sums in ranges, without numbers in digits do not."""
    summed, reckoned = ranged(sides), any(side.values and not side.single for side in sides)
    return [*dict.fromkeys(replace(s, ranges=s.ranges and summed, finer=s.finer and reckoned) for s in styles)]


def readable(largest: Callable[[Style], float]) -> tuple[float, Style]:
    """How large letters may be and in which style: the first in which they can be read, else the largest."""
    found = []
    for style in TIGHTER:
        found.append((largest(style), style))
        if found[-1][0] >= READABLE_EM:
            break
    return max(found, key=lambda each: each[0])
