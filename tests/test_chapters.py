"""Every chapter, without drawing a pixel: on the shipped lesson it is clean; on random lessons it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bp_script.chapters import CUSTOM, ChapterCall
from bp_script.lesson import Lesson, lesson_from
from bp_script.shipped import lesson_names
from bp_studio.autograd import by_jax
from bp_studio.lessons import with_cards
from scenes.kit.chapter import Chapter, view_of
from scenes.kit.film.audit import Finding
from scenes.kit.film.record import ClipRecord
from scenes.kit.letters.notation import NOTATIONS
from scenes.kit.manim_door import audit_clip, audited_run, clip_ends, dry_run, quality
from scenes.kit.theme import THEMES
from scenes.registry import chapter_class, chapter_names
from tests.house.english import FILE, said
from tests.rehearsals import rehearsed, shipped
from tests.said_numbers import said_otherwise

#: The lessons whose chapters hold on wild networks, in every notation, theme and shape of the frame, with no finding.
HOLD = (
    "backpropagation_calculus",
    "several_neurons",
    "what_examples_want",
    "delta_algorithm",
    "output_and_hidden",
    "two_two_one",
    "activations",
)
#: The shapes of the frame that random lessons are drawn in, and how often.
SHAPES = {"16:9": 0.7, "9:16": 0.3}


#: The chapters that need no parameters; a scene of one's own has tests of its own.
PLAIN = [name for name in chapter_names() if name != CUSTOM]
#: The same, for tests that share a rehearsal.
REHEARSED = [pytest.param(name, marks=pytest.mark.xdist_group(name), id=name) for name in PLAIN]


ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear")


def call(lesson: Lesson, name: str) -> Any:
    return next((c for c in lesson.chapters if c.name == name), None) or lesson.plain_call(name)


def record(lesson: Lesson, name: str, folder: Path) -> ClipRecord:
    return dry_run(chapter_class(name), lesson, call(lesson, name), quality("m", lesson.look.aspect), folder)


def audited(lesson: Lesson, name: str, folder: Path) -> list[Finding]:
    return audit_clip(chapter_class(name), lesson, call(lesson, name), quality("m", lesson.look.aspect), folder)


@pytest.fixture
def lesson(name: str) -> Lesson:
    """The shipped lesson that a chapter belongs to."""
    return shipped(chapter_class(name).example_lesson)


@pytest.mark.parametrize("name", PLAIN)
def test_the_shipped_lesson_passes_the_layout_audit(lesson: Lesson, name: str, tmp_path: Path) -> None:
    assert audited(lesson, name, tmp_path) == []


TURNED = ("9:16", "1:1")
#: What is looked at with ``--long`` only: what takes longest, or has most of its layout in common with the rest.
WITH_LONG = {
    ("several_neurons", "9:16"),
    ("delta_algorithm", "9:16"),
    ("activations", "9:16"),
    ("what_examples_want", "9:16"),
    ("what_examples_want", "1:1"),
}
SHAPED = [
    pytest.param(film, call.name, aspect, marks=[pytest.mark.long] if (film, aspect) in WITH_LONG else [])
    for film in HOLD
    for call in shipped(film).chapters
    for aspect in TURNED
]


def turned(lesson: Lesson, aspect: str) -> Lesson:
    """A lesson in another shape of the frame."""
    return replace(lesson, look=lesson.look.model_copy(update={"aspect": aspect}))


@pytest.mark.parametrize(("film", "name", "aspect"), SHAPED)
def test_a_shipped_lesson_passes_in_other_shapes_of_the_frame(
    film: str, name: str, aspect: str, tmp_path: Path
) -> None:
    assert audited(turned(shipped(film), aspect), name, tmp_path) == []


#: The films that can be shown in every notation by one line of theirs.
IN_ANY_NOTATION = ("several_neurons", "what_examples_want", "delta_algorithm", "activations")


@pytest.mark.long
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(("film", "name"), [(film, c.name) for film in IN_ANY_NOTATION for c in shipped(film).chapters])
def test_a_shipped_lesson_passes_in_every_notation(film: str, name: str, notation: str, tmp_path: Path) -> None:
    lesson = shipped(film)
    assert audited(replace(lesson, look=lesson.look.model_copy(update={"notation": notation})), name, tmp_path) == []


@pytest.mark.parametrize("name", REHEARSED)
def test_the_record_of_a_chapter(lesson: Lesson, name: str) -> None:
    clip = rehearsed(lesson.name, name)
    assert 15 <= clip.duration <= 75
    assert clip.shown
    assert [c.start for c in clip.captions] == sorted(c.start for c in clip.captions)
    assert all(0 <= c.start < c.end <= clip.duration + 1e-9 for c in clip.captions)
    for number in clip.shown:
        left, top, width, height = number.box
        assert 0 <= left < left + width <= clip.width
        assert 0 <= top < top + height <= clip.height
        assert 0 <= number.at < number.until <= clip.duration + 1e-9
        assert float(number.text) == pytest.approx(number.value, rel=0.06, abs=0.006)
    assert ClipRecord.from_dict(json.loads(json.dumps(clip.to_dict()))).duration == clip.duration


@pytest.mark.parametrize("name", REHEARSED)
def test_numbers_are_said_with_the_digits_that_are_shown(lesson: Lesson, name: str) -> None:
    assert said_otherwise(rehearsed(lesson.name, name)) == []


@pytest.mark.parametrize("name", REHEARSED)
def test_the_english_words_stay_as_they_are(name: str) -> None:
    assert said(name) == json.loads(FILE.read_text("utf-8"))[name], "python -m tests.house.english --write"


@pytest.mark.parametrize("name", REHEARSED)
def test_check_knows_the_equations_that_are_shown(lesson: Lesson, name: str) -> None:
    chapter = chapter_class(name)
    parameters = chapter.Parameters.model_validate(dict(call(lesson, name).parameters))
    view = view_of(lesson, parameters)
    declared = chapter.equations(view, parameters)
    for equation in declared:
        equation.check(view.trace)
    known = {round(value, 12) for e in declared for value in next(e.cases(view.trace)).sides(view.trace)}
    for shown in rehearsed(lesson.name, name).equations:
        assert shown.left == pytest.approx(shown.right, rel=1e-9, abs=1e-12), shown.text
        if "≈" not in shown.text and not any(c.isdigit() and "." in shown.text for c in shown.text):
            assert round(shown.left, 12) in known, shown.text


def no_cut_is_a_jump(lesson: Lesson, chapters: Sequence[ChapterCall], folder: Path) -> None:
    shape = quality("l", lesson.look.aspect)
    ends = [clip_ends(chapter_class(call.name), lesson, call, shape, folder) for call in chapters]
    for (before, (_, last)), (after, (first, _)) in pairwise(zip(chapters, ends, strict=True)):
        differs = (np.abs(last.astype(int) - first.astype(int)).max(axis=2) > 40).mean()
        assert differs < 0.002, f"{before.name} to {after.name}: {differs:.1%} of the pixels jump"


@pytest.mark.parametrize("film", lesson_names())
def test_no_cut_of_a_shipped_film_is_a_jump(film: str, tmp_path: Path) -> None:
    """Each chapter's first frame is the last of the one before it, and so it is with the cards."""
    no_cut_is_a_jump(shipped(film), with_cards(shipped(film)), tmp_path)


@pytest.mark.parametrize("aspect", TURNED)
def test_a_tree_and_a_formula_keep_their_places_in_other_shapes_of_the_frame(aspect: str, tmp_path: Path) -> None:
    lesson, around = turned(shipped(HOLD[0]), aspect), ("what_it_means", "average", "gradient_vector")
    no_cut_is_a_jump(lesson, [call for call in lesson.chapters if call.name in around], tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("aspect", TURNED)
@pytest.mark.parametrize("film", HOLD)
def test_no_cut_is_a_jump_in_other_shapes_of_the_frame(film: str, aspect: str, tmp_path: Path) -> None:
    lesson = turned(shipped(film), aspect)
    no_cut_is_a_jump(lesson, with_cards(lesson), tmp_path)


def test_a_handover_that_plays_is_refused(tmp_path: Path) -> None:
    """Nothing catches there that a drawing ends early (``-n``, or a film's stretch)."""

    class Lingering(chapter_class("bias")):  # type: ignore[misc]
        def handover(self) -> None:
            self.wait(1)

    lesson = shipped(HOLD[0])
    with pytest.raises(RuntimeError, match=r"Lingering\.handover plays"):
        dry_run(Lingering, lesson, lesson.plain_call("bias"), quality("l", lesson.look.aspect), tmp_path)


def random_lesson(seed: int, *, wild: bool = False) -> Lesson:
    """A chain or a wider network, any activations and costs, zeros and saturation included.

    With ``wild`` any activation comes last, weights are from 1e-4 to 1e3, and the notation, the theme and the shape of
    the frame are drawn as well.
    """
    rng, more = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    layers = int(rng.integers(2, 8))
    sizes = [1] * layers if seed % 2 else [int(n) for n in rng.integers(1, 5, size=max(2, layers - 3))]
    cost = ["squared_error", "half_squared_error", "mean_squared_error", "binary_cross_entropy", "cross_entropy"][
        seed % 5
    ]
    hidden = [str(a) for a in rng.choice(ACTIVATIONS, len(sizes) - 2)]
    last = str(more.choice([*ACTIVATIONS, "softmax"])) if wild else ["sigmoid", "tanh", "linear"][seed % 3]
    last = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(cost, last)
    scale = 10.0 ** rng.uniform(-2, 1)
    if wild and more.random() < 0.4:
        scale = 10.0 ** more.uniform(-4, 3)
    targets = rng.uniform(0.05, 0.95, size=(3, sizes[-1]))
    if cost == "cross_entropy":
        targets /= targets.sum(axis=1, keepdims=True)
    look = {
        "notation": str(more.choice(list(NOTATIONS))),
        "theme": str(more.choice(list(THEMES))),
        "aspect": str(more.choice(list(SHAPES), p=list(SHAPES.values()))),
    }
    return lesson_from(
        {
            "title": "Random",
            "network": {
                "sizes": sizes,
                "activations": [*hidden, last],
                "weights": [(rng.normal(size=(n, m)) * scale).tolist() for m, n in pairwise(sizes)],
                "biases": [(rng.normal(size=n) * rng.integers(0, 2)).tolist() for n in sizes[1:]],
            },
            "cost": cost,
            "examples": [{"x": (rng.normal(size=sizes[0]) * 2).tolist(), "y": y.tolist()} for y in targets],
            "focus": int(rng.integers(0, 3)),
            "training": {"learning_rate": 0.1, "epochs": 2, "batch_size": int(rng.integers(1, 4))},
            **({"look": look} if wild else {}),
            "chapters": PLAIN,
        },
        name=f"random_{seed}",
    )


def with_autograd(lesson: Lesson, folder: Path) -> Lesson:
    """A lesson that lies in a folder, with what JAX says of it beside."""
    path = folder / f"{lesson.name}.yaml"
    path.with_name(f"{lesson.name}.autograd.json").write_text(by_jax(lesson.trace()).to_json(), encoding="utf-8")
    return replace(lesson, path=path)


def suited_lesson(seed: int, chapter: type[Chapter], folder: Path) -> Lesson:
    """The first random lesson from ``seed`` on that the chapter can be shown on; the steps come by every kind."""
    wild = chapter.example_lesson in HOLD
    drawn = (random_lesson(seed + 1001 * n, wild=wild) for n in range(100))
    if chapter.name() == "check_with_autograd":
        drawn = (with_autograd(lesson, folder) for lesson in drawn)
    return next(lesson for lesson in drawn if chapter.unsuited(lesson, chapter.Parameters()) is None)


def holds(seed: int, name: str, folder: Path) -> None:
    chapter: type[Chapter] = chapter_class(name)
    lesson = suited_lesson(seed, chapter, folder)
    shape = quality("m", lesson.look.aspect)
    clip, findings = audited_run(chapter, lesson, call(lesson, name), shape, folder)
    assert findings == []
    assert said_otherwise(clip) == []
    parameters = chapter.Parameters()
    view = view_of(lesson, parameters)
    for equation in chapter.equations(view, parameters):
        equation.check(view.trace)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", PLAIN)
def test_a_chapter_holds_on_random_lessons(name: str, seed: int, tmp_path: Path) -> None:
    holds(seed, name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4, 16))
@pytest.mark.parametrize("name", PLAIN)
def test_a_chapter_holds_on_many_random_lessons(name: str, seed: int, tmp_path: Path) -> None:
    holds(seed, name, tmp_path)
