"""The handout: a still and the words of every step, as a PDF to print."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bp_studio.house import logo_code
from bp_studio.small_png import save_small
from scenes.kit.letters.compiler import compiled
from scenes.kit.letters.face import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.lesson import Lesson
    from bp_studio.film_record import Step

_LAYOUT = Path(__file__).with_suffix(".typ")


def handout(lesson: Lesson, steps: Sequence[Step], stills: Sequence[Path], folder: Path) -> bytes:
    """The PDF.

    Args:
        lesson: whose film it is.
        steps: of the film.
        stills: one for each of them.
        folder: an empty one, for what is needed on the way.
    """
    pictures = [f"{number:03}.png" for number in range(1, len(stills) + 1)]
    for still, picture in zip(stills, pictures, strict=True):
        save_small(still, folder / picture)
    told = json.dumps(_told(lesson, steps, pictures), ensure_ascii=False)
    (folder / "handout.json").write_text(told, encoding="utf-8")
    font = "" if lesson.house.font is None else Face.of(lesson.house.font).listed
    own = f"#let own = ({font})\n#let logo = {logo_code(lesson.house) or 'none'}\n"
    source = own + _LAYOUT.read_text(encoding="utf-8")
    return compiled(source, "pdf", root=folder)[0]


def _told(lesson: Lesson, steps: Sequence[Step], pictures: Sequence[str]) -> dict[str, Any]:
    chapters = []
    numbered = list(zip(range(1, len(steps) + 1), steps, pictures, strict=True))
    for clip, own in groupby(numbered, key=lambda each: each[1].clip):
        told = [{"number": str(number), "words": step.words, "picture": picture} for number, step, picture in own]
        chapters.append({"title": "" if clip.is_card else clip.title, "steps": told})
    first = steps[0].clip
    return {
        "title": lesson.title,
        "language": lesson.look.language.partition("-")[0],
        "aspect": first.width / first.height,
        "chapters": chapters,
    }
