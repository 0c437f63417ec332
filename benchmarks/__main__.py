"""Runs the benchmarks and prints their tables: ``scripts/bench [--write] [NAME…]``, names of files of this folder.

With ``--write``, and then all of them, the tables of docs/numbers.md and docs/performance.md are replaced. Those of the
second, ``techniques`` and ``films``, come last and take more than an hour; ``films`` goes on where it was stopped.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "numbers.md"
#: What each benchmark runs in: PyTorch is in an environment of its own.
ENVIRONMENTS = {
    "errors": (".venv", ".venv-judge"),
    "one_example": (".venv-judge",),
    "batch": (".venv-judge",),
    "sweeps": (".venv",),
    "starts": (".venv",),
}
#: Those of the film engine print tables of their own.
ENGINE = ("techniques", "films")
#: Has to be set before NumPy or PyTorch is loaded.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> int:
    names = [name for name in sys.argv[1:] if name != "--write"]
    write = "--write" in sys.argv[1:]
    unknown = set(names) - {*ENVIRONMENTS, *ENGINE}
    if unknown or (write and names):
        print(f"usage: scripts/bench [--write | NAME…], of {', '.join([*ENVIRONMENTS, *ENGINE])}", file=sys.stderr)
        return 2
    chosen = names or [*ENVIRONMENTS, *ENGINE]
    found = [result for name in chosen if name in ENVIRONMENTS for result in run(name)]
    tables = {
        "errors": errors_table([result for result in found if "judge" in result]),
        "speed": speed_table([result for result in found if "ratio" in result]),
    }
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items() if found else ():
        print(table)
        page = re.sub(rf"(?s)(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, t=table: m[1] + t + m[2], page)
    if write:
        PAGE.write_text(page, encoding="utf-8")
    slow = [result["what"] for result in found if result.get("limit") and result["ratio"] > result["limit"]]
    for what in slow:
        print(f"above its limit: {what}", file=sys.stderr)
    for name in [name for name in chosen if name in ENGINE]:
        python, file = ROOT / ".venv" / "bin" / "python", ROOT / "benchmarks" / f"{name}.py"
        subprocess.run([str(python), str(file), *(["--write"] if write else [])], check=True)
    return 1 if slow else 0


def run(name: str) -> list[dict[str, Any]]:
    lines = []
    for environment in ENVIRONMENTS[name]:
        print(f"bench: {name} in {environment}", file=sys.stderr)
        command = [str(ROOT / environment / "bin" / "python"), str(ROOT / "benchmarks" / f"{name}.py")]
        variables = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
        lines += subprocess.run(
            command, env=variables, stdout=subprocess.PIPE, check=True, text=True
        ).stdout.splitlines()
    return [json.loads(line) for line in lines]


def errors_table(found: list[dict[str, Any]]) -> str:
    rows = [f"| {one['judge']} | {one['networks']} | {one['median']:.1e} | {one['largest']:.1e} |" for one in found]
    return "\n".join(["| judge | networks | median error | largest error |", "|---|--:|--:|--:|", *rows, ""]) + "\n"


def speed_table(found: list[dict[str, Any]]) -> str:
    rows = [
        f"| {one['what']} | {duration(one['ours'])} | {one['against']} | {duration(one['theirs'])} "
        f"| {one['ratio']:.2f} | {one['limit'] or '–'} |"
        for one in found
    ]
    head = ["| what | time | against | time | ratio | at most |", "|---|--:|---|--:|--:|--:|"]
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, one thread."
    return "\n".join([*head, *rows, "", where, ""])


def duration(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms" if seconds > 0.01 else f"{seconds * 1e6:.0f} µs"


if __name__ == "__main__":
    sys.exit(main())
