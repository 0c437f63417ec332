"""The film's record: the clips' records at their times in the film."""

from __future__ import annotations

import json

import pytest

from bp_studio.film_record import FilmRecord
from scenes.kit.film.record import Caption, ClipRecord, Moment, ShownEquation, ShownNumber


def shown(at: float, until: float, quantity: str, **more: object) -> ShownNumber:
    given = {"box": (10, 20, 30, 12), "example": 0, "step": 0, "value": 0.1 + 0.2, "text": "0.30", **more}
    return ShownNumber(at, until, quantity=quantity, **given)


def clip(chapter: str, frames: int, **more: object) -> ClipRecord:
    given = {
        "captions": (),
        "shown": (),
        "equations": (),
        "moments": (),
        "width": 854,
        "height": 480,
        "fps": 15,
        **more,
    }
    return ClipRecord(chapter, chapter.title(), duration=frames / 15, **given)


FILM = FilmRecord(
    "mine",
    (
        clip(
            "tree",
            31,
            captions=(Caption(0.2, 1.4, "First."),),
            shown=(shown(1.2, 2.0, "a[3][0]"), shown(0.4, 2.0, "J", example=None)),
            moments=(Moment(0.2, "start"), Moment(1.4, "end")),
        ),
        clip(
            "nudge",
            44,
            captions=(Caption(0.0, 1.0, "Second."),),
            shown=(shown(1.0, 2.0, "C", nudged={"w[3][0][0]": 1.6}),),
            equations=(ShownEquation(1.0, "C = …", 0.1 + 0.2, 0.3),),
            moments=(Moment(1.2, "moved"),),
        ),
    ),
)


def test_the_record_has_the_contracts_keys_and_no_others() -> None:
    record = json.loads(FILM.to_json())
    assert list(record) == [
        "version", "lesson", "width", "height", "fps", "duration", "chapters", "captions", "shown", "equations",
    ]  # fmt: skip
    assert (record["version"], record["lesson"], record["width"], record["height"], record["fps"]) == (
        1, "mine", 854, 480, 15,
    )  # fmt: skip
    assert list(record["shown"][0]) == [
        "at", "until", "box", "chapter", "quantity", "example", "step", "value", "text",
    ]  # fmt: skip
    assert list(record["equations"][0]) == ["at", "chapter", "text", "left", "right"]


def test_clips_follow_one_another_frame_by_frame() -> None:
    record = FILM.to_dict()
    assert record["duration"] == 5.0
    assert record["chapters"] == [
        {"name": "tree", "title": "Tree", "start": 0.0, "end": 2.066667},
        {"name": "nudge", "title": "Nudge", "start": 2.066667, "end": 5.0},
    ]
    assert record["captions"][1] == {"start": 2.066667, "end": 3.066667, "text": "Second."}
    assert record["equations"][0]["at"] == 3.066667


def test_shown_numbers_are_in_the_order_of_their_time() -> None:
    assert [(entry["quantity"], entry["at"]) for entry in FILM.to_dict()["shown"]] == [
        ("J", 0.4), ("a[3][0]", 1.2), ("C", 3.066667),
    ]  # fmt: skip


def test_only_a_value_at_nudged_parameters_carries_them() -> None:
    entries = FILM.to_dict()["shown"]
    assert [entry.get("nudged") for entry in entries] == [None, None, {"w[3][0][0]": 1.6}]
    assert "nudged" not in entries[0]
    assert entries[0]["example"] is None


def test_values_read_back_as_the_same_float64() -> None:
    record = json.loads(FILM.to_json())
    assert {entry["value"] for entry in record["shown"]} == {0.1 + 0.2}
    assert record["equations"][0]["left"] == 0.1 + 0.2


def test_a_value_that_is_not_a_number_never_reaches_the_file() -> None:
    with pytest.raises(ValueError, match="JSON"):
        FilmRecord("mine", (clip("tree", 5, shown=(shown(0, 0.2, "C", value=float("nan")),)),)).to_json()


def test_the_thumbnail_is_the_settled_moment_that_shows_most() -> None:
    assert FILM.best_frame() == round(1.4 * 15)
    assert FilmRecord("mine", (clip("tree", 5),)).best_frame() == 0


def test_clips_of_two_sizes_make_no_film() -> None:
    with pytest.raises(ValueError, match="one size"):
        FilmRecord("mine", (clip("tree", 5), clip("nudge", 5, width=1280)))


def test_the_steps_follow_one_another_from_rest_to_rest() -> None:
    """A chapter's leaving, after its last rest, begins the step after it."""
    assert [(step.name, step.first, step.end) for step in FILM.steps] == [
        ("start", 0, 3),
        ("end", 3, 21),
        ("moved", 21, 49),
    ]
    assert [step.words for step in FILM.steps] == ["", "First.", "Second."]
    assert [step.clip.chapter for step in FILM.steps] == ["tree", "tree", "nudge"]
