"""The layout audit: every settled moment of a chapter is walked without drawing a pixel.

It reports what leaves the frame, letters over letters or over a line that is not theirs, rows that all but touch,
letters too small to read, too little contrast, numbers that no quantity answers for, and captions that are too fast,
too long or too short-lived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from manim import Line, Mobject, VGroup, VMobject
from manim.utils.color import ManimColor

from bp_script.language.caller import callers_language, tr
from scenes.kit.film.captions import LINE, LINES
from scenes.kit.film.record import Caption
from scenes.kit.film.recorder import Screen, visible
from scenes.kit.letters.face import X_HEIGHT
from scenes.kit.letters.glyphs import font_size, is_digit
from scenes.kit.letters.number import Value
from scenes.kit.letters.typesetting import Typeset
from scenes.kit.pictures.number_line import Tick
from scenes.kit.sight import LEAST_CONTRAST, rgb_contrast
from scenes.kit.stage import Region

#: The floor of an x-height, in pixels of a film 1080 pixels high (the shorter side).
LEAST_X_HEIGHT = 16.0
#: What is still to be made out when something is dimmed on purpose.
LEAST_CONTRAST_DIMMED = 2.0
#: Characters a second that can be read, and the least a caption stays, in seconds.
FASTEST_CAPTION, SHORTEST_CAPTION = 17.0, 1.0
#: Glyphs may touch by so many units of the frame: a raised script's bracket beside a letter's slant.
_TOUCH = 0.03
#: From point to point where a line is followed.
_STEP = 0.02
#: From one row of letters to the next there is at least this.
_BETWEEN_ROWS = 0.03
_EDGE = 1e-3
#: What is as opaque as this hides a line that is drawn before it, such as a neuron an edge that passes behind it.
_OPAQUE = 0.99
#: What marks the parts of a formula in its source.
_MARK = re.compile(r"part\(#\d+,|display\(")
#: Glyphs smaller than this share of their line's size are scripts.
_SCRIPT = 0.85


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a viewer would complain about."""

    chapter: str
    at: float
    what: str
    message: str

    def __str__(self) -> str:
        at = callers_language().numeral(f"{self.at:.1f}")
        return tr("%(chapter)s at %(at)s s: %(finding)s", chapter=self.chapter, at=at, finding=self.told)

    @property
    def told(self) -> str:
        """What is wrong with what."""
        return _told(self.what, self.message)


def _told(what: str, message: str) -> str:
    return tr("%(what)s %(message)s", what=what, message=message)


@dataclass(frozen=True, slots=True)
class Advice:
    """Whose fault it is that something cannot be read, what it has no room beside, if anything, and what to do."""

    of: str
    beside: str
    remedy: str


def _no_advice(pieces: Sequence[VMobject]) -> Advice | None:
    """Nothing to say: the chapter is no scene of one's own."""
    del pieces
    return None


@dataclass(frozen=True)
class Label:
    """Letters that belong together: a numeral, a symbol, a formula, a line of words."""

    name: str
    order: int
    boxes: np.ndarray
    glyphs: tuple[VMobject, ...]
    #: Those of the glyphs whose digits would be numbers that no quantity answers for.
    unaccounted: tuple[VMobject, ...]

    @cached_property
    def sizes(self) -> list[float]:
        """The font sizes of its letters and digits, in units of the frame."""
        return [size for size in map(font_size, self.glyphs) if size is not None]

    @property
    def box(self) -> np.ndarray:
        """Left, bottom, right and top of all its letters."""
        return np.array([*self.boxes[:, :2].min(axis=0), *self.boxes[:, 2:].max(axis=0)])


class Audit:
    """Collects the findings of one chapter; a complaint that lasts is reported once.

    ``advise`` says of pieces that have no room what to do about it; nothing may lie over the ``logo``.
    """

    def __init__(
        self,
        chapter: str,
        screen: Screen,
        ground: str,
        advise: Callable[[Sequence[VMobject]], Advice | None] = _no_advice,
        logo: Region | None = None,
    ) -> None:
        self._logo = None if logo is None else np.array([logo.left, logo.bottom, logo.right, logo.top])
        self._advise = advise
        self._chapter, self._screen, self._ground = chapter, screen, ManimColor(ground)
        # Sizes are judged at 1080 lines whatever is rendered; the frame's shorter side is its 1080.
        self._pixels = 1080 / min(screen.width, screen.height)
        self._found: dict[tuple[str, str], Finding] = {}

    def findings(self) -> list[Finding]:
        """What was found, by time."""
        return sorted(self._found.values(), key=lambda f: f.at)

    def look(self, mobjects: Iterable[Mobject], at: float) -> None:
        """Walk a scene at rest."""
        members = sorted((m for mobject in mobjects for m in _drawn(mobject)), key=lambda m: float(m.z_index))
        labels = _labels(mobjects, members)
        self._frame(members, labels, at)
        self._over_the_logo(members, labels, at)
        self._overlaps(labels, at)
        shapes = _shapes(members, labels)
        self._lines(labels, members, shapes, at)
        for label in labels:
            self._digits(label, at)
            self._size(label, at)
            self._contrast(label, shapes, at)

    def captions(self, captions: Iterable[Caption]) -> None:
        """Hold the captions to what can be read."""
        for caption in captions:
            what = tr("the caption %(text)s", text=repr(caption.text))
            seconds = caption.end - caption.start
            lines = caption.text.split("\n")
            if seconds < SHORTEST_CAPTION:
                least = f"{SHORTEST_CAPTION:g}"
                told = tr("is shown for %(seconds)s s, less than %(least)s s", seconds=_tenths(seconds), least=least)
                self._note(caption.start, what, told)
            elif len(caption.text) / seconds > FASTEST_CAPTION:
                speed = f"{len(caption.text) / seconds:.0f}"
                told = tr(
                    "runs at %(speed)s characters a second, over %(most)s", speed=speed, most=f"{FASTEST_CAPTION:g}"
                )
                self._note(caption.start, what, told)
            if len(lines) > LINES:
                self._note(caption.start, what, tr("has %(count)s lines, over %(most)s", count=len(lines), most=LINES))
            if (longest := max(map(len, lines))) > LINE:
                told = tr("has a line of %(count)s characters, over %(most)s", count=longest, most=LINE)
                self._note(caption.start, what, told)

    def no_room(self, at: float, what: str, message: str, pieces: Sequence[VMobject]) -> None:
        """Note what cannot be read for want of room, with what to do about it."""
        advice = self._advise(pieces)
        if advice is None:
            self._note(at, what, message)
            return
        parts = {"what": _told(what, message), "remedy": advice.remedy}
        found = (
            tr("has no room beside %(beside)s: %(what)s; %(remedy)s", beside=advice.beside, **parts)
            if advice.beside
            else tr("has no room: %(what)s; %(remedy)s", **parts)
        )
        self._found.setdefault((advice.of, ""), Finding(self._chapter, at, advice.of, found))

    def _note(self, at: float, what: str, message: str) -> None:
        self._found.setdefault((what, message.split(" (", maxsplit=1)[0]), Finding(self._chapter, at, what, message))

    def _frame(self, members: list[VMobject], labels: list[Label], at: float) -> None:
        x, y = self._screen.width / 2 + _EDGE, self._screen.height / 2 + _EDGE
        lettered = {id(glyph) for label in labels for glyph in label.glyphs}
        for label in labels:
            left, bottom, right, top = label.box
            if left < -x or right > x or bottom < -y or top > y:
                self.no_room(at, label.name, tr("is out of the frame"), label.glyphs[:1])
        for member in members:
            if id(member) in lettered:
                continue
            left, bottom, right, top = _box(member)
            if left < -x or right > x or bottom < -y or top > y:
                self.no_room(at, _drawing(member), tr("is out of the frame"), [member])

    def _over_the_logo(self, members: list[VMobject], labels: list[Label], at: float) -> None:
        if self._logo is None:
            return
        lettered = {id(glyph) for label in labels for glyph in label.glyphs}
        for label in labels:
            if _any_meet(label.boxes, self._logo[None]):
                self.no_room(at, label.name, tr("lies over the logo"), label.glyphs[:1])
        for member in members:
            if id(member) not in lettered and _meet(np.array(_box(member)), self._logo):
                self.no_room(at, _drawing(member), tr("lies over the logo"), [member])

    def _overlaps(self, labels: list[Label], at: float) -> None:
        for one, other in combinations(labels, 2):
            if not _meet(one.box, other.box + np.array([0, -1, 0, 1]) * _BETWEEN_ROWS):
                continue
            if _any_meet(one.boxes, other.boxes):
                told = tr("lies over %(other)s", other=other.name)
            elif _any_meet(one.boxes, other.boxes, -_BETWEEN_ROWS):
                told = tr("all but touches %(other)s", other=other.name)
            else:
                continue
            self.no_room(at, one.name, told, [one.glyphs[0], other.glyphs[0]])

    def _lines(self, labels: list[Label], members: list[VMobject], shapes: list[Shape], at: float) -> None:
        opaque = [shape for shape in shapes if shape.opacity > _OPAQUE]
        lettered = {id(glyph) for label in labels for glyph in label.glyphs}
        boxes = np.array([label.box for label in labels]).reshape(-1, 4)
        for order, line in enumerate(members):
            if not isinstance(line, Line) and (id(line) in lettered or not _outlined(line)):
                continue
            low, high = np.split(np.array(_box(line)), 2)
            over = (boxes[:, :2] < high + _TOUCH) & (boxes[:, 2:] > low - _TOUCH)
            near = [labels[number] for number in np.flatnonzero(over.all(axis=1))]
            points = _along(line) if near else boxes[:0, :2]
            for label in near:
                inside = (
                    (points[:, None, 0] > label.boxes[None, :, 0] + _TOUCH)
                    & (points[:, None, 0] < label.boxes[None, :, 2] - _TOUCH)
                    & (points[:, None, 1] > label.boxes[None, :, 1] + _TOUCH)
                    & (points[:, None, 1] < label.boxes[None, :, 3] - _TOUCH)
                )
                between = (s for s in opaque if order < s.order < label.order)
                if inside.any() and not any(_holds(shape.box, label.box) for shape in between):
                    told = tr("lies over a line that is not its own")
                    self.no_room(at, label.name, told, [label.glyphs[0], line])

    def _digits(self, label: Label, at: float) -> None:
        # Scripts are indices and exponents: part of a symbol.
        largest = max(label.sizes, default=0.0)
        if any(is_digit(g) and (font_size(g) or 0.0) > _SCRIPT * largest for g in label.unaccounted):
            self._note(at, label.name, tr("shows a number that no quantity answers for"))

    def _size(self, label: Label, at: float) -> None:
        if not label.sizes:
            return
        x_height = min(label.sizes) * X_HEIGHT * self._pixels
        if x_height < LEAST_X_HEIGHT - 0.05:
            told = tr(
                "has letters too small to read (an x-height of %(height)s pixels at 1080p, under 16)",
                height=_tenths(x_height),
            )
            self.no_room(at, label.name, told, label.glyphs[:1])

    def _contrast(self, label: Label, shapes: list[Shape], at: float) -> None:
        ground = self._ground
        for shape in shapes:
            if shape.order < label.order and _holds(shape.box, label.box):
                ground = _blend(shape.colour, ground, shape.opacity)
        inks = {(g.get_fill_color().to_hex(), round(float(g.get_fill_opacity()), 2)) for g in label.glyphs}
        for colour, opacity in inks:
            seen = _blend(ManimColor(colour), ground, opacity)
            least = LEAST_CONTRAST if opacity > 0.99 else LEAST_CONTRAST_DIMMED
            ratio = rgb_contrast(seen.to_rgb(), ground.to_rgb())
            if ratio < least - 0.005:
                parts = {"ratio": _tenths(ratio), "least": callers_language().numeral(f"{least:g}")}
                self._note(at, label.name, tr("has too little contrast (%(ratio)s:1, under %(least)s:1)", **parts))


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled shape that letters may stand on."""

    order: int
    box: tuple[float, float, float, float]
    colour: ManimColor
    opacity: float


def _shapes(members: list[VMobject], labels: list[Label]) -> list[Shape]:
    """The filled shapes that are no letters, in drawing order."""
    lettered = {id(glyph) for label in labels for glyph in label.glyphs}
    return [
        Shape(order, _box(member), member.get_fill_color(), float(member.get_fill_opacity()))
        for order, member in enumerate(members)
        if id(member) not in lettered and member.get_fill_opacity() > 0 and not isinstance(member, Line)
    ]


def _labels(mobjects: Iterable[Mobject], members: list[VMobject]) -> list[Label]:
    orders = {id(member): order for order, member in enumerate(members)}

    def label(name: str, glyphs: tuple[VMobject, ...], free: tuple[VMobject, ...]) -> Label:
        return Label(name, orders[id(glyphs[0])], np.array([_box(glyph) for glyph in glyphs]), glyphs, free)

    whole = [m for mobject in mobjects for m in mobject.get_family() if isinstance(m, Typeset | Value)]
    found = [label(name_of(m), glyphs, _unaccounted(m, glyphs)) for m in whole if (glyphs := tuple(_drawn(m)))]
    # When a part of a formula has been animated, manim holds its pieces one by one; they are one label all the same.
    held = {id(glyph) for each in found for glyph in each.glyphs}
    pieces: dict[int, list[VMobject]] = {}
    for member in members:
        if id(member) not in held and hasattr(member, "origin"):
            pieces.setdefault(id(member.origin), []).append(member)
    loose = map(tuple, pieces.values())
    return [*found, *(label(_formula(glyphs[0]), glyphs, ()) for glyphs in loose)]


def _unaccounted(label: VGroup, glyphs: tuple[VMobject, ...]) -> tuple[VMobject, ...]:
    """The glyphs of no quantity's value, of no formula's own number, of no axis and of no words of the lesson."""
    if isinstance(label, Value | Tick) or getattr(label, "from_lesson", False):
        return ()
    accounted = {
        id(glyph)
        for part in label.get_family()
        if hasattr(part, "shown") or getattr(part, "constant", False)
        for glyph in part.get_family()
    }
    return tuple(glyph for glyph in glyphs if id(glyph) not in accounted)


def name_of(member: VGroup) -> str:
    """How a finding calls a label: a number by its quantity, words by what they say, else by the source."""
    if isinstance(member, Value):
        return tr("the value of %(quantity)s (%(text)s)", quantity=member.shown.quantity, text=member.shown.text)
    words = getattr(member, "text", None)
    return tr("the words %(words)s", words=repr(words)) if words else _formula(member)


def _formula(member: Mobject) -> str:
    return tr("the formula %(formula)s", formula=_read(member.origin.reading))


def _drawing(member: Mobject) -> str:
    return tr("a %(kind)s", kind=type(member).__name__)


def _tenths(number: float) -> str:
    return callers_language().numeral(f"{number:.1f}")


def _read(source: str) -> str:
    """A formula's source without the marks of its parts, which mean nothing to who reads a finding."""
    while mark := _MARK.search(source):
        depth, end = 1, mark.end()
        while depth and end < len(source):
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        source = source[: mark.start()] + source[mark.end() : end - 1].strip() + source[end:]
    return source


def _drawn(mobject: Mobject) -> Iterator[VMobject]:
    for member in mobject.get_family():
        if isinstance(member, VMobject) and len(member.points) and visible(member):
            yield member


def _box(member: VMobject) -> tuple[float, float, float, float]:
    low, high = member.points[:, :2].min(axis=0), member.points[:, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _meet(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def _any_meet(one: np.ndarray, other: np.ndarray, least: float = _TOUCH) -> bool:
    """Whether boxes lie over each other by more than they may, ``least`` of their height."""
    wide = np.minimum(one[:, None, 2], other[None, :, 2]) - np.maximum(one[:, None, 0], other[None, :, 0])
    high = np.minimum(one[:, None, 3], other[None, :, 3]) - np.maximum(one[:, None, 1], other[None, :, 1])
    return bool(((wide > _TOUCH) & (high > least)).any())


def _holds(outer: tuple[float, float, float, float], inner: np.ndarray) -> bool:
    return bool(outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3])


def _outlined(member: VMobject) -> bool:
    """Whether a shape's outline is seen: a ring, a curve, a frame."""
    return bool(member.get_stroke_width() > 0 and member.get_stroke_opacity() > 0)


def _along(line: VMobject) -> np.ndarray:
    """Points along a line or an outline, close enough that none passes between two letters unseen."""
    curves = line.points[: len(line.points) // 4 * 4, :2].reshape(-1, 4, 2)
    longest = np.linalg.norm(np.diff(curves, axis=1), axis=2).sum(axis=1).max(initial=0.0)
    t = np.linspace(0, 1, max(2, int(longest / _STEP)))[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    return np.einsum("tp,cpx->ctx", weights, curves).reshape(-1, 2)


def _blend(colour: ManimColor, ground: ManimColor, opacity: float) -> ManimColor:
    return ManimColor(
        tuple(opacity * c + (1 - opacity) * g for c, g in zip(colour.to_rgb(), ground.to_rgb(), strict=True))
    )
