"""Pages are written: one for a film, one that lists several."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bp_script.language import language_of
from bp_studio.house import font_style, logo_source
from bp_studio.page.content import Content
from bp_studio.page.look import palette
from bp_studio.progress import clock
from scenes.kit.theme import theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.language import Language
    from bp_script.lesson import Lesson
    from bp_studio.film_record import FilmRecord

#: The page's scripts, in their order; they are put together.
_SCRIPTS = ("theme.js", "player.js", "captions.js", "transcript.js", "numbers.js", "scrubbers.js", "keys.js", "page.js")
_COURSE_SCRIPTS = ("theme.js",)


@dataclass(frozen=True, slots=True)
class Listed:
    """A film in the list of a course: ``place`` is its folder, seen from the list."""

    lesson: Lesson
    record: FilmRecord
    place: Path

    @property
    def length(self) -> str:
        """How long it is."""
        return clock(self.record.duration)


def film_page(lesson: Lesson, record: FilmRecord, course: Path | None) -> str:
    """The page that plays a film; beside it stand the film and what belongs to it, under the lesson's name.

    Args:
        lesson: whose film it is.
        record: of the film.
        course: the folder of the page that lists this one, seen from here; None if there is none.
    """
    above = None if course is None else (course / "index.html").as_posix()
    content = Content(lesson, record)
    return _page("film.html", lesson, _SCRIPTS, content=content, above=above)


def course_page(films: Sequence[Listed]) -> str:
    """The page that lists films."""
    length = clock(sum(film.record.duration for film in films))
    return _page("course.html", films[0].lesson, _COURSE_SCRIPTS, films=films, length=length)


def _page(template: str, lesson: Lesson, scripts: Sequence[str], **told: object) -> str:
    """A page in the colours and the language of a lesson."""
    language = language_of(lesson.look.language)
    style = f"{palette(theme_of(lesson.look))}\n{_read('style.css')}\n{font_style(lesson.house)}"
    script = f'"use strict";\n{"".join(map(_read, scripts))}'
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "font-src data:; img-src 'self' file: data:; media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )
    style, script = Markup(style), Markup(script)  # noqa: S704 -- our own files
    parts = {"style": style, "script": script, "policy": policy, "logo": logo_source(lesson.house)}
    return _templates(language).get_template(template).render(**parts, **told, lesson=lesson, language=language)


def replace_page(page: str, folder: Path, scratch: Path) -> Path:
    """Leave a page in a folder as its index; never half of it."""
    half = scratch / "index.html"
    half.write_text(page, encoding="utf-8")
    return half.replace(folder / half.name)


def _templates(language: Language) -> Environment:
    def tr(message: str, /, **parts: object) -> Markup:
        said = escape(language.tr(message))
        return said % parts if parts else said

    def tr_n(singular: str, plural: str, n: int, /) -> Markup:
        return escape(language.tr_n(singular, plural, n))

    environment = Environment(
        loader=PackageLoader("bp_studio", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["numeral"] = numeral_markup
    environment.globals |= {"tr": tr, "tr_n": tr_n}
    return environment


def numeral_markup(text: str) -> Markup:
    """A numeral with a real minus, and a power of ten as one.

    >>> numeral_markup("-1.2e-4")
    Markup('−1.2 · 10<sup>−4</sup>')
    """
    mantissa, _, exponent = text.replace("-", "−").partition("e")
    return Markup("{} · 10<sup>{}</sup>").format(mantissa, exponent) if exponent else escape(mantissa)


def _read(name: str) -> str:
    return resources.files("bp_studio").joinpath("page", name).read_text(encoding="utf-8")


def _hash(inline: str) -> str:
    """What the policy calls an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode('ascii')}'"
