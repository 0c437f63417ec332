"""What each format of a film costs, how large it is and how true: the quick renderer and manim's own by turns.

``python benchmarks/formats.py [--chapter NAME] [--write]``: one chapter, a draft, in every format; two minutes on a
quiet machine. ``--write`` puts the table into docs/formats.md. Every seventh frame is held against that of png.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import av
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bp_script.lesson import load  # noqa: E402
from bp_studio import rendering  # noqa: E402
from bp_studio.clips import ClipTask, StretchTask  # noqa: E402
from bp_studio.film import SUFFIXES  # noqa: E402
from scenes.kit.theme import theme_of  # noqa: E402

PAGE = ROOT / "docs" / "formats.md"
LESSON = ROOT / "lessons" / "backpropagation_calculus.yaml"
QUALITY, FPS = "l", 15
RENDERERS = ("quick", "stock")


def drawn(task: ClipTask, place: Path) -> tuple[float, Path]:
    """A chapter drawn as one piece: CPU seconds, and where it is."""
    place.mkdir(parents=True)
    (stretch,) = rendering.rehearse(task, place, print).stretches()  # a draft of a chapter is one
    begin = time.process_time()
    piece = rendering.draw(StretchTask(task, stretch), place, lambda _: None)
    assert piece.path is not None
    return time.process_time() - begin, piece.path


def size_of(path: Path) -> int:
    """In bytes, of a file or of all files of a folder."""
    return sum(file.stat().st_size for file in (path.iterdir() if path.is_dir() else [path]))


def truth(path: Path, pictures: list[Path], ground: np.ndarray) -> float:
    """The mean PSNR of a clip's frames, laid over the ground where they are transparent."""
    if path.is_dir():
        return float("inf")
    form, found, at = "rgba" if path.suffix == ".mov" else "rgb24", [], 0
    wanted = range(0, len(pictures), 7)
    with av.open(path) as clip:
        before: np.ndarray | None = None
        for shot in chain(clip.decode(video=0), [None]):
            seen = float("inf") if shot is None else float(shot.time or 0)
            while before is not None and at < len(wanted) and (wanted[at] + 0.5) / FPS < seen:
                opacity = before[:, :, 3:] / 255 if form == "rgba" else 1.0
                laid = before[:, :, :3] * opacity + ground * (1 - opacity)
                with Image.open(pictures[wanted[at]]) as picture:
                    off = laid - np.asarray(picture.convert("RGB"), np.float64)
                found.append(10 * np.log10(255**2 / max(float((off**2).mean()), 1e-9)))
                at += 1
            before = None if shot is None else shot.to_ndarray(format=form)
    return float(np.mean(found))


def main() -> None:
    """Measure, print, and write the table if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapter", default="nudge")
    parser.add_argument("--write", action="store_true")
    said = parser.parse_args()
    lesson = load(LESSON)
    call = next(call for call in lesson.chapters if call.called == said.chapter)
    ground = np.array([*bytes.fromhex(theme_of(lesson.look).ground[1:])])
    rows = ["| format | CPU s | manim's | size, MB | manim's | PSNR | manim's |", "|---|--:|--:|--:|--:|--:|--:|"]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        drawn(ClipTask(lesson, call, QUALITY), place / "warm")
        found = {
            (form, renderer): drawn(ClipTask(lesson, call, QUALITY, form, renderer), place / f"{form}-{renderer}")
            for form in ("png", "mp4", "webm", "mov", "gif")
            for renderer in RENDERERS
        }
        pictures = sorted(found["png", "quick"][1].iterdir())
        for form in SUFFIXES:
            both = [found[form, renderer] for renderer in RENDERERS]
            cells = [f"{seconds:.1f}" for seconds, _ in both] + [f"{size_of(path) / 1e6:.2f}" for _, path in both]
            marks = [truth(path, pictures, ground) for _, path in both]
            cells += ["exact" if mark > 100 else f"{mark:.1f}" for mark in marks]
            rows.append(f"| {form} | {' | '.join(cells)} |")
            print(rows[-1], flush=True)
    table = "\n".join(rows)
    if said.write:
        page = PAGE.read_text(encoding="utf-8")
        marked = r"(<!-- formats -->\n).*?(\n<!-- /formats -->)"
        PAGE.write_text(re.sub(marked, lambda m: f"{m[1]}{table}{m[2]}", page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
