"""Which networks a chapter suits, asked of the chapter itself, on one lesson of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from
from scenes.kit.chapter import parameters_of
from scenes.registry import chapter_class

if TYPE_CHECKING:
    from scenes.kit.chapter import Chapter

_TRAINING = {"learning_rate": 0.5, "epochs": 4, "batch_size": 1}
_ONE_HOT = [{"x": [0.4, -0.3, 0.8], "y": [1, 0]}, {"x": [-0.6, 0.5, 0.1], "y": [0, 1]}]


def _kind(sizes: list[int], activations: Any, cost: str = "squared_error", **more: Any) -> dict[str, Any]:
    examples = [{"x": [x] * sizes[0], "y": [y] * sizes[-1]} for x, y in ((0.6, 1.0), (-0.3, 0.0))]
    network = {"sizes": sizes, "activations": activations, "init": {"scheme": "xavier", "seed": 3}}
    return {"network": network, "cost": cost, "examples": examples, "training": _TRAINING} | more


#: What is asked, in words, and as a lesson without its chapters.
KINDS: Mapping[str, Mapping[str, Any]] = {
    "one neuron a layer": _kind([1, 1, 1, 1], "sigmoid"),
    "several neurons a layer": _kind([3, 4, 2], "sigmoid"),
    "many layers": _kind([2, 3, 3, 3, 2, 1], "tanh"),
    "no hidden layer": _kind([2, 1], "sigmoid"),
    "a linear output": _kind([2, 3, 1], ["relu", "linear"]),
    "a classifier with one sigmoid output": _kind([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy"),
    "a classifier with softmax outputs": _kind([3, 4, 2], ["tanh", "softmax"], "cross_entropy", examples=_ONE_HOT),
    "a single example": _kind([2, 2, 1], "sigmoid", examples=[{"x": [0.6, -0.2], "y": [1.0]}]),
    "no training": {key: value for key, value in _kind([2, 2, 1], "sigmoid").items() if key != "training"},
}


def reasons(name: str) -> dict[str, str | None]:
    """For each kind of lesson why the chapter, as it is by itself, cannot be shown on it; None if it can."""
    chapter = chapter_class(name)
    return {kind: _reason(chapter, _lesson(kind, name)) for kind in KINDS}


@cache
def _lesson(kind: str, chapter: str) -> Lesson:
    return lesson_from({"title": kind.capitalize(), **KINDS[kind], "chapters": [chapter]})


def _reason(chapter: type[Chapter], lesson: Lesson) -> str | None:
    try:
        parameters_of(chapter, lesson, lesson.chapters[0])
    except LessonErrors as refused:
        return refused.errors[0].message
    return None
