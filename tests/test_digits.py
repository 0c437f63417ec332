"""The handwritten digits of the lessons: what the script makes of scikit-learn's is what is shipped."""

from __future__ import annotations

import csv
import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "lessons" / "data" / "digits.csv"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("digits", ROOT / "scripts" / "digits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_is_what_the_script_makes() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == script().digits_csv()


def test_every_line_is_a_digit_of_the_original() -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    original = load_digits()
    known = {(int(digit), *row) for digit, row in zip(original.target, original.data.tolist(), strict=True)}
    assert all((int(line[0]), *(float(ink) * 16 for ink in line[1:])) in known for line in lines)
    assert Counter(line[0] for line in lines) == {"0": 12, "1": 12, "2": 12}
    assert len({tuple(line) for line in lines}) == len(lines)


def test_the_note_beside_it_names_source_and_licence() -> None:
    note = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    for word in ("UCI Machine Learning Repository", "10.24432/C50P49", "Attribution 4.0", "scripts/digits.py"):
        assert word in note
    assert np.loadtxt(SHIPPED, delimiter=",", skiprows=1).shape == (36, 65)
