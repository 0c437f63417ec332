"""The site's colours, from the films' own themes: for pages, and for code."""

from __future__ import annotations

from typing import ClassVar

from pygments.style import Style
from pygments.token import Comment, Error, Generic, Keyword, Literal, Name, Number, Operator, Punctuation, String, Token
from pygments.token import _TokenType as TokenType

from bp_studio.page.look import palette
from scenes.kit.theme import THEMES, Theme


def style_sheet() -> str:
    """Each role's colour in the light and in the dark."""
    return f"/* From scenes/kit/theme.py. */\n{palette(THEMES['dark'])}\n"


def _styles(theme: Theme) -> dict[TokenType, str]:
    return {
        Token: theme.ink,
        Punctuation: theme.quiet,
        Operator: theme.quiet,
        Comment: f"italic {theme.quiet}",
        Keyword: theme.bias,
        Name: theme.ink,
        Name.Tag: theme.weight,
        Name.Builtin: theme.weight,
        Name.Function: theme.weight,
        Name.Class: theme.weight,
        Name.Decorator: theme.error,
        Name.Namespace: theme.ink,
        String: theme.activation,
        Literal: theme.pre_activation,
        Number: theme.pre_activation,
        Generic.Prompt: theme.quiet,
        Generic.Output: theme.quiet,
        Error: theme.cost,
    }


class Dark(Style):
    """Code on the ground of the films."""

    background_color = THEMES["dark"].ground
    styles: ClassVar[dict[TokenType, str]] = _styles(THEMES["dark"])


class Light(Style):
    """Code on paper."""

    background_color = THEMES["light"].ground
    styles: ClassVar[dict[TokenType, str]] = _styles(THEMES["light"])
