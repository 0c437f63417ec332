"""How long films take, against stock manim and the encoder alone, in interleaved rounds: the rows of the targets.

``python benchmarks/films.py [--rounds N] [--rows NAME…] [--chapters NAME…] [--write]``. Each row is printed as soon as
it is known, and all times are kept in ``--place``: a run that was stopped goes on where it was, ``--anew`` begins
again. ``--write`` puts the table into docs/performance.md.

For the whole flagship on 2 quiet cores a round takes about: stock at 1080p60 10 min, ours with two jobs 2, with one 4,
the encoder 1, stock at 480p15 3, the draft 1, one caption edited 1, the rest seconds; and 2 minutes once to begin with.
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
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
#: How many places of the film, and how many frames at each, the encoder's limit is measured with.
PLACES, SAMPLE = 8, 120


@dataclass(frozen=True)
class Row:
    """What is compared: the ratio is ``over``'s time by ``under``'s; ``ours`` is shown first."""

    what: str
    ours: str
    theirs: str
    over: str
    under: str
    target: str


ROWS = {
    "stock": Row("1080p60, fresh, two jobs, against stock `manim render`", "fresh_2", "stock_h",
                 "stock_h", "fresh_2", "≥ 5"),
    "encoder": Row("the same against x264 alone, each frame coded", "fresh_2", "encoder",
                   "encoder", "fresh_2", "≥ 0.5"),
    "playing": Row("the same against the film's playing time", "fresh_2", "playing", "playing", "fresh_2", "≥ 2"),
    "draft": Row("480p15, fresh, two jobs, against stock", "draft", "stock_l", "stock_l", "draft", "≥ 4"),
    "jobs": Row("two jobs against one", "fresh_2", "fresh_1", "fresh_1", "fresh_2", "≥ 1.8"),
    "cores": Row("x264 alone in two processes, against one: what the cores allow", "encoder", "encoder_1",
                 "encoder_1", "encoder", "–"),
    "edited": Row("one caption edited, against fresh", "edited", "fresh_2", "fresh_2", "edited", "≥ 8"),
    "unchanged": Row("nothing changed, against `bp check`", "unchanged", "check", "unchanged", "check", "≤ 1.5"),
    "start": Row("start-up: `bp --version`, against `import manim`", "start", "import", "start", "import", "–"),
}  # fmt: skip


class Bench:
    """One bench in a folder of its own: the flagship's chapters, or some of them."""

    def __init__(self, place: Path, chapters: Sequence[str], quality: str = "h") -> None:
        self.place, self.quality = place, quality
        self.chapters = [call.name for call in load(LESSON).chapters if not chapters or call.name in chapters]
        self.environment = {**os.environ, "BP_CACHE": str(place / "cache"), "BP_LESSON": str(LESSON)}
        self.lesson = place / LESSON.name
        self.peaks: dict[int, float] = {}
        shutil.copy(LESSON, self.lesson)

    def run(self, *command: str) -> float:
        """Run a command to its end; its seconds. The most memory that each of its children took is noted."""
        self.peaks.clear()
        begin = time.perf_counter()
        with subprocess.Popen(command, cwd=self.place, env=self.environment, stdout=subprocess.DEVNULL) as process:
            ended = threading.Event()
            watch = threading.Thread(target=self._watch, args=(process.pid, ended))
            watch.start()
            status = process.wait()
            seconds = time.perf_counter() - begin
            ended.set()
            watch.join()
        if status:
            raise subprocess.CalledProcessError(status, command)
        return seconds

    def _watch(self, pid: int, ended: threading.Event) -> None:
        while not ended.wait(0.5):
            self.peaks |= _peaks(pid)

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
        where = "out" if quality == self.quality else "draft"
        return self.run(str(BIN / "bp"), "render", str(self.lesson), *chosen, "-q", quality, "--out", where, *options)

    def check(self) -> float:
        """``bp check`` of the lesson."""
        return self.run(str(BIN / "bp"), "check", str(LESSON))

    def edited(self) -> float:
        """``bp render`` after one caption in one chapter has changed."""
        text = LESSON.read_text(encoding="utf-8")
        plain = [name for name in self.chapters if f"\n  - {name}\n" in text]
        name = plain[len(plain) // 2]
        say = f'{{say: "The cost has its own view of this, edited at {time.time():.0f}. And so it goes on."}}'
        self.lesson.write_text(text.replace(f"\n  - {name}\n", f"\n  - {name}: {say}\n"), encoding="utf-8")
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

    def encoder(self, processes: int) -> float:
        """The film's seconds of nothing but coding, each frame by x264."""
        film, frames, _ = self.film()
        with get_context("spawn").Pool(processes) as pool:
            rates = pool.map(coding_rate, [(str(film), frames)] * processes, chunksize=1)
        return frames / sum(rates)


def _peaks(pid: int) -> dict[int, float]:
    """The most memory that each child of a process has had so far, in MiB."""
    found = {}
    try:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            status = Path(f"/proc/{child}/status").read_text()
            if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
                found[int(child)] = int(peak[1]) / 1024
    except OSError:  # it has just ended, or there is no /proc
        pass
    return found


def coding_rate(what: tuple[str, int]) -> float:
    """Frames a second of x264 at our settings, of frames from all over a film that are ready in memory."""
    film, count = what
    frames = []
    with av.open(film) as source:
        stream = source.streams.video[0]
        for place in range(PLACES):
            source.seek(int(count * (place + 0.5) / PLACES / stream.average_rate / stream.time_base), stream=stream)
            frames += list(islice(source.decode(stream), SAMPLE))
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


class Times:
    """All times, round by round, kept in a file as they come."""

    def __init__(self, bench: Bench) -> None:
        self._file = bench.place / "times.json"
        self._bench = bench
        self.steps: dict[str, Callable[[], float]] = {
            "stock_h": lambda: bench.stock(bench.quality),
            "fresh_2": self._fresh,
            "encoder": lambda: bench.encoder(2),
            "encoder_1": lambda: bench.encoder(1),
            "fresh_1": lambda: bench.ours(bench.quality, "--fresh", "--jobs", "1"),
            "edited": bench.edited,
            "unchanged": lambda: bench.ours(bench.quality),
            "check": bench.check,
            "stock_l": lambda: bench.stock("l"),
            "draft": lambda: bench.ours("l", "--fresh", "--jobs", "2"),
            "import": lambda: bench.run(sys.executable, "-c", "import manim"),
            "start": lambda: bench.run(str(BIN / "bp"), "--version"),
            "playing": lambda: bench.film()[2],
        }
        about = {"chapters": bench.chapters, "quality": bench.quality}
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        same = all(kept.get(name) == value for name, value in about.items())
        self._kept = kept if same else {**about, "times": {}, "peaks": []}
        self.found: dict[str, list[float]] = self._kept["times"]

    @property
    def peaks(self) -> list[float]:
        """The most memory that each worker took, in MiB, of all renders of the film."""
        return sorted(self._kept["peaks"])

    def measure(self, rows: Sequence[str], rounds: int) -> None:
        """What the rows need and is not there yet; what else the machine does meets all alike."""
        needed = {step for row in rows for step in (ROWS[row].over, ROWS[row].under)}
        missing = [
            (number, name) for number in range(rounds) for name in self.steps
            if name in needed and len(self.found.get(name, [])) <= number
        ]  # fmt: skip
        if missing:
            print("films: the film, unless it is there", file=sys.stderr)
            self._bench.ours(self._bench.quality, "--jobs", "2")
        for number, name in missing:
            seconds = self.steps[name]()
            self.found.setdefault(name, []).append(seconds)
            self._file.write_text(json.dumps(self._kept), encoding="utf-8")
            print(f"films: round {number + 1}: {name} {seconds:.1f} s", file=sys.stderr)
            for row in rows:
                if name in {ROWS[row].over, ROWS[row].under} and (line := self.line(row)):
                    print(line, flush=True)

    def line(self, row: str) -> str:
        """A row of the table: medians, and the median of the rounds' ratios; empty while a time is missing."""
        it = ROWS[row]
        pairs = list(zip(self.found.get(it.over, []), self.found.get(it.under, []), strict=False))
        if not pairs:
            return ""
        ratio = statistics.median(over / under for over, under in pairs)
        ours, theirs = (statistics.median(self.found[name]) for name in (it.ours, it.theirs))
        return f"| {it.what} | {ours:.1f} s | {theirs:.1f} s | {ratio:.2f} | {it.target} |"

    def table(self, rows: Sequence[str]) -> str:
        """All that is known."""
        lines = ["| work | time | against | ratio | target |", "|---|--:|--:|--:|--:|"]
        lines += [line for row in rows if (line := self.line(row))]
        if self.peaks:
            lines.append(f"| each worker's memory at most | {self.peaks[-1]:.0f} MiB | | | ≤ 600 MiB |")
        _, frames, seconds = self._bench.film()
        film = f"{len(self._bench.chapters)} chapters, {frames:,} frames, {seconds:.0f} s of film"
        rounds = max(map(len, self.found.values()), default=0)
        return "\n".join([*lines, "", f"{film}; {os.cpu_count()} cores; medians of {rounds} interleaved rounds.", ""])

    def _fresh(self) -> float:
        seconds = self._bench.ours(self._bench.quality, "--fresh", "--jobs", "2")
        self._kept["peaks"] += self._bench.peaks.values()
        return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", nargs="*", choices=ROWS, default=list(ROWS))
    parser.add_argument("--chapters", nargs="*", default=[])
    parser.add_argument("--quality", default="h", help="another than the targets' 1080p60, to try the bench itself")
    parser.add_argument("--place", type=Path, default=ROOT / "media" / "bench")
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.anew:
        shutil.rmtree(options.place, ignore_errors=True)
    options.place.mkdir(parents=True, exist_ok=True)
    times = Times(Bench(options.place.resolve(), options.chapters, options.quality))
    times.measure(options.rows, options.rounds)
    found = times.table(list(ROWS))
    print(f"\n{found}")
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        pattern = r"(?s)(<!-- films -->\n).*?(<!-- /films -->)"
        PAGE.write_text(re.sub(pattern, lambda m: m[1] + found + m[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
