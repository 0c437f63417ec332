"""The chapter Nudge on networks whose symbols are long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from
from scenes.kit.manim_door import audit_clip, dry_run, quality
from scenes.nudge import Nudge

QUALITY = quality("l", "16:9")


def lesson(**more: Any) -> Lesson:
    return lesson_from(
        {
            "title": "Will she pass the exam?",
            "network": {
                "sizes": [2, 2, 1],
                "activations": "sigmoid",
                "weights": [[[1.5, -0.5], [-1.0, 2.0]], [[1.2, -1.8]]],
                "biases": [[-0.4, 0.3], [0.5]],
            },
            "cost": "squared_error",
            "examples": [{"x": [0.8, 0.5], "y": [1.0]}],
            "chapters": [{"nudge": {"parameter": "w[1][0][1]", "by": 0.3, **more}}],
        }
    )


def test_a_weight_of_two_indices_has_letters_as_large_as_any(tmp_path: Path) -> None:
    """Its quotient and its derivative, in one line, stand nearer to the tree; they were too small to read."""
    own = lesson()
    found = audit_clip(Nudge, own, own.chapters[0], QUALITY, tmp_path)
    assert [str(each) for each in found] == []


def test_a_step_is_said_in_the_lessons_words_and_the_others_in_the_chapters(tmp_path: Path) -> None:
    own = lesson(say={"wiggle": "It is {w[1][0][1]:.2f} now."})
    plain = lesson()
    said, usual = (
        [
            " ".join(caption.text.split())
            for caption in dry_run(Nudge, each, each.chapters[0], QUALITY, tmp_path).captions
        ]
        for each in (own, plain)
    )
    assert "It is −0.50 now." in said
    assert [text for text in usual if text.startswith("Move the weight")]
    assert not [text for text in said if text.startswith("Move the weight")]
    assert said[0] == usual[0]
    assert said[-1] == usual[-1]


def test_a_step_that_there_is_not_is_told(tmp_path: Path) -> None:
    own = lesson(say={"wigle": "It is small."})
    with pytest.raises(
        LessonErrors, match=r"say\.wigle: expected a step of this chapter \(lines, wiggle, .* 'wiggle'\?"
    ):
        dry_run(Nudge, own, own.chapters[0], QUALITY, tmp_path)
