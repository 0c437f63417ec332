"""Formulas as SVG by the films' own typesetting: one in the equation language has its quantities' colours."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path

from bp_script.equation_language import parse_equation
from bp_script.lesson import Lesson, load
from bp_studio.page.symbols import ROLES, role_colour
from scenes.kit.letters.compiler import MARGIN, POINTS, PREAMBLE, compiled
from scenes.kit.letters.mathematics import Source, typeset
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.view import View

_COLOUR = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')
_ID = re.compile(r'(id="|href="#|url\(#)(?=[^"#])')


def equation_svg(text: str, lesson: Lesson, name: str) -> str:
    """An equation of the lesson language, in a lesson's notation.

    Args:
        text: of the equation.
        lesson: whose network it is read for.
        name: of the formula, its own on the page.
    """
    view = View(lesson.trace(), ROLES, NOTATIONS[lesson.look.notation], lesson.look.decimals)
    source = Source(view, view.decimals)
    equation = parse_equation(text, view.trace.L)
    both = (equation.left, equation.right)
    sides = [typeset(source, side, (), (number,), first=True) for number, side in enumerate(both)]
    return _svg(" = ".join(sides), " ".join(text.split()), name, source)


def typst_svg(mathematics: str, name: str) -> str:
    """Typst's mathematics as it is."""
    return _svg(" ".join(mathematics.split()), " ".join(mathematics.split()), name, None)


def _svg(mathematics: str, label: str, name: str, source: Source | None) -> str:
    (page,) = compiled(f"{PREAMBLE}$ {mathematics} $", "svg")
    svg = page.decode()
    left, top, width, height = (float(number) for number in re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    box = (left + MARGIN - 1, top + MARGIN - 1, width - 2 * MARGIN + 2, height - 2 * MARGIN + 2)
    body = svg[svg.index(">") + 1 :]

    def colour(match: re.Match[str]) -> str:
        found = "currentColor" if source is None else role_colour(match[2], source)
        return f'{match[1]}="{found}"'

    body = _ID.sub(lambda match: f"{match[1]}{name}-", _COLOUR.sub(colour, body))
    size = f'width="{box[2] / POINTS:.3f}em" height="{box[3] / POINTS:.3f}em"'
    view_box = " ".join(f"{number:.3f}" for number in box)
    head = f'<svg class="formula" role="img" aria-label="{escape(label)}" viewBox="{view_box}" {size}'
    return f'{head} xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body}'


@cache
def lesson_of(path: Path) -> Lesson:
    """The lesson of a file, read once."""
    return load(path)
