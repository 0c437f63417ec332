"""Lessons that mean harm: each attack is refused in one line with its place, or shown as the plain text that it is."""

from __future__ import annotations

import json
import os
import pickle
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typst

from bp_script.autograd_file import AutogradFile, AutogradFileError
from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from, load
from bp_script.limits import raised
from bp_studio.captions import to_srt, to_vtt
from bp_studio.chapter_mistakes import mistakes_in
from bp_studio.worksheet.sheet import sheet_source
from scenes.classification import Classification
from scenes.custom import Custom
from scenes.kit.cards import TitleCard
from scenes.kit.custom.truth import read_picture
from scenes.kit.film.record import TITLE_CARD, ClipRecord
from scenes.kit.letters import compiler, typesetting
from scenes.kit.letters.compiler import escape
from scenes.kit.letters.text import Words
from scenes.kit.manim_door import dry_run, quality

LESSON = """\
title: Two layers
network:
  sizes: [1, 1]
  activations: sigmoid
  init: {scheme: he}
cost: squared_error
examples:
  - {x: [1], y: [1]}
training: {learning_rate: 0.5, epochs: 3}
chapters:
  - nudge
"""
NINES = "9" * 40
#: Longest time that reading may take here, in seconds of this process; on a quiet machine all take a tenth.
PATIENCE = 20.0

Refused = Callable[..., list[str]]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refused:
    monkeypatch.chdir(tmp_path)

    def of(*changes: tuple[str, str], text: str | bytes = LESSON) -> list[str]:
        for old, new in changes:
            assert isinstance(text, str)
            assert text.count(old) == 1, f"{old!r} is not there once"
            text = text.replace(old, new)
        Path("m.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        began = time.process_time()
        lines = str(LessonErrors(mistakes_in([Path("m.yaml")]))).splitlines()
        assert time.process_time() - began < PATIENCE
        assert lines, "it was taken for a lesson"
        assert all(line.isprintable() and len(line) < 500 for line in lines)
        return lines

    return of


class Evil:
    """Leaves a trace if it is ever unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


# -- YAML ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch owned']",
        "!!python/name:os.system",
        "!!python/object/new:os.system [touch owned]",
        "!!python/module:os",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch owned']",
        "!!binary aGVsbG8=",
        "!!timestamp 2026-01-01",
        "!include /etc/passwd",
        "!ENV ${HOME}",
    ],
)
def test_no_tag_makes_anything(refused: Refused, tmp_path: Path, tag: str) -> None:
    (first, *_) = refused(("title: Two layers", f"title: {tag}"))
    assert first.startswith("m.yaml:1:8: title: expected no tag, a lesson is plain data; got '!")
    assert not (tmp_path / "owned").exists()


def test_a_directive_gives_a_tag_no_other_meaning(refused: Refused) -> None:
    head = "%TAG ! tag:yaml.org,2002:python/object/apply:\n---\n"
    assert refused(text=head + LESSON.replace("Two layers", "!os.system [x]")) == [
        "m.yaml:3:8: title: expected no tag, a lesson is plain data; got '!!python/object/apply:os.system'"
    ]


def test_a_merge_key_merges_nothing(refused: Refused) -> None:
    assert "['<<']: expected version, title" in refused(("title:", "<<: {focus: 9}\ntitle:"))[0]


def test_laughs_by_the_billion_are_refused(refused: Refused) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (line,) = refused(text="\n".join(lines))
    assert line.endswith(
        "expected at most 1,500,000 values, aliases included; got more (bp … --limit values=N allows more)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 1_000_000,
        "a: " + "{b: " * 300_000,
        "\n".join(" " * depth + "a:" for depth in range(2_000)),
        "- " * 1_000_000,
        "a: " + "[" * 500_000 + "]" * 500_000,
    ],
    ids=["lists", "mappings", "block mappings", "block lists", "closed lists"],
)
def test_what_is_nested_without_end_is_refused(refused: Refused, text: str) -> None:
    (line,) = refused(text=text)
    assert "expected at most 32 lists within each other; got more" in line


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 3_000_000,
        "- \n" * 200_000,
        '["a", ' * 3 + '"a",' * 100_000,
        "\n".join(f"k{n}: 1" for n in range(50_000)),
        "a: '" + "'" * 9_000_000,
        "? " * 2_000_000,
        "&a " * 1_000_000,
        "[]" * 2_000_000,
        "--- \n" * 1_000_000,
        "a: |\n" + " x\n" * 1_000_000,
        "\t" * 5_000_000,
        "#\n" * 2_000_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_large_files_of_nonsense_end_soon(refused: Refused, text: str) -> None:
    assert refused(text=text)


def test_a_file_without_end_is_not_read(refused: Refused, tmp_path: Path) -> None:
    assert refused(text=b"a" * 10_000_001)[0].startswith("m.yaml: expected a file of at most 10 MB; got 'm.yaml'")
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero", "/dev/stdin", "/proc/self/mem", "/dev/tty"):
        with pytest.raises(LessonErrors, match=r"expected a file(?: that can be read)?; got"):
            load(name)


# -- numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("epochs: 3", f"epochs: {'9' * 1_000_000}", "9:40: training.epochs: expected a whole number; got .inf"),
        ("epochs: 3", f"epochs: {'9' * 300}", "9:40: training.epochs: expected a whole number; got 1e+300"),
        ("epochs: 3", f"epochs: {NINES}", "9:40: training.epochs: expected a whole number from 0 to 100,000; got 999"),
        ("epochs: 3", "epochs: 1e999", "9:40: training.epochs: expected a whole number; got .inf"),
        ("0.5", "1e999", "9:27: training.learning_rate: expected a finite number; got .inf"),
        ("0.5", "-1e999", "9:27: training.learning_rate: expected a finite number; got -.inf"),
        ("0.5", ".nan", "9:27: training.learning_rate: expected a finite number; got .nan"),
        ("0.5", "1e-999", "9:27: training.learning_rate: expected a number above 0; got 0.0"),
        ("0.5", "0.0", "9:27: training.learning_rate: expected a number above 0; got 0.0"),
        ("[1, 1]", f"[1, {'9' * 400}]", "3:14: network.sizes[1]: expected a whole number; got .inf"),
        ("[1, 1]", "[1, 99999999999]", "3:14: network.sizes[1]: expected a whole number from 1 to 4,096; got 9999"),
        ("[1, 1]", "[4096, 4096]", "3:10: network.sizes: expected at most 1,000,000 weights and biases; got"),
        ("x: [1]", "x: [1e999]", "8:9: examples[0].x[0]: expected a finite number; got .inf"),
        ("x: [1]", f"x: [-{'9' * 4_000}]", "8:10: examples[0].x[0]: expected a finite number; got -.inf"),
        ("cost:", f"focus: {NINES}\ncost:", f"6:8: focus: expected the number of an example, from 0 to 0; got {NINES}"),
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_numbers_beyond_measure_are_refused(refused: Refused, old: str, new: str, expected: str) -> None:
    expected = expected.replace("8:9: examples[0].x[0]", "8:10: examples[0].x[0]")
    assert refused((old, new))[0].startswith(f"m.yaml:{expected}")


def test_a_lesson_from_python_takes_no_number_without_end() -> None:
    data = {"title": "T", "focus": 10**5000, "cost": "squared_error", "chapters": ["nudge"]}
    network = {"sizes": [1, 10**5000], "activations": "tanh", "init": {"scheme": "he", "seed": 10**5000}}
    with pytest.raises(LessonErrors) as caught:
        lesson_from({**data, "network": network, "examples": [{"x": [10**5000], "y": [1]}]})
    assert str(caught.value).count("a number of very many digits") >= 3


# -- formats and the equation language ------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "C:.999999999f", "C:.13f", "C:>99999999", "C:99999999d", "C:{C}", "C!r", "C!r:>99999999", "C.__class__",
        "0.__init__.__globals__", "C.real", "C[__class__]", "__import__('os')", "lambda: 0", "C:%n", "C:c",
        "().__class__",
        "9**9**9", "C if C else C", "C;C", "C\\x00", "C@999999999999", "w[999999999999][0][0]", "w[-1][0][0]",
    ],
)  # fmt: skip
def test_no_format_reaches_anything_but_a_number(refused: Refused, inside: str) -> None:
    (line,) = refused(("- nudge", f'- nudge: {{say: "z is {{{inside}}}."}}'))
    assert re.match(r"m\.yaml:11:\d+: chapters\[0\]\.nudge\.say: expected .+; got |.*a brace itself is written", line)


@pytest.mark.parametrize(
    "equation",
    [
        "(" * 900 + "C" + ")" * 900 + " = C",
        "-(" * 450 + "C" + ")" * 450 + " = C",
        "^".join("2" * 200) + " = C",
        "sigma(" * 300 + "C" + ")" * 300 + " = C",
        "sum(j, " * 200 + "a[L][j]" + ")" * 200 + " = C",
        "/".join("C" * 500) + " = C",
        "(" * 1990,
        "C = " + "9" * 1990,
        "C = 1e" + "9" * 1900,
        "C = " + "x[0]+" * 500,
    ],
    ids=lambda text: text[:12],
)
def test_equations_nested_without_end_are_refused(refused: Refused, equation: str) -> None:
    (line,) = refused(("- nudge", f'- custom: {{name: a, steps: [{{show: {{equation: "{equation}"}}}}]}}'))
    assert line.startswith("m.yaml:11:")


def test_equations_by_the_thousand_are_refused_before_one_is_read(refused: Refused) -> None:
    step = f'{{show: {{equation: "{"+".join("C" * 900)} = C"}}}}'
    chapter = f"  - custom: {{name: a, steps: [{', '.join([step] * 20)}]}}\n"
    (line,) = refused(text=LESSON.replace("  - nudge\n", chapter * 20))
    assert line.startswith(
        "m.yaml:11:3: chapters: expected at most 100,000 characters in the texts of all chapters; got "
    )
    assert line.endswith(" (bp … --limit words=N allows more)")


def test_powers_of_powers_are_no_hang(refused: Refused) -> None:
    (line,) = refused(("- nudge", "- custom: {name: a, steps: [{show: {equation: '9^9^9^9^9 = C'}}]}"))
    assert "not a finite number" in line or "expected" in line


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


# -- Playground ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    ["networkShape=9999,9999,9999", "networkShape=" + "9," * 20, "noise=1e99", "percTrainData=1e9", "seed=" + "9" * 99,
     "batchSize=99999999", "dataset=../../etc/passwd", "activation=__import__", "learningRate=1e999",
     "x=false&y=false"],
)  # fmt: skip
def test_a_playground_url_draws_nothing_too_large(refused: Refused, settings: str) -> None:
    url = f"playground: 'https://playground.tensorflow.org/#{settings}'\nchapters: [nudge]\ntitle: T\n"
    (line,) = refused(text=url)
    assert line.startswith("m.yaml:1:")
    assert " playground: expected " in line


@pytest.mark.parametrize("url", ["file:///etc/passwd#x=true", "https://evil.org/#x=true", "javascript:alert(1)"])
def test_no_other_url_is_taken(refused: Refused, url: str) -> None:
    assert (
        "playground: expected https://playground.tensorflow.org/"
        in refused(("title:", f"playground: '{url}'\ntitle:"))[0]
    )


# -- code ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["evil.py:Main", "../evil.py:Main", "/evil.py:Main", "os:system", "scenes.kit", "__init__"]
)
def test_no_chapter_runs_code_unless_it_is_allowed(refused: Refused, tmp_path: Path, name: str) -> None:
    (tmp_path / "evil.py").write_text("import os\nos.mkdir('owned')\n")
    (line,) = refused(("- nudge", f'- "{name}"'))
    assert "expected a chapter" in line
    assert not (tmp_path / "owned").exists()


# -- text ------------------------------------------------------------------------------

MARKUP = [
    '#read("/etc/passwd")', "#import \"@preview/cetz:0.3.4\"", "$ integral $", "`raw` ```typ #panic()```",
    "*b* _i_ <label> @ref",
    '"); #panic("', "\\u{41} \\", "\\", "/* comment", "// comment", "= Heading",
    "#{ while true {} }", "[#set page(width: 1pt)]",
    "\u202egnp.exe \u2066x\u2069", "אבגד الخط", "<b>x</b> {\\an8} --> &amp;", "%s %n ${HOME} $(id)", "x\ny",
]  # fmt: skip
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that Typst is given from now on."""
    typesetting._layout.cache_clear()
    found: list[str] = []
    compiled = typst.compile

    def watched(source: bytes, **more: Any) -> Any:
        found.append(source.decode().removeprefix(compiler.PREAMBLE))
        return compiled(source, **more)

    monkeypatch.setattr(typst, "compile", watched)
    return found


@pytest.mark.parametrize("text", MARKUP)
def test_words_are_glyph_for_glyph_what_they_say(text: str, sources: list[str]) -> None:
    drawn = Words(text, em=0.5, colour="#ffffff")
    seen = [letter for letter in text if letter.isprintable() and letter != " "]
    assert len(drawn) <= len(seen)  # a ligature is one glyph of two letters
    assert len(drawn) >= 0.5 * len(seen)
    assert all(text_outside(source, text) == "" for source in sources)


def text_outside(source: str, text: str) -> str:
    """What of a hostile text stands outside of every string of a source."""
    outside = _STRING.sub("", source)
    return "".join(word for word in text.split() if len(word) > 3 and word in outside)


@pytest.mark.parametrize("text", MARKUP)
def test_a_string_ends_where_it_should(text: str) -> None:
    assert re.fullmatch(_STRING, escape(text))


def hostile(folder: Path) -> Lesson:
    """A lesson with markup wherever a lesson has words."""
    everything = " ".join(MARKUP[:8])
    said = everything.replace("{", "{{").replace("}", "}}")
    (folder / "data.csv").write_text('"#read(1)","$x$","kind"\n1,2,"#panic()"\n3,4,"$oops$ \\"\n')
    return lesson_from(
        {
            "title": everything,
            "network": {"sizes": [2, 2], "activations": "softmax", "init": {"scheme": "normal"}},
            "cost": "cross_entropy",
            "examples": {"csv": "data.csv", "inputs": ["#read(1)", "$x$"], "targets": {"one_hot": "kind"}},
            "chapters": [
                {"custom": {"name": "mine", "title": everything[:60], "steps": [
                    {"show": {"text": everything}}, {"say": said}, {"show": "network"}, {"wait": 1}]}},
                {"classification": {"say": said}},
            ],
            "look": {"captions": "drawn"},
        },
        folder=folder,
    )  # fmt: skip


def test_all_words_of_a_lesson_are_shown_as_text(tmp_path: Path, sources: list[str]) -> None:
    lesson = hostile(tmp_path)
    records: list[ClipRecord] = []
    for chapter, call in (
        (TitleCard, lesson.plain_call(TITLE_CARD)),
        (Custom, lesson.chapters[0]),
        (Classification, lesson.chapters[1]),
    ):
        records.append(dry_run(chapter, lesson, call, quality("l", "16:9"), tmp_path))
    given = "\n".join(sources)
    for word in ('#read(\\"/etc/passwd\\")', "#import", "#panic()", "$oops$"):
        assert word in given, f"{word} was shown nowhere"
    outside = _STRING.sub("", given)
    assert not re.search(r"read\(|import|panic|passwd|oops", outside)
    captions = [caption for record in records for caption in record.captions]
    assert MARKUP[0] in " ".join(caption.text for caption in captions)
    assert "<label>" not in to_vtt(captions)
    assert to_srt(captions).count("-->") == len(captions)


@pytest.mark.parametrize("key", [False, True])
def test_words_on_paper_are_text(tmp_path: Path, key: bool) -> None:
    source = sheet_source(hostile(tmp_path), key=key)
    assert escape(" ".join(MARKUP[:8])) in source
    assert not re.search(r"read\(|import|panic|passwd", _STRING.sub("", source))
    assert compiler.compiled(source, "pdf")[0].startswith(b"%PDF")


def test_a_very_long_text_is_drawn_in_the_frame(tmp_path: Path) -> None:
    for text in ("W" * 2_000, "x\n" * 1_000):
        data = {
            "title": "T", "cost": "squared_error", "examples": [{"x": [1], "y": [1]}],
            "network": {"sizes": [1, 1], "activations": "tanh", "init": {"scheme": "he"}},
            "chapters": [{"custom": {"name": "mine", "steps": [{"show": {"text": text}}, {"wait": 1}]}}],
        }  # fmt: skip
        lesson = lesson_from(data, folder=tmp_path)
        assert dry_run(Custom, lesson, lesson.chapters[0], quality("l", "16:9"), tmp_path).duration < 30


# -- limits can be raised by whoever runs the program, not by the lesson ----------------------


def test_the_lesson_itself_raises_no_limit(refused: Refused) -> None:
    for key in ("limits: {parameters: 9}", "limit: parameters=9", "allow_python: true"):
        assert f"{key.split(':')[0]}: expected version, title" in refused(("title:", f"{key}\ntitle:"))[0]


def test_whoever_means_it_raises_a_limit(refused: Refused) -> None:
    large = ("[1, 1]", "[2000, 1000]"), ("x: [1]", "x: [1, 2]"), ("y: [1]", "y: [1, 2]")
    assert "sizes: expected at most 1,000,000 weights and biases; got 2,001,000 (bp … --limit" in refused(*large)[0]
    with raised(parameters=3_000_000):
        lines = refused(*large)
    assert all("weights and biases" not in line for line in lines)


def test_picture_files_are_read_from_the_folder_alone(tmp_path: Path) -> None:
    lesson = lesson_from(
        {"title": "T", "network": {"sizes": [1, 1], "activations": "tanh", "init": {"scheme": "he"}},
         "cost": "squared_error", "examples": [{"x": [1], "y": [1]}], "chapters": ["nudge"]}
    )  # fmt: skip
    with pytest.raises(ValueError, match="expected no picture"):
        read_picture(lesson, "p.png")
