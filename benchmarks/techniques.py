"""What each technique of the quick renderer gains: CPU seconds of one process, with it and without it by turns.

``python benchmarks/techniques.py [--rounds N] [--chapters NAME…] [--write]``: a stretch of each chapter, at 1080p60;
three chapters take about four minutes a round. ``--write`` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bp_script.lesson import load  # noqa: E402
from bp_studio import rendering  # noqa: E402
from bp_studio.clips import ClipTask, StretchTask  # noqa: E402
from scenes.kit.door.techniques import names  # noqa: E402

PAGE = ROOT / "docs" / "performance.md"
LESSON = ROOT / "lessons" / "backpropagation_calculus.yaml"
SAYS = {
    "tiles": "only the tiles that have changed are drawn",
    "layers": "what stands still is a layer of its own",
    "parts": "only the tiles that have changed are converted to YUV",
    "stills": "what stands still is written without x264",
    "hints": "x264 is told what has not changed",
    "x264": "x264 at `ultrafast`, `qp 24`",
    "cheap": "manim's own answers at less cost",
}


def stretch_of(chapter: str, place: Path, quality: str) -> Callable[[], float]:
    """Draws the middle stretch of a chapter; returns the CPU seconds it took."""
    lesson = load(LESSON)
    call = next(call for call in lesson.chapters if call.name == chapter)
    task = ClipTask(lesson, call, quality)
    stretches = rendering.rehearse(task, place, print).stretches()
    stretch = stretches[len(stretches) // 2]

    def draw() -> float:
        begin = time.process_time()
        rendering.draw(StretchTask(task, stretch), place, lambda _: None)
        return time.process_time() - begin

    draw()
    return draw


def without(technique: str, draw: Callable[[], float]) -> float:
    """The seconds without a technique."""
    os.environ["BP_WITHOUT"] = technique
    try:
        return draw()
    finally:
        del os.environ["BP_WITHOUT"]


def measure(chapters: list[str], quality: str, rounds: int) -> str:
    """The table: the median over the rounds of what a stretch takes longer without each technique."""
    rows = {name: f"| {SAYS[name]} (`{name}`) |" for name in names()}
    with tempfile.TemporaryDirectory() as place:
        for chapter in chapters:
            draw = stretch_of(chapter, Path(place), quality)
            ratios: dict[str, list[float]] = {name: [] for name in names()}
            for number in range(rounds):
                for name, found in ratios.items():
                    # both ways round, so that what else the machine does meets both alike
                    pair = [draw(), without(name, draw)] if number % 2 else [without(name, draw), draw()][::-1]
                    found.append(pair[1] / pair[0])
            for name, found in ratios.items():
                gain = statistics.median(found) - 1
                print(f"techniques: {chapter}: without {name} {gain:+.0%}", file=sys.stderr)
                rows[name] += f" {gain:+.0%} |"
    head = [f"| technique | {' | '.join(chapters)} |", "|---|" + "--:|" * len(chapters)]
    return "\n".join([*head, *rows.values(), "", f"Medians of {rounds} rounds by turns.", ""])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chapters", nargs="*", default=["nudge", "chain_rule", "average"])
    parser.add_argument("--quality", default="h")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = measure(options.chapters, options.quality, options.rounds)
    print(found)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        pattern = r"(?s)(<!-- techniques -->\n).*?(<!-- /techniques -->)"
        PAGE.write_text(re.sub(pattern, lambda m: m[1] + found + m[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
