"""The transcript tells what is said and every number and equation that comes to stand on screen, once."""

from __future__ import annotations

from dataclasses import replace

from bp_studio.film_record import FilmRecord
from bp_studio.transcript import in_words, to_transcript
from scenes.kit.film.record import Caption, ClipRecord, ShownEquation, ShownNumber


def number(quantity: str, text: str, at: float, **more: object) -> ShownNumber:
    given = {"value": float(text) + 0.001, "example": 0, "step": 0, "box": (0, 0, 1, 1), "until": at + 1} | more
    return ShownNumber(at=at, quantity=quantity, text=text, **given)  # type: ignore[arg-type]


CLIP = ClipRecord(
    chapter="cost_tree",
    title="What the cost is made of",
    width=854,
    height=480,
    fps=15,
    duration=70.0,
    captions=(Caption(1.0, 4.0, "First\nthis."), Caption(4.0, 9.0, "Then that.")),
    shown=(
        number("a[3][0]", "0.57", 0.0),
        number("a[3][0]", "0.57", 5.0),
        number("C", "0.17", 6.0, nudged={"w[3][0][0]": 1.6}),
        number("1", "1.00", 6.5, value=1.0),
    ),
    equations=(ShownEquation(4.5, "C = (a[3][0] - y[0])^2", 0.19, 0.19),),
    moments=(),
)


def test_what_is_said_and_seen_in_order() -> None:
    text = to_transcript("A lesson", FilmRecord("a_lesson", (CLIP, CLIP)))
    told = [
        "1. What the cost is made of (0:00)",
        "the activation a[3][0] is about 0.57.",
        "0:01  First this.",
        "0:04  Then that.",
        "On screen: C = (a[3][0] - y[0])^2",
        "the cost of the example C is about 0.17 with w[3][0][0] = 1.6.",
        "2. What the cost is made of (1:10)",
        "1:11  First this.",
    ]
    places = [text.index(piece) for piece in told]
    assert places == sorted(places)
    assert text.split("2. What")[0].count("a[3][0] is about 0.57") == 1
    assert "1 is" not in text
    assert max(map(len, text.splitlines())) <= 120


def test_numbers_in_words() -> None:
    assert in_words(number("dC/dw[1][0][0]", "0.12", 0)) == "the derivative dC/dw[1][0][0] is about 0.12"
    assert in_words(number("b[1][0]", "0.50", 0, value=0.5, step=2)) == "the bias b[1][0] is 0.50 after training step 2"
    assert in_words(number("C - 0.19", "0.02", 0)) == "C - 0.19 is about 0.02"


def test_a_change_is_told_by_its_name() -> None:
    nudged = {"nudged": {"w[1][0][1]": -0.2}}
    told = in_words(number("C - 0.21615407791028163", "-0.009", 0, **nudged))
    assert told == "ΔC is about -0.009 with w[1][0][1] = -0.2"
    told = in_words(number("(C - 0.21615407791028163) / (w[1][0][1] - (-0.5))", "-0.031", 0, **nudged))
    assert told.startswith("ΔC / Δw[1][0][1] is about -0.031 with")


def test_a_card_is_called_as_the_lesson() -> None:
    text = to_transcript("A lesson", FilmRecord("a_lesson", (replace(CLIP, title=""),)))
    assert "1. A lesson (0:00)" in text
