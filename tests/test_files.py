"""Files that lessons name: where they may lie, and what they may hold."""

import contextlib
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bp_script.files import FileRefused, read_beside
from bp_script.lesson import Lesson, LessonErrors, lesson_from

W1, b1 = [[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]], [0.1, 0.2, 0.3]
W2, b2 = [[1.0, 2.0, 3.0]], [0.5]


def lesson(folder: Path | None, **changes: Any) -> Lesson:
    data = {
        "title": "From files",
        "network": {"sizes": [2, 3, 1], "activations": "sigmoid", "init": {"scheme": "he", "seed": 1}},
        "cost": "squared_error",
        "examples": [{"x": [1, 2], "y": [0]}],
        "chapters": ["cost_tree"],
    }
    return lesson_from(data | changes, folder=folder)


def mistakes(folder: Path | None, **changes: Any) -> list[str]:
    with pytest.raises(LessonErrors) as caught:
        lesson(folder, **changes)
    return str(caught.value).splitlines()


def from_file(name: str, **more: Any) -> dict[str, Any]:
    return {"activations": "sigmoid", "file": name, **more}


# -- where they may lie ---------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../points.csv", "/etc/passwd", "a/../../points.csv", "..", "", "C:\\points.csv", "a\\b.csv", "a\0.csv"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "points.csv").write_text("x\n1\n")
    folder = tmp_path / "inside"
    folder.mkdir()
    with pytest.raises(FileRefused, match="expected the name of a file beside the lesson"):
        read_beside(folder, name, (".csv",))


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("x\n1\n")
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "points.csv")
    (folder / "door").symlink_to(tmp_path)
    for name in ("link.csv", "door/points.csv"):
        with pytest.raises(FileRefused, match="a link that leads elsewhere"):
            read_beside(folder, name, (".csv",))


def test_files_and_links_inside_are_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "points.csv").write_text("x\n1\n")
    (tmp_path / "link.csv").symlink_to("data/points.csv")
    assert read_beside(tmp_path, "data/points.csv", (".csv",)) == b"x\n1\n"
    assert read_beside(tmp_path, "link.csv", (".csv",)) == b"x\n1\n"


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with (tmp_path / "large.csv").open("wb") as large:
        large.truncate(10_000_001)
    for name, message in [
        ("pipe.csv", "which is something else"),
        ("folder.csv", "expected a file"),
        ("loop.csv", "which is not there"),
        ("none.csv", "which is not there"),
        ("large.csv", "expected a file of at most 10 MB"),
        ("points.txt", "expected a name that ends in .csv; got 'points.txt'"),
    ]:
        with pytest.raises(FileRefused, match=message):
            read_beside(tmp_path, name, (".csv",))


def test_a_file_of_nearly_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "points.csv").write_text("x,y\n")
    for name, meant in [("data/point.csv", "did you mean 'data/points.csv'?"), ("data/wine.csv", "is not there")]:
        with pytest.raises(FileRefused, match=rf"{re.escape(meant)}$"):
            read_beside(tmp_path, name, (".csv",))


def test_a_lesson_without_a_folder_names_no_files() -> None:
    assert mistakes(None, network=from_file("model.npz")) == [
        "network.file: expected no file, this lesson lies in no folder; got 'model.npz'"
    ]
    assert mistakes(None, examples={"csv": "points.csv", "inputs": ["x"], "targets": ["y"]}) == [
        "examples.csv: expected no file, this lesson lies in no folder; got 'points.csv'"
    ]


# -- networks -------------------------------------------------------------------


@pytest.mark.parametrize("words", [("weights_", "biases_"), ("W", "b")])
def test_a_network_from_npz(tmp_path: Path, words: tuple[str, str]) -> None:
    arrays: dict[str, Any] = {f"{words[0]}2": W2, f"{words[1]}1": b1, f"{words[0]}1": W1, f"{words[1]}2": b2}
    np.savez(tmp_path / "model.npz", **arrays)
    network = lesson(tmp_path, network=from_file("model.npz")).network
    assert network.sizes == (2, 3, 1)
    assert [W.tolist() for W in network.weights] == [W1, W2]
    assert [b.tolist() for b in network.biases] == [b1, b2]


def test_a_network_from_json_of_whole_numbers_too(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"weights": [W1, [[1, 2, 3]]], "biases": [b1, [0]]}))
    network = lesson(tmp_path, network=from_file("model.json", sizes=[2, 3, 1])).network
    assert network.weights[1].tolist() == [[1.0, 2.0, 3.0]]


def test_many_layers_keep_their_order(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {f"W{n}": np.full((1, 1), n) for n in range(1, 13)} | {
        f"b{n}": np.full(1, -n) for n in range(1, 13)
    }
    np.savez(tmp_path / "deep.npz", **arrays)
    network = lesson(tmp_path, network=from_file("deep.npz"), examples=[{"x": [1], "y": [1]}]).network
    assert [int(W[0, 0]) for W in network.weights] == list(range(1, 13))


def test_other_sizes_than_the_file_has_are_a_mistake(tmp_path: Path) -> None:
    np.savez(tmp_path / "model.npz", W1=W1, b1=b1, W2=W2, b2=b2)
    assert mistakes(tmp_path, network=from_file("model.npz", sizes=[2, 4, 1])) == [
        "network.sizes: expected [2, 3, 1], as in model.npz; got [2, 4, 1]"
    ]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "expected 2 to 16 layers with the input in model.npz; got 1"),
        ({"W1": W1}, "two for each layer, in model.npz; got W1"),
        ({"W1": W1, "biases_1": b1}, "two for each layer, in model.npz; got W1, biases_1"),
        ({"W2": W1, "b2": b1}, "two for each layer, in model.npz; got W2, b2"),
        ({"kernel": W1, "bias": b1}, "expected weights_1, biases_1, … or W1, b1, … in model.npz; got 'kernel.npy'"),
        ({"W1": W1, "b1": [0.1]}, "expected 3 biases for layer 1 in model.npz; got shape (1,)"),
        ({"W1": [1.0], "b1": [0.1]}, "rows of weights for layer 1 in model.npz; got shape (1,)"),
        ({"W1": np.zeros((0, 2)), "b1": []}, "rows of weights for layer 1 in model.npz; got shape (0, 2)"),
        ({"W1": W1, "b1": b1, "W2": [[1.0]], "b2": b2}, "expected 3 weights in each row of layer 2 in model.npz"),
        ({"W1": [[np.nan, 1.0]], "b1": [0.0]}, "expected finite numbers in model.npz; got others"),
        ({"W1": [["a", "b"]], "b1": [0.0]}, "expected an array of numbers in model.npz; got one of type str"),
        ({"W1": [[1j, 2]], "b1": [0.0]}, "expected an array of numbers in model.npz; got one of type complex128"),
        ({"W1": np.zeros((1001, 1000)), "b1": np.zeros(1001)}, "expected at most 1,000,000 weights and biases"),
    ],
)
def test_npz_files_that_hold_no_network(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "model.npz", **arrays)
    (mistake,) = mistakes(tmp_path, network=from_file("model.npz"))
    assert mistake.startswith("network.file: expected")
    assert message in mistake


class Harm:
    """Leaves a file if it is ever unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_pickles_in_npz_files_are_not_run(tmp_path: Path) -> None:
    harm = np.array([Harm(tmp_path / "harmed")], dtype=object)
    np.savez(tmp_path / "model.npz", W1=harm, b1=b1)
    (mistake,) = mistakes(tmp_path, network=from_file("model.npz"))
    assert "expected an array of numbers in model.npz" in mistake
    assert not (tmp_path / "harmed").exists()


def test_a_header_that_promises_too_much_is_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**20, 2**20)})
    with zipfile.ZipFile(tmp_path / "model.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W1.npy", header.getvalue() + bytes(1_000_000))
        archive.writestr("b1.npy", header.getvalue())
    (mistake,) = mistakes(tmp_path, network=from_file("model.npz"))
    assert "got 'model.npz', an array of which is cut" in mistake


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "model.npz", W1=np.zeros((3000, 3000)), b1=np.zeros(3000))
    assert (tmp_path / "model.npz").stat().st_size < 100_000
    (mistake,) = mistakes(tmp_path, network=from_file("model.npz"))
    assert "expected at most 1,000,000 weights and biases in model.npz; got more" in mistake


@pytest.mark.parametrize("cut", [0, 10, 100, 300])
def test_broken_npz_files_are_refused(tmp_path: Path, cut: int) -> None:
    np.savez(tmp_path / "whole.npz", W1=W1, b1=b1)
    (tmp_path / "model.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:cut])
    (mistake,) = mistakes(tmp_path, network=from_file("model.npz"))
    assert mistake.startswith("network.file: expected a .npz file of numpy; got 'model.npz'")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 600), st.binary(min_size=1, max_size=3))
def test_any_npz_is_read_or_refused(tmp_path: Path, at: int, bytes_: bytes) -> None:
    np.savez_compressed(tmp_path / "whole.npz", W1=W1, b1=b1)
    content = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "model.npz").write_bytes(content[:at] + bytes_ + content[at + len(bytes_) :])
    with contextlib.suppress(LessonErrors):
        lesson(tmp_path, network=from_file("model.npz"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON in model.json"),
        ("[" * 100_000, "expected JSON in model.json"),
        ("[1]", "expected a mapping of weights and biases in model.json"),
        ('{"weights": []}', "expected a mapping of weights and biases in model.json"),
        ('{"weights": 1, "biases": []}', "expected a list of layers as weights in model.json"),
        ('{"weights": [[[1]]], "biases": []}', "got different numbers of layers"),
        ('{"weights": [[[1], [1, 2]]], "biases": [[1, 2]]}', "rows of numbers, all of the same length, in model.json"),
        ('{"weights": [[["1"]]], "biases": [[1]]}', "rows of numbers, all of the same length, in model.json"),
        ('{"weights": [[[NaN]]], "biases": [[1]]}', "expected finite numbers in model.json"),
        ('{"weights": [], "biases": []}', "expected 2 to 16 layers with the input in model.json; got 1"),
    ],
)
def test_json_files_that_hold_no_network(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "model.json").write_text(text)
    (mistake,) = mistakes(tmp_path, network=from_file("model.json"))
    assert message in mistake


# -- examples -------------------------------------------------------------------

POINTS = {"csv": "points.csv", "inputs": ["x1", "x2"], "targets": ["y"]}
FLOWERS = {"csv": "points.csv", "inputs": ["x1", "x2"], "targets": {"one_hot": "kind"}}


def points(folder: Path, text: str) -> None:
    (folder / "points.csv").write_text(text)


def test_examples_from_csv(tmp_path: Path) -> None:
    points(tmp_path, '\ufeffy,x2, x1 ,other\n1,2,0.5,a\n\n0,"3",-1e-3,b\n')
    made = lesson(tmp_path, examples=POINTS)
    assert [(e.x.tolist(), e.y.tolist()) for e in made.examples] == [([0.5, 2.0], [1.0]), ([-0.001, 3.0], [0.0])]
    assert made.input_names == ("x1", "x2")
    assert made.class_names == ()


def test_a_column_of_classes_becomes_targets(tmp_path: Path) -> None:
    points(tmp_path, "x1,x2,kind\n1,2,rose\n3,4, iris\n5,6,rose\n")
    made = lesson(
        tmp_path,
        examples=FLOWERS,
        network={"sizes": [2, 2], "activations": "softmax", "init": {"scheme": "zeros"}},
        cost="cross_entropy",
    )
    assert made.class_names == ("iris", "rose")
    assert [e.y.tolist() for e in made.examples] == [[0, 1], [1, 0], [0, 1]]


def test_classes_that_are_numbers_are_sorted_as_numbers(tmp_path: Path) -> None:
    points(tmp_path, "x1,x2,kind\n" + "".join(f"1,2,{n}\n" for n in (10, 9, 1)))
    network = {"sizes": [2, 3], "activations": "linear", "init": {"scheme": "zeros"}}
    assert lesson(tmp_path, examples=FLOWERS, network=network).class_names == ("1", "9", "10")


@pytest.mark.parametrize(
    ("text", "examples", "expected"),
    [
        ("x1,x2,y\n", POINTS, "examples.csv: expected 1 to 100,000 lines below the names in points.csv; got 0"),
        ("", POINTS, "examples.csv: expected 1 to 100,000 lines below the names in points.csv; got 0"),
        ("x1,x1,y\n1,2,3\n", POINTS, "examples.csv: expected each column of points.csv once; got 'x1' again"),
        (
            "x1,x2,y\n1,2,3\n1,2\n",
            POINTS,
            "examples.csv: expected 3 values in line 3 of points.csv, one for each column; got 2",
        ),
        (
            "x1,x2,y\n1,2,3\n1,b,3\n",
            POINTS,
            "examples.csv: expected a finite number in line 3, column 'x2' of points.csv; got 'b'",
        ),
        (
            "x1,x2,y\n1,nan,1_0\n",
            POINTS,
            "examples.csv: expected a finite number in line 2, column 'x2' of points.csv; got 'nan'",
        ),
        (
            "x1,x3,y\n1,2,3\n",
            POINTS,
            "examples.inputs[1]: expected a column of points.csv (x1, x3 or y); got 'x2'",
        ),
        (
            "x1,x2,kinds\n1,2,3\n",
            FLOWERS,
            "examples.targets.one_hot: expected a column of points.csv (x1, x2 or kinds); got 'kind'; did you mean",
        ),
        (
            "x1,x2,kind\n1,2,a\n1,2,b\n",
            FLOWERS,
            "examples.targets.one_hot: expected 1 class, one for each output; got 2 (a or b)",
        ),
        (
            "x1,x2,y\n1,2,3\n",
            POINTS | {"inputs": ["x1"], "targets": ["x2", "y"]},
            "examples.inputs: expected 2 columns, one for each input; got 1",
        ),
        ('x1,x2,y\n1,2,"3\n', POINTS, "examples.csv: expected points.csv to be CSV; got unexpected end of data in its"),
        ("x1,x2,y\n1,2,\udcff\n", POINTS, "examples.csv: expected points.csv in UTF-8; got other bytes in its line 2"),
    ],
)
def test_csv_files_that_hold_no_examples(tmp_path: Path, text: str, examples: dict[str, Any], expected: str) -> None:
    (tmp_path / "points.csv").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    assert "\n".join(sorted(mistakes(tmp_path, examples=examples))).startswith(expected)


def test_every_cell_that_is_no_number_is_told(tmp_path: Path) -> None:
    points(tmp_path, "x1,x2,y\n1,nan,1_0\n1,2,three\n")
    assert [mistake.partition("in line ")[2] for mistake in mistakes(tmp_path, examples=POINTS)] == [
        "2, column 'x2' of points.csv; got 'nan'",
        "2, column 'y' of points.csv; got '1_0'",
        "3, column 'y' of points.csv; got 'three'",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_csv_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "points.csv").write_bytes(b"x1,x2,y\n1,2,3\n" + content)
    with contextlib.suppress(LessonErrors):
        lesson(tmp_path, examples=POINTS)


def test_targets_from_csv_are_held_to_the_cost(tmp_path: Path) -> None:
    points(tmp_path, "x1,x2,y\n1,2,1\n1,2,1.5\n")
    assert mistakes(tmp_path, examples=POINTS, cost="binary_cross_entropy") == [
        "examples.targets: expected targets from 0 to 1, for binary_cross_entropy; got 1.5 in line 3"
    ]
