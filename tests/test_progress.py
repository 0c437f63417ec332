"""The display of a run."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bp_studio.progress import FilmDisplay, Tally, clock, tell_lines


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def tally() -> Tally:
    tally = Tally({1: "cost_tree", 2: "nudge", 3: "update"}, Clock())
    tally.expect(1, 100)
    tally.expect(2, 300)
    tally.begin(1)
    tally.draw(1, 10)
    tally.clock.now += 5  # type: ignore[attr-defined]
    tally.draw(1, 100)
    tally.end(1)
    tally.begin(2)
    return tally


def test_time_left_is_the_frames_left_at_the_rate_so_far(tally: Tally) -> None:
    assert tally.frames == 100
    assert tally.rate == 20
    assert tally.all_frames == 100 + 300 + 200  # the unknown one counts as an average one
    assert tally.seconds_left == 25


def test_nothing_is_foretold_before_the_first_frame() -> None:
    tally = Tally({1: "cost_tree"})
    assert (tally.rate, tally.all_frames, tally.seconds_left) == (0, 0, None)


def test_what_the_cache_holds_says_nothing_of_how_fast_frames_come() -> None:
    tally = Tally({1: "nudge"}, Clock())
    tally.begin(1)
    tally.draw(1, 1)
    tally.clock.now += 0.01  # type: ignore[attr-defined]
    tally.draw(1, 539)
    tally.end(1)
    assert (tally.rate, tally.facts) == (0, "1 of 1 clips · 539 frames")


def test_given_up_clips_are_not_waited_for(tally: Tally) -> None:
    tally.give_up({2, 3})
    assert (tally.all_frames, len(tally.clips), tally.running) == (100, 1, ())


def test_the_line_says_what_is_done_and_what_is_left(tally: Tally) -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    console.print(FilmDisplay(tally, console).render())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1 of 3 clips · 100 frames · 20/s · 0:25 left" in text
    assert "nudge" in text
    assert "cost_tree" not in text


@pytest.mark.parametrize("terminal", [True, False])
def test_the_display_is_for_terminals_alone(tally: Tally, terminal: bool) -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=terminal)
    with FilmDisplay(tally, console):
        pass
    assert bool(console.file.getvalue()) is terminal  # type: ignore[attr-defined]


def test_a_line_is_said_for_each_clip_that_was_worked_on() -> None:
    said: list[str] = []
    tally = Tally({1: "kept", 2: "nudge"}, Clock())
    tell_lines(tally, said.append)
    for key in (1, 2):
        tally.expect(key, 100)
    tally.find(1, 100)
    tally.end(1)
    tally.begin(2)
    tally.draw(2, 50)
    tally.clock.now += 5  # type: ignore[attr-defined]
    tally.draw(2, 100)
    tally.end(2)
    tally.end(2)
    assert said == ["nudge done: 2 of 2 clips · 200 frames · 20/s · 0:00 left"]


def test_many_clips_are_told_in_at_most_a_hundred_lines() -> None:
    said: list[str] = []
    tally = Tally({number: f"clip {number}" for number in range(1230)})
    tell_lines(tally, said.append)
    for number in range(1230):
        tally.begin(number)
        tally.end(number)
    assert len(said) == 100
    assert said[-1].startswith("clip 1229 done: 1230 of 1230 clips")


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (205, "3:25"), (3725, "1:02:05")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
