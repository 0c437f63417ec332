"""What a page tells of a film: chapters, words, numbers with their moments, and what can be dragged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from bp_script.language import ENGLISH, language_of
from bp_script.numerals import numeral, relation
from bp_studio.changes import changed, is_named, name_of
from bp_studio.page.scrubbers import POINTS, scrubbers
from bp_studio.page.symbols import Sheet
from bp_studio.progress import clock
from bp_studio.transcript import in_words
from scenes.kit.film.record import END_CARD
from scenes.kit.functions import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bp_script.language import Language
    from bp_script.lesson import Lesson
    from bp_studio.film_record import FilmRecord
    from bp_studio.page.scrubbers import Line, Scrubber
    from scenes.kit.film.record import ClipRecord, ShownNumber

#: The longest table of numbers; the rest is counted, and all of it in the film's record.
MOST_ROWS = 1000
#: A sum over many examples has a long name: so much of it is told.
_LONGEST_NAME = 72
#: How fast the film can be played.
SPEEDS = (0.5, 0.75, 1, 1.25, 1.5, 2)
#: The decimals of a value beside what the film writes.
_DECIMALS = 6


@dataclass(slots=True)
class Row:
    """A number of a chapter: how the film writes it, and from when to when it stands where."""

    number: ShownNumber
    places: list[list[float]] = field(default_factory=list)
    language: Language = ENGLISH
    #: What its symbol goes by.
    symbol: str = ""

    @property
    def name(self) -> str:
        """The quantity's; the beginning of one that is long."""
        name = name_of(self.number)
        return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"

    @property
    def relation(self) -> str:
        """Whether the film rounds it."""
        return relation(self.number.value, self.number.text)

    @property
    def value(self) -> str:
        """More of it than the film has room for."""
        return self.language.numeral(numeral(self.number.value, _DECIMALS))

    @property
    def clock(self) -> str:
        """When it is first shown."""
        return clock(self.places[0][0])

    @property
    def words(self) -> str:
        """The whole row, for someone who does not see it."""
        return in_words(replace(self.number, quantity=self.name), self.language)

    @property
    def notes(self) -> list[str]:
        """What the value belongs to, if not to the lesson's network as it begins."""
        number, tr = self.number, self.language.tr
        notes = [tr("example %(n)s", n=number.example)] if self.symbol != number.quantity else []
        notes += [tr("after step %(n)s", n=number.step)] if number.step else []
        for name, value in (number.nudged or {}).items():
            notes.append(f"{name} = {self.language.numeral(numeral(value, _DECIMALS)).replace('-', '−')}")
        notes += [f"{key}: {value}" for key, value in (number.instead or {}).items()]
        return notes + ([tr("by %(source)s", source=number.source)] if number.source else [])


@dataclass(slots=True)
class Part:
    """A chapter of the film: its ideas, each a list of captions with their numbers, and the rows of its table."""

    title: str
    start: float
    end: float
    ideas: list[list[tuple[int, str]]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def clock(self) -> str:
        """When it begins."""
        return clock(self.start)

    @property
    def length(self) -> str:
        """How long it is."""
        return clock(self.end - self.start)


class Content:
    """Everything that the page of a film holds."""

    def __init__(self, lesson: Lesson, record: FilmRecord) -> None:
        self.lesson = lesson
        self.record = record
        self.language = language_of(lesson.look.language)
        self.trace = lesson.trace()
        self.parts = [Part(clip.title, start, end) for clip, start, end in record.chapters]
        self._tell()
        #: How many rows there would be in a table without an end.
        self.numbers = self._tabulate()
        self.scrubbers = scrubbers(self.trace, self._mentioned())
        self.sheet = Sheet(lesson)
        for row in self.rows:
            row.symbol = self.sheet.ask(row.number.quantity, row.number.example, changed(row.number))
        for line in self._lines():
            self.sheet.ask(str(line.quantity))
        self.sheet.typeset()

    @property
    def rows(self) -> list[Row]:
        """The rows of all chapters."""
        return [row for part in self.parts for row in part.rows]

    @property
    def speeds(self) -> list[tuple[float, str]]:
        """How fast it can be played, and how that is written."""
        return [(speed, f"{self.language.numeral(str(speed))}×") for speed in SPEEDS]

    @property
    def length(self) -> str:
        """How long the film is."""
        return clock(self.record.duration)

    @property
    def width(self) -> int:
        """Of the film's frame, in pixels."""
        return self.record.clips[0].width

    @property
    def height(self) -> int:
        """Of the film's frame, in pixels."""
        return self.record.clips[0].height

    @property
    def activations(self) -> str:
        """The activations of the layers after the input; one that all share is told once."""
        names = [self.language.tr(NAMES[name]) for name in self.trace.network.activations]
        return ", ".join(names if len(set(names)) > 1 else names[:1])

    @property
    def parameters(self) -> str:
        """How many parameters the network has."""
        return self.language.whole(self.trace.network.parameter_count)

    @property
    def points(self) -> int:
        """How many points a scrubber has."""
        return 2 * POINTS + 1

    @property
    def steps(self) -> list[float]:
        """Where step mode stops: on the last frame of each idea."""
        return [round((step.end - 0.5) / self.record.fps, 4) for step in self.record.steps]

    def data(self) -> dict[str, Any]:
        """What the page's script reads."""
        return {
            "language": self.lesson.look.language,
            "drawn": self.lesson.look.captions == "drawn",
            "size": [self.width, self.height],
            "speeds": SPEEDS,
            "duration": self.record.duration,
            "chapters": [
                {"title": part.title, "start": round(part.start, 6), "end": round(part.end, 6)} for part in self.parts
            ],
            "captions": [[caption.start, caption.end, caption.text] for caption in self.record.captions],
            "steps": self.steps,
            "numbers": [row.places for row in self.rows],
            "symbols": {name: [symbol.id, symbol.box, symbol.height, symbol.depth] for name, symbol in self.sheet},
            "scrubbers": [_scrubber(scrubber) for scrubber in self.scrubbers],
        }

    def _placed(self) -> Iterator[tuple[Part, float, ClipRecord]]:
        """Each clip with its chapter and when it begins; the cards belong to the chapters beside them."""
        own = -1
        for start, clip in zip(self.record.starts, self.record.clips, strict=False):
            own += not clip.is_card
            yield self.parts[-1 if clip.chapter == END_CARD else max(own, 0)], start, clip

    def _tell(self) -> None:
        part_of = {id(clip): part for part, _, clip in self._placed()}
        numbers = count()
        for step in self.record.steps:
            if step.captions:
                said = [(next(numbers), " ".join(caption.text.split())) for caption in step.captions]
                part_of[id(step.clip)].ideas.append(said)

    def _tabulate(self) -> int:
        rows: dict[tuple[int, str], Row] = {}
        for part, start, clip in self._placed():
            for number in sorted(filter(is_named, clip.shown), key=lambda each: each.at):
                key = (id(part), str(replace(number, at=0.0, until=0.0, box=(0, 0, 0, 0))))
                if key not in rows:
                    rows[key] = Row(number, language=self.language)
                    if len(rows) <= MOST_ROWS:
                        part.rows.append(rows[key])
                rows[key].places.append([round(start + at, 4) for at in (number.at, number.until)] + [*number.box])
        return len(rows)

    def _mentioned(self) -> Iterator[str]:
        """The names of what the film nudges, then of what it differentiates, then of all that it shows."""
        shown = [each for _, _, clip in self._placed() for each in sorted(clip.shown, key=lambda each: each.at)]
        yield from (name for number in shown for name in number.nudged or ())
        yield from (number.quantity for number in shown if "/" in number.quantity)
        yield from (number.quantity for number in shown)

    def _lines(self) -> Iterator[Line]:
        for scrubber in self.scrubbers:
            yield from (scrubber.line, *scrubber.forward, *scrubber.derivatives)


def _scrubber(scrubber: Scrubber) -> dict[str, Any]:
    return {
        "home": scrubber.home,
        "step": scrubber.step,
        "line": _line(scrubber.line),
        "forward": [_line(line) for line in scrubber.forward],
        "derivatives": [_line(line) for line in scrubber.derivatives],
    }


def _line(line: Line) -> dict[str, Any]:
    """A constant is told once."""
    values = line.values if len(set(line.values)) > 1 else line.values[:1]
    return {"name": str(line.quantity), "low": line.low, "high": line.high, "values": values}
