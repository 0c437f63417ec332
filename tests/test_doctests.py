"""The examples in the docstrings of the mathematics and of the language run and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import bp_core
import bp_script

PACKAGES = (bp_core, bp_script)
MODULES = sorted(
    module.name for package in PACKAGES for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


@pytest.mark.parametrize("name", [*(package.__name__ for package in PACKAGES), *MODULES])
def test_the_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    with_examples = {
        name for name in MODULES for test in finder.find(importlib.import_module(name), name) if test.examples
    }
    assert {name.partition(".")[0] for name in with_examples} == {"bp_core", "bp_script"}
    assert len(with_examples) >= 15
