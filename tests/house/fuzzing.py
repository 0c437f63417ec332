"""Lessons that nobody would write: shipped ones changed by byte, by token and by tree, and all read in bounded time.

``scripts/fuzz [COUNT] [--seed N]`` reads so many; whatever is raised but the mistakes of a lesson, takes longer than
5 s of the processor or more than 1 GiB of memory is left in ``media/fuzz`` and counted.
"""

from __future__ import annotations

import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bp_script.errors import LessonError, LessonErrors
from bp_script.lesson import load
from bp_script.shipped import example_names, lesson_names, lesson_path

ROOT = Path(__file__).resolve().parents[2]
#: Most seconds and bytes that one lesson may take.
SECONDS, MEMORY = 5, 1 << 30
#: Lessons that one process reads.
_AT_ONCE = 500
#: A training of more epochs is not run, which chapters may do to see whether they suit it.
_MANY_EPOCHS = 500
_TOKENS = re.compile(r"[A-Za-z_]+|[0-9.]+|\s+|.", re.DOTALL)
NASTY = (
    *"[]{}:,-#&*!|>'\"%@`?~\\\t\n\r\0\x07\x85\u2028\ufeff\u202e",
    "1e999", "-1e999", ".nan", ".inf", "-0", "0", "-1", "1e-320", "9" * 30, "1" * 400,
    "0x1F", "1_000", "true", "null", "",
    "~", "yes", "{C}", "{C:.2f}", "{", "}", "}}", "{{", "{C:.99f}",
    "w[L][0][0]", "w[9][9][9]", "a[L-9][0]",
    "dC/dw[1][0][0]@9",
    "C = C", "(" * 60, "sum(j, a[L][j])", "new(w[1][0][0])", "C@e",
    "custom", "nudge", "training", "softmax", "cross_entropy",
    "../x.csv", "/dev/zero", "data/iris.csv", "!!python/object:os.system", "&a [*a]", "*a", "<<: *a", "--- ",
    "...", "? ", "- ",
    "🙂", "é", "\ud7ff", "a" * 3_000, "[" * 40, "x: ", ": ", "\n  ", "[[[]]]", "{x: [1], y: [1]}",
)  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, str], ...]:
    """The shipped lessons and examples: the folder that each lies in, and its text."""
    lessons = ROOT / "lessons"
    return tuple(
        (str(path.parent.relative_to(lessons)), path.read_text(encoding="utf-8"))
        for path in map(lesson_path, (*lesson_names(), *example_names()))
    )


@cache
def _words() -> tuple[str, ...]:
    """All tokens of all lessons."""
    return tuple(sorted({token for _, text in seeds() for token in _TOKENS.findall(text)}))


def hostile(chance: random.Random) -> tuple[str, bytes]:
    """A folder below ``lessons``, and a lesson to be put there."""
    folder, text = chance.choice(seeds())
    change = chance.choice((_by_byte, _by_token, _by_tree))
    return folder, change(text, chance)


def _by_byte(text: str, chance: random.Random) -> bytes:
    content = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(content)), chance.randint(0, 30)
        piece = content[at : at + length]
        new: Any = chance.choice(
            (chance.randbytes(chance.randint(1, 4)), b"", piece * 2, piece[::-1], chance.choice(NASTY).encode())
        )
        content[at : at + length] = new
    return bytes(content)


def _by_token(text: str, chance: random.Random) -> bytes:
    tokens = _TOKENS.findall(text)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(tokens))
        act = chance.randrange(4)
        if act == 0:
            del tokens[at : at + chance.randint(1, 3)]
        elif act == 1:
            tokens[at] = chance.choice(_words())
        elif act == 2:
            tokens[at] = chance.choice(NASTY)
        else:
            other = chance.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        tokens = tokens or [""]
    return "".join(tokens).encode("utf-8", "replace")


def _by_tree(text: str, chance: random.Random) -> bytes:
    tree = yaml.safe_load(text)
    for _ in range(chance.randint(1, 3)):
        holders = list(_holders(tree))
        if not holders:
            break
        holder, key = chance.choice(holders)
        act = chance.randrange(4)
        if act == 0:
            del holder[key]
        elif act == 1:
            holder[key] = _any_value(chance)
        elif act == 2:
            other, name = chance.choice(holders)
            holder[key] = yaml.safe_load(yaml.safe_dump(other[name]))
        elif isinstance(holder, dict):
            holder[str(_any_value(chance))[:50]] = holder[key]
        else:
            holder.extend([holder[key]] * chance.choice((1, 3, 300)))
    style = chance.choice((None, True, False))
    return str(
        yaml.safe_dump(tree, default_flow_style=style, width=chance.choice((20, 80, 10_000)), allow_unicode=True)
    ).encode()


def _holders(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a tree, as what holds it and under which key."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys: Any = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in list(keys):
            yield node, key
            waiting.append(node[key])


def _any_value(chance: random.Random) -> Any:
    makes: tuple[Callable[[], Any], ...] = (
        lambda: chance.choice(NASTY),
        lambda: chance.choice(_words()),
        lambda: chance.randint(-3, 5_000),
        lambda: 10.0 ** chance.randint(-320, 308),
        lambda: chance.choice((None, True, False, [], {}, float("inf"), float("nan"))),
        lambda: [_any_value(chance) for _ in range(chance.randint(0, 3))],
        lambda: {chance.choice(_words()): _any_value(chance) for _ in range(chance.randint(0, 3))},
    )
    return chance.choice(makes)()


def read(path: Path) -> None:
    """Read a lesson as ``bp check`` does, before anything is drawn.

    Raises:
        Exception: anything but its mistakes, each told in one line, with a place in the file.
    """
    # manim is imported by whoever fuzzes, not by whoever asks for the lessons
    from bp_studio.chapter_mistakes import mistakes_in  # noqa: PLC0415

    mistakes: list[LessonError] = []
    trained_long = False
    try:
        training = load(path).training
        trained_long = training is not None and training.epochs > _MANY_EPOCHS
    except LessonErrors as errors:
        mistakes += errors.errors
    if not trained_long:
        mistakes += mistakes_in([path])
    for mistake in mistakes:
        line = str(mistake)
        if not line.isprintable() or not line.startswith(str(path)):
            raise AssertionError(f"a mistake is told as {line!r}")
        if (
            mistake.line is not None
            and mistake.line > path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 1
        ):
            raise AssertionError(f"there is no such line: {line!r}")


@contextmanager
def bounded() -> Iterator[None]:
    """At most 5 s of the processor, and 1 GiB more memory than there is already."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, late)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    old = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, old[1]))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, old)
        signal.signal(signal.SIGPROF, before)


def furnished(folder: Path) -> Path:
    """A copy of the shipped lessons, with their data, to put others beside them."""
    return Path(shutil.copytree(ROOT / "lessons", folder / "lessons"))


def fuzz(numbers: range, seed: int, lessons: Path, finds: Path) -> int:
    """Read the lessons of these numbers; returns how many were neither taken nor refused as they should be."""
    found = 0
    for number in numbers:
        folder, content = hostile(random.Random(f"{seed} {number}"))  # noqa: S311 - it need not be secret
        path = lessons / folder / "m.yaml"
        path.write_bytes(content)
        try:
            with bounded():
                read(path)
        except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for
            found += 1
            finds.mkdir(parents=True, exist_ok=True)
            (finds / f"{seed}-{number}.yaml").write_bytes(content)
            (finds / f"{seed}-{number}.txt").write_text(traceback.format_exc())
            print(f"{number}: {traceback.format_exc().splitlines()[-1][:200]}", flush=True)
    return found


def main() -> int:
    """Read so many, in processes of 500 each; one that dies counts as a find."""
    arguments = sys.argv[1:]
    seed = int(arguments.pop(arguments.index("--seed") + 1)) if "--seed" in arguments else int(time.time())
    counts = [int(one) for one in arguments if one.isdigit()] or [20_000]
    finds = ROOT / "media" / "fuzz"
    if "--part" in arguments:
        with tempfile.TemporaryDirectory() as folder:
            return min(250, fuzz(range(*counts), seed, furnished(Path(folder)), finds))
    began, found = time.monotonic(), 0
    for start in range(0, counts[0], _AT_ONCE):
        end = min(start + _AT_ONCE, counts[0])
        command = [sys.executable, "-m", __spec__.name, "--part", str(start), str(end), "--seed", str(seed)]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        found += status if status >= 0 else 1
        print(f"{end:,} lessons, {found} finds, {time.monotonic() - began:.0f} s, seed {seed}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
