"""Files beside a lesson that mean harm: none outside its folder is read, none unpacks without end, none is run."""

from __future__ import annotations

import json
import os
import pickle
import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bp_script.autograd_file import AutogradFile, AutogradFileError
from bp_script.lesson import lesson_from
from scenes.kit.custom.truth import read_picture
from tests.hostile import Refused, refusal


class Evil:
    """Leaves a trace if it is ever unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refused:
    monkeypatch.chdir(tmp_path)
    return refusal


# -- names and files ---------------------------------------------------------------

OUTSIDE = [
    "../secret{}",
    "/etc/secret{}",
    "a/../../secret{}",
    "..\\secret{}",
    "C:\\secret{}",
    "~/secret{}",
    "file:secret{}",
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(
    ("old", "new", "ending"),
    [
        ("  init: {scheme: he}", "  file: '{}'", ".npz"),
        ("  - {x: [1], y: [1]}", "  csv: '{}'\n  inputs: [a]\n  targets: [b]", ".csv"),
        ("- nudge", "- custom: {name: a, steps: [{show: {image: '{}'}}]}", ".png"),
    ],
    ids=["network", "examples", "image"],
)
def test_no_file_outside_the_folder_is_named(refused: Refused, name: str, old: str, new: str, ending: str) -> None:
    lines = refused((old, new.replace("{}", name.format(ending), 1)))
    kinds = r"expected (?:the name of a file beside the lesson|a file beside the lesson); got "
    assert any(re.search(kinds, line) for line in lines), lines


def test_links_devices_and_pipes_are_not_followed(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").symlink_to("/etc/passwd")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "outside").symlink_to("/etc")
    (tmp_path / "round.csv").symlink_to("round.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    for name in ("secret.csv", "zero.csv", "outside/x.csv", "round.csv", "pipe.csv", "folder.csv"):
        (line,) = refused(("  - {x: [1], y: [1]}", f"  csv: {name}\n  inputs: [a]\n  targets: [b]"))
        assert line.startswith("m.yaml:8:8: examples.csv: expected a file"), line


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a/b", "a b", "..", "x\\0", "a" * 41, "é/", ""])
def test_the_name_of_a_scene_is_no_path(refused: Refused, name: str) -> None:
    lines = refused(("- nudge", f'- custom: {{name: "{name}", steps: [{{wait: 1}}]}}'))
    assert all("chapters[0].custom.name: expected" in line for line in lines)


# -- what files hold -----------------------------------------------------------------


def of_csv(refused: Refused, folder: Path, text: str, more: str = "inputs: [a]\n  targets: [b]") -> list[str]:
    (folder / "data.csv").write_text(text)
    return refused(("  - {x: [1], y: [1]}", f"  csv: data.csv\n  {more}"))


def test_tables_without_end_are_refused(refused: Refused, tmp_path: Path) -> None:
    columns = ",".join(f"c{n}" for n in range(300_000))
    (*_, line) = of_csv(refused, tmp_path, f"{columns}\n1\n")
    assert "expected 300000 values in line 2" in line
    (line,) = of_csv(refused, tmp_path, "," * 4_000_000)
    assert "expected each column of data.csv once; got '' again" in line
    (line,) = of_csv(refused, tmp_path, "a,b\n" + "1,2\n" * 500_000)
    assert "expected 1 to 100,000 lines below the names in data.csv; got 500,000 (bp … --limit examples=N" in line
    (line,) = of_csv(refused, tmp_path, 'a,b\n"' + "1" * 200_000)
    assert "expected data.csv to be CSV; got" in line
    lines = of_csv(refused, tmp_path, "a,b\n1,2\n", f"inputs: [{'a, ' * 5_000}]\n  targets: [b]")
    assert any("expected at most 4,096 columns; got 5,000" in line for line in lines)
    (line,) = of_csv(refused, tmp_path, "a,b\n" + "1,2\n" * 100_000, f"inputs: [{'a, ' * 4_096}]\n  targets: [b]")
    assert "expected at most 6,000,000 numbers from data.csv; got 409,600,000 (bp … --limit values=N" in line
    kinds = "".join(f"1,k{n}\n" for n in range(100_000))
    (line,) = of_csv(refused, tmp_path, f"a,b\n{kinds}", "inputs: [a]\n  targets: {one_hot: b}")
    assert "expected at most 6,000,000 numbers from data.csv; got 10,000,000,000" in line


def test_a_column_that_is_misspelt_among_a_million_is_told_soon(refused: Refused, tmp_path: Path) -> None:
    columns = ",".join(f"c{n}" for n in range(100_000))
    lines = of_csv(refused, tmp_path, f"{columns}\n{'1,' * 99_999}1\n", f"inputs: [{'b, ' * 300}]\n  targets: [b]")
    assert len(lines) == 201


def npz(path: Path, arrays: dict[str, bytes], *, compressed: bool = True) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)


def header(shape: str, kind: str = "<f8") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def of_file(refused: Refused, name: str) -> str:
    lines = refused(("  init: {scheme: he}", f"  file: {name}"))
    assert len(lines) == 1
    assert lines[0].startswith("m.yaml:5:9: network.file: expected ")
    return lines[0]


def test_archives_that_unpack_without_end_are_refused(refused: Refused, tmp_path: Path) -> None:
    npz(tmp_path / "zeros.npz", {"W1": header("(1, 999999999)") + bytes(50_000_000), "b1": header("(1,)") + bytes(8)})
    assert (tmp_path / "zeros.npz").stat().st_size < 1_000_000
    assert "expected at most 1,000,000 weights and biases" in of_file(refused, "zeros.npz")
    npz(tmp_path / "promise.npz", {"W1": header("(99999999, 99999999)"), "b1": header("(1,)") + bytes(8)})
    assert "expected" in of_file(refused, "promise.npz")
    npz(tmp_path / "many.npz", {f"W{n}": b"" for n in range(1, 10_000)})
    assert "expected weights_1, biases_1" in of_file(refused, "many.npz")
    # a LZMA stream may ask for a dictionary of 4 GB
    (tmp_path / "lzma.npz").write_bytes(asking_for_4_gb())
    assert "expected lzma.npz compressed as numpy does it" in of_file(refused, "lzma.npz")


def asking_for_4_gb() -> bytes:
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("W1.npy", header("(1, 1)") + bytes(8))
        archive.writestr("b1.npy", header("(1,)") + bytes(8))
    content = bytearray(stored.getvalue())
    at = content.index(b"\x05\x00\x5d") + 3
    content[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(content)


def test_no_pickle_is_run(refused: Refused, tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    evil = pickle.dumps(Evil(owned))
    npz(tmp_path / "objects.npz", {"W1": header("(1, 1)", "|O") + evil, "b1": header("(1,)", "|O") + evil})
    np.savez(tmp_path / "saved.npz", W1=np.array([[Evil(owned)]], dtype=object), b1=np.zeros(1))
    (tmp_path / "bare.npz").write_bytes(evil)
    (tmp_path / "bare.pt").write_bytes(evil)
    with zipfile.ZipFile(tmp_path / "zipped.pt", "w") as archive:
        archive.writestr("archive/data.pkl", evil)
    (tmp_path / "bare.safetensors").write_bytes(evil)
    for name in ("objects.npz", "saved.npz", "bare.npz", "bare.pt", "zipped.pt", "bare.safetensors"):
        of_file(refused, name)
        assert not owned.exists(), name


def test_headers_of_arrays_are_no_programs(refused: Refused, tmp_path: Path) -> None:
    for shape in ("__import__('os').mkdir('owned')", "(1,) * 10**9", "(" * 5_000, "(-1, -1)"):
        npz(tmp_path / "m.npz", {"W1": header(shape) + bytes(8), "b1": header("(1,)") + bytes(8)})
        of_file(refused, "m.npz")
    assert not (tmp_path / "owned").exists()


def test_json_without_end_is_refused(refused: Refused, tmp_path: Path) -> None:
    for text in ("[" * 1_000_000, '{"a":' * 500_000, '{"weights": [[[1' + "0" * 5_000 + ']]], "biases": [[1]]}',
                 '{"weights": [[[1e999]]], "biases": [[1]]}', '{"weights": [[[NaN]]], "biases": [[1]]}',
                 '{"weights": ' + "[" * 80 + "1" + "]" * 80 + ', "biases": [[1]]}'):  # fmt: skip
        (tmp_path / "m.json").write_text(text)
        of_file(refused, "m.json")
    made = {"version": 1, "library": "jax", "library_version": "1", "made_for": {}}
    for value in (
        "[" * 1_000_000,
        json.dumps({**made, "values": {"C": 10**400}}),
        json.dumps({**made, "values": {"C": 1e999}}),
    ):
        (tmp_path / "m.autograd.json").write_text(value)
        with pytest.raises(AutogradFileError, match="expected"):
            AutogradFile.read(tmp_path / "m.autograd.json")


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    chunks = chunk(b"IHDR", size + b"\x08\x02\0\0\0") + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    "content",
    [
        png(100_000, 100_000, b""),
        png(4_000, 4_000, bytes(1_000)),
        png(64, 64, np.random.default_rng(1).bytes(64 * 193))[:200],
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(owned) run",
        b"",
    ],
    ids=["huge", "without its pixels", "cut off", "svg", "gif", "postscript", "empty"],
)  # fmt: skip
def test_pictures_that_are_none_are_refused(refused: Refused, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.png").write_bytes(content)
    (line,) = refused(("- nudge", "- custom: {name: a, steps: [{show: {image: p.png}}]}"))
    assert re.match(r"m\.yaml:11:\d+: chapters\[0\]\.custom\.steps\[0\]\.show\.image: expected a", line)


def test_picture_files_are_read_from_the_folder_alone(tmp_path: Path) -> None:
    lesson = lesson_from(
        {"title": "T", "network": {"sizes": [1, 1], "activations": "tanh", "init": {"scheme": "he"}},
         "cost": "squared_error", "examples": [{"x": [1], "y": [1]}], "chapters": ["nudge"]}
    )  # fmt: skip
    with pytest.raises(ValueError, match="expected no picture"):
        read_picture(lesson, "p.png")
