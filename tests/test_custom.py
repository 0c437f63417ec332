"""Scenes of one's own on the stage: rooms, motion, the record, and any steps that hypothesis can think of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bp_script.errors import LessonErrors
from bp_script.lesson import Lesson, lesson_from, load
from bp_script.names import Scope
from bp_script.shipped import example_names, lesson_path
from bp_script.steps.plan import things_of
from bp_script.steps.shows import NetworkShow
from scenes.custom import Custom
from scenes.kit.chapter import view_of
from scenes.kit.custom.exhibit import Making
from scenes.kit.custom.networks import NetworkExhibit
from scenes.kit.custom.rooms import offset_of, room_of
from scenes.kit.film.record import ClipRecord
from scenes.kit.manim_door import audit_clip, clip_stills, dry_run, quality
from scenes.kit.parameters import BaseParameters
from scenes.kit.stage import Region, Stage
from scenes.registry import chapter_class, chapter_names
from tests.bp_command import CROWDED, bp
from tests.random_steps import steps
from tests.test_steps import entry

KNOWN = {"custom": Custom.Parameters}


def lesson(
    *said: Any,
    sizes: tuple[int, ...] = (2, 3, 1),
    aspect: str = "16:9",
    notation: str = "superscript",
    activation: str = "sigmoid",
    folder: Path | None = None,
) -> Lesson:
    activations = [*[activation] * (len(sizes) - 2), "sigmoid"]
    return lesson_from(
        {
            "title": "Mine",
            "network": {"sizes": list(sizes), "activations": activations, "init": {"scheme": "normal", "seed": 3}},
            "cost": "squared_error",
            "examples": [{"x": [0.3 + e] * sizes[0], "y": [0.5] * sizes[-1]} for e in range(3)],
            "training": {"learning_rate": 0.5, "epochs": 4},
            "look": {"aspect": aspect, "notation": notation},
            "chapters": [{"custom": {"name": "mine", "steps": list(said)}}],
        },
        folder=folder,
        known_chapters=KNOWN,
    )


def played(of: Lesson, folder: Path) -> ClipRecord:
    return dry_run(Custom, of, of.chapters[0], quality("l", of.look.aspect), folder)


@pytest.mark.parametrize("name", example_names())
def test_an_example_is_clean(name: str, tmp_path: Path) -> None:
    example = load(lesson_path(name), {each: chapter_class(each).Parameters for each in chapter_names()})
    for call in example.chapters:
        chapter = chapter_class(call.name)
        found = audit_clip(chapter, example, call, quality("l", example.look.aspect), tmp_path)
        assert [str(finding) for finding in found] == []


def test_inputs_have_their_columns_names_beside_them(tmp_path: Path) -> None:
    (tmp_path / "rain.csv").write_text("humidity,pressure,sky\n0.2,0.5,dry\n0.9,0.1,rain\n", "utf-8")
    examples = {"csv": "rain.csv", "inputs": ["humidity", "pressure"], "targets": {"one_hot": "sky"}}
    show = {"show": {"network": {"names": True}}}
    data = {
        "title": "Mine",
        "network": {"sizes": [2, 3, 2], "activations": "sigmoid", "init": {"scheme": "normal", "seed": 3}},
        "cost": "squared_error",
        "examples": examples,
        "chapters": [{"custom": {"name": "mine", "steps": [show, {"show": {"table": "gradient"}}]}}],
    }
    path = tmp_path / "mine.yaml"
    for aspect in ("16:9", "9:16", "1:1"):
        path.write_text(yaml.safe_dump({**data, "look": {"aspect": aspect}}), "utf-8")
        of = load(path, KNOWN)
        assert findings(of, tmp_path) == []
    made = Making(view_of(of, BaseParameters()), (), Scope(2, (2, 3, 2), 2), Region(0, 8, 0, 6), 0.4)
    named = NetworkExhibit(replace(made, names=(of.input_names, of.class_names)), NetworkShow(names=True))
    assert [words.text for words in named.names.values()] == ["humidity", "pressure", "dry", "rain"]
    assert named.drawing.get_left()[0] >= 0
    assert named.drawing.get_right()[0] <= 8


def test_the_record_tells_nudges_updates_and_examples(tmp_path: Path) -> None:
    record = played(
        lesson(
            {"show": {"table": ["a[L][0]", "w[L][0][0]"]}},
            {"wait": 1},
            {"nudge": {"w[L][0][0]": 0.5}},
            {"wait": 1},
            {"update": {"steps": 3}},
            {"wait": 1},
            {"show": "network"},
            {"forward": {"example": 2}},
            {"wait": 1},
        ),
        tmp_path,
    )
    outputs = [number for number in record.shown if number.quantity == "a[2][0]"]
    seen = {(number.example, number.step, bool(number.nudged)) for number in outputs}
    assert {(0, 0, False), (0, 0, True), (0, 3, False), (2, 3, False)} <= seen
    assert all(float(number.text) == pytest.approx(number.value, abs=0.006) for number in record.shown)


def test_an_equation_in_numbers_is_recorded_with_both_sides(tmp_path: Path) -> None:
    rule = "z[L][0] = w[L][0][0] * a[L-1][0] + w[L][0][1] * a[L-1][1] + w[L][0][2] * a[L-1][2] + b[L][0]"
    record = played(lesson({"show": {"equation": rule, "as": "rule"}}, {"substitute": "rule"}, {"wait": 1}), tmp_path)
    assert len(record.equations) >= 2
    assert all(equation.left == pytest.approx(equation.right) for equation in record.equations)


def test_words_drive_the_clock(tmp_path: Path) -> None:
    words = "This sentence is so long that it takes several seconds to be read to its end by anyone."
    silent = played(lesson({"show": "network"}), tmp_path).duration
    assert played(lesson({"say": words}, {"show": "network"}), tmp_path).duration > silent + 2


def test_a_kept_nudge_moves_the_dots_and_stays(tmp_path: Path) -> None:
    record = played(
        lesson(
            {"show": {"number_lines": ["w[1][0][0]", "C"]}}, {"nudge": {"w[1][0][0]": 1, "keep": True}}, {"say": "."}
        ),
        tmp_path,
    )
    last = [number for number in record.shown if number.until == pytest.approx(record.duration, abs=1.5)]
    assert any(number.nudged for number in last)


def test_a_picture_is_shown(tmp_path: Path) -> None:
    Image.new("RGB", (80, 40), "red").save(tmp_path / "red.png")
    text = """\
title: Mine
network: {sizes: [1, 1], activations: sigmoid, init: {scheme: xavier}}
cost: squared_error
examples: [{x: [1], y: [1]}]
chapters: [{custom: {name: mine, steps: [{show: {image: red.png}}, {wait: 1}]}}]
"""
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    of = load(tmp_path / "mine.yaml", KNOWN)
    ((_, still),) = clip_stills(Custom, of, of.chapters[0], quality("l", "16:9"), tmp_path / "stills")
    with Image.open(still) as drawn:
        shares = [colour for _, colour in sorted(drawn.convert("RGB").getcolors(1 << 20), reverse=True)[:2]]
    assert (255, 0, 0) in shares


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_things_that_meet_have_rooms_apart(aspect: str) -> None:
    said = entry(
        {"show": "network"},
        {"show": {"table": "gradient"}},
        {"show": {"text": "Look."}},
        {"hide": "network"},
        {"show": {"curve": "tanh", "in": "diagram"}},
    )
    width, height = {"16:9": (14.2, 8.0), "9:16": (8.0, 14.2), "1:1": (9.5, 9.5)}[aspect]
    things, stage = things_of(said.steps, Scope(3, (1, 1, 1, 1), 4)), Stage(width, height)
    for one in things:
        for other in things:
            if one.meets(other):
                a, b = room_of(one, things, stage), room_of(other, things, stage)
                beside = a.right <= b.left or b.right <= a.left
                assert beside or a.top <= b.bottom or b.top <= a.bottom, (one, other)


def test_what_is_alone_stands_in_the_middle_until_company_comes() -> None:
    things = things_of(entry({"show": "network"}, {"show": {"table": "gradient"}}).steps, Scope(3, (1, 1, 1, 1), 4))
    stage = Stage(14.2, 8.0)
    network, table = things
    alone, together = offset_of(network, things, [network], stage), offset_of(network, things, [network, table], stage)
    assert alone[0] + room_of(network, things, stage).centre[0] == pytest.approx(0, abs=1e-9)
    assert together[0] == pytest.approx(0, abs=1e-9)


def findings(of: Lesson, folder: Path) -> list[str]:
    return [str(found) for found in audit_clip(Custom, of, of.chapters[0], quality("l", of.look.aspect), folder)]


def test_what_does_not_fit_says_what_to_hide_and_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    crowded = CROWDED.replace("name: crowded", "name: mine")
    path.write_text(crowded, "utf-8")
    (found,) = findings(load(path, KNOWN), tmp_path)
    beside = "beside network (line 9) and slopes (line 10)"
    assert found.startswith("mine at ")
    assert f"bowl (line 12) has no room {beside}" in found
    assert found.endswith("; hide slopes before bowl comes")
    page = Path(__file__).parents[1] / "docs/scripting.md"
    assert f"\ncrowded.yaml: {found.replace('mine at', 'mine: at')}\n" in page.read_text("utf-8")
    path.write_text(
        crowded.replace("        - show: {cost_curve", "        - hide: slopes\n        - show: {cost_curve"), "utf-8"
    )
    assert findings(load(path, KNOWN), tmp_path) == []


def test_what_comes_later_may_be_what_is_in_the_way(tmp_path: Path) -> None:
    bowl = {"cost_curve": "w[L][0][0]", "in": "formula", "as": "bowl"}
    said = [{"show": bowl}, {"wait": 1}, {"show": "network"}, {"show": {"table": "gradient"}}]
    (found,) = findings(lesson(*said), tmp_path)
    assert "bowl (step 1) has no room: " in found
    assert found.endswith("; hide bowl before table (step 4) comes")


def test_what_has_no_room_even_alone_says_so(tmp_path: Path) -> None:
    ways = (
        f"dC/da[2][{j}] * da[2][{j}]/dz[2][{j}] * dz[2][{j}]/da[1][0] * da[1][0]/dz[1][0] * dz[1][0]/dw[1][0][0]"
        for j in range(2)
    )
    whole = f"1 * ({' + '.join(ways)}) * n[0] / n[0]"
    (found,) = findings(
        lesson({"show": {"equation": f"dC/dw[1][0][0] = {whole}", "as": "rule"}}, sizes=(3, 4, 2), aspect="9:16"),
        tmp_path,
    )
    assert "rule (step 1) has no room: " in found
    assert found.endswith("; it has none even alone: split it into shorter ones")


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_a_long_sum_is_folded_and_recorded_whole(aspect: str, tmp_path: Path) -> None:
    rule = "z[L][0] = sum(k, w[L][0][k] * a[L-1][k]) + b[L][0]"
    of = lesson(
        {"show": "network"}, {"show": {"equation": rule}}, {"substitute": "equation"}, sizes=(2, 4, 1), aspect=aspect
    )
    assert findings(of, tmp_path) == []
    record = played(of, tmp_path)
    assert any(" ≈ " in equation.text and equation.text.count("*") == 4 for equation in record.equations)


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_every_activation_can_be_read_however_small(aspect: str, tmp_path: Path) -> None:
    tiny = lesson_from(
        {
            "title": "Mine",
            "network": {
                "sizes": [1, 4, 1],
                "activations": "sigmoid",
                "weights": [[[-9.1], [-30], [1], [0.3]], [[1, 1, 1, 1]]],
                "biases": [[0, 0, 0, 0], [-9]],
            },
            "cost": "squared_error",
            "examples": [{"x": [1], "y": [1]}, {"x": [-25.25], "y": [1]}],
            "look": {"aspect": aspect},
            "chapters": [
                {
                    "custom": {
                        "name": "m",
                        "steps": [{"show": "network"}, {"wait": 1}, {"forward": {"example": 1}}, {"wait": 1}],
                    }
                }
            ],
        },
        known_chapters=KNOWN,
    )
    assert findings(tiny, tmp_path) == []
    shown = {(number.quantity, number.example): number.text for number in played(tiny, tmp_path).shown}
    assert shown["a[1][0]", 0] == "1.1e-4"
    assert shown["a[1][1]", 0] == "9.4e-14"
    assert shown["a[0][0]", 1] == "-25.25"
    assert len(shown) == 12


def test_a_network_without_values_stays_so(tmp_path: Path) -> None:
    said = [
        {"show": {"network": {"values": False}}},
        {"wait": 1},
        {"forward": {"example": 1}},
        {"update": {}},
        {"wait": 1},
    ]
    assert not played(lesson(*said), tmp_path).shown


def test_flat_ground_is_shown_without_level_lines(tmp_path: Path) -> None:
    dead = lesson({"show": {"cost_contour": ["w[1][0][0]", "w[2][0][0]"]}}, sizes=(1, 1, 1, 1), activation="relu")
    assert played(dead, tmp_path).duration > 1


def test_a_cost_that_training_lowers_stays_on_its_plot(tmp_path: Path) -> None:
    of = lesson({"show": {"cost_curve": "w[L][0][0]"}}, {"update": {"steps": 4}}, {"wait": 1})
    last = played(of, tmp_path).shown[-1]
    assert (last.quantity, last.step) == ("J", 4)


def test_a_dot_is_on_the_curve_of_its_own_neuron(tmp_path: Path) -> None:
    curve = {"activation": "tanh", "at": "z[L][0]"}
    with pytest.raises(LessonErrors, match=r"expected a neuron with tanh; got z\[L\]\[0\], whose layer has sigmoid"):
        played(lesson({"show": {"curve": curve}}), tmp_path)


def holds(said: list[dict[str, Any]], sizes: tuple[int, ...], look: tuple[str, str, str], folder: Path) -> bool:
    """Whether the steps are a scene; else they have mistakes that are told. Nothing else is raised."""
    told: list[str] = []
    aspect, notation, activation = look
    try:
        of = lesson(*said, sizes=sizes, aspect=aspect, notation=notation, activation=activation)
        audit_clip(Custom, of, of.chapters[0], quality("l", aspect), folder)
    except LessonErrors as errors:
        told = [str(error) for error in errors.errors]
    assert all(" got " in line or " is " in line for line in told)
    return not told


SIZES = st.sampled_from([(1, 1), (1, 1, 1, 1), (2, 3, 1), (3, 4, 2)])
LOOKS = st.tuples(
    st.sampled_from(["16:9", "16:9", "9:16", "1:1"]),
    st.sampled_from(["superscript", "delta", "from_to", "worked"]),
    st.sampled_from(["sigmoid", "tanh", "relu", "softplus"]),
)
CASES = SIZES.flatmap(lambda sizes: st.tuples(steps(sizes, 3), st.just(sizes), LOOKS))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_any_steps_are_a_scene_or_have_mistakes_that_are_told(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[list[dict[str, Any]], tuple[int, ...], tuple[str, str, str]]
) -> None:
    holds(*case, tmp_path_factory.mktemp("steps"))


@pytest.mark.long
@settings(max_examples=1500, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_a_great_many_steps(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[list[dict[str, Any]], tuple[int, ...], tuple[str, str, str]]
) -> None:
    holds(*case, tmp_path_factory.mktemp("steps"))


def test_a_draft_of_one_scene_by_its_own_name(tmp_path: Path) -> None:
    result = bp("render", "examples/quiz", "--chapter", "quiz", "--draft", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    record = json.loads((tmp_path / "quiz.film.json").read_text("utf-8"))
    assert (record["height"], record["fps"]) == (480, 15)
    assert [chapter["name"] for chapter in record["chapters"]] == ["quiz"]
    assert record["chapters"][0]["title"] == "Which of the two matters more?"
    with av.open(str(tmp_path / "quiz.mp4")) as film:
        assert film.streams.video[0].height == 480
