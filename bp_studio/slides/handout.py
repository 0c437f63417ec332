"""The handout: a still and the words of every step, as a PDF to print."""

from __future__ import annotations

import json
import shutil
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from bp_studio.house import write_logo
from bp_studio.small_png import save_small
from scenes.kit.letters.face import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.lesson import Lesson
    from bp_studio.film_record import Step

_LAYOUT = Path(__file__).with_suffix(".typ")


def write_handout(lesson: Lesson, steps: Sequence[Step], stills: Sequence[Path], folder: Path, target: Path) -> None:
    """Write the PDF.

    Args:
        lesson: whose film it is.
        steps: of the film.
        stills: one for each of them.
        folder: for what is needed on the way.
        target: the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layout = Path(shutil.copy(_LAYOUT, folder))
    own = None if lesson.house.font is None else Face.of(lesson.house.font)
    told = {
        **_told(lesson, steps, stills, folder),
        "logo": write_logo(lesson.house, folder),
        "font": own and own.family,
    }
    (folder / "handout.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    target.write_bytes(typst.compile(str(layout), root=str(folder), font_paths=[] if own is None else own.fonts))


def _told(lesson: Lesson, steps: Sequence[Step], stills: Sequence[Path], folder: Path) -> dict[str, Any]:
    chapters = []
    numbered = [(number, step, still) for number, (step, still) in enumerate(zip(steps, stills, strict=True), start=1)]
    for clip, own in groupby(numbered, key=lambda each: each[1].clip):
        told = []
        for number, step, still in own:
            picture = folder / f"{number:03}.png"
            save_small(still, picture)
            told.append({"number": str(number), "words": step.words, "picture": picture.name})
        chapters.append({"title": "" if clip.is_card else clip.title, "steps": told})
    first = steps[0].clip
    return {
        "title": lesson.title,
        "language": lesson.look.language.partition("-")[0],
        "aspect": first.width / first.height,
        "chapters": chapters,
    }
