#!/usr/bin/env python
"""Writes lessons/data/digits.csv anew from the digits that scikit-learn carries: .venv/bin/python scripts/digits.py."""

import csv
import io
from pathlib import Path

from sklearn.datasets import load_digits

TARGET = Path(__file__).resolve().parent.parent / "lessons" / "data" / "digits.csv"
#: The classes that are kept, how many of each, and the darkest ink of the original.
CLASSES, EACH, INK = (0, 1, 2), 12, 16


def digits_csv() -> str:
    """The first so many of each class, in turn; the ink of each cell as a share of the darkest."""
    found = load_digits()
    lines = io.StringIO()
    rows, columns = found.images[0].shape
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["digit", *(f"r{row}c{column}" for row in range(rows) for column in range(columns))])
    chosen = [[i for i, digit in enumerate(found.target) if digit == kind][:EACH] for kind in CLASSES]
    for turn in zip(*chosen, strict=True):
        for i in turn:
            writer.writerow([int(found.target[i]), *(f"{value / INK:g}" for value in found.data[i])])
    return lines.getvalue()


if __name__ == "__main__":
    TARGET.write_text(digits_csv(), encoding="utf-8")
