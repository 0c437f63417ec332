#!/usr/bin/env python
"""Writes lessons/data/iris.csv anew from the flowers that scikit-learn carries: .venv/bin/python scripts/iris.py."""

import csv
import io
from pathlib import Path

from sklearn.datasets import load_iris

TARGET = Path(__file__).resolve().parent.parent / "lessons" / "data" / "iris.csv"
COLUMNS = ("sepal length", "sepal width", "petal length", "petal width")
#: Centimetres in a decimetre.
DECIMETRE = 10


def iris_csv() -> str:
    """All flowers, the three species in turn, lengths and widths in decimetres."""
    found = load_iris()
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*COLUMNS, "species"])
    species = [[i for i, own in enumerate(found.target) if own == kind] for kind in range(len(found.target_names))]
    for turn in zip(*species, strict=True):
        for i in turn:
            name = found.target_names[found.target[i]]
            writer.writerow([*(f"{value / DECIMETRE:g}" for value in found.data[i]), name])
    return lines.getvalue()


if __name__ == "__main__":
    TARGET.write_text(iris_csv(), encoding="utf-8")
