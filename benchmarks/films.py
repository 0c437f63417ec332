"""How long films take, against stock manim and the encoder alone, in interleaved rounds.

``python benchmarks/films.py [--rounds N] [--chapters NAME…] [--write]``: all chapters of the flagship take about half
an hour a round on 2 cores; ``--write`` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bp_script.lesson import load  # noqa: E402
from scenes.kit.door.encoder import X264  # noqa: E402

PAGE = ROOT / "docs" / "performance.md"
LESSON = ROOT / "lessons" / "backpropagation_calculus.yaml"
BIN = Path(sys.executable).parent
#: How many frames of the film the encoder's limit is measured with.
SAMPLE = 900


class Bench:
    """One bench in a folder of its own: the flagship's chapters, or some of them."""

    def __init__(self, place: Path, chapters: Sequence[str], quality: str = "h") -> None:
        self.place, self.quality = place, quality
        self.chapters = [call.name for call in load(LESSON).chapters if not chapters or call.name in chapters]
        self.environment = {**os.environ, "BP_CACHE": str(place / "cache"), "BP_LESSON": str(LESSON)}
        self.lesson = place / LESSON.name
        shutil.copy(LESSON, self.lesson)

    def run(self, *command: str) -> float:
        """Run a command to its end; its seconds."""
        begin = time.perf_counter()
        subprocess.run(command, cwd=self.place, env=self.environment, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - begin

    def stock(self, quality: str) -> float:
        """``manim render`` of each chapter, one after the other."""
        total = 0.0
        for name in self.chapters:
            scene = "".join(word.capitalize() for word in name.split("_"))
            where = str(ROOT / "scenes" / f"{name}.py")
            total += self.run(
                str(BIN / "manim"), "render", f"-q{quality}", "--disable_caching", "--progress_bar", "none",
                "-v", "ERROR", where, scene,
            )  # fmt: skip
        return total

    def ours(self, quality: str, *options: str) -> float:
        """``bp render`` of the same chapters."""
        chosen = [word for name in self.chapters for word in ("--chapter", name)]
        return self.run(str(BIN / "bp"), "render", str(self.lesson), *chosen, "-q", quality, "--out", "out", *options)

    def check(self) -> float:
        """``bp check`` of the lesson."""
        return self.run(str(BIN / "bp"), "check", str(LESSON))

    def edited(self) -> float:
        """``bp render`` after one caption in one chapter has changed."""
        text = LESSON.read_text(encoding="utf-8")
        name = self.chapters[len(self.chapters) // 2]
        say = f'{{say: "The cost has its own view of this, edited at {time.time():.0f}. And so it goes on."}}'
        self.lesson.write_text(re.sub(rf"(?m)^  - {name}$", f"  - {name}: {say}", text), encoding="utf-8")
        try:
            self.ours(self.quality)  # words of one's own, once
            edited = self.lesson.read_text(encoding="utf-8").replace("goes on", "goes on and on")
            self.lesson.write_text(edited, encoding="utf-8")
            return self.ours(self.quality)
        finally:
            shutil.copy(LESSON, self.lesson)

    def film(self) -> tuple[Path, int, float]:
        """The film, its frames and its seconds."""
        film = self.place / "out" / f"{LESSON.stem}.mp4"
        record = json.loads(film.with_suffix(".film.json").read_text(encoding="utf-8"))
        return film, round(record["duration"] * record["fps"]), record["duration"]

    def encoder(self) -> float:
        """The film's seconds of nothing but coding, by two processes, each frame by x264."""
        film, frames, _ = self.film()
        with get_context("spawn").Pool(2) as pool:
            rates = pool.map(coding_rate, [(str(film), start) for start in (0, frames // 2)], chunksize=1)
        return frames / sum(rates)

    def memory(self) -> float:
        """The largest of all processes of a render, in MiB."""
        code = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        )
        chosen = [word for name in self.chapters for word in ("--chapter", name)]
        command = [str(BIN / "bp"), "render", str(self.lesson), *chosen, "-q", self.quality, "--out", "out", "--fresh"]
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            cwd=self.place, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return float(done.stdout)


def coding_rate(what: tuple[str, int]) -> float:
    """Frames a second of x264 at our settings, of frames that are ready in memory."""
    film, start = what
    with av.open(film) as source:
        stream = source.streams.video[0]
        frames = list(islice(source.decode(stream), start % 2000, start % 2000 + SAMPLE // 2))
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
    coder.time_base = Fraction(1, 60)
    coder.options = {"threads": "1", "tune": "zerolatency", **X264}
    begin = time.perf_counter()
    for number, frame in enumerate(frames):
        frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, 60), 0
        coder.encode(frame)
    coder.encode(None)
    return len(frames) / (time.perf_counter() - begin)


def measure(bench: Bench, rounds: int) -> dict[str, list[float]]:
    """All times, round by round: what else the machine does meets all alike."""
    steps: dict[str, Callable[[], float]] = {
        "stock_h": lambda: bench.stock(bench.quality),
        "fresh_2": lambda: bench.ours(bench.quality, "--fresh", "--jobs", "2"),
        "encoder": bench.encoder,
        "fresh_1": lambda: bench.ours(bench.quality, "--fresh", "--jobs", "1"),
        "edited": bench.edited,
        "unchanged": lambda: bench.ours(bench.quality),
        "check": bench.check,
        "stock_l": lambda: bench.stock("l"),
        "draft": lambda: bench.ours("l", "--fresh", "--jobs", "2"),
        "import": lambda: bench.run(sys.executable, "-c", "import manim"),
        "start": lambda: bench.run(str(BIN / "bp"), "--version"),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    bench.ours(bench.quality, "--jobs", "2")
    for number in range(rounds):
        for name, step in steps.items():
            times[name].append(step())
            print(f"films: round {number + 1}: {name} {times[name][-1]:.1f} s", file=sys.stderr)
    return times


def table(bench: Bench, times: dict[str, list[float]], memory: float) -> str:
    """The table of the targets, medians of the rounds' ratios."""
    _, frames, seconds = bench.film()

    def ratio(over: str, under: str) -> float:
        return statistics.median(a / b for a, b in zip(times[over], times[under], strict=True))

    def middle(name: str) -> str:
        return f"{statistics.median(times[name]):.1f} s"

    playing = seconds / statistics.median(times["fresh_2"])
    rows = [
        ("1080p60, fresh, two jobs, against stock `manim render`", middle("fresh_2"), middle("stock_h"),
         ratio("stock_h", "fresh_2"), "≥ 5"),
        ("the same against x264 alone, each frame coded", middle("fresh_2"), middle("encoder"),
         ratio("encoder", "fresh_2"), "≥ 0.5"),
        ("the same against the film's playing time", middle("fresh_2"), f"{seconds:.1f} s", playing, "≥ 2"),
        ("480p15, fresh, two jobs, against stock", middle("draft"), middle("stock_l"),
         ratio("stock_l", "draft"), "≥ 4"),
        ("two jobs against one", middle("fresh_2"), middle("fresh_1"), ratio("fresh_1", "fresh_2"), "≥ 1.8"),
        ("one caption edited, against fresh", middle("edited"), middle("fresh_2"), ratio("fresh_2", "edited"), "≥ 8"),
        ("nothing changed, against `bp check`", middle("unchanged"), middle("check"),
         ratio("unchanged", "check"), "≤ 1.5"),
    ]  # fmt: skip
    lines = ["| work | time | against | ratio | target |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {what} | {ours} | {theirs} | {value:.2f} | {target} |" for what, ours, theirs, value, target in rows]
    start = f"{middle('start')} | {middle('import')} | {ratio('start', 'import'):.2f}"
    rounds = len(times["fresh_2"])
    lines.append(f"| the largest process at 1080p60 | {memory:.0f} MiB | | | ≤ 600 MiB |")
    lines.append(f"| start-up: `bp --version`, against `import manim` | {start} | – |")
    lines.append(
        f"\n{len(bench.chapters)} chapters, {frames:,} frames, {seconds:.0f} s of film; {os.cpu_count()} cores;"
    )
    lines.append(f"medians of {rounds} interleaved rounds.\n")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chapters", nargs="*", default=[])
    parser.add_argument("--quality", default="h", help="another than the targets' 1080p60, to try the bench itself")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place), options.chapters, options.quality)
        memory = bench.memory()
        found = table(bench, measure(bench, options.rounds), memory)
    print(found)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(re.sub(r"(?s)(<!-- films -->\n).*?(<!-- /films -->)", rf"\1{found}\2", page), encoding="utf-8")


if __name__ == "__main__":
    main()
