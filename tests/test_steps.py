"""The step language: what stands on the stage, what can act on it, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bp_core.quantities import w
from bp_script.errors import LessonErrors
from bp_script.lesson import load
from bp_script.names import Scope
from bp_script.reading import Findings, read_model
from bp_script.steps.entries import CustomEntry
from bp_script.steps.plan import beats_of, compared, things_of
from bp_script.steps.states import State, states_of
from scenes.custom import Custom
from scenes.kit.chapter import parameters_of

SCOPE = Scope(3, (1, 1, 1, 1), 4)
RULE = "dC/dw[L][0][0] = dz[L][0]/dw[L][0][0] * da[L][0]/dz[L][0] * dC/da[L][0]"


def read(*steps: Any) -> tuple[CustomEntry | None, list[tuple[tuple[Any, ...], str]]]:
    found = Findings(context=SCOPE)
    entry = read_model(CustomEntry, {"name": "mine", "steps": list(steps)}, (), found)
    return entry, [(mistake.path[1:], mistake.message) for mistake in found.mistakes]


def entry(*steps: Any) -> CustomEntry:
    found, mistakes = read(*steps)
    assert found is not None, mistakes
    return found


def test_a_thing_stands_until_its_place_is_taken_or_it_is_hidden() -> None:
    steps = entry(
        {"show": "network"},
        {"show": {"equation": RULE, "as": "rule"}},
        {"show": {"text": "Look."}},
        {"show": {"table": "gradient"}},
        {"hide": "network"},
        {"wait": 1},
    ).steps
    lives = [(thing.name, thing.place, thing.born, thing.gone) for thing in things_of(steps, SCOPE)]
    assert lives == [
        ("network", "diagram", 0, 4),
        ("rule", "formula", 1, 2),
        ("text", "formula", 2, 6),
        ("table", "side", 3, 6),
    ]


def test_a_large_place_takes_up_the_small_ones() -> None:
    steps = entry(
        {"show": "network"}, {"show": {"table": "gradient"}}, {"show": {"equation": RULE, "in": "body"}}
    ).steps
    assert [thing.gone for thing in things_of(steps, SCOPE)] == [2, 2, 3]


def test_what_is_said_spans_the_steps_below_it() -> None:
    steps = entry({"show": "network"}, {"say": "One."}, {"wait": 1}, {"forward": True}, {"say": "Two."}).steps
    assert [(beat.words, beat.steps) for beat in beats_of(steps)] == [(None, (0,)), ("One.", (2, 3)), ("Two.", ())]


def test_a_nudge_ends_with_the_next_step_unless_it_is_kept() -> None:
    first, last = w(1, 0, 0), w(3, 0, 0)
    steps = entry(
        {"show": "network"},
        {"nudge": {"w[L][0][0]": 0.2}},
        {"wait": 1},
        {"focus": []},
        {"nudge": {"w[1][0][0]": 1, "keep": True}},
        {"nudge": {"w[L][0][0]": 0.5}},
        {"say": "Back."},
        {"forward": {"example": 2}},
        {"update": {"steps": 3}},
    ).steps
    states = states_of(steps, SCOPE)
    assert [dict(state.changes) for state in states] == [
        {},
        {last: 0.2},
        {last: 0.2},
        {},
        {first: 1.0},
        {first: 1.0, last: 0.5},
        {first: 1.0},
        {first: 1.0},
        {},
    ]
    assert states[-1] == State(updates=3, example=2)


@pytest.mark.parametrize(
    ("steps", "place", "message"),
    [
        ([{"shw": 1}], (0, "shw"), "did you mean 'show'?"),
        ([{}], (0,), "expected one thing to do"),
        (["show network"], (0,), "expected a colon after the step's name, as show: network; got 'show network'"),
        (["update"], (0,), "as update: …; got 'update'"),
        ([{"show": "table"}], (0, "show"), "or a mapping such as {text: Hello}; got 'table'; say which: {table: …}"),
        ([{"say": "One.", "wait": 1}], (0,), "got the keys say, wait"),
        ([{"show": {}}], (0, "show"), "expected one thing to show"),
        ([{"show": {"network": None, "tree": None}}], (0, "show"), "got network or tree"),
        ([{"show": "netwrk"}], (0, "show"), "did you mean 'network'?"),
        ([{"show": {"table": "gradent"}}], (0, "show", "table"), "did you mean 'gradient'?"),
        ([{"show": {"curve": "softmax"}}], (0, "show", "curve"), "expected leaky_relu, linear"),
        ([{"show": {"equation": "a[L][0] = "}}], (0, "show", "equation"), "got the end of the text"),
        ([{"show": {"number_lines": ["dC/dw[1][0][0]"]}}], (0, "show", "number_lines", 0), "a value of its own"),
        ([{"show": {"network": {}, "in": "sid"}}], (0, "show", "in"), "did you mean 'side'?"),
        ([{"hide": "rule"}], (0, "hide"), "nothing is shown here"),
        ([{"show": "network"}, {"hide": ["network", "netwrk"]}], (1, "hide", 1), "expected something that is shown"),
        ([{"show": "network"}, {"substitute": "network"}], (1, "substitute"), "the name of an equation"),
        (
            [{"show": {"equation": "a[l][j] = sigma[l](z[l][j])"}}, {"substitute": "equation"}],
            (1, "substitute"),
            "free",
        ),
        (
            [{"show": {"equation": RULE}}, {"substitute": "equation"}, {"substitute": "equation"}],
            (2, "substitute"),
            "still stands in symbols",
        ),
        ([{"show": "network"}, {"focus": ["dC/dw[1][0][0]"]}], (1, "focus", 0), "of what is shown here (network)"),
        ([{"show": "network"}, {"focus": "w[9][0][0]"}], (1, "focus"), "expected a layer from 1 to 3"),
        ([{"path": {"from": "w[1][0][0]"}}], (0, "path"), "expected the network or the tree"),
        ([{"show": "network"}, {"path": {"from": "C"}}], (1, "path", "from"), "expected a weight, a bias, a z or an a"),
        ([{"show": "network"}, {"path": {"from": "b[1][0]", "to": "y[0]"}}], (1, "path", "to"), "expected C, or a z"),
        ([{"show": {"tree": {"depth": 1}}}, {"path": {"from": "b[1][0]"}}], (1, "path", "from"), "of the tree"),
        ([{"nudge": {"w[1][0][0]": 1}}], (0, "nudge"), "whose numbers can follow"),
        ([{"show": "network"}, {"nudge": {"w[1][0][0]": 0}}], (1, "nudge", "w[1][0][0]"), "that is not 0"),
        ([{"show": "network"}, {"nudge": {"z[1][0]": 1}}], (1, "nudge", "z[1][0]"), "expected a weight or a bias"),
        ([{"show": "network"}, {"nudge": {"keep": True}}], (1, "nudge"), "a weight or a bias and its change"),
        ([{"backward": True}], (0, "backward"), "expected the network to be shown"),
        ([{"show": "network"}, {"forward": {"example": 4}}], (1, "forward", "example"), "from 0 to 3"),
        ([{"compare": ["C", "J", "y[0]"]}], (0, "compare"), "expected at most 2 names"),
        ([{"wait": 0}], (0, "wait"), "expected a number above 0"),
        (
            [{"show": {"table": "gradient", "as": "x"}}, {"show": {"equation": RULE, "as": "x"}}],
            (1, "show"),
            "still stands in side",
        ),
    ],
)
def test_a_step_that_cannot_be_done_says_where_and_what(steps: list[Any], place: tuple[Any, ...], message: str) -> None:
    _, mistakes = read(*steps)
    assert [where for where, _ in mistakes] == [place]
    assert message in mistakes[0][1]


def test_what_is_compared_with_itself_before_may_stand_in_a_list() -> None:
    assert [compared(step) for step in entry({"compare": ["C"]}, {"compare": "C"}).steps] == [("C",), ("C",)]


LESSON = """\
title: Mine
network: {{sizes: [1, 1, 1, 1], activations: sigmoid, init: {{scheme: xavier, seed: 1}}}}
cost: squared_error
examples: [{{x: [0.6], y: [1.0]}}]
{training}
chapters:
  - custom:
      name: mine
      steps:
        - show: network
{steps}
"""


def told(folder: Path, *steps: str, training: str = "training: {learning_rate: 0.5, epochs: 3}") -> list[str]:
    path = folder / "mine.yaml"
    path.write_text(LESSON.format(training=training, steps="\n".join(f"        - {step}" for step in steps)), "utf-8")
    try:
        lesson = load(path, {"custom": Custom.Parameters})
        parameters_of(Custom, lesson, lesson.chapters[0])
    except LessonErrors as errors:
        return [str(error).removeprefix(f"{path}:") for error in errors.errors]
    return []


def test_a_false_equation_is_refused_with_both_sides(tmp_path: Path) -> None:
    (line,) = told(tmp_path, 'show: {equation: "dC/dz[L][0] = 2 * delta[L][0]", as: rule}')
    assert line.startswith("11:28: dC/dz[3][0] is ")
    assert "but the right side is" in line


def test_a_true_equation_by_coincidence_is_refused(tmp_path: Path) -> None:
    (line,) = told(tmp_path, 'show: {equation: "n[1] * C = C"}', 'show: {equation: "b[1][0] = b[2][0]"}')
    assert line.startswith("12:28: b[1][0] is ")
    assert "slightly different parameters" in line


def test_more_updates_than_training_has(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "update: {steps: 2}", "update: {steps: 2}")
    assert line == (
        "12:19: chapters[0].custom.steps[2].update: expected at most 3 updates in all, as many as the lesson trains; "
        "got update 4; raise training.epochs"
    )


def test_updates_take_training(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "update: {}", training="")
    assert line.endswith("expected a lesson with training, as {learning_rate: 0.5}; got none")


def test_names_take_a_file_that_has_some(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "show: {network: {names: true}}")
    assert line.startswith("11:35: chapters[0].custom.steps[1].show.network.names: expected examples from a CSV file")


def test_a_way_that_leads_nowhere(tmp_path: Path) -> None:
    (line,) = told(tmp_path, 'path: {from: "w[L][0][0]", to: "z[1][0]"}')
    assert line.startswith("11:17: chapters[0].custom.steps[1].path: expected a way from w[L][0][0] to z[1]")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../secret.png", "expected the name of a file beside the lesson"),
        ("none.png", "which is not there"),
        ("mine.yaml", "expected a name that ends in .png, .jpg or .jpeg"),
        ("words.png", "expected a PNG or JPEG picture; got something else"),
    ],
)
def test_a_picture_that_cannot_be_shown(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "words.png").write_text("no picture", "utf-8")
    (line,) = told(tmp_path, f"show: {{image: {name}}}")
    assert message in line


def test_all_mistakes_are_told_by_line(tmp_path: Path) -> None:
    lines = told(tmp_path, "hide: rule", "wait: -1", "shw: tree")
    assert [line.split(":")[0] for line in lines] == ["12", "13"]
    assert told(tmp_path, "hide: rule", "hide: tree")[0].startswith("11:17: chapters[0].custom.steps[1].hide")
