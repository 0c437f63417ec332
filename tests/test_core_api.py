"""What ``import bp_core`` offers: its names, its examples, and how little it costs until they are used."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import bp_core


def test_every_name_is_there_and_told() -> None:
    assert sorted(bp_core.__all__) == sorted(set(bp_core.__all__)) == sorted(dir(bp_core))
    for name in bp_core.__all__:
        value = getattr(bp_core, name)
        assert value.__doc__ if callable(value) else len(value), name


def test_there_are_no_others() -> None:
    with pytest.raises(AttributeError, match="module 'bp_core' has no attribute 'tracee'"):
        bp_core.tracee  # noqa: B018


@pytest.mark.parametrize("name", ["trace", "sweep", "paths"])
def test_a_function_called_like_its_module_stays_the_function(name: str) -> None:
    importlib.import_module(f"bp_core.{name}")
    assert getattr(bp_core, name) is getattr(sys.modules[f"bp_core.{name}"], name)


def test_the_first_examples_are_there() -> None:
    assert doctest.testmod(bp_core).attempted >= 4


def test_importing_it_alone_loads_nothing_else() -> None:
    code = "import sys, bp_core; print('numpy' in sys.modules, [m for m in sys.modules if m.startswith('bp_core.')])"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "False []"


def test_type_checkers_are_told_the_same_names() -> None:
    tree = ast.parse(Path(bp_core.__file__).read_text(encoding="utf-8"))
    told = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and str(node.module)[:8] == "bp_core."]
    names = {alias.name: node.module for node in told for alias in node.names}
    assert sorted(names) == sorted(bp_core.__all__)
    for name, module in names.items():
        assert getattr(bp_core, name) is getattr(sys.modules[str(module)], name)
