"""How far the films are: one display for the whole run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bp_script.language.caller import callers_language, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping

    from rich.console import Console, RenderableType

#: So many plain lines at most say how far a run is.
_LINES = 100
#: So many seconds after the first frame it can be told how fast they come: what the cache holds is there at once.
_SOON = 0.1


@dataclass
class Tally:
    """What is done and what is left, in clips and in frames. ``clips`` names each clip by its key.

    The display looks at it from a thread of its own: its parts are replaced, never changed.
    """

    clips: Mapping[Hashable, str]
    clock: Callable[[], float] = time.monotonic
    expected: Mapping[Hashable, int] = field(default_factory=dict)
    drawn: Mapping[Hashable, int] = field(default_factory=dict)
    running: tuple[Hashable, ...] = ()
    done: frozenset[Hashable] = frozenset()
    found: int = 0
    #: Hears of each clip that has been worked on and is done.
    on_done: Callable[[Hashable], None] = lambda _: None
    _first_frame: float | None = None

    def begin(self, key: Hashable) -> None:
        """A clip is being worked on."""
        if key not in self.running:
            self.running = (*self.running, key)

    def expect(self, key: Hashable, frames: int) -> None:
        """A clip will have so many frames."""
        self.expected = {**self.expected, key: frames}

    def draw(self, key: Hashable, frames: int) -> None:
        """So many frames of a clip are drawn, all in all."""
        if self._first_frame is None:
            self._first_frame = self.clock()
        self.drawn = {**self.drawn, key: frames}

    def find(self, key: Hashable, frames: int) -> None:
        """So many frames of a clip were there before."""
        self.found += frames
        self.drawn = {**self.drawn, key: frames}

    def leave(self, key: Hashable) -> None:
        """A clip is not being worked on any more."""
        self.running = tuple(other for other in self.running if other != key)

    def end(self, key: Hashable) -> None:
        """A clip is done."""
        was_running = key in self.running
        self.leave(key)
        self.done |= {key}
        if was_running:
            self.on_done(key)

    def give_up(self, keys: Collection[Hashable]) -> None:
        """These clips will never be done."""
        self.running = tuple(key for key in self.running if key not in keys)
        self.done -= set(keys)
        self.drawn = {key: frames for key, frames in self.drawn.items() if key not in keys}
        self.clips = {key: name for key, name in self.clips.items() if key not in keys}

    @property
    def frames(self) -> int:
        """Frames that are there."""
        return sum(self.drawn.values())

    @property
    def all_frames(self) -> float:
        """Frames there will be; a clip of unknown length counts as an average one, 0 if none is known."""
        known = self.expected
        average = sum(known.values()) / len(known) if known else 0
        return sum(known.get(key, average) for key in self.clips)

    @property
    def rate(self) -> float:
        """Frames drawn a second, 0 until that can be told."""
        seconds = 0 if self._first_frame is None else self.clock() - self._first_frame
        return (self.frames - self.found) / seconds if seconds > _SOON else 0

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None while there is none."""
        return (self.all_frames - self.frames) / self.rate if self.rate and self.all_frames else None

    @property
    def facts(self) -> str:
        """How far all is: clips, frames, frames a second, time left."""
        facts = [tr("%(done)s of %(all)s clips", done=len(self.done), all=len(self.clips))]
        if self.frames:
            facts += [tr("%(count)s frames", count=callers_language().whole(self.frames))]
        if rate := self.rate:
            facts.append(f"{rate:.0f}/s")
        if (left := self.seconds_left) is not None:
            facts.append(tr("%(time)s left", time=clock(left)))
        return " · ".join(facts)


def tell_lines(tally: Tally, say: Callable[[str], None]) -> None:
    """Say in a plain line what is done whenever a clip is, and no oftener than a hundred times."""
    said = 0

    def tell(key: Hashable) -> None:
        nonlocal said
        parts = min(_LINES, len(tally.clips))
        now = len(tally.done) * parts // len(tally.clips)
        if now > said:
            said = now
            say(tr("%(clip)s done: %(facts)s", clip=tally.clips[key], facts=tally.facts))

    tally.on_done = tell


class FilmDisplay:
    """The tally as one line on a terminal, redrawn in place and gone at the end; elsewhere nothing is shown."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self.tally = tally
        self._shows = console.is_terminal
        self._live = Live(
            get_renderable=self.render, console=console, refresh_per_second=8, transient=True, redirect_stdout=False
        )

    def __enter__(self) -> Self:
        if self._shows:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            self._live.stop()

    def render(self) -> RenderableType:
        """The line: a bar, clips, frames, time left, and the chapters that are being drawn."""
        tally, names = self.tally, self.tally.clips
        running = Text(", ".join(names[key] for key in tally.running), "dim", no_wrap=True, overflow="ellipsis")
        line = Table.grid(padding=(0, 2))
        line.add_row(
            ProgressBar(tally.all_frames or None, tally.frames, width=24, pulse=not tally.frames),
            Text(tally.facts, no_wrap=True),
            running,
        )
        return line


def clock(seconds: float) -> str:
    """A duration for people: minutes and seconds, hours if there are any.

    >>> clock(205.4), clock(3725)
    ('3:25', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
