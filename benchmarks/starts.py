"""How long it takes to start: ``import bp_core`` against NumPy, ``bp trace`` against the libraries that it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pairs

ROOT = Path(__file__).resolve().parent.parent
#: The names that the README's example loads; without a use `import bp_core` loads nothing.
CORE = "from bp_core import Cost, Example, Network, trace"
LIBRARIES = "import click, lark, numpy, pydantic, rich.console, rich.table, yaml"


def run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def python(code: str) -> None:
    run(sys.executable, "-c", code)


def main() -> None:
    bp = str(Path(sys.executable).with_name("bp"))
    lesson = "lessons/backpropagation_calculus.yaml"
    imports = ("import bp_core", lambda: python("import bp_core"), 1.3), (CORE, lambda: python(CORE), 1.3)
    for what, ours, limit in imports:
        pairs.compare(f"`{what}`", ours, "`import numpy`", lambda: python("import numpy"), limit=limit, rounds=15)
    for command in (["trace", lesson], ["trace", "--json", lesson]):
        what = " ".join(["bp", *command[:-1]])
        pairs.compare(
            f"`{what}`", lambda: run(bp, *command), f"`{LIBRARIES}`", lambda: python(LIBRARIES), limit=2.0, rounds=15
        )


if __name__ == "__main__":
    main()
