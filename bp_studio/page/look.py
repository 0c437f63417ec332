"""The colours of a page: those of the films' themes, a dark and a light one."""

from __future__ import annotations

from dataclasses import fields

from bp_studio.page.symbols import DEEPEST, DEPTH_STEP
from scenes.kit.theme import THEMES, Theme

#: What a theme has a colour for.
_ROLES = [field.name for field in fields(Theme) if field.name not in {"name", "dim"}]


def palette(own: Theme) -> str:
    """A style that says each role's colour in the light and in the dark; the lesson's own theme is one of the two."""
    dark, light = (THEMES["dark"], own) if is_light(own) else (own, THEMES["light"])
    colours = (f"--{css(role)}: light-dark({light.role(role)}, {dark.role(role)});" for role in _ROLES)
    lines = [f":root {{ {' '.join(colours)} }}"]
    lines.append(f":root {{ --film-mark: {own.highlight}; --film-ground: {own.ground} }}")
    lines += (f".role-{css(role)} {{ --role: var(--{css(role)}) }}" for role in _ROLES)
    lines += (f".d{depth} {{ vertical-align: {-depth * DEPTH_STEP:.2f}em }}" for depth in range(DEEPEST + 1))
    return "\n".join(lines)


def css(role: str) -> str:
    """A role's name in a style."""
    return role.replace("_", "-")


def is_light(theme: Theme) -> bool:
    """Whether a theme's ground is lighter than its ink."""
    return _brightness(theme.ground) > _brightness(theme.ink)


def _brightness(colour: str) -> int:
    return sum(bytes.fromhex(colour.removeprefix("#")))
