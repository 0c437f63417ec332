"""Themes are read by everybody: contrast, and colours apart also without red or green cones."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

from bp_script.entries.look import Colours, Look
from bp_script.lesson import load
from bp_script.shipped import lesson_path
from bp_studio.commands import check
from bp_studio.theme_index import with_table
from scenes.kit.sight import (
    LEAST_DIFFERENCE,
    SIGHTS,
    TOLD_APART,
    ciede2000,
    contrast,
    difference,
    faults,
    likenesses,
    seen,
    without_hue,
)
from scenes.kit.theme import THEMES

Lab: TypeAlias = tuple[float, float, float]

#: Table 1 of Sharma, Wu and Dalal (2005), doi:10.1002/col.20070: two colours in CIELAB and their difference.
SHARMA: list[tuple[Lab, Lab, float]] = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
    ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_the_difference_is_that_of_the_published_table(one: Lab, other: Lab, apart: float) -> None:
    assert ciede2000(one, other) == pytest.approx(apart, abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(apart, abs=5e-5)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


def test_grey_stays_grey_whatever_cones_there_are() -> None:
    greys = np.array([[level] * 3 for level in range(256)], np.uint8)
    for sight in SIGHTS:
        assert np.abs(seen(greys, sight).astype(int) - greys).max() <= 1


def test_red_and_green_come_near_each_other_without_either_cones() -> None:
    # the classic pair: far apart, and nearly one to those without red or green cones
    assert difference("#c05050", "#5c8a3c") > 40
    assert difference("#c05050", "#5c8a3c", "no green cones") < 20


@pytest.mark.parametrize("name", [name for name in THEMES if not without_hue(name)])
def test_quantities_are_told_apart_by_everybody(name: str) -> None:
    assert not list(map(str, likenesses(THEMES[name])))


def test_one_theme_does_without_hue() -> None:
    assert [name for name in THEMES if without_hue(name)] == ["no_hue"]


def test_the_least_difference_is_of_all_pairs_and_all_sights() -> None:
    theme = THEMES["dark"]
    apart = [
        difference(theme.role(one), theme.role(other), sight)
        for one, other in combinations(TOLD_APART, 2)
        for sight in SIGHTS
    ]
    assert LEAST_DIFFERENCE <= min(apart) < LEAST_DIFFERENCE + 1


def test_own_colours_are_told_what_is_wrong_with_them() -> None:
    look = Look(theme="light", colours=Colours(weight="#8a2be2", bias="#8f2fe0", cost="#ffe0e0"))
    found = dict(faults(look))
    assert found["cost"] == "has too little contrast with the ground (1.2:1, under 4.5:1)"
    assert "looks like bias" in found["weight"]


def test_own_colours_of_a_theme_without_hue_are_held_to_each_other_alone() -> None:
    assert not list(faults(Look(theme="no_hue", colours=Colours(weight="#d0d0d0"))))
    both = Look(theme="no_hue", colours=Colours(weight="#d0d0d0", bias="#cccccc"))
    assert [role for role, _ in faults(both)] == ["weight"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_alone_has_no_faults(theme: str) -> None:
    assert not list(faults(Look(theme=theme)))


def test_bp_check_tells_them_with_their_place() -> None:
    lesson = load(lesson_path("two_two_one"))
    report = check._Report(replace(lesson, look=Look(colours=Colours(weight="#c58af0", target="#303030"))))
    report.check_colours()
    contrast_line, alike = report.lines()
    assert contrast_line.endswith("look.colours.target: has too little contrast with the ground (1.5:1, under 4.5:1)")
    assert "look.colours.weight: looks like bias" in alike


def test_the_documented_table_is_as_measured() -> None:
    page = Path("docs/themes.md").read_text(encoding="utf-8")
    assert with_table(page) == page
