"""Whatever a file holds, it is a lesson or has mistakes that are told; nothing else is raised."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bp_script.errors import LessonErrors
from bp_script.lesson import lesson_from, load
from tests.house import fuzzing
from tests.test_lesson_errors import KNOWN, LESSON

_PIECES = [
    *(
        "[",
        "]",
        "{",
        "}",
        ": ",
        "- ",
        "\n",
        "  ",
        "'",
        '"',
        "&a ",
        "*a",
        "!x ",
        "|",
        ">",
        "#",
        "?",
        "~",
        "é",
        "\t",
        "\\",
    ),
    *("1e999", "-1", "0", ".nan", "null", "true", "{C}", "w[L][0][0]", "\x00", "\x85", "\u2028", "\ufeff"),
]


def _is_told(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with contextlib.suppress(LessonErrors):
        load(path, KNOWN)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(LESSON)), st.integers(0, 40), st.lists(st.sampled_from(_PIECES), max_size=4).map("".join))
@example(0, 0, "\ufeff")
def test_a_lesson_changed_in_one_place(tmp_path: Path, at: int, cut: int, new: str) -> None:
    _is_told(tmp_path / "m.yaml", (LESSON[:at] + new + LESSON[at + cut :]).encode())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(LESSON)), st.binary(min_size=1, max_size=4))
def test_a_lesson_with_other_bytes_in_it(tmp_path: Path, at: int, new: bytes) -> None:
    content = LESSON.encode()
    _is_told(tmp_path / "m.yaml", content[:at] + new + content[at + len(new) :])


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(["sigmoid", "he"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_KEYS_OF_A_LESSON = ["title", "network", "cost", "examples", "focus", "training", "look", "chapters", "version", "more"]


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(_KEYS_OF_A_LESSON), _values))
def test_a_lesson_of_any_data(data: dict[str, object]) -> None:
    with contextlib.suppress(LessonErrors):
        lesson_from(data, known_chapters=KNOWN)


def test_shipped_lessons_changed_by_byte_token_and_tree(tmp_path: Path) -> None:
    assert fuzzing.fuzz(range(400), 9, fuzzing.furnished(tmp_path), tmp_path / "finds") == 0


def test_what_is_raised_takes_long_or_takes_memory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: Path) -> None:
        while True:
            pass

    faults: list[Callable[[Path], Any]] = [slow, lambda _: bytearray(3 << 30), lambda _: {}["traceback"]]
    monkeypatch.setattr(fuzzing, "SECONDS", 0.2)
    lessons = fuzzing.furnished(tmp_path)
    for fault, name in zip(faults, ("TimeoutError", "MemoryError", "KeyError"), strict=True):
        monkeypatch.setattr(fuzzing, "read", fault)
        assert fuzzing.fuzz(range(1), 0, lessons, tmp_path / name) == 1
        assert name in (tmp_path / name / "0-0.txt").read_text()
