"""The cards around a film's chapters: readable in every shape of the frame, and true on other networks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bp_script.lesson import lesson_from
from scenes.kit.chapter import view_of
from scenes.kit.film.record import END_CARD, TITLE_CARD
from scenes.kit.manim_door import audit_clip, dry_run, quality
from scenes.registry import chapter_class
from tests.test_chapters import random_lesson

FLAGSHIP = {
    "title": "Backpropagation calculus",
    "network": {
        "sizes": [1, 1, 1, 1],
        "activations": "sigmoid",
        "weights": [[[1.1]], [[-0.6]], [[1.4]]],
        "biases": [[0.1], [0.3], [-0.4]],
    },
    "cost": "squared_error",
    "examples": [{"x": [0.6], "y": [1.0]}, {"x": [-0.3], "y": [0.0]}],
    "training": {"learning_rate": 0.5, "batch_size": 1},
    "chapters": ["nudge"],
}


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize("card", [TITLE_CARD, END_CARD])
def test_a_card_passes_the_audit_in_every_shape(card: str, aspect: str, tmp_path: Path) -> None:
    lesson = lesson_from({**FLAGSHIP, "look": {"aspect": aspect}}, name="flagship")
    found = audit_clip(chapter_class(card), lesson, lesson.plain_call(card), quality("m", aspect), tmp_path)
    assert found == []


def test_the_end_card_goes_forward_and_back_and_makes_a_step(tmp_path: Path) -> None:
    lesson = lesson_from(FLAGSHIP, name="flagship")
    clip = dry_run(chapter_class(END_CARD), lesson, lesson.plain_call(END_CARD), quality("l", "16:9"), tmp_path)
    shown = "\n".join(equation.text for equation in clip.equations)
    for quantity in ("z[3][0]", "a[3][0]", "C", "dC/dw[3][0][0]", "dC/db[3][0]", "dC/da[2][0]", "new(w[3][0][0])"):
        assert re.search(rf"^{re.escape(quantity)} [=≈←]", shown, flags=re.MULTILINE), quantity
    assert [moment.name for moment in clip.moments] == ["forward", "back", "step"]


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 6, 8, 9])
def test_the_end_card_holds_on_random_lessons(seed: int, tmp_path: Path) -> None:
    lesson = random_lesson(seed, wild=True)
    card, call = chapter_class(END_CARD), lesson.plain_call(END_CARD)
    assert audit_clip(card, lesson, call, quality("m", lesson.look.aspect), tmp_path) == []
    parameters = card.Parameters()
    view = view_of(lesson, parameters)
    for equation in card.equations(view, parameters):
        equation.check(view.trace)
