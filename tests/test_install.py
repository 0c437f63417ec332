"""The package installs into an empty environment and works from any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.clone import ROOT, clone_to, uv


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but a clone, installed as `pip install` does it, at the locked versions."""
    folder = tmp_path_factory.mktemp("install")
    run([uv(), "venv", "--quiet", "--python", sys.executable, str(folder / "env")], folder)
    locked = run([uv(), "export", "--locked", "--no-dev", "--no-emit-project", "--no-hashes", "--quiet"], ROOT)
    (folder / "locked.txt").write_text(locked, encoding="utf-8")
    clone = clone_to(folder / "clone")
    python = str(folder / "env" / "bin" / "python")
    run([uv(), "pip", "install", "--quiet", "--python", python, "--constraint", "locked.txt", str(clone)], folder)
    return folder / "env"


def run(command: list[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.mark.xdist_group("install")
def test_it_makes_films_from_another_folder(environment: Path, tmp_path: Path) -> None:
    bp = str(environment / "bin" / "bp")
    run([bp, "render", "backpropagation_calculus", "-q", "l", "--chapter", "last_two_neurons"], tmp_path)
    folder = tmp_path / "media" / "films" / "backpropagation_calculus" / "parts"
    assert (folder / "backpropagation_calculus.mp4").stat().st_size > 10_000


@pytest.mark.xdist_group("install")
def test_the_wheel_holds_what_it_should(environment: Path) -> None:
    python = str(environment / "bin" / "python")
    where = Path(run([python, "-c", "import bp_core; print(bp_core.__file__)"], environment).strip()).parent.parent
    assert where.is_relative_to(environment)
    installed = {path.relative_to(where) for room in ROOMS for path in (where / room).rglob("*") if _counts(path)}
    expected = {path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*") if _counts(path)}
    lessons = {
        Path("bp_script/shipped") / path.relative_to(ROOT / "lessons")
        for path in (ROOT / "lessons").rglob("*")
        if _counts(path)
    }
    assert installed == expected | lessons
    assert not (where / "tests").exists()


ROOMS = ("bp_core", "bp_script", "scenes", "bp_studio")


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"
