"""Inputs drawn as a picture: which data are one, and what its cells show."""

from __future__ import annotations

from pathlib import Path

import pytest
from manim.utils.color import ManimColor

from bp_script.lesson import Lesson, lesson_from
from scenes.kit.chapter import view_of
from scenes.kit.parameters import BaseParameters
from scenes.kit.pictures.input_picture import InputPicture, picture_shape


def lesson(folder: Path, names: list[str], rows: list[list[float]]) -> Lesson:
    lines = [",".join([*names, "y"]), *(",".join(map(str, [*row, 1])) for row in rows)]
    (folder / "data.csv").write_text("\n".join(lines), encoding="utf-8")
    return lesson_from(
        {
            "title": "Pictures",
            "network": {"sizes": [len(names), 1], "activations": "sigmoid", "init": {"scheme": "xavier"}},
            "cost": "squared_error",
            "examples": {"csv": "data.csv", "inputs": names, "targets": ["y"]},
            "chapters": ["update"],
        },
        folder=folder,
    )


@pytest.mark.parametrize(
    ("names", "shape"),
    [
        (["r0c0", "r0c1", "r1c0", "r1c1", "r2c0", "r2c1"], (3, 2)),
        (["r0c0", "r0c1", "r1c0"], None),
        (["r0c1", "r0c0"], None),
        (["r0c0", "r0c1", "age"], None),
        (["length", "width"], None),
    ],
)
def test_columns_named_by_row_and_column_are_a_picture(
    tmp_path: Path, names: list[str], shape: tuple[int, int] | None
) -> None:
    assert picture_shape(lesson(tmp_path, names, [[0.5] * len(names)])) == shape


def test_a_cell_is_as_bright_as_its_input_is_large(tmp_path: Path) -> None:
    names = ["r0c0", "r0c1", "r1c0", "r1c1"]
    view = view_of(lesson(tmp_path, names, [[0, 1, 0.5, 0.25], [1, 1, 1, 1]]), BaseParameters())
    picture = InputPicture(view, (2, 2), side=2.0)
    first, second, third, fourth = (picture.cell(k) for k in range(4))
    assert first.get_fill_color() == ManimColor(view.theme.neuron_off)
    assert second.get_fill_color() == ManimColor(view.theme.neuron_on)
    assert first.get_fill_color().to_rgb()[0] < fourth.get_fill_color().to_rgb()[0] < third.get_fill_color().to_rgb()[0]
    assert first.get_x() < second.get_x()
    assert first.get_y() > third.get_y()
    assert picture.width == pytest.approx(2.0)


def test_values_beyond_one_are_scaled_by_the_largest_of_all_examples(tmp_path: Path) -> None:
    view = view_of(lesson(tmp_path, ["r0c0", "r0c1"], [[4, 0], [16, 8]]), BaseParameters())
    one, other = InputPicture(view, (1, 2), 0, side=1.0), InputPicture(view, (1, 2), 1, side=1.0)
    on = ManimColor(view.theme.neuron_on)
    assert other.cell(0).get_fill_color() == on
    assert one.cell(0).get_fill_color() != on
    assert one.height == pytest.approx(0.5)
