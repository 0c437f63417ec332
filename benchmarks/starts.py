"""How long it takes to start: ``import bp_core`` against NumPy, ``bp trace`` against the libraries that it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pairs

ROOT = Path(__file__).resolve().parent.parent
#: The names of the README's example; `import bp_core` alone loads nothing before a name is used.
CORE = "from bp_core import Cost, Example, Network, trace"
#: What `bp trace` uses; `import pydantic` alone loads next to nothing before one of its names is used.
LIBRARIES = "from pydantic import BaseModel, TypeAdapter; import click, lark, numpy, yaml"
ROUNDS = 25


def run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def python(code: str) -> None:
    run(sys.executable, "-c", code)


def main() -> None:
    # as scripts/bootstrap does; the libraries are compiled already
    run(sys.executable, "-m", "compileall", "-q", "bp_core", "bp_script", "scenes", "bp_studio")
    bp = str(Path(sys.executable).with_name("bp"))
    lesson = "lessons/backpropagation_calculus.yaml"
    for code in ("import bp_core", CORE):
        pairs.compare(
            f"`{code}`",
            lambda code=code: python(code),
            "`import numpy`",
            lambda: python("import numpy"),
            limit=1.3 if code == "import bp_core" else None,
            rounds=ROUNDS,
        )
    for options in ([], ["--json"]):
        libraries = LIBRARIES if options else f"{LIBRARIES}, rich.console, rich.table"
        pairs.compare(
            " ".join(["`bp trace", *options]) + "`",
            lambda options=options: run(bp, "trace", *options, lesson),
            f"`{libraries}`",
            lambda libraries=libraries: python(libraries),
            limit=2.0,
            rounds=ROUNDS,
        )


if __name__ == "__main__":
    main()
