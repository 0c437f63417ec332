"""What is drawn anew at every frame, and what is drawn once."""

from __future__ import annotations

from manim import Dot, VGroup, Wait

from scenes.kit.manim_door import FrameClock


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
