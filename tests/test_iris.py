"""The iris flowers of the lessons: what the script makes of scikit-learn's is what is shipped."""

from __future__ import annotations

import csv
import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
from sklearn.datasets import load_iris

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "lessons" / "data" / "iris.csv"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("iris", ROOT / "scripts" / "iris.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_the_script_makes() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == script().iris_csv()


def test_it_is_the_original_in_another_order_and_unit() -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    original = load_iris()
    names = [str(original.target_names[kind]) for kind in original.target]
    ours = Counter((line[-1], *(round(10 * float(value), 6) for value in line[:-1])) for line in lines)
    assert ours == Counter((name, *row) for name, row in zip(names, original.data.tolist(), strict=True))
    assert [line[-1] for line in lines[:3]] == list(original.target_names)


def test_the_note_beside_it_names_source_and_licence() -> None:
    note = (SHIPPED.parent / "README.md").read_text(encoding="utf-8").partition("## `iris.csv`")[2]
    for word in ("UCI Machine Learning Repository", "10.24432/C56C76", "Attribution 4.0", "scripts/iris.py"):
        assert word in note
    assert np.loadtxt(SHIPPED, delimiter=",", skiprows=1, usecols=range(4)).shape == (150, 4)
