"""What README.md and CONTRIBUTING.md say to type works, in a fresh clone."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import subprocess
from pathlib import Path

import av
import pytest

from tests.house.clone import ROOT, clone_to

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)


COMMANDS = [line for page in (README, CONTRIBUTING) for block in blocks(page, "bash") for line in block.splitlines()]
#: What keeps a command short here; the films as they are written are made below, by a test that takes minutes.
SHORTER = {
    "scripts/render": "--chapter last_two_neurons -q l",
    "scripts/render mine.yaml -q m": "--chapter last_two_neurons -q l",
    "scripts/test": "--collect-only -q",
    ".venv/bin/bp stills backpropagation_calculus --chapter nudge": "-q l",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with the README's lesson in it."""
    folder = clone_to(tmp_path_factory.mktemp("clone"))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    lesson, *_ = blocks(README, "yaml")
    (folder / "mine.yaml").write_text(lesson, encoding="utf-8")
    return folder


def run(command: str, folder: Path) -> str:
    result = subprocess.run(
        shlex.split(command), cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def test_the_two_commands_come_first() -> None:
    assert COMMANDS[:2] == ["scripts/render", "scripts/test"]


@pytest.mark.xdist_group("clone")
def test_every_command_works_in_a_fresh_clone(clone: Path) -> None:
    """In their order, the first of them in a clone where nothing is installed."""
    assert set(SHORTER) <= set(COMMANDS)
    for command in COMMANDS:
        printed = run(f"{command} {SHORTER.get(command, '')}", clone)
        if command == "scripts/test":
            assert "tests collected" in printed
    assert (clone / "media/films/backpropagation_calculus/parts/backpropagation_calculus.mp4").exists()
    assert (clone / ".git/hooks/pre-commit").exists()


@pytest.mark.long
@pytest.mark.xdist_group("clone")
@pytest.mark.parametrize(
    ("command", "lesson", "size"),
    [
        ("scripts/render", "backpropagation_calculus", (1920, 1080)),
        ("scripts/render mine.yaml -q m", "mine", (1280, 720)),
    ],
)
def test_the_films_are_made(clone: Path, command: str, lesson: str, size: tuple[int, int]) -> None:
    run(command, clone)
    folder = clone / "media" / "films" / lesson
    made = {path.name for path in folder.iterdir() if path.is_file()}
    assert made >= {f"{lesson}.{ending}" for ending in ("mp4", "srt", "vtt", "png", "film.json")}
    record = json.loads((folder / f"{lesson}.film.json").read_text(encoding="utf-8"))
    with av.open(str(folder / f"{lesson}.mp4")) as film:
        picture = film.streams.video[0]
        assert (picture.width, picture.height) == size == (record["width"], record["height"])
        assert film.duration is not None
        assert film.duration / av.time_base == pytest.approx(record["duration"], abs=0.1)


def test_the_lesson_has_fifteen_lines() -> None:
    lesson, *_ = blocks(README, "yaml")
    assert len(lesson.splitlines()) == 15


def test_the_example_prints_what_it_says() -> None:
    (example,) = blocks(README, "python")
    assert len(example.splitlines()) <= 15
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert printed.getvalue().splitlines() == re.findall(r"print\(.*\)  # (.*)$", example, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "media/README.md",
        "docs/numbers.md",
        "docs/page.md",
        "docs/voice.md",
    ],
)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_room_and_script_is_named() -> None:
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert rooms == set(re.findall(r"\[`(\w+)/`\]", README))
    scripts = {path.name for path in (ROOT / "scripts").iterdir()}
    (row,) = re.findall(r"^\| \[`scripts/`\]\(scripts\) \|(.*)\|$", README, flags=re.MULTILINE)
    assert scripts == set(re.findall(r"`([\w.]+)`", row))
