"""Numbers that go wrong: each film shows them rightly, or is refused with the quantity and the step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from
from bp_studio.lessons import numbers_of
from scenes.kit.film.record import ClipRecord
from scenes.kit.manim_door import dry_run, quality
from scenes.kit.plots.scale import Scale
from scenes.registry import chapter_class, chapter_names
from tests.bp_command import bp


def _network(sizes: Sequence[int], activations: Any, weights: Any = None, biases: Any = None) -> dict[str, Any]:
    drawn = {"init": {"scheme": "normal", "seed": 1}} if weights is None else {"weights": weights, "biases": biases}
    return {"sizes": list(sizes), "activations": activations, **drawn}


def _examples(inputs: int, outputs: int, times: float = 1.0) -> list[dict[str, list[float]]]:
    return [
        {
            "x": [times * (0.3 * e - 0.4 + 0.2 * k) for k in range(inputs)],
            "y": [float(e % outputs == j) if outputs > 1 else float(e % 2) for j in range(outputs)],
        }
        for e in range(3)
    ]


LINEAR = _network((2, 3, 1), "linear")
DEAD = _network((2, 3, 1), "relu", [[[-1, -2], [-3, -1], [-1, -1]], [[-1, -1, -1]]], [[-5, -5, -5], [-1]])
STEEP = _network((2, 2, 1), "sigmoid", [[[400, -300], [500, 200]], [[-900, 800]]], [[0, 0], [-40]])
SOFTMAX = _network(
    (2, 3, 3),
    ["sigmoid", "softmax"],
    [[[90, -80], [70, 60], [-50, 99]], [[900, -800, 3], [-700, 600, 2], [10, -20, 500]]],
    [[0, 0, 0], [0, 0, 0]],
)
TINY = _network((2, 2, 1), "sigmoid", [[[1e-9, -1e-9], [1e-12, 1e-9]], [[-1e-8, 1e-300]]], [[-1e-7, -1e-8], [-1e-9]])
HUGE = _network((2, 2, 1), "linear", [[[1e150, -1e150], [1e150, 1e9]], [[-1e8, 1e150]]], [[-1e7, -1e8], [-1e9]])
NOTHING = {"sizes": [2, 2, 1], "activations": "tanh", "init": {"scheme": "zeros"}}
WRONG: dict[str, dict[str, Any]] = {
    "exploding": {"network": LINEAR, "training": {"learning_rate": 50.0, "epochs": 40}},
    "exploding at once": {"network": LINEAR, "training": {"learning_rate": 1e30, "epochs": 40}},
    "a saturated softmax": {"network": SOFTMAX, "cost": "cross_entropy", "examples": _examples(2, 3)},
    "dead ReLUs": {"network": DEAD},
    "no gradient": {"network": NOTHING, "examples": [{"x": [0, 0], "y": [0]}] * 2},
    "saturated": {"network": STEEP, "examples": _examples(2, 1, 5.0)},
    "next to nothing": {"network": TINY, "examples": _examples(2, 1, 1e-6)},
    "next to infinity": {"network": HUGE, "examples": _examples(2, 1, 1e6)},
}
#: For the quick run: what each kind of wrong number is hardest for.
_CHAPTERS = {
    "exploding": ("training", "race", "update_all"),
    "exploding at once": ("race", "training_loop"),
    "a saturated softmax": ("output_gradients", "which_loss"),
    "dead ReLUs": ("gradient_vector", "update"),
    "no gradient": ("nudge", "race"),
    "saturated": ("curves", "what_it_means"),
    "next to nothing": ("nudge", "gradient_check"),
    "next to infinity": ("last_two_neurons", "why"),
}
QUICK = [(name, chapter) for name, chapters in _CHAPTERS.items() for chapter in chapters]
ALL = [(name, chapter) for name in WRONG for chapter in chapter_names() if chapter != "custom"]
#: What no frame may show, and no caption say.
NO_NUMBER = re.compile(r"\bnan\b|\binf\b|(?<![\d.])[-−]0(?:\.0+)?(?![\d.e])", re.IGNORECASE)
#: The minus of a formula before a factor that is zero, as that of -y ln a where y is 0: the number has none.
OWN_MINUS = re.compile(r"(?<![\w.)] )(?<![\w.)])-(?=0\.0+ \* )")


@cache
def lesson(name: str) -> Lesson:
    usual = {
        "title": "Wrong",
        "cost": "squared_error",
        "examples": _examples(2, 1),
        "training": {"learning_rate": 0.5, "epochs": 3},
        "chapters": ["nudge"],
    }
    return lesson_from({**usual, **WRONG[name]})


def shown_rightly_or_refused(name: str, chapter: str, folder: Path) -> None:
    of = lesson(name)
    refused, wrong = "", []
    try:
        with numbers_of(of):
            wrong = wrong_in(dry_run(chapter_class(chapter), of, of.plain_call(chapter), quality("l", "16:9"), folder))
    except LessonErrors as errors:
        refused = str(errors)
    assert wrong == []
    assert not refused or re.match(r"(?!None).*(?:expected .+; got |is not a finite number|can be shown)", refused)


def wrong_in(record: ClipRecord) -> list[str]:
    """What a viewer would read that is no number, or a number that says it is not what it is."""
    found = [f"{shown.quantity}: {shown.text}" for shown in record.shown if NO_NUMBER.search(shown.text)]
    # a number that is not zero never reads as zero
    found += [f"{s.quantity}: {s.text} for {s.value}" for s in record.shown if s.value and not float(s.text)]
    found += [caption.text for caption in record.captions if NO_NUMBER.search(caption.text)]
    return found + [e.text for e in record.equations if NO_NUMBER.search(OWN_MINUS.sub("", e.text))]


@pytest.mark.parametrize(("name", "chapter"), QUICK)
def test_wrong_numbers_are_shown_rightly_or_refused(name: str, chapter: str, tmp_path: Path) -> None:
    shown_rightly_or_refused(name, chapter, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("name", "chapter"), [pair for pair in ALL if pair not in QUICK])
def test_wrong_numbers_in_every_chapter(name: str, chapter: str, tmp_path: Path) -> None:
    shown_rightly_or_refused(name, chapter, tmp_path)


def test_what_is_no_number_is_seen() -> None:
    for text in ("nan", "-inf", "-0.00", "−0.0", "-0", "it is nan."):
        assert NO_NUMBER.search(text), text
    for text in ("= -0.00", "1.00 * (-0.00)", "-0.00 + 1.00", "-0.00 ≈ 0.00"):
        assert NO_NUMBER.search(OWN_MINUS.sub("", text)), text
    assert not NO_NUMBER.search(OWN_MINUS.sub("", "-0.00 * ln(1.2e-119) = 0.00"))
    for text in ("-0.01", "0.00", "-0.0e3", "information", "-0.5", "2.0-0.05", "1.2e-4"):
        assert not NO_NUMBER.search(text), text


@pytest.mark.parametrize("command", ["trace", "render", pytest.param("check", marks=pytest.mark.long)])
def test_an_exploding_training_names_the_parameter_and_the_step(tmp_path: Path, command: str) -> None:
    data = {"title": "T", "cost": "squared_error", "examples": _examples(2, 1), "chapters": ["training_loop"]}
    (tmp_path / "m.yaml").write_text(yaml.safe_dump({**data, **WRONG["exploding at once"]}))
    options = ["-q", "l"] if command == "render" else []
    shown = bp(command, "m.yaml", *options, cwd=tmp_path)
    assert shown.returncode == 2
    assert re.fullmatch(
        r"m\.yaml.*(?:J|[wb](?:\[\d\])+) after step \d \(epoch \d\) is not a finite number\n", shown.stderr
    )


@pytest.mark.parametrize("name", WRONG)
def test_the_tables_of_a_trace_hold_no_nan(tmp_path: Path, name: str) -> None:
    of = {"title": "T", "cost": "squared_error", "examples": _examples(2, 1), "chapters": ["nudge"], **WRONG[name]}
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(of))
    shown = bp("trace", "m.yaml", cwd=tmp_path)
    assert shown.returncode in {0, 2}
    assert not NO_NUMBER.search(shown.stdout)


def test_a_scale_goes_to_the_end_of_all_numbers() -> None:
    for low, high in ((1e-300, 1.7e308), (5e-324, 1e308), (1e308, 1.7e308), (1e-320, 1e-310)):
        scale = Scale.holding([low, high], log=True)
        assert 0 < scale.low < scale.high < float("inf")
        assert scale.low <= scale.value(0.5) <= scale.high
        assert scale.ticks()
