"""Clips in a notebook: a lesson, a mapping or a file, and the chapter to play."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bp_script.language import language_of
from bp_script.language.caller import tr
from bp_script.language.catalogues import SOURCE
from bp_script.lesson import Lesson, lesson_from
from bp_studio.cache import Cache, default_folder
from bp_studio.errors import StudioError, Trouble, UsageError
from bp_studio.lessons import chosen, load_for_pictures, with_cards
from bp_studio.production import clip_names, make_films, scratch_folder
from bp_studio.progress import Tally
from bp_studio.work import Order
from bp_studio.workers import Workers
from scenes.registry import chapter_names

if TYPE_CHECKING:
    from bp_studio.film_record import FilmRecord


@dataclass(frozen=True)
class PlayedClip:
    """A film that a notebook plays where it stands; ``record`` tells its numbers, equations and captions."""

    content: bytes
    captions: str
    record: FilmRecord
    language: str = SOURCE

    def save(self, path: str | Path) -> Path:
        """Write the film to a file."""
        place = Path(path)
        place.write_bytes(self.content)
        return place

    def _repr_html_(self) -> str:
        """A player with captions; everything is inside, so that the notebook can be passed on."""
        film, words = _embedded("video/mp4", self.content), _embedded("text/vtt", self.captions.encode())
        label = language_of(self.language).tr("Captions")
        track = f'<track kind="captions" srclang="{self.language}" label="{label}" src="{words}" default>'
        first = self.record.clips[0]
        size = f'width="{first.width}" height="{first.height}" style="max-width: 100%; height: auto"'
        return f'<video controls {size}><source type="video/mp4" src="{film}">{track}</video>'

    def __repr__(self) -> str:
        names = ", ".join(clip.chapter for clip, _, _ in self.record.chapters)
        return f"<{self.record.lesson}: {names}, {self.record.duration:.1f} s>"


def show(
    lesson: Lesson | Mapping[str, Any] | str | Path,
    *,
    chapter: str | None = None,
    quality: str = "l",
    jobs: int = 1,
    allow_python: bool = False,
) -> PlayedClip:
    """Render a lesson, or one of its chapters, and play it.

    Args:
        lesson: a file, the name of a lesson that comes with the program, a mapping as the YAML file would hold it, or a
            lesson that was built already.
        chapter: the name of one of its chapters, or of any chapter there is; None is the whole film.
        quality: l, m, h, p or k, as for ``bp render``.
        jobs: how many processes draw side by side.
        allow_python: run chapters in Python files beside the lesson.

    Raises:
        LessonErrors: what is wrong with the lesson.
        UsageError: there is no such file or chapter.
        StudioError: the film could not be made.
    """
    built = _lesson(lesson, allow_python=allow_python)
    if chapter is None:
        calls = with_cards(built)
    elif chapter in {call.called for call in built.chapters}:
        calls = chosen(built, [chapter])
    elif chapter in chapter_names():
        calls = (built.plain_call(chapter),)
    else:
        raise UsageError(tr("no chapter %(name)s: bp chapters lists them", name=repr(chapter)))
    with tempfile.TemporaryDirectory() as folder:
        order = Order(built, calls, quality, "mp4", Path(folder) / "film")
        with scratch_folder([order.folder]) as scratch, Workers(jobs, scratch) as workers:
            (made,) = make_films([order], workers, Tally(clip_names([order])), Cache(default_folder()))
        if isinstance(made, Trouble):
            raise StudioError("; ".join(made.lines))
        captions = made.path.with_suffix(".vtt").read_text("utf-8")
        return PlayedClip(made.path.read_bytes(), captions, made.record, built.look.language)


def _lesson(said: Lesson | Mapping[str, Any] | str | Path, *, allow_python: bool) -> Lesson:
    if isinstance(said, Lesson):
        return said
    if isinstance(said, Mapping):
        return lesson_from(said, folder=Path.cwd(), known_chapters=chapter_names())
    return load_for_pictures([str(said)], allow_python=allow_python)[0]


def _embedded(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
