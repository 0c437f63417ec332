"""One still of each chapter for the documentation, small enough to be kept with it, and the page that shows them.

``python -m bp_studio.gallery STILLS GALLERY`` takes the folders that ``bp stills`` leaves for the shipped lessons and
keeps of each chapter the still that shows most.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter, ImageStat

from bp_script.shipped import example_names, lesson_names
from bp_studio.contact_sheet import contact_sheet
from bp_studio.lessons import load_for_pictures, own_names
from bp_studio.small_png import save_small
from scenes.registry import chapter_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bp_script.lesson import Lesson

_SHORT = "Short lessons that show one thing each"
_INTRODUCTION = """\
# Gallery

A still of each chapter of the shipped lessons; `scripts/gallery` draws them and writes this page.
"""


def fullest(stills: Sequence[Path]) -> Path:
    """The still with most drawn on it; of equals the later one."""
    return max(sorted(stills), key=lambda path: (round(_drawn(path), 2), path.name))


def keep_pictures(stills: Path, gallery: Path, lesson: Lesson) -> list[Path]:
    """Keep a picture of each chapter of a lesson, and no other in the lesson's folder; returns the pictures."""
    folder = gallery / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    kept = [folder / f"{name}.png" for name in own_names(lesson.chapters)]
    for target in kept:
        save_small(fullest(list((stills / lesson.name / target.stem).glob("*.png"))), target)
    for picture in set(folder.glob("*.png")) - set(kept):
        picture.unlink()
    return kept


def keep_examples(stills: Path, gallery: Path, examples: Sequence[Lesson]) -> Path:
    """Keep one picture of all short lessons, the fullest still of each; returns it."""
    chosen = [(lesson.title, fullest(list((stills / "examples" / lesson.name).glob("*/*.png")))) for lesson in examples]
    target = gallery / "examples.png"
    contact_sheet(_SHORT, chosen, target)
    save_small(target, target)
    return target


def gallery_page(lessons: Sequence[Lesson], examples: Sequence[Lesson]) -> str:
    """The page that shows the pictures, lesson by lesson."""
    names = ", ".join(f"`{lesson.name}`" for lesson in examples)
    short = f"## Short lessons\n\nIn `lessons/examples/`: {names}.\n\n![{_SHORT}](examples.png)\n"
    return "\n".join([_INTRODUCTION, *(part for lesson in lessons for part in _of(lesson)), short])


def _of(lesson: Lesson) -> list[str]:
    parts = [f"## {lesson.title}\n\n`lessons/{lesson.name}.yaml`\n"]
    for call, name in zip(lesson.chapters, own_names(lesson.chapters), strict=True):
        chapter = chapter_class(call.name)
        parts.append(f"### {name}\n\n{chapter.summary()}\n\n![{chapter.title}]({lesson.name}/{name}.png)\n")
    return parts


def _drawn(path: Path) -> float:
    """How much is written and drawn, as the mean contrast at edges: of a bright neuron only its rim counts."""
    with Image.open(path) as still:
        return float(ImageStat.Stat(still.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0])


def main(stills: Path, gallery: Path) -> None:
    """Make the gallery of the shipped lessons."""
    lessons, examples = load_for_pictures(lesson_names()), load_for_pictures(example_names())
    for lesson in lessons:
        keep_pictures(stills, gallery, lesson)
    keep_examples(stills, gallery, examples)
    (gallery / "README.md").write_text(gallery_page(lessons, examples), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
