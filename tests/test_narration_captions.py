"""Narration cut into captions: short lines, whole sentences, time to read them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bp_script.narration import Narration
from scenes.kit.film.captions import LINE, LINES, captions
from tests.kit_lessons import view


def texts(words: str) -> list[str]:
    return [caption.text for caption in captions(Narration.parse(words, 3), view())]


def test_numbers_are_said_with_a_real_minus_and_power() -> None:
    assert texts("b is {b[L][0]:.2f}, the slope {dC/dw[1][0][0]:.1e}.") == ["b is \u22120.40, the slope 5.8 × 10⁻³."]


def test_punctuation_stays_with_its_number() -> None:
    assert texts("So a is {a[L][0]:.2f}: too low ({a[L][0]:.1f}).") == ["So a is 0.57: too low (0.6)."]


def test_a_sentence_is_a_caption_and_short_ones_share() -> None:
    assert texts("Look at this. Now at that. " + "This sentence is rather longer than both of those.") == [
        "Look at this. Now at that.",
        "This sentence is rather\nlonger than both of those.",
    ]


@given(st.lists(st.text("abcdefgh,.?", min_size=1, max_size=20), min_size=1, max_size=60))
def test_captions_keep_every_word_and_fit(words: list[str]) -> None:
    found = captions(Narration.parse(" ".join(words)), view())
    assert " ".join(caption.text.replace("\n", " ") for caption in found).split() == " ".join(words).split()
    for caption in found:
        lines = caption.text.split("\n")
        assert len(lines) <= LINES
        assert all(len(line) <= LINE for line in lines)
        assert caption.seconds >= 1
        assert len(caption.text) / caption.seconds <= 17


def test_pace_is_speed() -> None:
    words = Narration.parse("A sentence that takes its time to be read aloud by someone.")
    (slow,), (quick,) = captions(words, view()), captions(words, view(), pace=2)
    assert quick.seconds == slow.seconds / 2
