"""Bookmarks in narration: nobody reads them, and what moves can wait for the word after them."""

from __future__ import annotations

import re

import pytest

from bp_core.quantities import C
from bp_script.errors import TextError
from bp_script.lesson import load
from bp_script.narration import Bookmark, Format, Narration, Spoken, Words
from bp_script.shipped import lesson_path
from bp_script.steps.states import states_of
from scenes.kit.film.captions import bookmarks_in, captions
from tests.kit_lessons import view
from tests.rehearsals import rehearsed
from tests.test_steps import SCOPE, entry, read


def test_a_bookmark_stands_between_the_words() -> None:
    assert Narration.parse("so {@here} {C} {@there}, and").pieces == (
        Words("so "), Bookmark("here"), Spoken(C, Format()), Words(" "), Bookmark("there"), Words(", and"),
    )  # fmt: skip
    assert Narration.parse("One, {@two} two, {@three} three.").bookmarks == ("two", "three")


@pytest.mark.parametrize(
    "text",
    [
        "The cost is {C}, {@now} and it falls.",
        "The cost is {C},{@now} and it falls.",
        "The cost is {C}, {@now}and it falls.",
    ],
)
def test_nobody_reads_it(text: str) -> None:
    with_it = captions(Narration.parse(text), view())
    without = captions(Narration.parse("The cost is {C}, and it falls."), view())
    assert [line.text for line in with_it] == [line.text for line in without]
    assert [line.seconds for line in with_it] == [line.seconds for line in without]
    (word,) = [token for line in with_it for token in line.words if token.bookmarks]
    assert word.text == "and"


def test_without_a_voice_it_comes_when_its_word_is_read() -> None:
    text = "One two three four five six seven eight, {@there} and that is only half of what there is to be said here."
    lines = captions(Narration.parse(text), view())
    whole = sum(line.seconds for line in lines)
    share = text.index("{@") / len(text.replace("{@there} ", ""))
    assert bookmarks_in(lines)["there"] == pytest.approx(share * whole, abs=0.3)
    assert bookmarks_in(captions(Narration.parse("{@first} Now."), view())) == {"first": 0.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z {@3rd} grows", "column 5: expected a bookmark's name, such as {@turn}; got '3rd'"),
        ("z {@} grows", "column 5: expected a bookmark's name, such as {@turn}; got ''"),
        ("z {@a} grows {@a} more", "column 16: expected each bookmark once; got 'a' again"),
        ("z grows. {@end} ", "column 12: expected words after the bookmark; got the end of the text"),
    ],
)
def test_a_mistake_in_a_bookmark_is_told(text: str, message: str) -> None:
    with pytest.raises(TextError, match=re.escape(message)):
        Narration.parse(text)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [{"at": "now"}],
            "expected a bookmark, written {@name}, of the words that are said here; got 'now'; they have none",
        ),
        (
            [{"say": "Look, {@then} there."}, {"at": "than"}],
            "expected a bookmark (then) of the words that are said here; got 'than'; did you mean 'then'?",
        ),
        (
            [{"say": "Look, {@then} there."}, {"say": "And here."}, {"at": "then"}],
            "expected a bookmark, written {@name}, of the words that are said here; got 'then'; they have none",
        ),
    ],
)
def test_a_step_waits_for_a_bookmark_of_the_words_that_are_said(steps: list[dict[str, str]], message: str) -> None:
    _, mistakes = read(*steps)
    assert mistakes == [((len(steps) - 1, "at"), message)]


def test_the_shipped_examples_move_with_their_words() -> None:
    """Which weight matters: the network makes room for the rule with the words *The chain rule*, and not before."""
    record = rehearsed("examples/which_weight_matters", "custom")
    (said,) = [caption for caption in record.captions if caption.text.startswith("The chain rule")]
    moved = min(shown.until for shown in record.shown if shown.quantity == "a[3][0]")
    assert moved == pytest.approx(said.start, abs=1 / record.fps)
    (question,) = [caption for caption in record.captions if "last weight?" in caption.text]
    assert moved > question.start + 2


@pytest.mark.parametrize("name", ["quiz", "which_weight_matters"])
def test_each_bookmark_of_an_example_is_waited_for(name: str) -> None:
    lesson = load(lesson_path(f"examples/{name}"))
    (call,) = lesson.chapters
    steps = call.parameters["steps"]
    said = [mark for step in steps if "say" in step for mark in Narration.parse(step["say"]).bookmarks]
    assert len(said) == 2
    assert said == [step["at"] for step in steps if "at" in step]


def test_a_nudge_lasts_while_a_step_waits_for_a_bookmark() -> None:
    steps = entry(
        {"show": "network"},
        {"say": "Look, {@then} there."},
        {"nudge": {"w[L][0][0]": 0.2}},
        {"at": "then"},
        {"focus": []},
    ).steps
    assert [len(state.changes) for state in states_of(steps, SCOPE)] == [0, 0, 1, 1, 0]
