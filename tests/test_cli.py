"""The command ``bp``: exit statuses, one line for each mistake, what each command imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bp_core.gradient_check import GradientCheck
from bp_core.quantities import J, d, w
from bp_script.lesson import load
from bp_studio.cli import COMMANDS
from bp_studio.commands import check, doctor
from scenes.registry import chapter_names
from tests.bp_command import FLAGSHIP, HEARING_BP, SMALL, bp


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_help_names_every_command() -> None:
    result = bp("--help")
    assert result.returncode == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = bp(name, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Usage: bp {name}")


def test_version() -> None:
    assert bp("--version").stdout.startswith("bp 0.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rendr"], "bp: No such command 'rendr'."),
        (["render"], "bp render: Missing argument 'LESSON…'."),
        (["render", FLAGSHIP, "-q", "x"], "bp render: Invalid value for '-q' / '--quality': 'x' is not one of"),
        (["render", FLAGSHIP, "--jobs", "0"], "bp render: Invalid value for '--jobs'"),
        (["render", FLAGSHIP, "--format", "avi"], "bp render: Invalid value for '--format'"),
        (["render", FLAGSHIP, FLAGSHIP], "two lessons are called backpropagation_calculus"),
        (["render", FLAGSHIP, "--chapter", "nugde"], "no chapter 'nugde' in this lesson; did you mean 'nudge'?"),
        (["render", "no/such.yaml"], "no/such.yaml: "),
        (["trace", "no_such_lesson"], "no_such_lesson"),
        (["trace", FLAGSHIP, "--step", "999"], "step 999: this lesson has the steps 0 to "),
        (["trace", FLAGSHIP, "--example", "9"], "example 9: this lesson has the examples 0 to 3"),
        (["trace", FLAGSHIP, "--json", "--step", "1"], "--json writes every example and every step"),
        (["new", ".."], "'..' is no name for a lesson"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(arguments: list[object], message: str) -> None:
    result = bp(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr


def test_without_a_command_the_help_page_is_shown() -> None:
    result = bp()
    assert result.returncode == 2
    assert "Commands:" in result.stderr


@pytest.mark.parametrize("command", ["render", "trace", "check", "stills"])
def test_each_mistake_of_a_lesson_is_one_line(tmp_path: Path, command: str) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL.replace("squared_error", "squard_error").replace("learning_rate: 0.5", "learning_rate: -1"))
    result = bp(command, "bad.yaml", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first.startswith("bad.yaml:7:7: cost: expected")
    assert "did you mean 'squared_error'?" in first
    assert second.startswith("bad.yaml:11:27: training.learning_rate: expected a number above 0; got -1")


def test_the_mistakes_of_all_lessons_are_told_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SMALL.replace("tanh", "tan"))
    result = bp("render", "one.yaml", "two.yaml", cwd=tmp_path)
    assert result.returncode == 2
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["one.yaml", "two.yaml"]


def test_an_unknown_chapter_matters_to_films_alone(tmp_path: Path, small: Path) -> None:
    small.write_text(SMALL.replace("nudge", "nugde"))
    for command in ("render", "check", "stills"):
        result = bp(command, small)
        assert result.returncode == 2
        assert f"{small}:13:5: chapters[0]: expected a chapter" in result.stderr
        assert "did you mean 'nudge'?" in result.stderr
    assert bp("trace", small).returncode == 0


@pytest.mark.parametrize("command", ["render", "check", "stills"])
def test_a_chapters_parameters_are_checked_before_anything_is_drawn(small: Path, command: str) -> None:
    small.write_text(SMALL.replace("nudge", "nudge: {bye: 1}\n  - nudge: {by: much}"))
    result = bp(command, small, cwd=small.parent)
    assert result.returncode == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{small}:13:13: chapters[0].nudge.bye: expected")
    assert "did you mean 'by'?" in first
    assert second.startswith(f"{small}:14:17: chapters[1].nudge.by: expected a number; got 'much'")
    assert not list(small.parent.rglob("*.mp4"))


@pytest.mark.parametrize("command", ["render", "check", "trace", "stills"])
def test_an_overflow_names_the_quantity_and_the_step(small: Path, command: str) -> None:
    text = SMALL.replace("learning_rate: 0.5", "learning_rate: 1e250").replace("tanh", "linear")
    small.write_text(text.replace("nudge", "update" if command != "trace" else "nudge"))
    result = bp(command, small, cwd=small.parent)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"{small}: ")
    assert " after step " in result.stderr
    assert result.stderr.endswith("is not a finite number\n")


def test_new_writes_a_lesson_that_is_all_right(tmp_path: Path) -> None:
    result = bp("new", "my_first", cwd=tmp_path)
    assert result.returncode == 0
    lesson = load(tmp_path / "my_first.yaml", chapter_names())
    assert lesson.title == "My first"
    assert "#" in (tmp_path / "my_first.yaml").read_text()
    checked = bp("check", "my_first.yaml", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_new_says_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    said = bp("new", "Übung 3", cwd=tmp_path).stdout
    assert "bp watch 'Übung 3.yaml'; " in said
    assert said.rstrip().endswith("bp render -q l 'Übung 3.yaml'")


def test_a_lesson_of_nearly_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "exam.yaml").write_text("title: T", "utf-8")
    told = bp("trace", "exm.yaml", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (2, "no file exm.yaml; did you mean 'exam.yaml'?\n")
    told = bp("trace", "exam", cwd=tmp_path)
    assert told.returncode == 2
    assert told.stderr.startswith("no file exam; expected a shipped lesson (")
    assert told.stderr.endswith("; did you mean 'exam.yaml'?\n")


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    result = bp("new", "mine", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, "mine.yaml is there already: take another name\n")
    assert (tmp_path / "mine.yaml").read_text() == "mine"


def test_chapters_lists_each_with_its_own_parameters() -> None:
    result = bp("chapters")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert all(any(line.startswith(f"{name}  ") for line in lines) for name in chapter_names())
    assert any(line.split()[:3] == ["by", "number", "default"] for line in lines)
    assert sum(line.split()[:1] == ["say"] for line in lines) == 1


def test_schema_knows_every_chapter() -> None:
    result = bp("schema")
    assert result.returncode == 0
    assert all(f'"{name}"' in result.stdout for name in chapter_names())


def test_check_tells_what_holds(small: Path) -> None:
    result = bp("check", small, "--no-layout")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{small}: 4 gradients, ")
    assert result.stdout.endswith(" equations, no layout of 1 chapters: all right\n")


def test_findings_are_printed_with_status_1(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = GradientCheck(d(J, w(1, 0, 0)), 0.25, 0.5, 0.5)
    monkeypatch.setattr(check, "check_gradients", lambda _: [wrong])
    result = CliRunner().invoke(check.command, [str(small), "--no-layout"])
    assert result.exit_code == 1
    assert result.stdout == f"{small}: dJ/dw[1][0][0]: backpropagation says 0.25, finite differences 0.5\n"


def test_doctor_finds_everything_here() -> None:
    result = bp("doctor")
    assert result.returncode == 0, result.stdout
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"ok"}
    assert "manim 0.22" in result.stdout


def test_doctor_names_the_command_for_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def version(name: str) -> str:
        if name == "typst":
            raise doctor.metadata.PackageNotFoundError
        return "0.1.0" if name == "manim" else "99.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: ["manim[typst]<0.23,>=0.22", "typst>=0.15", "click>=8"])
    monkeypatch.setattr(doctor, "_error_of", lambda _: "")
    monkeypatch.setattr(doctor, "_CHECKOUT", tmp_path)
    result = CliRunner().invoke(doctor.command)
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok", "missing", "missing", "ok", "run", "run"]
    assert "manim <0.23,>=0.22 (there is 0.1.0)" in result.stdout
    assert f"run     {sys.executable} -m pip install 'typst>=0.15'" in result.stdout


def test_doctor_tells_a_missing_system_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    error = "ImportError: libcairo.so.2: cannot open shared object file"
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: ["manim>=0.22"])
    monkeypatch.setattr(doctor, "_error_of", lambda _: error)
    monkeypatch.setattr(doctor, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(doctor.shutil, "which", lambda manager: manager == "dnf" or None)
    result = CliRunner().invoke(doctor.command)
    assert result.exit_code == 1
    assert error in result.stdout
    assert "run     sudo dnf install -y cairo-devel" in result.stdout


IMPORTED = """
import sys
from bp_studio.cli import main
sys.argv = ["bp", *{arguments!r}]
try:
    main()
except SystemExit as end:
    print("\\nSTATUS", end.code, *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], {"manim", "pydantic", "numpy", "rich", "av", "lark"}),
        (["trace", str(FLAGSHIP), "--json"], {"manim", "rich", "av", "PIL", "typst", "scipy"}),
        (["trace", str(FLAGSHIP)], {"manim", "av", "PIL", "typst", "scipy"}),
        (["check", str(FLAGSHIP), "--no-layout"], {"manim"}),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], unwanted: set[str]) -> None:
    code = IMPORTED.format(arguments=arguments)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, *modules = result.stdout.splitlines()[-1].removeprefix("STATUS ").split()
    assert status == "0"
    assert not unwanted & set(modules)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_render_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    chapters = ["--chapter", "nudge", "--chapter", "update"]
    command = [*HEARING_BP, "render", str(FLAGSHIP), *chapters, "-q", "l", "--fresh", "--jobs", "2", "--out", "film"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        end = time.monotonic() + 180
        while not list(tmp_path.rglob("*.mp4")):  # until frames are being written
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        workers = _children(process.pid)
        assert len(workers) == 2
        process.send_signal(number)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (130, "", "interrupted\n")
    assert list((tmp_path / "film").iterdir()) == []
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
