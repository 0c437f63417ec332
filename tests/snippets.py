"""What the pages show to be typed and saved is done: in a fresh folder, in order, and held against what they show.

Each page begins with the tutorial's lesson, ``mine.yaml``, in its folder. A block of YAML with a name is a lesson of
its own; one without is put into the lesson at hand: keys, chapters, or the steps of a scene. What takes longer than a
second or two is only read in the quick tests (are the options there? would the lesson be taken?) and done in those of
``scripts/test --long``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from bp_core.equations import Equation
from bp_script.equation_language import parse_equation
from bp_script.lesson import load
from bp_script.steps.entries import Step
from bp_studio.chapter_mistakes import mistakes_in
from bp_studio.cli import bp
from docs.making.blocks import Block
from docs.making.formulas import typst_svg
from docs.making.pages import ROOT, tutorial_lesson
from scenes.registry import GROUP, chapter_names
from tests.house_files import SVG, a_font

BIN = Path(sys.executable).parent
LESSON = "mine.yaml"
#: What these commands do is done at once.
QUICK = {"trace", "new", "cache"}
#: These draw: in a test as small as can be.
DRAWING = {"render", "page", "slides", "stills"}
#: What another program would have left beside a lesson.
STAND_INS = {"net.safetensors": ROOT / "lessons" / "examples" / "trained_in_pytorch.safetensors"}
#: What belongs to a clone, not to a folder with a lesson in it; test_readme.py does it in one.
OF_A_CLONE = ("scripts/", ".venv/bin/")


class Folder:
    """The folder that a page's reader works in."""

    def __init__(self, folder: Path, *, slow: bool) -> None:
        self.folder, self.slow = folder, slow
        self.lesson = folder / LESSON
        self.printed: str | None = None
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.lesson.write_text(tutorial_lesson(), "utf-8")
        self.tutorial = folder / "tutorial.yaml"
        self.tutorial.write_text(tutorial_lesson(), "utf-8")

    def do(self, block: Block) -> None:
        """Do what a block says, or hold what it shows against what was printed."""
        if block.reason:
            return
        if "output" in block.flags:
            if self.printed is not None:
                assert re.fullmatch(pattern(block.body), lines(self.printed)), f"{block.body}\nis not\n{self.printed}"
            return
        self.printed = None
        does: dict[str, Callable[[Block], None]] = {
            "bash": self.type,
            "yaml": self.save_lesson,
            "python": self.run_python,
            "csv": self.save,
            "toml": self.read_entry_points,
            "equation": self.hold,
            "typst": lambda block: typst_svg(block.body, "test") and None,
        }
        assert block.language in does, f"nobody tries a block of {block.language or 'no language'}"
        does[block.language](block)

    def save(self, block: Block) -> None:
        """A file beside the lesson."""
        assert block.name
        path = self.folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, "utf-8")

    # -- lessons -------------------------------------------------------------------

    def save_lesson(self, block: Block) -> None:
        """A lesson, or a part of one to be put into the page's own."""
        said = yaml.safe_load(block.body)
        if block.name and block.name.endswith(".yml"):
            for line in commands_of_workflow(said):
                read_line(line)
            return
        path = self.folder / (block.name or self.lesson.name)
        if block.name and "chapters" not in said:  # a house style: the lesson that names it is held to it
            self.save(block)
            self._bring_what_it_names(path)
            return
        before = path.read_text("utf-8") if path.exists() else ""
        whole = block.body
        if not block.name:
            whole = yaml.safe_dump(yaml.safe_load(before) | as_keys(said), sort_keys=False, allow_unicode=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(whole, "utf-8")
        self._bring_what_it_names(path)
        mistakes = [str(mistake) for mistake in mistakes_in([path], allow_python=True)]
        assert bool(mistakes) == ("fails" in block.flags), mistakes or "no mistake"
        if not mistakes:
            self.lesson = path
        elif not block.name:
            path.write_text(before, "utf-8")

    def _bring_what_it_names(self, path: Path) -> None:
        for name, source in STAND_INS.items():
            if name in path.read_text("utf-8"):
                shutil.copyfile(source, self.folder / name)
        if "OurSans.ttf" in path.read_text("utf-8"):
            (self.folder / "OurSans.ttf").write_bytes(a_font())
            (self.folder / "university.svg").write_text(SVG, "utf-8")

    def hold(self, block: Block) -> None:
        """An equation holds on the tutorial's network."""
        trace = load(self.tutorial).trace()
        equation: Equation = parse_equation(block.body, trace.L)
        equation.check(trace)

    def read_entry_points(self, block: Block) -> None:
        """What a package offers, it offers to the group that is asked."""
        assert GROUP in tomllib.loads(block.body)["project"]["entry-points"]

    # -- programs ------------------------------------------------------------------

    def run_python(self, block: Block) -> None:
        """A program, or a file of chapters."""
        if block.name:
            self.save(block)
            return
        code = compile(block.body, "page", "exec")
        if "import torch" in block.body or ("slow" in block.flags and not self.slow):
            return
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            exec(code, self.names)  # noqa: S102 - our own page
        self.printed = printed.getvalue()

    def type(self, block: Block) -> None:
        """What is typed into a shell."""
        typed = [line for line in block.body.splitlines() if line.strip()]
        quick = [read_line(line) for line in typed]
        if any(line.startswith(OF_A_CLONE) for line in typed) or not (self.slow or all(quick)):
            return
        script = "\n".join(map(small, typed))
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        result = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(result.returncode) == ("fails" in block.flags), f"{script}\n{result.stdout}"
        self.printed = result.stdout


def as_keys(said: Any) -> dict[str, Any]:
    """A part of a lesson: keys, chapters, or the steps of a scene."""
    if isinstance(said, dict):
        return said
    names = {name for item in said for name in ([item] if isinstance(item, str) else item)}
    if names <= {*chapter_names()}:
        return {"chapters": said}
    assert names <= {*Step.model_fields}, f"neither chapters nor steps: {names}"
    return {"chapters": [{"custom": {"name": "part", "steps": said}}]}


def commands_of_workflow(said: Any) -> Iterator[str]:
    """What a workflow of a CI service asks of this program; the rest is the machine's own."""
    for job in said["jobs"].values():
        yield from (step["run"] for step in job["steps"] if step.get("run", "").startswith("bp "))


def read_line(line: str) -> bool:
    """Read a line of a shell: the program is there and knows its options. Says whether doing it takes no time."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words.pop(0)
    program, *arguments = words
    if program.startswith(OF_A_CLONE):
        assert (ROOT / program).exists() or (BIN / Path(program).name).exists(), program
    elif program != "bp":
        assert shutil.which(program, path=f"{BIN}{os.pathsep}{os.environ['PATH']}"), f"{line}: no {program}"
    if Path(program).name != "bp":
        return False
    ends = [position for position, word in enumerate(arguments) if word in {"|", ">", "2>", "&&", ";"}]
    arguments = arguments[: ends[0]] if ends else arguments
    name, *rest = arguments
    with click.Context(bp, info_name="bp") as group:
        command = bp.get_command(group, name)
        assert command is not None, f"{line}: no command {name}"
        if "--help" in rest:
            return True
        command.make_context(name, list(rest), parent=group).close()
    return name in QUICK


def small(line: str) -> str:
    """A line that draws, at the smallest quality."""
    match = re.match(r"bp (\w+)", line)
    if not match or match[1] not in DRAWING:
        return line
    return re.sub(r"^bp (\w+)", r"bp \1 -q l", re.sub(r" -q [mhpk]\b", " -q l", line))


def lines(printed: str) -> str:
    """What is printed, without the ends of lines and without empty ones."""
    return "\n".join(stripped for line in printed.splitlines() if (stripped := line.rstrip()))


def pattern(shown: str) -> str:
    """What a page shows, where … stands for anything: for lines if it is alone, for a part of a line otherwise."""
    parts = [r"(?:.*\n?)*?" if line == "…" else rf"{wild(line)}\n?" for line in lines(shown).split("\n")]
    return "".join(parts)


def wild(line: str) -> str:
    """A line in which … stands for anything."""
    return ".*".join(map(re.escape, line.split("…")))
