"""Mistakes are told in the caller's language: every message comes from the catalogues, and reads well in German."""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bp_core.quantities import INDEX_COUNTS
from bp_script import limits
from bp_script.equation_language import CONSTANTS
from bp_script.errors import LessonErrors
from bp_script.files import FileRefused, path_beside
from bp_script.language import LANGUAGES, language_of
from bp_script.lesson import load
from bp_script.schema import lesson_schema
from bp_script.shipped import lesson_path
from bp_script.voice import OFFLINE, SERVICES, Voice
from docs.making.mistakes import LESSON, MISTAKES
from tests.bp_command import BP
from tests.house import fuzzing
from tests.house.words import KEYWORDS, ROOT
from tests.pseudo import NAMES, capitals, small_words

#: What is said in quotes is the lesson's, and bytes are hexadecimal.
_THE_LESSONS = re.compile(r"(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|(?<!\w)\"(?:[^\"\\]|\\.)*\"(?!\w)|\b0x[0-9a-f]{2}\b")
#: What makes a mistake of a message.
_MAKERS = {"AutogradFileError", "FileRefused", "LessonError", "Mistake", "TextError", "add", "mismatch"}
#: How mistakes are told, what may tell some, and words that only a catalogue has.
_TOLD = re.compile(r"^;? ?expected |; got |did you mean")
_TELLING = re.compile(r"expected|; got|did you mean|bp_script\.(errors|files)")
_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
#: What nobody hears who writes lessons: mistakes of this program.
_OF_THE_PROGRAM = {"scenes/kit/custom/equations.py", "scenes/kit/door/hints.py"}


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bp_script.language.caller.callers_language", lambda: language_of("de"))


def told(path: Path, text: str | bytes) -> list[str]:
    """What is told about a lesson of this text, without its places."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        load(path)
    except LessonErrors as errors:
        return [error.message for error in errors.errors]
    return []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Two layers\n", "", "erwartet: der Titel der Lektion; gefunden: nichts, obwohl es nötig ist"),
        (
            "training:",
            "look: {theme: drak}\ntraining:",
            "erwartet: dark, light, high_contrast oder no_hue; gefunden: 'drak'; gemeint ist vielleicht 'dark'",
        ),
        (
            "title: Two layers",
            "title: 2017",
            "erwartet: ein Text; gefunden: 2017; ein Text, der wie eine Zahl aussieht, braucht Anführungszeichen",
        ),
        (
            "title: Two layers",
            "title: Two: layers",
            (
                "erwartet: ein einziges 'Schlüssel: Wert'; gefunden: noch ein ': ' "
                "(ein Text, der eines enthält, braucht Anführungszeichen)"
            ),
        ),
        (
            "[2, 2, 1]",
            "[4096, 4096]",
            (
                "erwartet: höchstens 1.000.000 Gewichte und Bias-Werte; gefunden: 16.781.312 "
                "(mehr erlaubt bp … --limit parameters=N)"
            ),
        ),
        ("[2, 2, 1]", "[2, 5000, 1]", "erwartet: eine ganze Zahl von 1 bis 4096; gefunden: 5000"),
        (
            "[[0.4, -0.7], [0.9, 0.2]]",
            "[[0.4, -0.7]]",
            "erwartet: 2 Zeilen zu je 2 Zahlen, für die Schicht mit 2 Neuronen nach 2; gefunden: 1 Zeile zu je 2",
        ),
        ("y: [0.0]", "y: [0.0, 1]", "erwartet: 1 Zahl, eine für jede Ausgabe; gefunden: 2"),
        ("learning_rate: 0.5", "learning_rate: -0.5", "erwartet: eine Zahl über 0; gefunden: -0.5"),
        ("- chain_rule", "- 7", "erwartet: der Name eines Kapitels, oder ein Name mit Parametern; gefunden: 7"),
        ("- chain_rule", "- chain: [", "erwartet: YAML; es fehlt ein Wert"),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_lessons_mistakes_in_german(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert LESSON.count(old) == 1
    assert told(tmp_path / "m.yaml", LESSON.replace(old, new)) == [expected]


@pytest.mark.usefixtures("german")
def test_mistakes_beside_the_lesson_in_german(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        path_beside(tmp_path, "model.pkl", (".npz", ".json"))
    assert str(refused.value) == "erwartet: ein Name, der auf .npz oder .json endet; gefunden: 'model.pkl'"
    with pytest.raises(LookupError) as unknown:
        lesson_path("backpropagation_calculs")
    assert str(unknown.value).endswith("gemeint ist vielleicht 'backpropagation_calculus'")
    with pytest.raises(ValueError, match="oder ein Dienst"):
        Voice.asked("nobody")


def test_the_command_tells_mistakes_in_german(tmp_path: Path) -> None:
    lesson = tmp_path / "m.yaml"
    lesson.write_text(LESSON.replace("sigmoid", "sigmiod"))
    environment = {**os.environ, "LANGUAGE": "", "LC_ALL": "de_DE.UTF-8"}
    found = subprocess.run([BP, "trace", lesson], env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr == (
        f"{lesson}:4:16: network.activations: "
        "erwartet: sigmoid, tanh, relu, leaky_relu, softplus, linear oder softmax; "
        "gefunden: 'sigmiod'; gemeint ist vielleicht 'sigmoid'\n"
    )


@cache
def names() -> set[str]:
    """The words that are names in every language: keys and choices of lessons, quantities, functions, voices."""
    found = {
        *NAMES,
        *INDEX_COUNTS,
        *CONSTANTS,
        *LANGUAGES,
        OFFLINE,
        *SERVICES,
        *limits.NAMES,
        "sigma",
        "sum",
        "product",
        "new",
        "inf",
    }
    found |= {"nan", "true", "false", ".npz .json .safetensors .pt .csv .yaml .yml .png .svg"}
    waiting: list[object] = [lesson_schema({})]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found |= set(part.get("properties", ()))
            found |= {word for word in part.get("enum", ()) if isinstance(word, str)}
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return set(re.findall(r"[^\W\d_]{2,}", " ".join(found)))


def past_the_catalogues(path: Path, text: str | bytes) -> set[str]:
    """Messages about a lesson with words that are neither the catalogues' nor the lesson's."""
    lines = told(path, text)
    own = set(re.findall(r"[^\W\d_]{2,}", text if isinstance(text, str) else text.decode("utf-8", "replace")))
    return {line for line in lines if set(small_words(_THE_LESSONS.sub("", line))) - names() - own}


@pytest.mark.usefixtures("german")
def test_no_word_about_a_lesson_comes_past_the_catalogues(tmp_path: Path) -> None:
    lessons = fuzzing.furnished(tmp_path)
    found = set()
    with capitals():
        for old, new in (change for changes in MISTAKES.values() for change in changes):
            found |= past_the_catalogues(lessons / "m.yaml", LESSON.replace(old, new))
        for number in range(60):
            folder, content = fuzzing.hostile(random.Random(f"german {number}"))  # noqa: S311 - it need not be secret
            found |= past_the_catalogues(lessons / folder / "m.yaml", content)
    assert not found, "\n".join(sorted(found))


def _outside(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts in a part of a source that no catalogue translates."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) in KEYWORDS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for part in ast.iter_child_nodes(node):
        yield from _outside(part)


@pytest.mark.parametrize("room", ["bp_script", "scenes", "bp_studio"])
def test_every_message_about_a_mistake_goes_through_the_catalogues(room: str) -> None:
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if name in _OF_THE_PROGRAM or not _TELLING.search(source):
            continue
        tree = ast.parse(source)
        nodes = list(ast.walk(tree))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        wrong = {text for text in _outside(tree) if id(text) not in docstrings and _TOLD.search(str(text.value))}
        for call in nodes:
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", None)) in _MAKERS:
                said = (text for part in call.args for text in _outside(part))
                wrong |= {text for text in said if _WORDS.search(str(text.value))}
        found += [f"{name}:{text.lineno}: {text.value!r}" for text in wrong]
    assert not found, "\n".join(sorted(found))
