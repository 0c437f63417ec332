"""Colours by role: a quantity keeps its colour in the network, the tree, the formulas and the captions.

Chapters name roles, never colours. Sign is told by + and − and by solid and dashed lines, size by thickness,
so that nothing rests on hue alone; ``no_hue`` does without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, TypeAlias

from bp_script.entries.look import Look

Colour: TypeAlias = str

#: Which role a quantity's symbol plays.
ROLE_OF_SYMBOL: Mapping[str, str] = MappingProxyType(
    {
        "w": "weight",
        "b": "bias",
        "z": "pre_activation",
        "a": "activation",
        "x": "activation",
        "y": "target",
        "C": "cost",
        "J": "cost",
        "delta": "error",
    }
)


_NO_COLOURS = {"name", "dim", "ground"}


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a film. ``dim`` is how visible something is that is not spoken of (0 to 1)."""

    name: str
    ground: Colour
    ink: Colour
    quiet: Colour
    faint: Colour
    weight: Colour
    bias: Colour
    pre_activation: Colour
    activation: Colour
    target: Colour
    cost: Colour
    error: Colour
    highlight: Colour
    neuron_off: Colour
    neuron_on: Colour
    dim: float = 0.45

    @property
    def colours(self) -> tuple[Colour, ...]:
        """All that it draws in, the ground first."""
        return (self.ground, *(self.role(field.name) for field in fields(self) if field.name not in _NO_COLOURS))

    def role(self, role: str) -> Colour:
        """The colour of a role."""
        colour: Colour = getattr(self, role)
        return colour

    def of_symbol(self, symbol: str) -> Colour:
        """The colour of the quantities with that symbol."""
        return self.role(ROLE_OF_SYMBOL.get(symbol, "ink"))


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        theme.name: theme
        for theme in (
            Theme(
                name="dark",
                ground="#0c0e15",
                ink="#ece6d9",
                quiet="#8b8f9c",
                faint="#4a4e5c",
                weight="#519ecc",
                bias="#ca8cfa",
                pre_activation="#f3a74c",
                activation="#5cd5b5",
                target="#f5df6b",
                cost="#ff6b6b",
                error="#fea2d3",
                highlight="#fff3c4",
                neuron_off="#15181f",
                neuron_on="#ece6d9",
            ),
            Theme(
                name="light",
                ground="#fdfcf8",
                ink="#1c1d22",
                quiet="#666a76",
                faint="#b9bcc6",
                weight="#135e9f",
                bias="#8019e4",
                pre_activation="#b25b02",
                activation="#0b735a",
                target="#675100",
                cost="#bc2132",
                error="#ae2674",
                highlight="#3a2f00",
                neuron_off="#ffffff",
                neuron_on="#55585f",
                dim=0.55,
            ),
            Theme(
                name="high_contrast",
                ground="#000000",
                ink="#ffffff",
                quiet="#c8c8c8",
                faint="#8a8a8a",
                weight="#66a8d0",
                bias="#e0b3ff",
                pre_activation="#fbb95e",
                activation="#6ffeda",
                target="#fff47b",
                cost="#ff8a8a",
                error="#f9b6dd",
                highlight="#ffffff",
                neuron_off="#000000",
                neuron_on="#ffffff",
                dim=0.55,
            ),
            Theme(
                name="no_hue",
                ground="#0b0b0b",
                ink="#f2f2f2",
                quiet="#9a9a9a",
                faint="#565656",
                weight="#d4d4d4",
                bias="#b8b8b8",
                pre_activation="#c6c6c6",
                activation="#f2f2f2",
                target="#e2e2e2",
                cost="#ffffff",
                error="#d8d8d8",
                highlight="#ffffff",
                neuron_off="#141414",
                neuron_on="#f2f2f2",
            ),
        )
    }
)


def theme_of(look: Look) -> Theme:
    """A lesson's colours: its theme's, and its own in place of some."""
    own: Mapping[str, Any] = look.colours.given
    return replace(THEMES[look.theme], **own)
