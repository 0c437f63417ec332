"""The chapter Nudge on networks whose symbols are long."""

from __future__ import annotations

from pathlib import Path

from bp_script.lesson import lesson_from
from scenes.kit.manim_door import audit_clip, quality
from scenes.nudge import Nudge


def test_a_weight_of_two_indices_has_letters_as_large_as_any(tmp_path: Path) -> None:
    """Its quotient and its derivative, in one line, stand nearer to the tree; they were too small to read."""
    lesson = lesson_from(
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
            "chapters": [{"nudge": {"parameter": "w[1][0][1]", "by": 0.3}}],
        }
    )
    found = audit_clip(Nudge, lesson, lesson.chapters[0], quality("l", "16:9"), tmp_path)
    assert [str(each) for each in found] == []
