"""The page on scripting: its lesson is a scene, every step and every thing is on it, and each row is right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bp_script.errors import LessonErrors
from bp_script.lesson import load
from bp_script.steps.entries import Step
from bp_script.steps.shows import KINDS
from scenes.custom import Custom
from scenes.kit.chapter import parameters_of
from scenes.kit.manim_door import audit_clip, quality
from tests.test_steps import read

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "scripting.md").read_text("utf-8")
(LESSON,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
ROWS = re.findall(r"^\| `(.+?)` \|", PAGE, flags=re.MULTILINE)


def test_its_lesson_is_a_scene(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(LESSON, "utf-8")
    lesson = load(path, {"custom": Custom.Parameters})
    (call,) = lesson.chapters
    assert audit_clip(Custom, lesson, call, quality("l", "16:9"), tmp_path) == []


def test_its_refusal_is_what_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(LESSON.replace("da[L][0]/dz[L][0] * dC", "2 * da[L][0]/dz[L][0] * dC"), "utf-8")
    lesson = load(path, {"custom": Custom.Parameters})
    with pytest.raises(LessonErrors) as refused:
        parameters_of(Custom, lesson, lesson.chapters[0])
    said = re.findall(r"```text\n(.*?)\n```", PAGE)[-1]
    assert str(refused.value).replace(str(path), "mine.yaml") == said


def test_every_thing_and_every_step_is_on_the_page() -> None:
    text = " ".join(ROWS)
    assert [kind for kind in KINDS if kind not in text] == []
    assert [key for key in Step.model_fields if key not in {"show", "say"} and f"{key}:" not in text] == []


def shown(row: str) -> Any:
    said = yaml.safe_load(row)
    return said if isinstance(said, dict) and next(iter(said)) in Step.model_fields else {"show": said}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_a_step(row: str) -> None:
    """What a step acts on is there before it."""
    equation = {"show": {"equation": "C = (a[L][0] - y[0])^2", "as": "rule"}}
    step = shown(row.replace('"…"', '"C = (a[L][0] - y[0])^2"'))
    _, mistakes = read({"show": "network"}, equation, step)
    assert mistakes == []
