"""Symbols for pages: the films' own typesetting as SVG, every glyph drawn once, coloured by its quantity's role."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from svgelements import Path as SvgPath

from bp_script.equation_language import parse_expression
from bp_script.errors import TextError
from bp_script.language import language_of
from bp_script.names import parse_quantity
from scenes.kit.letters.compiler import BASELINE, BASELINE_MARK, MARGIN, POINTS, PREAMBLE, compiled, part_of
from scenes.kit.letters.mathematics import Part, Source, typeset
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.theme import Theme
from scenes.kit.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_core.nodes import Expression
    from bp_script.lesson import Lesson

#: What is wider than so many letters is told by its name instead: a table's column has an end.
WIDEST = 10.0
#: So long a name is not even tried.
_LONGEST = 120
#: Depths below the baseline come in steps of so many letters' heights, each with a class in the style.
DEPTH_STEP = 0.05
DEEPEST = 80
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
#: In place of colours the roles' own names: the page's style says which colour each has.
ROLES = Theme(**{field.name: field.name for field in fields(Theme) if field.name != "dim"})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol that is in the sheet: its size in font sizes, from ``depth`` steps below the baseline upwards."""

    id: str
    width: float
    height: float
    depth: int

    @property
    def box(self) -> str:
        """The viewBox: y runs down from the baseline, in points."""
        below = self.depth * DEPTH_STEP
        return " ".join(f"{number * POINTS:g}" for number in (0, below - self.height, self.width, self.height))


class Sheet:
    """The symbols of a page: asked for one by one, then typeset in one go."""

    def __init__(self, lesson: Lesson) -> None:
        look = lesson.look
        language = language_of(look.language)
        self.view = View(lesson.trace(), ROLES, NOTATIONS[look.notation], look.decimals, language)
        self._sources: dict[str, Source] = {}
        self._texts: dict[str, str] = {}
        self._symbols: dict[str, Symbol] = {}
        self.definitions = ""

    def ask(self, name: str, example: int | None = None, changes: tuple[str, ...] = ()) -> str:
        """The symbol of a quantity or an expression will be wanted; what cannot be read has none.

        Args:
            name: of the quantity.
            example: the one in focus, if not the lesson's.
            changes: the quantity whose change it is, or the two whose changes' quotient it is.

        Returns:
            What to :meth:`get` it by.
        """
        other = example is not None and example != self.view.trace.focus and "@" not in name
        key = f"{name} of example {example}" if other else name
        expression = _read(name, self.view.trace.L) if len(name) <= _LONGEST else None
        if expression is not None and key not in self._sources:
            trace = self.view.trace
            view = replace(self.view, trace=trace.with_focus(example)) if other and example is not None else self.view
            source = Source(view, view.decimals)
            self._texts[key] = _changes(source, changes) if changes else typeset(source, expression, (), (), first=True)
            self._sources[key] = source
        return key

    def typeset(self) -> None:
        """Typeset what was asked for."""
        pages = [f"{BASELINE_MARK}${text}$" for text in self._texts.values()]
        if not pages:
            return
        drawing = _Drawing()
        for name, svg in zip(self._texts, compiled(PREAMBLE + "\n#pagebreak()\n".join(pages), "svg"), strict=True):
            root = ET.fromstring(svg)  # noqa: S314 -- our own compiler wrote it
            if _width(root) <= WIDEST:
                self._symbols[name] = drawing.take(root, f"s{len(self._symbols)}", self._sources[name])
        self.definitions = drawing.definitions()

    def __iter__(self) -> Iterator[tuple[str, Symbol]]:
        """Every symbol with its name."""
        return iter(self._symbols.items())

    def get(self, name: str) -> Symbol | None:
        """A symbol, or None where the name itself has to do."""
        return self._symbols.get(name)


def _changes(source: Source, names: tuple[str, ...]) -> str:
    """Δ of a quantity, or of one over that of another."""
    quantities = [parse_quantity(name, source.view.trace.L) for name in names]
    written = [
        source.mark(
            Part((n,), source.view.colour(quantity), quantity),
            f"Delta {typeset(source, quantity, (), (n, 0), first=True)}",
        )
        for n, quantity in enumerate(quantities)
    ]
    return written[0] if len(written) == 1 else f"frac({', '.join(written)})"


def _read(name: str, L: int) -> Expression | None:
    try:
        return parse_quantity(name, L)
    except TextError:
        pass
    try:
        return parse_expression(name, L)
    except TextError:
        return None


class _Drawing:
    """Typst's drawings, put together: each glyph under a short name of its own, whatever uses it."""

    def __init__(self) -> None:
        self._glyphs: dict[str, str] = {}
        self._drawn: list[str] = []

    def take(self, root: ET.Element, name: str, source: Source) -> Symbol:
        """Keep a page as the group ``name``."""
        paths = {s.get("id", ""): _path(s) for s in root.iter(f"{_SVG}symbol")}
        pieces, origin, top, bottom = [], (0.0, 0.0), 0.0, 0.0
        found = list(_leaves(root, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)))
        for element, matrix in found:
            if element.get("stroke") == BASELINE:
                origin = matrix[4:]
        for element, matrix in found:
            if element.get("stroke") == BASELINE:
                continue
            at = (*matrix[:4], matrix[4] - origin[0], matrix[5] - origin[1])
            place = f'transform="matrix({" ".join(f"{number:.5g}" for number in at)})"'
            if element.tag == f"{_SVG}use":
                data = paths[(element.get(_LINK) or "")[1:]]
                colour = role_colour(element.get("fill", ""), source)
                pieces.append(f'<use href="#{self._glyph(data)}" {place} fill="{colour}"/>')
            else:
                data = element.get("d", "").strip()
                pieces.append(f'<path d="{data}" {place} {_paint(element, source)}/>')
            low, high = _reach(data)
            ends = (at[3] * low + at[5], at[3] * high + at[5])
            top, bottom = min(top, *ends), max(bottom, *ends)
        self._drawn.append(f'<g id="{name}">{"".join(pieces)}</g>')
        depth = min(DEEPEST, math.ceil((bottom / POINTS + 0.02) / DEPTH_STEP))
        return Symbol(name, _width(root), round(-top / POINTS + 0.02 + depth * DEPTH_STEP, 3), depth)

    def definitions(self) -> str:
        """All of it, for a page's ``defs``."""
        glyphs = "".join(f'<path id="{name}" d="{data}"/>' for data, name in self._glyphs.items())
        return glyphs + "".join(self._drawn)

    def _glyph(self, data: str) -> str:
        return self._glyphs.setdefault(data, f"g{len(self._glyphs)}")


def _width(root: ET.Element) -> float:
    """Of what a page of Typst's holds, in font sizes."""
    return (float(root.get("viewBox", "0 0 0 0").split()[2]) - 2 * MARGIN) / POINTS


def _path(symbol: ET.Element) -> str:
    path = symbol.find(f"{_SVG}path")
    return "" if path is None else path.get("d", "").strip()


_Matrix = tuple[float, float, float, float, float, float]


def _leaves(element: ET.Element, matrix: _Matrix) -> Iterator[tuple[ET.Element, _Matrix]]:
    """What is drawn, with its place."""
    for child in element:
        if child.tag == f"{_SVG}defs":
            continue
        own = _times(matrix, _matrix(child.get("transform", "")))
        if child.tag in {f"{_SVG}use", f"{_SVG}path"}:
            yield child, own
        yield from _leaves(child, own)


def _matrix(text: str) -> _Matrix:
    numbers = [float(number) for number in text[text.find("(") + 1 :].rstrip(")").replace(",", " ").split()]
    if text.startswith("matrix"):
        return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
    if text.startswith("translate"):
        return (1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
    return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    return (
        m[0] * n[0] + m[2] * n[1],
        m[1] * n[0] + m[3] * n[1],
        m[0] * n[2] + m[2] * n[3],
        m[1] * n[2] + m[3] * n[3],
        m[0] * n[4] + m[2] * n[5] + m[4],
        m[1] * n[4] + m[3] * n[5] + m[5],
    )


@lru_cache(maxsize=4096)
def _reach(data: str) -> tuple[float, float]:
    """The lowest and the highest y of a path."""
    box = SvgPath(data).bbox()
    return (0.0, 0.0) if box is None else (float(box[1]), float(box[3]))


def _paint(element: ET.Element, source: Source) -> str:
    stroke = element.get("stroke", "none")
    if stroke == "none":
        return f'fill="{role_colour(element.get("fill", ""), source)}"'
    return f'fill="none" stroke="{role_colour(stroke, source)}" stroke-width="{element.get("stroke-width", "0")}"'


def role_colour(colour: str, source: Source) -> str:
    """The style's name of a colour that marks a part; anything else is ink."""
    part = part_of(colour)
    role = "ink" if part is None else source.parts[part].colour
    return "currentColor" if role == "ink" else f"var(--{role.replace('_', '-')})"
