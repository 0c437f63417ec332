"""What there is to record for a film: each step's words, the name of its file, and what is there of it already."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bp_script.files import FileRefused, path_beside, read_limited
from bp_script.language import N_
from bp_script.language.caller import callers_language, tr
from scenes.kit.voice.recordings import ENDINGS, TEXTS, Take, digest_of, found, is_stale, takes
from scenes.kit.voice.sound import RATE, NoSound, decode, trimmed
from scenes.kit.voice.speech import LONGEST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from scenes.kit.film.record import ClipRecord

#: The list to read from.
SCRIPT = "script.txt"
#: What can be said of a recording.
THERE, MISSING, CHANGED = N_("there, %(seconds)s s"), N_("missing"), N_("words have changed")
REFUSED = N_("no recording: %(why)s")
_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Line:
    """A step's words: its ``name``, the chapter's number and title, and about how long they take."""

    name: str
    chapter: int
    title: str
    words: str
    seconds: float

    @property
    def stem(self) -> str:
        """What to call its file, so that files sort as the film goes."""
        return f"{self.chapter:02}_{self.name}"


@dataclass(frozen=True, slots=True)
class State:
    """A line and what there is of it: the file, if there is one, and which of the above is to be said of it."""

    line: Line
    file: str | None
    status: str
    seconds: float = 0.0
    why: str = ""
    digest: str = ""

    @property
    def what(self) -> str:
        """What there is of it, in the caller's language."""
        if self.status == REFUSED:
            return tr(REFUSED, why=self.why)
        return tr(self.status, seconds=callers_language().numeral(f"{self.seconds:.1f}"))


def lines_of(records: Mapping[int, ClipRecord]) -> list[Line]:
    """The lines of a film, from the records of its chapters by their number."""
    return [
        Line(sound.name, number, record.title or record.chapter.replace("_", " "), sound.written, sound.reading)
        for number, record in sorted(records.items())
        for sound in record.sounds
    ]


def state_of(line: Line, folder: Path) -> State:
    """What there is of a line in a folder."""
    file = None
    try:
        file = found(folder, line.name)
        if file is None:
            return State(line, None, MISSING)
        content = read_limited(path_beside(folder, file, ENDINGS), file)
        seconds = len(trimmed(decode(content, LONGEST))[0]) / RATE
    except (FileRefused, NoSound) as error:
        return State(line, file, REFUSED, why=str(error))
    take = takes(folder).get(line.name)
    stale = take is not None and is_stale(take, line.words, content)
    return State(line, file, CHANGED if stale else THERE, seconds, digest=digest_of(content))


def note(folder: Path, states: Sequence[State], accepted: Collection[str] = ()) -> None:
    """Keep what each recording was made for; one whose words have changed keeps its own, unless it is accepted."""
    before = takes(folder)
    now = {
        state.line.name: before[state.line.name]
        if state.status == CHANGED and state.line.name not in accepted
        else Take(state.line.words, state.digest)
        for state in states
    }
    kept = {**before, **now}
    data = {name: {"text": take.text, "digest": take.digest} for name, take in kept.items()}
    _replace(folder / TEXTS, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def write_script(title: str, lines: Sequence[Line], folder: Path) -> Path:
    """The list to read from, to be printed."""
    how = tr(
        "Each step goes into a file of its own, named as it stands here, ending in %(endings)s, in this "
        "folder. The number in front is for sorting and may be left out. Silence at the ends is cut and all are "
        "made as loud as each other; a step lasts as long as its recording.",
        endings=", ".join(ENDINGS),
    )
    parts = [tr("%(title)s: what to record", title=title), "", *textwrap.wrap(how, _WIDTH)]
    chapter = -1
    for line in lines:
        if line.chapter != chapter:
            chapter = line.chapter
            parts += ["", "", f"{chapter}. {line.title}", "-" * len(f"{chapter}. {line.title}")]
        parts += ["", tr("%(name)s  (about %(seconds)s s)", name=line.stem, seconds=max(1, round(line.seconds)))]
        parts += textwrap.wrap(line.words, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    path = folder / SCRIPT
    _replace(path, "\n".join(parts) + "\n")
    return path


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
