"""The command in German: whatever it says, no word of it comes past the catalogues."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bp_script import limits
from bp_script.schema import lesson_schema
from bp_script.voice import SERVICES
from bp_studio.cli import COMMANDS
from bp_studio.lessons import chapter_schemas
from tests.bp_command import CROWDED, ROOT, SMALL
from tests.pseudo import small_words

HUGE = SMALL.replace("learning_rate: 0.5", "learning_rate: 1e250").replace("tanh", "linear")
BAD = (
    SMALL.replace("squared_error", "squard_error")
    .replace("learning_rate: 0.5", "learning_rate: -1, speed: 2")
    .replace("[[1.5]], [[-0.8]]", "[[1.5, 2]], [[much]]")
    .replace("nudge", "nudge: {by: 0}\n  - nugde\n  - cost_tree: {depth: many}\n  - custom: {name: it}")
)
PALE = SMALL.replace("chapters:", 'look: {colours: {weight: "#202020", cost: "#5cb3f0"}}\nchapters:')
UNSUITED = (
    CROWDED[: CROWDED.index("  - custom")]
    + """\
  - race
  - nudge: {parameter: "w[9][0][0]"}
  - previous_activation: {neuron: 9}
  - custom: {name: wrong, steps: [{show: {equation: "C = a[L][0]"}}, {update: {steps: 9}}]}
"""
)
#: What it is called with; the files are those above.
CALLS = (
    "", "rendr", "--versoin", "render", "render small.yaml -q x", "render small.yaml --jobs 0",
    "render small.yaml --jobs many", "render small.yaml --chapter ndge", "render small.yaml small.yaml",
    "render none.yaml", "render nothing", "render small.yaml --limit x", "render small.yaml --language german",
    "render small.yaml --voice nobody", "render bad.yaml", "trace small.yaml", "trace small.yaml --step 9",
    "trace small.yaml --example 9", "trace small.yaml --json --step 1", "trace small.yaml --json --limit numbers=1",
    "trace huge.yaml", "trace bad.yaml", "check small.yaml", "check crowded.yaml", "check pale.yaml",
    "check unsuited.yaml", "voice small.yaml",
    "new it", "new small.yaml", "new ..", "new nowhere/it", "chapters", "schema", "cache", "cache clear",
    "watch nothing", "doctor", "--help", *(f"{command} --help" for command in COMMANDS),
)  # fmt: skip
#: Names that are the same in every language, besides those of lessons and commands.
NAMES = {
    "bp", "Python", "Small", "small", "bad", "huge", "nothing", "nowhere", "crowded", "slopes", "bowl", "python",
    "clear", "quick", "stock", "mp", "https", "none", "de", *SERVICES, *limits.NAMES,
}  # fmt: skip
#: A formula's source, options, choices, what is quoted, filled in, or a path.
_CODE = re.compile(
    r"\$[^$]*\$|--?[a-z][\w-]*|\[\w+(?:\|[\w:]+)+\]|'[^' ]*'"
    r"|\{[^{}]*\}|[\w<>.-]*/[\w<>./-]*|\b[\w-]+\.[a-z]+\b|\b\w+_\w+\b"
)


#: What tells people something, and what a message comes from the catalogues by.
_TELL = {
    "BadParameter", "FileRefused", "LessonError", "Mistake", "NoSound", "NoVoice", "StudioError", "TextError",
    "Unsuited", "UsageError", "echo", "prompt",
}  # fmt: skip
_BY = {"tr", "tr_n", "N_"}


def names(schema: Any) -> Iterator[str]:
    """The keys, choices and defaults of a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from map(str, schema.get("enum", ()))
        yield from re.findall(r"\w+", f"{schema.get('const')} {schema.get('default')}")
        for inner in schema.values():
            yield from names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from names(inner)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the command says in capitals, by what it was called with."""
    folder = tmp_path_factory.mktemp("capitals")
    files = {"small": SMALL, "huge": HUGE, "bad": BAD, "crowded": CROWDED, "pale": PALE, "unsuited": UNSUITED}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "commands.json").write_text(json.dumps([call.split() for call in CALLS]), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", f"from tests.command_in_capitals import *; main(Path({str(folder)!r}))"],
        env={**os.environ, "LANGUAGE": "de", "BP_CACHE": str(folder / "cache")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(run.stdout))


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The names of the language of lessons and of the command."""
    found = {*names(lesson_schema(chapter_schemas())), *COMMANDS, *NAMES}
    return {part for name in found for part in re.findall(r"[^\W\d_]{2,}", name)}


def test_no_word_of_the_command_comes_past_the_catalogues(said: dict[str, str], known: set[str]) -> None:
    past = {}
    for call, text in said.items():
        told = "\n".join(re.findall(r'"description": "(.*)"', text)) if call == "schema" else text
        if found := {*small_words(_CODE.sub(" ", told))} - known:
            past[call] = found
    assert past == {}


def test_much_was_said(said: dict[str, str]) -> None:
    assert all(said[call] for call in CALLS)
    assert said["render bad.yaml"].count("EXPECTED") > 6
    assert said["check unsuited.yaml"].count("EXPECTED") == 4
    assert "HAS NO ROOM BESIDE" in said["check crowded.yaml"]
    assert "; HIDE slopes BEFORE bowl COMES" in said["check crowded.yaml"]
    assert "LOOKS LIKE bias" in said["check pale.yaml"]
    assert "HAS TOO LITTLE CONTRAST" in said["check pale.yaml"]


def test_numbers_have_a_decimal_comma(said: dict[str, str]) -> None:
    assert re.search(r"a\[0\]\[0\] +0,5000", said["trace small.yaml"])
    assert not re.search(r"\d\.\d", said["trace small.yaml"])


def test_no_message_is_written_where_it_is_told() -> None:
    past = []
    for path in (path for room in ("bp_script", "scenes", "bp_studio") for path in (ROOT / room).rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        for call in (call for call in calls if _called(call) in _TELL):
            past += [
                f"{path}:{call.lineno}: {text}" for text in _written(call) if re.search(r"[a-z]{2} [a-z]{2}", text)
            ]
    assert past == []


def test_a_message_that_is_written_where_it_is_told_is_found() -> None:
    (told, said) = ast.parse('UsageError(f"no file {name} here"); UsageError(tr("no file %(name)s", name=name))').body
    assert list(_written(told)) == ["no file ", " here"]
    assert list(_written(said)) == []


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _written(node: ast.AST) -> Iterator[str]:
    """The texts in a call that come from no catalogue."""
    if isinstance(node, ast.Call) and _called(node) in _BY:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        yield from _written(inner)
