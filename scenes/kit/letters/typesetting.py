"""Glyphs from Typst: one compilation a formula, in memory, its parts told apart by colour.

Typst runs in this process (a wheel; no LaTeX, no files, no caches to share) with the fonts it carries, so that a
formula looks the same on every machine. A part of the source is marked by a colour of its own, which changes
nothing in the layout; the SVG that comes back is read glyph by glyph and the colours say which part each belongs to.
Sizes are honest: ``em`` is the font size in units of the frame.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree import ElementTree as ET

import numpy as np
from manim import VGroup, VMobject
from svgelements import Arc, Close, CubicBezier, Line, Matrix, Move, Path, QuadraticBezier

from scenes.kit.door.glyph import filled
from scenes.kit.letters.compiler import BASELINE, BASELINE_MARK, POINTS, PREAMBLE, compiled, escape, part_of
from scenes.kit.letters.lined import Lined
from scenes.kit.theme import Colour

#: The smallest letters whose scripts can be read, those of a Σ's range, and the smallest digits, in units of the frame.
READABLE_EM, READABLE_RANGE_EM, READABLE_DIGITS_EM = 0.395, 0.465, 0.277
#: The size of an exponent of ten beside its number.
EXPONENT = 0.88
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


class Origin:
    """What a glyph was set in: the same for all glyphs of a line and their copies, wherever a scene regroups them."""

    def __init__(self, source: str) -> None:
        #: How it reads, for messages.
        self.reading = source

    def __deepcopy__(self, memo: object) -> Origin:
        return self


class Typeset(Lined):
    """Glyphs of one source; ``part(n)`` is the group that the source marked with n.

    The baseline of the first line lies at ``baseline`` (a point that moves along with the group).
    """

    def __init__(self, source: str, *, em: float, colour: Colour) -> None:
        super().__init__()
        self.source = source
        self.em = em
        self.origin = Origin(source)
        self._parts: dict[int, VGroup] = {}
        scale = em / POINTS
        for outline, part in _layout(source):
            glyph = _mobject(outline, scale, colour)
            glyph.origin = self.origin
            if part is None:
                self.add(glyph)
            else:
                if part not in self._parts:
                    self._parts[part] = VGroup()
                    self.add(self._parts[part])
                self._parts[part].add(glyph)

    def part(self, number: int) -> VGroup:
        """The glyphs that the source marked with ``number``; empty where it drew nothing."""
        return self._parts.get(number, VGroup())

    def numbers_of_parts(self) -> list[int]:
        """The marks that drew something, in drawing order."""
        return list(self._parts)

    @property
    def baseline(self) -> float:
        """The height of the first line's baseline."""
        return self._baseline_of_top + float(self.get_top()[1]) if len(self) else 0.0

    @property
    def _baseline_of_top(self) -> float:
        tops = [outline.points[:, 1].max() for outline, _ in _layout(self.source) if len(outline.points)]
        return -max(tops) * self.em / POINTS * self._scale

    @property
    def _scale(self) -> float:
        natural = _natural_height(self.source) * self.em / POINTS
        return float(self.height) / natural if natural else 1.0


def mantissa_source(mantissa: str) -> str:
    """Digits as mathematics: a decimal comma is no comma of a list, which would have a space after it."""
    return mantissa.replace(",", 'class("normal", ",")')


def numeral_glyphs(text: str, em: float, colour: Colour) -> list[VMobject]:
    """The glyphs of a numeral on the baseline y = 0."""
    return [filled(points, colour) for points in numeral_outlines(text, em)]


def numeral_outlines(text: str, em: float) -> list[np.ndarray]:
    """The curves of a numeral's glyphs on the baseline y = 0.

    Set from single glyphs and their advances, so that a running number costs no compilation.
    """
    scale = em / POINTS
    mantissa, _, exponent = text.partition("e")
    if exponent:
        # Where numbers are small already, an exponent of a script's size could not be read.
        sign, digits = ('class("normal", -)', exponent[1:]) if exponent.startswith("-") else ("", exponent)
        raised = f"#text(size: {EXPONENT}em, baseline: -0.42em)[${sign}{digits}$]"
        return [outline.points * scale for outline, _ in _layout(f"${mantissa_source(mantissa)} dot 10{raised}$")]
    outlines, at = [], 0.0
    for character in text:
        outline, advance = _glyph(character)
        outlines.append(outline.points * scale + [at * scale, 0.0, 0.0])
        at += advance
    return outlines


@lru_cache(maxsize=64)
def _glyph(character: str) -> tuple[Outline, float]:
    """A character's outline at the origin and its advance, read off between two zeros."""
    drawn = {"-": "\u2212"}.get(character, character)
    (zero, _), (outline, _), (after, _) = _layout(f"#{escape(f'0{drawn}0')}")
    (first, _), (second, _) = _layout('#"00"')
    width = second.points[0, 0] - first.points[0, 0]
    moved = Outline(outline.points - np.array([width, 0.0, 0.0]), 0.0)
    return moved, float(after.points[0, 0] - zero.points[0, 0] - width)


class Outline:
    """One glyph or rule of a layout: cubic curves, y upwards from the baseline, in points."""

    __slots__ = ("points", "stroke")

    def __init__(self, points: np.ndarray, stroke: float) -> None:
        self.points = points
        self.stroke = stroke


def _mobject(outline: Outline, scale: float, colour: Colour) -> VMobject:
    if not outline.stroke:
        return filled(outline.points * scale, colour)
    # A rule is drawn as a filled box, so that it scales with the letters around it.
    (x0, y0), (x1, y1) = outline.points[0, :2], outline.points[-1, :2]
    half = outline.stroke / 2
    if abs(x1 - x0) >= abs(y1 - y0):
        corners = [(x0, y0 - half), (x1, y0 - half), (x1, y0 + half), (x0, y0 + half)]
    else:
        corners = [(x0 - half, y0), (x0 + half, y0), (x0 + half, y1), (x0 - half, y1)]
    ring = np.array([[*c, 0.0] for c in [*corners, corners[0]]]) * scale
    box = filled(np.zeros((0, 3)), colour)
    return box.set_points_as_corners(ring)


@lru_cache(maxsize=4096)
def _layout(source: str) -> tuple[tuple[Outline, int | None], ...]:
    """Compile and read the SVG; the baseline marker gives the origin and is dropped."""
    (svg,) = compiled(f"{PREAMBLE}{BASELINE_MARK}{source}", "svg")
    root = ET.fromstring(svg)  # noqa: S314 - our own compiler wrote it
    symbols = {s.get("id"): s for s in root.iter(f"{_SVG}symbol")}
    found: list[tuple[np.ndarray, float, str]] = []
    origin = np.zeros(3)
    for element, matrix in _drawn(root, Matrix()):
        colour = element.get("fill", "none")
        stroke = element.get("stroke", "none")
        if element.tag == f"{_SVG}use":
            symbol = symbols[(element.get(_LINK) or "")[1:]]
            path = symbol.find(f"{_SVG}path")
            data = "" if path is None else path.get("d", "")
            shift = Matrix.translate(float(element.get("x", 0)), float(element.get("y", 0)))
            points = _transformed(_curves(data), shift * matrix)
            found.append((points, 0.0, colour))
        else:
            points = _transformed(_curves(element.get("d", "")), matrix)
            if stroke == BASELINE:
                origin = points[0]
            elif stroke != "none":
                found.append((points, float(element.get("stroke-width", 0)), stroke))
            else:
                found.append((points, 0.0, colour))
    flip = np.array([1.0, -1.0, 1.0])
    return tuple((Outline((points - origin) * flip, stroke), part_of(colour)) for points, stroke, colour in found)


@lru_cache(maxsize=4096)
def _natural_height(source: str) -> float:
    tops = [outline.points[:, 1] for outline, _ in _layout(source) if len(outline.points)]
    if not tops:
        return 0.0
    return float(max(t.max() for t in tops) - min(t.min() for t in tops))


def _drawn(element: ET.Element, matrix: Matrix) -> list[tuple[ET.Element, Matrix]]:
    found: list[tuple[ET.Element, Matrix]] = []
    for child in element:
        if child.tag in {f"{_SVG}defs", f"{_SVG}symbol"}:
            continue
        own = Matrix(child.get("transform")) * matrix if child.get("transform") else matrix
        if child.tag in {f"{_SVG}use", f"{_SVG}path"}:
            found.append((child, own))
        found.extend(_drawn(child, own))
    return found


def _transformed(points: np.ndarray, m: Matrix) -> np.ndarray:
    moved = np.empty_like(points)
    moved[:, 0] = m.a * points[:, 0] + m.c * points[:, 1] + m.e
    moved[:, 1] = m.b * points[:, 0] + m.d * points[:, 1] + m.f
    moved[:, 2] = 0.0
    return moved


@lru_cache(maxsize=4096)
def _curves(data: str) -> np.ndarray:
    """An SVG path as cubic curves, four points each, the way manim keeps them."""
    curves: list[list[complex]] = []
    for segment in Path(data):
        if isinstance(segment, Move):
            continue
        start, end = complex(segment.start), complex(segment.end)
        if isinstance(segment, CubicBezier):
            curves.append([start, complex(segment.control1), complex(segment.control2), end])
        elif isinstance(segment, QuadraticBezier):
            control = complex(segment.control)
            curves.append([start, start + (control - start) * 2 / 3, end + (control - end) * 2 / 3, end])
        elif isinstance(segment, (Line, Close)):
            if start != end:
                curves.append([start, start + (end - start) / 3, start + (end - start) * 2 / 3, end])
        elif isinstance(segment, Arc):
            curves.extend([complex(p) for p in cubic] for cubic in segment.as_cubic_curves())
    flat = [point for curve in curves for point in curve]
    return np.array([[p.real, p.imag, 0.0] for p in flat]).reshape(-1, 3)
