"""How colours are seen: their contrast, how far apart they are, and what is left of that without red or green cones.

The contrast is WCAG 2.1's, the difference CIEDE2000 (Sharma, Wu and Dalal 2005, doi:10.1002/col.20070): 1 is about
what can just be seen, side by side. Sight without the red cones (protanopia) or the green ones (deuteranopia) is
simulated by the matrices of Machado, Oliveira and Fernandes 2009 (doi:10.1109/TVCG.2009.113) at full severity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bp_script.language import N_
from bp_script.language.caller import callers_language, tr
from scenes.kit.theme import THEMES, Colour, Theme, theme_of

if TYPE_CHECKING:
    from bp_core.arrays import Array
    from bp_script.entries.look import Look

#: WCAG's AA for text.
LEAST_CONTRAST = 4.5
#: So far apart are two colours that have to be told apart, by anybody.
LEAST_DIFFERENCE = 8.0
#: The roles that letters have.
LETTERED = (
    "ink", "quiet", "weight", "bias", "pre_activation", "activation", "target", "cost", "error", "highlight",
)  # fmt: skip
#: What is drawn somewhere without a letter to say what it is, beside another of these: edges of weights, bows of
#: biases, rings of neurons, pulses forward and back, halos.
TOLD_APART = ("weight", "bias", "pre_activation", "activation", "target", "cost", "error")

#: How people see, and what is said of a colour that is not told apart so.
_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "all cones": N_("looks like %(other)s (a difference of %(difference)s, under %(least)s)"),
        "no red cones": N_("looks like %(other)s with protanopia (a difference of %(difference)s, under %(least)s)"),
        "no green cones": N_(
            "looks like %(other)s with deuteranopia (a difference of %(difference)s, under %(least)s)"
        ),
    }
)
SIGHTS = tuple(_ALIKE)
_CONES: Mapping[str, Array] = MappingProxyType(
    {
        "all cones": np.eye(3),
        "no red cones": np.array(
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        "no green cones": np.array(
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
    }
)
#: From linear sRGB to CIE XYZ, and its white, D65 (IEC 61966-2-1).
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_FAR = 25.0**7


@dataclass(frozen=True, slots=True)
class Alike:
    """Two roles whose colours are too near to each other, to those who see so."""

    one: str
    other: str
    sight: str
    difference: float

    def __str__(self) -> str:
        number = callers_language().numeral
        return tr(
            _ALIKE[self.sight],
            other=self.other,
            difference=number(f"{self.difference:.1f}"),
            least=number(f"{LEAST_DIFFERENCE:g}"),
        )


def faults(look: Look) -> Iterator[tuple[str, str]]:
    """What is wrong with a lesson's own colours: the role, and a message.

    Two of the theme's own are never compared: what tells them apart is the theme's affair.
    """
    theme, own = theme_of(look), look.colours.given
    for role in LETTERED:
        ratio = contrast(theme.role(role), theme.ground)
        if (role in own or "ground" in own) and ratio < LEAST_CONTRAST:
            yield (
                role,
                tr(
                    "has too little contrast with the ground (%(ratio)s:1, under %(least)s:1)",
                    ratio=callers_language().numeral(f"{ratio:.1f}"),
                    least=callers_language().numeral(f"{LEAST_CONTRAST:g}"),
                ),
            )
    both = without_hue(look.theme)
    for alike in likenesses(theme):
        ours = {alike.one, alike.other} & {*own}
        if len(ours) > both:
            yield (alike.one, str(alike)) if alike.one in ours else (alike.other, str(_turned(alike)))


def without_hue(theme: str) -> bool:
    """Whether a theme tells quantities apart by letters and lines alone."""
    colours = {THEMES[theme].role(role) for role in TOLD_APART}
    return all(len({*bytes.fromhex(colour[1:])}) == 1 for colour in colours)


def likenesses(theme: Theme) -> Iterator[Alike]:
    """The pairs that are too near to each other, once each, to those who see them worst."""
    for one, other in combinations(TOLD_APART, 2):
        apart = {sight: difference(theme.role(one), theme.role(other), sight) for sight in SIGHTS}
        sight = min(apart, key=apart.__getitem__)
        if apart[sight] < LEAST_DIFFERENCE:
            yield Alike(one, other, sight, apart[sight])


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours by WCAG 2.1, from 1 to 21."""
    return rgb_contrast(_bytes(one) / 255, _bytes(other) / 255)


def rgb_contrast(one: Array, other: Array) -> float:
    """The contrast ratio of two colours as red, green and blue from 0 to 1."""
    dark, light = sorted(float(_TO_XYZ[1] @ _linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def difference(one: Colour, other: Colour, sight: str = "all cones") -> float:
    """How far apart two colours are for those who see so, by CIEDE2000."""
    return ciede2000(_lab(one, sight), _lab(other, sight))


def seen(pixels: Array, sight: str) -> Array:
    """What those who see so make of a picture, an array of … × 3 bytes."""
    linear = np.clip(_linear(pixels.astype(np.float64) / 255) @ _CONES[sight].T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(coded * 255).astype(np.uint8)


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The difference of two colours in CIELAB; the names are those of the paper."""
    (L1, a1, b1), (L2, a2, b2) = one, other
    C7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    G = (1 - np.sqrt(C7 / (C7 + _FAR))) / 2
    a1, a2 = (1 + G) * a1, (1 + G) * a2
    C1, C2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if C1 * C2 else 0.0
    h = (h1 + turn / 2) % 360 if C1 * C2 else h1 + h2
    L, C = (L1 + L2) / 2, (C1 + C2) / 2
    T = 1 - 0.17 * _cos(h - 30) + 0.24 * _cos(2 * h) + 0.32 * _cos(3 * h + 6) - 0.20 * _cos(4 * h - 63)
    SL, SC, SH = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2), 1 + 0.045 * C, 1 + 0.015 * C * T
    RC = 2 * np.sqrt(C**7 / (C**7 + _FAR))
    RT = -RC * np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    dL, dC = (L2 - L1) / SL, (C2 - C1) / SC
    dH = 2 * np.sqrt(C1 * C2) * np.sin(np.radians(turn / 2)) / SH
    return float(np.sqrt(dL**2 + dC**2 + dH**2 + RT * dC * dH))


def _turned(alike: Alike) -> Alike:
    return Alike(alike.other, alike.one, alike.sight, alike.difference)


@lru_cache(maxsize=1024)
def _lab(colour: Colour, sight: str) -> tuple[float, float, float]:
    linear = np.clip(_CONES[sight] @ _linear(_bytes(colour) / 255), 0, 1)
    share = _TO_XYZ @ linear / _WHITE
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def _bytes(colour: Colour) -> Array:
    return np.array([*bytes.fromhex(colour.removeprefix("#"))], np.float64)


def _linear(coded: Array) -> Array:
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def _cos(degrees: float) -> float:
    return float(np.cos(np.radians(degrees)))
