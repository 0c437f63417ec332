"""Chapters of one's own in Python: the page that explains them runs; a lesson alone runs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "write_a_chapter.md"


def bp(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) if path is None else {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-c", "from bp_studio.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A folder with the page's files."""
    blocks = re.findall(r"```(?:python|yaml) (\S+)\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    assert [name for name, _ in blocks] == ["my_chapters.py", "mine.yaml"]
    for name, text in blocks:
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_page_runs_as_it_stands(page: Path) -> None:
    for line in re.search(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)[1].splitlines():  # type: ignore[index]
        command, *arguments = line.split()
        assert command == "bp"
        result = bp(page, *arguments)
        assert result.returncode == 0, result.stderr
    assert (page / "media" / "films" / "mine" / "mine.mp4").stat().st_size > 10_000
    assert (page / "media" / "stills" / "mine" / "how_far_off.png").exists()


def test_a_lesson_alone_runs_no_code(page: Path) -> None:
    (page / "my_chapters.py").write_text("open('ran', 'w')", "utf-8")
    for command in ("check", "render", "stills"):
        result = bp(page, command, "mine.yaml")
        assert result.returncode == 2
        assert result.stderr.startswith("mine.yaml:10:5: chapters[0]")
        assert "--allow-python" in result.stderr
    assert bp(page, "trace", "mine.yaml").returncode == 0
    assert not (page / "ran").exists()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("class Mine:\n    pass\n", "expected a class of my_chapters.py that extends Chapter; got 'HowFarOff'"),
        ("1/0\n", "expected Python that runs; got ZeroDivisionError in line 1: 'division by zero'"),
        ("def f(:\n", "expected Python that runs; got SyntaxError in line 1"),
    ],
)
def test_a_file_that_is_no_chapter(page: Path, file: str, message: str) -> None:
    (page / "my_chapters.py").write_text(file, "utf-8")
    result = bp(page, "check", "mine.yaml", "--allow-python")
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_elsewhere_is_refused(page: Path) -> None:
    text = (page / "mine.yaml").read_text("utf-8")
    (page / "mine.yaml").write_text(text.replace("my_chapters.py:", "../my_chapters.py:"), "utf-8")
    result = bp(page, "check", "mine.yaml", "--allow-python")
    assert result.returncode == 2
    assert "expected the name of a file beside the lesson" in result.stderr


def test_parameters_are_checked(page: Path) -> None:
    text = (page / "mine.yaml").read_text("utf-8")
    (page / "mine.yaml").write_text(text.replace("{output: 0}", "{outptu: 0}"), "utf-8")
    result = bp(page, "check", "mine.yaml", "--allow-python")
    assert result.returncode == 2
    assert "did you mean 'output'?" in result.stderr


def test_an_installed_package_offers_chapters(page: Path) -> None:
    """What pip leaves behind: the module, and its entry points."""
    site = page / "site"
    (site / "how_far-1.0.dist-info").mkdir(parents=True)
    (page / "my_chapters.py").rename(site / "my_own_chapters.py")
    (site / "how_far-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: how-far\nVersion: 1.0\n")
    (site / "how_far-1.0.dist-info" / "entry_points.txt").write_text(
        "[backprop_films.chapters]\nhow_far_off = my_own_chapters:HowFarOff\n"
    )
    text = (page / "mine.yaml").read_text("utf-8")
    (page / "mine.yaml").write_text(text.replace("my_chapters.py:HowFarOff", "how_far_off"), "utf-8")
    result = bp(page, "check", "mine.yaml", path=site)
    assert result.returncode == 0, result.stderr
    assert "how_far_off" in bp(page, "chapters", path=site).stdout
