"""Regions lie inside the frame, do not overlap, and hold what is put into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Rectangle

from scenes.kit.manim_door import FRAMES
from scenes.kit.stage import MARGIN, Region, Stage


def overlap(one: Region, other: Region) -> bool:
    apart = one.right <= other.left or other.right <= one.left or one.top <= other.bottom or other.top <= one.bottom
    return not apart


@pytest.mark.parametrize("shape", FRAMES)
@pytest.mark.parametrize("drawn", [False, True])
def test_regions_keep_to_the_frame_and_apart(shape: str, drawn: bool) -> None:
    width, height = FRAMES[shape]
    stage = Stage(width, height, captions_drawn=drawn)
    for name, region in stage.regions.items():
        assert region.left >= -width / 2 + MARGIN - 1e-9, name
        assert region.right <= width / 2 - MARGIN + 1e-9, name
        assert region.bottom >= -height / 2, name
        assert region.top <= height / 2 - MARGIN + 1e-9, name
    apart = ["title", "diagram", "side", "formula", *(["caption"] if drawn else [])]
    for i, one in enumerate(apart):
        assert not any(overlap(stage[one], stage[other]) for other in apart[i + 1 :])


@given(st.floats(0.1, 40), st.floats(0.1, 40), st.floats(0, 1), st.floats(0, 1))
def test_what_is_placed_fits(width: float, height: float, across: float, up: float) -> None:
    stage = Stage(*FRAMES["16:9"])
    placed = stage.place(Rectangle(width=width, height=height), "side", across=across, up=up)
    room = stage["side"]
    assert room.left - 1e-6 <= placed.get_left()[0]
    assert placed.get_right()[0] <= room.right + 1e-6
    assert room.bottom - 1e-6 <= placed.get_bottom()[1]
    assert placed.get_top()[1] <= room.top + 1e-6
    assert placed.width <= width + 1e-9
