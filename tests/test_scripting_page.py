"""The page on scripting: every step and every thing is on it, and each row is right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bp_script.steps.entries import Step
from bp_script.steps.shows import KINDS
from tests.test_steps import read

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "scripting.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.+?)` \|", PAGE, flags=re.MULTILINE)


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
    _, mistakes = read({"show": "network"}, equation, {"say": "Now {@turn} this."}, step)
    assert mistakes == []
