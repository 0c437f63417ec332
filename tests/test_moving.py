"""What is drawn anew at every frame, and what is drawn once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from manim import Dot, Mobject, VGroup, Wait, tempconfig

from bp_core import Cost, Example, Network, trace
from bp_core.quantities import a, b
from bp_script.language import language_of
from scenes.kit.door.cheap import cheap_manim
from scenes.kit.film.recorder import Screen
from scenes.kit.letters.number import Value
from scenes.kit.manim_door import FrameClock
from scenes.kit.motion.running import RunningNudge, following
from scenes.kit.view import View


def test_what_moves_is_drawn_with_its_parts_of_the_moment() -> None:
    scene = FrameClock()
    before, running, after = Dot(), VGroup(VGroup(Dot())), Dot()
    running[0].add_updater(lambda _: None)
    scene.add(before, running, after)
    moving, still = scene.get_moving_and_static_mobjects([Wait()])
    assert moving == [running, after], "the whole, not the parts that it has at first"
    assert still == [before]


def test_nothing_moves() -> None:
    scene = FrameClock()
    dot = Dot()
    scene.add(dot)
    assert scene.get_moving_and_static_mobjects([Wait()]) == ([], [dot])


class RunningValue(Value):
    """A number that runs by itself."""

    def follow(self, view: View) -> Value:
        return self.show(view)


def test_a_number_that_crosses_zero_keeps_its_form_until_it_rests() -> None:
    view = View(trace(Network([[[1.0]]], [[-0.5]], "linear"), Cost("squared_error"), [Example([0.5], [1.0])]))
    nudge = RunningNudge(view, b(1, 0))
    value = RunningValue(view, a(1, 0))
    with following(nudge, value):
        nudge.set_value(0.0012)
        value.update()
        assert value.shown.text == "0.00"
    assert value.shown.text == "1.2e-3"
    assert replace(view, passing=True).shown(b(1, 0)).text == "-0.50"


class FollowingDot(Dot):
    """Moves as far to the right as the bias changes."""

    def follow(self, view: View) -> FollowingDot:
        self.set_x(view.value(b(1, 0)))
        return self


class FollowingPair(VGroup):
    """The same of two dots, as a whole."""

    steps = 0

    def follow(self, view: View) -> FollowingPair:
        self.steps += 1
        self.set_x(view.value(b(1, 0)))
        return self


def nudge_of_a_bias() -> RunningNudge:
    view = View(trace(Network([[[1.0]]], [[-0.5]], "linear"), Cost("squared_error"), [Example([0.5], [1.0])]))
    return RunningNudge(view, b(1, 0))


@pytest.mark.parametrize("run", [nullcontext, cheap_manim])
def test_a_part_follows_as_a_whole_does(run: Callable[[], AbstractContextManager[None]], tmp_path: Path) -> None:
    nudge, part, alone = nudge_of_a_bias(), FollowingDot(), FollowingDot()
    taken_apart = FollowingPair(Dot(), Dot())
    seen: list[float] = []

    def note(dot: Mobject) -> None:
        seen.append(dot.get_x())

    class Parts(FrameClock):
        def construct(self) -> None:
            self.add(VGroup(VGroup(part, Dot())), alone, *taken_apart)
            with following(nudge, part, alone, taken_apart):
                alone.add_updater(note)
                self.play(nudge.animate.set_value(1.0))
                alone.remove_updater(note)

    with run(), tempconfig({"dry_run": True, "media_dir": str(tmp_path), "progress_bar": "none"}):
        Parts().render()
    assert part.get_x() == alone.get_x() == taken_apart.get_x() == pytest.approx(0.5)
    assert len({*seen}) > 10, "on the way, too"
    assert taken_apart.steps == len({*seen}) + 1, "once a frame and at rest"
    assert not any(each.updaters for whole in (part, alone, taken_apart) for each in whole.get_family())


def test_what_cannot_follow_says_so() -> None:
    with (
        pytest.raises(TypeError, match=r"VGroup\(FollowingDot\) has no way to follow"),
        following(nudge_of_a_bias(), VGroup(FollowingDot())),
    ):
        pass


def test_what_is_not_on_screen_does_not_stay_behind_in_silence(tmp_path: Path) -> None:
    nudge = nudge_of_a_bias()

    class Away(FrameClock):
        def construct(self) -> None:
            with following(nudge, FollowingDot()):
                self.play(nudge.animate.set_value(1.0))

    with (
        tempconfig({"dry_run": True, "media_dir": str(tmp_path), "progress_bar": "none"}),
        pytest.raises(RuntimeError, match="nothing of FollowingDot is on screen"),
    ):
        Away().render()


def test_a_decimal_comma_hangs_below_the_line_that_the_digits_stand_on() -> None:
    view = View(trace(Network([[[1.0]]], [[-0.5]], "linear"), Cost("squared_error"), [Example([0.5], [1.0])]))
    german = replace(view, language=language_of("de"))
    nudge = RunningNudge(german, b(1, 0))
    point, comma = Value(view, b(1, 0)), RunningValue(german, b(1, 0))
    assert (point.shown.text, comma.shown.text) == ("-0.50", "-0,50")
    screen = Screen(14.2, 8.0, 100.0)
    for change in (0.0, 0.25):
        with following(nudge, comma):
            nudge.set_value(change)
            comma.update()
        digit, mark = comma.submobjects[1], comma.submobjects[2]
        assert (
            comma.baseline == pytest.approx(digit.get_bottom()[1], abs=0.01) == pytest.approx(point.baseline, abs=0.01)
        )
        assert mark.get_bottom()[1] < comma.baseline - 0.02
        assert comma.get_y() == pytest.approx(point.get_y(), abs=0.01)
        assert screen.box(comma)[3] > screen.box(point)[3], "the record has all of it"
