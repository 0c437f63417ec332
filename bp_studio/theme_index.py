"""The themes for the documentation: how well each is read and told apart, and one picture in each as people see it.

``python -m bp_studio.theme_index DOCS`` writes the table of ``themes.md`` there and the pictures in ``themes/``; with
``--figures`` only the table.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from bp_script.lesson import load
from bp_script.shipped import lesson_path
from bp_studio.clips import ClipTask
from bp_studio.fullest import fullest
from bp_studio.small_png import save_small
from bp_studio.workers import Job, Workers, results
from scenes.kit.sight import LETTERED, SIGHTS, TOLD_APART, contrast, difference, seen, without_hue
from scenes.kit.theme import THEMES

#: The picture that is shown in each theme.
_LESSON, _CHAPTER = "backpropagation_calculus", "nudge"
_WIDTH = 640
_START, _END = "<!-- table -->\n", "<!-- /table -->"


def table() -> str:
    """The measured table: a row for each theme."""
    head = ["theme", "least contrast of a role", "nearest two quantities", *SIGHTS[1:]]
    rows = [head, ["---"] + ["--:"] * (len(head) - 1)]
    for name, theme in THEMES.items():
        faintest, role = min((contrast(theme.role(role), theme.ground), role) for role in LETTERED)
        cells = [f"`{name}`", f"{faintest:.1f}:1, {_plain(role)}"]
        for sight in SIGHTS:
            pairs = combinations(TOLD_APART, 2)
            least, one, other = min((difference(theme.role(a), theme.role(b), sight), a, b) for a, b in pairs)
            cells.append("by letters" if without_hue(name) else f"{least:.1f}, {_plain(one)} and {_plain(other)}")
        rows.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(_START)
    return f"{before}{_START}{table()}{_END}{rest.partition(_END)[2]}"


def draw(folder: Path) -> None:
    """Draw the picture in each theme: as it is, without red cones, without green cones, side by side.

    Raises:
        Troubles: it could not be drawn.
    """
    lesson = load(lesson_path(_LESSON))
    call = next(call for call in lesson.chapters if call.called == _CHAPTER)
    with tempfile.TemporaryDirectory() as scratch, Workers(1, Path(scratch)) as workers:
        for name in THEMES:
            themed = replace(lesson, look=lesson.look.model_copy(update={"theme": name}))
            task = ClipTask(themed, call, "m")
            workers.add([Job(name, "bp_studio.rendering:take_stills", (task, Path(scratch) / name))])
        for name, stills in results(workers, lambda _, trouble: trouble):
            _as_seen(fullest([path for _, path in stills]), folder / f"{name}.png")


def _as_seen(still: Path, target: Path) -> None:
    with Image.open(still) as picture:
        small = picture.convert("RGB").resize(
            (_WIDTH, _WIDTH * picture.height // picture.width), Image.Resampling.LANCZOS
        )
    views = [seen(np.asarray(small), sight) for sight in SIGHTS]
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(views, axis=1)).save(target)
    save_small(target, target)


def _plain(role: str) -> str:
    return {"pre_activation": "z"}.get(role, role)


def main(docs: Path, *, pictures: bool) -> None:
    """Write the table, and the pictures if they are wanted."""
    page = docs / "themes.md"
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
    if pictures:
        draw(docs / "themes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), pictures="--figures" not in sys.argv[2:])
