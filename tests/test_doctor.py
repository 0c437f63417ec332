"""``bp doctor`` where something is missing for real: it says what, and one command, and asks nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bp_studio.commands import doctor
from tests.bp_command import BP, ROOT

#: Python runs this at the start of every process: some modules are as good as gone.
HIDE = """
import os, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["HIDDEN"]:
            raise ImportError(os.environ["BECAUSE"])

sys.meta_path.insert(0, Hidden())
"""


def doctor_without(module: str, because: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(HIDE)
    environment = {**os.environ, "PYTHONPATH": str(folder), "HIDDEN": module, "BECAUSE": because}
    return subprocess.run(
        [str(BP), "doctor"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("module", "because", "what"),
    [
        ("lark", "No module named 'lark'", "lark"),
        ("cairo", "libcairo.so.2: cannot open shared object file", "pycairo"),
        pytest.param("numpy.linalg", "numpy.linalg is gone", "numpy", marks=pytest.mark.long),
    ],
)
def test_a_library_that_does_not_load_is_told_with_one_command(
    tmp_path: Path, module: str, because: str, what: str
) -> None:
    found = doctor_without(module, because, tmp_path)
    lines = found.stdout.splitlines()
    assert (found.returncode, found.stderr) == (1, "")
    missing = [line for line in lines if line.startswith("missing ")]
    assert any(line.startswith(f"missing {what} ") and because in line for line in missing), found.stdout
    assert [line for line in lines if line.startswith("run ")] == [
        f"run     rm -rf {ROOT / '.venv'} && {ROOT / 'scripts' / 'bootstrap'}"
    ]


@pytest.mark.parametrize(
    ("module", "trial"),
    [
        pytest.param("av.video.reformatter", None, marks=pytest.mark.long),
        ("bp_studio.rendering", "a clip, typeset, drawn, encoded and decoded"),
        pytest.param("scenes.nudge", "the chapters", marks=pytest.mark.long),
    ],
)
def test_what_fails_only_when_it_is_done_is_told(tmp_path: Path, module: str, trial: str | None) -> None:
    found = doctor_without(module, "it is broken", tmp_path)
    assert (found.returncode, found.stderr) == (1, "")
    missing = [line for line in found.stdout.splitlines() if line.startswith("missing ")]
    assert missing
    assert trial is None or any(line.startswith(f"missing {trial}: ") for line in missing), found.stdout
    assert found.stdout.count("run     ") == 1


@pytest.mark.parametrize("what", doctor._TRIALS)
def test_every_trial_is_a_program_that_can_fail(what: str, tmp_path: Path) -> None:
    broken = doctor._TRIALS[what].replace("import ", "import no_such_module, ", 1)
    assert "no_such_module" in doctor._error_of(broken)
