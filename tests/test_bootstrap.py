"""scripts/bootstrap on machines made of stand-ins: what it runs, what it prints, when it does nothing."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: What every system has, and the script may use.
BASICS = ("bash", "sh", "cat", "cmp", "dirname", "env", "rm", "mkdir", "chmod")
LOG = 'echo "$(basename "$0") $*" >> "$MACHINE/log"'
UV = f"""{LOG}
[ "$1" = sync ] || exit 0
mkdir -p .venv/bin
printf '#!/bin/sh\\nexit 0\\n' > .venv/bin/python
chmod +x .venv/bin/python"""
PYTHON_THAT_MAKES_UV = f"""{LOG}
[ "$2" = venv ] || exit 1
mkdir -p .uv/bin
printf '#!/bin/sh\\necho "pip $*" >> "$MACHINE/log"\\ncp "$MACHINE/spare-uv" .uv/bin/uv' > .uv/bin/python
chmod +x .uv/bin/python"""
COMMANDS = {
    "apt-get": "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "
    "gcc libc6-dev pkg-config libcairo2-dev libpango1.0-dev",
    "dnf": "dnf install -y gcc pkgconf-pkg-config cairo-devel pango-devel python3-devel",
    "pacman": "pacman -S --needed --noconfirm gcc pkgconf cairo pango python",
    "brew": "brew install pkgconf cairo pango python",
}
UPDATE = {"apt-get": [["apt-get", "update"]]}


@dataclass
class Machine:
    """A folder of commands and a clone, of which only the script is real."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in (*BASICS, "basename", "cp"):
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.add("python3", "exit 1")
        self.clone = self.folder / "clone"
        (self.clone / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "bootstrap", self.clone / "scripts")
        for name in ("pyproject.toml", "uv.lock"):
            (self.clone / name).write_text(f"as it is in {name}\n", encoding="utf-8")

    def add(self, name: str, body: str = LOG, *, folder: Path | None = None) -> None:
        path = (folder or self.bin) / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def as_user(self, number: int) -> None:
        self.add("id", f"echo {number}")

    def with_libraries(self) -> None:
        for name in ("cc", "pkg-config", "python3", "git", "espeak-ng"):
            self.add(name, "exit 0")

    def bootstrap(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.clone / "scripts" / "bootstrap", *arguments],
            env={"PATH": str(self.bin), "MACHINE": str(self.folder), **self.environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def log(self) -> list[str]:
        """What was run since the last time."""
        path = self.folder / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.write_text("", encoding="utf-8")
        return [line for line in lines if line != "uv cache dir"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def installs(manager: str) -> list[str]:
    """The log of a manager's command."""
    return [part.replace("DEBIAN_FRONTEND=noninteractive ", "") for part in COMMANDS[manager].split(" && ")]


@pytest.mark.parametrize("manager", COMMANDS)
def test_with_rights_it_installs_what_is_missing(machine: Machine, manager: str) -> None:
    machine.as_user(0)
    machine.add(manager)
    machine.add("uv", UV)
    result = machine.bootstrap()
    assert result.returncode == 0, result.stderr
    assert machine.log() == [*installs(manager), "uv sync --locked --compile-bytecode --no-dev --inexact"]
    assert f"bootstrap: installing system libraries: {COMMANDS[manager]}" in result.stderr


@pytest.mark.parametrize(("manager", "tool"), [*((manager, "git") for manager in COMMANDS), ("dnf", "espeak-ng")])
def test_tests_need_git_and_a_voice(machine: Machine, manager: str, tool: str) -> None:
    machine.with_libraries()
    (machine.bin / tool).unlink()
    machine.as_user(0)
    machine.add(manager)
    machine.add("uv", UV)
    machine.bootstrap()
    machine.bootstrap("--dev")
    assert [line.split()[-2:] for line in machine.log()] == [
        ["--no-dev", "--inexact"],
        *UPDATE.get(manager, []),
        ["git", "espeak-ng"],
        ["--locked", "--compile-bytecode"],
    ]


@pytest.mark.parametrize("manager", ["apt-get", "dnf", "pacman"])
def test_without_rights_it_prints_the_command(machine: Machine, manager: str) -> None:
    machine.as_user(1000)
    machine.add(manager)
    machine.add("uv", UV)
    result = machine.bootstrap()
    assert result.returncode == 1
    assert result.stdout == f"{COMMANDS[manager]}\n"
    assert "Run this as root" in result.stderr
    assert machine.log() == []


def test_a_user_with_sudo_has_rights(machine: Machine) -> None:
    machine.as_user(1000)
    machine.add("apt-get")
    machine.add("sudo", '[ "$1" = -n ] || { echo "sudo" >> "$MACHINE/log"; exec "$@"; }')
    machine.add("uv", UV)
    assert machine.bootstrap().returncode == 0
    assert machine.log()[:3] == ["sudo", *installs("apt-get")]


def test_homebrew_needs_no_rights(machine: Machine) -> None:
    machine.as_user(501)
    machine.add("brew")
    machine.add("uv", UV)
    assert machine.bootstrap().returncode == 0
    assert machine.log()[:1] == installs("brew")


def test_an_unknown_system_is_told_what_it_needs(machine: Machine) -> None:
    machine.as_user(0)
    result = machine.bootstrap()
    assert result.returncode == 1
    assert "missing: a C compiler, pkg-config, Cairo, Pango or Python's headers" in result.stderr


def test_an_installation_that_fails_stops_it(machine: Machine) -> None:
    machine.as_user(0)
    machine.add("dnf", "exit 3")
    machine.add("uv", UV)
    result = machine.bootstrap()
    assert result.returncode == 1
    assert "that failed" in result.stderr
    assert machine.log() == []


def test_uv_is_installed_where_there_is_none(machine: Machine) -> None:
    machine.with_libraries()
    machine.add("spare-uv", UV, folder=machine.folder)
    machine.add("python3", f'case "$1" in -c) exit 0 ;; esac\n{PYTHON_THAT_MAKES_UV}')
    result = machine.bootstrap()
    assert result.returncode == 0, result.stderr
    log = machine.log()
    assert log[0] == "python3 -m venv .uv"
    assert log[1].startswith("pip -m pip install")
    assert log[1].endswith("uv>=0.9,<1")
    assert log[2] == "uv sync --locked --compile-bytecode --no-dev --inexact"


def test_a_uv_that_this_project_refuses_is_not_used(machine: Machine) -> None:
    machine.with_libraries()
    machine.add("uv", 'echo "required version: >=0.9" >&2; exit 2')
    machine.add("spare-uv", UV, folder=machine.folder)
    machine.add("python3", f'case "$1" in -c) exit 0 ;; esac\n{PYTHON_THAT_MAKES_UV}')
    assert machine.bootstrap().returncode == 0
    assert machine.log()[-1].startswith("uv sync")


def test_it_does_nothing_where_nothing_is_to_do(machine: Machine) -> None:
    machine.with_libraries()
    machine.add("uv", UV)
    assert machine.bootstrap("--dev").returncode == 0
    assert machine.log() == ["uv sync --locked --compile-bytecode"]
    for arguments in ([], ["--dev"]):
        result = machine.bootstrap(*arguments)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert machine.log() == []


def test_films_need_no_tools_of_development(machine: Machine) -> None:
    machine.with_libraries()
    machine.add("uv", UV)
    machine.bootstrap()
    machine.bootstrap("--dev")
    assert machine.log() == [
        "uv sync --locked --compile-bytecode --no-dev --inexact",
        "uv sync --locked --compile-bytecode",
    ]


@pytest.mark.parametrize("change", ["lock", "project", "place", "libraries", "python"])
def test_a_change_makes_it_work_again(machine: Machine, change: str) -> None:
    machine.with_libraries()
    machine.add("uv", UV)
    machine.bootstrap()
    machine.log()
    if change == "place":
        machine.clone = machine.clone.rename(machine.folder / "elsewhere")
    elif change == "python":
        machine.environment["UV_PYTHON"] = "3.13"
    elif change == "libraries":
        machine.add("python", "exit 1", folder=machine.clone / ".venv" / "bin")
    else:
        (machine.clone / {"lock": "uv.lock", "project": "pyproject.toml"}[change]).write_text("other", encoding="utf-8")
    assert machine.bootstrap().returncode == 0
    assert machine.log() == ["uv sync --locked --compile-bytecode --no-dev --inexact"]


def test_an_unknown_option_is_refused(machine: Machine) -> None:
    result = machine.bootstrap("--all")
    assert result.returncode == 2
    assert "usage" in result.stderr


def test_this_checkout_is_ready_in_no_time() -> None:
    command = [ROOT / "scripts" / "bootstrap", "--dev"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
