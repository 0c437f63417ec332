"""``tests/english_captions.json``: what the shipped films say in English, caption by caption.

Translations leave it as it is; where a chapter is to say something else, ``python -m tests.house.english --write``
writes the file anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bp_script.chapters import CUSTOM
from scenes.registry import chapter_class, chapter_names
from tests.rehearsals import rehearsed

FILE = Path(__file__).parents[1] / "english_captions.json"


def said(chapter: str) -> list[str]:
    """The title of a chapter and its captions, in the lesson that it is made for."""
    clip = rehearsed(chapter_class(chapter).example_lesson, chapter)
    return [clip.title, *(caption.text for caption in clip.captions)]


def main() -> None:
    """Write what is said today."""
    told = {name: said(name) for name in chapter_names() if name != CUSTOM}
    FILE.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    main()
